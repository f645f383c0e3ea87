"""decisions.csv: a planner's decisions on ambiguous evidence. One run writes the file, the next one reads it."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.instance import InputError, Problem, read_csv
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

FILE = "decisions.csv"
UNPLANNED = "unplanned"
"""The decision that an item of evidence shows no planned airing."""
COLUMNS = ("evidence", "row", "channel", "aired", "title", "candidates", "decision")


@dataclass(frozen=True, slots=True)
class Decisions:
    """The airing that each (file, first row) of evidence shows, or UNPLANNED."""

    of: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rows: tuple[Mapping[str, str], ...] = ()  # the same as rows of the file, to be written again


def read_decisions(path: Path, airings: Sequence[str]) -> Decisions:
    """The decisions that are filled in. Raises InputError if one names an airing that is not planned."""
    table = read_csv(path, path.name, frozenset(COLUMNS), frozenset({"evidence", "row", "decision"}))
    known = {*airings, UNPLANNED}
    problems, found, rows = list(table.problems), {}, []
    for number, row in enumerate(table.rows):
        decision = row.get("decision", "")
        if not decision:
            continue
        if decision not in known:
            what = msg(
                "decision: '{decision}' is no planned airing; write one of its candidates, or {unplanned}",
                decision=decision,
                unplanned=UNPLANNED,
            )
            problems.append(Problem(table.file, *table.place(number, "decision"), what))
        found[row.get("evidence", ""), row.get("row", "")] = decision
        rows.append({name: row.get(name, "") for name in COLUMNS})
    if problems:
        raise InputError(problems)
    return Decisions(found, tuple(rows))


def decisions_csv(rows: Sequence[Mapping[str, str]]) -> str:
    """The text of decisions.csv. `decision` is the present match, to be confirmed or changed."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()
