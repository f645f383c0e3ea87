"""Titles between sister channels, as their rights state: one channel, a second window, a simulcast, exclusive channels.

A title's fields `sharing`, `holdback_days`, `exclusive`, `exclusive_until` and `not_before` in programmes.csv.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.arrays import on_air_at_starts
from scheduler.instance import Selector, zone_clock
from scheduler.instance.derived.history import broadcast_day
from scheduler.messages import Listed, Message, Value, msg, msg_n
from scheduler.rules.framework.aspect import Aspect, about
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet, any_of
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, Programme
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir

SHARING = "sharing"
"""The rule's id."""

NEVER = 10**6
"""A number of days that no horizon has."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Auxiliary variables that are 1 if any airing of their group is chosen."""

    group: Ints
    airing: Ints
    count: int


@dataclass(frozen=True, slots=True)
class _On:
    """A planned airing of a title, or one on record: its channel and broadcast day."""

    channel: int
    day: date
    past: bool


class SharingRule(Rule):
    """The channels that are seen in one territory share a title as its rights state.

    `sharing: none`: only one of them airs it. If some have aired it, it is the one that has aired it last.

    `sharing: second_window`: airings on different channels are at least `holdback_days` broadcast days apart.

    `sharing: simulcast`: those that air it in the horizon begin at the same instants, with the same episode.

    `exclusive`: until the legal day `exclusive_until`, only these channels air it in the territories that see one of
    them. `not_before`: in a territory no airing begins before its day, a legal day of the channel's clock.

    Rows, per title and territory with two or more channels. With y(c, d) = 1 if channel c airs the title on day d and
    z(c, d) = 1 if it does on one of the days d … d + holdback_days − 1:  Σ x_a ≤ y(c, d) over its airings a that are on
    air on c at a step of day d,  y(c, d) ≤ z(c, e) and Σ_c z(c, e) ≤ 1 for every day e. For none, all days are one. For
    a simulcast, with y(c) = 1 if c airs it and x(c, i) the airings on c at instant i:  x(c, i) + y(c′) − x(c′, i) ≤ 1.
    What history.csv, `exclusive` and `not_before` bar is no candidate.
    """

    type: Literal["sharing"] = "sharing"
    id: str = SHARING

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("sharing: channels share a title as its rights state, and it airs nowhere before its first day")

    def admit(self, airings: Airings) -> Flags | None:
        """Airings on channels and days that the rights and past airings on sister channels leave open."""
        instance, timeline = airings.instance, airings.instance.timeline
        if not len(airings):
            return None
        earliest = _earliest(instance)
        day = np.zeros(len(airings), dtype=np.int64)
        for number, channel in enumerate(instance.channels):
            mine = airings.channel == number
            day[mine] = timeline.clock(channel.zone).day[airings.start_minute[mine]]
        admitted = day >= earliest[airings.programme, airings.channel]
        shared = np.array([item.sharing in ("none", "second_window") for item in instance.programmes], dtype=bool)
        concerned = np.flatnonzero(shared[airings.programme])
        for programme, barred, aired in _on_record(instance) if len(concerned) else ():
            rest = instance.programmes[programme].holdback_days or NEVER
            mine = concerned[airings.programme[concerned] == programme]
            mine = mine[np.isin(airings.channel[mine], barred)]
            admitted[mine[np.abs(airings.broadcast_day[mine] - aired) < rest]] = False
        return np.asarray(admitted | airings.past, dtype=bool)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """The rows of every shared title in every territory."""
        instance, sheet = airings.instance, Sheet(self, "airings", len(airings))
        groups: list[_Group] = []
        codes = list(instance.file.territories)
        airing, territory = airings.seen_in(np.flatnonzero(~airings.past))
        programme = airings.programme[airing] if len(airing) else np.zeros(0, dtype=np.int64)
        for number, item in enumerate(instance.programmes):
            theirs = np.flatnonzero(programme == number) if item.sharing else np.zeros(0, dtype=np.int64)
            for at in np.unique(territory[theirs]).tolist():
                mine = airing[theirs[territory[theirs] == at]]
                if len(np.unique(airings.channel[mine])) < 2:
                    continue
                if item.sharing == "simulcast":
                    groups.append(_at_once(sheet, airings, mine, codes[at], item))
                else:
                    groups += _apart(sheet, airings, mine, codes[at], item)

        def complete(chosen: Flags) -> Ints:
            return np.concatenate([any_of(one.group, one.airing, one.count, chosen) for one in groups])

        return sheet.blocks(complete if groups else None)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every airing on a barred channel or day, and all channels that share a title in another way."""
        instance = on_air.instance
        entries = shown(self, on_air, range(len(instance.channels)), Selector())
        planned: dict[int, list[Shown]] = {}
        for one in entries:
            if not one.past:
                planned.setdefault(one.programme, []).append(one)
        for number, runs in sorted(planned.items()):
            item = instance.programmes[number]
            yield from self._barred(instance, item, runs)
            for code in instance.file.territories if item.sharing else ():
                seen = [run for run in runs if code in instance.channels[run.channel].seen_in]
                if item.sharing == "simulcast":
                    yield from self._alone(instance, item, code, seen)
                elif seen:
                    yield from self._scattered(instance, item, code, seen)

    def _barred(self, instance: Instance, item: Programme, runs: list[Shown]) -> Iterator[Measurement]:
        """Airings before their day in a territory, or where other channels have the title alone."""
        for run in runs:
            channel, day = instance.channels[run.channel], run.local.date()
            moment = instance.timeline.moment_text(run.start)
            where: dict[str, Value] = {"title": item.title, "channel": channel.id, "moment": moment}
            subject, aspect = Subject("channel", channel.id), about(item.programme)
            early = {code: first for code, first in item.not_before if code in channel.seen_in and day < first}
            if early:
                text = msg(
                    "'{title}' on {channel} at {moment} is before {day}, its first day in {territory}",
                    **where,
                    day=max(early.values()),
                    territory=max(early, key=lambda code: early[code]),
                )
                yield self.forbidden(subject, moment, aspect, text)
            owners = [instance.channels[instance.channel_index[name]] for name in item.exclusive or ()]
            others = [one.id for one in owners if set(one.seen_in) & set(channel.seen_in)]
            held = item.exclusive_until is None or day <= item.exclusive_until
            if others and held and channel.id not in (item.exclusive or ()):
                text = msg(
                    "'{title}' on {channel} at {moment}: {others} alone may air it then",
                    **where,
                    others=Listed(tuple(others)),
                )
                yield self.forbidden(subject, moment, aspect, text)

    def _scattered(self, instance: Instance, item: Programme, code: str, runs: list[Shown]) -> Iterator[Measurement]:
        """A title on more than one channel, or on another channel too soon."""
        aired = _aired(instance, item.programme, code)
        if item.sharing == "none":
            latest = max((day for _, day in aired), default=None)
            kept = {channel for channel, day in aired if day == latest}
            channels = {run.channel for run in runs}
            if len(channels) > 1 or (kept and not channels <= kept):
                text = msg(
                    "'{title}' airs on {channels} in {territory}, its rights allow one channel",
                    title=item.title,
                    channels=Listed(tuple(instance.channels[at].id for at in sorted(channels | kept))),
                    territory=code,
                )
                yield self.forbidden(Subject("territory", code), "horizon", Aspect("shared", item.programme), text)
            return
        days = [_On(run.channel, run.day, past=False) for run in runs]
        days += [_On(channel, day, past=True) for channel, day in aired]
        rest = item.holdback_days or 0
        for one, other in combinations(sorted(set(days), key=lambda on: (on.day, on.channel)), 2):
            apart = (other.day - one.day).days
            if one.channel == other.channel or (one.past and other.past) or apart >= rest:
                continue
            text = msg_n(
                "'{title}' airs on {channel} on {day} and on {other} {count} day later, its rights ask for {least}",
                "'{title}' airs on {channel} on {day} and on {other} {count} days later, its rights ask for {least}",
                title=item.title,
                channel=instance.channels[one.channel].id,
                day=one.day,
                other=instance.channels[other.channel].id,
                count=apart,
                least=rest,
            )
            yield self.forbidden(Subject("territory", code), str(one.day), Aspect("shared", item.programme), text)

    def _alone(self, instance: Instance, item: Programme, code: str, runs: list[Shown]) -> Iterator[Measurement]:
        """Airings that another channel, which also airs the title, does not begin at the same instant."""
        begins: dict[int, set[tuple[int, int, bool]]] = {}
        for run in runs:
            begins.setdefault(run.channel, set()).add((run.start, run.episode, run.first))
        for channel in sorted(begins):
            for start, *_ in sorted(set().union(*begins.values()) - begins[channel]):
                moment = instance.timeline.moment_text(start)
                text = msg(
                    "'{title}' begins in {territory} at {moment} and not on {channel}, which airs it, too",
                    title=item.title,
                    territory=code,
                    moment=moment,
                    channel=instance.channels[channel].id,
                )
                yield self.forbidden(Subject("territory", code), moment, Aspect("shared", item.programme), text)


def is_shared(instance: Instance) -> bool:
    """Whether the rights of a title state how channels share it."""
    return any(item.sharing or item.exclusive or item.not_before for item in instance.programmes)


def _are_sisters(instance: Instance, one: int, other: int) -> bool:
    """Whether two different channels are seen in one territory."""
    return one != other and bool(set(instance.channels[one].seen_in) & set(instance.channels[other].seen_in))


def _earliest(instance: Instance) -> Ints:
    """(programmes, channels) the first legal day of the line on which the rights let a channel air a title."""
    first = instance.timeline.first_day
    found = np.full((len(instance.programmes), len(instance.channels)), -NEVER, dtype=np.int64)
    for at, item in enumerate(instance.programmes):
        begins = {code: (day - first).days for code, day in item.not_before}
        until = NEVER if item.exclusive_until is None else (item.exclusive_until - first).days + 1
        owners = {instance.channel_index[name] for name in item.exclusive or ()}
        for number, channel in enumerate(instance.channels):
            bars = [begins[code] for code in channel.seen_in if code in begins]
            if number not in owners and any(_are_sisters(instance, number, owner) for owner in owners):
                bars.append(until)
            found[at, number] = max(bars, default=-NEVER)
    return found


def _on_record(instance: Instance) -> Iterator[tuple[int, list[int], int]]:
    """(programme, channels, broadcast day) of past airings that keep these sister channels from airing a title.

    Where only one channel may have the title, it is the one of the last day, or one of several of that day.
    """
    for programme, item in enumerate(instance.programmes):
        if item.sharing not in ("none", "second_window"):
            continue
        mine = {
            (instance.channel_index[row.channel], row.start_utc)
            for row in instance.history
            if row.programme == item.programme and not row.anchor
        }
        for code in instance.file.territories:
            seen = [at for at, channel in enumerate(instance.channels) if code in channel.seen_in]
            here = {
                (at, broadcast_day(instance.timeline, instance.channels[at], instance.timeline.minute_of(start)))
                for at, start in mine
                if at in seen
            }
            last = max((day for _, day in here), default=0)
            if item.sharing == "none" and here:
                yield programme, [at for at in seen if (at, last) not in here], last
            elif item.sharing == "second_window":
                yield from ((programme, [one for one in seen if one != at], day) for at, day in here)


def _apart(sheet: Sheet, airings: Airings, mine: Ints, code: str, item: Programme) -> list[_Group]:
    """At most one channel airs a title in the horizon, or on the days of a holdback from any day on."""
    rest, own = item.holdback_days or NEVER, Subject("own", f"{item.programme} in {code}")
    day = airings.broadcast_day[mine] if item.holdback_days else np.zeros(len(mine), dtype=np.int64)
    cells, cell = np.unique(np.stack([airings.channel[mine], day]), axis=1, return_inverse=True)
    cell = cell.ravel()
    on_day = sheet.columns(np.ones(cells.shape[1], dtype=np.int64))
    _one_at_a_time(sheet, own, airings, mine, cell, on_day)
    groups, covered = [_Group(cell, mine, cells.shape[1])], -NEVER
    for begin in np.unique(cells[1]).tolist():
        near = np.flatnonzero((cells[1] >= begin) & (cells[1] < begin + rest))
        channels, of_cell = np.unique(cells[0][near], return_inverse=True)
        until = int(cells[1][near].max())
        if len(channels) < 2 or until <= covered:
            continue
        covered = until
        airs = sheet.columns(np.ones(len(channels), dtype=np.int64))
        _at_most(sheet, own, on_day[near], airs[of_cell], f"airs from {begin}")
        period = airings.instance.timeline.label("day", begin) if item.holdback_days else "horizon"
        row = sheet.row(period, Subject("territory", code), Aspect("shared", item.programme), upper=1, rigid=True)
        sheet.add(row, airs)
        group = np.full(cells.shape[1], -1, dtype=np.int64)
        group[near] = of_cell
        inside = np.flatnonzero(group[cell] >= 0)
        groups.append(_Group(group[cell[inside]], mine[inside], len(channels)))
    return groups


def _at_once(sheet: Sheet, airings: Airings, mine: Ints, code: str, item: Programme) -> _Group:
    """Channels that air a title begin it at the same instants."""
    timeline = airings.instance.timeline
    channels, of_channel = np.unique(airings.channel[mine], return_inverse=True)
    airs = sheet.columns(np.ones(len(channels), dtype=np.int64))
    own = Subject("own", f"{item.programme} in {code}")
    _at_most(sheet, own, mine, airs[of_channel], "airs")
    instants, at = np.unique(np.stack([airings.start_minute[mine], airings.run[mine]]), axis=1, return_inverse=True)
    at = at.ravel()
    labels = [timeline.moment_text(start) for start in instants[0].tolist()]
    for one in range(len(channels)):
        for other in range(len(channels)):
            if one == other:
                continue
            rows = sheet.rows(labels, Subject("territory", code), Aspect("shared", item.programme), upper=1, rigid=True)
            for channel, weight in ((one, 1), (other, -1)):
                theirs = np.flatnonzero(of_channel == channel)
                sheet.add(rows[at[theirs]], mine[theirs], weight)
            sheet.add(rows, np.full(len(rows), airs[other]))
    return _Group(of_channel, mine, len(channels))


def _one_at_a_time(sheet: Sheet, own: Subject, airings: Airings, mine: Ints, cell: Ints, on_day: Ints) -> None:
    """A row per day of a channel and start: the airings of a title that are on air then are at most y(c, d).

    At most one of them can be. So these rows imply x_a ≤ y(c, d), and more in the relaxation.

    Parameters
    ----------
    mine, cell
        (k,) The airings of the title, and the day of a channel of each.
    on_day
        The column y(c, d) of each day of a channel.
    """
    grid, steps = airings.instance.timeline.grid, airings.column("steps")[mine]
    span = airings.instance.timeline.minutes // grid + 1
    starts, at, item = on_air_at_starts(cell * span + airings.start_minute[mine] // grid, steps)
    rows = sheet.rows([str(start) for start in starts.tolist()], own, "airs on the day", upper=0, rigid=True)
    sheet.add(rows[at], mine[item])
    sheet.add(rows, on_day[starts // span], -1)


def _at_most(sheet: Sheet, own: Subject, lower: Ints, upper: Ints, label: str) -> None:
    """A row per pair of columns: the first is at most the second."""
    periods = [str(at) for at in range(len(lower))]
    rows = sheet.rows(periods, own, label, upper=0, rigid=True)
    sheet.add(rows, lower)
    sheet.add(rows, upper, -1)


def _aired(instance: Instance, programme: str, code: str) -> list[tuple[int, date]]:
    """(channel, broadcast day) of the airings on record of a title in a territory, by the local clock."""
    shift, found = timedelta(minutes=instance.file.broadcast_day), []
    for row in instance.history:
        at = instance.channel_index[row.channel]
        if row.programme == programme and not row.anchor and code in instance.channels[at].seen_in:
            local = row.start_utc.astimezone(zone_clock(instance.channels[at].zone)).replace(tzinfo=None)
            found.append((at, (local - shift).date()))
    return found
