"""What a channel already airs, as any source says it: slots, settled so that they follow one another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.imports.mending import Mending
    from scheduler.instance import Instance

LONGEST = timedelta(hours=24)
LONGEST_GUESS = timedelta(hours=12)
LONGEST_GAP = timedelta(hours=2)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One entry of a schedule: what is on from when to when, and where the source says so.

    `start` and `stop` are UTC; `stop` may be unsaid. `fields` are columns of anchors.csv, as text.
    """

    file: str
    place: tuple[int, int]
    channel: int
    start: datetime
    stop: datetime | None
    title: str
    fields: tuple[tuple[str, str], ...] = ()
    identity: str = ""


def settle(instance: Instance, slots: Iterable[Slot], mending: Mending) -> list[Slot]:
    """Slots of the horizon's days by channel and start, each with its stop; what is wrong is told or mended."""
    by_channel: dict[int, list[Slot]] = {}
    timeline = instance.timeline
    first, last = timeline.origin, timeline.moment(timeline.minutes)
    for slot in slots:
        if first <= slot.start < last:
            by_channel.setdefault(slot.channel, []).append(slot)
    settled: list[Slot] = []
    for channel in sorted(by_channel):
        ordered = sorted(by_channel[channel], key=lambda slot: (slot.start, slot.file, slot.place))
        settled += _gaps_told(instance, _one_after_another(ordered, mending), mending)
    return [slot for slot in settled if _in_horizon(instance, slot)]


def _one_after_another(ordered: list[Slot], mending: Mending) -> list[Slot]:
    """No two at once: unsaid stops are the next start, overlaps are cut, what is nothing is left out."""
    found: list[Slot] = []
    for number, slot in enumerate(ordered):
        following = next((other for other in ordered[number + 1 :] if other.start > slot.start), None)
        known = _with_stop(slot, following, mending)
        if known is None or not _has_length(known, mending):
            continue
        before = found[-1] if found else None
        if before is not None and before.start == known.start:
            what = f"'{known.title}' begins at the same time as '{before.title}'"
            mending.mend(known.file, known.place, what, "the later entry is left out")
            continue
        if before is not None and before.stop is not None and before.stop > known.start:
            what = f"'{before.title}' runs into '{known.title}' at {known.start:%Y-%m-%dT%H:%MZ}"
            mending.mend(known.file, known.place, what, "the earlier one is cut")
            found[-1] = replace(before, stop=known.start)
        found.append(known)
    return found


def _with_stop(slot: Slot, following: Slot | None, mending: Mending) -> Slot | None:
    if slot.stop is not None:
        return slot
    if following is None or following.start - slot.start > LONGEST_GUESS:
        mending.mend(slot.file, slot.place, f"'{slot.title}' does not say when it ends", "it is left out")
        return None
    mended = f"it ends when '{following.title}' begins"
    mending.mend(slot.file, slot.place, f"'{slot.title}' does not say when it ends", mended)
    return replace(slot, stop=following.start)


def _has_length(slot: Slot, mending: Mending) -> bool:
    assert slot.stop is not None
    length = slot.stop - slot.start
    if MINUTE <= length <= LONGEST:
        return True
    what = f"'{slot.title}' is {int(length.total_seconds() // 60)} minutes long"
    mending.mend(slot.file, slot.place, what, "it is left out")
    return False


def _gaps_told(instance: Instance, slots: list[Slot], mending: Mending) -> list[Slot]:
    """Warn of short gaps in which no window lies: there a channel would be black."""
    for before, after in pairwise(slots):
        assert before.stop is not None
        gap = after.start - before.stop
        if MINUTE <= gap <= LONGEST_GAP and not _in_window(instance, before.channel, before.stop, after.start):
            minutes = int(gap.total_seconds() // 60)
            what = f"nothing is said for {minutes} minutes before '{after.title}', and no window lies there"
            mending.warn(after.file, after.place, what)
    return slots


def _in_window(instance: Instance, channel: int, start: datetime, end: datetime) -> bool:
    windows, timeline = instance.windows, instance.timeline
    first, last = timeline.minute_of(start), timeline.minute_of(end)
    return bool(((windows.channel == channel) & (windows.start < last) & (windows.end > first)).any())


def _in_horizon(instance: Instance, slot: Slot) -> bool:
    horizon = instance.file.horizon
    zone = zone_clock(instance.channels[slot.channel].zone)
    day = slot.start.astimezone(zone).date()
    return horizon.start <= day < horizon.start + timedelta(days=horizon.days)
