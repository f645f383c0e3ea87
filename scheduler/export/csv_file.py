"""timetable.csv, or the same for spreadsheets with a decimal comma."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scheduler.timetable import frame_csv

if TYPE_CHECKING:
    from scheduler.export.selection import Selection

BYTE_ORDER_MARK = "\ufeff"
FORMULA = r"^[=+\-@\t\r]"
"""Signs at the start of a cell that a spreadsheet reads as a formula."""


def csv_text(selection: Selection, *, excel: bool = False) -> str:
    """The columns of timetable.csv, with comma and LF; for Excel with semicolon, CRLF and a byte order mark.

    For Excel, an apostrophe is put before a text that a spreadsheet would read as a formula.
    """
    if not excel:
        return frame_csv(selection.frame)
    frame = selection.frame.copy()
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(str).str.replace(FORMULA, lambda found: "'" + found[0], regex=True)
    return BYTE_ORDER_MARK + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
