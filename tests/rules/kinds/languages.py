"""Cases of `languages`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

import numpy as np

from tests.recount.folder import words
from tests.rules.kinds.shared import MONDAY, PAIR, SELECTS, SERIES, on_record

CASES = {}
"""They stand in `tests/rules/cases.py`."""

INHERITED = {
    "a cap": (
        {"type": "languages", "id": "R", "audio": ["rus"]},
        PAIR[:1], [SERIES], [on_record(7, 13, "series")], MONDAY, 60,
    ),
}  # fmt: skip

ONLY_OVER_THE_HORIZON = True


def draw(one, start, days):
    return {"audio": one("kaz", "rus"), "select": one(*SELECTS)}


def count(counting, rule):
    found = {}
    for channel in counting.scope(rule):
        screen, entries = counting.world.screens[channel], counting.world.entries
        wrong = [
            at
            for at, one in enumerate(entries)
            if one.channel == channel
            and (one.past or not counting.aired)
            and not one.anchor
            and counting.fits(rule.get("select"), one.item, channel)
            and (rule.get("select") or {}).get("run") in (None, "first" if one.first else "rerun")
            and not (
                (not rule.get("audio") or one.item.audio in words(rule["audio"]))
                and (not rule.get("version_kinds") or one.item.kind in words(rule["version_kinds"]))
            )
        ]
        inside = counting.within(rule, channel) & (screen.day >= counting.world.start.toordinal())
        found[channel, "horizon", "most"] = int((inside & np.isin(screen.airs, wrong)).sum()) * counting.alive(rule)
    return found
