"""The slots of a series in a timetable, one after the other, as the check reads them from its first runs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scheduler.moments import WEEK
from scheduler.rules.expected_days import Expected, slots_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.rules.framework.entries import Shown

SlotKey = tuple[int, int, int]
"""Channel, programme version, minutes since the broadcast day began."""


def sequence_of(runs: Expected, kept: list[Shown]) -> tuple[Expected, SlotKey]:
    """(expected days, first slot) of a series with first runs. A change of slot is found only if it fits better.

    Parameters
    ----------
    runs
        The days expected without a change.
    kept
        Its first runs without locked ones.
    """
    days = sorted({one.day for one in kept})
    sequences: list[tuple[Expected, SlotKey]] = [(runs, _only_slot(runs, kept)), *_changed(runs, kept, days)]
    return min(sequences, key=lambda one: wrong_places(one[0], one[1], kept))


def wrong_places(runs: Expected, slot: SlotKey, kept: list[Shown]) -> tuple[int, int]:
    """(first runs off the slot, days missing or too many and episodes too few or too many in places)."""
    days = sorted({one.day for one in kept})
    off, uneven = runs.off_slot(slot, kept, runs.made_up(slot, days))
    return off, runs.wrong_days(slot, days, going=runs.before is not None) + uneven


def changes_of(runs: Expected, slot: SlotKey, old: SlotKey | None) -> int:
    """The changes of slot: from the slot before the horizon, and in the horizon."""
    return int(old is not None and slot != old) + int(runs.change is not None)


def change_price(runs: Expected, slot: SlotKey) -> int | None:
    """The price of a change of slot on a line, None if a series keeps its slot."""
    lines = runs.instance.placements
    line = int(lines.line[slot[1], slot[0]])
    return None if line < 0 else lines.lines[line].slot_change_price


def _only_slot(runs: Expected, kept: list[Shown]) -> SlotKey:
    """The slot of a series that does not change it in the horizon.

    It is the slot before the horizon, if there is one and the series may not have changed from it: a change of slot
    needs a price, and keeps channel and version. Otherwise it is the slot of most first runs.
    """
    found = _most_in(runs, kept)
    before = runs.before
    if before is None:
        return found
    old = before.channel, before.content, before.clock
    return found if found[:2] == old[:2] and change_price(runs, old) is not None else old


def _changed(runs: Expected, kept: list[Shown], days: list[date]) -> Iterator[tuple[Expected, SlotKey]]:
    """Every possible change on a Monday between two days. None if the series has changed its slot before."""
    if runs.owed or runs.moved_out:
        return
    monday = days[0] + timedelta(days=WEEK - days[0].weekday())
    while monday <= days[-1]:
        slot, then = (
            _most_in(runs, part)
            for part in ([one for one in kept if one.day < monday], [one for one in kept if one.day >= monday])
        )
        before = runs.before
        kept_till_then = before is None or slot == (before.channel, before.content, before.clock)
        if slot[:2] == then[:2] and slot != then and kept_till_then and change_price(runs, slot) is not None:
            yield replace(runs, change=(monday, then[2])), slot
        monday += timedelta(days=WEEK)


def _most_in(runs: Expected, airs: list[Shown]) -> SlotKey:
    """The slot that contains most of the airings."""
    slots = slots_of(runs.instance, airs)
    return max(slots, key=lambda one: (slots[one], one), default=(0, 0, 0))
