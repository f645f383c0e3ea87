"""What the licence of a programme allows: where, when, how often, how soon again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scheduler.instance import zone_clock
from scheduler.rules.framework.aspect import Aspect, about
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.rows import NO_BOUND, RIGID, Ints, RuleRows, same, texts

if TYPE_CHECKING:
    from scheduler.airings import Airings, Flags
    from scheduler.instance import Instance
    from scheduler.timetable import OnAir


class Rights(Rule):
    """Rights hold in every territory a channel is seen in and on the airing's dates; runs are not exceeded.

    Per programme and territory, with d a broadcast day, g the least days between runs and N_k(d) the k-th runs
    up to and including day d, past ones included:
    N_1 ≤ episodes left;  N_k(d) ≤ N_{k−1}(d − g) for k = 2 … runs, so that every rerun finds an episode that aired
    at least g days before. Airings of all episodes ≤ runs_total everywhere and ≤ runs_channel on a channel.
    """

    type: Literal["rights"] = "rights"
    id: str = "rights"

    def sentence(self) -> str:
        """The rule in words."""
        return "the rights do not cover its territories, dates or runs"

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """Contents whose rights hold in every territory of the channel's coverage and in the horizon."""
        seen = set(instance.channels[channel].seen_in)
        allowed = np.array(
            [p.territories is None or seen <= set(p.territories) for p in instance.programmes], dtype=bool
        )
        programme = instance.contents.programme
        return np.where(programme >= 0, allowed[programme] if len(allowed) else False, True)

    def admit(self, airings: Airings) -> Flags | None:
        """Airings that lie within the dates of the rights, on the channel's legal days."""
        instance = airings.instance
        first = instance.file.horizon.start
        never = 10**6
        begin = np.array([(p.rights_from - first).days if p.rights_from else -never for p in instance.programmes])
        end = np.array([(p.rights_to - first).days if p.rights_to else never for p in instance.programmes])
        from_day, to_day = np.zeros(len(airings), dtype=np.int64), np.zeros(len(airings), dtype=np.int64)
        for number, channel in enumerate(instance.channels):
            mine = airings.channel == number
            day = instance.timeline.clock(channel.zone).day
            from_day[mine] = day[airings.start_minute[mine]]
            to_day[mine] = day[airings.end_minute[mine] - 1]
        if not len(airings):
            return None
        return (from_day >= begin[airings.programme]) & (to_day <= end[airings.programme])

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Rows on first runs, on every further run by day, and on airings in total and per channel."""
        blocks = [
            _first_runs(self, airings),
            *_reruns(self, airings),
            _total(self, airings),
            _per_channel(self, airings),
        ]
        return [block for block in blocks if len(block)]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every airing outside its rights, and every programme whose runs are exceeded, too close or misnumbered."""
        yield from _outside(self, on_air)
        yield from _too_many(self, on_air)
        yield from _episodes(self, on_air)


def _block(
    rule: Rights, row: Ints, column: Ints, coefficient: Ints, upper: Ints, aspect: str, keys: list[tuple[str, str, str]]
) -> RuleRows:
    count = len(upper)
    upper = np.maximum(upper, 0)  # what the past has overrun cannot be mended by airing nothing
    programme, where, period = (texts([key[at] for key in keys]) for at in range(3))
    return RuleRows(
        rule=rule.id,
        kind=RIGID,
        price=0,
        unit="runs",
        row=row,
        column=column,
        coefficient=coefficient,
        lower=np.full(count, -NO_BOUND),
        upper=upper,
        miss_step=np.ones(count, dtype=np.int64),
        need=upper,
        channel=where,
        period=period,
        aspect=texts([Aspect(aspect, name) for name in programme]) if count else same(about(""), 0),
    )


def _groups(airings: Airings, at: Ints) -> tuple[Ints, Ints]:
    """(row of each airing in `at`, key of each row), rows being programme × territory."""
    territories = len(airings.instance.file.territories)
    keys, row = np.unique(airings.programme[at] * territories + airings.territory[at], return_inverse=True)
    return row.astype(np.int64), keys


def _first_runs(rule: Rights, airings: Airings) -> RuleRows:
    instance = airings.instance
    codes = list(instance.file.territories)
    at = np.flatnonzero(airings.run == 1)
    row, keys = _groups(airings, at)
    pairs = [(key // len(codes), codes[key % len(codes)]) for key in keys.tolist()]
    left = [instance.programmes[number].episodes - instance.past.last_episode(number, code) for number, code in pairs]
    names = [(instance.programmes[number].programme, code, "horizon") for number, code in pairs]
    return _block(rule, row, at, np.ones(len(at), dtype=np.int64), np.array(left, dtype=np.int64), "first runs", names)


def _reruns(rule: Rights, airings: Airings) -> list[RuleRows]:
    """N_k(d) − N_{k−1}(d − g) ≤ what the past leaves, on every day d on which a k-th run may air."""
    most = int(airings.run.max(initial=1))
    return [_reruns_numbered(rule, airings, number) for number in range(2, most + 1)]


def _reruns_numbered(rule: Rights, airings: Airings, number: int) -> RuleRows:
    instance, timeline = airings.instance, airings.instance.timeline
    codes = list(instance.file.territories)
    gap = np.array([programme.days_between_runs for programme in instance.programmes], dtype=np.int64)
    later, sooner = np.flatnonzero(airings.run == number), np.flatnonzero(airings.run == number - 1)
    group = airings.programme * len(codes) + airings.territory
    span = timeline.days + 2
    row_keys = np.unique(group[later] * span + airings.broadcast_day[later] + 1)
    row_group, row_day = row_keys // span, row_keys % span - 1
    edges = np.searchsorted(row_group, np.arange(len(codes) * len(instance.programmes) + 1))
    begin, end = edges[:-1], edges[1:]

    def reached(at: Ints, day: Ints) -> tuple[Ints, Ints]:
        """(airing, row) for every row of the airing's group whose day is not before `day`."""
        key = group[at] * span + np.minimum(day + 1, span)
        first = np.maximum(np.searchsorted(row_keys, key), begin[group[at]])
        count = np.maximum(end[group[at]] - first, 0)
        airing = np.repeat(at, count)
        offset = np.arange(len(airing)) - np.repeat(np.cumsum(count) - count, count)
        return airing, np.repeat(first, count) + offset

    up, up_row = reached(later, airings.broadcast_day[later])
    down, down_row = reached(sooner, airings.broadcast_day[sooner] + gap[airings.programme[sooner]])
    left, names = [], []
    for key, day in zip(row_group.tolist(), row_day.tolist(), strict=True):
        programme, code = key // len(codes), codes[key % len(codes)]
        left.append(_past_slack(instance, programme, code, number, day - int(gap[programme])))
        names.append((instance.programmes[programme].programme, code, timeline.label("day", day)))
    coefficient = np.concatenate([np.ones(len(up), dtype=np.int64), np.full(len(down), -1)])
    row, column = np.concatenate([up_row, down_row]), np.concatenate([up, down])
    return _block(rule, row, column, coefficient, np.array(left, dtype=np.int64), f"run {number}", names)


def _past_slack(instance: Instance, programme: int, code: str, number: int, day: int) -> int:
    """Episodes whose last past run was their (number − 1)-th and not after a day."""
    count = Counter(run.episode for run in instance.past.of(programme, code))
    last = {run.episode: run.day for run in instance.past.of(programme, code)}
    return sum(count[episode] == number - 1 and at <= day for episode, at in last.items())


def _total(rule: Rights, airings: Airings) -> RuleRows:
    instance = airings.instance
    capped = np.array([programme.runs_total is not None for programme in instance.programmes], dtype=bool)
    at = np.flatnonzero(capped[airings.programme]) if len(airings) else np.zeros(0, dtype=np.int64)
    keys, row = np.unique(airings.programme[at], return_inverse=True)
    left = [(instance.programmes[number].runs_total or 0) - instance.past.total(number) for number in keys.tolist()]
    names = [(instance.programmes[number].programme, "everywhere", "horizon") for number in keys.tolist()]
    return _block(rule, row, at, np.ones(len(at), dtype=np.int64), np.array(left, dtype=np.int64), "all runs", names)


def _per_channel(rule: Rights, airings: Airings) -> RuleRows:
    instance = airings.instance
    capped = np.array([programme.runs_channel is not None for programme in instance.programmes], dtype=bool)
    at = np.flatnonzero(capped[airings.programme]) if len(airings) else np.zeros(0, dtype=np.int64)
    channels = len(instance.channels)
    keys, row = np.unique(airings.programme[at] * channels + airings.channel[at], return_inverse=True)
    pairs = [(key // channels, key % channels) for key in keys.tolist()]
    left = [
        (instance.programmes[number].runs_channel or 0) - instance.past.on_channel(number, at_) for number, at_ in pairs
    ]
    names = [(instance.programmes[number].programme, instance.channels[at_].id, "horizon") for number, at_ in pairs]
    return _block(rule, row, at, np.ones(len(at), dtype=np.int64), np.array(left, dtype=np.int64), "runs", names)


def _broken(rule: Rights, where: str, period: str, aspect: Aspect, have: int, most: int, text: str) -> Measurement:
    return Measurement(
        rule=rule.id,
        channel=where,
        period=period,
        aspect=aspect,
        have=Fraction(have),
        need=Fraction(most),
        sense="most",
        unit="runs",
        miss=max(have - most, 1),
        hard=True,
        price=0,
        text=text,
        rigid=True,
    )


def _outside(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    table, instance = on_air.timetable, on_air.instance
    for at in np.flatnonzero(~table.anchor).tolist():
        programme = instance.programmes[table.programme[at]]
        channel = instance.channels[table.channel[at]]
        moment = instance.timeline.moment(table.start[at]).strftime("%Y-%m-%dT%H:%MZ")
        start = on_air.starts.local.iloc[at]
        end = instance.timeline.moment(table.start[at] + table.minutes[at] - 1)
        last = end.astimezone(zone_clock(channel.zone)).date()
        closed = [
            code for code in channel.seen_in if programme.territories is not None and code not in programme.territories
        ]
        early = programme.rights_from is not None and start.date() < programme.rights_from
        late = programme.rights_to is not None and last > programme.rights_to
        if closed or early or late:
            why = f"has no rights in {', '.join(closed)}" if closed else "lies outside the dates of its rights"
            text = f"rights: '{programme.title}' on {channel.id} at {moment} {why}"
            yield _broken(rule, channel.id, moment, about(programme.programme), 1, 0, text)


def _too_many(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    table, instance = on_air.timetable, on_air.instance
    airs = np.flatnonzero(~table.anchor)
    in_all = Counter(table.programme[airs].tolist())
    on_channel = Counter(zip(table.programme[airs].tolist(), table.channel[airs].tolist(), strict=True))
    for programme, now in sorted(in_all.items()):
        item, have = instance.programmes[programme], now + instance.past.total(programme)
        if item.runs_total is not None and have > item.runs_total:
            aspect = Aspect("all runs", item.programme)
            text = f"rights: '{item.title}' airs {have} times in all, its rights allow {item.runs_total}"
            yield _broken(rule, "everywhere", "horizon", aspect, have, item.runs_total, text)
    for (programme, number), now in sorted(on_channel.items()):
        item, channel = instance.programmes[programme], instance.channels[number]
        have = now + instance.past.on_channel(programme, number)
        if item.runs_channel is not None and have > item.runs_channel:
            text = f"rights: '{item.title}' airs {have} times on {channel.id}, its rights allow {item.runs_channel}"
            yield _broken(rule, channel.id, "horizon", Aspect("runs", item.programme), have, item.runs_channel, text)


def _episodes(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    """Runs of every episode in every territory: how many, how far apart, and which is called the first."""
    table, instance = on_air.timetable, on_air.instance
    shift = pd.Timedelta(minutes=instance.timeline.broadcast_start)
    dates = (on_air.starts.local - shift).dt.date
    aired: dict[tuple[int, str], list[tuple[int, int, bool]]] = {}
    for at in np.lexsort((table.channel, table.start, pd.to_datetime(dates).to_numpy())).tolist():
        if not table.anchor[at]:
            day = (dates.iloc[at] - instance.file.horizon.start).days
            key = int(table.programme[at]), instance.channels[table.channel[at]].territory
            aired.setdefault(key, []).append((int(table.episode[at]), day, bool(table.first[at])))
    for (number, code), runs in sorted(aired.items()):
        item = instance.programmes[number]
        past = [(run.episode, run.day, False) for run in instance.past.of(number, code)]
        for aspect, text in _wrong_runs(past, runs, item.episodes, item.runs, item.days_between_runs):
            yield _broken(
                rule, code, "horizon", Aspect(aspect, item.programme), 1, 0, f"rights: '{item.title}' in {code}: {text}"
            )


def _wrong_runs(
    past: list[tuple[int, int, bool]], runs: list[tuple[int, int, bool]], episodes: int, most: int, gap: int
) -> Iterator[tuple[str, str]]:
    """(aspect, what is wrong) in the runs (episode, broadcast day, called a first run), given the past ones."""
    days: dict[int, list[int]] = {}
    for episode, day, _ in past:
        days.setdefault(episode, []).append(day)
    highest = max(days, default=0)
    for episode, day, first in runs:
        if not 1 <= episode <= episodes:
            yield "episodes", f"there is no episode {episode} of {episodes}"
        if first != (episode not in days):
            yield "first runs", f"episode {episode} is called a {'first run' if first else 'rerun'} and is not"
        if first and episode < highest:
            yield "order", f"episode {episode} has its first run after episode {highest}"
        highest = max(highest, episode)
        days.setdefault(episode, []).append(day)
        if len(days[episode]) > most:
            yield "runs", f"episode {episode} runs {len(days[episode])} times, the rights allow {most}"
        if len(days[episode]) > 1 and day - days[episode][-2] < gap:
            yield "gap", f"runs of episode {episode} are {day - days[episode][-2]} days apart, at least {gap}"
