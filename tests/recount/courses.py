"""The places of a series day by day, counted again: changes of start, and episodes that make up for lost places."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from tests.recount.folder import day_of
from tests.recount.structure import line_of, on_grid, seen_in

WEEKEND = (5, 6)


@dataclass(frozen=True)
class Course:
    """A slot; from a Monday on perhaps another start."""

    channel: str
    item: Any
    start: int  # minutes of the day
    monday: date | None = None
    then: int = 0

    def start_on(self, day):
        return self.start if self.monday is None or day < self.monday else self.then


def at_wall(world, row):
    """(broadcast day, time on the clock) of a row of history."""
    moment = world._moment(row)
    return world._broadcast_day(row["channel"], moment), world.wall(row["channel"], moment)


# -- places that did not air ------------------------------------------------------------------------------------------


def missed_rows(series):
    """The first runs of a series that were announced and did not air, by time."""
    world = series.world
    rows = [
        row
        for row in world.not_aired
        if row["programme"] == series.title
        and row.get("anchor") != "yes"
        and row["run"] == "first"
        and series.code in seen_in(world, row["channel"])
    ]
    return sorted(rows, key=world._moment)


def lost_places(series):
    """(channel, broadcast day) of each of them."""
    return [(row["channel"], at_wall(series.world, row)[0]) for row in missed_rows(series)]


def line_of_lost(series):
    """How the series is placed where it lost its first place."""
    versions = [item for (title, *_), item in series.world.versions.items() if title == series.title]
    lines = (line_of(series.counting, item, series.missed[0][0]) for item in versions)
    return next((line for line in lines if line), {})


def made_up_on(series, rows):
    """{broadcast day: episodes on record that made up for lost ones}."""
    if not series.missed or not rows:
        return Counter()
    line, begin = line_of_lost(series), series.missed[0][1]
    aired = Counter(at_wall(series.world, row)[0] for row in rows)
    usual = {day.weekday() for day in aired if day < begin}
    found = Counter()
    for day, count in aired.items():
        extra = line.get("missed_episode") == "catch_up" and usual and day.weekday() in {*WEEKEND} - usual
        own = 0 if extra and count == 1 else int(line.get("episodes_per_place", 1))
        if day > begin:
            found[day] = max(count - own, 0)
    return found


def own_places(series, rows):
    """Rows on record without days that have only episodes which made up for lost ones."""
    extra = made_up_on(series, rows)
    count = Counter(at_wall(series.world, row)[0] for row in rows)
    return [row for row in rows if count[at_wall(series.world, row)[0]] > extra[at_wall(series.world, row)[0]]]


def owed(series):
    """The days of lost places that nothing has made up for yet."""
    if not series.missed or line_of_lost(series).get("missed_episode", "shift") == "shift":
        return []
    world, days = series.world, [day for _, day in series.missed]
    rows = [
        row
        for row in world.tables["history"]
        if row["programme"] == series.title
        and row.get("anchor") != "yes"
        and row["run"] == "first"
        and world.channels[row["channel"]]["territory"] == series.code
    ]
    for day, count in sorted(made_up_on(series, rows).items()):
        for _ in range(count):
            sooner = [one for one in days if one < day]
            if sooner:
                days.remove(sooner[0])
    return days


def made_up(series, course, own, *, sooner):
    """{broadcast day: its episodes} of the days on which a plan makes up for lost places.

    `own` are the open days of its day set; with `sooner` a day at the weekend may come before them.
    """
    kind = series.line(course.item, course.channel).get("missed_episode", "shift")
    if kind == "shift" or not own:
        return {}
    longer = series.places(course.item, course.channel) + 1
    fits = set(days_of(series, course, longer))
    places = {day: longer for day in own if day in fits}
    if kind == "catch_up":
        singles = [day for day in days_of(series, course, 1) if day not in own and (sooner or day > own[0])]
        places = {day: count for day, count in {**places, **dict.fromkeys(singles, 1)}.items()
                  if day.weekday() in WEEKEND}  # fmt: skip
    found = {}
    for lost in owed(series):
        if series.begun or lost > own[0]:
            day = min((one for one in places if one > lost and one not in found), default=None)
            if day is not None:
                found[day] = places[day]
    return found


# -- the days of a course ---------------------------------------------------------------------------------------------


def days_of(series, course, episodes=None):
    """The open days of a course."""
    sooner, later = (
        series.open_days(course.channel, course.item, start, episodes) for start in (course.start, course.then)
    )
    if course.monday is None:
        return sooner
    return [day for day in sooner if day < course.monday] + [day for day in later if day >= course.monday]


def planned_days(series, course, days, first):
    """{broadcast day: episodes} that a series with its first place on some day has with a day set."""
    every = [day for day in days_of(series, course) if day.weekday() in days]
    event = series.line(course.item, course.channel)["as"] == "event"
    begin = first if event else first - timedelta(days=first.weekday())
    own = [day for day in every if day >= begin]
    more = made_up(series, course, own, sooner=series.begun and own[:1] == every[:1])
    usual, left, found = series.places(course.item, course.channel), series.left, {}
    for day in sorted({*own, *more}):
        if left > 0:
            found[day] = min(left, more.get(day, usual))
            left -= found[day]
    return found


def must_finish(line):
    return line["as"] in ("strand", "event") if line.get("finishes") is None else line["finishes"]


def days_after(series, course):
    """For each day set that asks for its days: those after the horizon that its episodes take while its rights last."""
    world, ends = series.world, day_of(series.row.get("rights_to") or None)
    days = sorted({one.day for one in series.kept})
    episodes = series.places(course.item, course.channel)
    after = (course.start_on(days[-1]) - world.begins) % 1440 + world.begins
    after += (episodes - 1) * on_grid(world, course.item.minutes) + course.item.minutes
    last = None if ends is None else ends - timedelta(days=(after - 1) // 1440)
    most = -(-max(series.left - len(series.kept), 0) // episodes)
    for one in series.asked_by(course, days):
        found, day = [], world.last + timedelta(days=1)
        while len(found) < most and (last is None or day <= last):
            if day.weekday() in one:
                found.append(day)
            day += timedelta(days=1)
        yield found
