"""Cases of `either_or`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.builders import anchor, content, kz, programme, window
from tests.recount.folder import short
from tests.rules.kinds.shared import PERIODS, SELECTS, SHORT_GUEST, SOFT, written

_EITHER = written("either_or", alternatives=[{"origin": "UZ"}, {"genre": "quiz"}], least_share=0.4, period="day")

CASES = {
    "one of two, with fallback": content(
        [kz(window("22:30", "24:00"))],
        [SHORT_GUEST, programme("show", 60, genre="quiz", episodes=2), programme("local", 30)],
        rules=[{**_EITHER, **SOFT}],
    ),
    "anchors, hours and two days": content(
        [kz(window("22:30", "24:30"), fallback={"genre": "quiz"})],
        [SHORT_GUEST, programme("local", 60)],
        rules=[{**_EITHER, "hours": ["22:00", "24:00"]}],
        anchors=[anchor("news", "Q.kz", "22:00", "22:30", genre="news")],
        days=2,
    ),
}

INHERITED = "asks for a least share"


def draw(one, start, days):
    return {
        "alternatives": [one(*SELECTS), {"audio": "kaz"}],
        "least_share": one(0.1, 0.6),
        "period": one(*PERIODS),
    }


def count(counting, rule):
    each = [counting.quota({**rule, "select": select}) for select in rule["alternatives"]]
    return {(*key, "least"): min(short(one[key][2] - one[key][0]) for one in each) for key in each[0]}
