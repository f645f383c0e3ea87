"""The air certificate for a partner to fill in: a row per airing of our programmes, in the partner's language."""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import xlsxwriter

from scheduler.instance import served
from scheduler.messages import RefusedError, msg
from scheduler.reconcile.heads import TEMPLATE
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from scheduler.timetable import Timetable

COLUMNS = (
    *("airing_id", "channel", "planned_start", "title", "episode", "planned_minutes"),
    *("date", "start", "length", "remark"),
)
WIDTHS = (30, 18, 18, 36, 9, 10, 14, 14, 16, 24)
LANGUAGES = {"kk": "kaz", "ru": "rus", "uz": "uzb", "en": "eng"}
"""The title's language for each language of the template."""


def certificate_workbook(timetable: Timetable, party: str, lang: str) -> bytes:
    """A workbook with every airing on the party's channels that serves an agreement.

    The partner fills in what has aired.

    Raises RefusedError if there is no such airing.
    """
    words = TEMPLATE[lang]
    instance = timetable.instance
    serving = served(instance, timetable.channel, timetable.content)
    mine = np.isin(timetable.channel, instance.channels_of(party)) & np.array(
        [bool(pairs) for pairs in serving], dtype=bool
    )
    if not mine.any():
        raise RefusedError(msg("no airing on a channel of {party} serves an agreement", party=party))
    frame = timetable_frame(timetable)[mine].to_dict("records")
    titles = {one.programme: dict(one.titles).get(LANGUAGES[lang], one.title) for one in instance.programmes}
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = book.add_worksheet(words["title_of_sheet"][:31].replace("'", "ʼ"))
    bold = book.add_format({"bold": True, "text_wrap": True, "border": 1})
    looks = {
        "planned_start": book.add_format({"num_format": "dd.mm.yyyy hh:mm", "border": 1}),
        "date": book.add_format({"num_format": "dd.mm.yyyy", "border": 1}),
        "start": book.add_format({"num_format": "[h]:mm:ss", "border": 1}),
        "length": book.add_format({"num_format": "[h]:mm:ss", "border": 1}),
    }
    plain = book.add_format({"border": 1})
    sheet.write_string(0, 1, f"{words['title_of_sheet']}: {party}", book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 1, words["note"])
    for column, name in enumerate(COLUMNS):
        sheet.set_column(column, column, WIDTHS[column], None, {"hidden": name == "airing_id"})
        sheet.write_string(2, column, words[name], bold)
    for number, row in enumerate(frame, start=3):
        sheet.write_string(number, 0, str(row["airing_id"]), plain)
        sheet.write_string(number, 1, str(row["channel"]), plain)
        sheet.write_datetime(number, 2, datetime.fromisoformat(str(row["start_local"])), looks["planned_start"])
        sheet.write_string(number, 3, titles.get(str(row["programme"]), str(row["title"])), plain)
        sheet.write_string(number, 4, str(row["episode"]), plain)
        sheet.write_number(number, 5, int(row["duration_min"]), plain)
        for column in range(6, len(COLUMNS)):
            sheet.write_blank(number, column, None, looks.get(COLUMNS[column], plain))
    sheet.write_string(len(frame) + 4, 1, words["signed"])
    sheet.freeze_panes(3, 4)
    book.close()
    return stream.getvalue()
