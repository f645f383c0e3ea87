"""Tiny instances with repeats that use no run."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, anchor, channel, kz, programme, uz, window

MORNING, EVENING, NIGHT = window("10:00", "10:30"), window("19:00", "19:30"), window("23:30", "24:00")
NEXT = {"after_days": 1, "start": "10:00"}
SAME = {"after_days": 0, "start": "23:30"}
SERIES = programme("s", 30, episodes=3, repeat_within_hours=48)


def placed(*followers: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"as": "strand", "day_sets": ["all"], "followers": list(followers), **more}]


CASES: dict[str, dict[str, Any]] = {
    "the last episode aired at a lock": {
        "channels": [kz(MORNING, window("19:00", "20:00"))],
        "programmes": [{**SERIES, "episodes": 4}],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:30Z", "s", 30, episode=2),
        ],
        "locks": [aired("Q.kz", "2026-12-06T14:30Z", "s", 30, episode=2)],
        "days": 2,
        "placement": placed(NEXT),
    },
    "next morning": {"channels": [kz(MORNING, EVENING)], "programmes": [SERIES], "days": 3, "placement": placed(NEXT)},
    "the same day": {"channels": [kz(EVENING, NIGHT)], "programmes": [SERIES], "days": 2, "placement": placed(SAME)},
    "both, and the rights allow one": {
        "channels": [kz(MORNING, EVENING, NIGHT)],
        "programmes": [SERIES],
        "days": 2,
        "placement": placed(NEXT, SAME),
    },
    "both, and the rights allow two": {
        "channels": [kz(MORNING, EVENING, NIGHT)],
        "programmes": [{**SERIES, "repeats_per_run": 2}],
        "days": 2,
        "placement": placed(NEXT, SAME),
    },
    "an omnibus": {
        "channels": [kz({**EVENING, "days": "mon-tue"}, window("12:00", "13:00", "wed"))],
        "programmes": [{**SERIES, "repeat_within_hours": 72}],
        "days": 3,
        "placement": placed({"omnibus": "wed", "start": "12:00"}, day_sets=["mon-tue", "tue"]),
    },
    "an omnibus too late for the first": {
        "channels": [kz({**EVENING, "days": "mon-tue"}, window("12:00", "13:00", "wed"))],
        "programmes": [{**SERIES, "repeat_within_hours": 40}],
        "days": 3,
        "placement": placed({"omnibus": "wed", "start": "12:00"}, day_sets=["mon-tue", "tue"]),
    },
    "two in a place": {
        "channels": [kz(window("10:00", "11:00"), window("19:00", "20:00"))],
        "programmes": [SERIES],
        "days": 2,
        "placement": placed(NEXT, episodes_per_place=2),
    },
    "a morning that is closed": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "anchors": [anchor("speech", "Q.kz", "10:00", "10:30", date="2026-12-08")],
        "days": 3,
        "placement": placed(NEXT),
    },
    "a lock of another title in the morning": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 2}, programme("film", 30, genre="film")],
        "locks": [aired("Q.kz", "2026-12-08T05:00Z", "film", 30)],
        "days": 2,
        "placement": [{**placed(NEXT)[0], "select": {"genre": "drama"}}],
    },
    "a ban in the morning": {
        "channels": [kz(window("10:00", "11:00"), EVENING)],
        "programmes": [{**SERIES, "age": 18}],
        "rules": [{"type": "age_watershed", "id": "late", "age": 18, "barred": ["06:00", "18:00"]}],
        "days": 2,
        "placement": placed(NEXT),
    },
    "off the window's marks": {
        "channels": [kz(window("10:00", "11:00", start_every=60), EVENING)],
        "programmes": [SERIES],
        "days": 2,
        "placement": placed({**NEXT, "start": "10:30"}),
    },
    "in the middle of its run": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 2,
        "placement": placed(NEXT),
    },
    "a repeat on record": {
        "channels": [kz(MORNING, EVENING, NIGHT)],
        "programmes": [SERIES],
        "history": [
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T18:30Z", "s", 30, run="rerun"),
        ],
        "days": 2,
        "placement": placed(NEXT, SAME),
    },
    "a repeat on record that is called a first run": {
        "channels": [kz(window("10:00", "11:00"), EVENING)],
        "programmes": [SERIES],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T05:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2),
        ],
        "days": 2,
        "placement": placed(NEXT),
    },
    "runs beside repeats": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 1, "runs": 2, "runs_total": 2, "repeat_within_hours": 20}],
        "days": 3,
        "placement": placed(NEXT),
    },
    "a lock on a repeat": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "locks": [aired("Q.kz", "2026-12-08T05:00Z", "s", 30, run="rerun")],
        "days": 3,
        "placement": placed(NEXT),
    },
    "a lock on a repeat of the second episode": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "locks": [aired("Q.kz", "2026-12-09T05:00Z", "s", 30, run="rerun", episode=2)],
        "days": 3,
        "placement": placed(NEXT),
    },
    "a lock on a repeat of an episode that another day has": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 2}],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T05:00Z", "s", 30, run="rerun"),
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2),
        ],
        "locks": [aired("Q.kz", "2026-12-07T05:00Z", "s", 30, run="rerun")],
        "days": 2,
        "placement": placed(NEXT),
    },
    "a lock on a repeat, written twice": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 1}],
        "locks": [aired("Q.kz", "2026-12-08T05:00Z", "s", 30, run="rerun")] * 2,
        "days": 2,
        "placement": placed(NEXT),
    },
    "a lock on a first run and on its repeat": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "locks": [
            aired("Q.kz", "2026-12-07T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-08T05:00Z", "s", 30, run="rerun"),
        ],
        "days": 3,
        "placement": placed(NEXT),
    },
    "two channels, one with followers": {
        "channels": [kz(MORNING, EVENING), channel("R.kz", "KZ", "Asia/Almaty", window("20:00", "20:30"), MORNING)],
        "programmes": [{**SERIES, "episodes": 2}],
        "days": 2,
        "placement": [{**placed(NEXT)[0], "channels": ["Q.kz"]}, {"as": "strand", "day_sets": ["all"]}],
    },
    "two countries": {
        "channels": [kz(MORNING, EVENING), uz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 2}],
        "days": 2,
        "placement": placed(NEXT),
    },
    "the last episode aired before": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [{**SERIES, "episodes": 1}, {**SERIES, "programme": "t", "episodes": 1}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 2,
        "placement": placed(NEXT),
    },
    "an omnibus after the last episode": {
        "channels": [kz(window("12:00", "13:00", "mon"))],
        "programmes": [{**SERIES, "episodes": 2, "repeat_within_hours": 72}],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2),
        ],
        "days": 1,
        "placement": placed({"omnibus": "mon", "start": "12:00"}),
    },
    "no day of the day set is left": {
        "channels": [kz(MORNING, EVENING)],
        "programmes": [SERIES],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 2,
        "placement": placed(NEXT, day_sets=["sun"]),
    },
    "the slot has closed": {
        "channels": [kz(MORNING, window("21:00", "21:30"))],
        "programmes": [{**SERIES, "episodes": 2}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 2,
        "placement": placed(NEXT),
    },
    "a change of slot has a price, and the slot has closed": {
        "channels": [kz(MORNING, window("21:00", "21:30"))],
        "programmes": [{**SERIES, "episodes": 2}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 2,
        "placement": placed(NEXT, slot_change_price=100),
    },
    "two titles, and the rights of one allow repeats": {
        "channels": [kz(MORNING, EVENING, NIGHT)],
        "programmes": [{**SERIES, "episodes": 1}, programme("t", 30, episodes=1)],
        "days": 2,
        "placement": placed(NEXT),
    },
}
