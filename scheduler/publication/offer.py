"""An offer to a party: the airings planned with it, as a workbook to fill in and as a page."""

from __future__ import annotations

import io
from datetime import date, datetime, time
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from scheduler.arrays import records
from scheduler.export.party import for_party
from scheduler.instance import agreements_of, zone_clock
from scheduler.instance.derived.aired import WITHDRAWN
from scheduler.messages import Message, msg
from scheduler.moments import moment_of
from scheduler.publication.notices import STYLE
from scheduler.publication.words import UNSETTLED, statuses
from scheduler.report.statuses import status_word
from scheduler.text_tables import html_table
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.timetable import Timetable

KEY, ANSWER, OTHER = "airing_id", "answer", "other_start"
"""Codes of the columns that `parity answer` reads. They are in the second row, the same in every language."""

_SHARED = ("channel", "date", "start", "our_start", "minutes", "title", "episode", "version", "direction", "status")
CODES: tuple[str, ...] = (KEY, *_SHARED, ANSWER, OTHER, "remark")
ACCEPTED = frozenset({"accepted", "yes", "принято", "да", "қабылданды", "иә", "qabul", "ha"})
REFUSED = frozenset({"refused", "no", "отказ", "нет", "бас тартылды", "жоқ", "rad", "yoq"})


def offer_rows(timetable: Timetable, party: str, withdrawn: pd.DataFrame | None = None) -> list[dict[str, Any]]:
    """Rows with CODES, one for every airing that serves an agreement of the party. It answers for its own channels.

    Parameters
    ----------
    withdrawn
        Rows of `withdrawn_rows`. They are shown in the order of time among the others, and need no answer.
    """
    instance = timetable.instance
    frame = timetable_frame(timetable).assign(status=statuses(instance, timetable))
    frame = for_party(instance, frame[frame["anchor"] == ""], party)
    if withdrawn is not None and len(withdrawn):
        frame = pd.concat([frame.astype(object), for_party(instance, withdrawn, party)], ignore_index=True)
        frame = frame.sort_values("start_utc", kind="stable")
    ours = zone_clock(_our_zone(instance, party))
    theirs = {channel.id for channel in instance.channels if party in channel.belongs_to}
    rows = []
    for row in records(frame):
        at = moment_of(row["start_utc"])
        rows.append(
            {
                KEY: row["airing_id"],
                "channel": row["channel"],
                "date": row["start_local"][:10],
                "start": row["start_local"][11:16],
                "our_start": at.astimezone(ours).strftime("%H:%M"),
                "minutes": int(row["duration_min"]),
                "title": row["title"],
                "episode": row["episode"],
                "version": f"{row['version_language']} {row['version_kind']}",
                "direction": row["direction"],
                "status": "proposed" if row["channel"] in theirs and row["status"] in UNSETTLED else row["status"],
                ANSWER: "" if row["channel"] in theirs and row["status"] != WITHDRAWN else "–",
                OTHER: "",
                "remark": "",
            }
        )
    return rows


def _our_zone(instance: Instance, party: str) -> str:
    """The zone of the other side: that of the first channel of another party of its agreements."""
    others = {one for rule in agreements_of(instance) if party in rule.parties for one in rule.parties} - {party}
    mine = (one for one in instance.channels if set(one.belongs_to) & others and party not in one.belongs_to)
    return next(mine, instance.channels[0]).zone


def _heads() -> list[Message]:
    return [
        msg("airing"),
        msg("channel"),
        msg("date"),
        msg("start, the channel's clock"),
        msg("start, our clock"),
        msg("minutes"),
        msg("title"),
        msg("episode"),
        msg("version"),
        msg("whose programme > on whose channel"),
        msg("status"),
        msg("answer: accepted or refused"),
        msg("or another start, HH:MM"),
        msg("remark"),
    ]


def _title(party: str) -> Message:
    return msg("Offer to {party}", party=party)


def offer_workbook(instance: Instance, rows: list[dict[str, Any]], party: str, language: Language) -> bytes:
    """The offer as a workbook. The second row has the codes of the columns; an answer is read by them."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(stream, options)
    created = datetime.combine(instance.file.horizon.start, time())
    book.set_properties({"title": language.render(_title(party)), "created": created})
    sheet = book.add_worksheet(party[:31])
    bold, grey = book.add_format({"bold": True, "text_wrap": True}), book.add_format({"font_color": "#888888"})
    for column, (head, code) in enumerate(zip(_heads(), CODES, strict=True)):
        sheet.write_string(0, column, language.render(head), bold)
        sheet.write_string(1, column, code, grey)
    for number, row in enumerate(rows, start=2):
        for column, code in enumerate(CODES):
            value = row[code]
            if isinstance(value, int):
                sheet.write_number(number, column, value)
            else:
                sheet.write_string(number, column, _cell(value, code, language) if code == "status" else value)
    sheet.freeze_panes(2, 0)
    sheet.autofit()
    book.close()
    return stream.getvalue()


def offer_page(rows: list[dict[str, Any]], party: str, language: Language) -> str:
    """The offer as one HTML page that loads nothing else."""
    title = escape(language.render(_title(party)))
    shown = CODES[1:11]
    heads = [language.render(one) for one in _heads()[1:11]]
    table = html_table(heads, [[_cell(row[code], code, language) for code in shown] for row in rows])
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head><body><h1>{title}</h1>{table}</body></html>\n"
    )


def _cell(value: Any, code: str, language: Language) -> str:
    if code == "status":
        return language.render(status_word(str(value)))
    return language.weekday(date.fromisoformat(value)) if code == "date" else str(value)
