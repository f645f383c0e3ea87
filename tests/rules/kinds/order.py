"""Cases of `order`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.builders import channel, content, kz, programme, uz, window
from tests.recount.folder import words
from tests.rules.kinds.shared import GUEST, HOUR, MONDAY, PAIR, SERIES, SOFT, on_record, written

_PARTS = [programme("one", 30, episodes=4), programme("two", 30, episodes=4), programme("three", 30, episodes=4)]

_ORDER = written("order", programmes=["one", "two", "three"])

CASES = {
    "three parts": content([kz(window("23:00", "24:30"))], _PARTS, rules=[{**_ORDER, **SOFT}]),
    "two channels, two territories": content(
        [kz(HOUR), channel("R.kz", "KZ", "Asia/Almaty", window("23:30", "24:00")), uz(window("23:30", "24:00"))],
        _PARTS[:2],
        rules=[{**_ORDER, "programmes": ["one", "two"]}],
    ),
    "reruns do not count": content(
        [kz(window("23:30", "24:00"))],
        [{**part, "runs": 2} for part in _PARTS[:2]],
        rules=[{**_ORDER, "programmes": ["one", "two"], "valid_to": "2026-12-08", **SOFT}],
        days=3,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "order", "id": "R", "programmes": ["guest", "series"]},
        PAIR[:1], [SERIES, GUEST], [on_record(7, 13, "series"), on_record(7, 14, "guest")], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"programmes": one(["guest", "series"], ["joint", "series", "guest"])}


def count(counting, rule):
    parts, found = words(rule["programmes"]), {}
    runs = counting.runs(rule, counting.scope(rule), {"programme": parts}, first_only=True)
    for one in runs:
        sooner = [
            other
            for other in runs
            if parts.index(other.item.identity) > parts.index(one.item.identity)
            and other.start < one.start
            and counting.seen(other.channel) & counting.seen(one.channel)
        ]
        if counting.judged(one.label, zones=[one.channel]):
            found[one.channel, one.label, one.item.identity] = len(sooner)
    return found
