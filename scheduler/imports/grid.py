"""A channel's whole day of 24 hours as anchors: the entries of a schedule, and the rest marked as unknown.

The shares of a legal day can be judged only if the whole day is known. Windows stay free: their airings are planned.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.imports.slots import SettledSlot
from scheduler.instance.codes import UNKNOWN_COUNTRY
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance

UNKNOWN = "unknown"
MARK = (("genre", UNKNOWN), ("origin", UNKNOWN_COUNTRY), ("tags", UNKNOWN))


def whole_days(instance: Instance, slots: Sequence[SettledSlot], findings: Findings) -> list[SettledSlot]:
    """The slots outside windows, and slots marked as unknown for the rest of the channel's day.

    Only days on which the schedule has an entry are filled. A slot without origin or genre is marked as unknown: as the
    channel's own programme it would raise the share of domestic programme.
    """
    found: list[SettledSlot] = []
    for channel in sorted({slot.channel for slot in slots}):
        mine = [slot for slot in slots if slot.channel == channel]
        free = _windows(instance, channel)
        for slot in mine:
            pieces = _without(instance, slot, free)
            findings.left_out[msg("in windows, which are planned")] += not pieces
            found += [replace(piece, fields=_marked(piece.fields)) for piece in pieces]
        found += _gaps(instance, channel, mine, free)
    return sorted(found, key=lambda slot: (slot.channel, slot.start))


def _marked(fields: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    known = dict(fields)
    if known.get("origin") and known.get("genre"):
        return fields
    return tuple(sorted({**dict(MARK), **known}.items()))


def _windows(instance: Instance, channel: int) -> list[tuple[int, int]]:
    """(start, end) of the channel's windows on the line, not cut by anchors."""
    whole = replace(instance, anchors=(), history=(), locks=()).windows
    mine = whole.channel == channel
    return list(zip(whole.start[mine].tolist(), whole.end[mine].tolist(), strict=True))


def _without(instance: Instance, slot: SettledSlot, free: list[tuple[int, int]]) -> list[SettledSlot]:
    """The parts of a slot outside of windows."""
    line = instance.timeline
    pieces = _rest((line.minute_of(slot.start), line.minute_of(slot.stop)), free)
    return [replace(slot, start=line.moment(start), stop=line.moment(end)) for start, end in pieces]


def _gaps(instance: Instance, channel: int, slots: list[SettledSlot], free: list[tuple[int, int]]) -> list[SettledSlot]:
    """Unknown slots for every minute of the schedule's days that is in no slot and no window."""
    line, zone = instance.timeline, instance.channels[channel].zone
    clock = line.clock(zone)
    spans = [(line.minute_of(slot.start), line.minute_of(slot.stop)) for slot in slots]
    days = sorted({int(clock.day[start]) for start, _ in spans if 0 <= int(clock.day[start]) < line.days})
    first = slots[0]
    found = []
    for day in days:
        whole = line.local_minute(zone, day, 0), line.local_minute(zone, day + 1, 0)
        for start, end in _rest(whole, [*spans, *free]):
            moments = line.moment(start), line.moment(end)
            found.append(SettledSlot(first.file, first.place, channel, *moments, UNKNOWN, MARK))
    return found


def _rest(whole: tuple[int, int], taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The parts of an interval that no other interval covers."""
    pieces = [whole]
    for begin, end in taken:
        cut = [(start, min(stop, begin)) for start, stop in pieces] + [
            (max(start, end), stop) for start, stop in pieces
        ]
        pieces = sorted({piece for piece in cut if piece[0] < piece[1]}) if begin < end else pieces
    return pieces
