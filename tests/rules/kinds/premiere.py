"""Cases of `premiere`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import channel, content, kz, programme, uz
from tests.recount.folder import day_of, words
from tests.rules.kinds.shared import HOUR, PARTIES, SOFT, THREE, written

_PREMIERE = written("premiere", select={"programme": "joint"}, parties=["KZ", "UZ"])

_JOINT = programme("joint", 60, origin="KZ:0.5;UZ:0.5", episodes=2)

CASES = {
    "on the same date": content([kz(HOUR), uz(HOUR)], [_JOINT], rules=[{**_PREMIERE, **SOFT}], days=3),
    "within a day": content([kz(HOUR), uz(HOUR)], [_JOINT], rules=[{**_PREMIERE, "within_days": 1}], days=3),
    "settled after the rule has ended": content(
        [kz(HOUR), uz(HOUR)],
        [_JOINT],
        rules=[{**_PREMIERE, "within_days": 2, "valid_to": "2026-12-07", **SOFT}],
        days=3,
    ),
    "three parties, reruns do not count": content(
        [kz(HOUR), uz(HOUR), channel("T.kg", "KG", "Asia/Bishkek", HOUR)],
        [{**_JOINT, "runs": 2, "episodes": 1}],
        rules=[{**_PREMIERE, "parties": ["KZ", "UZ", "KG"], "within_days": 1, **SOFT}],
        territories=THREE,
        days=2,
    ),
}

INHERITED = "the other party may follow"


def draw(one, start, days):
    return {
        "select": one({}, {"genre": "film"}, {"programme": "series"}),
        "parties": PARTIES,
        "within_days": one(0, 1, 2),
    }


def count(counting, rule):
    found, within = {}, rule.get("within_days", 0)
    parties, first_with = words(rule["parties"]), {}
    for party in parties:
        for one in counting.runs(rule, counting.of_party(party), rule["select"], any_date=True, first_only=True):
            key = one.item.identity, party
            first_with[key] = min(first_with.get(key, one.day), one.day)
    for (title, one), day in first_with.items():
        if rule.get("valid_from") and day < day_of(rule["valid_from"]):
            continue
        for other in parties:
            if other == one:
                continue
            late = max(day, counting.world.known_from)
            while late + timedelta(days=within) <= counting.world.last and counting.holds(rule, late):
                then = first_with.get((title, other))
                if then is not None and then <= late + timedelta(days=within):
                    break
                if counting.judged(str(late), within + counting.night):
                    found[f"{one}>{other}", str(late), title] = 1
                late += timedelta(days=1)
    return found


def days_to_settle(counting, rule):
    return rule.get("within_days", 0) + counting.night
