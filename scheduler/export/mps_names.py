"""The meaning of the columns and rows of an MPS file: airings, misses of soft rows, clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.moments import MOMENT_FORMAT
from scheduler.rules import NO_BOUND

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.formulation import Formulation
    from scheduler.solve.programs.program import Program

COLUMNS = (
    *("name", "stands_for", "channel", "start_utc", "programme", "run", "version_language", "version_kind"),
    *("rule", "subject", "period", "aspect", "unit"),
)


def mps_names_text(airings: Airings, formulation: Formulation, program: Program) -> str:
    """A CSV table with a line per name of the MPS file of a program: columns first, in its order.

    `stands_for` is airing, rule's own column, miss (of a soft row), clause (a rule row) or overlap (airings of one
    window of which at most one may be chosen).
    """
    soft, rows = program.miss_row, program.matrix.shape[0]
    # A soft row with two bounds is two rows of the program; the second ones stand behind all rule rows.
    two = (formulation.lower > -NO_BOUND) & (formulation.upper < NO_BOUND)
    clause = np.concatenate([np.arange(len(formulation.lower)), soft[two[soft]]])
    own = len(formulation.column_lower)
    parts = [
        _airings(airings),
        pd.DataFrame({"stands_for": ["rule's own column"] * own}),
        _labels(formulation, soft).assign(stands_for="miss"),
        _labels(formulation, clause).assign(stands_for="clause"),
        pd.DataFrame({"stands_for": ["overlap"] * (rows - len(clause))}),
    ]
    table = pd.concat(parts, ignore_index=True).reindex(columns=list(COLUMNS))
    columns = len(table) - rows
    numbers = np.concatenate([np.arange(columns), np.arange(rows)])
    letter = np.where(np.arange(len(table)) < columns, "y", "r")
    table["name"] = pd.Series(letter).astype(str) + pd.Series(numbers).astype(str)
    return str(table.fillna("").to_csv(index=False, lineterminator="\n"))


def _airings(airings: Airings) -> pd.DataFrame:
    instance, contents = airings.instance, airings.instance.contents
    channels = np.array([channel.id for channel in instance.channels], dtype=object)
    programmes = np.array([programme.programme for programme in instance.programmes], dtype=object)
    start = pd.Timestamp(instance.timeline.origin) + pd.to_timedelta(airings.start_minute, unit="min")
    return pd.DataFrame(
        {
            "stands_for": "airing",
            "channel": channels[airings.channel],
            "start_utc": pd.DatetimeIndex(start).strftime(MOMENT_FORMAT),
            "programme": programmes[airings.programme],
            "run": np.where(airings.run == 1, "first", "rerun"),
            "version_language": np.asarray(contents.audio)[airings.content],
            "version_kind": np.asarray(contents.version_kind)[airings.content],
        }
    )


def _labels(formulation: Formulation, rows: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pd.DataFrame:
    """Rule, subject (a channel or another), period, aspect and unit of rule rows."""
    labels = formulation.labels.iloc[rows].reset_index(drop=True).astype(str)
    return labels[["rule", "subject", "period", "aspect", "unit"]]
