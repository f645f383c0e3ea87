"""HiGHS may call a start optimal and state an objective far above it; then it is asked again without the start."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np

from scheduler.frontier import axis_of
from scheduler.rules import load
from scheduler.solve import Settings, prepare, solve
from scheduler.solve.programs.mip import mip
from scheduler.solve.programs.program import program_of
from scheduler.solve.proof.second_proof import start_of

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


def test_a_start_that_is_optimal_is_proven_optimal(tmp_path):
    path = tmp_path / "variant.yaml"
    path.write_text(axis_of(load(TOY), "KZ-UZ.minutes.tolerance").variant(Fraction(3, 20)), encoding="utf-8")
    instance, settings = load(TOY, [path]), Settings(time_limit=20, deterministic=True, workers=1)
    best = solve(instance, settings).search.best
    airings, search = prepare(instance, settings)
    search.offer(np.asarray(best.point[: len(airings)], dtype=bool))
    program = program_of(search.formulation)
    end = mip(search, program, search.budget, start=start_of(search, program))
    assert end.optimal
    assert end.bound == best.value == 543_000
