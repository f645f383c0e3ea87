"""The steps that build the frame: windows and contents, starts and runs, locks, what the rules admit, the record."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from scheduler.airings.followers import with_followers
from scheduler.airings.frame import COLUMNS, Airings
from scheduler.airings.locks import locked_airings, with_locked_places
from scheduler.airings.slots import Slots, run_numbers, starts
from scheduler.arrays import Flags, ranges
from scheduler.instance import Instance
from scheduler.reasons import Reason, Unplaceable


class Admits(Protocol):
    """The part of a rule that the frame needs: its id, and the contents and airings it admits."""

    @property
    def id(self) -> str:
        """The id of the rule."""

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """The contents that may air on a channel at all. None if the rule excludes none."""

    def admit(self, airings: Airings) -> Flags | None:
        """The airings that may be chosen. None if the rule excludes none."""


def build_airings(instance: Instance, rules: Sequence[Admits]) -> Airings:
    """All airings that the windows allow and no rule excludes.

    Raises
    ------
    UnfitLocksError
        A lock names no admissible airing.
    """
    reasons: dict[int, Reason] = {}
    slots = _admitted_contents(instance, rules, reasons)
    fitting = slots.only(starts(instance, slots) > 0)
    frame = with_followers(instance, fitting, _spread(instance, fitting))
    if instance.locks:
        frame = with_locked_places(instance, slots, frame)
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
    return Airings(instance, frame, locked_airings(bare) | bare.past, unplaceable)


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


def _programmes(instance: Instance, frame: pd.DataFrame) -> Flags:
    """The programmes with an airing in a frame, as flags."""
    alive = np.zeros(len(instance.programmes), dtype=bool)
    alive[instance.contents.programme[frame["content"].to_numpy()]] = True
    return alive


def _note_lost(reasons: dict[int, Reason], before: Flags, after: Flags, reason: Reason) -> None:
    for number in np.flatnonzero(before & ~after).tolist():
        reasons.setdefault(number, reason)


def _admitted_contents(instance: Instance, rules: Sequence[Admits], reasons: dict[int, Reason]) -> Slots:
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
    return Slots(planned[window], content.astype(np.int64))


def _spread(instance: Instance, slots: Slots) -> pd.DataFrame:
    """Expand every pair of window and content to its starts and runs."""
    windows = instance.windows
    first, every = windows.first_start[slots.window], windows.every[slots.window]
    runs = run_numbers(instance, slots)
    count = starts(instance, slots) * len(runs)
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
    """Remove series that need too many episode columns from channels in whose territories their past differs.

    A series that is on air on such a channel stays, because it may have to continue there.
    """
    on_air = {(row.programme, row.channel) for row in instance.history if row.run == "first" and not row.anchor}
    on_air |= {(line.programme, line.channel) for line in instance.commitments}
    airings = Airings(instance, frame, np.zeros(len(frame), dtype=bool))
    keep = np.ones(len(frame), dtype=bool)
    for programme in np.flatnonzero(airings.numbered_apart).tolist():
        mine = airings.programme == programme
        places = np.stack([airings.channel[mine], airings.start_minute[mine], airings.run[mine]])
        needed = np.unique(places, axis=1).shape[1] * instance.programmes[programme].episodes
        if needed > instance.file.episode_columns:
            name, past = instance.programmes[programme].programme, instance.past
            differ = [
                (name, channel.id) not in on_air and not past.agrees(programme, channel.seen_in)
                for channel in instance.channels
            ]
            keep[mine] = ~np.array(differ, dtype=bool)[airings.channel[mine]]
    return frame if keep.all() else frame[keep].reset_index(drop=True)
