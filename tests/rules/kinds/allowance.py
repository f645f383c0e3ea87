"""Cases of `allowance`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from tests.builders import anchor, content, kz, programme, window
from tests.recount.folder import short
from tests.rules.kinds.shared import PERIODS, SHORT_GUEST, SOFT, written

_LAW = written(
    "allowance",
    select={"origin": "foreign"},
    most_minutes=20,
    of={"origin": "domestic", "genre": "drama"},
    per_minutes=30,
    adds_minutes=15,
    period="day",
)

CASES = {
    "local series earn foreign ones": content(
        [kz(window("22:30", "24:00"))], [programme("local", 30, episodes=3), SHORT_GUEST], rules=[{**_LAW, **SOFT}]
    ),
    "anchors, fallback and hours": content(
        [kz(window("22:30", "24:30"), fallback={"genre": "drama"})],
        [SHORT_GUEST],
        rules=[{**_LAW, "hours": ["22:00", "24:00"]}],
        anchors=[anchor("serial", "Q.kz", "22:00", "22:30", genre="drama")],
        days=2,
    ),
}

INHERITED = "may be earned yet"


def draw(one, start, days):
    return {
        "select": {"origin": "foreign"},
        "most_minutes": one(0, 45),
        "of": {"genre": "drama"},
        "per_minutes": 60,
        "adds_minutes": 15,
        "period": one(*PERIODS),
    }


def count(counting, rule):
    capped = counting.quota({**rule, "type": "quota"} | {"most_minutes": rule["most_minutes"]})
    plain = {name: value for name, value in rule.items() if name != "most_minutes"}
    earning = counting.quota({**plain, "select": rule["of"], "least_minutes": 0})
    return {
        (*key, "most"): short(have - need - rule["adds_minutes"] * (earning[key][0] // rule["per_minutes"]))
        for key, (have, _, need) in capped.items()
    }
