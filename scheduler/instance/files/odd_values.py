"""Warnings about values that are allowed but probably wrong: dates outside the horizon, 85 instead of 85 %."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from scheduler.instance.files.zones import reversed_zone
from scheduler.instance.problem import Problem
from scheduler.messages import Listed, msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.files.yaml_document import YamlDocument
    from scheduler.instance.model.instance_file import InstanceFile
    from scheduler.instance.model.instance_head import Horizon
    from scheduler.messages import Message, Value

MOST_APPEAL = 10
"""An appeal above this (ten times the usual audience) is probably a percentage or on another scale."""

MOST_LISTED = 5
"""The number of cells of one kind that are listed; the others are only counted."""


def odd_values(
    file: InstanceFile,
    document: YamlDocument,
    parsed: Mapping[str, list[Any]],
    tables: Mapping[str, CsvTable | None],
) -> Iterator[Problem]:
    """The warnings of an instance.

    Parameters
    ----------
    parsed, tables
        As for `known_words`.
    """
    for number, channel in enumerate(file.channels):
        message = reversed_zone(channel.zone)
        if message is not None:
            yield Problem(*document.at(("channels", number, "zone")), message, "warning")
        for at, window in enumerate(channel.windows):
            for which, day in enumerate(window.dates or ()):
                if _is_outside(file.horizon, day):
                    place = document.at(("channels", number, "windows", at, "dates", which))
                    yield Problem(*place, _outside(msg("the window of {day}", day=str(day)), file.horizon), "warning")
    for name in ("programmes.csv", "anchors.csv"):
        table = tables.get(name)
        if table is not None and len(parsed[name]) == len(table.rows):
            yield from _listed(table, "appeal", _appeals(parsed[name], table))
    anchors = tables.get("anchors.csv")
    if anchors is not None and len(parsed["anchors.csv"]) == len(anchors.rows):
        yield from _listed(anchors, "date", _dates(file.horizon, parsed["anchors.csv"]))


def _appeals(rows: list[Any], table: CsvTable) -> list[tuple[int, Message]]:
    found = []
    for number, row in enumerate(rows):
        if row.appeal > MOST_APPEAL:
            written = table.rows[number]["appeal"]
            message = msg(
                "appeal: '{written}' is {factor} times the usual audience; 85 % is 0.85 or '85 %'",
                written=written,
                factor=f"{row.appeal:g}",
            )
            found.append((number, message))
    return found


def _dates(horizon: Horizon, rows: list[Any]) -> list[tuple[int, Message]]:
    dated = [(number, row) for number, row in enumerate(rows) if row.date is not None]
    return [
        (number, _outside(msg("the anchor '{anchor}' of {day}", anchor=row.anchor, day=str(row.date)), horizon))
        for number, row in dated
        if _is_outside(horizon, row.date)
    ]


def _is_outside(horizon: Horizon, day: date) -> bool:
    return not horizon.start <= day < horizon.start + timedelta(days=horizon.days)


def _outside(what: Message, horizon: Horizon) -> Message:
    last = horizon.start + timedelta(days=horizon.days - 1)
    return msg(
        "{what} is outside the horizon, {first} to {last}; it has no effect",
        what=what,
        first=str(horizon.start),
        last=str(last),
    )


def _listed(table: CsvTable, column: str, found: list[tuple[int, Message]]) -> Iterator[Problem]:
    """Warnings at their cells. If there are many, the first few are listed and the others are counted."""
    for at, (number, message) in enumerate(found[:MOST_LISTED], start=1):
        more: Value = ""
        if at == MOST_LISTED and len(found) > at:
            more = msg(" (and {number} more such rows)", number=len(found) - at)
        yield Problem(*table.at(number, column), Listed((message, more), ""), "warning")
