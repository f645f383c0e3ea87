"""Random instances with a rule of every kind around the end of a quarter: parts get the verdicts of the whole."""

from datetime import timedelta

import numpy as np
import pytest

from scheduler.rules import AGREEMENTS, RULES, load
from tests.builders import write
from tests.rules.over_time import cut, final, part, some_timetable
from tests.rules.random_instances import KINDS, random_instance


@pytest.mark.parametrize("seed", range(4))
def test_random_instances_are_judged_in_parts_as_in_one_piece(seed, tmp_path):
    """A link-up across midnight of one of its channels is still open, so its rows are not compared."""
    rng = np.random.default_rng(seed)
    spec = random_instance(rng)
    whole = load(write(tmp_path / "whole", spec))
    timetable, *_ = some_timetable(whole, rng)
    wanted, start, days = final(whole, timetable), whole.file.horizon.start, whole.file.horizon.days
    for day in (1, days // 2, days - 1):
        before, after = cut(whole, timetable, start + timedelta(days=day))
        one = part(tmp_path / f"{day}-one", spec, start, day, [], before)
        two = part(tmp_path / f"{day}-two", spec, start + timedelta(days=day), days - day, before, after)
        parts = {**final(*one), **final(*two)}
        assert without_link_ups(parts) == without_link_ups(wanted), f"cut after {day} days"
    assert len({rule for rule, *_ in wanted}) > 8


def without_link_ups(rows):
    return {key: missed for key, missed in rows.items() if key[0] != "r-link_up"}


def test_every_kind_of_rule_is_drawn():
    assert {str(kind.model_fields["type"].default) for kind in (*AGREEMENTS, *RULES)} == set(KINDS)
