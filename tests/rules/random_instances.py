"""Random instances with a rule of every kind around the end of a quarter, by day and by night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.builders import anchor, channel, content, programme, window

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

ENDS = ("2026-12-31", "2027-03-31", "2026-10-25", "2027-03-28", "2027-06-30")
"""Ends of quarters and half-years, and the days on which clocks in Europe are set back or forward."""

ZONES = ("Asia/Almaty", "Asia/Tashkent", "Europe/Berlin", "Asia/Kolkata")
WINDOWS = (
    window("22:00", "25:00"), window("06:00", "08:00"), window("19:00", "22:00", "mon-fri"),
    window("23:30", "24:00"), window("09:00", "11:00", "tue, wed, thu, sun"),
)  # fmt: skip
NIGHTS = (window("00:00", "05:00"), window("01:00", "04:00", "sat, sun"))
PERIODS = ("day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "fair", "6h", "hour")
SELECTS = ({"genre": "drama"}, {"origin": "foreign"}, {"run": "first"}, {"run": "rerun"}, {"tag": "own"}, {})
PARTIES = ["KZ", "UZ"]


def random_instance(rng: np.random.Generator) -> dict[str, Any]:
    """An instance as plain values: channels of two countries, series with reruns, and a rule of every kind."""

    def one(*values: Any) -> Any:
        return values[rng.integers(len(values))]

    end, days = date.fromisoformat(one(*ENDS)), int(rng.integers(5, 9))
    start = end - timedelta(days=int(rng.integers(1, days - 1)))
    channels = []
    for name, code in (("Q.kz", "KZ"), ("R.kz", "KZ"), ("O.uz", "UZ")):
        mine = [dict(WINDOWS[at]) for at in rng.permutation(3)[: rng.integers(1, 3)] + rng.integers(2) * 2]
        slot = {"name": "late", "start": "22:00", "days": one("all", "mon-wed"), "empty_price": 9}
        night = one(None, *NIGHTS, window("00:30", "03:00", None, dates=[str(start + timedelta(days=2))]))
        channels.append(channel(name, code, one(*ZONES), *apart(mine, night), slots=[slot]))
    rows = [
        programme("series", 30, episodes=7, runs=2, tags=one("", "own"), versions="kaz:original;rus:dubbed"),
        programme("guest", 45, origin="UZ", episodes=4, runs=2, versions="uzb:original", age=one(0, 18)),
        programme("joint", 60, origin="KZ:1/3;UZ:2/3", genre="film", runs=3, tags="own", to_dub=one("", "rus"),
                  versions="kaz:original;rus:dubbed"),
        programme("link", 30, delivery="live", genre="quiz", episodes=3, origin="UZ"),
        programme("feed", 30, delivery="relay", genre="film", episodes=9, origin="UZ", audio_shares="kaz:0.6;rus:0.4"),
    ]  # fmt: skip
    news = [
        anchor(f"news-{at}", where["id"], f"{hour:02d}:00", f"{hour:02d}:20", run=one("first", "rerun"),
               origin=one("KZ", "UZ"))
        for at, where in enumerate(channels)
        for hour in [one(2, 8, 20, 23)]
    ]  # fmt: skip
    soft = {"hard": False, "price": 7}
    rules = []
    for kind, make in KINDS.items():
        dates = {}
        if rng.integers(3) == 0:
            dates["valid_from"] = str(start + timedelta(days=int(rng.integers(0, days))))
        if rng.integers(3) == 0:
            dates["valid_to"] = str(start + timedelta(days=int(rng.integers(0, days))))
        rule = {"type": kind, "id": f"r-{kind}", **soft, **dates, **make(one, start, days)}
        if rule.get("valid_from", "") <= rule.get("valid_to", "9"):
            rules.append(rule)
    agreements = [rule for rule in rules if rule["type"] == "parity"]
    placed = one([], [{"select": {"programme": "series"}, "as": "strand"}])
    return content(
        channels,
        rows,
        rules=[rule for rule in rules if rule["type"] != "parity"],
        agreements=agreements,
        anchors=news,
        start=str(start),
        days=days,
        grid=30,
        periods={"fair": {"first": str(end - timedelta(days=2)), "last": str(end + timedelta(days=2))}},
        **({"placement": placed} if placed else {}),
    )


def apart(windows: list[dict[str, Any]], night: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Windows of one channel without overlaps. If two might overlap, only the first is kept."""
    late = [one for one in windows if one["start"] >= "19:00"][:1]
    early = [one for one in windows if one["start"] < "19:00"][:1]
    if late and early and late[0]["end"] > "24:00":
        early = [{**one, "start": max(one["start"], "06:00")} for one in early]
    if night:
        return [{**one, "end": min(one["end"], "24:00")} for one in late] + early + [night]
    return late + early


def _bound(one: Any) -> dict[str, Any]:
    return one(
        {"least_minutes": one(60, 200, 400)}, {"most_minutes": one(0, 60)}, {"least_count": one(1, 5)},
        {"most_count": 1}, {"least_share": one(0.2, "2/3")}, {"most_share": 0.1},
    )  # fmt: skip


def _measure(one: Any) -> dict[str, Any]:
    name = one("minutes", "prime_minutes", "audience", "first_run_minutes", "runs", "titles", "channels")
    said = {"measure": name, "period": one(*PERIODS[2:8], "day", "cumulative")}
    said |= one({}, {"least": one(1, 60, 200), "rest": one("all", "proportional", "none")})
    if "least" not in said or one(True, False):
        said |= {"tolerance": one(0, 0.1, "1/3"), "tolerance_of": one("sum", "larger", "smaller")}
    return said


def _measures(one: Any) -> list[dict[str, Any]]:
    """Up to three measures, each once for a period."""
    drawn = [_measure(one) for _ in range(3)]
    return list({(said["measure"], said["period"]): said for said in drawn}.values())


KINDS: dict[str, Callable[[Any, date, int], dict[str, Any]]] = {
    "age_watershed": lambda one, *_: {"age": 18, "barred": ["06:00", one("23:00", "24:00")]},
    "languages": lambda one, *_: {"audio": one("kaz", "rus"), "select": one(*SELECTS)},
    "runs_per_day": lambda one, *_: {"most": one(0, 1), "select": one(*SELECTS)},
    "quota": lambda one, *_: {
        "select": one(*SELECTS, {"audio": "rus"}), "period": one(*PERIODS), "rest": one("all", "proportional", "none"),
        **_bound(one),
    },
    "either_or": lambda one, *_: {
        "alternatives": [one(*SELECTS), {"audio": "kaz"}], "least_share": one(0.1, 0.6), "period": one(*PERIODS),
    },
    "renewal": lambda one, *_: {"select": one(*SELECTS), "least_share": 0.5},
    "link_up": lambda one, *_: {"programmes": "link", "channels": one(["Q.kz", "O.uz"], ["Q.kz", "R.kz", "O.uz"])},
    "strand": lambda one, *_: {"select": {"programme": "guest"}, "days_a_week": one(2, 5, 7)},
    "dubbing": lambda one, start, days: {
        "minutes_per_week": {"rus": one(0, 30)}, "valid_from": str(start + timedelta(days=one(0, 1)))
    },
    "budget": lambda one, *_: {"party": "KZ", "most": 0, "dub_minute": one(0, 2)},
    "campaign": lambda one, start, days: {
        "select": {"tag": "own"}, "parties": PARTIES, "least_runs": one(1, 5), "least_prime_share": one(None, 0.5),
        "rest": one("all", "proportional", "none"), "valid_from": str(start),
        "valid_to": str(start + timedelta(days=one(1, 3, days + 2))),
    },
    "supply": lambda one, *_: {
        "channels": ["Q.kz", "O.uz"], "shares": {"KZ": 0.5, "UZ": 0.5}, "period": one("week", "horizon"),
        **one({"tolerance": 0.1}, {"least": 100}, {"most": 60}, {"worst_off": 200}),
    },
    "premiere": lambda one, *_: {
        "select": one({}, {"genre": "film"}, {"programme": "series"}), "parties": PARTIES, "within_days": one(0, 1, 2)
    },
    "pace": lambda one, *_: {
        "select": one({"programme": "series"}, {}), "period": one("day", "week"), "least": one(0, 2),
        "most": one(1, 2, 3), "rest": one("all", "proportional", "none"),
    },
    "order": lambda one, *_: {"programmes": one(["guest", "series"], ["joint", "series", "guest"])},
    "repeat": lambda one, *_: {"select": one({}, {"genre": "drama"}), "within_hours": one(3, 24, 40)},
    "cool_down": lambda one, *_: {"days": one(1, 2, 3), "select": one(*SELECTS)},
    "relay": lambda one, *_: {"starts": ["22:00"]},
    "calendar": lambda one, start, days: {
        "dates": [str(start + timedelta(days=at)) for at in (1, 3)], **one({"bar": {"genre": "film"}}, {"ask": {}}),
    },
    "variety": lambda one, *_: {
        "select": one({}, {"genre": "drama"}), "most_minutes": one(30, 60),
        **one({"hours": one(2, 26), "every": one(30, 60)}, {"in_a_row": True}),
    },
    "no_clash": lambda one, *_: {"select": one({}, {"genre": "drama"}), "most": one(0, 1)},
    "lead_in": lambda one, *_: {"select": one({"genre": "drama"}, {}), "after": one(None, {"genre": "news"})},
    "allowance": lambda one, *_: {
        "select": {"origin": "foreign"}, "most_minutes": one(0, 45), "of": {"genre": "drama"}, "per_minutes": 60,
        "adds_minutes": 15, "period": one(*PERIODS),
    },
    "parity": lambda one, *_: {"parties": PARTIES, "measures": _measures(one)},
}  # fmt: skip
"""The fields of a rule of each kind, without its dates."""
