"""Series in regular slots over time: a timetable that is accepted whole is accepted when it is cut at any midnight."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import content, kept_choices, write
from tests.rules.over_time import cut, part
from tests.rules.placement_cases import CASES, SERIES

SAMPLED = 5
"""Timetables of a case that are cut, spread over all that are accepted."""


WITHOUT_EXCEPTIONS = [name for name in CASES if "lock" not in name]
"""History does not say which of its airings were exceptions."""


@pytest.mark.parametrize("name", WITHOUT_EXCEPTIONS)
def test_what_is_accepted_whole_is_accepted_in_parts(name, tmp_path):
    case = {**SERIES, **CASES[name]}
    spec = content(case.pop("channels"), case.pop("programmes"), **case)
    whole = load(write(tmp_path / "whole", spec))
    airings = build_airings(whole, rules_of(whole))
    kept = [chosen for _, chosen in kept_choices(formulate(airings)) if np.any(chosen & ~airings.past)]
    assert kept
    start, days = whole.file.horizon.start, whole.file.horizon.days
    for number, chosen in enumerate(kept[:: max(1, len(kept) // SAMPLED)]):
        timetable = timetable_of(airings, chosen & ~airings.past)
        assert not verify(timetable).hard_missed
        for day in range(1, days):
            middle = start + timedelta(days=day)
            before, after = cut(whole, timetable, middle)
            if not before:
                continue
            locks = [row for row in spec["locks.csv"] if row["start_utc"][:10] >= str(middle)]
            folder = tmp_path / f"{number}-{day}"
            rest = {**spec, "locks.csv": locks}
            loaded, two = part(folder, rest, middle, days - day, [*spec["history.csv"], *before], after)
            said = verify(two)
            missed = [row for row in said.hard_missed if row.period != "horizon"]  # counted in each horizon by itself
            wrong = [str(row.text) for row in (*said.broken, *missed)]
            assert not wrong, f"cut at {middle}: {wrong}\n{airings.frame[chosen]}"
            later = build_airings(loaded, rules_of(loaded))
            formulation = formulate(later)
            again = later.past.copy()
            for entry in np.flatnonzero(~two.anchor).tolist():
                same = (later.channel == two.channel[entry]) & (later.start_minute == two.start[entry])
                same &= (later.content == two.content[entry]) & ((later.run == 1) == two.first[entry]) & ~later.past
                again[np.flatnonzero(same)[:1]] = True
            assert formulation.is_admissible(formulation.point(again)), f"rows refuse it, cut at {middle}"
