"""Cases of `no_clash`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tests.builders import anchor, channel, content, kz, programme, uz, window
from tests.rules.kinds.shared import (
    BERLIN,
    CLOCK_CHANGE,
    FILM,
    HOUR,
    LOCAL,
    MONDAY,
    SHORT_FILM,
    SISTERS,
    SOFT,
    on_record,
    written,
)

_SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("22:00", "23:30"))

_CLASH = written("no_clash", select={"genre": "film"})

CASES = {
    "two sisters": content([kz(window("22:30", "24:00")), _SISTER], [SHORT_FILM], rules=[{**_CLASH, **SOFT}]),
    "three channels, two at once": content(
        [kz(HOUR), _SISTER, channel("S.kz", "KZ", "Asia/Aqtau", window("22:30", "23:30"))],
        [{**SHORT_FILM, "minutes": 30}],
        rules=[{**_CLASH, "most": 2, "every": 30}],
    ),
    "with an anchor and fallback": content(
        [
            kz(HOUR),
            channel("R.kz", "KZ", "Asia/Almaty", window("23:00", "23:30"), fallback={"genre": "film"}),
            uz(HOUR),
        ],
        [SHORT_FILM, LOCAL],
        rules=[{**_CLASH, "territories": ["KZ"], "valid_to": "2026-12-07", "every": 5, **SOFT}],
        anchors=[anchor("classic", "R.kz", "23:30", "23:50", genre="film")],
    ),
}
CASES["marks that do not divide the day, with a clock change"] = content(
    [BERLIN, {**BERLIN, "id": "E.de"}],
    [programme("local", 60, runs=9)],
    rules=[{**_CLASH, "every": 50, **SOFT}],
    grid=60,
    **CLOCK_CHANGE,
)

INHERITED = {
    "a cap": (
        {"type": "no_clash", "id": "R", "select": {"genre": "film"}, "every": 60},
        SISTERS, [FILM], [on_record(7, 13, "film"), on_record(7, 13, "film", "R.kz", run="rerun")], MONDAY, 1,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"select": one({}, {"genre": "drama"}), "most": one(0, 1)}


def count(counting, rule):
    found, groups = {}, defaultdict(list)
    for where in counting.scope(rule):
        groups[counting.world.channels[where]["territory"]].append(where)
    for territory, channels in groups.items():
        count = sum((counting.shows(one, rule["select"]) & counting.within(rule, one)).astype(int) for one in channels)
        for minute in np.flatnonzero(count > rule.get("most", 1)).tolist():
            label = f"{counting.world.moment(minute):%Y-%m-%dT%H:%MZ}"
            if minute % 1440 % rule.get("every", 15) == 0 and counting.judged(label):
                found[territory, label, "at once"] = int(count[minute]) - rule.get("most", 1)
    return found
