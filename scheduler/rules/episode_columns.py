"""Episode columns for series whose past runs differ between the territories of a channel.

A column states which episode an airing shows. Notation, per series: g is the set of airings at one instant on a channel
as k-th run, x(g) their sum, i an episode, and y(g, i) = 1 if g shows i. Then Σ_i y(g, i) = x(g). In every territory
that sees g: c(i) is the number of past runs of i, e the last episode that has aired, d a broadcast day, and h the
smallest number of days between runs. The rows are:

- y(g, i) = 0 if k ≤ c(i), or k = c(i) + 1 > 1 and the last run is less than h days before, or k = 1 and i is not to
  come (i ≤ e, and history.csv does not mark it as not aired);
- Σ_g y(g, i) ≤ 1 over the k-th runs;
- if k = 1, with i' the episode to come before i:  Σ y(≤ g, i) ≤ Σ y(< g, i'), both over first runs;
- if k > c(i) + 1:  Σ y(≤ d, i) over k-th runs ≤ Σ y(≤ d − h, i) over (k − 1)-th runs;
- if a rule or a lock counts runs (`numbered_in_order`), with N(g) the number of k-th runs up to g and J(i) the position
  of i among the episodes that can have one:  x(g) = 1 only if Σ_i J(i)·y(g, i) = N(g).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Flags, Ints
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.subject import Subject
from scheduler.timetable.shared_numbers import Status, past_status, shared_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules.framework.row_builder import Sheet


SHOWS = "shows"
"""Subject of the rows by which an airing shows one episode: airing − Σ columns of its place = 0, by episode."""


@dataclass(frozen=True, slots=True)
class _Places:
    """The places of one series in air order. A place is a combination of channel, start and run number."""

    airing: Ints  # (n,) the airings of the series
    place: Ints  # (n,) place of each airing
    channel: Ints
    day: Ints  # broadcast day
    run: Ints
    column: Ints  # (places, episodes) columns of the sheet

    def of_run(self, run: int, channels: Flags) -> Ints:
        """The places of k-th runs on some channels, in air order."""
        return np.flatnonzero((self.run == run) & channels[self.channel])


def episode_columns(sheet: Sheet, airings: Airings, completed: list[Callable[[Flags], Ints]]) -> None:
    """Add the episode columns of every series that needs them, and their rows.

    Parameters
    ----------
    completed
        Gets a function for each such series: chosen airings → the values of its columns.
    """
    for programme in np.flatnonzero(airings.numbered_apart).tolist():
        places = _places(sheet, airings, programme)
        _show(sheet, airings, programme, places)
        seen = [set(channel.seen_in) for channel in airings.instance.channels]
        for code in airings.instance.file.territories:
            channels = np.array([code in one for one in seen], dtype=bool)
            if channels[places.channel].any():
                _in_territory(sheet, airings, programme, places, code, channels)
        completed.append(partial(_complete, airings, places))


def _places(sheet: Sheet, airings: Airings, programme: int) -> _Places:
    at = np.flatnonzero((airings.programme == programme) & ~airings.past & (airings.run < REPEAT))
    keys = np.stack([airings.broadcast_day[at], airings.start_minute[at], airings.channel[at], airings.run[at]])
    found, place = np.unique(keys, axis=1, return_inverse=True)
    day, _, channel, run = found
    episodes = airings.instance.programmes[programme].episodes
    upper = np.ones((len(day), episodes), dtype=np.int64)
    for number, one in enumerate(airings.instance.channels):
        for code in one.seen_in:
            status = past_status(airings.instance, programme, code)
            mine = np.flatnonzero(channel == number)
            upper[mine] &= _open(airings.instance, programme, code, status, run[mine], day[mine])
    column = sheet.columns(upper.ravel()).reshape(upper.shape)
    return _Places(at, place.ravel().astype(np.int64), channel, day, run, column)


def _open(instance: Instance, programme: int, code: str, status: dict[int, Status], run: Ints, day: Ints) -> Ints:
    """(places, episodes) which episodes a place can show after the past runs of a territory."""
    item = instance.programmes[programme]
    count, last = np.zeros(item.episodes, dtype=np.int64), np.full(item.episodes, -(10**9))
    for episode, (runs, at) in status.items():
        if episode <= item.episodes:
            count[episode - 1], last[episode - 1] = runs, at
    number = np.arange(1, item.episodes + 1)
    k, d = run[:, None], day[:, None]
    to_come = np.isin(number, instance.past.to_come(programme, code, item.episodes))
    fits = (k > count) & ((k > 1) | to_come)
    fits &= (k == 1) | (k != count + 1) | (d >= last + instance.days_between_runs(programme))
    return fits.astype(np.int64)


def _show(sheet: Sheet, airings: Airings, programme: int, places: _Places) -> None:
    """Rows: every airing shows exactly one episode."""
    labels = [str(at) for at in range(len(places.day))]
    name = Aspect("together", airings.instance.programmes[programme].programme)
    rows = sheet.rows(labels, Subject("own", SHOWS), name, lower=0, upper=0, rigid=True)
    sheet.add(rows[places.place], places.airing)
    sheet.add(np.repeat(rows, places.column.shape[1]), places.column.ravel(), -1)


def _in_territory(sheet: Sheet, airings: Airings, programme: int, places: _Places, code: str, channels: Flags) -> None:
    """Rows of one series in one territory: one k-th run per episode, first runs in order, reruns after earlier runs."""
    instance = airings.instance
    item, status = instance.programmes[programme], past_status(instance, programme, code)
    name = Aspect("together", item.programme)
    to_come = instance.past.to_come(programme, code, item.episodes)
    ahead = dict(zip(to_come[1:], to_come, strict=False))
    in_order = airings.numbered_in_order(programme)
    for run in np.unique(places.run[channels[places.channel]]).tolist():
        mine, sooner = places.of_run(run, channels), places.of_run(run - 1, channels)
        if in_order:
            _counted(sheet, airings, programme, places, mine, code)
        for episode in range(1, item.episodes + 1):
            where = Subject("own", f"{code} run {run} of {episode}")
            column = places.column[mine, episode - 1]
            sheet.add(sheet.row("once", where, name, upper=1, rigid=True), column)
            if run == 1 and episode in ahead:
                rows = sheet.rows([str(at) for at in range(len(mine))], where, name, upper=0, rigid=True)
                later, upto = np.nonzero(np.tri(len(mine), dtype=bool))
                sheet.add(rows[later], column[upto])
                later, before = np.nonzero(np.tri(len(mine), k=-1, dtype=bool))
                sheet.add(rows[later], places.column[mine[before], ahead[episode] - 1], -1)
            elif run > 1 and run > status.get(episode, (0, 0))[0] + 1:
                days = np.unique(places.day[mine])
                rows = sheet.rows([str(day) for day in days.tolist()], where, name, upper=0, rigid=True)
                at, entry = np.nonzero(places.day[mine] <= days[:, None])
                sheet.add(rows[at], column[entry])
                at, entry = np.nonzero(places.day[sooner] + instance.days_between_runs(programme) <= days[:, None])
                sheet.add(rows[at], places.column[sooner[entry], episode - 1], -1)


def _counted(sheet: Sheet, airings: Airings, programme: int, places: _Places, mine: Ints, code: str) -> None:
    """Rows: the number of a run in the territory determines its episode."""
    instance, run = airings.instance, int(places.run[mine[0]])
    episodes = places.column.shape[1]
    number = np.array([instance.past.place(programme, code, one, run) for one in range(1, episodes + 1)])
    labels = [str(at) for at in range(len(mine))]
    rank = np.full(len(places.day), -1)
    rank[mine] = np.arange(len(mine))
    here = np.flatnonzero(rank[places.place] >= 0)
    airing, of = places.airing[here], rank[places.place[here]]
    upto, entry = np.nonzero(of[None, :] <= np.arange(len(mine))[:, None])
    most = np.arange(1, len(mine) + 1) + int(number.max(initial=0))
    for aspect, sign in (("not behind", 1), ("not ahead", -1)):
        where = Subject("own", f"{code} run {run} {aspect}")
        rows = sheet.rows(
            labels, where, Aspect("together", instance.programmes[programme].programme), upper=most, rigid=True
        )
        sheet.add(rows[upto], airing[entry], sign)
        sheet.add(rows[of], airing, most[of])
        sheet.add(np.repeat(rows, episodes), places.column[mine].ravel(), -sign * np.tile(number, len(mine)))


def _complete(airings: Airings, places: _Places, chosen: Flags) -> Ints:
    shown = np.zeros(places.column.shape, dtype=np.int64)
    entry = np.flatnonzero(chosen[places.airing])
    numbers = shared_numbers(airings, places.airing[entry]) if len(entry) else None
    if numbers is not None:
        shown[places.place[entry], numbers - 1] = 1
    return shown.ravel()
