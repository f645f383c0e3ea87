"""For every kind of rule, its rows and its check agree on small timetables."""

from __future__ import annotations

import pytest

from scheduler.rules import AGREEMENTS, RULES, STRUCTURAL, load
from tests.builders import write
from tests.rules.agreement import disagreements
from tests.rules.rulebook_cases import ALL_KINDS as KINDS

CASES = [(kind, *case) for kind, cases in KINDS.items() for case in cases]
NEVER_MISSED = {
    "hard": "a hard ban excludes airings",
    "hard for a day": "a hard ban excludes airings",
    "a ban on starts": "a hard ban excludes airings",
    "a rule that has ended": "no day of the horizon",
    "a rule to come": "no day of the horizon",
    "an agreement that has ended": "no day of the horizon",
    "dates": "airings outside are excluded",
    "coverage": "airings outside are excluded",
}


def test_every_kind_of_rule_has_a_case():
    kinds = {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES, *STRUCTURAL)}
    assert kinds == set(KINDS)


@pytest.mark.parametrize(("kind", "name", "most", "spec"), CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_rows_and_check_agree(kind, name, most, spec, tmp_path):
    wrong, seen = disagreements(load(write(tmp_path, spec)), most)
    assert not wrong, "\n".join(wrong)
    assert seen["timetables"] > 1, "nothing could be chosen"
    if name not in NEVER_MISSED:
        structural = kind in ("rights", "anchors", "airtime")
        assert seen["broken"] if structural else seen["rows"], "the rule never binds, so nothing is compared"
