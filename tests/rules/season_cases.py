"""Tiny instances in which a season follows another."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, channel, kz, programme, window

TWO_STARTS = window("19:00", "20:00")
ONE, TWO = programme("one", 30, episodes=1), programme("two", 30, episodes=2, after="one")
DAILY = [{"as": "event"}]
SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("21:00", "21:30"))

CASES: dict[str, dict[str, Any]] = {
    "both in the horizon": {"channels": [kz(TWO_STARTS)], "programmes": [ONE, TWO], "days": 2},
    "on sister channels": {"channels": [kz(window("19:00", "19:30")), SISTER], "programmes": [ONE, TWO], "days": 2},
    "the first has ended": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [ONE, TWO],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "one", 30)],
        "days": 2,
    },
    "the first is in the middle": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**ONE, "episodes": 2}, TWO],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "one", 30)],
        "days": 2,
    },
    "the second has begun": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [ONE, TWO],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "two", 30)],
        "days": 2,
    },
    "the first airs freely": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [ONE, TWO],
        "placement": [{"select": {"programme": "one"}, "as": "free"}, *DAILY],
        "days": 2,
    },
    "a lock without a run on the first": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**ONE, "episodes": 2}, TWO],
        "locks": [{"channel": "Q.kz", "start_utc": "2026-12-07T14:30Z", "programme": "one"}],
        "days": 3,
    },
    "a lock that is a first run or a rerun on the first": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**ONE, "episodes": 2, "runs": 2}, TWO],
        "locks": [{"channel": "Q.kz", "start_utc": "2026-12-08T14:30Z", "programme": "one"}],
        "days": 3,
    },
    "a lock on the first": {
        "channels": [kz(TWO_STARTS)],
        "programmes": [{**ONE, "episodes": 2}, TWO],
        "locks": [aired("Q.kz", "2026-12-07T14:30Z", "one", 30)],
        "days": 3,
    },
}
