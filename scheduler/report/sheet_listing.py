"""The listing: all airings in a table with real dates. A planner edits it, and `parity import timetable` reads it.

The first row is hidden. It has the names that the import reads; the visible heads may be in any language.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from scheduler.formats.listing import LISTING, MARK

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

    from scheduler.report.language import Language
    from scheduler.report.sheet_formats import Formats
    from scheduler.report.tables import Tables


def write_listing(sheet: Worksheet, tables: Tables, language: Language, formats: Formats) -> None:
    """Write the hidden names, the table and its filter."""
    listing, say = tables.listing, language.say
    start = [datetime.fromisoformat(text) for text in listing["start_local"].tolist()]
    end = [datetime.fromisoformat(text) for text in listing["end_local"].tolist()]
    locked = {(lock.channel, lock.start_utc) for lock in tables.instance.locks}
    own: dict[str, list[Any]] = {
        "locked": [
            say("yes") if (channel, datetime.fromisoformat(at)) in locked else ""
            for channel, at in zip(listing["channel"].tolist(), listing["start_utc"].tolist(), strict=True)
        ],
        "date": [at.date() for at in start],
        "start": [at.time() for at in start],
        "end": [at.time() for at in end],
    }
    looks = {"date": formats.date, "start": formats.clock, "end": formats.clock}
    last = max(len(listing), 1) + 1
    sheet.add_table(
        1,
        0,
        last,
        len(LISTING) - 1,
        {
            "name": "Listing",
            "style": "Table Style Light 9",
            "columns": [{"header": say(key)} for _, key, _ in LISTING],
        },
    )
    for column, (name, key, width) in enumerate(LISTING):
        sheet.set_column(column, column, width, None, {"hidden": name == "airing_id"})
        sheet.write_string(0, column, name if column else f"{MARK}:{name}", formats.note)
        sheet.write_string(1, column, say(key), formats.head)
        for row, value in enumerate(own[name] if name in own else listing[name].tolist(), start=2):
            if name in looks:
                sheet.write_datetime(row, column, value, looks[name])
            elif isinstance(value, str):
                if name == "episode" and value:
                    sheet.write_number(row, column, int(value), formats.whole)
                elif value:
                    sheet.write_string(row, column, value, formats.text)
            else:
                sheet.write_number(row, column, int(value), formats.whole)
    sheet.set_row(0, None, None, {"hidden": True})
    sheet.freeze_panes(2, 3)
    sheet.repeat_rows(1)
    sheet.data_validation(2, 0, last, 0, {"validate": "list", "source": [say("yes"), say("no")], "ignore_blank": True})
    sheet.write_comment(1, 0, say("locked_note"))
