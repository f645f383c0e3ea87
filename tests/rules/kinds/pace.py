"""Cases of `pace`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from tests.builders import content, kz, programme, uz, window
from tests.recount.folder import short
from tests.rules.kinds.shared import HOUR, MONDAY, PAIR, SERIES, SHORT_SERIES, SOFT, on_record, written

_PACE = written("pace", select={"programme": "series"})

CASES = {
    "days": content(
        [kz(HOUR)], [SHORT_SERIES, programme("local", 30)], rules=[{**_PACE, "period": "day", "most": 1}], days=2
    ),
    "weeks, at least, two channels": content(
        [kz(window("23:30", "24:30")), uz(window("23:30", "24:00"))],
        [{**SHORT_SERIES, "runs": 2}],
        rules=[{**_PACE, "least": 2, "most": 2, **SOFT}],
        start="2026-12-13",
        days=2,
    ),
    "valid for a day": content(
        [kz(window("04:30", "05:30"))],
        [SHORT_SERIES],
        rules=[
            {**_PACE, "least": 1, "period": "day", "valid_from": "2026-12-08", "valid_to": "2026-12-08", **SOFT},
        ],
        days=3,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "pace", "id": "R", "select": {"genre": "drama"}, "most": 1},
        PAIR[:1], [SERIES], [on_record(7, 13, "series"), on_record(7, 14, "series", episode=2)], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {
        "select": one({"programme": "series"}, {}),
        "period": one("day", "week"),
        "least": one(0, 2),
        "most": one(1, 2, 3),
        "rest": one("all", "proportional", "none"),
    }


def count(counting, rule):
    world, found = counting.world, {}
    runs = counting.runs(rule, counting.scope(rule), rule["select"], first_only=True)
    days = [world.known_from + timedelta(days=at) for at in range((world.last - world.known_from).days + 1)]
    days = [day for day in days if counting.holds(rule, day)]
    period = rule.get("period", "week")
    titles = {
        item.identity
        for channel in counting.scope(rule)
        for item in world.versions.values()
        if counting.fits(rule["select"], item, channel)
    }
    for title in titles:
        aired = Counter(
            counting.name_of(period, one.day) for one in runs if one.item.identity == title and one.day in days
        )
        for label in {counting.name_of(period, day) for day in days}:
            if not counting.judged(label, int(counting.night)):
                continue
            least = counting.due(label, rule.get("least", 0), rule, rule.get("rest", "proportional"))
            over = short(aired[label] - rule["most"]) if rule.get("most") is not None else 0
            found[counting.scope_name(rule), label, title] = (
                over if counting.aired else short(least - aired[label]) or over
            )
    return found


def days_to_settle(counting, rule):
    return counting.night
