"""Cases of `budget`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.builders import content, kz, programme, uz, window
from tests.recount.folder import short
from tests.rules.kinds.shared import ALSO_DUBBED, DUBBED, HOUR, SOFT, written

CASES = {
    "runs": content(
        [kz(HOUR), uz(window("23:00", "23:30"))],
        [programme("local", 30, cost=50, episodes=3), {**ALSO_DUBBED, "to_dub": ""}],
        rules=[written("budget", party="KZ", most=60, currency="USD", **SOFT)],
    ),
    "runs and dubs": content(
        [kz(HOUR)],
        [{**DUBBED, "cost": 5, "episodes": 2}, ALSO_DUBBED],
        rules=[written("budget", party="KZ", most=150, dub_minute=2)],
    ),
}

INHERITED = "speaks of what is planned"

ONLY_OVER_THE_HORIZON = True


def draw(one, start, days):
    return {"party": "KZ", "most": 0, "dub_minute": one(0, 2)}


def count(counting, rule):
    channels = counting.of_party(rule["party"])
    ours = [one for one in counting.entries if one.channel in channels and not one.anchor]
    there = {(one.item.identity, one.item.language) for one in ours if one.past and one.item.kind == "dubbed"}
    planned = [one for one in ours if not one.past and counting.holds(rule, one.day)]
    rows = counting.world.programmes
    cost = sum(int(rows[one.item.identity].get("cost") or 0) for one in planned)
    dubs = {(one.item.identity, one.item.language) for one in planned if counting.needs_dub(one.item)} - there
    cost += rule.get("dub_minute", 0) * sum(
        int(rows[title].get("episodes") or 1) * int(rows[title]["minutes"]) for title, _ in dubs
    )
    return {(rule["party"], "horizon", "cost"): short(cost - rule["most"])}
