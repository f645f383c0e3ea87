"""Bundles after a place that did not air: they get one more episode, or one more place at the weekend.

A series owes one episode for each row of history.csv with the status `not_aired`, until history.csv has an episode that
makes up for it. Bundles that begin before the day of the row, and all bundles of a series that began before the
horizon, make up for it. They use the first possible day after the row that is not used for another row:

double: a day of the bundle on which one more episode fits directly after the place;
catch_up: a Saturday or Sunday, with a place of one episode at the bundle's start, or directly after the bundle's own.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import ranges
from scheduler.instance import Placement
from scheduler.instance.derived.history import broadcast_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Aired, Instance

WEEK, SATURDAY = 7, 5


def made_up(instance: Instance, rows: Sequence[Aired]) -> dict[int, int]:
    """The number of first runs, by broadcast day, that made up for missed ones, in addition to a place of the line.

    With catch_up it is also a single first run at the weekend, on a weekday on which the series had not aired before
    the first missed one.

    Parameters
    ----------
    rows
        First runs of one series in one territory.
    """
    programme = instance.programme_index[rows[0].programme]
    of = {channel.id: channel for channel in instance.channels}
    lost = instance.past.not_aired.get((programme, of[rows[0].channel].territory), ())
    if not lost:
        return {}
    line = _line(instance, programme, lost[0].channel)
    timeline = instance.timeline
    days = Counter(broadcast_day(timeline, of[row.channel], timeline.minute_of(row.start_utc)) for row in rows)
    begin = lost[0].day
    usual = {_weekday(instance, day) for day in days if day < begin}
    found = {}
    for day, count in sorted(days.items()):
        weekday = _weekday(instance, day)
        weekend = line.missed_episode == "catch_up" and usual and weekday >= SATURDAY and weekday not in usual
        own = 0 if weekend and count == 1 else line.episodes_per_place
        if day > begin and count > own:
            found[day] = count - own
    return found


def owed(instance: Instance) -> dict[tuple[int, str], tuple[int, ...]]:
    """The broadcast days of places that did not air and are not yet made up, by programme and territory."""
    found = {}
    territory = {channel.id: channel.territory for channel in instance.channels}
    for (programme, code), lost in instance.past.not_aired.items():
        name = instance.programmes[programme].programme
        rows = [row for row in instance.history if row.programme == name and territory[row.channel] == code]
        first = [row for row in rows if not row.anchor and row.run == "first"]
        days = [run.day for run in lost]
        for day, count in made_up(instance, first).items() if first else ():
            for _ in range(count):
                days = _without_first(days, day)
        if days and _line(instance, programme, lost[0].channel).missed_episode != "shift":
            found[programme, code] = tuple(days)
    return found


def _without_first(days: list[int], later: int) -> list[int]:
    """Days without the first one before another day."""
    at = next((at for at, day in enumerate(days) if day < later), None)
    return days if at is None else days[:at] + days[at + 1 :]


def _line(instance: Instance, programme: int, channel: int) -> Placement:
    """The line of `placement` that holds for a programme on a channel."""
    placements = instance.placements
    mine = placements.line[instance.contents.programme[: instance.contents.version_count] == programme, channel]
    placed = mine[mine >= 0].tolist()
    return placements.lines[placed[0]] if placed else Placement.model_validate({"as": "free"})


def _weekday(instance: Instance, day: int) -> int:
    return (day + instance.timeline.first_day.weekday()) % WEEK


def without_missed_days(airings: Airings, at: Ints) -> Ints:
    """Leave out the days on which a series was announced on a channel but did not air.

    Parameters
    ----------
    at
        (k,) Airings.
    """
    instance = airings.instance
    out = np.zeros(len(at), dtype=bool)
    for (programme, _), runs in instance.past.not_aired.items():
        mine = airings.programme[at] == programme
        for run in runs:
            out |= mine & (airings.channel[at] == run.channel) & (airings.broadcast_day[at] == run.day)
    return at[~out]


def with_missed_episodes(
    airings: Airings, part: tuple[Ints, Ints], usable: Ints, clock: Ints, left: Ints, episodes: int
) -> tuple[Ints, Ints]:
    """Add to the bundles of one line and day set the airings that make up for missed episodes.

    Parameters
    ----------
    part
        (length of each bundle, concatenated airings of all bundles).
    usable
        Airings that may be in a place.
    clock
        (n,) minutes since the broadcast day began.
    left
        (n,) number of episodes of each airing's series without a first run.
    episodes
        Episodes in a place.
    """
    length, airing = part
    instance, codes = airings.instance, list(airings.instance.file.territories)
    missed = {(key[0], codes.index(key[1])): days for key, days in owed(instance).items()}
    if not missed or not len(length):
        return part
    first = np.cumsum(length) - length
    heads = airing[first]
    lines = instance.placements.line[airings.content[heads], airings.channel[heads]]
    series = airings.programme[heads] * len(codes) + airings.territory[heads]
    owing = np.flatnonzero(np.isin(series, [programme * len(codes) + at for programme, at in missed]))
    slot = np.stack([airings.content[heads], airings.channel[heads], clock[heads]])
    earliest = _first_of_slot(slot, airings.broadcast_day[heads])
    sizes, bundles = length.tolist(), [airing]
    changed = np.zeros(len(length), dtype=bool)
    for number in owing.tolist():
        kind = instance.placements.lines[int(lines[number])].missed_episode
        if kind == "shift":
            continue
        key = divmod(int(series[number]), len(codes))
        mine = airing[first[number] : first[number] + length[number]]
        begun = instance.past.last_episode(key[0], codes[key[1]]) > 0
        days = [day for day in missed[key] if begun or day > airings.broadcast_day[mine[0]]]
        more = _second(airings, mine, usable, episodes)
        if kind == "catch_up":
            more = _weekend(airings, mine, usable, clock, more, earlier=begun and bool(earliest[number]))
        whole = np.concatenate([mine, np.array(_taken(more, days), dtype=np.int64)])
        order = np.lexsort((airings.start_minute[whole], airings.broadcast_day[whole]))
        whole = whole[order][: int(left[mine[0]])]
        changed[number], sizes[number] = True, len(whole)
        bundles.append(whole)
    if not changed.any():
        return part
    every = np.concatenate(bundles)
    size = np.array(sizes, dtype=np.int64)
    begin = first.copy()
    begin[changed] = len(airing) + np.cumsum(size[changed]) - size[changed]
    return size, every[np.repeat(begin, size) + ranges(size)]


def _first_of_slot(slot: Ints, day: Ints) -> Flags:
    """Which bundles begin on the earliest first day of all bundles in their slot."""
    _, of_slot = np.unique(slot, axis=1, return_inverse=True)
    first = np.full(len(day) + 1, np.iinfo(np.int64).max)
    np.minimum.at(first, of_slot.ravel(), day)
    return np.asarray(day == first[of_slot.ravel()], dtype=bool)


def _second(airings: Airings, mine: Ints, usable: Ints, episodes: int) -> dict[int, int]:
    """By day of a bundle: the airing directly after its place, if one fits into the window and the day."""
    day = airings.broadcast_day[mine]
    last = np.flatnonzero(np.append(np.diff(day) != 0, True))
    count = np.diff(last, prepend=-1)
    ends = mine[last[count == episodes]]
    minute = airings.start_minute[ends] + airings.instance.timeline.grid * airings.column("steps")[ends]
    found = airings.find(airings.content[ends], airings.channel[ends], minute, airings.run[ends])
    window = airings.column("window")
    fits = np.isin(found, usable) & (window[found] == window[ends])
    fits &= airings.broadcast_day[found] == airings.broadcast_day[ends]
    return dict(zip(airings.broadcast_day[ends[fits]].tolist(), found[fits].tolist(), strict=True))


def _weekend(
    airings: Airings, mine: Ints, usable: Ints, clock: Ints, second: dict[int, int], *, earlier: bool
) -> dict[int, int]:
    """By Saturday and Sunday: the airing that can be added to a bundle.

    With `earlier`, the day may be before the bundle.
    """
    head, instance = int(mine[0]), airings.instance
    at = usable[(airings.content[usable] == airings.content[head]) & (airings.channel[usable] == airings.channel[head])]
    at = at[(clock[at] == clock[head]) & (earlier | (airings.broadcast_day[at] >= airings.broadcast_day[head]))]
    window = airings.column("window")[at]
    at = at[(airings.column("start")[at] - instance.windows.first_start[window]) % instance.windows.every[window] == 0]
    at = at[~np.isin(airings.broadcast_day[at], airings.broadcast_day[mine])]
    both = dict(zip(airings.broadcast_day[at].tolist()[::-1], at.tolist()[::-1], strict=True)) | second
    return {day: one for day, one in both.items() if _weekday(instance, day) >= SATURDAY}


def _taken(more: dict[int, int], days: list[int]) -> list[int]:
    """The first airing after each missed day. Each airing is used at most once."""
    taken: dict[int, int] = {}
    for missed in days:
        day = min((one for one in more if one > missed and one not in taken), default=None)
        if day is not None:
            taken[day] = more[day]
    return list(taken.values())
