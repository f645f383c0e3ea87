"""timetable.csv, or the same for spreadsheets of offices where commas are decimal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scheduler.timetable import frame_csv

if TYPE_CHECKING:
    from scheduler.export.selection import Selection

BYTE_ORDER_MARK = "\ufeff"
FORMULA = r"^[=+\-@\t\r]"
"""What a spreadsheet takes for the beginning of a formula when it opens a CSV file."""


def csv_text(selection: Selection, *, excel: bool = False) -> str:
    """The contract's columns: comma and LF; or, for Excel, semicolon, CRLF and a byte order mark.

    For Excel a text that a spreadsheet would calculate gets an apostrophe in front.
    """
    if not excel:
        return frame_csv(selection.frame)
    frame = selection.frame.copy()
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            frame[name] = frame[name].astype(str).str.replace(FORMULA, lambda found: "'" + found[0], regex=True)
    return BYTE_ORDER_MARK + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
