"""Why a replan misses hard rows: which locks, frozen or accepted airings are a cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.replan.give_up import given_up
from scheduler.replan.mip import solve_part
from scheduler.replan.stated import Stated, state
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.replan.params import ReplanParams
    from scheduler.rules import Rule
    from scheduler.solve.search.time_limit import Budget
    from scheduler.timetable import Timetable

Hold = Literal["locks", "freeze", "accepted"]
"""Causes for which an airing may not change: locks.csv, the freeze, or acceptance by another party."""

LEAST_MISS = 1e-6
"""Smallest hard miss that counts, in whole hard rows."""


@dataclass(frozen=True, eq=False)
class Holds:
    """What may not change, and which parts of it cause missed hard rows."""

    instance: Instance
    plan: Timetable
    frozen_until: date | datetime | None
    side: str | None
    draft: Flags
    rules: Sequence[Rule]
    not_aired: Sequence[int]
    params: ReplanParams
    budget: Budget

    def found(self, hard_miss: float) -> tuple[tuple[Hold, float], ...]:
        """Those of locks, the freeze and acceptances without which the hard miss would be smaller."""
        if hard_miss <= LEAST_MISS:
            return ()
        there: dict[Hold, bool] = {
            "locks": bool(self.instance.locks),
            "freeze": self.frozen_until is not None,
            "accepted": self.side is not None,
        }
        tried = [
            (name, self._least(self._without(name)))
            for name, is_there in there.items()
            if is_there and not self.budget.over()
        ]
        return tuple((name, least) for name, least in tried if least is not None and least < hard_miss - LEAST_MISS)

    def named(self, name: Hold, least: float, hard_miss: float, stated: Stated) -> tuple[str, ...]:
        """The parts of a hold: lines of locks.csv that are a cause alone, or as few held airings as must change.

        Parameters
        ----------
        least, hard_miss
            The least hard miss without the hold and with it.
        stated
            The program with the hold.
        """
        if self.budget.over():
            return ()
        if name == "locks":
            return self._locks(hard_miss)
        free = self._without(name)
        if name == "freeze":
            held = stated.frozen.frozen.copy()
            held[stated.at[stated.stay]] = True
            group = np.flatnonzero(held[free.at])
        else:
            ours = np.array([self.side in channel.belongs_to for channel in self.instance.channels], dtype=bool)
            group = np.flatnonzero(~ours[self.plan.channel[free.at]] & ~self.draft[free.at])
        group = group[np.isin(group, free.kept[0])]
        ids = timetable_frame(self.plan)["airing_id"].tolist()
        seconds = self.budget.share(self.params.hold_share).left()
        changing = given_up(free.program, free.kept, group, least, seconds, self.params)
        return tuple(ids[int(free.at[one])] for one in changing)

    def _locks(self, hard_miss: float) -> tuple[str, ...]:
        """The lines of locks.csv that are a cause alone: without one of them the hard miss would be smaller."""
        locks = self.instance.locks
        if len(locks) > self.params.most_locks:
            return ()
        found = []
        for number in range(len(locks)):
            if self.budget.over():
                break
            fewer = replace(self.instance, locks=locks[:number] + locks[number + 1 :])
            least = self._least(self._program(fewer))
            if least is not None and least < hard_miss - LEAST_MISS:
                found.append(f"locks.csv: {locks[number].words()}")
        return tuple(found)

    def _without(self, name: Hold) -> Stated:
        """The program without a hold."""
        instance = replace(self.instance, locks=()) if name == "locks" else self.instance
        return self._program(instance, frozen=name != "freeze", accepted=name != "accepted")

    def _program(self, instance: Instance, *, frozen: bool = True, accepted: bool = True) -> Stated:
        """The program with other locks, without the freeze, or without acceptances of other parties."""
        until, missing = (self.frozen_until, self.not_aired) if frozen else (None, ())
        return state(instance, self.plan, until, missing, self.side if accepted else None, self.draft, self.rules)

    def _least(self, stated: Stated) -> float | None:
        """The least hard miss of a program; None if no point was found in time."""
        program, params = stated.program, self.params
        seconds = self.budget.share(params.hold_share).left()
        least = solve_part(program, program.hard_miss, seconds, absolute_gap=1e-7, seed=params.seed)
        return None if least.point is None else max(0.0, least.objective)
