"""Tiny instances with changes of slot at a price, and with runs of some weeks at least."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, channel, kz, programme, window

TWO_STARTS = window("19:00", "20:00")
SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("21:00", "21:30"))
SERIES = programme("s", 30, episodes=9)
SATURDAY, SUNDAY = "2026-12-12", "2026-12-13"
PRICE = 700


def placed(**more: Any) -> list[dict[str, Any]]:
    return [{"as": "strand", "day_sets": ["all"], "slot_change_price": PRICE, **more}]


def before(start_utc: str, **more: Any) -> list[dict[str, Any]]:
    return [aired("Q.kz", start_utc, "s", 30, **more)]


CASES: dict[str, dict[str, Any]] = {
    "over a Monday": {"channels": [kz(TWO_STARTS)], "programmes": [SERIES], "start": SATURDAY, "days": 4},
    "the episodes end after the change": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "episodes": 3}],
        "start": SATURDAY,
        "days": 4,
    },
    "over two Mondays": {
        "channels": [kz(window("19:00", "20:00", "sat, sun, mon"))],
        "programmes": [SERIES],
        "start": SUNDAY,
        "days": 9,
        "placement": placed(day_sets=["sun, mon", "sun"]),
    },
    "it goes on": {
        "channels": [kz(TWO_STARTS), SISTER],
        "programmes": [SERIES],
        "history": before("2026-12-11T14:30Z"),
        "start": SUNDAY,
        "days": 2,
    },
    "it goes on, and has owed an episode": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [SERIES],
        "history": [*before("2026-12-11T14:30Z"), *before("2026-12-12T14:30Z", episode=2, status="not_aired")],
        "start": SUNDAY,
        "days": 3,
        "placement": placed(missed_episode="double"),
    },
    "its slot is gone": {
        "channels": [kz(TWO_STARTS), SISTER],
        "programmes": [SERIES],
        "history": before("2026-12-11T12:30Z"),
        "start": SUNDAY,
        "days": 2,
    },
    "its slot is gone, without a price": {
        "channels": [kz(TWO_STARTS), SISTER],
        "programmes": [SERIES],
        "history": before("2026-12-11T12:30Z"),
        "start": SUNDAY,
        "days": 2,
        "placement": [{**placed()[0], "slot_change_price": None}],
    },
    "its slot ends with the week": {
        "channels": [kz(window("19:00", "19:30", "sat-sun"), window("19:30", "20:00"))],
        "programmes": [SERIES],
        "history": before("2026-12-11T14:00Z"),
        "start": SUNDAY,
        "days": 3,
    },
    "two versions": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "versions": "kaz:original;rus:dubbed"}],
        "start": SUNDAY,
        "days": 2,
    },
    "named slots": {
        "channels": [kz(TWO_STARTS, slots=[{"name": "serial", "days": "all", "start": "19:30"}])],
        "programmes": [SERIES],
        "start": SUNDAY,
        "days": 2,
        "placement": placed(free_start_price=50),
    },
    "two in a place": {
        "channels": [kz(window("19:00", "21:00", start_every=60))],
        "programmes": [{**SERIES, "episodes": 3}],
        "start": SUNDAY,
        "days": 2,
        "placement": placed(episodes_per_place=2),
    },
    "a season that follows": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "episodes": 2}, programme("t", 30, episodes=2, after="s")],
        "start": SUNDAY,
        "days": 3,
    },
    "repeats on the next morning": {
        "channels": [kz(window("10:00", "10:30"), TWO_STARTS)],
        "programmes": [{**SERIES, "repeat_within_hours": 24}],
        "start": SUNDAY,
        "days": 2,
        "placement": placed(followers=[{"after_days": 1, "start": "10:00"}]),
    },
    "rights end on the night after": {
        "channels": [kz(window("23:00", "24:30"))],
        "programmes": [{**SERIES, "episodes": 3, "rights_to": "2026-12-15"}],
        "start": SUNDAY,
        "days": 2,
    },
    "weeks at least, and the episodes end in the horizon": {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [{**SERIES, "episodes": 3}],
        "start": SATURDAY,
        "days": 3,
        "placement": placed(day_sets=["all", "sat-sun"], weeks_at_least=2, slot_change_price=None),
    },
    "weeks at least, and the rights end": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "rights_to": "2026-12-22"}],
        "start": SUNDAY,
        "days": 3,
        "placement": placed(day_sets=["all", "sun", "mon"], weeks_at_least=3, finishes=False),
    },
    "weeks at least, and all episodes in the rights": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "episodes": 6, "rights_to": "2026-12-22"}],
        "start": SUNDAY,
        "days": 2,
        "placement": placed(day_sets=["all", "sun, mon", "mon-tue"], weeks_at_least=2, episodes_per_place=2),
    },
    "weeks at least, and it goes on": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**SERIES, "episodes": 3}],
        "history": before("2026-12-11T14:30Z"),
        "start": SUNDAY,
        "days": 2,
        "placement": placed(weeks_at_least=9),
    },
}
