"""Compare the checks of a timetable with an independent recount from the files."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING

from scheduler.rules import load
from scheduler.timetable import read_timetable
from scheduler.verify import verify
from tests.recount.folder import Folder
from tests.recount.rules import missed

if TYPE_CHECKING:
    from pathlib import Path

ONE = {"one slot": "regular", "days": "regular", "repeats": "repeats"}
"""Rows of placement that are compared by whether they are missed: which airings are wrong is a matter of choice."""


def checked(folder: Path, text: str) -> dict[tuple[str, str, str, str], int]:
    """{(rule, subject, period, what): units} that the checks find missed; what breaks a rigid row counts each time."""
    instance = load(folder)
    path = folder / "recounted.csv"
    path.write_text(text, encoding="utf-8")
    found = Counter()
    for row in verify(read_timetable(instance, path)).missed:
        title = row.aspect.name
        if row.rule == "placement" and row.aspect.code in ONE:
            found[row.rule, str(row.subject), row.period, f"{ONE[row.aspect.code]}: {title}"] = 1
        else:
            what = re.sub(r"^(\w+) of .* \(", r"\1 of * (", str(row.aspect))
            key = row.rule, str(row.subject), row.period, what
            lost = row.rule == "locks"  # a lost airing also lacks its episode: one lock
            found[key] = max(found[key], row.miss) if lost else found[key] + row.miss
    return found


def differences(folder: Path, text: str) -> tuple[int, dict[tuple[str, str, str, str], tuple[int, int]]]:
    """How many rows are missed, and {row: (checks, counted again)} of every row on which the two do not agree."""
    rows = list(csv.DictReader(io.StringIO(text)))
    told, counted = checked(folder, text), missed(Folder(folder, rows))
    every = sorted(told.keys() | counted.keys())
    pairs = {key: (told.get(key, 0), counted.get(key, 0)) for key in every}
    return len(every), {key: pair for key, pair in pairs.items() if pair[0] != pair[1]}
