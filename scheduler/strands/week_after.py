"""Series that do not end in the horizon: their places in the week after it.

Whether a slot is open on a day after the horizon is judged by windows and anchors. Rules and rights of other titles are
not asked.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY, WEEK
from scheduler.strands.bundles import place_minutes, start_clock
from scheduler.strands.exceptions import exceptions_of
from scheduler.strands.ongoing import begun, day_sets_kept, slots_before
from scheduler.strands.run_lengths import days_after, days_of_rights, weekday_after
from scheduler.strands.slot_changes import last_places

if TYPE_CHECKING:
    from datetime import date

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Anchor, Instance
    from scheduler.strands.bundles import Bundles

Places = tuple["Ints", "Ints", "Ints"]
"""(channel, first minute, minutes) of places after the horizon, each given by the same weekday a week before.

Minutes are counted on the channel's clock from the first broadcast day.
"""


def open_weekdays(airings: Airings, at: Ints, clock: Ints) -> Ints:
    """(n,) On which days of the week after the horizon a place fits into the slot of an airing: bit f for day f.

    Parameters
    ----------
    at
        (k,) The airings that are asked for; all others have 0.
    clock
        (n,) Start of each airing, minutes since the broadcast day began.
    """
    found = np.zeros(len(airings), dtype=np.int64)
    slot = (airings.content[at] * len(airings.instance.channels) + airings.channel[at]) * DAY + clock[at]
    _, first, of = np.unique(slot, return_index=True, return_inverse=True)
    one = at[first]
    found[at] = _open_on(airings.instance, airings.content[one], airings.channel[one], clock[one])[of]
    return found


def week_after(
    airings: Airings,
    part: tuple[Ints, Ints],
    clock: Ints,
    left: Ints,
    days: frozenset[int],
    place: Ints,
    regular: Ints,
) -> Ints:
    """(b,) On which days of the week after the horizon the series of a bundle has a place: bit f for day f, f < 7.

    Of the weekdays of the day set on which the slot is open, with f_0 < f_1 < … days after the horizon's end, place
    number p after the horizon is on day f_p, if episodes are left and the rights have not ended.

    Parameters
    ----------
    part, clock, left, days, place
        As for `finishing`.
    regular
        (n,) A result of `open_weekdays`.
    """
    length, airing = part
    found = np.zeros(len(length), dtype=np.int64)
    if not len(length):
        return found
    first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length)])
    until = days_after(airings, part, clock, place)
    is_open = regular[last_places(airings, first, airing)]
    places = -(-np.maximum(left[airing[first[:-1]]] - length, 0) // place.shape[1])
    return _days_of_places(airings, days, is_open, places, until)


def _days_of_places(airings: Airings, days: frozenset[int], is_open: Ints, places: Ints, until: Ints) -> Ints:
    """(k,) The days of the week after the horizon that have one of `places`, as bits.

    Parameters
    ----------
    days
        Weekdays of the day set, Monday is 0.
    is_open, places, until
        (k,) Days on which the slot is open, as bits; number of places that are left; number of days within the rights.
    """
    found = np.zeros(len(places), dtype=np.int64)
    for day in sorted((weekday - weekday_after(airings)) % WEEK for weekday in days):
        on = is_open >> day & 1
        found |= np.where((places > 0) & (until > day), on << day, 0)
        places = places - on
    return found


def places_after(airings: Airings, bundles: Bundles, also: int) -> tuple[Ints, Places, Flags]:
    """(bundle, its place, whether the horizon's last week need not show it) of series that continue, (k,) each.

    Events that begin in the horizon are left out. A place is shown if the bundle has it a week before, with all
    episodes, on a day without a change of the clock. A day is left out if it, the day before and the day after have
    only places that are shown.

    Parameters
    ----------
    also
        Days after the horizon that are given in any case, as bits.
    """
    timeline, clock = airings.instance.timeline, start_clock(airings)
    head = bundles.airing[bundles.first[:-1]]
    kinds = np.array([*(one.kind for one in airings.instance.placements.lines), "free"])
    line = airings.instance.placements.line[airings.content[head], airings.channel[head]]
    after = np.where((kinds[line] != "event") | begun(airings, head), bundles.week_after, 0)
    last = clock[last_places(airings, bundles.first, bundles.airing)]
    unseen = after & ~_shown(airings, bundles, clock, last)
    given = also | int(np.bitwise_or.reduce(unseen, initial=0))
    given |= given << 1 | given >> 1
    every = [(np.zeros(0, dtype=np.int64),) * 2]
    for day in range(WEEK):
        bundle = np.flatnonzero(after & given & (1 << day))
        every.append((bundle, np.full(len(bundle), day)))
    bundle, later = (np.concatenate(part) for part in zip(*every, strict=True))
    owner = head[bundle]
    minutes = place_minutes(airings.instance, airings.content[owner], airings.channel[owner])
    place = airings.channel[owner], (timeline.days - WEEK + later) * DAY + last[bundle], minutes
    return bundle, place, (unseen[bundle] >> later & 1) != 0


def resting_places(airings: Airings, bundles: Bundles) -> Places:
    """The places of series that have begun, keep their slot, and can have no first run in the horizon."""
    instance, codes = airings.instance, list(airings.instance.file.territories)
    locks = exceptions_of(instance)
    found: list[tuple[int, int, int]] = []
    for key, slot in slots_before(instance).items():
        programme, code = key[0], codes[key[1]]
        number = int(instance.placements.line[slot.content, slot.channel])
        line = instance.placements.lines[number]
        rests = programme * len(codes) + key[1] in bundles.resting and instance.past.last_episode(programme, code) > 0
        if not rests or key in locks.first or key in locks.either or line.slot_change_price is not None:
            continue
        one = tuple(np.array([value]) for value in (slot.content, slot.channel, slot.clock))
        is_open, minutes = _open_on(instance, *one), int(place_minutes(instance, *one[:2])[0])
        short = -int(instance.contents.minutes[slot.content]) % instance.timeline.grid
        until = days_of_rights(instance, np.array([programme]), np.array([slot.clock + minutes - short]))
        left = instance.past.left(programme, code, instance.programmes[programme].episodes)
        places = np.array([-(-left // line.episodes_per_place)])
        # A kept day set exists: `bundles.resting` has only series that keep their slot.
        sets = day_sets_kept(instance.placements.weekdays(number), slot)
        every = np.bitwise_and.reduce([_days_of_places(airings, days, is_open, places, until) for days in sets])
        for day in np.flatnonzero(int(every[0]) >> np.arange(WEEK) & 1).tolist():
            found.append((slot.channel, (instance.timeline.days - WEEK + day) * DAY + slot.clock, minutes))
    channel, first, length = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return channel, first, length


def _open_on(instance: Instance, content: Ints, channel: Ints, clock: Ints) -> Ints:
    """(k,) The days of the week after the horizon on which a place fits into a window and meets no anchor, as bits."""
    timeline, minutes = instance.timeline, place_minutes(instance, content, channel)
    end = instance.file.horizon.start + timedelta(days=instance.file.horizon.days)
    found = np.zeros(len(content), dtype=np.int64)
    for number in np.unique(channel).tolist():
        mine, owner = np.flatnonzero(channel == number), instance.channels[number]
        for day in range(WEEK):
            fits, taken = np.zeros(len(mine), dtype=bool), np.zeros(len(mine), dtype=bool)
            # A place may be in a window of the day before or after, by the calendar.
            for shift in (-1, 0, 1):
                on = end + timedelta(days=day + shift)
                begin = clock[mine] + timeline.broadcast_start - shift * DAY
                for window in owner.windows_on(on):
                    inside = (begin >= window.start) & (begin + minutes[mine] <= window.end)
                    inside &= begin % (window.start_every or timeline.grid) == 0
                    fits |= inside & instance.contents.matches(window.accept, owner.territory)[content[mine]]
                for anchor in _anchors_on(instance, owner.id, on):
                    taken |= (begin < anchor.end) & (begin + minutes[mine] > anchor.start)
            found[mine] |= np.where(fits & ~taken, 1 << day, 0)
    return found


def _anchors_on(instance: Instance, channel: str, day: date) -> list[Anchor]:
    weekday = WEEKDAYS[day.weekday()]
    return [
        one for one in instance.anchors if one.channel == channel and (one.date == day or weekday in (one.days or ()))
    ]


def _shown(airings: Airings, bundles: Bundles, clock: Ints, last: Ints) -> Ints:
    """(b,) The days of the horizon's last week on which a bundle has a whole place at its last start, as bits.

    Days on which the clock of the channel changes are left out. `last` is the last start of each bundle.
    """
    instance, begin = airings.instance, airings.instance.timeline.days - WEEK
    here = np.flatnonzero((airings.broadcast_day[bundles.airing] >= begin) & (airings.run[bundles.airing] == 1))
    owner = np.repeat(np.arange(len(bundles)), np.diff(bundles.first))[here]
    at = bundles.airing[here]
    day = airings.broadcast_day[at] - begin
    inside = day < WEEK
    owner, at, day = owner[inside], at[inside], day[inside]
    cell = owner * WEEK + day
    whole = np.bincount(cell)[cell] >= instance.placements.episodes[airings.content[at], airings.channel[at]]
    there = whole & (clock[at] == last[owner]) & _steady(instance)[airings.channel[at], day]
    found = np.zeros(len(bundles), dtype=np.int64)
    np.bitwise_or.at(found, owner[there], 1 << day[there])
    return found


def _steady(instance: Instance) -> Flags:
    """(channels, 7) On which days of the horizon's last week the clock of a channel does not change."""
    timeline = instance.timeline
    found = np.zeros((len(instance.channels), WEEK), dtype=bool)
    for number, channel in enumerate(instance.channels):
        for day in range(max(timeline.days - WEEK, 0), timeline.days):
            begin, end = (timeline.local_minute(channel.zone, one, timeline.broadcast_start) for one in (day, day + 1))
            found[number, day - timeline.days + WEEK] = end - begin == DAY
    return found
