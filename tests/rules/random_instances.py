"""Random instances with a rule of every kind around the end of a quarter, by day and by night."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.builders import anchor, channel, content, programme, window
from tests.rules.kinds import KINDS

if TYPE_CHECKING:
    import numpy as np

ENDS = ("2026-12-31", "2027-03-31", "2026-10-25", "2027-03-28", "2027-06-30")
"""Ends of quarters and half-years, and the days on which clocks in Europe are set back or forward."""

ZONES = ("Asia/Almaty", "Asia/Tashkent", "Europe/Berlin", "Asia/Kolkata")
WINDOWS = (
    window("22:00", "25:00"), window("06:00", "08:00"), window("19:00", "22:00", "mon-fri"),
    window("23:30", "24:00"), window("09:00", "11:00", "tue, wed, thu, sun"),
)  # fmt: skip
NIGHTS = (window("00:00", "05:00"), window("01:00", "04:00", "sat, sun"))


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
    for name, kind in KINDS.items():
        dates = {}
        if rng.integers(3) == 0:
            dates["valid_from"] = str(start + timedelta(days=int(rng.integers(0, days))))
        if rng.integers(3) == 0:
            dates["valid_to"] = str(start + timedelta(days=int(rng.integers(0, days))))
        rule = {"type": name, "id": f"r-{name}", **soft, **dates, **kind.draw(one, start, days)}
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
