"""Airings of locks.csv stay: channel, start, version and episode."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.instance import zone_clock
from scheduler.instance.derived.repeats import REPEAT
from scheduler.messages import Message, msg, msg_n
from scheduler.moments import utc_text
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Part, Rule
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.subject import Subject
from scheduler.strands import past_first_runs

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Locks(Rule):
    """Structural: for every different lock, the timetable has as many fitting airings as the lock has lines.

    A lock with channel, start, programme, version and run is fixed, also if it is off the grid or has another length.
    Any other lock requires Σ fitting airings ≥ n, n being its number of lines. If it names an episode: N_k(a) is the
    number of k-th runs of the title in the territory up to an airing a, J the position of the episode among them, and
    y(a) = 1 only if a airs and N_k(a) = J; then Σ y ≥ n. The airings of a simulcast at one instant are one run. A
    repeat that uses no run shows the first run of an earlier day: there N_k(a) is replaced by the number of first runs
    before that day, and J by J − 1. Such a lock is kept if a
    timetable can keep it. Otherwise it is reported as missed. Unit: airings.
    """

    type: Literal["locks"] = "locks"
    id: str = "locks"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("locked airings stay as they are")

    def part_sentence(self, part: Part, instance: Instance) -> Message:
        """One lock, named by its English words."""
        lock = next((one for one in instance.locks if part and one.words() == part[0]), None)
        return self.sentence() if lock is None else msg("locked: {lock}", lock=lock.message())

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row for every lock that is not fixed or names an episode of a series."""
        sheet, completed = Sheet(self, "airings", len(airings)), list[Callable[["Flags"], "Ints"]]()
        for lock, count in asked_locks(airings.instance):
            series = airings.instance.holds_episode(lock)
            repeats = airings.instance.may_repeat(lock)
            if lock.complete and not series and not repeats and count == 1:
                continue
            at = airings.fitting(lock)
            where, period, aspect = place_of(lock)
            fixed = repeats and lock.complete
            row = sheet.row(period, where, aspect, lower=count, need=count, rigid=fixed and count == 1 and not series)
            if fixed and (count > 1 or series):  # no timetable has two airings there, each must have the one
                sheet.add(sheet.row(period, Subject("own", "lock"), aspect, lower=1, rigid=True), at)
            if not series:
                sheet.add(row, at)
            else:
                sheet.add(row, self._shows_episode(sheet, airings, lock, at, completed))
        return sheet.blocks(lambda chosen: np.concatenate([one(chosen) for one in completed]))

    def _shows_episode(
        self, sheet: Sheet, airings: Airings, lock: Lock, at: Ints, completed: list[Callable[[Flags], Ints]]
    ) -> Ints:
        """A column for every airing that fits: 1 if it airs and shows the episode."""
        order = _air_order(airings)
        wanted = [_shows(airings, order, airing, lock.episode or 1) for airing in at.tolist()]
        own = sheet.columns([int(one is not None) for one in wanted])
        names = airings.codes.tolist()
        labels = [f"{names[airing]}" for airing in at.tolist()]
        airs = sheet.rows(labels, Subject("own", "lock"), "airs", lower=0, rigid=True)
        sheet.add(airs, at)
        sheet.add(airs, own, -1)
        groups = {tuple(group.tolist()): group for one in wanted if one is not None for group in one.together}
        instant = dict(zip(groups, _instants(sheet, names, [*groups.values()]).tolist(), strict=True))
        for airing, one, column in zip(at.tolist(), wanted, own.tolist(), strict=True):
            if one is None:
                continue
            together = np.array([instant[tuple(group.tolist())] for group in one.together], dtype=np.int64)
            most, mine = len(one.runs) + len(together) + one.number, np.array([column])
            for aspect, sign in (("not behind", 1), ("not ahead", -1)):
                tie = sheet.row(
                    f"{names[airing]}", Subject("own", "lock"), aspect, upper=most + sign * one.number, rigid=True
                )
                sheet.add(tie, one.runs, sign)
                sheet.add(tie, together, sign)
                sheet.add(tie, mine, most)
            if one.repeated is not None:
                tie = sheet.row(f"{names[airing]}", Subject("own", "lock"), "repeats", lower=0, rigid=True)
                sheet.add(tie, one.repeated)
                sheet.add(tie, mine, -1)

        def shown_episode(chosen: Flags) -> Ints:
            shown = [
                one is not None and bool(chosen[airing]) and one.holds(chosen)
                for airing, one in zip(at.tolist(), wanted, strict=True)
            ]
            at_instants = [bool(chosen[group].any()) for group in groups.values()]
            return np.array([*shown, *at_instants], dtype=np.int64)

        completed.append(shown_episode)
        return own

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """For every lock the number of fitting airings, with and without its episode."""
        for lock, count in asked_locks(on_air.instance):
            here = [at for at in np.flatnonzero(~on_air.timetable.anchor).tolist() if _fits(on_air, at, lock)]
            if lock.complete and not here:
                yield self._measured(lock, count, 0, rigid=True)
            named = on_air.instance.holds_episode(lock)
            if lock.complete and count == 1 and not named:
                continue
            if named:
                here = [at for at in here if on_air.timetable.episode[at] == lock.episode]
            yield self._measured(lock, count, min(count, len(here)), rigid=False)

    def _measured(self, lock: Lock, need: int, have: int, *, rigid: bool) -> Measurement:
        where, period, aspect = place_of(lock)
        return self.measured(
            subject=where,
            period=period,
            aspect=aspect,
            have=have,
            need=need,
            sense="least",
            unit="airings",
            text=_kept(lock, need, have),
            rigid=rigid,
            named=True,
        )


def _kept(lock: Lock, need: int, have: int) -> Message:
    message = (
        msg("locks: {lock} is kept", lock=lock.message())
        if have == need
        else msg("locks: {lock} is not kept", lock=lock.message())
    )
    if need == 1:
        return message
    return msg_n(
        "{sentence} ({have} of {count} time)",
        "{sentence} ({have} of {count} times)",
        sentence=message,
        have=have,
        count=need,
    )


def asked_locks(instance: Instance) -> list[tuple[Lock, int]]:
    """Every different lock, and the number of its lines. Those that have aired before the horizon are left out."""
    return list(Counter(lock for lock in instance.locks if not lock.anchor and not instance.has_aired(lock)).items())


def place_of(lock: Lock) -> tuple[Subject, str, Aspect]:
    """(subject, period, aspect) that identify the lock's row."""
    when = utc_text(lock.start_utc) if lock.start_utc else str(lock.broadcast_date or "horizon")
    stated = (lock.programme, lock.episode, lock.run, lock.version_language, lock.version_kind, lock.duration_min)
    name = " ".join(str(value) for value in stated if value is not None)
    where = Subject("channel", lock.channel) if lock.channel else Subject("channels", "all channels")
    return where, when, Aspect("lock", name)


def _air_order(airings: Airings) -> Ints:
    """The position of every airing in the order in which episodes are numbered."""
    keys = (airings.broadcast_day, airings.start_minute, airings.channel)
    places = np.stack(keys)
    return np.unique(places, axis=1, return_inverse=True)[1].astype(np.int64).ravel()


def _same_runs(airings: Airings, airing: int, run: int | None = None) -> Ints:
    """The airings of the same title that are seen in the territory of the airing's channel, without those on record.

    `run`: their run number, by default that of the airing.
    """
    instance = airings.instance
    code = instance.channels[airings.channel[airing]].territory
    seen = [at for at, channel in enumerate(instance.channels) if code in channel.seen_in]
    same = (airings.programme == airings.programme[airing]) & (airings.run == (run or airings.run[airing]))
    return np.flatnonzero(same & ~airings.past & np.isin(airings.channel, seen))


@dataclass(frozen=True, slots=True)
class _Shows:
    """When an airing shows an episode: exactly `number` runs are chosen, and one of `repeated` if it is given.

    Runs are the airings in `runs`, and those in a group of `together`, which are one run at one instant.
    """

    runs: Ints
    number: int
    repeated: Ints | None = None
    together: tuple[Ints, ...] = ()

    def holds(self, chosen: Flags) -> bool:
        """Whether it holds for a choice."""
        count = int(chosen[self.runs].sum()) + sum(bool(chosen[group].any()) for group in self.together)
        return count == self.number and (self.repeated is None or bool(chosen[self.repeated].any()))


def _shows(airings: Airings, order: Ints, airing: int, episode: int) -> _Shows | None:
    """When an airing shows an episode. None if it never does."""
    if airings.run[airing] < REPEAT:
        place, runs = _place_among_runs(airings, airing, episode), _same_runs(airings, airing)
        return _counted(airings, runs[order[runs] <= order[airing]], place) if place > 0 else None
    # A repeat shows the first run of its channel on an earlier day; the first runs before that day number it.
    instance, channel = airings.instance, int(airings.channel[airing])
    programme, day = int(airings.programme[airing]), int(airings.broadcast_day[airing] - airings.run[airing] + REPEAT)
    past = [one.episode for one in past_first_runs(instance, programme) if (one.channel, one.day) == (channel, day)]
    if past:
        before = (airings.programme == programme) & (airings.run == airings.run[airing]) & (airings.channel == channel)
        before &= (airings.broadcast_day == airings.broadcast_day[airing]) & (order < order[airing])
        return _Shows(np.flatnonzero(before), past.index(episode)) if episode in past else None
    place = instance.past.place(programme, instance.channels[channel].territory, episode, 1)
    runs = _same_runs(airings, airing, run=1)
    repeated = runs[(airings.broadcast_day[runs] == day) & (airings.channel[runs] == channel)]
    return _counted(airings, runs[airings.broadcast_day[runs] < day], place - 1, repeated) if place > 0 else None


def _counted(airings: Airings, runs: Ints, number: int, repeated: Ints | None = None) -> _Shows:
    """When `number` runs air, and one of `repeated`. The airings of a simulcast at one instant are one run."""
    if not len(runs) or not airings.instance.simulcasts[airings.programme[runs[0]]]:
        return _Shows(runs, number, repeated)
    minutes = airings.start_minute[runs]
    groups = [runs[minutes == minute] for minute in np.unique(minutes).tolist()]
    alone = np.array([group[0] for group in groups if len(group) == 1], dtype=np.int64)
    return _Shows(alone, number, repeated, tuple(group for group in groups if len(group) > 1))


def _instants(sheet: Sheet, names: list[int], groups: list[Ints]) -> Ints:
    """A column w for each group of airings: 1 if one of them airs.  x_a ≤ w ≤ Σ x_a. `names` are of all airings."""
    columns = sheet.columns([1] * len(groups))
    for group, column in zip(groups, columns.tolist(), strict=True):
        mine, name = np.array([column]), f"{names[group[0]]} at once"
        row = sheet.row(name, Subject("own", "lock"), "airs", lower=0, rigid=True)
        sheet.add(row, group)
        sheet.add(row, mine, -1)
        for airing in group.tolist():
            row = sheet.row(f"{name} {names[airing]}", Subject("own", "lock"), "airs", upper=0, rigid=True)
            sheet.add(row, np.array([airing]))
            sheet.add(row, mine, -1)
    return columns


def _place_among_runs(airings: Airings, airing: int, episode: int) -> int:
    """The position of an episode among the planned k-th runs of a title in a territory, 0 if it can have none."""
    code = airings.instance.channels[airings.channel[airing]].territory
    return airings.instance.past.place(int(airings.programme[airing]), code, episode, int(airings.run[airing]))


def _fits(on_air: OnAir, at: int, lock: Lock) -> bool:
    """Whether an entry of a timetable is on a day of the horizon and fits all fields of a lock, except its episode."""
    table, instance = on_air.timetable, on_air.instance
    channel, item = instance.channels[table.channel[at]], instance.contents.items[table.content[at]]
    moment = instance.timeline.moment(int(table.start[at]))
    reading = moment.astimezone(zone_clock(channel.zone)).replace(tzinfo=None)
    day = reading.date().toordinal() - (reading.hour * 60 + reading.minute < instance.timeline.broadcast_start)
    if day < instance.file.horizon.start.toordinal():
        return False
    stated = (
        (lock.channel, channel.id),
        (lock.start_utc, moment),
        (lock.broadcast_date and lock.broadcast_date.toordinal(), day),
        (lock.programme, item.identity),
        (lock.run, "first" if table.first[at] else "rerun"),
        (lock.version_language, instance.programmes[item.programme].versions[item.version].language),
        (lock.version_kind, item.version_kind),
    )
    if any(word is not None and word != real for word, real in stated):
        return False
    asked = lock.duration_min or item.minutes
    return lock.start_utc is None or lock.programme is None or int(table.minutes[at]) == asked
