"""A timetable that is cut at a midnight into history and rest gets the same verdicts as the whole timetable."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from scheduler.rules import load, rules_of
from scheduler.verify import verify
from tests.builders import aired, content, kz, programme, window, write
from tests.rules.kinds import KINDS as FILES
from tests.rules.over_time import EARLIER, cut, final, longer, part, some_timetable
from tests.rules.rulebook_cases import ALL_KINDS as KINDS

STRUCTURE = ("rights", "anchors", "airtime")
CASES = [(kind, name, spec) for kind, cases in KINDS.items() if kind not in STRUCTURE for name, _, spec in cases]


@pytest.mark.parametrize(("kind", "name", "spec"), CASES, ids=[f"{kind}: {name}" for kind, name, _ in CASES])
def test_parts_are_judged_as_the_whole(kind, name, spec, tmp_path):
    spec = longer(spec)
    whole = load(write(tmp_path / "whole", spec))
    start, days = whole.file.horizon.start, whole.file.horizon.days
    timetable, *_ = some_timetable(whole, np.random.default_rng(len(name)))
    wanted = final(whole, timetable)
    for day in (1, EARLIER, days - 1):
        middle = start + timedelta(days=day)
        before, after = cut(whole, timetable, middle)
        if not any(row["broadcast_date"] == start.isoformat() for row in before):
            continue  # the parts would not know that the first day is known
        one = part(tmp_path / f"{day}-one", spec, start, day, spec["history.csv"], before)
        two = part(tmp_path / f"{day}-two", spec, middle, days - day, [*spec["history.csv"], *before], after)
        assert {**final(*one), **final(*two)} == wanted, f"cut at {middle}"


def judged_permanently(kind, tmp_path):
    """Whether some timetable of a kind's cases has rows that are judged once, by the horizon in which they end."""
    for seed in range(4):
        for number, (_, _, spec) in enumerate(KINDS[kind]):
            whole = load(write(tmp_path / f"{number}-{seed}", longer(spec)))
            timetable, *_ = some_timetable(whole, np.random.default_rng(seed))
            mine = {rule.id for rule in rules_of(whole) if rule.type == kind}
            rows = (row for row in verify(timetable).measurements if row.rule in mine and not row.rigid)
            if any(row.period != "horizon" and not row.interim for row in rows):
                return True
    return False


@pytest.mark.parametrize("kind", FILES)
def test_every_kind_of_rule_is_cut(kind, tmp_path):
    only = getattr(FILES[kind], "ONLY_OVER_THE_HORIZON", False)
    assert judged_permanently(kind, tmp_path) != only


@pytest.mark.parametrize(("kind", "name", "spec"), CASES, ids=[f"{kind}: {name}" for kind, name, _ in CASES])
def test_rows_and_checks_agree_after_history(kind, name, spec, tmp_path):
    """In the rest of a cut timetable every row misses what its check says."""
    from tests.rules.agreement import missed_checks, missed_rows

    spec = longer(spec)
    whole = load(write(tmp_path / "whole", spec))
    rng = np.random.default_rng(len(name) + 1)
    timetable, *_ = some_timetable(whole, rng)
    middle = whole.file.horizon.start + timedelta(days=EARLIER - 1)
    before, after = cut(whole, timetable, middle)
    if not before:
        return
    rest, _ = part(
        tmp_path / "rest", spec, middle, whole.file.horizon.days - EARLIER + 1, [*spec["history.csv"], *before], after
    )
    for _ in range(2):
        planned, _, formulation, chosen = some_timetable(rest, rng)
        assert missed_rows(formulation, formulation.point(chosen)) == missed_checks(verify(planned))
        assert formulation.audience(formulation.point(chosen)) == verify(planned).audience


NIGHTLY = {
    "repeat": {"select": {"programme": "series"}, "within_hours": 1},
    "lead_in": {"select": {"programme": "series"}},
    "order": {"programmes": ["guest", "series"]},
}


@pytest.mark.parametrize("kind", NIGHTLY)
def test_the_last_night_of_a_rule_is_judged_by_the_horizon_in_which_it_is(kind, tmp_path):
    """A rule that ends on Monday: the night of this broadcast day is on Tuesday, with which another horizon begins."""
    rule = {"type": kind, "id": "R", **NIGHTLY[kind], "valid_to": "2026-12-07", "hard": False, "price": 7}
    shown = [programme("series", 30, episodes=4, runs=2), programme("guest", 30)]
    spec = content([kz(window("03:00", "05:00"))], shown, rules=[rule], days=3)
    rows = [
        {**aired("Q.kz", f"2026-12-{at}Z", title, 30, episode=number), "broadcast_date": "", "anchor": ""}
        for at, title, number in (("06T22:00", "series", 1), ("07T22:00", "series", 2), ("07T22:30", "guest", 1))
    ]
    whole = part(tmp_path / "whole", spec, date(2026, 12, 7), 3, [], rows)
    one = part(tmp_path / "one", spec, date(2026, 12, 7), 1, [], rows[:1])
    two = part(tmp_path / "two", spec, date(2026, 12, 8), 2, rows[:1], rows[1:])
    assert any(period.startswith("2026-12-07T22") for _, _, period, _ in final(*whole))
    assert {**final(*one), **final(*two)} == final(*whole)
