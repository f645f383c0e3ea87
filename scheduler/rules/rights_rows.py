"""Rows of the rights: first runs, further runs, runs kept together, in total and per channel, repeats of locks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Flags, Ints, ranges
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules.episode_columns import episode_columns
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.row_builder import Part, Sheet, any_of
from scheduler.rules.framework.subject import Subject
from scheduler.strands import named_by_locks, past_first_runs

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules.framework.base import Rule
    from scheduler.rules.framework.rows import RuleRows

Complete = Callable[[Flags], Ints]


ENTRIES_AT_ONCE = 2**22
"""Entries of the rows of reruns that are made at once. They grow with the square of the days."""


def rows_of_rights(rule: Rule, airings: Airings) -> Iterator[RuleRows]:
    """Rows on first runs, on every further run by day, and on airings in total and per channel."""
    sheet, completed = Sheet(rule, "runs", len(airings)), list[Complete]()
    runs = _runs(sheet, airings, completed)
    _first_runs(sheet, airings, runs)
    _reruns(sheet, airings, runs)
    _kept_together(sheet, airings, completed)
    episode_columns(sheet, airings, completed)
    _total(sheet, airings)
    _per_channel(sheet, airings)
    _locked_repeats(sheet, airings)
    return sheet.blocks_in_parts(lambda chosen: np.concatenate([complete(chosen) for complete in completed]))


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of programmes in territories. Each is a column: an airing, or the instant of a simulcast."""

    column: Ints
    programme: Ints
    territory: Ints
    number: Ints  # 1 for a first run, 2, 3, … for reruns
    day: Ints  # broadcast day

    def numbered(self, number: int) -> _Runs:
        """The first, second, … runs."""
        at = self.number == number
        return _Runs(self.column[at], self.programme[at], self.territory[at], self.number[at], self.day[at])


def _runs(sheet: Sheet, airings: Airings, completed: list[Complete]) -> _Runs:
    """Every run in every territory that sees it. The airings of a simulcast at one instant are one run."""
    airing, territory = airings.seen_in(np.flatnonzero(~airings.past & (airings.run < REPEAT)))
    simulcast = airings.instance.simulcasts[airings.programme[airing]] if len(airing) else np.zeros(0, dtype=bool)
    day = airings.broadcast_day[airing]
    runs = _Runs(airing, airings.programme[airing], territory, airings.run[airing], day)
    if not simulcast.any():
        return runs
    at = np.flatnonzero(simulcast)
    places = np.stack([runs.programme[at], territory[at], runs.number[at], airings.start_minute[airing[at]]])
    instants, group = np.unique(places, axis=1, return_inverse=True)
    group = group.ravel()
    # A simulcast gets one column per (programme, territory, run, instant), which is 1 if any of its airings is chosen.
    own = sheet.columns(np.ones(instants.shape[1], dtype=np.int64))
    programme, code, run, minute = instants
    keys = ((programme * len(airings.instance.file.territories) + code) * (REPEAT + 1) + run) * 2**21 + minute
    sheet.tie(group, airing[at], own, "one run at an instant", keys)
    completed.append(partial(any_of, group, airing[at], len(own)))
    first_day = np.full(len(own), np.iinfo(np.int64).max)
    np.minimum.at(first_day, group, day[at])
    alone = ~simulcast
    return _Runs(
        np.concatenate([runs.column[alone], own]),
        np.concatenate([runs.programme[alone], instants[0]]),
        np.concatenate([territory[alone], instants[1]]),
        np.concatenate([runs.number[alone], instants[2]]),
        np.concatenate([day[alone], first_day]),
    )


def _capped(sheet: Sheet, names: list[tuple[str, Subject, str]], aspect: str, left: list[int]) -> Ints:
    """A row for every (programme, subject, period) with the number of runs left, 0 if the past has used too many."""
    upper = np.maximum(np.array(left, dtype=np.int64), 0)
    aspects = [Aspect(aspect, name) for name, _, _ in names]
    return sheet.rows(
        [period for _, _, period in names],
        [subject for _, subject, _ in names],
        aspects,
        upper=upper,
        need=upper,
        rigid=True,
    )


def _first_runs(sheet: Sheet, airings: Airings, runs: _Runs) -> None:
    instance = airings.instance
    codes = list(instance.file.territories)
    first = runs.numbered(1)
    keys, row = np.unique(first.programme * len(codes) + first.territory, return_inverse=True)
    pairs = [(key // len(codes), codes[key % len(codes)]) for key in keys.tolist()]
    left = [instance.past.left(number, code, instance.programmes[number].episodes) for number, code in pairs]
    names = [(instance.programmes[number].programme, Subject("territory", code), "horizon") for number, code in pairs]
    sheet.add(_capped(sheet, names, "first runs", left)[row], first.column)


def _reruns(sheet: Sheet, airings: Airings, runs: _Runs) -> None:
    """N_k(d) − N_{k−1}(d − g) ≤ `_past_slack`, on every day d on which a k-th run may air."""
    for number in range(2, int(runs.number.max(initial=1)) + 1):
        _reruns_numbered(sheet, airings, runs, number)


def _reruns_numbered(sheet: Sheet, airings: Airings, runs: _Runs, number: int) -> None:
    instance, timeline = airings.instance, airings.instance.timeline
    codes = list(instance.file.territories)
    gap = np.array([instance.days_between_runs(at) for at in range(len(instance.programmes))], dtype=np.int64)
    later = runs.numbered(number)
    # Rows are sorted by key = (programme · territories + territory) · span + day + 1, so the rows of a group from a day
    # on are consecutive.
    span = timeline.days + 2
    row_keys = np.unique((later.programme * len(codes) + later.territory) * span + later.day + 1)
    row_group, row_day = row_keys // span, row_keys % span - 1
    edges = np.searchsorted(row_group, np.arange(len(codes) * len(instance.programmes) + 1))
    begin, end = edges[:-1], edges[1:]

    def reached(number: int, gap: Ints, sign: int) -> _Reached:
        """The rows of a run's programme and territory whose day is not less than `gap` days after the run."""
        these = runs.numbered(number)
        group = these.programme * len(codes) + these.territory
        day = np.minimum(these.day + gap[these.programme] + 1, span)
        first = np.maximum(np.searchsorted(row_keys, group * span + day), begin[group])
        return _Reached(these.column, group, first, np.maximum(end[group] - first, 0), sign)

    left, names = [], []
    for key, day in zip(row_group.tolist(), row_day.tolist(), strict=True):
        programme, code = key // len(codes), codes[key % len(codes)]
        left.append(_past_slack(instance, programme, code, number, day - int(gap[programme])))
        names.append((instance.programmes[programme].programme, Subject("territory", code), timeline.label("day", day)))
    rows = _capped(sheet, names, f"run {number}", left)

    def parts() -> Iterator[Part]:
        # N_k(d) − N_{k−1}(d − g): a k-th run on day e counts in all rows with d ≥ e, a (k − 1)-th run in those with
        # d ≥ e + g.
        return _parts([reached(number, np.zeros_like(gap), 1), reached(number - 1, gap, -1)], edges)

    sheet.add_in_parts(rows, parts)


@dataclass(frozen=True, slots=True)
class _Reached:
    """Runs that count in the rows from `first` on: in `count` rows each, with the coefficient `sign`."""

    column: Ints
    group: Ints
    first: Ints
    count: Ints
    sign: int

    def in_order(self) -> _Reached:
        """The same runs in the order of their groups, without those that count in no row."""
        at = np.argsort(self.group, kind="stable")
        at = at[self.count[at] > 0]
        return _Reached(self.column[at], self.group[at], self.first[at], self.count[at], self.sign)


def _parts(reached: Sequence[_Reached], edges: Ints) -> Iterator[Part]:
    """The entries of the rows of reruns, some groups at a time. Group g has the rows from edges[g] to edges[g + 1]."""
    reached = [one.in_order() for one in reached]
    groups = len(edges) - 1
    total = sum(np.bincount(one.group, one.count, minlength=groups) for one in reached)
    number = np.cumsum(total) // ENTRIES_AT_ONCE
    ends = np.append(np.flatnonzero(np.diff(number)) + 1, groups)
    for begin, end in pairwise([0, *ends.tolist()]):
        if edges[begin] == edges[end]:
            continue
        row, column, coefficient = [], [], []
        for one in reached:
            mine = slice(*np.searchsorted(one.group, [begin, end]).tolist())
            count = one.count[mine]
            row.append(np.repeat(one.first[mine] - edges[begin], count) + ranges(count))
            column.append(np.repeat(one.column[mine], count))
            coefficient.append(np.full(len(row[-1]), one.sign, dtype=np.int64))
        entries = np.concatenate(row), np.concatenate(column), np.concatenate(coefficient)
        yield Part(int(edges[end] - edges[begin]), *entries)


def _kept_together(sheet: Sheet, airings: Airings, completed: list[Complete]) -> None:
    """If a channel of several territories shows k-th runs of a series, no other channel there does.

    With z = 1 if the channel does: Σ its k-th runs ≤ M·z and Σ k-th runs on the others ≤ M·(1 − z).
    """
    instance = airings.instance
    most = int(airings.run.max(initial=1)) + 1
    several = np.array([programme.episodes > 1 for programme in instance.programmes], dtype=bool)
    runs = ~airings.past & (airings.run < REPEAT)
    series = np.flatnonzero(several[airings.programme] & runs) if len(airings) else np.zeros(0, dtype=np.int64)
    for number, channel in enumerate(instance.channels):
        seen = set(channel.seen_in)
        sharing = [at for at, one in enumerate(instance.channels) if at != number and seen & set(one.seen_in)]
        if len(seen) < 2 or not sharing:
            continue
        key = airings.programme[series] * most + airings.run[series]
        here, there = airings.channel[series] == number, np.isin(airings.channel[series], sharing)
        keys = np.intersect1d(key[here], key[there])
        alike = [instance.past.agrees(programme, channel.seen_in) for programme in (keys // most).tolist()]
        keys = keys[np.array(alike, dtype=bool)]
        mine, others = (series[at & np.isin(key, keys)] for at in (here, there))
        own = sheet.columns(np.ones(len(keys), dtype=np.int64))
        labels = [str(key) for key in keys.tolist()]
        titles = [Aspect("together", instance.programmes[at].programme) for at in (keys // most).tolist()]
        row = np.searchsorted(keys, airings.programme[mine] * most + airings.run[mine])
        other_row = np.searchsorted(keys, airings.programme[others] * most + airings.run[others])
        shows = sheet.rows(labels, Subject("own", channel.id), titles, upper=0, rigid=True)
        sheet.add(shows[row], mine)
        sheet.add(shows, own, -np.bincount(row, minlength=len(keys)))
        size = np.bincount(other_row, minlength=len(keys))
        silent = sheet.rows(labels, Subject("own", f"beside {channel.id}"), titles, upper=size, rigid=True)
        sheet.add(silent[other_row], others)
        sheet.add(silent, own, size)
        completed.append(partial(any_of, row, mine, len(keys)))


def _past_slack(instance: Instance, programme: int, code: str, number: int, day: int) -> int:
    """Number of episodes whose last past run was their (number − 1)-th and not after a day."""
    count = Counter(run.episode for run in instance.past.of(programme, code))
    last = {run.episode: run.day for run in instance.past.of(programme, code)}
    return sum(count[episode] == number - 1 and at <= day for episode, at in last.items())


def _total(sheet: Sheet, airings: Airings) -> None:
    instance = airings.instance
    capped = np.array([programme.runs_total is not None for programme in instance.programmes], dtype=bool)
    runs = ~airings.past & (airings.run < REPEAT)
    at = np.flatnonzero(capped[airings.programme] & runs) if len(airings) else np.zeros(0, dtype=np.int64)
    keys, row = np.unique(airings.programme[at], return_inverse=True)
    left = [(instance.programmes[number].runs_total or 0) - instance.past.total(number) for number in keys.tolist()]
    names = [
        (instance.programmes[number].programme, Subject("channels", "everywhere"), "horizon")
        for number in keys.tolist()
    ]
    sheet.add(_capped(sheet, names, "all runs", left)[row], at)


def _per_channel(sheet: Sheet, airings: Airings) -> None:
    instance = airings.instance
    capped = np.array([programme.runs_channel is not None for programme in instance.programmes], dtype=bool)
    runs = ~airings.past & (airings.run < REPEAT)
    at = np.flatnonzero(capped[airings.programme] & runs) if len(airings) else np.zeros(0, dtype=np.int64)
    channels = len(instance.channels)
    keys, row = np.unique(airings.programme[at] * channels + airings.channel[at], return_inverse=True)
    pairs = [(key // channels, key % channels) for key in keys.tolist()]
    left = [
        (instance.programmes[number].runs_channel or 0) - instance.past.on_channel(number, at_) for number, at_ in pairs
    ]
    names = [
        (instance.programmes[number].programme, Subject("channel", instance.channels[at_].id), "horizon")
        for number, at_ in pairs
    ]
    sheet.add(_capped(sheet, names, "runs", left)[row], at)


def _locked_repeats(sheet: Sheet, airings: Airings) -> None:
    """Repeats of a day's first runs on a channel, if a lock names the day: Σ repeats ≤ m·Σ first runs.

    For other days the bundles already have at most the allowed number of repeats.
    """
    instance = airings.instance
    span = 2 * instance.timeline.days + 16
    again = np.flatnonzero((airings.run >= REPEAT) & ~airings.past)
    named = again[named_by_locks(airings)[again]]
    if not len(named):
        return
    place = airings.programme * len(instance.channels) + airings.channel
    first_day = airings.broadcast_day - np.where(airings.run >= REPEAT, airings.run - REPEAT, 0)
    key = place * span + first_day + 8
    first = np.flatnonzero((airings.run == 1) & ~airings.past)
    keys = np.unique(key[named])
    programme, channel = keys // span // len(instance.channels), keys // span % len(instance.channels)
    most = np.array([instance.repeats[at].most for at in programme.tolist()])
    past = [
        sum((one.channel, one.day) == (where, day) for one in past_first_runs(instance, title))
        for title, where, day in zip(programme.tolist(), channel.tolist(), (keys % span - 8).tolist(), strict=True)
    ]
    rows = sheet.rows(
        [str(day) for day in (keys % span - 8).tolist()],
        [Subject("channel", instance.channels[at].id) for at in channel.tolist()],
        [Aspect("repeats", instance.programmes[at].programme) for at in programme.tolist()],
        upper=most * np.array(past, dtype=np.int64),
        rigid=True,
    )
    again, first = again[np.isin(key[again], keys)], first[np.isin(key[first], keys)]
    sheet.add(rows[np.searchsorted(keys, key[again])], again)
    of_first = np.searchsorted(keys, key[first])
    sheet.add(rows[of_first], first, -most[of_first])
