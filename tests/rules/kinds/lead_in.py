"""Cases of `lead_in`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.builders import anchor, content, kz, programme, uz, window
from tests.rules.kinds.shared import HOUR, LOCAL, MONDAY, PAIR, SERIES, SHORT_FILM, SOFT, on_record, written

CASES = {
    "the same genre": content(
        [kz(window("22:30", "24:00"))],
        [LOCAL, programme("more", 27), SHORT_FILM],
        rules=[written("lead_in", select={"genre": "drama"}, **SOFT)],
    ),
    "after news, anchors too": content(
        [kz(window("22:00", "24:00")), uz(HOUR)],
        [LOCAL, programme("talk", 30, genre="news")],
        rules=[written("lead_in", select={"genre": "drama"}, after={"genre": "news"}, within=0)],
        anchors=[anchor("news", "Q.kz", "22:30", "23:00")],
    ),
    "first runs only": content(
        [kz(HOUR)],
        [programme("series", 30, runs=2, episodes=2)],
        rules=[
            written(
                "lead_in", select={"run": "first"}, after={"run": "first"}, within=5, valid_from="2026-12-08", **SOFT
            )
        ],
        days=2,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "lead_in", "id": "R", "select": {"genre": "drama"}},
        PAIR[:1], [SERIES], [on_record(7, 13, "series")], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"select": one({"genre": "drama"}, {}), "after": one(None, {"genre": "news"})}


def count(counting, rule):
    found, within = {}, rule.get("within", 10)
    before = counting.runs(rule, counting.scope(rule), rule.get("after"), anchors=True, any_date=True)
    for one in counting.runs(rule, counting.scope(rule), rule["select"]):
        led = any(
            other.channel == one.channel
            and 0 <= one.start - other.end <= within
            and (rule.get("after") is not None or other.item.genre == one.item.genre)
            for other in before
        )
        if counting.judged(one.label, zones=[one.channel]):
            what = "lead-in" if rule.get("after") is not None else f"lead-in: {one.item.genre}"
            found[one.channel, one.label, what] = found.get((one.channel, one.label, what), 0) + int(not led)
    return found
