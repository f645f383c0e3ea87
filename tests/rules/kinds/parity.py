"""Cases of `parity`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

from tests.builders import anchor, channel, content, kz, programme, uz, window
from tests.recount.folder import WEEKDAYS, day_of, number, short, weekdays, words
from tests.rules.kinds.shared import HOUR, PARTIES, PERIODS, SOFT

_PAIR = [
    kz(window("22:30", "24:00")),
    uz(window("22:30", "24:00")),
    channel("Y.uz", "UZ", "Asia/Tashkent", window("23:00", "24:00"), coverage=["UZ", "KZ"]),
]

_EXCHANGE = [
    programme("ours", 45, appeal=1.3, episodes=2),
    programme("theirs", 40, origin="UZ", versions="uzb:original", genre="film"),
    programme("joint", 60, origin="KZ:1/3;UZ:2/3", genre="film"),
]

_PEOPLE = {"KZ": {"name": "K", "population": 20_592_571}, "UZ": {"name": "U", "population": 361}}


def _parity(*measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    rule = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": list(measures), **SOFT}
    return content(_PAIR, more.pop("shown", _EXCHANGE), agreements=[rule], territories=_PEOPLE, **more)


_HEADS = {"measure": "audience_per_million", "tolerance": 0.25}

CASES = {
    "audience per head": _parity(
        {**_HEADS, "period": "day", "least": {"UZ": 40_000}}, {**_HEADS, "period": "horizon", "floor": 1000}
    ),
    "channels reached": _parity(
        {"measure": "channels", "period": "horizon", "tolerance": 0.1, "least": {"KZ": 2, "UZ": 1}},
        {"measure": "channels", "period": "cumulative", "tolerance": 0.2},
        anchors=[anchor("relay", "O.uz", "20:00", "20:30"), anchor("gift", "Q.kz", "20:00", "20:30", origin="RU")],
    ),
    "minutes of a genre, several at once": _parity(
        {"measure": "minutes", "select": {"genre": "film"}, "period": "day", "tolerance": 0.3, "least": 30},
        {"measure": "minutes", "period": "day", "tolerance": 0.5, "ratio": 2},
        {"measure": "titles", "select": {"run": "first", "genre": "drama"}, "period": "week", "least": 1},
    ),
}
CASES["in short windows"] = content(
    [kz(HOUR), uz(HOUR)],
    [programme("ours", 60, episodes=2), programme("theirs", 30, origin="UZ", genre="film")],
    agreements=[
        {
            "type": "parity",
            "id": "P",
            "parties": ["KZ", "UZ"],
            "measures": [
                {**_HEADS, "period": "horizon"},
                {"measure": "channels", "period": "day", "least": 1},
                {"measure": "minutes", "select": {"genre": "film"}, "period": "week", "least": {"UZ": 60}},
            ],
        }
    ],
    territories=_PEOPLE,
    days=2,
)


INHERITED = "a deviation can be made up for, a least amount may be given yet"


def draw(one, start, days):
    return {"parties": PARTIES, "measures": _measures(one)}


def exchanged(counting, rule, giver, taker, measure):
    """{label: amount} that one gives on the channels of the other."""
    name, world = measure["measure"], counting.world
    period = measure.get("period", "week")
    base = "week" if period == "cumulative" else period
    total, once = Counter(), defaultdict(dict)
    parties = words(rule["parties"])
    for at, one in enumerate(world.entries):
        if one.channel not in counting.of_party(taker):
            continue
        share = counting.part(one.item, giver)
        if one.item.serves is not None:
            named = rule["id"] in one.item.serves
            others = any(counting.part(one.item, party) for party in parties)
            share = (share if others else Fraction(1)) if named else Fraction(0)
        select = measure.get("select")
        run = (select or {}).get("run")
        if not share or not counting.fits(select, one.item, one.channel) or (run and one.first != (run == "first")):
            continue
        screen = world.screens[one.channel]
        if name in ("runs", "titles", "channels"):
            minutes = [one.start]
        else:
            minutes = [m for m in range(one.start, one.end) if screen.airs[m] == at]
        if name == "first_run_minutes" and not one.first:
            continue
        of_entry = Counter()
        for minute in minutes:
            day, reading = date.fromordinal(int(screen.day[minute])), int(screen.minute[minute])
            if not counting.holds(rule, day):
                continue
            if base == "horizon":
                label = "horizon" if day >= world.start else ""
            else:
                label = counting.name_of(base, day, reading) if world.known_from <= day <= world.last else ""
                if label and counting.span(label)[1] < world.start and not all_weeks(measure):
                    label = ""
            if not label or (name == "prime_minutes" and not counting.prime_clock(one.channel, reading)):
                continue
            of_entry[label] += viewers(counting, one, day, reading) if name.startswith("audience") else 1
        for label, amount in of_entry.items():
            if name == "audience_per_million":
                people = sum(int(world.said["territories"][code]["population"]) for code in counting.seen(one.channel))
                amount = amount * 10**6 // people
            if name in ("titles", "channels"):
                key = one.item.identity if name == "titles" else one.channel
                once[label][key] = Fraction(1) if name == "channels" else share
            else:
                total[label] += amount * share
    reached = {}
    for label in sorted(once):
        new = {key: value for key, value in once[label].items() if key not in reached or period != "cumulative"}
        reached |= new
        total[label] = sum(new.values())
    return total


def viewers(counting, one, day, minute):
    key = one.channel, id(one.item), day, minute // 60
    if key not in counting.known_viewers:
        counting.known_viewers[key] = _viewers(counting, one, day, minute)
    return counting.known_viewers[key]


def _viewers(counting, one, day, minute):
    """Viewers in a minute: the row of viewers that says most of it, times the appeal, to the nearest person."""
    best = None
    for row in counting.world.tables["audience"]:
        if row["channel"] != one.channel or int(row["hour"]) != minute // 60:
            continue
        dated = bool(row.get("date"))
        there = day_of(row["date"]) == day if dated else WEEKDAYS[day.weekday()] in weekdays(row["days"])
        genre, kind = row.get("genre") or "", row.get("version_kind") or ""
        if not there or genre not in ("", one.item.genre) or kind not in ("", one.item.kind):
            continue
        rank = dated, 2 * bool(genre) + bool(kind)
        if best is None or rank > best[0]:
            best = rank, int(row["viewers"])
    base = best[1] if best else 0
    return (base * int(one.item.appeal * 1000) + 500) // 1000


def _pair(counting, rule, pair, measure):
    found, world = {}, counting.world
    period = measure.get("period", "week")
    base = "week" if period == "cumulative" else period
    sides = [exchanged(counting, rule, *way, measure) for way in (pair, pair[::-1])]
    days = [world.known_from + timedelta(days=at) for at in range((world.last - world.known_from).days + 1)]
    days = [day for day in days if counting.holds(rule, day)]
    labels = ["horizon"] if any(day >= world.start for day in days) else []
    if base != "horizon":
        names = {counting.name_of(base, day) for day in days} - {""}
        labels = sorted(name for name in names if counting.span(name)[1] >= world.start or all_weeks(measure))
    what = of(measure)
    for at, label in enumerate(labels):
        if period == "cumulative":
            given, received = (sum((side[one] for one in labels[: at + 1]), Fraction(0)) for side in sides)
        else:
            given, received = (Fraction(side[label]) for side in sides)
        if base != "horizon" and counting.span(label)[1] < world.start:
            continue
        carry = measure.get("carry_over", 0) if at == 0 or period == "cumulative" else 0
        if measure.get("tolerance") is not None:
            tolerance, floor = number(measure["tolerance"]), measure.get("floor", 0)
            held = number(measure.get("ratio", 1)) * received + carry
            match measure["tolerance_of"]:
                case "agreed":
                    bases = measure["agreed"], measure["agreed"]
                case "larger":
                    bases = given, held
                case "smaller":
                    bases = held, given
                case _:
                    bases = (given + held - carry,) * 2
            found[f"{pair[0]}-{pair[1]}", label, f"{what}: over"] = short(given - held - tolerance * bases[0] - floor)
            found[f"{pair[0]}-{pair[1]}", label, f"{what}: under"] = short(held - given - tolerance * bases[1] - floor)
        for (giver, taker), have in zip((pair, pair[::-1]), (given, received), strict=True):
            least = measure.get("least", 0)
            least = least.get(giver, 0) if isinstance(least, dict) else least
            need = counting.due(label, least, rule, measure.get("rest", "proportional"))
            found[f"{giver}>{taker}", label, f"{what}: least"] = short(need - have)
    return found


def count(counting, rule):
    parties = words(rule["parties"])
    found = {}
    for pair in combinations(parties, 2):
        suffix = "" if len(parties) == 2 else f"/{'-'.join(pair)}"
        for measure in rule["measures"]:
            for key, value in _pair(counting, rule, pair, measure).items():
                found[(*key, suffix)] = value
    return found


def all_weeks(measure):
    """Whether a measure sums up all weeks on record: a carry-over would be the sum of those before the horizon."""
    return measure.get("period") == "cumulative" and "carry_over" not in measure


def of(measure):
    """A measure as rows are compared by it; what it selects is not spelt out."""
    selected = " of *" if measure.get("select") else ""
    return f"{measure['measure']}{selected} ({measure.get('period', 'week')})"


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
