"""Cases of `relay`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from tests.builders import channel, content, kz, programme, uz, window
from tests.recount.folder import clock, words
from tests.rules.kinds.shared import HOUR, LOCAL, MONDAY, PAIR, RELAY, SOFT, on_record, written

_FEED = programme("feed", 30, delivery="relay", origin="UZ", episodes=4)

CASES = {
    "soft, the feed's clock": content(
        [kz(HOUR), channel("T.kg", "KG", "Asia/Bishkek", HOUR)],
        [_FEED, LOCAL],
        rules=[written("relay", starts=["02:00"], zone="Asia/Shanghai", **SOFT)],
        territories={"KZ": {"name": "K"}, "UZ": {"name": "U"}, "KG": {"name": "G"}},
    ),
    "hard": content([kz(HOUR), uz(HOUR)], [_FEED], rules=[written("relay", starts=["23:30"], territories=["KZ"])]),
    "valid for a day": content(
        [kz(window("23:30", "24:30"))],
        [_FEED],
        rules=[written("relay", starts=["23:30", "24:30"], valid_from="2026-12-08", **SOFT)],
        days=2,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "relay", "id": "R", "starts": ["21:00"]}, PAIR[:1], [RELAY], [on_record(7, 13, "relay")], MONDAY, 1,
    ),
}  # fmt: skip

ONLY_OVER_THE_HORIZON = True


def draw(one, start, days):
    return {"starts": ["22:00"]}


def count(counting, rule):
    found, starts = {}, {clock(text) % 1440 for text in words(rule["starts"])}
    for where in counting.scope(rule):
        runs = counting.of_horizon(counting.runs(rule, [where], rule.get("select", {"delivery": ["relay"]})))
        off = 0
        for one in runs:
            zone = ZoneInfo(rule["zone"]) if rule.get("zone") else counting.world.zones[where]
            reading = one.moment.astimezone(zone)
            off += reading.hour * 60 + reading.minute not in starts
        found[where, "horizon", "off the feed"] = off
    return found
