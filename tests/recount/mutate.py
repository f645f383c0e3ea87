"""Instances and timetables with something changed at random: parameters of rules, history, airings."""

from __future__ import annotations

import csv
import io
import re
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import InputError
from scheduler.rules import load, rules_of
from scheduler.strands import build_bundles
from scheduler.timetable import timetable_csv, timetable_of
from tests.builders import anchor, content, write
from tests.recount.compare import differences
from tests.rules.follower_cases import CASES as FOLLOWERS
from tests.rules.keep_cases import CASES as KEPT
from tests.rules.over_time import cut, longer, part, some_timetable
from tests.rules.placement_cases import CASES as PLACEMENTS
from tests.rules.placement_cases import SERIES
from tests.rules.rubric_cases import CASES as RUBRICS
from tests.rules.rubric_cases import RUBRIC
from tests.rules.rulebook_cases import ALL_KINDS
from tests.rules.season_cases import CASES as SEASONS
from tests.rules.season_cases import DAILY
from tests.rules.sharing_cases import CASES as SHARED
from tests.rules.slot_change_cases import CASES as CHANGES
from tests.rules.slot_change_cases import placed

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

NUMBERS = {
    "most", "least", "least_minutes", "most_minutes", "least_count", "most_count", "least_runs", "within_days",
    "within_hours", "within", "days", "hours", "every", "times", "worst_off", "per_minutes", "adds_minutes",
    "dub_minute",
    "floor", "carry_over", "days_a_week", "least_channels", "age",
}  # fmt: skip
PERIODS = ("hour", "6h", "day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "horizon")
SELECTS = ({"run": "first"}, {"run": "rerun"}, {"origin": "foreign"}, {"genre": "drama"}, {"not": {"genre": "film"}})
DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?$")
HEAD = (
    "channel", "start_utc", "duration_min", "programme", "episode", "run", "version_language", "version_kind", "anchor",
)  # fmt: skip
PLACED: dict[str, tuple[dict[str, Any], dict[str, dict[str, Any]]]] = {
    "placement": (SERIES, PLACEMENTS),
    "followers": ({}, FOLLOWERS),
    "seasons": ({"placement": DAILY}, SEASONS),
    "keep value": ({}, KEPT),
    "slot changes": ({"placement": placed()}, CHANGES),
}
"""Kinds of series in regular slots: what their cases share, and the cases."""


def made(case: dict[str, Any]) -> dict[str, Any]:
    """An instance as plain values of a case of series in regular slots."""
    given = dict(case)
    return content(given.pop("channels"), given.pop("programmes"), **given)


CASES = [(kind, name, spec) for kind, cases in ALL_KINDS.items() for name, _, spec in cases] + [
    (kind, name, made({**shared, **case}))
    for kind, (shared, cases) in {
        **PLACED,
        "sharing": ({}, SHARED),
        "rubric": ({"placement": RUBRIC}, {name: case for name, (case, _) in RUBRICS.items()}),
    }.items()
    for name, case in cases.items()
]


def changed_rule(rule: dict[str, Any], start: date, days: int, rng: np.random.Generator) -> dict[str, Any]:
    """A rule or agreement with one thing changed."""
    rule = deepcopy(rule)
    of = rng.choice([rule, *rule.get("measures", [])])
    numbers = [name for name in of if name in NUMBERS and isinstance(of[name], int)]
    match rng.integers(7):
        case 0 | 1 if numbers:
            name = rng.choice(numbers)
            of[name] = max(0, of[name] + int(rng.integers(-3, 4)) * int(rng.choice([1, 5, 30])))
        case 2:
            rule["valid_from"] = str(start + timedelta(days=int(rng.integers(-3, days))))
        case 3:
            rule["valid_to"] = str(start + timedelta(days=int(rng.integers(-1, days + 2))))
        case 4 if "period" in of:
            of["period"] = str(rng.choice(PERIODS))
        case 5 if "select" in of:
            of["select"] = {**of["select"], **SELECTS[rng.integers(len(SELECTS))]}
        case 6 if "period" in of:
            of["rest"] = str(rng.choice(["all", "proportional", "none"]))
    return rule


def some(rng: np.random.Generator, *values: Any) -> Any:
    return values[rng.integers(len(values))]


def changed_programme(
    row: dict[str, Any], file: dict[str, Any], start: date, days: int, rng: np.random.Generator
) -> dict[str, Any]:
    """A programme whose rights, languages, episodes or sister channels are others."""
    names, codes = [one["id"] for one in file["channels"]], list(file["territories"])
    new = dict(row)
    match rng.integers(13):
        case 0:
            new["rights_from"] = str(start + timedelta(days=int(rng.integers(-2, days))))
        case 1:
            new["rights_to"] = str(start + timedelta(days=int(rng.integers(0, days + 3))))
        case 2:
            new["territories"] = some(rng, "KZ", "UZ", "*", "KZ;UZ")
        case 3:
            new["runs"] = int(rng.integers(1, 4))
        case 4:
            new["runs_total"] = int(rng.integers(1, 6))
        case 5:
            new["runs_channel"] = int(rng.integers(1, 4))
        case 6:
            new |= {"days_between_runs": int(rng.integers(1, 4)), "runs": int(rng.integers(2, 4))}
        case 7:
            new["episodes"] = int(rng.integers(1, 6))
        case 8:
            first = row.get("original_language") or str(row["versions"]).partition(":")[0]
            new["audio_shares"] = f"{first}:0.6;rus:0.4" if first != "rus" else ""
        case 9:
            new |= {"sharing": some(rng, "none", "simulcast"), "holdback_days": ""}
        case 10:
            new |= {"sharing": "second_window", "holdback_days": int(rng.integers(1, 4))}
        case 11:
            new |= {"exclusive": some(rng, *names), "exclusive_until": some(rng, "", start + timedelta(days=1))}
        case 12:
            new["not_before"] = f"{some(rng, *codes)}:{start + timedelta(days=int(rng.integers(1, days)))}"
    return new


def changed_channel(one: dict[str, Any], codes: list[str], rng: np.random.Generator) -> dict[str, Any]:
    """A channel that is seen elsewhere, has another clock, starts on other minutes, takes less, or has named slots."""
    new = deepcopy(one)
    windows = new.get("windows", [])
    match rng.integers(6):
        case 0:
            new["coverage"] = sorted({one["territory"], some(rng, *codes)})
        case 1:
            new["zone"] = some(rng, "Asia/Kathmandu", "Europe/Berlin", "Asia/Tashkent", "America/New_York")
        case 2:
            for window in windows:
                window["start_every"] = some(rng, 30, 60)
        case 3:
            for window in windows:
                window["accept"] = some(rng, {"genre": "drama"}, {"not": {"genre": "film"}}, {"origin": "KZ"})
        case 4 | 5:
            starts = [window["start"] for window in windows if "start" in window]
            slot = {"name": "evening", "start": some(rng, "23:00", "23:30", *starts), "empty_price": 50}
            accept = some(rng, {}, {"run": "first"}, {"genre": ["drama", "film"]})
            new["slots"] = [{**slot, "days": some(rng, "all", "mon-fri", "sat"), "accept": accept}]
            new["slots"][0] |= some(rng, {}, {"minutes": 45})
    return new


def changed_content(spec: dict[str, Any], start: date, days: int, rng: np.random.Generator) -> None:
    """Change one or two programmes and channels, or the time of the year."""
    file, rows = spec["instance.yaml"], spec["programmes.csv"]
    if rng.integers(2):
        at = int(rng.integers(len(rows)))
        spec["programmes.csv"] = [*rows[:at], changed_programme(rows[at], file, start, days, rng), *rows[at + 1 :]]
    if rng.integers(2):
        at = int(rng.integers(len(file["channels"])))
        new = changed_channel(file["channels"][at], list(file["territories"]), rng)
        file["channels"] = [*file["channels"][:at], new, *file["channels"][at + 1 :]]
    if rng.integers(3) == 0:
        channel = some(rng, *file["channels"])
        begin = int(rng.integers(18, 24))
        fixed = anchor("talk", channel["id"], f"{begin}:00", f"{begin}:{some(rng, 15, 30, 45)}", genre="talk")
        fixed |= some(rng, {}, {"audio_shares": "kaz:1/3;rus:2/3"}, {"origin": "UZ", "run": "rerun"})
        spec["anchors.csv"] = [*spec["anchors.csv"], fixed]


def changed_placement(spec: dict[str, Any], rng: np.random.Generator) -> None:
    """Change how series are placed: prices, weeks, what follows a lost episode."""
    lines = spec["instance.yaml"].get("placement", [])
    if not lines:
        return
    new = dict(lines[0])
    match rng.integers(6):
        case 0 if new["as"] in ("strand", "weekly"):
            new["slot_change_price"] = some(rng, 0, 5, 300)
        case 1 if new["as"] in ("strand", "weekly"):
            new["weeks_at_least"] = int(rng.integers(2, 4))
        case 2 | 3:
            new["missed_episode"] = some(rng, "double", "catch_up")
        case 4:
            new["finishes"] = bool(rng.integers(2))
        case 5:
            new["free_start_price"] = 40
    spec["instance.yaml"]["placement"] = [new, *lines[1:]]


def some_lost(rows: list[dict[str, str]], rng: np.random.Generator) -> list[dict[str, str]]:
    """Rows on record of which some first runs were announced and did not air."""
    found = []
    for row in rows:
        lost = row["run"] == "first" and not row.get("anchor") and rng.integers(4) == 0
        found.append({**row, "status": "not_aired" if lost else row.get("status", "")})
    return found


def some_locks(rows: list[dict[str, str]], rng: np.random.Generator) -> list[dict[str, str]]:
    """Locks on rows of a timetable, some of their cells empty or another."""
    found = []
    for row in rows:
        if row["anchor"] or rng.integers(4):
            continue
        lock = {name: row[name] for name in (*HEAD, "broadcast_date") if name in row}
        match rng.integers(6):
            case 0:
                lock["start_utc"] = ""
            case 1:
                lock |= {"start_utc": "", "broadcast_date": "", "episode": ""}
            case 2:
                lock["programme"] = ""
            case 3:
                lock |= {"channel": "", "run": "", "version_language": ""}
            case 4:
                lock["episode"] = str(int(rng.integers(1, 4)))
        found += [lock] * some(rng, 1, 1, 2)
    return found


def changed_rows(rows: list[dict[str, str]], rng: np.random.Generator) -> list[dict[str, str]]:
    """Rows of a timetable of which some are left out, are of another run or episode, or begin at another minute."""
    found = []
    for row in rows:
        new = dict(row)
        if row["anchor"]:
            if rng.integers(40) == 0:
                continue
        else:
            match rng.integers(16):
                case 0:
                    continue
                case 4 | 5:
                    moved = datetime.fromisoformat(row["start_utc"]) + timedelta(minutes=some(rng, -60, -30, 7, 30, 60))
                    new["start_utc"] = f"{moved:%Y-%m-%dT%H:%MZ}"
                case 6:
                    new["channel"] = some(rng, *sorted({one["channel"] for one in rows}))
                case 1:
                    new["run"] = "rerun" if row["run"] == "first" else "first"
                case 2:
                    new["episode"] = str(int(rng.integers(1, 4)))
                case 3:
                    new["duration_min"] = str(max(5, int(row["duration_min"]) - int(rng.integers(0, 12))))
        # columns that repeat the time would contradict the new length
        kept = (
            "channel",
            "start_utc",
            "duration_min",
            "programme",
            "episode",
            "run",
            "version_language",
            "version_kind",
        )
        found.append({name: new[name] for name in (*kept, "anchor")})
    return found


def text_of(rows: list[dict[str, str]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, HEAD, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({**row, "episode": row["episode"] or "1"} for row in rows)
    return stream.getvalue()


CLOCK_CHANGES = ("2027-03-26", "2026-10-23")
"""Fridays before the Sundays on which clocks are put forward and back in Europe."""


def moved(spec: dict[str, Any], begins: date) -> None:
    """Let an instance begin on another day of another season; its dates go along, one channel has Berlin's clock."""
    file = spec["instance.yaml"]
    by = begins - date.fromisoformat(file["horizon"]["start"])

    def later(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: later(one) for name, one in value.items()}
        if isinstance(value, list):
            return [later(one) for one in value]
        if isinstance(value, str) and DATE.match(value):
            return str(date.fromisoformat(value[:10]) + by) + value[10:]
        return value

    for name in spec:
        spec[name] = later(spec[name])
    file = spec["instance.yaml"]
    file["channels"] = [{**one, "zone": "Europe/Berlin"} if at == 0 else one for at, one in enumerate(file["channels"])]


def unshared(spec: dict[str, Any]) -> dict[str, Any]:
    """The same instance with rights that say nothing of sister channels, so that its timetables break them."""
    said = ("sharing", "holdback_days", "exclusive", "exclusive_until", "not_before")
    rows = [{name: cell for name, cell in row.items() if name not in said} for row in spec["programmes.csv"]]
    return {**spec, "programmes.csv": rows}


def unplaced(spec: dict[str, Any]) -> dict[str, Any]:
    """The same instance where titles air freely, so that its timetables are outside of named slots."""
    return {**spec, "instance.yaml": {**spec["instance.yaml"], "placement": [{"as": "free"}]}}


LESS_STRICT = {"sharing": unshared, "rubric": unplaced}
"""For kinds without a price: the instance whose timetables may break what the kind asks."""


def some_series(instance: Instance, rng: np.random.Generator) -> Timetable:
    """A timetable of series in their slots, then of other airings, drawn as in `some_timetable`."""
    airings = build_airings(instance, rules_of(instance))
    formulation, bundles = formulate(airings), build_bundles(airings)
    chosen = airings.locked.copy()
    parts = np.split(bundles.airing, bundles.first[1:-1])
    drawn = [parts[at] for at in rng.permutation(len(parts)).tolist() if len(parts[at])]
    drawn += [np.array([at]) for at in rng.permutation(len(airings))[:40].tolist()]
    for part_of in drawn:
        more = chosen.copy()
        more[part_of] = True
        if formulation.is_admissible(formulation.point(more)):
            chosen = more
    return timetable_of(airings, chosen)


def one_mutant(folder: Path, number: int) -> tuple[str, int, dict[Any, tuple[int, int]]] | None:
    """(what was changed, rows missed, differences) of a mutant; None where its instance cannot be loaded."""
    rng = np.random.default_rng(number)
    kind, name, spec = CASES[number % len(CASES)]
    spec = longer(spec)
    season = number // len(CASES) // 3 % 3
    if season:
        moved(spec, date.fromisoformat(CLOCK_CHANGES[season - 1]))
    file = spec["instance.yaml"]
    start, days = date.fromisoformat(file["horizon"]["start"]), file["horizon"]["days"]
    changed = number // len(CASES) % 3
    for section in ("rules", "agreements"):
        file[section] = [changed_rule(one, start, days, rng) if changed else one for one in file[section]]
    if changed:
        changed_content(spec, start, days, rng)
        if kind in PLACED:
            changed_placement(spec, rng)
    try:
        whole = load(write(folder / "whole", spec))
        drawn = load(write(folder / "drawn", LESS_STRICT[kind](spec))) if kind in LESS_STRICT else whole
        timetable = some_series(drawn, rng) if kind in PLACED else some_timetable(drawn, rng)[0]
        rows = list(csv.DictReader(io.StringIO(timetable_csv(timetable))))
        locked = number % 5 == 0
        if rng.integers(3) == 0:
            if locked:
                whole = load(write(folder / "whole", {**spec, "locks.csv": some_locks(rows, rng)}))
            return f"{kind}: {name}", *differences(folder / "whole", text_of(changed_rows(rows, rng)))
        after = int(rng.integers(1, days))
        before, rest = cut(whole, timetable, start + timedelta(days=after))
        if rng.integers(2):
            before = changed_rows(before, rng)
        middle, left = start + timedelta(days=after), days - after
        if rng.integers(4) == 0:  # history inside the horizon
            middle, left = start, days
        record = [{**row, "episode": row["episode"] or "1"} for row in [*spec["history.csv"], *before]]
        if kind in PLACED and changed and rng.integers(2):
            record = some_lost(record, rng)
        if locked:
            spec = {**spec, "locks.csv": some_locks(rest, rng)}
        if not rest and not record:
            return None
        part(folder / "rest", spec, middle, left, record, rest)
        return f"{kind}: {name}, cut after {after} days", *differences(
            folder / "rest", text_of(changed_rows(rest, rng))
        )
    except InputError:
        return None
