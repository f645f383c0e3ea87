"""Airings that are withdrawn from another party: rows of a timetable with the status `withdrawn`.

They are no airings of the timetable. They keep the cells that they were published with, because the instance may not
know their programme any more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scheduler.instance import InputError, read_csv
from scheduler.instance.derived.aired import EVIDENCE_COLUMNS, NEEDED_COLUMNS, TIMETABLE_COLUMNS, WITHDRAWN, place_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

STATUS = "status"


def withdrawn_rows(path: Path, places: Collection[tuple[str, str]] | None = None) -> pd.DataFrame:
    """The withdrawn rows of a timetable file, with the columns of timetable.csv and `status`.

    Parameters
    ----------
    places
        (channel, start in UTC) of the rows of a published timetable that are withdrawn. By default the rows that have
        the status.

    Raises
    ------
    InputError
        The file cannot be read.
    """
    table = read_csv(path, path.name, frozenset((*TIMETABLE_COLUMNS, *EVIDENCE_COLUMNS)), NEEDED_COLUMNS)
    if table.problems:
        raise InputError(table.problems)
    rows = [
        {**dict.fromkeys(TIMETABLE_COLUMNS, ""), **row, STATUS: WITHDRAWN}
        for row in table.rows
        if (row.get(STATUS) == WITHDRAWN if places is None else place_of(row) in places)
    ]
    return pd.DataFrame(rows, columns=[*TIMETABLE_COLUMNS, STATUS], dtype=object)


def with_withdrawn(frame: pd.DataFrame, withdrawn: pd.DataFrame) -> pd.DataFrame:
    """Rows of `timetable_frame`, proposed to another party, and after them the withdrawn rows."""
    return pd.concat([frame.astype(object).assign(**{STATUS: "proposed"}), withdrawn], ignore_index=True)
