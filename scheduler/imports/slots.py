"""Entries of existing schedules from any source, changed so that no two overlap."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from scheduler.imports.findings import ENTRY_LEFT_OUT, OUTSIDE
from scheduler.imports.lengths import too_long
from scheduler.instance.derived.windows import days_of
from scheduler.messages import msg
from scheduler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance

LONGEST = timedelta(hours=24)
LONGEST_GUESS = timedelta(hours=12)
LONGEST_GAP = timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry of a schedule: title, start, stop, and its place in the source.

    `start` and `stop` are in UTC, and `stop` may be missing. `fields` are cells of anchors.csv by column. `written` is
    the entry as written in the source, for a review.
    """

    file: str
    place: tuple[int, int]
    channel: int
    start: datetime
    stop: datetime | None
    title: str
    fields: tuple[tuple[str, str], ...] = ()
    identity: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class SettledSlot(Slot):
    """A slot whose stop is known."""

    stop: datetime


def settle(instance: Instance, slots: Iterable[Slot], findings: Findings) -> list[SettledSlot]:
    """The slots in the horizon, sorted by channel and start, each with its stop. Problems are reported or repaired."""
    by_channel: dict[int, list[Slot]] = {}
    timeline = instance.timeline
    first, last = timeline.origin, timeline.moment(timeline.minutes)
    for slot in slots:
        if first <= slot.start < last:
            by_channel.setdefault(slot.channel, []).append(slot)
        else:
            findings.left_out[OUTSIDE] += 1
    settled: list[SettledSlot] = []
    for channel in sorted(by_channel):
        ordered = sorted(by_channel[channel], key=lambda slot: (slot.start, slot.file, slot.place))
        one_by_one = _one_after_another(ordered, findings)
        inside = _inside(instance, channel, one_by_one)
        findings.left_out[OUTSIDE] += len(one_by_one) - len(inside)
        _warn_of_gaps(instance, inside, findings)
        settled += inside
    return settled


def _one_after_another(ordered: list[Slot], findings: Findings) -> list[SettledSlot]:
    """Slots without overlaps. A missing stop becomes the next start, overlaps are cut, empty slots are left out."""
    found: list[SettledSlot] = []
    for number, slot in enumerate(ordered):
        following = next((other for other in ordered[number + 1 :] if other.start > slot.start), None)
        known = _with_stop(slot, following, findings)
        if known is None or not _has_length(known, findings):
            continue
        before = found[-1] if found else None
        if before is not None and before.start == known.start:
            if (before.title, before.stop) == (known.title, known.stop):
                findings.left_out[msg("repeated")] += 1
                continue
            what = msg("'{title}' begins at the same time as '{other}'", title=known.title, other=before.title)
            findings.repair(known.file, known.place, what, msg("the later entry is left out"))
            continue
        if before is not None and before.stop > known.start:
            what = msg(
                "'{title}' overlaps '{other}' at {moment}",
                title=before.title,
                other=known.title,
                moment=utc_text(known.start),
            )
            findings.repair(known.file, known.place, what, msg("the earlier one is cut"))
            found[-1] = replace(before, stop=known.start)
        found.append(known)
    return found


def _with_stop(slot: Slot, following: Slot | None, findings: Findings) -> SettledSlot | None:
    """The slot with its own stop, or else with the start of the next slot as stop."""
    if slot.stop is not None:
        return _settled(slot, slot.stop)
    what = msg("'{title}' has no end", title=slot.title)
    if following is None or following.start - slot.start > LONGEST_GUESS:
        findings.repair(slot.file, slot.place, what, ENTRY_LEFT_OUT)
        return None
    findings.repair(slot.file, slot.place, what, msg("it ends when '{other}' begins", other=following.title))
    return _settled(slot, following.start)


def _settled(slot: Slot, stop: datetime) -> SettledSlot:
    return SettledSlot(
        slot.file, slot.place, slot.channel, slot.start, stop, slot.title, slot.fields, slot.identity, slot.written
    )


def _has_length(slot: SettledSlot, findings: Findings) -> bool:
    length = slot.stop - slot.start
    if MINUTE <= length <= LONGEST:
        return True
    minutes = int(length.total_seconds() // 60)
    findings.repair(slot.file, slot.place, too_long(slot.title, minutes), ENTRY_LEFT_OUT)
    return False


def _inside(instance: Instance, channel: int, slots: list[SettledSlot]) -> list[SettledSlot]:
    """The slots on the horizon's days, or after the last midnight in a window of the last day.

    A slot over the first midnight is cut to its minutes in the horizon.
    """
    timeline, zone = instance.timeline, instance.channels[channel].zone
    first = timeline.moment(timeline.local_minute(zone, 0, 0))
    last = timeline.moment(timeline.local_minute(zone, timeline.days - 1, _latest(instance, channel)))
    found = [slot for slot in slots if slot.stop > first and slot.start < last]
    return [replace(slot, start=max(slot.start, first)) for slot in found]


def _latest(instance: Instance, channel: int) -> int:
    """The end of the last window of the last day, in minutes since its midnight, at least 1440."""
    timeline = instance.timeline
    windows = instance.channels[channel].windows
    ends = [window.end for window in windows if timeline.days - 1 in days_of(window.days, window.dates, timeline)]
    return max([1440, *ends])


def _warn_of_gaps(instance: Instance, slots: list[SettledSlot], findings: Findings) -> None:
    """Warn about short gaps outside windows, in which the channel would show nothing."""
    for before, after in pairwise(slots):
        gap = after.start - before.stop
        if MINUTE <= gap <= LONGEST_GAP and not _in_window(instance, before.channel, before.stop, after.start):
            minutes = int(gap.total_seconds() // 60)
            what = msg(
                "nothing is on for {minutes} minutes before '{title}', and no window lies there",
                minutes=str(minutes),
                title=after.title,
            )
            findings.warn(after.file, after.place, what)


def _in_window(instance: Instance, channel: int, start: datetime, end: datetime) -> bool:
    windows, timeline = instance.windows, instance.timeline
    first, last = timeline.minute_of(start), timeline.minute_of(end)
    return bool(((windows.channel == channel) & (windows.start < last) & (windows.end > first)).any())
