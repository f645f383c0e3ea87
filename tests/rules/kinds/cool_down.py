"""Cases of `cool_down`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import Counter

from tests.builders import channel, content, kz, programme, uz, window
from tests.rules.kinds.shared import MONDAY, SELECTS, SERIES, SHORT_SERIES, SISTERS, SOFT, on_record, written

_SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("04:30", "05:30"))

CASES = {
    "two days": content(
        [kz(window("23:00", "23:30")), _SISTER],
        [{**SHORT_SERIES, "runs": 2}],
        rules=[written("cool_down", days=2, territories=["KZ"], **SOFT)],
        days=2,
    ),
    "three channels, the same day": content(
        [kz(window("23:00", "23:30")), _SISTER, uz(window("22:00", "22:30"))],
        [SHORT_SERIES, programme("local", 30)],
        rules=[written("cool_down", days=1, select={"programme": "series"})],
    ),
}

INHERITED = {
    "a cap": (
        {"type": "cool_down", "id": "R", "days": 2},
        SISTERS, [SERIES], [on_record(7, 13, "series"), on_record(7, 14, "series", "R.kz", episode=2)], MONDAY, 2,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"days": one(1, 2, 3), "select": one(*SELECTS)}


def count(counting, rule):
    runs, found = counting.runs(rule, counting.scope(rule), rule.get("select")), Counter()
    for title, where, day in {(one.item.identity, one.channel, one.day) for one in runs}:
        if counting.judged(str(day), rule["days"] - 1 + counting.night):
            found[where, str(day), title] = sum(
                one.item.identity == title and one.channel != where and 0 <= (one.day - day).days < rule["days"]
                for one in runs
            )
    return found


def days_to_settle(counting, rule):
    return rule["days"] - 1 + counting.night
