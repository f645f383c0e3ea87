"""Cases of `supply`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from fractions import Fraction

from tests.builders import anchor, channel, content, programme, window
from tests.recount.folder import number, short, words
from tests.rules.kinds.shared import GUEST, HOUR, MONDAY, PAIR, SERIES, SOFT, THREE, THURSDAY, on_record, written

_SHARED = channel("S.kz", "KZ", "Asia/Almaty", HOUR)

_GIFTS = [
    programme("ours", 20, episodes=2),
    programme("theirs", 25, origin="UZ", versions="uzb:original"),
    programme("joint", 30, origin="KZ:1/3;UZ:2/3", genre="film"),
    programme("third", 20, origin="KG", versions="kir:original"),
]

_SUPPLY = written("supply", channels="S.kz", shares={"KZ": 0.4, "UZ": 0.4, "KG": 0.2})

_TWO = written("supply", channels="S.kz", shares={"KZ": "1/2", "UZ": "1/2"})

CASES = {
    "three members": content(
        [channel("S.kz", "KZ", "Asia/Almaty", window("23:00", "24:10"))],
        _GIFTS,
        rules=[{**_SUPPLY, "tolerance": 0.05, "least": 15, "most": 35, **SOFT}],
        territories=THREE,
        grid=10,
    ),
    "the worst off, with an anchor": content(
        [_SHARED],
        _GIFTS[:3],
        rules=[{**_TWO, "worst_off": 40, **SOFT}],
        anchors=[anchor("relay", "S.kz", "23:30", "23:40", origin="UZ")],
        grid=10,
    ),
    "weeks": content(
        [channel("S.kz", "KZ", "Asia/Almaty", window("23:30", "24:30"))],
        [programme("ours", 30), programme("theirs", 30, origin="UZ")],
        rules=[{**_TWO, "period": "week", "worst_off": 20, "tolerance": 0.2}],
        start="2026-12-13",
        days=2,
    ),
    "first runs for a day": content(
        [_SHARED],
        [programme("ours", 60, runs=2), programme("theirs", 60, origin="UZ")],
        rules=[{**_TWO, "select": {"run": "first"}, "least": 30, "valid_from": "2026-12-08", **SOFT}],
        anchors=[anchor("first", "S.kz", "21:00", "21:20"), anchor("again", "S.kz", "22:00", "22:20", run="rerun")],
        days=2,
    ),
}

INHERITED = {
    "a cap": (
        {"type": "supply", "id": "R", "channels": "Q.kz", "shares": {"KZ": 0.5, "UZ": 0.5}, "most": 60,
         "period": "week"},
        PAIR[:1], [GUEST, SERIES], [on_record(7, 13, "guest"), on_record(8, 13, "guest", episode=2)], THURSDAY, 60,
    ),
    "over the horizon": (
        {"type": "supply", "id": "R", "channels": "Q.kz", "shares": {"KZ": 0.5, "UZ": 0.5}, "most": 60},
        PAIR[:1], [GUEST, SERIES], [on_record(7, 13, "guest"), on_record(7, 14, "guest", episode=2)], MONDAY, 60,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {
        "channels": ["Q.kz", "O.uz"],
        "shares": {"KZ": 0.5, "UZ": 0.5},
        "period": one("week", "horizon"),
        **one({"tolerance": 0.1}, {"least": 100}, {"most": 60}, {"worst_off": 200}),
    }


def count(counting, rule):
    found, channels = {}, words(rule["channels"])
    where, weekly = " + ".join(channels), rule.get("period", "horizon") == "week"
    runs = counting.runs(rule, channels, rule.get("select"), anchors=True)
    labels = {f"{day:%G-W%V}" for day in counting.world.days() if counting.holds(rule, day)} if weekly else {"horizon"}
    labels = sorted(label for label in labels if counting.judged(label, int(counting.night)))
    for label in labels:
        here = [one for one in runs if f"{one.day:%G-W%V}" == label] if weekly else counting.of_horizon(runs)
        given = {
            code: sum((one.item.origin.get(code, Fraction(0)) * one.minutes for one in here), Fraction(0))
            for code in rule["shares"]
        }
        total = sum(given.values())
        for code, have in given.items():
            if rule.get("tolerance") is not None:
                share, tolerance = number(rule["shares"][code]), number(rule["tolerance"])
                found[where, label, f"over: {code}"] = short(have - (share + tolerance) * total)
                found[where, label, f"under: {code}"] = short((share - tolerance) * total - have)
            if rule.get("least"):
                found[where, label, f"least: {code}"] = short(rule["least"] - have)
            if rule.get("most") is not None:
                found[where, label, f"most: {code}"] = short(have - rule["most"])
        if rule.get("worst_off"):
            found[where, label, "worst off"] = short(rule["worst_off"] - min(given.values()))
    return found


def days_to_settle(counting, rule):
    return counting.night


def inherits(_world, rule, key):
    return rule.get("tolerance") is None and key[2].startswith("most")
