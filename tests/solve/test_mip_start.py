"""HiGHS may call a start optimal and state an objective far above it; then it is asked again without the start."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from scheduler.frontier import axis_of
from scheduler.rules import load
from scheduler.solve import Settings, prepare
from scheduler.solve.programs.mip import mip
from scheduler.solve.programs.program import program_of
from tests.builders import kept_choices

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


def test_every_best_timetable_as_a_start_is_proven_optimal(tmp_path):
    path = tmp_path / "variant.yaml"
    path.write_text(axis_of(load(TOY), "KZ-UZ.minutes.tolerance").variant(Fraction(3, 20)), encoding="utf-8")
    _, search = prepare(load(TOY, [path]), Settings(time_limit=600))
    choices = kept_choices(search.formulation)
    best = max(value for value, _ in choices)
    starts = [chosen for value, chosen in choices if value == best]
    assert len(starts) > 1
    for chosen in starts:
        search.offer(chosen)
        program = program_of(search.formulation)
        start = np.concatenate([search.formulation.point(chosen), np.zeros(len(program.cost) - program.airings)])
        end = mip(search, program, search.budget, start=start[: len(program.cost)].astype(float))
        assert end.optimal
        assert round(end.bound) == best == 543_000
