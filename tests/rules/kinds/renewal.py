"""Cases of `renewal`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import date, timedelta

from tests.builders import aired, content, kz, programme, window
from tests.recount.folder import number, short
from tests.rules.kinds.shared import SELECTS, SHORT_GUEST, SOFT, written

CASES = {
    "half of titles that did not air in summer": content(
        [kz(window("22:30", "24:00"))],
        [{**SHORT_GUEST, "runs": 2}, programme("fresh", 30, origin="UZ", episodes=2), programme("local", 30)],
        rules=[written("renewal", select={"origin": "UZ"}, least_share=0.5, **SOFT)],
        history=[aired("Q.kz", "2026-07-01T17:00:00Z", "guest", 30)],
    ),
    "reruns only, from the second day, hard": content(
        [kz(window("22:30", "23:30"))],
        [{**SHORT_GUEST, "runs": 3, "episodes": 1}, programme("fresh", 30, origin="UZ", runs=2)],
        rules=[written("renewal", select={"run": "rerun"}, least_share=0.25, valid_from="2026-12-08")],
        history=[
            aired("Q.kz", "2026-09-30T17:00:00Z", "guest", 30),
            aired("Q.kz", "2026-06-30T10:00:00Z", "fresh", 30),
        ],
        days=2,
    ),
}

INHERITED = "asks for a least share"

ONLY_OVER_THE_HORIZON = True


def draw(one, start, days):
    return {"select": one(*SELECTS), "least_share": 0.5}


def count(counting, rule):
    found, start = {}, counting.world.start
    month = (start.month - 1) // 3 * 3 + 1
    end = date(start.year, month, 1) - timedelta(days=1)
    begin = date(end.year, (end.month - 1) // 3 * 3 + 1, 1)
    for channel in counting.scope(rule):
        known = {
            one.item.identity
            for one in counting.entries
            if one.past and not one.anchor and one.channel == channel
            and begin <= counting.world.wall(channel, one.moment).date() <= end
        }  # fmt: skip
        runs = counting.of_horizon(counting.runs(rule, [channel], rule["select"]))
        have = sum(one.minutes for one in runs if one.item.identity not in known)
        need = number(rule["least_share"]) * sum(one.minutes for one in runs)
        found[channel, "horizon", "least"] = short(need - have)
    return found
