"""Rules counted again from timetable.csv and history.csv alone: plain text, plain clocks, nothing of the rules."""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.timetable import timetable_csv, timetable_of
from scheduler.verify import verify
from tests.builders import aired, anchor, channel, content, kz, programme, uz, window, write

FIRST, LAST = date(2026, 10, 24), date(2026, 10, 28)
"""Saturday to Wednesday; clocks go back in Berlin on the Sunday."""

SEASON = {"season": {"first": "2026-10-20", "last": "2026-10-26"}}
NIGHT = window("22:00", "28:00")
CHANNELS = [kz(NIGHT), uz(NIGHT), channel("D.de", "DE", "Europe/Berlin", NIGHT, coverage=["DE", "KZ"])]
PROGRAMMES = [
    programme("serial", 45, episodes=12, runs=3, tags="own"),
    programme("joint", 50, origin="KZ:1/2;UZ:1/2", genre="film", runs=3),
    programme("guest", 40, origin="UZ", versions="uzb:original", episodes=9, runs=3),
    programme("third", 35, origin="DE", versions="deu:original", episodes=9, runs=3, genre="education"),
]
ANCHORS = [anchor("news", "Q.kz", "21:00", "21:25"), anchor("own-film", "O.uz", "20:00", "21:30", origin="UZ")]
PERIODS = ("day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "season")
SOFT = {"hard": False, "price": 3}
SELECTS = {
    "foreign": {"origin": "foreign"},
    "drama": {"genre": ["drama", "education"]},
    "first": {"origin": "KZ", "run": "first"},
    "rerun": {"run": "rerun", "not": {"genre": "film"}},
}
OURS = {"origin": "UZ", "genre": ["drama", "film"]}
QUOTAS = [
    {"type": "quota", "id": f"{kind}-{name}-{period}", "select": select, "period": period, f"most_{kind}": 1, **SOFT}
    for kind in ("minutes", "count")
    for name, select in SELECTS.items()
    for period in PERIODS
] + [
    {"type": "quota", "id": "late", "select": OURS, "period": "week", "most_minutes": 1, **SOFT,
     "hours": ["23:30", "01:10"]},
    {"type": "quota", "id": "dated", "select": OURS, "period": "month", "most_minutes": 1, **SOFT,
     "valid_from": "2026-10-25", "valid_to": "2026-10-27"},
]  # fmt: skip
OTHERS = [
    {"type": "runs_per_day", "id": "once", "most": 1, **SOFT},
    {"type": "pace", "id": "pace-week", "select": {"genre": "drama"}, "period": "week", "most": 1, **SOFT},
    {"type": "pace", "id": "pace-day", "select": {"genre": "drama"}, "territories": ["KZ"], "period": "day", "most": 0,
     **SOFT},
    {"type": "campaign", "id": "campaign", "select": {"tag": "own"}, "parties": ["KZ", "UZ"], "least_runs": 99, **SOFT,
     "valid_from": "2026-10-21", "valid_to": "2026-10-26"},
    {"type": "order", "id": "order", "programmes": ["serial", "guest", "third"], **SOFT},
]  # fmt: skip
MEASURES = ("minutes", "prime_minutes", "first_run_minutes", "runs")
AGREEMENT = {
    "type": "parity", "id": "P", "parties": ["KZ", "UZ"], **SOFT,
    "measures": [
        {"measure": name, "period": period, "least": 10**6}
        for name in MEASURES for period in ("day", "week", "quarter", "season")
    ],
}  # fmt: skip
HISTORY = [
    aired("Q.kz", "2026-10-18T17:30Z", "serial", 45, episode=1),
    aired("Q.kz", "2026-10-19T18:40Z", "guest", 40, episode=1, version_language="uzb"),
    aired("O.uz", "2026-10-20T18:10Z", "joint", 50),
    aired("O.uz", "2026-10-21T19:15Z", "serial", 45, episode=1),
    aired("D.de", "2026-10-22T21:30Z", "third", 35, episode=1, version_language="deu"),
    aired("Q.kz", "2026-10-23T20:10Z", "guest", 40, episode=2, version_language="uzb"),
]
SPEC = content(
    CHANNELS, PROGRAMMES, rules=[*QUOTAS, *OTHERS], agreements=[AGREEMENT], anchors=ANCHORS, history=HISTORY,
    start=str(FIRST), days=(LAST - FIRST).days + 1, grid=15, periods=SEASON,
    territories={code: {"name": code} for code in ("KZ", "UZ", "DE")},
)  # fmt: skip

OF_CHANNEL = {one["id"]: one for one in CHANNELS}
OF_TITLE = {row["programme"]: row for row in PROGRAMMES} | {row["anchor"]: row for row in ANCHORS}


def span(period, day):
    """(name, last day) of the period that contains a day. None if there is none."""
    if period in SEASON:
        first, last = (date.fromisoformat(SEASON[period][end]) for end in ("first", "last"))
        return (period, last) if first <= day <= last else None
    if period == "week":
        return f"{day:%G-W%V}", day + timedelta(days=6 - day.weekday())
    months = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}.get(period)
    if months is None:
        return str(day), day + timedelta(days=period == "broadcast_day")
    part = (day.month - 1) // months
    after = date(day.year + (part + 1) * months // 12, (part + 1) * months % 12 + 1, 1)
    name = {1: f"{day:%Y-%m}", 3: f"{day.year}-Q{part + 1}", 6: f"{day.year}-H{part + 1}", 12: f"{day.year}"}[months]
    return name, after - timedelta(days=1)


def shown(rows):
    """Every airing and anchor as (channel, title, local start, minutes, first run, is an anchor)."""
    found = []
    for row in rows:
        moment = datetime.fromisoformat(row["start_utc"])
        anchored = row.get("anchor") == "yes"
        found.append((row["channel"], row["programme"], moment, int(row["duration_min"]), row["run"], anchored))
    return found


def past_anchors():
    """The anchors of days since the first on record of which history.csv has nothing on their channel."""
    known = {
        (row["channel"], broadcast_day(row["channel"], datetime.fromisoformat(row["start_utc"]))) for row in HISTORY
    }
    found, day = [], min(day for _, day in known)
    while day < FIRST:
        for row in ANCHORS:
            if (row["channel"], day) in known:
                continue
            begin, end = (datetime.fromisoformat(f"{day}T{row[edge]}") for edge in ("start", "end"))
            moment = begin.replace(tzinfo=ZoneInfo(OF_CHANNEL[row["channel"]]["zone"]))
            found.append((row["channel"], row["anchor"], moment, (end - begin).seconds // 60, "first", True))
        day += timedelta(days=1)
    return found


def wall(channel_, moment):
    return moment.astimezone(ZoneInfo(OF_CHANNEL[channel_]["zone"])).replace(tzinfo=None)


def broadcast_day(channel_, moment):
    return (wall(channel_, moment) - timedelta(hours=5)).date()


def origins(title):
    parts = [part.split(":") for part in OF_TITLE[title]["origin"].split(";")]
    return {part[0]: Fraction(part[1]) if len(part) > 1 else 1 for part in parts}


def fits(select, where, title, run):
    row, home = OF_TITLE[title], OF_CHANNEL[where]["territory"]
    origin, genre = select.get("origin"), select.get("genre")
    if origin == "foreign" and home in origins(title):
        return False
    if origin not in (None, "foreign") and origin not in origins(title):
        return False
    if genre is not None and row["genre"] not in ([genre] if isinstance(genre, str) else genre):
        return False
    if select.get("tag") not in (None, row.get("tags")):
        return False
    if select.get("programme") not in (None, title):
        return False
    excluded = "not" in select and fits(select["not"], where, title, run)
    return not excluded and select.get("run") in (None, run)


def named(period, day):
    """The period of a day, if the period does not end before the horizon and the day is not after the horizon."""
    found = span(period, day)
    return found[0] if found and day <= LAST and found[1] >= FIRST else None


def counted_quota(rule, airs):
    counts = Counter()
    period, hours = rule["period"], rule.get("hours")
    begin, end = (rule.get(name) and date.fromisoformat(rule[name]) for name in ("valid_from", "valid_to"))
    for where, title, moment, minutes, run, _ in airs:
        if not fits(rule["select"], where, title, run):
            continue
        steps = [0] if "most_count" in rule else range(minutes)
        for at in steps:
            clock = wall(where, moment + timedelta(minutes=at))
            if hours and not (clock.strftime("%H:%M") >= hours[0] or clock.strftime("%H:%M") < hours[1]):
                continue
            if (begin and clock.date() < begin) or (end and clock.date() > end):
                continue
            day = clock.date() if period != "broadcast_day" else (clock - timedelta(hours=5)).date()
            if name := named(period, day):
                counts[where, name] += 1
    return counts


def counted_parity(measure, period, giver, taker, airs):
    total = Counter()
    for where, title, moment, minutes, run, _ in airs:
        share = origins(title).get(giver, 0)
        if OF_CHANNEL[where]["territory"] != taker or not share or (measure == "first_run_minutes" and run != "first"):
            continue
        for at in [0] if measure == "runs" else range(minutes):
            clock = wall(where, moment + timedelta(minutes=at))
            if measure == "prime_minutes" and not 18 <= clock.hour < 23:
                continue
            if name := named(period, clock.date()):
                total[name] += share
    return total


def wanted(airs):
    """{(rule, channel, period, what): have} of everything that is counted here."""
    found = {}
    for rule in QUOTAS:
        found |= {(rule["id"], *key, ""): have for key, have in counted_quota(rule, airs).items()}
    for giver, taker in (("KZ", "UZ"), ("UZ", "KZ")):
        for measure in AGREEMENT["measures"]:
            name, period = measure["measure"], measure["period"]
            for label, have in counted_parity(name, period, giver, taker, airs).items():
                found["P", f"{giver}>{taker}", label, f"{name} {period}"] = have
    placed = [one for one in airs if not one[5]]
    # no window opens between midnight and five, so that a broadcast day's airings are all known at its end
    per_day, pace, campaign = Counter(), Counter(), Counter()
    for where, title, moment, _, run, _ in placed:
        day, home = broadcast_day(where, moment), OF_CHANNEL[where]["territory"]
        if named("day", day):
            per_day[where, str(day), title] += 1
        if run == "first" and OF_TITLE[title]["genre"] == "drama":
            if label := named("week", day):
                pace["pace-week", "all channels", label, title] += 1
            if home == "KZ" and named("day", day):
                pace["pace-day", "KZ", str(day), title] += 1
        if OF_TITLE[title].get("tags") == "own" and home != "DE" and date(2026, 10, 21) <= day <= date(2026, 10, 26):
            campaign["campaign", home, "2026-10-21/2026-10-26", ""] += 1
    found |= {("once", *key): have for key, have in per_day.items() if have > 1}
    return {**found, **pace, **campaign, **counted_order(placed)}


def counted_order(placed):
    seen = {where: set(one.get("coverage", [one["territory"]])) for where, one in OF_CHANNEL.items()}
    titles, found = ["serial", "guest", "third"], {}
    first = [one for one in placed if one[4] == "first" and one[1] in titles]
    for where, title, moment, *_ in first:
        sooner = [
            one
            for one in first
            if titles.index(one[1]) > titles.index(title) and one[2] < moment and seen[one[0]] & seen[where]
        ]
        if wall(where, moment).date() >= FIRST:
            found["order", where, f"{moment:%Y-%m-%dT%H:%MZ}", title] = len(sooner)
    return found


def measured_by_check(timetable):
    """The same from the checks. Rows that are not counted here count as 0."""
    found = {}
    for row in verify(timetable).measurements:
        if row.rigid:
            continue
        what = row.aspect.name
        if row.rule == "P":
            what = f"{row.aspect.measure} {row.aspect.period}"
        elif row.rule == "campaign" or row.rule in {rule["id"] for rule in QUOTAS}:
            what = ""
        found[row.rule, str(row.subject), row.period, what] = row.have
    return found


@pytest.mark.parametrize("seed", range(4))
def test_what_is_counted_from_the_files_is_what_the_checks_say(seed, tmp_path):
    instance = load(write(tmp_path, SPEC))
    airings = build_airings(instance, rules_of(instance))
    formulation, chosen = formulate(airings), airings.past.copy()
    for at in np.random.default_rng(seed).permutation(len(airings))[:400].tolist():
        chosen[at] = True
        if not formulation.is_admissible(formulation.point(chosen)):
            chosen[at] = False
    timetable = timetable_of(airings, chosen & ~airings.past)
    assert len(timetable) > 20
    rows = list(csv.DictReader(io.StringIO(timetable_csv(timetable)))) + HISTORY
    apart, checked = wanted(shown(rows) + past_anchors()), measured_by_check(timetable)
    wrong = {key: (apart.get(key, 0), checked.get(key)) for key in checked if apart.get(key, 0) != checked[key]}
    missing = {key: have for key, have in apart.items() if have and key not in checked}
    assert not wrong, dict(list(wrong.items())[:8])
    assert not missing, dict(list(missing.items())[:8])
    kinds = {key[0].split("-")[0] for key, have in apart.items() if have}
    assert kinds >= {"minutes", "count", "late", "dated", "P", "pace", "campaign", "order"}
