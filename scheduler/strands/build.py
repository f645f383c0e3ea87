"""All bundles: first runs of one version of a series on one channel at one start on the days of a day set.

A bundle contains all open days of its day set from its first day on, until the episodes or the horizon end. A place has
one to three episodes, each directly after the one before; the last place has the remaining episodes. A day is open if
all airings of a place are admissible and overlap no place that a lock or another title holds, and if the series has no
airing on it that was announced and did not air, and no first run at a lock.
Depending on the line of `placement`, a missed episode adds one episode to the next place, or a place at the weekend
(`missed`), or the series may change its start on a Monday (`slot_changes`). An event that begins in the horizon and
does not end in it must be able to continue directly after it (`after_horizon`). The bundles of a series in a territory
form a group. At most one bundle of a group is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import ranges
from scheduler.moments import DAY, WEEK
from scheduler.strands.after_horizon import continuing
from scheduler.strands.bundles import Bundles, FirstRunsAtLocks, start_clock
from scheduler.strands.exceptions import Exceptions, at_exceptions, days_of, exceptions_of, only_in_bundles
from scheduler.strands.followers import with_followers
from scheduler.strands.held_places import overlap_held_places, overlap_own_locks
from scheduler.strands.missed import owed, with_missed_episodes, without_missed_days
from scheduler.strands.ongoing import day_sets_kept, slots_before
from scheduler.strands.run_lengths import finishing, lasting
from scheduler.strands.slot_changes import changed_bundles
from scheduler.strands.week_after import open_weekdays, week_after

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.strands.ongoing import Slot


def build_bundles(airings: Airings) -> Bundles:
    """All bundles of an instance's placed series."""
    instance, territories = airings.instance, len(airings.instance.file.territories)
    key = airings.programme * territories + airings.territory
    locks, placed = exceptions_of(instance), np.flatnonzero(only_in_bundles(airings))
    clock = start_clock(airings)
    before = slots_before(instance)
    usable = without_missed_days(airings, placed)
    usable = usable[~(overlap_held_places(airings) | overlap_own_locks(airings))[usable]]
    usable = _without_days(airings, usable, key, {of: days_of(instance, at) for of, at in locks.first.items()})
    place = _places(airings, usable)
    heads = usable[place[usable, 0] >= 0]
    regular = open_weekdays(airings, usable, clock)
    left = _episodes_left(instance, locks)
    # Whether a series must continue does not depend on what airs at locks without a run: none of their days counts.
    every = {of: locks.choices(of)[-1] for of in locks.either}
    least = _without_days(airings, heads, key, _days_at(instance, locks, every))
    free, held, opening = _held_to_slots(airings, least, clock, key, before, territories)
    rests = np.union1d(
        _resting(airings, free, key, before, held, opening), np.flatnonzero(_less(left, every, territories) <= 0)
    )
    # Bundles are built for each choice of first runs at locks without a run. By the first choice there are none.
    parts = [(np.zeros(0, dtype=np.int64),) * 7]
    for number in range(max((len(locks.choices(of)) for of in locks.either), default=1)):
        chosen = {of: choices[number] for of in locks.either if len(choices := locks.choices(of)) > number}
        away = _days_at(instance, locks, chosen)
        mine = np.isin(key, [programme * territories + at for programme, at in chosen]) | (number == 0)
        at = _without_days(airings, heads[mine[heads]], key, away)
        at = _kept_in_slots(airings, at, clock, key, before, held)
        episodes = _less(left, chosen, territories)[key]
        day_open = _without_days(airings, usable, key, away)
        for size, airing, begin, after, allowed in _of_choice(
            airings, at, clock, key, episodes, place, before, held, day_open, opening, regular
        ):
            remaining = episodes[airing[np.cumsum(size) - size]] - size
            parts.append((size, airing, begin, np.full(len(size), number), remaining, after, allowed.astype(np.int64)))
    size, airing, begin, choice, remaining, after, allowed = (np.concatenate(part) for part in zip(*parts, strict=True))
    series = key, placed, held, rests, clock, opening
    bundles = _distinct(airings, size, airing, begin, choice, remaining, after, allowed != 0, *series)
    at_locks = _first_runs_at_locks(airings, key, locks)
    return with_followers(airings, replace(bundles, at_locks=at_locks), held)


def _of_choice(
    airings: Airings,
    at: Ints,
    clock: Ints,
    key: Ints,
    left: Ints,
    place: Ints,
    before: dict[tuple[int, int], Slot],
    held: Ints,
    usable: Ints,
    opening: Flags,
    regular: Ints,
) -> Iterator[tuple[Ints, Ints, Ints, Ints, Flags]]:
    """What `_of_day_set` finds for each line of `placement` and day set. `at` are the first airings of places."""
    instance, territories = airings.instance, len(airings.instance.file.territories)
    line = instance.placements.line[airings.content, airings.channel]
    for number in np.unique(line[at]).tolist():
        mine = at[line[at] == number]
        day_sets = instance.placements.weekdays(number)
        for days in day_sets:
            changed = _without_day_set(days, day_sets, before, territories)
            mine_here = mine[~np.isin(key[mine], np.intersect1d(changed, held))]
            yield _of_day_set(airings, mine_here, clock, left, days, place, number, usable, opening, regular)


def _resting(
    airings: Airings, at: Ints, key: Ints, before: dict[tuple[int, int], Slot], held: Ints, opening: Flags
) -> Ints:
    """Keys of the series in `held` that have a possible day set without an open day in their slot.

    `at` are the first airings of possible places.
    """
    instance, territories = airings.instance, len(airings.instance.file.territories)
    line = instance.placements.line[airings.content, airings.channel]
    weekday = (airings.broadcast_day + instance.timeline.first_day.weekday()) % WEEK
    rests = np.zeros(0, dtype=np.int64)
    in_slot = at[opening[at] & np.isin(key[at], held)]
    for number in np.unique(line[in_slot]).tolist():
        mine = in_slot[line[in_slot] == number]
        day_sets = instance.placements.weekdays(number)
        for days in day_sets:
            here = mine[~np.isin(key[mine], _without_day_set(days, day_sets, before, territories))]
            rests = np.union1d(rests, np.setdiff1d(key[here], key[here[np.isin(weekday[here], [*days])]]))
    return rests


def _of_day_set(
    airings: Airings,
    at: Ints,
    clock: Ints,
    left: Ints,
    days: frozenset[int],
    place: Ints,
    number: int,
    usable: Ints,
    opening: Flags,
    regular: Ints,
) -> tuple[Ints, Ints, Ints, Ints, Flags]:
    """The bundles of one line and day set.

    Returns
    -------
    length of each bundle, airings, first day of its own places, days after the horizon as `week_after`, and whether the
    bundle is possible with this day set.
    """
    line = airings.instance.placements.lines[number]
    place = place[:, : line.episodes_per_place]
    part = _bundles_of(airings, at, clock, left, days, place, each_day=line.kind == "event")
    begin = airings.broadcast_day[part[1][np.cumsum(part[0]) - part[0]]]
    part = with_missed_episodes(airings, part, usable, clock, left, line.episodes_per_place)
    if line.slot_change_price is not None:
        size, airing = changed_bundles(airings, _owing_nothing(airings, at), clock, left, days, place, opening)
        begin = np.concatenate([begin, airings.broadcast_day[airing[np.cumsum(size) - size]]])
        part = np.concatenate([part[0], size]), np.concatenate([part[1], airing])
    kept = np.ones(len(part[0]), dtype=bool)
    if line.kind == "event":
        kept &= continuing(airings, part, clock, left, place, number, at)
    if line.must_finish:
        kept &= finishing(airings, part, clock, left, days, place)
    if line.weeks_at_least > 1:
        kept &= lasting(airings, part, clock, left, days, place, line.weeks_at_least)
    return *part, begin, week_after(airings, part, clock, left, days, place, regular), kept


def _owing_nothing(airings: Airings, at: Ints) -> Ints:
    """Airings of series that have no missed episode to make up for; the others do not change their slot."""
    codes = list(airings.instance.file.territories)
    owing = [programme * len(codes) + codes.index(code) for programme, code in owed(airings.instance)]
    return at[~np.isin(airings.programme[at] * len(codes) + airings.territory[at], owing)]


def _places(airings: Airings, at: Ints) -> Ints:
    """(n, k) the airings of the place that begins with each airing, −1 if no place does.

    Only airings in `at` are in a place. All airings of a place are in one window and on one broadcast day.
    """
    instance, n = airings.instance, len(airings)
    episodes = instance.placements.episodes[airings.content[at], airings.channel[at]]
    place = np.full((n, int(episodes.max(initial=1))), -1, dtype=np.int64)
    # A place begins at a start mark of its window. Its episode j starts j · (length of an airing) later. Where one of
    # them is missing, not usable, in another window or on another day, there is no place.
    window, start, grid = airings.column("window"), airings.column("start"), instance.timeline.grid
    marked = (start[at] - instance.windows.first_start[window[at]]) % instance.windows.every[window[at]] == 0
    head, episodes = at[marked], episodes[marked]
    place[head, 0] = head
    usable = np.zeros(n + 1, dtype=bool)
    usable[at] = True
    for position in range(1, place.shape[1]):
        more = head[episodes > position]
        minute = airings.start_minute[more] + position * grid * airings.column("steps")[more]
        found = airings.find(airings.content[more], airings.channel[more], minute, airings.run[more])
        together = usable[found] & (window[found] == window[more])
        together &= airings.broadcast_day[found] == airings.broadcast_day[more]
        place[more, position] = found
        place[more[~together]] = -1
    cut = (place[head, : place.shape[1]] < 0) & (np.arange(place.shape[1]) < episodes[:, None])
    place[head[cut.any(axis=1)]] = -1
    return place


def _held_to_slots(
    airings: Airings, at: Ints, clock: Ints, key: Ints, before: dict[tuple[int, int], Slot], territories: int
) -> tuple[Ints, Ints, Flags]:
    """(placed airings, keys of series that keep their slot, airings with whose slot a changing bundle may begin).

    A series keeps its slot if the slot is still open. If a change has a price, it may take another start there. A
    bundle that changes its slot in the horizon begins in the slot before the horizon. If that is closed, it has changed
    already.
    """
    opening = np.ones(len(airings), dtype=bool)
    held = []
    for (programme, territory), slot in before.items():
        number = programme * territories + territory
        exact = (airings.channel == slot.channel) & (airings.content == slot.content) & (clock == slot.clock)
        mine = (key[at] == number) & exact[at]
        opening[(key == number) & ~(exact & bool(mine.any()))] = False
        if mine.any():
            held.append(number)
    keys = np.array(held, dtype=np.int64)
    return _kept_in_slots(airings, at, clock, key, before, keys), keys, opening


def _kept_in_slots(
    airings: Airings, at: Ints, clock: Ints, key: Ints, before: dict[tuple[int, int], Slot], held: Ints
) -> Ints:
    """Leave out places in other slots of series that keep their slot. With a price, another start is possible there."""
    lines, territories = airings.instance.placements.lines, len(airings.instance.file.territories)
    priced = np.array([*(line.slot_change_price is not None for line in lines), False], dtype=bool)
    changes = priced[airings.instance.placements.line[airings.content[at], airings.channel[at]]]
    keep = np.ones(len(at), dtype=bool)
    for (programme, territory), slot in before.items():
        number = programme * territories + territory
        if number in held:
            there = (airings.channel[at] == slot.channel) & (airings.content[at] == slot.content)
            keep &= (key[at] != number) | (there & (changes | (clock[at] == slot.clock)))
    return at[keep]


def _without_day_set(
    days: frozenset[int], day_sets: list[frozenset[int]], before: dict[tuple[int, int], Slot], territories: int
) -> Ints:
    """Keys of the series that had a slot before the horizon and whose weekdays would change with a day set."""
    return np.array(
        [
            programme * territories + territory
            for (programme, territory), slot in before.items()
            if days not in day_sets_kept(day_sets, slot)
        ],
        dtype=np.int64,
    )


def _without_days(airings: Airings, at: Ints, key: Ints, days: dict[tuple[int, int], list[int]]) -> Ints:
    """Leave out the airings of some series (programme, territory) on some broadcast days."""
    out, territories = np.zeros(len(at), dtype=bool), len(airings.instance.file.territories)
    for (programme, territory), of_series in days.items():
        if of_series:
            mine = key[at] == programme * territories + territory
            out |= mine & np.isin(airings.broadcast_day[at], of_series)
    return at[~out]


def _days_at(
    instance: Instance, locks: Exceptions, chosen: dict[tuple[int, int], frozenset[int]]
) -> dict[tuple[int, int], list[int]]:
    """The broadcast days of chosen locks without a run, by series."""
    return {of: days_of(instance, [locks.either[of][one] for one in sorted(some)]) for of, some in chosen.items()}


def _episodes_left(instance: Instance, locks: Exceptions) -> Ints:
    """(programmes · territories,) number of episodes without a first run, also without first runs of locks."""
    return np.array(
        [
            max(instance.past.left(number, code, item.episodes) - len(locks.first.get((number, at), ())), 0)
            for number, item in enumerate(instance.programmes)
            for at, code in enumerate(instance.file.territories)
        ],
        dtype=np.int64,
    )


def _less(left: Ints, chosen: dict[tuple[int, int], frozenset[int]], territories: int) -> Ints:
    """The episodes left without those at chosen locks."""
    fewer = left.copy()
    for (programme, territory), some in chosen.items():
        fewer[programme * territories + territory] -= len(some)
    return np.maximum(fewer, 0)


def _first_runs_at_locks(airings: Airings, key: Ints, locks: Exceptions) -> tuple[FirstRunsAtLocks, ...]:
    """Of each series with locks without a run, the first runs at these, and the choices among them."""
    hit, territories = at_exceptions(airings, locks, "first"), len(airings.instance.file.territories)
    found = []
    for of, places in locks.either.items():
        mine = np.flatnonzero(hit & (key == of[0] * territories + of[1]))
        at = tuple(
            mine[(airings.channel[mine] == channel) & (airings.start_minute[mine] == minute)]
            for channel, minute in places
        )
        if places:
            found.append(FirstRunsAtLocks(of[0] * territories + of[1], at, locks.choices(of)))
    return tuple(found)


def _bundles_of(
    airings: Airings, at: Ints, clock: Ints, left: Ints, days: frozenset[int], place: Ints, *, each_day: bool
) -> tuple[Ints, Ints]:
    """(length of each bundle, concatenated airings of all bundles) for one day set. `place` is a result of `_places`.

    A strand begins on the first open day of a week, an event on any day (`each_day`).
    """
    # Heads of places are sorted by slot and day. A bundle begins at `begin` and contains the places up to the end of
    # its slot (`end`), but at most the episodes that are left.
    day = airings.broadcast_day[at]
    first_weekday = airings.instance.timeline.first_day.weekday()
    at = at[np.isin((day + first_weekday) % 7, sorted(days))]
    slot = (airings.content[at] * len(airings.instance.channels) + airings.channel[at]) * DAY + clock[at]
    order = np.lexsort((airings.broadcast_day[at], slot))
    at, slot = at[order], slot[order]
    day = airings.broadcast_day[at]
    new_slot = np.diff(slot, prepend=-1) != 0
    twice = ~new_slot & (np.diff(day, prepend=-9) == 0)  # a clock that is set back shows a start twice
    at, slot, day, new_slot = at[~twice], slot[~twice], day[~twice], new_slot[~twice]
    begins = (
        np.ones(len(at), dtype=bool) if each_day else new_slot | (np.diff((day + first_weekday) // 7, prepend=-9) != 0)
    )
    begin = np.flatnonzero(begins)
    ends = np.append(np.flatnonzero(new_slot)[1:], len(at))
    end = ends[np.cumsum(new_slot)[begin] - 1] if len(begin) else begin
    episodes = place.shape[1]
    length = np.minimum((end - begin) * episodes, left[at[begin]])
    begin, length = begin[length > 0], length[length > 0]
    within = ranges(length)
    return length, place[at[np.repeat(begin, length) + within // episodes], within % episodes]


def _distinct(
    airings: Airings,
    length: Ints,
    airing: Ints,
    begin: Ints,
    choice: Ints,
    remaining: Ints,
    after: Ints,
    allowed: Flags,
    key: Ints,
    placed: Ints,
    held: Ints,
    rests: Ints,
    clock: Ints,
    opening: Flags,
) -> Bundles:
    """The distinct bundles, sorted by group. Bundles of a series that keeps its slot (`held`) begin in its first week.

    Parameters
    ----------
    begin, choice, remaining
        (b,) First day of each bundle's own places, choice of first runs at locks, number of episodes after it.
    after, allowed
        (b,) The days of the week after the horizon, as bits, and whether a bundle is possible, each with one day set.
        The same bundle may come from several day sets. It is kept if one of them allows it.
    rests
        Keys that have a day set without an open day, or no episode. Such a series need not continue.
    clock, opening
        (n,) Start of every airing, and whether it is in the slot that its series had before.
    """
    # Bundles are equal if their airings and choices are. They are compared by the sum of random marks (mod 2⁶⁴),
    # so two different bundles are equal with a probability of about 2⁻⁶².
    marks = np.random.default_rng(0).integers(1, 2**62, size=len(airings) + 1, dtype=np.uint64)
    first = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(length)])
    total = np.add.reduceat(marks[airing], first[:-1]) if len(length) else np.zeros(0, dtype=np.uint64)
    distinct, same = np.unique(total + choice.astype(np.uint64) * marks[-1], return_inverse=True)
    always = np.full(len(distinct), -1, dtype=np.int64)
    np.bitwise_and.at(always, same, after)
    possible = np.flatnonzero(allowed)
    kept = possible[np.unique(same[possible], return_index=True)[1]]
    head = airing[first[:-1]]
    late = np.zeros(len(head), dtype=bool)
    opens = head[possible]
    late[possible] = _begins_late(begin[possible], choice[possible], key[opens], held, clock[opens], opening[opens])
    kept = kept[~late[kept]]
    kept = kept[np.lexsort((kept, key[head[kept]]))]
    size = length[kept]
    within = ranges(size)
    group_key, group = np.unique(key[head[kept]], return_inverse=True)
    return Bundles(
        first=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(size)]),
        airing=airing[np.repeat(first[:-1][kept], size) + within],
        group=group.astype(np.int64),
        group_key=group_key,
        ongoing=np.isin(group_key, np.setdiff1d(held, rests)),
        placed=placed,
        channel=airings.channel,
        series=key,
        choice=choice[kept],
        remaining=remaining[kept],
        week_after=always[same[kept]],
        resting=np.setdiff1d(held, group_key),
        stuck=np.setdiff1d(held, np.union1d(group_key, rests)),
    )


def _begins_late(day: Ints, choice: Ints, key: Ints, held: Ints, clock: Ints, opening: Flags) -> Flags:
    """Which bundles of series that continue begin later than the first week of their start or of the slot before."""
    late = np.zeros(len(day), dtype=bool)
    several = choice.max(initial=0) + 1
    for one in np.unique((key * several + choice)[np.isin(key, held)]).tolist():
        mine = np.flatnonzero(key * several + choice == one)
        _, row = np.unique(clock[mine], return_inverse=True)
        first = np.full(len(mine), day[mine[opening[mine]]].min(initial=10**6))
        np.minimum.at(first, row, day[mine])
        late[mine] = day[mine] - first[row] >= WEEK
    return late
