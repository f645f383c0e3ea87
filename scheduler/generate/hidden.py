"""The hidden timetable: a plausible timetable that keeps every rule. The rules' bounds are drawn from it.

It is written into the instance's folder as `hidden_timetable.csv`, so that feasibility can be checked. No command that
loads or solves an instance reads it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.generate.cast import HOME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.generate.cast import Outlet
    from scheduler.generate.catalogue import Title
    from scheduler.generate.options import GeneratorOptions

HIDDEN_FILE = "hidden_timetable.csv"


@dataclass(frozen=True, slots=True)
class Pick:
    """One airing of the hidden timetable: outlet, day, first minute of the day, title, spoken language."""

    outlet: int
    day: int
    minute: int
    title: int
    language: str
    episode: int = 0  # 0 is numbered in air order
    first: bool = True  # whether a numbered episode has its first run


def hide_timetable(
    options: GeneratorOptions, outlets: Sequence[Outlet], titles: Sequence[Title], rng: np.random.Generator
) -> list[Pick]:
    """Fill the windows day by day, then remove airings until every week is balanced."""
    filler = _Filler(options, outlets, titles, rng)
    picks = [
        pick
        for day in range(options.days)
        for outlet in rng.permutation(len(outlets)).tolist()
        for pick in filler.fill(outlet, day)
    ]
    return balanced(picks, outlets, titles, options.world.balance, rng)


class _Filler:
    """Fills one window after the other within rights and runs, with at most one airing of a title a day."""

    def __init__(
        self, options: GeneratorOptions, outlets: Sequence[Outlet], titles: Sequence[Title], rng: np.random.Generator
    ) -> None:
        self._options, self._outlets, self._titles, self._rng = options, outlets, titles, rng
        self._shortlist = [
            np.array([at for at, title in enumerate(titles) if number in title.channels], dtype=np.int64)
            for number in range(len(outlets))
        ]
        self._steps = np.array([title.steps(options.grid) for title in titles])
        self._weight = np.array([(0.2 + title.appeal) ** 2 for title in titles])
        self._aired: dict[tuple[int, str], list[int]] = {}

    def fill(self, outlet: int, day: int) -> list[Pick]:
        """The airings of one window."""
        options, rng, grid = self._options, self._rng, self._options.grid
        length, hour = round(options.hours * 60) // grid, 60 // grid
        open_ = self._open(outlet, day)
        at, picks = 0, []
        while at < length:
            fits = open_[self._steps[open_] <= length - at]
            if not len(fits):
                break
            if rng.random() > options.fill:
                at += hour
                continue
            odds = self._weight[fits]
            title = int(rng.choice(fits, p=odds / odds.sum()))
            picks.append(
                Pick(
                    outlet,
                    day,
                    self._outlets[outlet].start + at * grid,
                    title,
                    version_of(self._outlets[outlet], self._titles[title], options.world.local_chance, rng),
                )
            )
            self._aired.setdefault((title, self._outlets[outlet].station.territory), []).append(day)
            open_ = open_[open_ != title]
            at += int(self._steps[title])
        return picks

    def _open(self, outlet: int, day: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """Titles of the shortlist that may still air in the territory on a day."""
        land = self._outlets[outlet].station.territory
        return np.array([at for at in self._shortlist[outlet].tolist() if self._may(at, land, day)], dtype=np.int64)

    def _may(self, at: int, land: str, day: int) -> bool:
        title, days = self._titles[at], self._aired.get((at, land), [])
        if not title.first_day <= day <= title.last_day or len(days) >= title.episodes * title.runs:
            return False
        before = len(days) - title.episodes
        return before < 0 or day - days[before] >= self._options.days_between_runs


def version_of(outlet: Outlet, title: Title, chance: float, rng: np.random.Generator) -> str:
    """The language of the version that a channel airs; its own with a chance if there is a choice."""
    local, dubs = outlet.language, title.dubs
    if local not in dubs:
        return "rus"
    return local if "rus" not in dubs or rng.random() < chance else "rus"


def balanced(
    picks: list[Pick],
    outlets: Sequence[Outlet],
    titles: Sequence[Title],
    share: float,
    rng: np.random.Generator,
    fixed: int = 0,
) -> list[Pick]:
    """Remove airings of the side that gives more, per week and agreement, until both give nearly the same.

    `share` is the largest difference as a share of the exchange. The first `fixed` airings stay.
    """
    minutes = np.array([titles[pick.title].minutes for pick in picks])
    week = np.array([pick.day // 7 for pick in picks])
    given = np.array([outlets[pick.outlet].station.territory != HOME for pick in picks])
    partner = np.array(
        [
            outlets[pick.outlet].station.territory if gives else titles[pick.title].origin
            for pick, gives in zip(picks, given.tolist(), strict=True)
        ]
    )
    kept = np.ones(len(picks), dtype=bool)
    for land in sorted(set(partner.tolist())):
        for number in range(int(week.max()) + 1):
            mine = (partner == land) & (week == number)
            kept[_surplus(mine & given, mine & ~given, minutes, share, rng, fixed)] = False
    return [pick for pick, stays in zip(picks, kept.tolist(), strict=True) if stays]


def _surplus(
    given: np.ndarray[tuple[int], np.dtype[np.bool_]],
    received: np.ndarray[tuple[int], np.dtype[np.bool_]],
    minutes: np.ndarray[tuple[int], np.dtype[np.int64]],
    share: float,
    rng: np.random.Generator,
    fixed: int,
) -> list[int]:
    """Airings to remove so that both directions have nearly the same minutes; the first `fixed` stay."""
    sides = [rng.permutation(np.flatnonzero(side)) for side in (given, received)]
    total = [int(minutes[side].sum()) for side in sides]
    loose = [side[side >= fixed].tolist() for side in sides]
    out: list[int] = []
    while abs(total[0] - total[1]) > share * (total[0] + total[1]):
        more = 0 if total[0] > total[1] else 1
        if not loose[more]:
            break
        gone = loose[more].pop()
        total[more] -= int(minutes[gone])
        out.append(gone)
    return out
