"""Tiny instances in which the rights state how sister channels share a title."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, channel, kz, programme, uz, window

EVENING = window("19:00", "19:30")
HOUR = window("19:00", "20:00")
SISTER = channel("R.kz", "KZ", "Asia/Almaty", EVENING)
AT_THE_SAME_TIME = channel("R.kz", "KZ", "Asia/Almaty", HOUR)
BOTH = channel("W.uz", "UZ", "Asia/Tashkent", EVENING, coverage=["UZ", "KZ"])
FILM = programme("film", 30, genre="film", runs=2, appeal=2.5)
YESTERDAY = "2026-12-06T14:00Z"
LAST_WEEK = "2026-11-30T14:00Z"

CASES: dict[str, dict[str, Any]] = {
    "one channel": {
        "channels": [kz(window("19:00", "19:30", "mon")), channel("R.kz", "KZ", "Asia/Almaty", EVENING)],
        "programmes": [{**FILM, "sharing": "none"}],
        "days": 2,
    },
    "one channel in each of two countries": {
        "channels": [kz(EVENING), uz(EVENING), BOTH],
        "programmes": [{**FILM, "sharing": "none"}],
        "days": 1,
    },
    "one channel, which has aired it": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [{**FILM, "sharing": "none"}],
        "history": [aired("Q.kz", YESTERDAY, "film", 30), aired("R.kz", LAST_WEEK, "film", 30)],
        "days": 2,
    },
    "one channel, and two have aired it on the last day": {
        "channels": [kz(EVENING), SISTER, BOTH],
        "programmes": [{**FILM, "sharing": "none"}],
        "history": [aired("Q.kz", YESTERDAY, "film", 30), aired("R.kz", YESTERDAY, "film", 30)],
        "days": 1,
    },
    "a second window": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [{**FILM, "sharing": "second_window", "holdback_days": 2, "runs": 1, "episodes": 2}],
        "days": 3,
    },
    "a second window on the same day": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [{**FILM, "sharing": "second_window", "holdback_days": 1}],
        "days": 2,
    },
    "a second window after what has aired": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [{**FILM, "sharing": "second_window", "holdback_days": 2}],
        "history": [aired("R.kz", YESTERDAY, "film", 30)],
        "days": 2,
    },
    "a second window of a series": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [programme("s", 30, episodes=2, runs=2, appeal=2.5, sharing="second_window", holdback_days=2)],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all"]}],
    },
    "a simulcast": {
        "channels": [kz(HOUR), AT_THE_SAME_TIME],
        "programmes": [{**FILM, "sharing": "simulcast", "runs": 2}],
        "days": 1,
    },
    "a simulcast in two languages, on a channel of two countries": {
        "channels": [kz(HOUR), channel("W.uz", "UZ", "Asia/Tashkent", HOUR, coverage=["UZ", "KZ"])],
        "programmes": [{**FILM, "sharing": "simulcast", "runs": 1, "versions": "kaz:original;uzb:dubbed"}],
        "days": 1,
    },
    "a simulcast of several episodes": {
        "channels": [kz(HOUR), AT_THE_SAME_TIME],
        "programmes": [{**FILM, "sharing": "simulcast", "runs": 1, "episodes": 2}],
        "days": 1,
    },
    "exclusive for two days": {
        "channels": [kz(EVENING), SISTER, uz(EVENING)],
        "programmes": [{**FILM, "exclusive": "Q.kz", "exclusive_until": "2026-12-07"}],
        "days": 2,
    },
    "exclusive without end": {
        "channels": [kz(EVENING), SISTER, BOTH],
        "programmes": [{**FILM, "exclusive": "R.kz"}],
        "days": 1,
    },
    "not before a day": {
        "channels": [kz(EVENING), BOTH],
        "programmes": [{**FILM, "not_before": "KZ:2026-12-08;UZ:2026-12-09"}],
        "days": 3,
    },
    "not before a day, after midnight": {
        "channels": [kz(window("23:30", "24:30"))],
        "programmes": [{**FILM, "not_before": "KZ:2026-12-08"}],
        "days": 1,
    },
    "a series not before a day": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [programme("s", 30, episodes=3, not_before="KZ:2026-12-08")],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all"]}],
    },
    "a series on one channel, which has aired it": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [programme("s", 30, episodes=3, sharing="second_window", holdback_days=3)],
        "history": [aired("R.kz", YESTERDAY, "s", 30, run="rerun")],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all"]}],
    },
    "a series exclusive for a day": {
        "channels": [kz(EVENING), SISTER],
        "programmes": [programme("s", 30, episodes=2, exclusive="Q.kz", exclusive_until="2026-12-07")],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all"]}],
    },
}
