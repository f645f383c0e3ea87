"""Cases of `strand`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import Counter

from tests.builders import content, kz, programme, uz, window
from tests.recount.folder import WEEKDAYS, weekdays
from tests.rules.kinds.shared import PAIR, SERIES, SOFT, THURSDAY, on_record, written

_SERIES = programme("series", 60, episodes=9)

_STRAND = written("strand", select={"programme": "series"})

CASES = {
    "one channel": content([kz(window("22:00", "23:30"))], [_SERIES], rules=[{**_STRAND, **SOFT}], days=3),
    "two channels, give or take": content(
        [kz(window("23:00", "24:00")), uz(window("22:30", "24:00"))],
        [_SERIES],
        rules=[{**_STRAND, "within": 15}],
        days=2,
    ),
    "one day a week": content(
        [kz(window("23:30", "24:30"))],
        [{**_SERIES, "minutes": 30}],
        rules=[{**_STRAND, "days_a_week": 1, "days": "mon-sat", **SOFT}],
        start="2026-12-12",
        days=4,
    ),
    "over midnight, reruns free": content(
        [kz(window("23:30", "24:30"))],
        [{**_SERIES, "minutes": 30, "runs": 2, "episodes": 2}],
        rules=[{**_STRAND, "select": {"run": "first"}, "channels": ["Q.kz"]}],
        days=2,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "strand", "id": "R", "select": {"programme": "series"}},
        PAIR[:1], [SERIES], [on_record(7, 13, "series"), on_record(8, 14, "series", episode=2)], THURSDAY, 1,
    ),
}  # fmt: skip

ONLY_OVER_THE_HORIZON = True


def draw(one, start, days):
    return {"select": {"programme": "guest"}, "days_a_week": one(2, 5, 7)}


def count(counting, rule):
    found = {}
    runs = counting.runs(rule, counting.scope(rule), rule["select"])
    allowed = weekdays(rule.get("days", "all"))
    for title in {one.item.identity for one in runs}:
        airs = [one for one in runs if one.item.identity == title]
        timed = []
        for one in airs:
            wall = counting.world.wall(one.channel, one.moment)
            timed.append(
                (one.channel, (wall.hour * 60 + wall.minute - counting.world.begins) % 1440, one.day.weekday())
            )
        timed = [one for one in timed if WEEKDAYS[one[2]] in allowed]
        best = 0
        for channel, begin, _ in timed:
            held = Counter(
                weekday
                for where, at, weekday in timed
                if where == channel and begin <= at <= begin + 2 * rule.get("within", 0)
            )
            best = max(best, sum(count for _, count in held.most_common(rule.get("days_a_week", 7))))
        found[counting.scope_name(rule), "horizon", title] = len(airs) - best
    return found
