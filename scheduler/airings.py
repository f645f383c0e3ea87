"""Every admissible airing of an instance as one frame, and the reason if a programme has none.

An airing is one programme version on one channel at one start, as the first, second, … run of an episode in the
channel's territory. The rules' `admit` methods, which are passed in, exclude what can never be.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
import pandas as pd

from scheduler.arrays import Flags, Ints, ranges
from scheduler.instance import Instance, Problem
from scheduler.instance.derived.aired import Lock
from scheduler.instance.derived.repeats import REPEAT, minutes_by_day
from scheduler.instance.files.problem import UnfitLocksError
from scheduler.messages import msg
from scheduler.reasons import Reason, Unplaceable

COLUMNS = {
    "content": np.int32,  # programme version: index into the instance's contents
    "channel": np.int16,
    "window": np.int32,
    "start": np.int32,  # first grid step it occupies
    "steps": np.int16,  # grid steps it occupies: its length rounded up
    "minutes": np.int16,  # its length, which is what counts
    "run": np.int8,  # 1 for a first run, 2, 3, … for reruns of an episode in the territory, REPEAT + k for repeats
    "offset": np.int16,  # minutes from that step to the start: 0 except for airings locked or on record off the grid
}


class Admits(Protocol):
    """The part of a rule that the frame needs: its id, and the contents and airings it admits."""

    @property
    def id(self) -> str:
        """The id of the rule."""

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """The contents that may air on a channel at all. None if the rule excludes none."""

    def admit(self, airings: Airings) -> Flags | None:
        """The airings that may be chosen. None if the rule excludes none."""


@dataclass(frozen=True, eq=False)
class Airings:
    """The frame (columns as in COLUMNS, sorted by window, content, start and run) and the arrays derived from it."""

    instance: Instance
    frame: pd.DataFrame
    locked: Flags
    unplaceable: tuple[Unplaceable, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    def column(self, name: str) -> Ints:
        """One column as an integer array."""
        return self.frame[name].to_numpy(dtype=np.int64)

    @cached_property
    def content(self) -> Ints:
        """The content of each airing."""
        return self.column("content")

    @cached_property
    def channel(self) -> Ints:
        """The channel of each airing."""
        return self.column("channel")

    @cached_property
    def run(self) -> Ints:
        """The run number of each airing. 1 is a first run."""
        return self.column("run")

    @cached_property
    def programme(self) -> Ints:
        """The programme of each airing."""
        return self.instance.contents.programme[self.content]

    @cached_property
    def start_minute(self) -> Ints:
        """The first minute of each airing, on the line of minutes."""
        return self.column("start") * self.instance.timeline.grid + self.column("offset")

    @cached_property
    def past(self) -> Flags:
        """The airings on record in history.csv. They count, and every timetable contains them."""
        return self.instance.windows.record[self.column("window")] >= 0

    @cached_property
    def end_minute(self) -> Ints:
        """The first minute after each airing, on the line of minutes."""
        return self.start_minute + self.column("minutes")

    @cached_property
    def territory(self) -> Ints:
        """Index of the channel's licensing territory, in the order of instance.yaml."""
        order = {code: at for at, code in enumerate(self.instance.file.territories)}
        return np.array([order[channel.territory] for channel in self.instance.channels])[self.channel]

    def seen_in(self, at: Ints) -> tuple[Ints, Ints]:
        """(airing, territory) for the airings `at` and every territory that sees them.

        The pairs with licensing territories come first. Territories are indices in the order of instance.yaml.
        """
        order = {code: number for number, code in enumerate(self.instance.file.territories)}
        airing, territory = [at], [self.territory[at]]
        for number, channel in enumerate(self.instance.channels):
            others = [order[code] for code in dict.fromkeys(channel.seen_in) if code != channel.territory]
            mine = at[self.channel[at] == number] if others else at[:0]
            airing.append(np.tile(mine, len(others)))
            territory.append(np.repeat(np.array(others, dtype=np.int64), len(mine)))
        return np.concatenate(airing), np.concatenate(territory)

    @cached_property
    def broadcast_day(self) -> Ints:
        """The broadcast day of the start on the channel's clock, counted on the line. −1 before the first."""
        return self.day_of(self.channel, self.start_minute)

    def day_of(self, channel: Ints, minute: Ints) -> Ints:
        """The broadcast day of each moment on its channel's clock, counted as in `broadcast_day`, (k,).

        Parameters
        ----------
        channel
            (k,) Index of the channel.
        minute
            (k,) Minute of the line.
        """
        timeline = self.instance.timeline
        day = np.zeros(len(channel), dtype=np.int64)
        for number, each in enumerate(self.instance.channels):
            mine = channel == number
            clock, at = timeline.clock(each.zone), minute[mine]
            day[mine] = clock.day[at] - (clock.minute[at] < timeline.broadcast_start)
        return day

    @cached_property
    def numbered_apart(self) -> Flags:
        """(programmes,) whether a series has different past runs in the territories of a channel on which it may air.

        Air order in one territory then does not determine the episodes. Each airing of such a series gets an episode of
        its own.
        """
        instance, apart = self.instance, np.zeros(len(self.instance.programmes), dtype=bool)
        planned = ~self.past
        for number in np.flatnonzero([len(channel.seen_in) > 1 for channel in instance.channels]).tolist():
            seen = instance.channels[number].seen_in
            for programme in np.unique(self.programme[planned & (self.channel == number)]).tolist():
                several = instance.programmes[programme].episodes > 1
                apart[programme] |= several and not instance.past.agrees(programme, seen)
        return apart

    def numbered_in_order(self, programme: int) -> bool:
        """Whether a rule or a lock assumes that the j-th rerun of a series in a territory shows its j-th episode."""
        instance, name = self.instance, self.instance.programmes[programme].programme
        if any(lock.programme == name and lock.episode is not None for lock in instance.locks):
            return True
        versions = np.flatnonzero(instance.contents.programme == programme)
        return any(
            bool(instance.contents.matches(select, code)[versions].any())
            for select in (rule.repeats_of for rule in instance.written_rules)
            if select is not None
            for code in instance.file.territories
        )

    @cached_property
    def codes(self) -> Ints:
        """One number per airing that identifies its content, channel, first minute and run.

        The numbers are the same in all variants of an instance.
        """
        return _codes(self.content, self.channel, self.start_minute, self.run)

    def find(self, content: Ints, channel: Ints, minute: Ints, run: Ints) -> Ints:
        """The airing with each content, channel, first minute and run, (k,). −1 if there is none.

        Parameters
        ----------
        content, channel
            (k,) Indices of the content and of the channel.
        minute
            (k,) First minute, on the line of minutes.
        run
            (k,) Run number. 1 is a first run.
        """
        wanted = _codes(content, channel, minute, run)
        if not len(self):
            return np.full(len(wanted), -1, dtype=np.int64)
        order = np.argsort(self.codes)
        place = np.minimum(np.searchsorted(self.codes, wanted, sorter=order), len(order) - 1)
        return np.where(self.codes[order[place]] == wanted, order[place], -1)

    @cached_property
    def audience(self) -> Ints:
        """Viewer-minutes of each airing."""
        return self._on_channels(self.content)

    @cached_property
    def displaced(self) -> Ints:
        """Viewer-minutes of the fallback that each airing displaces."""
        return self._on_channels(self.instance.windows.fallback[self.column("window")])

    def fitting(self, lock: Lock) -> Ints:
        """The airings that fit all fields of a lock, except its episode."""
        instance, hit = self.instance, np.ones(len(self), dtype=bool)
        if lock.channel is not None:
            hit &= self.channel == instance.channel_index[lock.channel]
        if lock.start_utc is not None:
            hit &= self.start_minute == instance.timeline.minute_of(lock.start_utc)
        elif lock.broadcast_date is not None:
            hit &= self.broadcast_day == (lock.broadcast_date - instance.timeline.first_day).days
        if lock.programme is not None:
            hit &= self.programme == instance.programme_index[lock.programme]
        if lock.run is not None:
            hit &= (self.run == 1) == (lock.run == "first")
        at = np.flatnonzero(hit)
        if lock.start_utc is not None and lock.programme is not None and len(at):
            minutes = lock.duration_min or instance.programmes[instance.programme_index[lock.programme]].minutes
            at = at[self.column("minutes")[at] == minutes]
        items = [instance.contents.items[content] for content in self.content[at].tolist()]
        spoken = [instance.programmes[item.programme].versions[item.version].language for item in items]
        fits = [
            lock.version_language in (None, language) and lock.version_kind in (None, item.version_kind)
            for item, language in zip(items, spoken, strict=True)
        ]
        kept: Ints = at[np.array(fits, dtype=bool)]
        return kept

    def _on_channels(self, content: Ints) -> Ints:
        total = np.zeros(len(self), dtype=np.int64)
        for number in range(len(self.instance.channels)):
            mine = np.flatnonzero(self.channel == number)
            total[mine] = self.instance.viewing.audience(
                number, content[mine], self.start_minute[mine], self.end_minute[mine]
            )
        return total


def _codes(content: Ints, channel: Ints, minute: Ints, run: Ints) -> Ints:
    code = content.astype(np.int64)
    for column, width in ((channel, 2**12), (minute, 2**21), (run, 2**7)):
        code = code * width + column
    return code


def build_airings(instance: Instance, rules: Sequence[Admits]) -> Airings:
    """All airings that the windows allow and no rule excludes.

    Raises
    ------
    UnfitLocksError
        A lock names no admissible airing.
    """
    reasons: dict[int, Reason] = {}
    slots = _admitted_contents(instance, rules, reasons)
    fitting = slots.only(_starts(instance, slots) > 0)
    frame = _with_followers(instance, fitting, _spread(instance, fitting))
    if instance.locks:
        frame = _with_locked_places(instance, slots, frame)
    count = len(instance.programmes)
    long_enough = fitting.programmes(instance)
    _note_lost(reasons, slots.programmes(instance), long_enough, Reason("too_long"))
    _note_lost(reasons, long_enough, _programmes(instance, frame), Reason("runs_used"))
    for rule in rules:
        airings = Airings(instance, frame, np.zeros(len(frame), dtype=bool))
        admitted = rule.admit(airings)
        if admitted is not None and not admitted.all():
            before = _programmes(instance, frame)
            frame = frame[admitted].reset_index(drop=True)
            _note_lost(reasons, before, _programmes(instance, frame), Reason("rule", rule.id))
    before = _programmes(instance, frame)
    frame = _with_few_numbers(instance, frame)
    _note_lost(reasons, before, _programmes(instance, frame), Reason("runs_used"))
    unplaceable = tuple(
        Unplaceable(instance.programmes[number].programme, reasons[number])
        for number in range(count)
        if number in reasons
    )
    frame = _with_record(instance, frame)
    bare = Airings(instance, frame, np.zeros(len(frame), dtype=bool), unplaceable)
    return Airings(instance, frame, _locked(bare) | bare.past, unplaceable)


def _with_record(instance: Instance, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the airings of history.csv to the frame. Each is in a window of its own."""
    windows, record = instance.windows, instance.on_record
    window = np.flatnonzero(windows.record >= 0)
    if not len(window):
        return frame
    row = windows.record[window]
    columns = {
        "content": record.content[row],
        "channel": record.channel[row],
        "window": window,
        "start": windows.first_step[window],
        "steps": windows.last_step[window] - windows.first_step[window],
        "minutes": record.minutes[row],
        "run": record.run[row],
        "offset": record.start[row] % instance.timeline.grid,
    }
    past = pd.DataFrame({name: column.astype(COLUMNS[name]) for name, column in columns.items()})
    both = pd.concat([frame, past], ignore_index=True)
    return both.sort_values("window", kind="stable", ignore_index=True)


@dataclass(frozen=True, slots=True)
class _Slots:
    """The contents that may air in each window, as parallel arrays."""

    window: Ints
    content: Ints

    def only(self, which: Flags) -> _Slots:
        return _Slots(self.window[which], self.content[which])

    def steps(self, instance: Instance) -> Ints:
        return np.asarray(-(-instance.contents.minutes[self.content] // instance.timeline.grid), dtype=np.int64)

    def programmes(self, instance: Instance) -> Flags:
        alive = np.zeros(len(instance.programmes), dtype=bool)
        alive[instance.contents.programme[self.content]] = True
        return alive


def _programmes(instance: Instance, frame: pd.DataFrame) -> Flags:
    """The programmes with an airing in a frame, as flags."""
    alive = np.zeros(len(instance.programmes), dtype=bool)
    alive[instance.contents.programme[frame["content"].to_numpy()]] = True
    return alive


def _note_lost(reasons: dict[int, Reason], before: Flags, after: Flags, reason: Reason) -> None:
    for number in np.flatnonzero(before & ~after).tolist():
        reasons.setdefault(number, reason)


def _admitted_contents(instance: Instance, rules: Sequence[Admits], reasons: dict[int, Reason]) -> _Slots:
    """Pair every window with the contents that it and the rules admit. Starts are not considered yet."""
    contents, windows = instance.contents, instance.windows
    versions = contents.version_count
    planned = np.flatnonzero(~windows.past)
    named = np.stack([windows.channel, windows.definition])[:, planned]
    kinds, of_window = np.unique(named, axis=1, return_inverse=True)
    alive = np.zeros((kinds.shape[1], versions), dtype=bool)
    for row, (channel, definition) in enumerate(kinds.T.tolist()):
        accept = instance.channels[channel].windows[definition].accept
        alive[row] = contents.matches(accept, instance.channels[channel].territory)[:versions]

    def programmes() -> Flags:
        found = np.zeros(len(instance.programmes), dtype=bool)
        found[contents.programme[:versions][alive.any(axis=0)]] = True
        return found

    _note_lost(reasons, np.ones(len(instance.programmes), dtype=bool), programmes(), Reason("no_window"))
    for rule in rules:
        before = programmes()
        for number in range(len(instance.channels)):
            admitted = rule.admit_contents(instance, number)
            if admitted is not None:
                alive[kinds[0] == number] &= admitted[:versions]
        _note_lost(reasons, before, programmes(), Reason("rule", rule.id))
    window, content = np.nonzero(alive[of_window.ravel()]) if len(planned) else (np.zeros(0, int), np.zeros(0, int))
    return _Slots(planned[window], content.astype(np.int64))


def _starts(instance: Instance, slots: _Slots) -> Ints:
    """The number of possible start steps of each pair of window and content."""
    windows, window = instance.windows, slots.window
    spare = windows.last_step[window] - slots.steps(instance) - windows.first_start[window]
    return np.asarray(np.maximum(spare // windows.every[window] + 1, 0), dtype=np.int64)


def _spread(instance: Instance, slots: _Slots) -> pd.DataFrame:
    """Expand every pair of window and content to its starts and runs."""
    windows = instance.windows
    first, every = windows.first_start[slots.window], windows.every[slots.window]
    runs = _run_numbers(instance, slots)
    count = _starts(instance, slots) * len(runs)
    pair = np.repeat(np.arange(len(slots.window)), count)
    within = ranges(count)
    number, run = within // len(runs), within % len(runs)
    keep = runs[run, pair]
    pair, number, run = pair[keep], number[keep], run[keep]
    columns = {
        "content": slots.content[pair],
        "channel": windows.channel[slots.window[pair]],
        "window": slots.window[pair],
        "start": first[pair] + number * every[pair],
        "steps": slots.steps(instance)[pair],
        "minutes": instance.contents.minutes[slots.content[pair]],
        "run": run + 1,
        "offset": np.zeros(len(pair)),
    }
    frame = pd.DataFrame({name: column.astype(COLUMNS[name]) for name, column in columns.items()})
    return _with_later_episodes(instance, frame)


def _with_later_episodes(instance: Instance, frame: pd.DataFrame) -> pd.DataFrame:
    """Add first runs that begin between the starts that a window allows: second and later episodes of a place."""
    episodes = instance.longest_places[frame["content"].to_numpy(), frame["channel"].to_numpy()]
    found = [frame]
    for position in range(1, int(episodes.max(initial=1))):
        later = frame[(episodes > position) & (frame["run"] == 1).to_numpy()]
        later = later.assign(start=(later["start"] + position * later["steps"]).astype(COLUMNS["start"]))
        ends = (later["start"] + later["steps"]).to_numpy()
        found.append(later[ends <= instance.windows.last_step[later["window"].to_numpy()]])
    if len(found) == 1:
        return frame
    order = ["window", "content", "start", "run"]
    return pd.concat(found).drop_duplicates(order).sort_values(order, ignore_index=True)


def _with_few_numbers(instance: Instance, frame: pd.DataFrame) -> pd.DataFrame:
    """Remove series that need too many episode columns from channels in whose territories their past differs."""
    airings = Airings(instance, frame, np.zeros(len(frame), dtype=bool))
    keep = np.ones(len(frame), dtype=bool)
    for programme in np.flatnonzero(airings.numbered_apart).tolist():
        mine = airings.programme == programme
        places = np.stack([airings.channel[mine], airings.start_minute[mine], airings.run[mine]])
        needed = np.unique(places, axis=1).shape[1] * instance.programmes[programme].episodes
        if needed > instance.file.episode_columns:
            differ = [not instance.past.agrees(programme, channel.seen_in) for channel in instance.channels]
            keep[mine] = ~np.array(differ, dtype=bool)[airings.channel[mine]]
    return frame if keep.all() else frame[keep].reset_index(drop=True)


def _with_followers(instance: Instance, slots: _Slots, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the repeats that use no run. They begin at the start of a follower, or directly after another repeat."""
    windows, placements, grid = instance.windows, instance.placements, instance.timeline.grid
    followed = np.array([*(bool(line.followers) for line in placements.lines), False])
    repeated = np.isin(np.arange(len(instance.programmes)), [*instance.repeats])
    line = placements.line[slots.content, windows.channel[slots.window]]
    all_steps = slots.steps(instance)
    found = [frame]
    aired = _first_run_days(instance, frame) if instance.repeats else np.zeros(0, dtype=np.int64)
    mine = np.flatnonzero(followed[line] & repeated[instance.contents.programme[slots.content]])
    for number, channel in np.unique(np.stack([line[mine], windows.channel[slots.window[mine]]]), axis=1).T.tolist():
        pair = mine[(line[mine] == number) & (windows.channel[slots.window[mine]] == channel)]
        most = int(instance.longest_places[slots.content[pair], channel].max())
        for one in placements.lines[number].followers:
            minute = minutes_by_day(instance.timeline, instance.channels[channel], one.start)
            days = np.flatnonzero((minute >= 0) & (minute % grid == 0))
            begin = minute[days] // grid
            for later in sorted({after for day in range(7) if (after := one.days_after(day)) is not None}):
                together = (1 if one.omnibus is None else 7 - later) * most
                of_pair, of_day, place = np.indices((len(pair), len(begin), together)).reshape(3, -1)
                window, steps = slots.window[pair[of_pair]], all_steps[pair[of_pair]]
                start = begin[of_day] + place * steps
                content = slots.content[pair[of_pair]]
                day_key = _day_key(instance, content, np.full(len(content), channel), days[of_day] - later)
                inside = (
                    np.isin(day_key, aired)
                    & (start >= windows.first_step[window])
                    & (start + steps <= windows.last_step[window])
                )
                columns = {
                    "content": content,
                    "channel": np.full(len(of_pair), channel),
                    "window": window,
                    "start": start,
                    "steps": steps,
                    "minutes": instance.contents.minutes[content],
                    "run": np.full(len(of_pair), REPEAT + later),
                    "offset": np.zeros(len(of_pair)),
                }
                found.append(
                    pd.DataFrame({name: column[inside].astype(COLUMNS[name]) for name, column in columns.items()})
                )
    if len(found) == 1:
        return frame
    order = ["window", "content", "start", "run"]
    return pd.concat(found).drop_duplicates(order).sort_values(order, ignore_index=True)


def _first_run_days(instance: Instance, frame: pd.DataFrame) -> Ints:
    """Keys (`_day_key`) of the versions, channels and broadcast days that have a candidate or past first run."""
    all_of = Airings(instance, frame, np.zeros(len(frame), dtype=bool))
    at = np.flatnonzero(all_of.run == 1)
    past = [
        (number, run.channel, run.day) for number in instance.repeats for run in instance.past.airings.get(number, ())
    ]
    number, channel, day = np.array(past, dtype=np.int64).reshape(-1, 3).T
    of_version = instance.contents.programme[: instance.contents.version_count]
    version, row = np.nonzero(of_version[:, None] == number[None, :])
    return np.concatenate(
        [
            _day_key(instance, all_of.content[at], all_of.channel[at], all_of.broadcast_day[at]),
            _day_key(instance, version, channel[row], day[row]),
        ]
    )


def _day_key(instance: Instance, content: Ints, channel: Ints, day: Ints) -> Ints:
    """One number that identifies a version, a channel and a broadcast day. The day may be before the line."""
    far = 10**5
    return (content.astype(np.int64) * len(instance.channels) + channel) * 3 * far + np.maximum(day, -far) + far


def _run_numbers(instance: Instance, slots: _Slots) -> Flags:
    """(runs, pairs): whether an episode can have its first, second, … run in all territories that see the window."""
    most = max((programme.runs for programme in instance.programmes), default=1)
    programmes = len(instance.programmes)
    possible = np.zeros((most, len(instance.channels), programmes), dtype=bool)
    for number, channel in enumerate(instance.channels):
        for index, programme in enumerate(instance.programmes):
            if instance.simulcasts[index] and not instance.past.agrees(index, channel.seen_in):
                continue
            left = all(instance.past.left(index, code, programme.episodes) > 0 for code in channel.seen_in)
            possible[0, number, index] = left
            possible[1 : programme.runs, number, index] = True
    return possible[:, instance.windows.channel[slots.window], instance.contents.programme[slots.content]]


def _with_locked_places(instance: Instance, slots: _Slots, frame: pd.DataFrame) -> pd.DataFrame:
    """Add airings of locks at starts that the grid or the window does not allow, or of another length."""
    found = [frame]
    windows, contents, grid = instance.windows, instance.contents, instance.timeline.grid
    runs = _run_numbers(instance, slots)
    for lock in instance.locks:
        if lock.anchor or lock.channel is None or lock.start_utc is None or lock.programme is None:
            continue
        start, channel = instance.timeline.minute_of(lock.start_utc), instance.channel_index[lock.channel]
        programme = instance.programme_index[lock.programme]
        minutes = lock.duration_min or instance.programmes[programme].minutes
        around = (windows.channel == channel) & (windows.start <= start) & (windows.end >= start + minutes)
        pair = np.flatnonzero(around[slots.window] & (contents.programme[slots.content] == programme))
        if not len(pair):
            continue
        window = slots.window[pair]
        first = np.maximum(start // grid, windows.first_step[window])
        steps = np.minimum(-(-(start + minutes) // grid), windows.last_step[window]) - first
        run, item = np.nonzero(runs[:, pair])
        columns = {
            "content": slots.content[pair][item],
            "channel": np.full(len(item), channel),
            "window": window[item],
            "start": first[item],
            "steps": steps[item],
            "minutes": np.full(len(item), minutes),
            "run": run + 1,
            "offset": start - first[item] * grid,
        }
        added = pd.DataFrame({name: column.astype(COLUMNS[name]) for name, column in columns.items()})
        found.append(added[added["steps"] > 0])
    if len(found) == 1:
        return frame
    order = ["window", "content", "start", "offset", "minutes", "run"]
    return pd.concat(found).drop_duplicates(order).sort_values(order).reset_index(drop=True)


def _locked(airings: Airings) -> Flags:
    """The airings that locks name one by one.

    Raises
    ------
    UnfitLocksError
        A lock fits no airing.
    """
    locked = np.zeros(len(airings), dtype=bool)
    problems, unfit = [], []
    instance = airings.instance
    for line, lock in enumerate(instance.locks, start=2):
        if lock.anchor or instance.has_aired(lock):
            continue
        found = airings.fitting(lock)
        if not len(found):
            message = msg(
                "{lock} cannot air: there is no window, a rule bars it, or its rights are used up", lock=lock.message()
            )
            problems.append(Problem("locks.csv", line, 1, message))
            unfit.append(lock)
        elif lock.complete and not instance.may_repeat(lock):
            free = found[~locked[found]]
            free = free if len(free) else found
            locked[free[np.argmin(np.abs(airings.run[free] - _likely_run(instance, lock)))]] = True
    if problems:
        raise UnfitLocksError(problems, tuple(dict.fromkeys(unfit)))
    return locked


def _likely_run(instance: Instance, lock: Lock) -> int:
    """The run number of a complete lock, as far as the history shows it."""
    if lock.run == "first" or lock.channel is None or lock.programme is None:
        return 1
    territory = instance.channels[instance.channel_index[lock.channel]].territory
    past = instance.past.of(instance.programme_index[lock.programme], territory)
    return max(2, 1 + sum(run.episode == lock.episode for run in past))
