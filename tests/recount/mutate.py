"""Instances and timetables with something changed at random: parameters of rules, history, airings."""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.instance import InputError
from scheduler.rules import load
from scheduler.timetable import timetable_csv
from tests.builders import write
from tests.recount.compare import differences
from tests.rules.over_time import cut, longer, part, some_timetable
from tests.rules.rulebook_cases import ALL_KINDS

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = {
    "most", "least", "least_minutes", "most_minutes", "least_count", "most_count", "least_runs", "within_days",
    "within_hours", "within", "days", "hours", "every", "times", "worst_off", "per_minutes", "adds_minutes",
    "dub_minute",
    "floor", "carry_over", "days_a_week", "least_channels", "age",
}  # fmt: skip
PERIODS = ("hour", "6h", "day", "broadcast_day", "week", "month", "quarter", "half_year", "year", "horizon")
SELECTS = ({"run": "first"}, {"run": "rerun"}, {"origin": "foreign"}, {"genre": "drama"}, {"not": {"genre": "film"}})
HEAD = (
    "channel", "start_utc", "duration_min", "programme", "episode", "run", "version_language", "version_kind", "anchor",
)  # fmt: skip
CASES = [
    (kind, name, spec)
    for kind, cases in ALL_KINDS.items()
    if kind not in ("rights", "anchors", "airtime", "locks")
    for name, _, spec in cases
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


def changed_rows(rows: list[dict[str, str]], rng: np.random.Generator) -> list[dict[str, str]]:
    """Rows of a timetable of which some are left out, are of another run or episode, or begin at another minute."""
    found = []
    for row in rows:
        new = dict(row)
        if not row["anchor"]:
            match rng.integers(12):
                case 0:
                    continue
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


def one_mutant(folder: Path, number: int) -> tuple[str, int, dict[Any, tuple[int, int]]] | None:
    """(what was changed, rows missed, differences) of a mutant; None where its instance cannot be loaded."""
    rng = np.random.default_rng(number)
    kind, name, spec = CASES[number % len(CASES)]
    spec = longer(spec)
    file = spec["instance.yaml"]
    start, days = date.fromisoformat(file["horizon"]["start"]), file["horizon"]["days"]
    changed = number // len(CASES) % 3
    for section in ("rules", "agreements"):
        file[section] = [changed_rule(one, start, days, rng) if changed else one for one in file[section]]
    try:
        whole = load(write(folder / "whole", spec))
        timetable, *_ = some_timetable(whole, rng)
        if rng.integers(3) == 0:
            rows = list(csv.DictReader(io.StringIO(timetable_csv(timetable))))
            return f"{kind}: {name}", *differences(folder / "whole", text_of(changed_rows(rows, rng)))
        after = int(rng.integers(1, days))
        before, rest = cut(whole, timetable, start + timedelta(days=after))
        if rng.integers(2):
            before = changed_rows(before, rng)
        begins, left = start + timedelta(days=after), days - after
        if rng.integers(4) == 0:  # history inside the horizon
            begins, left = start, days
        record = [{**row, "episode": row["episode"] or "1"} for row in [*spec["history.csv"], *before]]
        part(folder / "rest", spec, begins, left, record, rest)
        return f"{kind}: {name}, cut after {after} days", *differences(
            folder / "rest", text_of(changed_rows(rest, rng))
        )
    except InputError:
        return None
