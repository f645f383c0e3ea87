"""Number the episodes of a series that continues in several territories after different past runs.

An airing on a channel that is seen in several territories shows one episode in all of them. If the past runs differ
between the territories, air order in one territory does not determine this episode. A depth-first search assigns an
episode to every airing, so that the airing has its run number (first, second, …) in every territory. First runs
continue without a gap in every territory, which determines their episodes. For a rerun several episodes may be
possible: the search tries first the one whose last run is the earliest, and backtracks to the others.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Instance

Status = tuple[int, int]
"""The number of runs of an episode in a territory, and the broadcast day of its last run there."""


@dataclass(slots=True)
class _Numbers:
    """The search for the episodes of one series."""

    gap: int
    in_order: bool  # whether every rerun shows the episode whose last run is the earliest
    airings: Sequence[tuple[int, int, tuple[str, ...]]]  # (run, broadcast day, territories), in air order
    status: dict[str, dict[int, Status]]  # by territory and episode; without an entry it has not aired
    to_come: dict[str, list[int]]  # the episodes of first runs by territory, in their order
    reached: dict[str, int]  # number of them that have aired
    failed: set[tuple[object, ...]] = field(default_factory=set)
    found: list[int] = field(default_factory=list)

    def search(self) -> bool:
        """Assign an episode to every airing, in `found`. Returns False if this is impossible."""
        tries = [self._fitting(0)]
        undo: list[tuple[dict[str, Status | None], dict[str, int]]] = []
        while len(self.found) < len(self.airings):
            episode = next(tries[-1], None)
            if episode is not None:
                undo.append(self._air(len(self.found), episode))
                self.found.append(episode)
                if len(self.found) < len(self.airings):
                    tries.append(self._fitting(len(self.found)))
                continue
            self.failed.add(self._state())
            tries.pop()
            if not tries:
                return False
            self._take_back(self.found.pop(), *undo.pop())
        return True

    def _fitting(self, at: int) -> Iterator[int]:
        """The possible episodes of an airing after the airings before it, the one with the earliest last run first."""
        if self._state() in self.failed:
            return iter(())
        run, day, seen = self.airings[at]
        if run == 1:
            coming = {next(iter(self.to_come[code][self.reached[code] :]), 0) for code in seen}
            return iter([one for one in coming if len(coming) == 1 and one])
        ready = [
            sorted(
                (last, one)
                for one, (count, last) in self.status[code].items()
                if count == run - 1 and last + self.gap <= day
            )
            for code in seen
        ]
        if self.in_order:
            heads = {waiting[0][1] if waiting else 0 for waiting in ready}
            return iter([one for one in heads if one and len(heads) == 1])
        everywhere = set.intersection(*({one for _, one in waiting} for waiting in ready))
        alike: dict[tuple[Status | None, ...], int] = {}
        for _, one in ready[0]:
            if one in everywhere:
                place = tuple(self.status[code].get(one) for code in self.status)
                alike.setdefault(place if None not in place else (*place, (one, one)), one)
        return iter(alike.values())

    def _air(self, at: int, episode: int) -> tuple[dict[str, Status | None], dict[str, int]]:
        run, day, seen = self.airings[at]
        before = {code: self.status[code].get(episode) for code in seen}
        reached = {code: self.reached[code] for code in seen}
        for code in seen:
            self.status[code][episode] = run, day
            self.reached[code] += run == 1
        return before, reached

    def _take_back(self, episode: int, before: dict[str, Status | None], reached: dict[str, int]) -> None:
        for code, status in before.items():
            if status is None:
                del self.status[code][episode]
            else:
                self.status[code][episode] = status
        self.reached.update(reached)

    def _state(self) -> tuple[object, ...]:
        return len(self.found), *(tuple(sorted(self.status[code].items())) for code in self.status)


def shared_numbers(airings: Airings, at: Ints) -> Ints | None:
    """The episodes of airings of one series, or None if no assignment fits all run numbers.

    Parameters
    ----------
    airings
        The frame.
    at
        (k,) Airings of one series that are planned.
    """
    instance, programme = airings.instance, int(airings.programme[at[0]])
    item = instance.programmes[programme]
    order = np.lexsort((airings.channel[at], airings.start_minute[at], airings.broadcast_day[at]))
    seen = [instance.channels[number].seen_in for number in airings.channel[at[order]].tolist()]
    runs, days = airings.run[at[order]].tolist(), airings.broadcast_day[at[order]].tolist()
    codes = list(dict.fromkeys(code for one in seen for code in one))
    numbers = _Numbers(
        gap=instance.days_between_runs(programme),
        in_order=airings.numbered_in_order(programme),
        airings=list(zip(runs, days, seen, strict=True)),
        status={code: past_status(instance, programme, code) for code in codes},
        to_come={code: instance.past.to_come(programme, code, item.episodes) for code in codes},
        reached=dict.fromkeys(codes, 0),
    )
    if not numbers.search():
        return None
    found = np.zeros(len(at), dtype=np.int64)
    found[order] = numbers.found
    return found


def past_status(instance: Instance, programme: int, code: str) -> dict[int, Status]:
    """(number of runs, day of the last run) of every episode that has aired in a territory before the plan."""
    past = instance.past.of(programme, code)
    count, last = Counter(run.episode for run in past), {run.episode: run.day for run in past}
    return {episode: (count[episode], last[episode]) for episode in count}
