"""A season takes the slot of the previous season: rows over bundles, and the check of a timetable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.rows import texts
from scheduler.rules.framework.subject import Subject
from scheduler.strands import days_of, exceptions_of, last_slot
from scheduler.strands.bundles import start_clock
from scheduler.strands.exceptions import at_exceptions
from scheduler.strands.slot_changes import last_places

if TYPE_CHECKING:
    from datetime import date

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints, Texts
    from scheduler.instance import Instance
    from scheduler.rules.framework.entries import Shown
    from scheduler.rules.framework.row_builder import Sheet
    from scheduler.strands import Bundles


def add_seasons(sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
    """For every bundle b of a season that has not begun: y_b ≤ Σ y_a over the bundles a that it may succeed.

    These bundles are of the previous season, on the same channel and at the same start. They contain all its remaining
    episodes and end before b begins. If the previous season has ended before the horizon, b is in its slot or y_b ≤ 0.

    Parameters
    ----------
    of_bundle
        (b,) Column of each bundle.
    """
    instance, codes = airings.instance, list(airings.instance.file.territories)
    if not len(bundles) or not any(item.after for item in instance.programmes):
        return
    size = np.diff(bundles.first)
    head = bundles.airing[bundles.first[:-1]]
    start = start_clock(airings)
    clock, channel, begins = start[head], airings.channel[head], airings.broadcast_day[head]
    last_clock = start[last_places(airings, bundles.first, bundles.airing)]
    first_run = airings.run[bundles.airing] == 1
    owner = np.repeat(np.arange(len(bundles)), size)
    episodes = np.bincount(owner, weights=first_run, minlength=len(bundles)).astype(np.int64)
    ends = np.full(len(bundles), -1, dtype=np.int64)
    np.maximum.at(ends, owner[first_run], airings.broadcast_day[bundles.airing[first_run]])
    key = bundles.group_key[bundles.group]
    names = _names(airings, bundles)
    locks = exceptions_of(instance)
    at_locks = at_exceptions(airings, locks, "first")
    for number, item in enumerate(instance.programmes):
        for at, code in enumerate(codes) if item.after else ():
            mine = np.flatnonzero(key == number * len(codes) + at)
            if not len(mine) or instance.past.last_episode(number, code):
                continue
            before = instance.programme_index[item.after or ""]
            rows = sheet.rows(
                ["horizon"] * len(mine),
                Subject("own", code),
                [Aspect("after the season before", name) for name in names[mine].tolist()],
                upper=0,
                rigid=True,
            )
            left = instance.past.left(before, code, instance.programmes[before].episodes)
            if not left:
                free = last_slot(instance, before, code)
                where, when = (-1, -1) if free is None else free
                wrong = (channel[mine] != where) | (clock[mine] != when)
                sheet.add(rows[wrong], of_bundle[mine[wrong]])
                continue
            sheet.add(rows, of_bundle[mine])
            sure, either = (said.get((before, at), ()) for said in (locks.first, locks.either))
            beside = _beside(bundles, before * len(codes) + at)
            last = np.array(
                [max(days_of(instance, [*sure, *(either[one] for one in some)]), default=-1) for some in beside]
            )
            aside = np.array([len(sure) + len(some) for some in beside])
            theirs = np.flatnonzero((key == before * len(codes) + at) & (episodes > 0))
            choice = np.maximum(bundles.choice[theirs], 0)
            theirs, choice = (part[episodes[theirs] == left - aside[choice]] for part in (theirs, choice))
            same = (channel[mine][:, None] == channel[theirs]) & (clock[mine][:, None] == last_clock[theirs])
            same &= np.maximum(ends[theirs], last[choice])[None, :] < begins[mine][:, None]
            row, other = np.nonzero(same)
            sheet.add(rows[row], of_bundle[theirs[other]], -1)
            of_season = at_locks & (airings.programme == before) & (airings.territory == at)
            for place, minute in sure:
                _add_needed(sheet, airings, of_season, (place, minute), code, number, of_bundle[mine])


def _names(airings: Airings, bundles: Bundles) -> Texts:
    """(b,) A name of every bundle that is the same over a sample of the airings.

    It is the sum (mod 2⁶⁴) of hashes of its airings' codes, and its choice. Two different bundles have the same name
    with a probability of about 2⁻⁶⁴.
    """
    total = np.add.reduceat(pd.util.hash_array(airings.codes)[bundles.airing], bundles.first[:-1])
    pairs = zip(total.tolist(), bundles.choice.tolist(), strict=True)
    return texts([f"{one:016x} {choice}" for one, choice in pairs])


def _beside(bundles: Bundles, key: int) -> tuple[frozenset[int], ...]:
    """The choices of first runs at locks without a run of a series."""
    return next((one.choices for one in bundles.at_locks if one.key == key), (frozenset(),))


def _add_needed(
    sheet: Sheet, airings: Airings, mine: Flags, place: tuple[int, int], code: str, number: int, of_bundle: Ints
) -> None:
    """Σ y_b ≤ Σ x_a: bundles of a season need a first run at a lock of the season before."""
    channel, minute = place
    at = np.flatnonzero(mine & (airings.channel == channel) & (airings.start_minute == minute))
    aspect = Aspect("after a lock of the season before", f"{number} {channel} {minute}")
    row = sheet.row("horizon", Subject("own", code), aspect, upper=0, rigid=True)
    sheet.add(row, of_bundle)
    sheet.add(row, at, -1)


def starts_after_season(
    instance: Instance, programme: int, code: str, theirs: list[Shown], slots: set[tuple[int, int]], begins: date
) -> set[tuple[int, int]]:
    """The (channel, clock) at which a season may begin on a day. Empty if the previous season has not ended.

    Parameters
    ----------
    programme, theirs, slots
        The previous season, its planned first runs in the territory, and the slots of those runs that no lock names.
    """
    left = instance.past.left(programme, code, instance.programmes[programme].episodes)
    if not left:
        free = last_slot(instance, programme, code)
        return set() if free is None else {free}
    ended = len({one.episode for one in theirs}) == left and all(one.day < begins for one in theirs)
    return slots if ended else set()
