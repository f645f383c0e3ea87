"""The days on which a series in a slot must air, as the check counts them from a timetable.

Bundles (`scheduler/strands`) and their rows share no code with this module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from scheduler.moments import DAY, WEEK
from scheduler.rules.open_days import opens_on
from scheduler.strands import Exceptions, Slot, day_sets_kept, days_of, owed

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.rules.framework.entries import Shown
    from scheduler.rules.open_days import OpenDays

WEEKEND = (5, 6)


@dataclass(frozen=True, slots=True)
class Expected:
    """The days on which a series must air in a slot: open days of a day set, at most `left` of them.

    A slot is (channel, programme version, minutes since the broadcast day began).
    """

    instance: Instance
    open_days: OpenDays
    locked: frozenset[date]
    left: int
    before: Slot | None = None  # the slot that the series keeps
    missed: tuple[tuple[int, date], ...] = ()  # (channel, day) of announced airings that did not air
    owed: tuple[date, ...] = ()  # days that did not air and are not made up yet
    begun: bool = False  # whether episodes aired before the horizon
    change: tuple[date, int] | None = None  # the Monday of a change of slot, and the start from then on
    moved_out: bool = False  # whether its slot before the horizon has no open day
    goes_on: bool = False  # whether it must continue in its slot before the horizon

    def days_of(self, channel: int, content: int, clock: int, episodes: int | None = None) -> list[date]:
        """Open days of a slot, without days on which the series has a locked airing or did not air.

        `episodes` is the number of episodes in the place, by default that of the slot.
        """
        if clock >= DAY:
            return []
        if self.change is not None:
            (monday, then), alone = self.change, replace(self, change=None)
            sooner, later = (alone.days_of(channel, content, one, episodes) for one in (clock, then))
            return [day for day in sooner if day < monday] + [day for day in later if day >= monday]
        first = self.instance.timeline.first_day
        days = (first + timedelta(days=day) for day in self.open_days.of(channel, content, clock, episodes))
        return [day for day in days if day not in self.locked and (channel, day) not in self.missed]

    def start_on(self, slot: tuple[int, int, int], day: date) -> int:
        """Minutes since the broadcast day began at which a place begins on a day."""
        return slot[2] if self.change is None or day < self.change[0] else self.change[1]

    def made_up(self, slot: tuple[int, int, int], aired: list[date]) -> dict[date, int]:
        """The number of episodes on each day that makes up for missed ones, with the day set that fits best."""
        found = self._wrong_by_day_set(slot, aired)
        return min(found, key=lambda one: one[1], default=(frozenset(), 0, {}))[2]

    def _made_up(self, slot: tuple[int, int, int], days: list[date], *, earlier: bool) -> dict[date, int]:
        """The number of episodes on each day that makes up for missed ones.

        `days` are the days of the slot's own places. With `earlier`, a day at the weekend may be before the first of
        them.
        """
        channel, content, _ = slot
        kind = self.instance.placements.lines[int(self.instance.placements.line[content, channel])].missed_episode
        missed = [day for day in self.owed if self.begun or day > days[0]] if days else []
        if kind == "shift" or not missed:
            return {}
        episodes = self.episodes(slot) + 1
        longer = set(self.days_of(*slot, episodes))
        most = {day: episodes for day in days if day in longer}
        if kind == "catch_up":
            beside = [day for day in self.days_of(*slot, 1) if day not in days and (earlier or day >= days[0])]
            most |= dict.fromkeys(beside, 1)
            most = {day: episodes for day, episodes in most.items() if day.weekday() in WEEKEND}
        found: dict[date, int] = {}
        for lost in missed:
            free = [day for day in most if day > lost and day not in found]
            if free:
                found[min(free)] = most[min(free)]
        return found

    def day_sets(self, channel: int, content: int) -> list[frozenset[int]]:
        """The day sets that the series may have on a channel."""
        line = int(self.instance.placements.line[content, channel])
        sets = [] if line < 0 else self.instance.placements.weekdays(line)
        return sets if self.before is None else day_sets_kept(sets, self.before)

    def begins(self, channel: int, content: int, clock: int) -> list[date]:
        """The first open day of every day set that has one, if episodes are left."""
        days = self.days_of(channel, content, clock)
        sets = self.day_sets(channel, content) if self.left > 0 else []
        firsts = (next((day for day in days if day.weekday() in one), None) for one in sets)
        return [day for day in firsts if day is not None]

    def can_continue(self, channel: int, content: int, clock: int) -> bool:
        """Whether every possible day set of the series has an open day."""
        first = self.begins(channel, content, clock)
        return bool(first) and len(first) == len(self.day_sets(channel, content))

    def wrong_days(self, slot: tuple[int, int, int], aired: list[date], *, going: bool) -> int:
        """The number of missing and superfluous days against the day set that fits best."""
        begins = self.begins(*slot)
        if self.before is not None:
            begins += self.begins(self.before.channel, self.before.content, self.before.clock)
        late = going and (aired[0] - min(begins, default=aired[0])).days >= WEEK
        wrong = (count for _, count, _ in self._wrong_by_day_set(slot, aired))
        least = min(wrong, default=len(aired) + len(self.days_of(*slot)) + 1)
        return max(least, int(late))

    def episodes(self, slot: tuple[int, int, int]) -> int:
        """The number of episodes in a place of a slot."""
        return int(self.instance.placements.episodes[slot[1], slot[0]])

    def off_slot(self, slot: tuple[int, int, int], airs: list[Shown], made_up: dict[date, int]) -> tuple[int, int]:
        """(airings outside the slot's place on their day, episodes too many or too few in places).

        `made_up` is the number of episodes on each day that makes up for missed ones.
        """
        instance, episodes = self.instance, self.episodes(slot)
        length = -(-int(instance.contents.minutes[slot[1]]) // instance.timeline.grid) * instance.timeline.grid
        by_day: dict[date, list[Shown]] = {}
        for one in airs:
            by_day.setdefault(one.day, []).append(one)
        off = uneven = before = 0
        for day in sorted(by_day):
            full = made_up.get(day, episodes)
            wanted = min(max(self.left - before, 1), full)
            before += full
            mine = [one for one in by_day[day] if (one.channel, one.content) == slot[:2]]
            begin = next((one.start for one in mine if clock_of(instance, one) == self.start_on(slot, day)), None)
            places = set() if begin is None else {begin + position * length for position in range(wanted)}
            off += len(by_day[day]) - sum(one.start in places for one in mine)
            uneven += abs(len(by_day[day]) - wanted)
        return off, uneven

    def is_named(self, slot: tuple[int, int, int], day: date) -> bool:
        """Whether a place that begins in a slot on a broadcast day is in a named slot of the channel."""
        instance, owner = self.instance, self.instance.channels[slot[0]]
        programme, grid = instance.programmes[int(instance.contents.programme[slot[1]])], instance.timeline.grid
        length = (self.episodes(slot) - 1) * -(-programme.minutes // grid) * grid + programme.minutes
        return any(
            (one.start - instance.timeline.broadcast_start) % DAY == self.start_on(slot, day)
            and one.holds_on(day)
            and length <= (one.minutes or length)
            and bool(instance.contents.matches(one.accept, owner.territory)[slot[1]])
            for one in owner.slots
        )

    def episodes_lost(self, slot: tuple[int, int, int], aired: list[date], count: int) -> int:
        """The number of episodes that no day within the rights can show after `count` episodes in the horizon.

        It is 0 if the series may stop.
        """
        line = self.instance.placements.lines[int(self.instance.placements.line[slot[1], slot[0]])]
        if not line.must_finish:
            return 0
        left = (self.left - count - len(days) * self.episodes(slot) for days in self._after(slot, aired, count))
        return max(min(left, default=0), 0)

    def weeks(self, slot: tuple[int, int, int], aired: list[date], count: int) -> int:
        """The weeks, Monday to Sunday, from the first place to the last one, in the horizon or after it."""
        line = self.instance.placements.lines[int(self.instance.placements.line[slot[1], slot[0]])]
        begin, found = aired[0] - timedelta(days=aired[0].weekday()), 0
        for days in self._after(slot, aired, count):
            ends = self.left - count <= len(days) * self.episodes(slot)
            if ends or not line.must_finish:
                found = max(found, ((days or aired)[-1] - begin).days // WEEK + 1)
        return found

    def _after(self, slot: tuple[int, int, int], aired: list[date], count: int) -> Iterator[list[date]]:
        """For each day set that fits, the days after the horizon on which the series continues until its rights end."""
        instance, episodes = self.instance, self.episodes(slot)
        last = self._last_day((*slot[:2], self.start_on(slot, aired[-1])))
        begin = instance.file.horizon.start + timedelta(days=instance.file.horizon.days)
        places = -(-max(self.left - count, 0) // episodes)
        for one in self.day_sets_of(slot, aired):
            every = (begin + timedelta(days=day) for day in range(WEEK * places))
            found = [day for day in every if day.weekday() in one and (last is None or day <= last)]
            yield found[:places]

    def week_after(self, slot: tuple[int, int, int], day_sets: list[frozenset[int]], count: int) -> frozenset[date]:
        """The days of the week after the horizon on which a series has a place with each of some day sets.

        `count` is the number of its first runs in the horizon.
        """
        instance, episodes = self.instance, self.episodes(slot)
        horizon, last = instance.file.horizon, self._last_day(slot)
        begin = horizon.start + timedelta(days=horizon.days)
        week = [begin + timedelta(days=day) for day in range(WEEK)]
        is_open = [day for day in week if opens_on(instance, *slot, episodes, day)]
        places = -(-max(self.left - count, 0) // episodes)
        each = [[day for day in is_open if day.weekday() in one][:places] for one in day_sets]
        kept = [frozenset(day for day in days if last is None or day <= last) for days in each]
        return frozenset.intersection(*kept) if kept else frozenset()

    def _last_day(self, slot: tuple[int, int, int]) -> date | None:
        """The last broadcast day on which the rights allow a place in a slot."""
        instance = self.instance
        programme = instance.programmes[int(instance.contents.programme[slot[1]])]
        length = -(-programme.minutes // instance.timeline.grid) * instance.timeline.grid
        ends = instance.timeline.broadcast_start + slot[2] + (self.episodes(slot) - 1) * length + programme.minutes
        return None if programme.rights_to is None else programme.rights_to - timedelta(days=(ends - 1) // DAY)

    def day_sets_of(self, slot: tuple[int, int, int], aired: list[date]) -> list[frozenset[int]]:
        """The day sets that require exactly the days on which a series airs in a slot."""
        return [days for days, wrong, _ in self._wrong_by_day_set(slot, aired) if not wrong]

    def _wrong_by_day_set(
        self, slot: tuple[int, int, int], aired: list[date]
    ) -> Iterator[tuple[frozenset[int], int, dict[date, int]]]:
        """(day set, number of missing and superfluous days, episodes that are made up) of every possible day set."""
        channel, content, _ = slot
        line = int(self.instance.placements.line[content, channel])
        any_day = self.instance.placements.lines[line].kind == "event"
        begin = aired[0] if any_day else aired[0] - timedelta(days=aired[0].weekday())
        for one in self.day_sets(channel, content):
            every = [day for day in self.days_of(*slot) if day.weekday() in one]
            own = [day for day in every if day >= begin]
            made_up = self._made_up(slot, own, earlier=self.begun and own[:1] == every[:1])
            wanted, episodes = set(), 0
            for day in sorted({*own, *made_up}):
                if episodes < self.left:
                    wanted.add(day)
                    episodes += made_up.get(day, self.episodes(slot))
            yield one, len(wanted ^ set(aired)), made_up


def missed_days(instance: Instance, programme: int, territory: int) -> tuple[tuple[int, date], ...]:
    """(channel, broadcast day) of each announced first run of a series that did not air."""
    runs = instance.past.not_aired.get((programme, list(instance.file.territories)[territory]), ())
    return tuple((run.channel, instance.timeline.first_day + timedelta(days=run.day)) for run in runs)


def expected_days(
    instance: Instance,
    open_days: OpenDays,
    key: tuple[int, int],
    locks: Exceptions,
    before: Slot | None,
    chosen: frozenset[int] = frozenset(),
) -> Expected:
    """The required days of a series (programme, territory). It keeps its previous slot if that has an open day.

    Days and episodes of locked first runs do not count, also if a timetable does not have them. Whether the series
    keeps its slot and must continue is said without the days of locks that may be first runs.

    Parameters
    ----------
    chosen
        Of its locks without a run, by position, those at which first runs air.
    """
    code, programme = list(instance.file.territories)[key[1]], instance.programmes[key[0]]
    sure, either = locks.first.get(key, ()), locks.either.get(key, ())
    left = instance.past.left(key[0], code, programme.episodes)
    begun = instance.past.last_episode(key[0], code) > 0
    owes = tuple(instance.timeline.first_day + timedelta(days=day) for day in owed(instance).get((key[0], code), ()))
    missed = missed_days(instance, *key)

    def without(places: tuple[tuple[int, int], ...]) -> Expected:
        days = frozenset(instance.timeline.first_day + timedelta(days=day) for day in days_of(instance, places))
        return Expected(instance, open_days, days, left - len(places), missed=missed, owed=owes, begun=begun)

    least = without((*sure, *either))
    held = before is not None and bool(least.days_of(before.channel, before.content, before.clock))
    kept = before if held else None
    least = replace(least, before=kept)
    goes_on = kept is not None and least.can_continue(kept.channel, kept.content, kept.clock)
    runs = without((*sure, *(either[at] for at in sorted(chosen))))
    return replace(runs, before=kept, moved_out=before is not None and not held, goes_on=goes_on)


def slots_of(instance: Instance, airs: list[Shown]) -> Counter[tuple[int, int, int]]:
    """The number of airings in each slot (channel, content, clock).

    Of the airings of a place only the first one counts.
    """
    first: dict[date, int] = {}
    for one in airs:
        first[one.day] = min(one.start, first.get(one.day, one.start))
    return Counter(
        (one.channel, one.content, clock_of(instance, one))
        for one in airs
        if instance.longest_places[one.content, one.channel] == 1 or one.start == first[one.day]
    )


def clock_of(instance: Instance, one: Shown) -> int:
    """Minutes since the broadcast day began. A day is added if the clock was set back and shows this time again."""
    timeline, day = instance.timeline, (one.local.date() - instance.timeline.first_day).days
    first = timeline.local_minute(instance.channels[one.channel].zone, day, one.local.hour * 60 + one.local.minute)
    return one.clock(timeline.broadcast_start) + (0 if one.start == first else DAY)
