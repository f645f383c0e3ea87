"""Measure replanning on random disruptions of a generated week.

Run as `python -m scheduler.bench.disruptions COUNT [FIRST_SEED [DAYS]]`. An instance of the smoke suite is solved, then
for every seed there is one disruption: a title is withdrawn, a live event takes an evening, or an airing does not air.
One line for each replan, then the sums. Times depend on the machine and its load.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from scheduler.bench.script import run_script
from scheduler.generate import generate, suite
from scheduler.instance import Anchor
from scheduler.instance.model.field_types import clock_text
from scheduler.replan import read_published, replan
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv

if TYPE_CHECKING:
    from scheduler.instance import Instance

LIMIT = 20.0
"""Time limit of a replan, seconds."""

CLOSE = 0.05
"""A change is called close to its bound if it exceeds it by this share at most, or by one unit."""


@dataclass(frozen=True, slots=True)
class ReplanRow:
    """One replan."""

    seed: int
    what: str
    seconds: float
    change: int
    change_bound: int
    number: int
    number_bound: int
    hard_missed: int
    hard_miss: float  # in whole hard rows
    hard_miss_bound: float  # proven for any plan after the freeze

    @property
    def hard_least(self) -> bool:
        """Whether it is proven that no plan after the freeze misses less of the hard rules."""
        return not self.hard_missed or self.hard_miss <= self.hard_miss_bound + 1e-6

    @property
    def far(self) -> bool:
        """Whether the weighted change exceeds twice its bound and two units."""
        return self.change > 2 * self.change_bound + 2

    @property
    def close(self) -> bool:
        """Whether the weighted change is within CLOSE or one unit of its bound."""
        return self.change - self.change_bound <= max(1.0, CLOSE * self.change_bound)


def disrupted(instance: Instance, path: Path, random: np.random.Generator) -> tuple[str, Instance, list[int], int]:
    """(disruption, the instance after it, airings that did not air, the first day that is not frozen)."""
    plan = read_published(instance, path).timetable
    horizon = instance.file.horizon
    day = int(random.integers(1, horizon.days))
    at = int(random.integers(len(plan)))
    kind = str(random.choice(["withdrawn", "event", "not aired"]))
    if kind == "withdrawn":
        number, last = int(plan.programme[at]), horizon.start + timedelta(days=day - 1)
        programmes = list(instance.programmes)
        programmes[number] = programmes[number].model_copy(update={"rights_to": last})
        return kind, replace(instance, programmes=tuple(programmes)), [], day
    if kind == "not aired":
        begins = (plan.start // 1440).tolist()
        day = max(day, begins[at] - min(begins) + 2)
        return kind, instance, [at], min(day, horizon.days)
    channel = instance.channels[int(plan.channel[at])]
    window = channel.windows[int(random.integers(len(channel.windows)))]
    event = Anchor.model_validate(
        {"anchor": "disruption", "channel": channel.id, "date": horizon.start + timedelta(days=day),
         "start": clock_text(window.start), "end": clock_text(min(window.end, window.start + 60)), "title": "event",
         "genre": "sport", "origin": channel.territory, "audio": channel.languages[0], "delivery": "live"}
    )  # fmt: skip
    return kind, replace(instance, anchors=(*instance.anchors, event)), [], day


def rows(count: int, first: int, days: int) -> list[ReplanRow]:
    """Replan `count` disruptions."""
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        generate(folder, suite("smoke").options_at(0.7).model_copy(update={"days": days}), 1)
        instance, path = load(folder), folder / "published.csv"
        answer = solve(instance, Settings(time_limit=LIMIT))
        if answer.timetable is None:
            return []
        path.write_text(timetable_csv(answer.timetable), encoding="utf-8")
        for seed in range(first, first + count):
            what, after, missing, day = disrupted(instance, path, np.random.default_rng(seed))
            begun = time.perf_counter()
            until = instance.file.horizon.start + timedelta(days=day)
            plan = replan(after, read_published(after, path), frozen_until=until, not_aired=missing)
            seconds = time.perf_counter() - begun
            changes = plan.changes.weight, min(plan.change_bound, plan.changes.weight), plan.number, plan.number_bound
            hard = len(plan.checked.hard_missed), plan.found.hard_miss, plan.found.hard_miss_bound
            found.append(ReplanRow(seed, what, seconds, *changes, *hard))
            print(found[-1], flush=True)
    return found


def main(count: int, first: int = 1, days: int = 7) -> None:
    """Run, and print the sums."""
    found = rows(count, first, days)
    close = sum(row.close for row in found)
    far = sum(row.far for row in found)
    kept = sum(not row.hard_missed for row in found)
    least = sum(row.hard_least for row in found)
    print(f"{len(found)} replans, median {median(row.seconds for row in found):.1f} s")
    print(f"{close} close to their bound, {far} above twice their bound and two units")
    print(f"{kept} without a missed hard row, {least} with proof that no plan after the freeze misses less")


if __name__ == "__main__":
    run_script(main, "scheduler.bench.disruptions COUNT [FIRST_SEED [DAYS]]", (int, int, int), 1)
