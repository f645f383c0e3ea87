"""history.csv with first runs that were announced, did not air, and are still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.imports.anchors import table_text
from scheduler.instance import FORMAT, read_csv
from scheduler.instance.derived.aired import HISTORY_COLUMNS, NEEDED_COLUMNS
from scheduler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.instance import Aired, Instance

HISTORY_FILE = "history.csv"


def history_csv(instance: Instance, unaired: Iterable[Aired]) -> str:
    """The rows of the instance's history.csv, unchanged, then the rows of airings that did not air."""
    path = instance.folder / HISTORY_FILE
    columns = frozenset(HISTORY_COLUMNS)
    there = read_csv(path, HISTORY_FILE, columns, NEEDED_COLUMNS).rows if path.is_file() else []
    rows = [
        {
            **{name: str(getattr(row, name)) for name in NEEDED_COLUMNS},
            "start_utc": utc_text(row.start_utc),
            "status": row.status,
            "format": str(FORMAT),
        }
        for row in unaired
    ]
    return table_text([*there, *rows], HISTORY_COLUMNS)
