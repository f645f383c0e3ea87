"""Check the proofs of solvers: CP-SAT under several settings, and HiGHS, on small generated instances.

Run as `python -m scheduler.bench.proofs COUNT [FIRST_SEED [SETTING …]]`; without a setting's name all are tried, HiGHS
always. Every instance is solved without locks, and with part of its hidden timetable as locks. A claim is wrong if a
better timetable is known: the hidden one, or one that another run found.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from ortools.sat.python import cp_model

from scheduler.airings import build_airings
from scheduler.bench.script import run_script
from scheduler.formulation import formulate
from scheduler.generate import HIDDEN_FILE, generate, suite
from scheduler.instance import TIMETABLE_COLUMNS
from scheduler.instance.derived.aired import NEEDED_COLUMNS
from scheduler.rules import load, rules_of
from scheduler.solve import Search, Settings
from scheduler.solve.cp_sat.exact import Model
from scheduler.solve.programs.mip import mip
from scheduler.solve.programs.program import program_of
from scheduler.timetable import read_timetable
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from scheduler.formulation import Formulation
    from scheduler.instance import Instance

LIMIT = 2.0
"""Time limit of one solve, seconds."""

CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "CP-SAT with its defaults": {},
    "CP-SAT without included constraints": {"presolve_inclusion_work_limit": 0},
    "CP-SAT without presolve": {"cp_model_presolve": False},
}
HIGHS = "HiGHS"
LOCK_COLUMNS = [name for name in TIMETABLE_COLUMNS if name in NEEDED_COLUMNS]


@dataclass(frozen=True, slots=True)
class Claim:
    """The result of one configuration on one instance."""

    decided: bool
    value: float  # the most that it calls possible, −inf where it calls the instance impossible
    found: float  # the best timetable that it found, −inf where it found none


def claims(formulation: Formulation, names: Collection[str] = tuple(CONFIGURATIONS)) -> dict[str, Claim]:
    """The results of the named configurations, and of HiGHS, on a formulation."""
    fields = {name: _cp_sat(formulation, CONFIGURATIONS[name]) for name in names}
    search = Search(formulation, Settings(time_limit=LIMIT, workers=1))
    end = mip(search, program_of(formulation), search.budget)
    found = -np.inf if search.best is None or search.best.hard_miss else float(search.best.value)
    most = end.bound if end.bound is not None and not end.infeasible else -np.inf
    return {**fields, HIGHS: Claim(end.optimal or end.infeasible, most, found)}


def _cp_sat(formulation: Formulation, options: dict[str, Any]) -> Claim:
    model = Model(formulation, hard_elastic=False)
    model.maximize_value()
    solver = cp_model.CpSolver()
    solver.parameters.num_workers, solver.parameters.random_seed = 1, 1
    solver.parameters.max_time_in_seconds = LIMIT
    for name, value in options.items():
        setattr(solver.parameters, name, value)
    status = solver.solve(model.model)
    found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    value = formulation.constant + solver.objective_value if found else -np.inf
    return Claim(status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), value, value)


def instances(count: int, first: int) -> Iterator[tuple[Instance, int]]:
    """(instance, value of a known timetable that keeps every rule) of generated instances, without and with locks."""
    for seed in range(first, first + count):
        random = np.random.default_rng(seed)
        sizes = {"territories": (2, 3), "channels": (3, 4), "days": (1, 2, 3), "hours": (1, 2), "titles": (25, 40, 60)}
        drawn: dict[str, int] = {name: int(random.choice(choices)) for name, choices in sizes.items()}
        options = suite("free-smoke").options_at(float(random.choice([0.6, 0.8, 1.0]))).model_copy(update=drawn)
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            try:
                generate(folder, options, seed)
            except ValueError:  # nothing to exchange
                continue
            for share in (0.0, float(random.choice([0.1, 0.2, 0.4]))):
                _lock(folder, share, random)
                instance = load(folder)
                value = verify(read_timetable(instance, folder / HIDDEN_FILE)).value
                yield instance, value


def _lock(folder: Path, share: float, random: np.random.Generator) -> None:
    """Turn a share of the hidden timetable's airings into locks."""
    with (folder / HIDDEN_FILE).open(encoding="utf-8", newline="") as stream:
        aired = [row for row in csv.DictReader(stream) if not row["anchor"]]
    picked = [row for row in aired if random.random() < share]
    if picked:
        with (folder / "locks.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, LOCK_COLUMNS, extrasaction="ignore")
            writer.writeheader()
            writer.writerows(picked)


def main(count: int, first: int = 1, *names: str) -> Counter[tuple[str, str]]:
    """Count the claims of every configuration and the wrong ones; print both every hundred instances and at the end.

    `count` seeds are used. Those few that allow no exchange are left out.
    """
    counted: Counter[tuple[str, str]] = Counter()
    chosen = names or tuple(CONFIGURATIONS)
    for instance, known in instances(count, first):
        verdicts = claims(formulate(build_airings(instance, rules_of(instance))), chosen)
        # what CP-SAT found is no evidence against itself: a found timetable is, whoever found it
        best = max(float(known), *(claim.found for claim in verdicts.values()))
        counted["all", "instances"] += 1
        for name, claim in verdicts.items():
            counted[name, "decided"] += claim.decided
            counted[name, "wrong"] += claim.decided and claim.value < best - 1
        if counted["all", "instances"] % 100 == 0:
            _say(counted, chosen)
    _say(counted, chosen)
    return counted


def _say(counted: Counter[tuple[str, str]], names: Collection[str]) -> None:
    print(f"{counted['all', 'instances']} instances", flush=True)
    for name in (*names, HIGHS):
        print(f"{name}: {counted[name, 'decided']} decided, {counted[name, 'wrong']} of them wrong", flush=True)


def _setting(word: str) -> str:
    if word not in CONFIGURATIONS:
        raise ValueError(f"there is no setting '{word}'")
    return word


if __name__ == "__main__":
    usage = "scheduler.bench.proofs COUNT [FIRST_SEED [SETTING …]]; a SETTING is " + ", ".join(CONFIGURATIONS)
    run_script(main, usage, (int, int, *([_setting] * len(CONFIGURATIONS))), 1)
