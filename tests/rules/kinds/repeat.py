"""Cases of `repeat`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import content, kz, programme, uz, window
from tests.rules.kinds.shared import SOFT, written

_AGAIN = programme("series", 30, episodes=4, runs=2)

CASES = {
    "within a day": content(
        [kz(window("23:00", "23:30"))],
        [_AGAIN],
        rules=[written("repeat", select={"programme": "series"}, within_hours=24, **SOFT)],
        days=4,
    ),
    "within hours": content(
        [kz(window("04:00", "05:30"))],
        [_AGAIN],
        rules=[written("repeat", select={"programme": "series"}, within_hours=2)],
        days=2,
    ),
    "on each of two channels": content(
        [kz(window("23:00", "23:30")), uz(window("23:00", "23:30"))],
        [_AGAIN],
        rules=[written("repeat", select={"programme": "series"}, within_hours=47, territories=["UZ"])],
        days=3,
    ),
}

INHERITED = "a repeat that is owed may follow"


def draw(one, start, days):
    return {"select": one({}, {"genre": "drama"}), "within_hours": one(3, 24, 40)}


def count(counting, rule):
    found, order = {}, list(counting.world.channels)
    within = timedelta(hours=rule["within_hours"])
    for one in counting.runs(rule, counting.scope(rule), rule["select"], first_only=True):
        end = counting.world.moment(counting.world.at_clock(one.channel, counting.world.last + timedelta(days=1), 0))
        minutes = rule["within_hours"] * 60 - 1
        if one.moment + within >= end or not counting.reached(one.label, minutes, one.channel):
            continue
        home = counting.world.channels[one.channel]["territory"]
        later = [
            other
            for other in counting.entries
            if other.item.identity == one.item.identity
            and not other.anchor
            and other.episode == one.episode
            and not other.first
            and home in counting.seen(other.channel)
        ]
        again = min(later, key=lambda other: (other.day, other.start, order.index(other.channel)), default=None)
        kept = again is not None and again.channel == one.channel and again.moment - one.moment <= within
        found[one.channel, one.label, one.item.identity] = int(not kept)
    return found
