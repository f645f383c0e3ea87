"""Cases of `variety`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from tests.builders import anchor, content, kz, programme, window
from tests.rules.kinds.shared import (
    BERLIN,
    CLOCK_CHANGE,
    LOCAL,
    PAIR,
    SERIES,
    SHORT_FILM,
    SOFT,
    THURSDAY,
    on_record,
    written,
)

CASES = {
    "two hours": content(
        [kz(window("22:00", "24:00"))],
        [SHORT_FILM, LOCAL],
        rules=[written("variety", select={"genre": "film"}, most_minutes=50, hours=2, **SOFT)],
    ),
    "fallback and anchors, over midnight": content(
        [kz(window("23:00", "24:30"), fallback={"genre": "film"})],
        [LOCAL],
        rules=[written("variety", select={"genre": "film"}, most_minutes=70, hours=2, every=30)],
        anchors=[anchor("classic", "Q.kz", "22:40", "23:00", genre="film")],
        days=2,
    ),
    "reruns for a day": content(
        [kz(window("23:30", "24:30"))],
        [programme("series", 30, runs=2)],
        rules=[
            written(
                "variety",
                select={"genre": "drama", "run": "rerun"},
                most_minutes=20,
                hours=1,
                every=15,
                valid_from="2026-12-08",
                **SOFT,
            )
        ],
        days=2,
    ),
}
CASES["marks that do not divide the day, with a clock change"] = content(
    [BERLIN],
    [programme("film", 60, genre="film", runs=2), programme("local", 60, runs=3)],
    rules=[written("variety", select={"genre": "film"}, most_minutes=60, hours=3, every=100, **SOFT)],
    grid=60,
    **CLOCK_CHANGE,
)

INHERITED = {
    "a cap": (
        {"type": "variety", "id": "R", "select": {"genre": "drama"}, "most_minutes": 60, "hours": 36, "every": 720},
        PAIR[:1], [SERIES], [on_record(9, 13, "series"), on_record(9, 14, "series", episode=2)], THURSDAY, 120,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {
        "select": one({}, {"genre": "drama"}),
        "most_minutes": one(30, 60),
        **one({"hours": one(2, 26), "every": one(30, 60)}, {"in_a_row": True}),
    }


def count(counting, rule):
    found, world = {}, counting.world
    length, step = rule["most_minutes"] + 1, 1
    if not rule.get("in_a_row"):
        length, step = rule["hours"] * 60, rule.get("every", 60)
    for channel in counting.scope(rule):
        shows = counting.shows(channel, rule["select"]) & counting.within(rule, channel)
        total = np.concatenate([[0], np.cumsum(shows)])
        for at in range((world.last - world.known_from).days + 1):
            day = world.known_from + timedelta(days=at)
            if not counting.holds(rule, day):
                continue
            midnights = [world.at_clock(channel, day + timedelta(days=more), 0) for more in (0, 1)]
            for start in range(*midnights, step):
                have = int(total[min(start + length, len(shows))] - total[start])
                label = f"{world.moment(start):%Y-%m-%dT%H:%MZ}"
                if have > rule["most_minutes"] and counting.reached(label, length - 2, channel):
                    found[channel, label, "most"] = have - rule["most_minutes"]
    return found
