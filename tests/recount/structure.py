"""A recount, from a `Folder`, of rules that no timetable may break: airtime, anchors, locks, rights, priced slots.

As in `rules`, {(rule, subject, period, what): how often}. Nothing of the scheduler is imported.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, timedelta

import numpy as np

from tests.recount.folder import WEEKDAYS, cells, clock, day_of, weekdays, words


def broken(counting):
    """Everything of the structure that a timetable breaks."""
    found = Counter()
    for part in (airtime, anchors, locks, rights, slots, rubrics):
        found.update(part(counting))
    return found


def planned(world):
    return [one for one in world.entries if not one.past and not one.anchor]


# -- airtime and anchors ----------------------------------------------------------------------------------------------


def on_grid(world, minutes):
    """Minutes rounded up to whole steps."""
    grid = int(world.said.get("grid_minutes", 5))
    return -(-minutes // grid) * grid


def airtime(counting):
    """Airings that are in no window which takes them, and those that begin before another has ended."""
    world, found = counting.world, Counter()
    for name in world.channels:
        owner, windows = open_minutes(world, name)
        for one in planned(world):
            if one.channel == name and out_of_place(counting, one, owner, windows):
                found["airtime", name, one.label, "place"] += 1
        end, fixed = -1, False
        for start, after, is_fixed, label in shown_on(world, name):
            if start < end and not (is_fixed and fixed):
                found["airtime", name, label, "overlap"] += 1
            if after > end:
                end, fixed = after, is_fixed
    return found


def shown_on(world, name):
    """(start, end, whether nobody plans it, label) of all that a timetable and the record show on a channel."""
    found = []
    for one in world.entries:
        if one.channel == name:
            exact = one.anchor or one.past or is_locked(world, one)
            end = one.end if exact else on_grid(world, one.end)
            found.append((one.start, end, one.anchor or one.past, one.label))
    return sorted(found)


def open_minutes(world, name):
    """(for every minute the number of the window that it is open in, −1 for none; the windows)."""
    owner, windows = np.full(world.length, -1), []
    for window, begin, end, aired in world.windows(name):
        if not aired:
            owner[begin:end] = len(windows)
            windows.append(window)
    for _, begin, end, _ in world.dated_anchors(name):
        owner[max(begin, 0) : end] = -1
    for one in world.entries:
        if one.channel == name and one.past:
            owner[max(one.start, 0) : max(one.end, 0)] = -1
    return owner, windows


def out_of_place(counting, one, owner, windows):
    world = counting.world
    grid = int(world.said.get("grid_minutes", 5))
    locked = is_locked(world, one)
    if not locked and (one.minutes != one.item.minutes or one.start % grid):
        return True
    length = one.minutes if locked else on_grid(world, one.minutes)
    inside = owner[one.start : one.start + length]
    if (inside != inside[0]).any() or inside[0] < 0:
        return True
    window = windows[inside[0]]
    every = int(window.get("start_every") or grid)
    minute = world.wall(one.channel, one.moment).minute
    if repeats(counting, one.item.identity).is_repeat(one):
        minute = 0  # repeats begin on any step
    places = episodes_in_a_place(counting, one.item, one.channel) if one.first else 1
    if not locked and all((minute - at * length) % every for at in range(places)):
        return True
    return not counting.fits(window.get("accept"), one.item, one.channel)


def is_locked(world, one):
    """Whether a lock names the channel, the start and the title of an airing, and its length."""
    return any(
        lock.get("channel") == one.channel
        and lock.get("programme") == one.item.identity
        and moment_of(lock) == one.moment
        and int(lock.get("duration_min") or one.item.minutes) == one.minutes
        for lock in world.locks
    )


def moment_of(lock):
    return datetime.fromisoformat(lock["start_utc"]) if lock.get("start_utc") else None


def anchors(counting):
    """Anchors of planned days that the timetable does not have, and anchors that the folder does not have."""
    world, found = counting.world, Counter()
    for name in world.channels:
        wanted = {(begin, end, what.identity) for what, begin, end, aired in world.dated_anchors(name) if not aired}
        listed = {
            (one.start, one.end, one.item.identity)
            for one in world.entries
            if one.channel == name and one.anchor and not one.past
        }
        for begin, *_ in wanted ^ listed:
            found["anchors", name, f"{world.moment(begin):%Y-%m-%dT%H:%MZ}", "anchor"] += 1
    return found


# -- locks ------------------------------------------------------------------------------------------------------------

LOCK_NAMES = ("programme", "episode", "run", "version_language", "version_kind", "duration_min")


def locks(counting):
    """Different locks with fewer fitting airings than lines."""
    world, found = counting.world, Counter()
    airs = [one for one in world.entries if not one.anchor and (not one.past or one.day >= world.start)]
    for text, count in Counter(tuple(sorted(lock.items())) for lock in world.locks).items():
        lock = dict(text)
        when = f"{moment_of(lock):%Y-%m-%dT%H:%MZ}" if lock.get("start_utc") else lock.get("broadcast_date")
        name = " ".join(lock[part] for part in LOCK_NAMES if lock.get(part))
        if is_done(world, lock):
            continue
        title = lock.get("programme") if lock.get("run") == "rerun" else None
        if title and repeats(counting, title).allowed and several_in_a_place(counting, title):
            lock.pop("episode", None)  # such a repeat does not hold its episode
        kept = sum(keeps(world, one, lock) for one in airs)
        if kept < count:
            found[
                "locks", lock.get("channel") or "all channels", when or "horizon", f"lock: {name}".removesuffix(": ")
            ] += count - kept
    return found


def is_done(world, lock):
    """Whether a lock's title has aired at its place before the horizon, or an earlier horizon has judged the lock."""
    moment = moment_of(lock)
    named = ("channel", "start_utc", "programme", "run", "version_language", "version_kind")
    if not all(lock.get(name) for name in named):
        where = [lock["channel"]] if lock.get("channel") else list(world.channels)
        day = max(world.wall(one, moment).date() for one in where) if moment else day_of(lock.get("broadcast_date"))
        return day is not None and day < world.start
    return any(
        one.past and not one.anchor and one.moment == moment and one.day < world.start
        for one in world.entries
        if one.channel == lock.get("channel") and one.item.identity == lock.get("programme")
    )


def keeps(world, one, lock):
    moment = moment_of(lock)
    if moment is not None and one.moment != moment:
        return False
    if moment is None and lock.get("broadcast_date") and one.day != day_of(lock["broadcast_date"]):
        return False
    stated = (
        ("channel", one.channel), ("programme", one.item.identity), ("run", "first" if one.first else "rerun"),
        ("version_language", one.item.language), ("version_kind", one.item.kind),
    )  # fmt: skip
    if any(lock.get(name) and lock[name] != real for name, real in stated):
        return False
    if lock.get("episode") and lock.get("programme") and int(lock["episode"]) != one.episode:
        single = int(world.programmes[lock["programme"]].get("episodes") or 1) == 1 == int(lock["episode"])
        return single and keeps(world, one, {name: text for name, text in lock.items() if name != "episode"})
    length = int(lock.get("duration_min") or one.item.minutes)
    return moment is None or not lock.get("programme") or one.minutes == length


# -- rights -----------------------------------------------------------------------------------------------------------


def rights(counting):
    """Airings outside of their rights; runs too many, too early, of a wrong name, not the same in all territories."""
    found = Counter()
    found.update(outside(counting.world))
    found.update(too_many(counting))
    found.update(of_episodes(counting))
    return found


def outside(world):
    found = Counter()
    for one in planned(world):
        row = world.programmes[one.item.identity]
        allowed = [code for code in cells(row.get("territories")) if code != "*"]
        first, last = day_of(row.get("rights_from") or None), day_of(row.get("rights_to") or None)
        begins = world.wall(one.channel, one.moment).date()
        ends = world.wall(one.channel, one.moment + timedelta(minutes=one.minutes - 1)).date()
        closed = allowed and not seen_in(world, one.channel) <= set(allowed)
        if closed or (first and begins < first) or (last and ends > last):
            found["rights", one.channel, one.label, one.item.identity] += 1
    return found


def seen_in(world, name):
    channel = world.channels[name]
    return set(words(channel.get("coverage")) or [channel["territory"]])


class Repeats:
    """The airings of a title that repeat a run and use none; `allowed` is (hours, times) of its rights, or None."""

    def __init__(self, counting, title):
        world, row = counting.world, counting.world.programmes[title]
        followed = any(
            (line_of(counting, item, name) or {}).get("followers")
            for (of, *_), item in world.versions.items()
            if of == title
            for name in world.channels
        )
        hours = row.get("repeat_within_hours")
        self.allowed = (int(hours), int(row.get("repeats_per_run") or 1)) if hours and followed else None
        order = list(world.channels)
        airs = [one for one in world.entries if not one.anchor and one.item.identity == title]
        airs.sort(key=lambda one: (one.start, order.index(one.channel), one.episode))
        self.of = self._matched(airs)
        self.past = self._matched([one for one in airs if one.past])

    def _matched(self, airs):
        """{repeat: run} by the identity of their entries."""
        found, last, used = {}, {}, Counter()
        for one in airs:
            run = last.get((one.channel, one.episode))
            hours, most = self.allowed or (0, 0)
            if run and 0 < one.start - run.start <= hours * 60 and used[id(run)] < most:
                used[id(run)] += 1
                found[id(one)] = id(run)
            else:
                last[one.channel, one.episode] = one
        return found

    def is_repeat(self, one):
        return id(one) in self.of


def repeats(counting, title):
    if title not in counting.repeats:
        counting.repeats[title] = Repeats(counting, title)
    return counting.repeats[title]


def runs_on_record(counting, title):
    """(run, its repeats on record) of every run of a title that has aired, by start."""
    again = repeats(counting, title).past
    count = Counter(again.values())
    airs = [one for one in counting.world.entries if one.past and not one.anchor and one.item.identity == title]
    return [(one, count[id(one)]) for one in airs if id(one) not in again]


def is_locked_place(world, one):
    """Whether a lock names the channel, the start and the title of an airing."""
    return any(
        lock.get("channel") == one.channel
        and lock.get("programme") == one.item.identity
        and moment_of(lock) == one.moment
        for lock in world.locks
    )


def locks_at_places(counting, title, code):
    """{(channel, moment): runs that its locks may mean} of a title in a territory, with None for either run."""
    world, found = counting.world, defaultdict(set)
    for lock in world.locks:
        if not (lock.get("channel") and lock.get("start_utc") and lock.get("programme") == title):
            continue
        if world.channels[lock["channel"]]["territory"] == code and not has_aired(world, lock):
            found[lock["channel"], moment_of(lock)].add(run_of_lock(counting, lock))
    return found


def has_aired(world, lock):
    """Whether a lock's title is on record at its place before the horizon."""
    return any(
        one.past and not one.anchor and one.day < world.start and one.item.identity == lock["programme"]
        for one in world.entries
        if (one.channel, one.moment) == (lock["channel"], moment_of(lock))
    )


def run_of_lock(counting, lock):
    """The run that a lock names, or the only one that its title can have. None if it can have both."""
    title = lock["programme"]
    if lock.get("run"):
        return lock["run"]
    if not left_of(counting, title, counting.world.channels[lock["channel"]]["territory"]):
        return "rerun"
    again = int(counting.world.programmes[title].get("runs") or 1) > 1 or repeats(counting, title).allowed
    return None if again else "first"


def may_be_locked(counting, one):
    """Whether a lock with title, channel and start may mean an airing."""
    world, run = counting.world, "first" if one.first else "rerun"
    return any(
        lock.get("channel") == one.channel
        and lock.get("programme") == one.item.identity
        and moment_of(lock) == one.moment
        and lock.get("version_language") in (None, "", one.item.language)
        and lock.get("version_kind") in (None, "", one.item.kind)
        and run_of_lock(counting, lock) in (run, None)
        and not has_aired(world, lock)
        for lock in world.locks
    )


def left_of(counting, title, code):
    """The episodes of a title that still have a first run in a territory, in their order."""
    world = counting.world
    aired = {of for name, of, where, _ in on_record(counting) if name == title and code in seen_in(world, where)}
    last, all_of = max(aired, default=0), int(world.programmes[title].get("episodes") or 1)
    lost = {
        int(row.get("episode") or 1)
        for row in world.not_aired
        if row["programme"] == title and row["run"] == "first" and code in seen_in(world, row["channel"])
    }
    return [*sorted(one for one in lost - aired if one < last), *range(last + 1, all_of + 1)]


def on_record(counting):
    """(title, episode, channel, broadcast day) of all runs that have aired, by instant; commitments after them."""
    world, found = counting.world, []
    past = [one for one in world.entries if one.past and not one.anchor]
    for one in sorted(past, key=lambda one: one.moment):
        if id(one) not in repeats(counting, one.item.identity).past:
            found.append((one.item.identity, one.episode, one.channel, one.day))
    for line in world.tables["commitments"]:
        home = world.channels[line["channel"]]["territory"]
        there = {of for title, of, where, _ in found if title == line["programme"] and home in seen_in(world, where)}
        before = world.start - timedelta(days=1)
        found += [
            (line["programme"], episode, line["channel"], before)
            for episode in range(1, int(line["next_episode"]))
            if episode not in there
        ]
    return found


def too_many(counting):
    world, found = counting.world, Counter()
    now = [one for one in planned(world) if not repeats(counting, one.item.identity).is_repeat(one)]
    past = on_record(counting)
    for title in {one.item.identity for one in now}:
        row = world.programmes[title]
        where = [name for of, _, name, _ in past if of == title] + [
            one.channel for one in now if one.item.identity == title
        ]
        if row.get("runs_total") and len(where) > int(row["runs_total"]):
            found["rights", "everywhere", "horizon", f"all runs: {title}"] = len(where) - int(row["runs_total"])
        for name in {one.channel for one in now if one.item.identity == title}:
            if row.get("runs_channel") and where.count(name) > int(row["runs_channel"]):
                over = where.count(name) - int(row["runs_channel"])
                found["rights", name, "horizon", f"runs: {title}"] = over
    return found


def is_simulcast(world, title):
    linked = {name for rule in world.said.get("rules", []) if rule["type"] == "link_up" for name in
              words(rule["programmes"])}  # fmt: skip
    row = world.programmes[title]
    return row.get("delivery") == "live" or row.get("sharing") == "simulcast" or title in linked


def of_episodes(counting):
    world, found = counting.world, Counter()
    order = list(world.channels)
    airs = [one for one in planned(world) if not repeats(counting, one.item.identity).is_repeat(one)]
    now = sorted(airs, key=lambda one: (one.day, one.start, order.index(one.channel)))
    past = on_record(counting)
    for one in planned(world):  # a repeat that uses no run is none of the first ones
        if one.first and repeats(counting, one.item.identity).is_repeat(one):
            for code in seen_in(world, one.channel):
                found["rights", code, "horizon", f"first runs: {one.item.identity}"] += 1
    runs_of = defaultdict(set)  # by airing: its numbers as a run
    steps_of = defaultdict(set)  # by airing: how many episodes it leaves out
    shown = defaultdict(set)  # channels that show the k-th runs of a series
    for title, code in sorted({(one.item.identity, code) for one in now for code in seen_in(world, one.channel)}):
        row = world.programmes[title]
        days = defaultdict(list)
        for of, episode, where, day in past:
            if of == title and code in seen_in(world, where):
                days[episode].append(day)
        last, instants, coming = max(days, default=0), set(), left_of(counting, title, code)
        unaired = {
            int(one.get("episode") or 1)
            for one in world.not_aired
            if one["programme"] == title and one["run"] == "first" and code in seen_in(world, one["channel"])
        }

        def wrong(what, title=title, code=code):
            found["rights", code, "horizon", f"{what}: {title}"] += 1

        for at, one in enumerate(now):
            if one.item.identity != title or code not in seen_in(world, one.channel):
                continue
            instant = one.start, one.episode, one.first
            if is_simulcast(world, title) and instant in instants:
                continue
            instants.add(instant)
            before = days[one.episode]
            if not 1 <= one.episode <= int(row.get("episodes") or 1):
                wrong("episodes")
            if one.first != (not before):
                wrong("first runs")
            if one.first and one.episode < last and one.episode not in unaired:
                wrong("order")
            if len(before) >= int(row.get("runs") or 1):
                wrong("runs")
            allowed = repeats(counting, title).allowed
            least = max(int(row.get("days_between_runs") or 1), allowed[0] // 24 + 2 if allowed else 0)
            if before and (one.day - before[-1]).days < least:
                wrong("gap")
            if not before:
                steps_of[at].add(sum(of < one.episode for of in coming) if one.episode in coming else -1)
            last, coming = max(last, one.episode), [of for of in coming if of != one.episode]
            before.append(one.day)
            runs_of[at].add(len(before))
            if int(row.get("episodes") or 1) > 1:
                shown[title, len(before)].add(one.channel)
    for at, numbers in runs_of.items():
        if len(numbers) > 1 or len(steps_of[at]) > 1:
            found["rights", now[at].channel, "horizon", f"together: {now[at].item.identity}"] += 1
    for (title, _), channels in shown.items():
        for name in channels:
            others = [other for other in channels - {name} if seen_in(world, name) & seen_in(world, other)]
            if len(seen_in(world, name)) > 1 and others and same_past(world, past, title, seen_in(world, name)):
                found["rights", name, "horizon", f"together: {title}"] += 1
    return found


def same_past(world, past, title, codes):
    """Whether the same episodes have had as many runs, in the same order of their last ones, in all territories."""
    states = set()
    for code in codes:
        runs = [(episode, day) for of, episode, where, day in past if of == title and code in seen_in(world, where)]
        last = dict(runs)
        count = Counter(episode for episode, _ in runs)
        states.add(tuple((one, count[one]) for one in sorted(last, key=lambda one: (last[one], one))))
    return len(states) < 2


# -- slots ------------------------------------------------------------------------------------------------------------


def slots(counting):
    """Days of the plan on which nothing begins in a named slot that has a price."""
    world, found = counting.world, Counter()
    for name, channel in world.channels.items():
        for slot in channel.get("slots", []):
            first, last = day_of(slot.get("first")), day_of(slot.get("last"))
            start = clock(slot["start"]) % 1440
            airs = [
                one
                for one in world.entries
                if one.channel == name
                and not one.anchor
                and clock(f"{world.wall(name, one.moment):%H:%M}") == start
                and one.minutes <= int(slot.get("minutes") or one.minutes)
                and (slot.get("accept") or {}).get("run") in (None, "first" if one.first else "rerun")
                and counting.fits(slot.get("accept"), one.item, name)
            ]
            filled = {one.day for one in airs}
            day = max(world.start, world.planned_from[name])
            while day <= world.last and slot.get("empty_price"):
                in_season = (first is None or day >= first) and (last is None or day <= last)
                if in_season and WEEKDAYS[day.weekday()] in weekdays(slot["days"]) and day not in filled:
                    found["slots", name, str(day), f"filled: {slot['name']}"] += 1
                day += timedelta(days=1)
    return found


# -- placement --------------------------------------------------------------------------------------------------------

KINDS = ("strand", "event", "weekly", "rubric", "free")
SHOWS = ["quiz", "entertainment", "talk", "documentary", "education"]
UNSAID = [
    {"as": "free", "select": {"genre": "concert"}},
    {"as": "free", "select": {"delivery": ["live", "relay"]}},
    {"as": "weekly", "select": {"genre": SHOWS, "episodes_over": 1}},
    {"as": "strand", "select": {"episodes_over": 7}},
    {"as": "event", "select": {"episodes_over": 1}},
]
"""How titles are placed where instance.yaml does not say it."""


def placed_as(counting, item, channel):
    """The line of `placement` that holds for a programme version on a channel; None where no line does."""
    world = counting.world
    own = world.programmes[item.identity].get("placement") or ""
    for line in [*(world.said.get("placement") or UNSAID), *({"as": kind} for kind in KINDS if kind == own)]:
        on_it = not line.get("channels") or channel in words(line["channels"])
        if on_it and own in ("", line["as"]) and counting.fits(line.get("select"), item, channel):
            return line
    return None


def line_of(counting, item, channel):
    """How a programme version is placed in a slot on a channel; None where it airs freely or in rubrics."""
    line = placed_as(counting, item, channel)
    return None if line is None or line["as"] in ("free", "rubric") else line


def rubrics(counting):
    """Airings of rubrics that begin in no named slot of their channel, without those at the place of a lock."""
    world, found = counting.world, Counter()
    for one in planned(world):
        line = placed_as(counting, one.item, one.channel)
        if line is None or line["as"] != "rubric" or is_locked_place(world, one):
            continue
        wall = world.wall(one.channel, one.moment)
        if not any(
            clock(slot["start"]) % 1440 == wall.hour * 60 + wall.minute
            and WEEKDAYS[one.day.weekday()] in weekdays(slot["days"])
            and (not slot.get("first") or one.day >= day_of(slot["first"]))
            and (not slot.get("last") or one.day <= day_of(slot["last"]))
            and one.minutes <= int(slot.get("minutes") or one.minutes)
            and counting.fits(slot.get("accept"), one.item, one.channel)
            for slot in world.channels[one.channel].get("slots", [])
        ):
            found["rubric", one.channel, one.label, one.item.identity] += 1
    return found


def episodes_in_a_place(counting, item, channel):
    line, world = line_of(counting, item, channel) or {}, counting.world
    longer = line.get("missed_episode", "shift") != "shift" and any(
        row["programme"] == item.identity
        and row["run"] == "first"
        and world.channels[channel]["territory"] in seen_in(world, row["channel"])
        for row in world.not_aired
    )
    return int(line.get("episodes_per_place", 1)) + longer


def several_in_a_place(counting, title):
    """Whether a title may have several episodes in one place on some channel."""
    items = [item for item in counting.world.items if item.identity == title]
    return any(episodes_in_a_place(counting, item, name) > 1 for item in items for name in counting.world.channels)
