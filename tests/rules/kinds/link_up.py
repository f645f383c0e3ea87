"""Cases of `link_up`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from tests.builders import channel, content, kz, programme, uz, window
from tests.recount.folder import short, words
from tests.recount.structure import open_minutes
from tests.rules.kinds.shared import HOUR, MONDAY, PAIR, SOFT, THREE, on_record, written

ALMATY = kz(window("22:00", "23:30"))

TASHKENT = uz(window("22:00", "23:30"))

BISHKEK = channel("T.kg", "KG", "Asia/Bishkek", window("23:00", "24:30"))

_EVENT = programme("link", 60, delivery="live", origin="KZ:1/2;UZ:1/2", genre="quiz")

_LINK = written("link_up", programmes="link", channels=["Q.kz", "O.uz"])

CASES = {
    "two channels": content([ALMATY, TASHKENT], [_EVENT, programme("local", 30)], rules=[{**_LINK, **SOFT}]),
    "two of three": content(
        [ALMATY, TASHKENT, BISHKEK],
        [_EVENT],
        rules=[{**_LINK, "channels": ["Q.kz", "O.uz", "T.kg"], "least_channels": 2}],
        territories=THREE,
    ),
    "twice": content(
        [kz(HOUR), uz(window("22:30", "24:00"))], [{**_EVENT, "episodes": 2}], rules=[{**_LINK, "times": 2}], days=2
    ),
    "at an instant": content(
        [ALMATY, TASHKENT, BISHKEK],
        [_EVENT],
        rules=[{**_LINK, "at": "2026-12-07T17:30:00Z", **SOFT}],
        territories=THREE,
    ),
    "valid for a day": content(
        [kz(HOUR), uz(HOUR)], [_EVENT], rules=[{**_LINK, "valid_from": "2026-12-08", **SOFT}], days=2
    ),
}

INHERITED = {
    "a cap": (
        {"type": "link_up", "id": "R", "programmes": ["film"], "channels": ["Q.kz"]},
        PAIR[:1], [programme("film", 60, delivery="live", episodes=9)],
        [on_record(7, 13, "film"), on_record(7, 14, "film", episode=2)], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"programmes": "link", "channels": one(["Q.kz", "O.uz"], ["Q.kz", "R.kz", "O.uz"])}


def count(counting, rule):
    found, where = {}, " + ".join(words(rule["channels"]))
    least = rule.get("least_channels") or len(words(rule["channels"]))
    fixed = None if rule.get("at") is None else datetime.fromisoformat(str(rule["at"]))
    days = [
        counting.world.known_from + timedelta(days=at)
        for at in range((counting.world.last - counting.world.known_from).days + 1)
    ]
    days = [day for day in days if counting.holds(rule, day)]
    due = fixed is None or any(counting.world._broadcast_day(name, fixed) in days for name in words(rule["channels"]))
    for title in words(rule["programmes"]):
        every = counting.runs(rule, words(rule["channels"]), {"programme": title}, first_only=True)
        ours = counting.of_horizon(every)
        begun = {one.label for one in every if one.past and one.day < counting.world.start}
        runs = [one for one in every if one in ours or counting.judged(one.label)]
        instants = {one.label for one in runs}
        everywhere = counting.runs(rule, list(counting.world.channels), {"programme": title}, first_only=True)
        for one in (one for one in everywhere if not one.past):
            if one.channel not in words(rule["channels"]):
                found[one.channel, "horizon", "place"] = 1
            elif fixed not in (None, one.moment):
                found[where, one.label, "place"] = 1
        for label in instants:
            have = len({one.channel for one in runs if one.label == label})
            if counting.judged(label):
                found[where, label, f"channels: {title}"] = short(least - have)
        if due:
            times = len(instants - begun)
            found[where, "horizon", f"times: {title}"] = abs(times - rule.get("times", 1))
            if counting.aired:
                found[where, "horizon", f"times: {title}"] = short(times - rule.get("times", 1))
    return found


def inherits(world, rule, key):
    """A number of events, or an instant before the first minute in which anything can still begin."""
    if key[2].startswith("times") or "T" not in key[1]:
        return key[2].startswith("times")
    still = [np.flatnonzero(open_minutes(world, name)[0] >= 0)[:1] for name in world.channels]
    begins = min((int(one[0]) for one in still if len(one)), default=10**9)
    return world.minute_of(datetime.fromisoformat(key[1])) < begins
