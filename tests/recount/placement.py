"""Series in regular slots counted again from a `Folder`: what `placement` says, in minutes of the channels' clocks.

A series that is irregular in any way is one row (`regular`): it is not defined which of its airings are the
wrong ones.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

from tests.recount.courses import (
    Course,
    at_wall,
    days_after,
    days_of,
    lost_places,
    missed_rows,
    must_finish,
    owed,
    own_places,
    planned_days,
)
from tests.recount.folder import WEEKDAYS, cells, clock, day_of, weekdays, words
from tests.recount.sharing import is_barred
from tests.recount.structure import (
    has_aired,
    is_locked_place,
    is_simulcast,
    left_of,
    line_of,
    locks_at_places,
    may_be_locked,
    moment_of,
    on_grid,
    on_record,
    open_minutes,
    planned,
    repeats,
    runs_on_record,
    seen_in,
)

EVERY, SINGLE = frozenset(range(7)), [frozenset({day}) for day in range(7)]
USUAL = {
    "strand": [EVERY, *(frozenset(range(*ends)) for ends in ((0, 5), (0, 4), (5, 7))), *SINGLE],
    "event": [EVERY],
    "weekly": SINGLE,
}


class Series:
    """A title in the channels of one territory."""

    def __init__(self, counting, title, code):
        self.counting, self.world, self.title, self.code = counting, counting.world, title, code
        self.row = self.world.programmes[title]
        self.windows = {}
        series = [one for one in planned(self.world) if one.first and one.item.identity == title and self.here(one)]
        locks, airs = locks_at_places(counting, title, code), {(one.channel, one.moment) for one in series}
        either = [place for place, runs in locks.items() if None in runs and "first" not in runs]
        shown = [place for place in either if place in airs]
        self.odd_locks = len(shown) if len(either) > 3 and len(shown) < len(either) else 0
        sure = [place for place, runs in locks.items() if "first" in runs]
        self.kept = [one for one in series if not may_be_locked(counting, one) and self.line(one.item, one.channel)]
        self.missed = lost_places(self)
        self.begun = bool(on_record_of(self))
        left = len(left_of(counting, title, code))
        self.before = self.old = self.slot_before()
        self.at_locks([*sure, *either], left)
        if self.before and not self.open_days(*self.before[:3]):
            self.before = None
        self.goes_on = self.must_go_on()
        self.at_locks([*sure, *shown], left)

    def at_locks(self, places, left):
        """Leave out the days of some locks, and the episodes that air there."""
        self.locked, self.left = {self.world._broadcast_day(*place) for place in places}, left - len(places)

    def here(self, one):
        return self.world.channels[one.channel]["territory"] == self.code

    def line(self, item, channel):
        return line_of(self.counting, item, channel)

    def places(self, item, channel):
        return int((self.line(item, channel) or {}).get("episodes_per_place", 1))

    def day_sets(self, item, channel):
        line = self.line(item, channel) or {}
        sets = [frozenset(map(WEEKDAYS.index, weekdays(days))) for days in line.get("day_sets") or []]
        sets = sets or USUAL.get(line.get("as"), [])
        if self.before is None:
            return sets
        *_, known, whole, committed = self.before
        kept = [one for one in sets if one in committed] or [one for one in sets if whole and one == known]
        return kept or [one for one in sets if one >= known] or sets

    def slot_before(self):
        """(channel, version, clock, weekdays, whether these are all, day sets of a commitment) that it keeps."""
        world = self.world
        if not left_of(self.counting, self.title, self.code):
            return None
        for said in reversed(world.tables["commitments"]):
            if said["programme"] == self.title and world.channels[said["channel"]]["territory"] == self.code:
                sets = [frozenset(map(WEEKDAYS.index, weekdays(one))) for one in said["days"].split(";")]
                item = world.versions.get((self.title, said["version_language"], said["version_kind"]))
                if item and not self.line(item, said["channel"]):
                    continue
                start = clock(said["start"]) % 1440
                return item and (said["channel"], item, start, frozenset.intersection(*sets), len(sets) == 1, sets)
        last = last_slot(self, placed=True)
        return last and (*last, ())

    def open_minute(self, channel, start, day):
        """The minute at which a channel's clock shows a start on a broadcast day, −1 where it does not."""
        world = self.world
        legal = day + timedelta(days=start < world.begins)
        at = world.at_clock(channel, legal, start)
        exact = world.wall(channel, world.moment(at)) == datetime(*legal.timetuple()[:3]) + timedelta(minutes=start)
        return at if exact and 0 <= at < world.length - 1440 else -1

    def open_days(self, channel, item, start, episodes=None):
        """The broadcast days on which a place could begin at a start, without other airings."""
        world, found = self.world, []
        if not all(left_of(self.counting, self.title, code) for code in seen_in(world, channel)):
            return found
        episodes, length = episodes or self.places(item, channel), on_grid(world, item.minutes)
        day = world.known_from - timedelta(days=2)
        while day <= world.last + timedelta(days=2):
            at = self.open_minute(channel, start, day)
            starts = [at + place * length for place in range(episodes)]
            if at >= 0 and self.is_free(channel, day) and self.lets(channel, item, starts, day):
                found.append(day)
            day += timedelta(days=1)
        return found

    def is_free(self, channel, day):
        return day not in self.locked and (channel, day) not in self.missed

    def lets(self, channel, item, starts, day, *, marks=True):
        """Whether windows, rights and rules let a version begin at some minutes of one window."""
        world = self.world
        if channel not in self.windows:
            self.windows[channel] = open_minutes(world, channel)
        owner, windows = self.windows[channel]
        grid = int(world.said.get("grid_minutes", 5))
        if starts[0] % grid or (marks and world._broadcast_day(channel, world.moment(starts[-1])) != day):
            return False
        spans = [owner[at : at + on_grid(world, item.minutes)] for at in starts]
        if any((span != span[0]).any() or span[0] < 0 for span in spans) or (marks and spans[0][0] != spans[-1][0]):
            return False
        length = on_grid(world, item.minutes)
        if any(held_by_another(world, self.title, channel, at, at + length) for at in starts):
            return False
        if marks and any(held_by_own_lock(self.counting, self.title, channel, at, at + length) for at in starts):
            return False
        window = windows[spans[0][0]]
        if marks and world.wall(channel, world.moment(starts[0])).minute % int(window.get("start_every") or grid):
            return False
        return self.counting.fits(window.get("accept"), item, channel) and all(
            self.may_air(channel, item, at) for at in starts
        )

    def may_air(self, channel, item, at):
        world, row = self.world, self.row
        allowed = [code for code in cells(row.get("territories")) if code != "*"]
        first, last = day_of(row.get("rights_from") or None), day_of(row.get("rights_to") or None)
        begins, ends = (world.wall(channel, world.moment(minute)).date() for minute in (at, at + item.minutes - 1))
        if (allowed and not seen_in(world, channel) <= set(allowed)) or (first and begins < first):
            return False
        moment = world.moment(at)
        if is_barred(world, self.title, channel, moment, world._broadcast_day(channel, moment)):
            return False
        return not (last and ends > last) and not any(
            bans(self.counting, rule, channel, item, at) for rule in world.said.get("rules", [])
        )

    def span(self, channel, item, start, day, count):
        """(begin, end) of a place by the channel's clock, in minutes."""
        begin = day.toordinal() * 1440 + (start - self.world.begins) % 1440
        return begin, begin + count * on_grid(self.world, item.minutes)

    def times_taken(self):
        """(channel, (begin, end)) of first runs in slots, except those of an event that begins."""
        aired = [one for one in self.world.entries if one.past and not one.anchor and one.first]
        mine = [*self.kept, *(one for one in aired if one.item.identity == self.title and self.here(one))]
        return [
            (one.channel, self.span(one.channel, one.item, self.reading(one), one.day, 1))
            for one in mine
            if (line := self.line(one.item, one.channel)) and (line.get("as") != "event" or self.begun)
        ]

    def ahead(self, course):
        """(channel, {day: (begin, end)}, closed days) of an event that begins and does not end in the horizon.

        The days are those of the last week with the weekdays on which it continues.
        """
        world, channel, item = self.world, course.channel, course.item
        left, count = self.left - len(self.kept), self.places(item, channel)
        if self.begun or left <= 0 or self.line(item, channel).get("as") != "event":
            return None
        aired, days = {one.day.weekday() for one in self.kept}, set()
        for day_set in self.day_sets(item, channel):
            week = [world.last + timedelta(days=day) for day in range(-6, 1)]
            if aired <= day_set:
                days |= {*[day for day in week if day.weekday() in day_set][: -(-left // count)]}
        days = {day for day in days if day >= world.start}
        possible = self.open_days(channel, item, course.start)
        closed = {day for day in days if day >= world.planned_from[channel] and day not in possible}
        return channel, {day: self.span(channel, item, course.start, day, count) for day in days}, closed

    def later(self, course):
        """(channel, {day: (begin, end)}, begun, False) of a series that continues in the week after the horizon.

        The days are those of the week after the horizon, a week earlier. With several day sets, only days of all count.
        """
        channel, item = course.channel, course.item
        days = sorted({one.day for one in self.kept})
        if self.line(item, channel).get("as") == "event" and not self.begun:
            return channel, {}, False, False
        sets = self.asked_by(course, days)
        return channel, self.next_week(channel, item, course.start_on(days[-1]), sets), self.begun, False

    def resting(self):
        """The same of a series that has begun, keeps its slot, and has no open day there: (…, True, True)."""
        locked = locks_at_places(self.counting, self.title, self.code)
        if self.kept or not self.before or not self.begun or self.left <= 0 or locked:
            return None
        channel, item, start = self.before[:3]
        sets = self.day_sets(item, channel)
        if self.change_price(channel, item) is not None:
            return None
        if any(day.weekday() in one for day in self.open_days(channel, item, start) for one in sets):
            return None
        return channel, self.next_week(channel, item, start, sets), True, True

    def next_week(self, channel, item, start, day_sets):
        """{day a week earlier: (begin, end)} of the places after the horizon with each of some day sets."""
        world, count, ends = self.world, self.places(item, channel), day_of(self.row.get("rights_to") or None)
        length = count * on_grid(world, item.minutes)
        after = (start - world.begins) % 1440 + world.begins + length - on_grid(world, item.minutes) + item.minutes
        last = None if ends is None else ends - timedelta(days=(after - 1) // 1440)
        week = [world.last + timedelta(days=day) for day in range(1, 8)]
        there = [day for day in week if self.usually_open(channel, item, start, length, day)]
        most = -(-max(self.left - len(self.kept), 0) // count)
        each = [
            {day for day in [d for d in there if d.weekday() in one][:most] if not last or day <= last}
            for one in day_sets
        ]
        week = set.intersection(*each) if each else set()
        back = timedelta(days=7)
        return {day - back: self.span(channel, item, start, day - back, count) for day in week}

    def usually_open(self, channel, item, start, length, day):
        """Whether a window holds a place on a broadcast day after the horizon, and no anchor meets it."""
        world, begin = self.world, (start - self.world.begins) % 1440 + self.world.begins
        place = [(day + timedelta(days=shift), begin - 1440 * shift) for shift in (-1, 0, 1)]
        windows = world.channels[channel].get("windows", [])
        own = {day_of(one) for window in windows for one in words(window.get("dates"))}

        def holds(window, on, at):
            if window.get("dates") is not None:
                there = on in {day_of(one) for one in words(window["dates"])}
            else:
                there = WEEKDAYS[on.weekday()] in weekdays(window["days"]) and on not in own
            inside = clock(window["start"]) <= at and at + length <= clock(window["end"])
            every = int(window.get("start_every") or world.said.get("grid_minutes", 5))
            return there and inside and at % every == 0 and self.counting.fits(window.get("accept"), item, channel)

        def meets(row, on, at):
            there = on == day_of(row["date"]) if row.get("date") else WEEKDAYS[on.weekday()] in weekdays(row["days"])
            return row["channel"] == channel and there and at < clock(row["end"]) and clock(row["start"]) < at + length

        taken = any(meets(row, *one) for row in world.tables["anchors"] for one in place)
        return not taken and any(holds(window, *one) for window in windows for one in place)

    def out_of_order(self):
        """How many first runs that the territory sees show another episode than the one that is next."""
        world, again, seen = self.world, repeats(self.counting, self.title), set()
        order = list(world.channels)
        for one in planned(world):
            shown = one.first and one.item.identity == self.title and not again.is_repeat(one)
            if shown and self.code in seen_in(world, one.channel):
                where = 0 if is_simulcast(world, self.title) else order.index(one.channel)
                seen.add((one.day, one.start, where, one.episode))
        coming = left_of(self.counting, self.title, self.code)
        coming += [0] * len(seen)
        return sum(episode != due for (*_, episode), due in zip(sorted(seen), coming, strict=False))

    # -- verdicts ---------------------------------------------------------------------------------------------------

    def slot(self, airs):
        """(channel, version, clock) of the first airings on most of the days of some airings."""
        first = {}
        for one in sorted(airs, key=lambda one: one.start):
            first.setdefault(one.day, one)
        clocks = Counter((one.channel, id(one.item), self.reading(one)) for one in first.values())
        (channel, item, start), _ = max(clocks.items(), key=lambda pair: pair[1])
        return channel, next(one.item for one in airs if id(one.item) == item), start

    def reading(self, one):
        wall = self.world.wall(one.channel, one.moment)
        return wall.hour * 60 + wall.minute

    def change_price(self, channel, item):
        return (self.line(item, channel) or {}).get("slot_change_price")

    def courses(self):
        """The slot of its airings, or that of before; then every change of start on a Monday that it may make."""
        channel, item, start = self.slot(self.kept)
        if self.before:
            same = (channel, item) == self.before[:2] and self.change_price(channel, item) is not None
            channel, item, start = (channel, item, start) if same else self.before[:3]
        yield Course(channel, item, start)
        if owed(self) or (self.old and not self.before):
            return
        days = sorted({one.day for one in self.kept})
        monday = days[0] + timedelta(days=7 - days[0].weekday())
        while monday <= days[-1]:
            then = self.slot([one for one in self.kept if one.day >= monday])
            slot = self.slot([one for one in self.kept if one.day < monday])
            stays = slot[:2] == then[:2] and slot != then and (not self.before or slot == self.before[:3])
            if stays and self.change_price(*slot[:2]) is not None:
                yield Course(*slot, monday, then[2])
            monday += timedelta(days=7)

    def regular(self):
        """The course in which all its airings are, on the days of one day set; None if there is none."""
        shown = defaultdict(list)
        for one in self.kept:
            shown[one.day].append((one.channel, id(one.item), one.start))
        shown = {day: sorted(places) for day, places in shown.items()}
        for course in self.courses():
            length = on_grid(self.world, course.item.minutes)
            for days in self.asked_by(course, sorted(shown)):
                wanted = {}
                for day, episodes in planned_days(self, course, days, min(shown)).items():
                    at = self.open_minute(course.channel, course.start_on(day), day)
                    wanted[day] = [(course.channel, id(course.item), at + one * length) for one in range(episodes)]
                if wanted == shown:
                    return course
        return None

    def asked_by(self, course, days):
        """The day sets that ask for exactly some days in a course."""
        if self.before and self.left > 0:
            sets = self.day_sets(course.item, course.channel)
            old = self.open_days(*self.before[:3]) if course.channel == self.before[0] else []
            each = [
                min((day for day in every if day.weekday() in one), default=None)
                for every in (days_of(self, course), old)
                for one in sets
            ]
            if (days[0] - min((day for day in each if day), default=days[0])).days >= 7:
                return []
        return [
            one
            for one in self.day_sets(course.item, course.channel)
            if sorted(planned_days(self, course, one, days[0])) == days
        ]

    def must_go_on(self):
        """Whether each day set that it may have has an open day in its slot."""
        if not self.before or self.left <= 0:
            return False
        channel, item, start = self.before[:3]
        every = self.open_days(channel, item, start)
        sets = self.day_sets(item, channel)
        return bool(sets) and all(any(day.weekday() in one for day in every) for one in sets)

    def lost(self, course):
        """The episodes for which its rights leave no day after the horizon."""
        line = self.line(course.item, course.channel)
        if day_of(self.row.get("rights_to") or None) is None or not must_finish(line) or on_record_of(self):
            return 0
        later = days_after(self, course)
        places = max(map(len, later))
        return max(self.left - len(self.kept) - places * self.places(course.item, course.channel), 0)

    def weeks_short(self, course):
        """The weeks by which its run is shorter than its line asks for."""
        line, days = self.line(course.item, course.channel), sorted({one.day for one in self.kept})
        least = int(line.get("weeks_at_least", 1))
        if least == 1 or on_record_of(self):
            return 0
        left, weeks = self.left - len(self.kept), 0
        for later in days_after(self, course):
            if must_finish(line) and left > len(later) * self.places(course.item, course.channel):
                continue
            last = (later or days)[-1]
            weeks = max(
                weeks,
                len({(days[0] + timedelta(days=at)).isocalendar()[:2] for at in range((last - days[0]).days + 1)}),
            )
        return max(least - weeks, 0)

    def changes(self, course):
        """How often it takes another start: instead of the slot before the horizon, and in the horizon."""
        moved = self.old is not None and (course.channel, course.item, course.start) != self.old[:3]
        return moved + (course.monday is not None)

    def unnamed(self, course):
        """Its places in no named slot of its channel."""
        item, channel = course.item, course.channel
        length = (self.places(item, channel) - 1) * on_grid(self.world, item.minutes) + item.minutes
        count = 0
        for day in {one.day for one in self.kept}:
            count += not any(
                clock(slot["start"]) % 1440 == course.start_on(day)
                and WEEKDAYS[day.weekday()] in weekdays(slot["days"])
                and (not slot.get("first") or day >= day_of(slot["first"]))
                and (not slot.get("last") or day <= day_of(slot["last"]))
                and length <= int(slot.get("minutes") or length)
                and self.counting.fits(slot.get("accept"), item, channel)
                for slot in self.world.channels[channel].get("slots", [])
            )
        return count

    def follows(self):
        """Whether its season begins after the one before it has ended, in that one's slot."""
        other = Series(self.counting, self.row["after"], self.code)
        mine = {(one.channel, self.reading(one)) for one in first_of_day(self)[:1]}
        left = left_of(self.counting, other.title, self.code)
        if not left:
            free = last_slot(other)
            return bool(free) and mine == {(free[0], free[2])}
        firsts = [one for one in planned(self.world) if one.first and self.here(one)]
        theirs = [one for one in firsts if one.item.identity == other.title]
        begins = min(one.day for one in self.kept)
        ended = {one.episode for one in theirs} == set(left) and all(one.day < begins for one in theirs)
        return ended and mine <= {(one.channel, self.reading(one)) for one in first_of_day(other)[-1:]}

    def asked_repeats(self):
        """(channel, version, minute, episode) of each repeat that its followers ask for.

        Without first runs in the horizon it may repeat those on record, on the channel and in the version of the last.
        """
        world, slots = self.world, {(one.channel, id(one.item)) for one in self.kept}
        if not repeats(self.counting, self.title).allowed:
            return set()
        aired = [(one, count) for one, count in runs_on_record(self.counting, self.title) if one.first]
        there = [one for one, _ in aired if self.here(one) and not is_locked_place(world, one)]
        if len(slots) == 1:
            (channel, _), item = next(iter(slots)), self.kept[0].item
            again = self.before and self.before[0] == channel and self.before[1] is item
        elif not slots and there and not self.goes_on:
            channel, item, again = there[-1].channel, there[-1].item, True
        else:
            return set()
        hours, most = repeats(self.counting, self.title).allowed
        runs = [(one.start, one.day, one.episode) for one in self.kept]
        used = Counter()
        for one, count in [(one, count) for one, count in aired if again and not is_locked_place(world, one)]:
            if one.channel == channel and one.item is item:
                runs.append((one.start, one.day, one.episode))
                used[one.start] = count
        found = set()
        for follower in (self.line(item, channel) or {}).get("followers") or []:
            blocks = defaultdict(list)
            for start, day, episode in sorted(runs):
                after = follower.get("after_days")
                if after is None:
                    after = (WEEKDAYS.index(follower["omnibus"]) - day.weekday()) % 7 or None
                if after is not None:
                    blocks[day + timedelta(days=after)].append((start, episode))
            for day, block in blocks.items():
                at = self.open_minute(channel, clock(follower["start"]) % 1440, day)
                starts = [at + place * on_grid(world, item.minutes) for place in range(len(block))]
                within = all(
                    0 < start - run <= hours * 60 and used[run] < most
                    for start, (run, _) in zip(starts, block, strict=True)
                )
                each = all(self.lets(channel, item, [start], day, marks=False) for start in starts)
                if at >= 0 and within and each:
                    found |= {(channel, id(item), start, of) for start, (_, of) in zip(starts, block, strict=True)}
                    used.update({run: 1 for run, _ in block})
        return {
            one
            for one in found
            if not any(
                lock.get("channel") == one[0]
                and lock.get("programme") == self.title
                and lock.get("start_utc")
                and world.minute_of(datetime.fromisoformat(lock["start_utc"])) == one[2]
                for lock in world.locks
            )
        }


def first_of_day(series):
    found = {}
    for one in sorted(series.kept, key=lambda one: one.start):
        found.setdefault(one.day, one)
    return [*found.values()]


def held_by_another(world, title, channel, begin, end):
    """Whether another title has a lock, or a link-up that must be, on a channel within some minutes."""
    held = [
        (lock["programme"], moment_of(lock), lock.get("duration_min"))
        for lock in world.locks
        if lock.get("channel") == channel and lock.get("programme") and lock.get("start_utc")
    ]
    for rule in world.said.get("rules", []):
        names, at = words(rule.get("channels", [])), rule.get("at")
        needed = rule["type"] == "link_up" and at and rule.get("times", 1) and channel in names
        if needed and rule.get("hard") is not False and int(rule.get("least_channels") or len(names)) == len(names):
            instant = datetime.fromisoformat(str(at))
            day = world._broadcast_day(channel, instant)
            if str(rule.get("valid_from") or day) <= str(day) <= str(rule.get("valid_to") or day):
                held += [(name, instant, None) for name in words(rule["programmes"])]
    return any(
        of != title
        and world.moment(begin) < instant + timedelta(minutes=int(minutes or world.programmes[of]["minutes"]))
        and instant < world.moment(end)
        for of, instant, minutes in held
    )


def held_by_own_lock(counting, title, channel, begin, end):
    """Whether a title has a lock on a channel within some minutes."""
    world, usual = counting.world, int(counting.world.programmes[title]["minutes"])
    return any(
        world.moment(begin) < moment_of(lock) + timedelta(minutes=int(lock.get("duration_min") or usual))
        and moment_of(lock) < world.moment(end)
        for lock in world.locks
        if (lock.get("channel"), lock.get("programme")) == (channel, title) and lock.get("start_utc")
        if not has_aired(world, lock)
    )


def on_record_of(series):
    return [row for row in on_record(series.counting) if row[0] == series.title
            and series.code in seen_in(series.world, row[2])]  # fmt: skip


def last_slot(series, *, placed=False):
    """(channel, version, clock, weekdays, whether these are all) of the last first runs on record in a territory.

    With `placed` those where the title airs freely do not count.
    """
    world = series.world

    def is_free(row):
        item = world.versions.get((series.title, row["version_language"], row["version_kind"]))
        return item is not None and not series.line(item, row["channel"])

    rows = [
        row
        for row in sorted(world.tables["history"], key=lambda row: datetime.fromisoformat(row["start_utc"]))
        if row["programme"] == series.title
        and row.get("anchor") != "yes"
        and row["run"] == "first"
        and world.channels[row["channel"]]["territory"] == series.code
        and not (placed and is_free(row))
    ]
    starts = Counter((row["channel"], datetime.fromisoformat(row["start_utc"]).time()) for row in rows)
    if any(not was_locked(world, row) for row in rows) or max(starts.values(), default=0) < 2:
        rows = [row for row in rows if not was_locked(world, row)]
    if not rows:
        return None
    channel = rows[-1]["channel"]
    item = world.versions.get((series.title, rows[-1]["version_language"], rows[-1]["version_kind"]))
    if item is None:
        return None
    missed = (series.line(item, channel) or {}).get("missed_episode", "shift")
    rows = own_places(series, rows) if missed == "catch_up" else rows
    began = [at_wall(world, row) for row in rows if row["channel"] == channel]
    first = began[-1][1]
    if series.line(item, channel) and (series.places(item, channel) > 1 or missed != "shift"):
        first = min(wall for day, wall in began if day == began[-1][0])
    days = [day for day, wall in began if wall.time() == first.time()]
    told = [at_wall(world, row) for row in missed_rows(series) if row["channel"] == channel]
    week = {day for day, wall in told if wall.time() == first.time() and day <= days[-1]} | set(days)
    weekdays_of = frozenset(day.weekday() for day in week if (days[-1] - day).days < 7)
    return channel, item, first.hour * 60 + first.minute, weekdays_of, (world.start - days[0]).days >= 7


def was_locked(world, row):
    """Whether a lock names the channel, the start and the title of a row on record."""
    place = row["channel"], row["programme"], datetime.fromisoformat(row["start_utc"])
    return any((lock.get("channel"), lock.get("programme"), moment_of(lock)) == place for lock in world.locks)


def bans(counting, rule, channel, item, at):
    """Whether a hard rule lets nothing of a version be shown at a minute."""
    world, kind = counting.world, rule["type"]
    if kind == "link_up" and item.identity in words(rule["programmes"]):
        fixed = rule.get("at") is not None and world.moment(at) != datetime.fromisoformat(str(rule["at"]))
        return channel not in words(rule["channels"]) or fixed
    if rule.get("hard") is False or rule.get("price") is not None or kind not in BANS:
        return False
    if channel not in counting.scope(rule):
        return False
    day = world._broadcast_day(channel, world.moment(at))
    return BANS[kind](counting, rule, channel, item, range(at, at + item.minutes), day)


def _quota(counting, rule, channel, item, minutes, day):
    if rule.get("most_minutes") != 0 and rule.get("most_count") != 0:
        return False
    run = rule["select"].get("run")
    if run == "rerun" or not counting.fits(rule["select"], item, channel):
        return False
    inside = counting.within(rule, channel, rule.get("hours"))
    return bool(inside[minutes[0]] if rule.get("most_count") == 0 else inside[minutes[0] : minutes[-1] + 1].any())


def _age(counting, rule, channel, item, minutes, day):
    as_quota = {**rule, "select": {"age": rule["age"]}, "hours": rule["barred"], "most_minutes": 0}
    return _quota(counting, as_quota, channel, item, minutes, day)


def _calendar(counting, rule, channel, item, minutes, day):
    return any(
        bool(rule.get("bar"))
        and counting.holds(rule, dated)
        and _quota(
            counting,
            {**rule, "select": rule.get("bar"), "most_minutes": 0, "valid_from": dated, "valid_to": dated},
            channel, item, minutes, day,
        )
        for dated in map(day_of, rule["dates"])
    )  # fmt: skip


def _languages(counting, rule, channel, item, minutes, day):
    select = rule.get("select")
    if select and (select.get("run") == "rerun" or not counting.fits(select, item, channel)):
        return False
    fits = not rule.get("audio") or item.audio in words(rule["audio"])
    fits = fits and (not rule.get("version_kinds") or item.kind in words(rule["version_kinds"]))
    return not fits and bool(counting.within(rule, channel)[minutes[0] : minutes[-1] + 1].any())


BANS = {"quota": _quota, "age_watershed": _age, "calendar": _calendar, "languages": _languages}


def placement(counting):
    """Everything in which series in regular slots are wrong."""
    world, found = counting.world, Counter()
    every = [*planned(world), *(one for one in world.entries if one.past and not one.anchor)]
    keys = {(one.item.identity, world.channels[one.channel]["territory"]) for one in every}
    keys |= {(row["programme"], world.channels[row["channel"]]["territory"]) for row in world.tables["commitments"]}
    keys |= {
        (row["programme"], world.channels[row["channel"]]["territory"])
        for row in world.tables["history"]
        if row["programme"] in world.programmes
    }
    taken, events, others = [], {}, {}
    for title, code in sorted(keys):
        series = Series(counting, title, code)
        again = repeats(counting, title)
        mine = [one for one in planned(world) if one.item.identity == title and series.here(one)]
        free = {
            (one.channel, id(one.item), one.start, one.episode)
            for one in mine
            if again.is_repeat(one) and not one.first and not is_locked_place(world, one)
        }
        wrong = series.asked_repeats() ^ free if series.kept or free else set()
        if wrong:
            found["placement", code, "horizon", f"repeats: {title}"] = 1
        if series.kept and (count := series.out_of_order()):
            found["placement", code, "horizon", f"episodes: {title}"] = count
        if series.kept and series.odd_locks:
            found["placement", code, "horizon", f"locks: {title}"] = series.odd_locks
        course = series.regular() if series.kept else None
        taken += series.times_taken()
        if course and (ahead := series.ahead(course)):
            events[title, code] = ahead
        elif course:
            others[title, code] = series.later(course)
        elif rests := series.resting():
            others[title, code] = rests
        if series.kept and not course:
            found["placement", code, "horizon", f"regular: {title}"] = 1
        if series.goes_on and not (course and not wrong):
            found["placement", code, "horizon", f"goes on: {title}"] = 1
        if series.kept and series.row.get("after") and not on_record_of(series) and not series.follows():
            found["placement", code, "horizon", f"after the season before: {title}"] = 1
        if course:
            lost = series.lost(course)
            short = 0 if lost else series.weeks_short(course)
            if lost:
                found["placement", code, "horizon", f"finishes: {title}"] = lost
            if short:
                found["placement", code, "horizon", f"weeks: {title}"] = short
            line = series.line(course.item, course.channel)
            if not (lost or short or wrong):
                priced = {
                    "free start": line.get("free_start_price") and series.unnamed(course),
                    "slot change": line.get("slot_change_price") and series.changes(course),
                }
                found.update(
                    {
                        ("placement", course.channel, "horizon", f"{what}: {title}"): of
                        for what, of in priced.items()
                        if of
                    }
                )
        slots = Counter(
            (one.channel, id(one.item), series.reading(one))
            for one in mine
            if not one.first
            and not again.is_repeat(one)
            and not (again.allowed and is_locked_place(world, one))
            and not may_be_locked(counting, one)
            and series.line(one.item, one.channel)
        )
        if slots and slots.total() > max(slots.values()):
            found["placement", code, "horizon", f"reruns in one slot: {title}"] = slots.total() - max(slots.values())
    return found | after_horizon(events, taken) | meetings(others, events)


def meetings(others, events):
    """The days after the horizon on which two series that continue meet."""
    found, places = Counter(), defaultdict(list)
    every = {**others, **{key: (channel, times, False, False) for key, (channel, times, _) in events.items()}}
    for key, (channel, times, _, rests) in every.items():
        places[channel] += [(key, span, rests) for span in times.values()]
    for key, (channel, times, begun, rests) in every.items():
        met = {
            day
            for day, (begin, end) in times.items()
            for other, (at, last), other_rests in places[channel]
            if other != key and at < end and begin < last
            if not begun * other_rests and not rests and (other_rests or key not in events)
        }
        if met:
            found["placement", key[1], "horizon", f"after the horizon: {key[0]}"] = len(met)
    return found


def after_horizon(events, taken):
    """The days on which events cannot continue. `taken` has (channel, (begin, end)) of first runs in slots."""
    found = Counter()
    for (title, code), (channel, times, closed) in events.items():
        others = [span for where, span in taken if where == channel]
        for key, (where, spans, _) in events.items():
            others += spans.values() if key != (title, code) and where == channel else ()
        met = {day for day, (begin, end) in times.items() if any(at < end and begin < last for at, last in others)}
        if met | closed:
            found["placement", code, "horizon", f"after the horizon: {title}"] = len(met | closed)
    return found


def keep(counting):
    """The runs that a plan uses of titles that are worth something after it."""
    found = Counter()
    for one in planned(counting.world):
        title = one.item.identity
        if int(counting.world.programmes[title].get("keep_value") or 0):
            found["keep", "everywhere", "horizon", title] += not repeats(counting, title).is_repeat(one)
    return Counter({key: count for key, count in found.items() if count})
