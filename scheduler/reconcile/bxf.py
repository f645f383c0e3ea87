"""As-run messages of BXF (SMPTE ST 2021). Only local names are read, so every version of BXF is accepted.

These parts of an event are read: house number and name of its content, status, and start and length as time codes. The
date of a time code is that of the broadcast day, so 01:30 is in the night after it. Events that did not air are left
out.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from scheduler.imports.cells import Table
from scheduler.imports.packed import content_of
from scheduler.imports.xml_faults import not_xml
from scheduler.instance import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

    from scheduler.imports.cells import Cell

MAX_BYTES = 200_000_000
NOT_AIRED = frozenset({"didnotair", "preempted", "missingcontent"})
"""Statuses, in lower case without blanks, of events that did not air."""
HEAD: tuple[Cell, ...] = ("channel", "date", "start", "length", "programme", "title", "remark")
CHANNEL_NAMES = ("shortName", "name", "callLetters", "channelNumber", "id")

_TIME_CODE = re.compile(r"(\d\d):(\d\d):(\d\d)(?:[:;.,]\d+)?")


def is_bxf(path: Path) -> bool:
    """Whether a file is an XML message and not a table."""
    return path.name.lower().removesuffix(".gz").removesuffix(".zip").endswith((".xml", ".bxf"))


def bxf_table(path: Path, day_begins: int) -> Table:
    """The events that aired as a table. Its first row has the names of the fields.

    `day_begins`: minutes after midnight at which a broadcast day begins.

    Raises InputError if the file is not XML or has no as-run event.
    """
    try:
        root = ElementTree.fromstring(content_of(path, MAX_BYTES, msg("a BXF message")))
    except ElementTree.ParseError as error:
        line, column = error.position
        raise InputError([Problem(path.name, line, column + 1, not_xml(error.code))]) from None
    rows: list[list[Cell]] = [list(HEAD)]
    for channel, event in _events(root, ""):
        row = _row(channel, event, day_begins)
        if row is not None:
            rows.append(row)
    if len(rows) == 1:
        raise InputError([Problem(path.name, 1, 1, msg("holds no as-run event (AsRun) that aired"))])
    return Table(path.name, rows)


def _events(element: Element, channel: str) -> Iterator[tuple[str, Element]]:
    """(channel, event) of every as-run event, in the order of the message.

    The channel is that of an enclosing element.
    """
    for child in element:
        if _local(child) == "Channel":
            channel = next((child.get(name, "") for name in CHANNEL_NAMES if child.get(name)), _text(child)) or channel
    for child in element:
        if _local(child) == "AsRun":
            yield channel, child
        else:
            yield from _events(child, channel)


def _row(channel: str, event: Element, day_begins: int) -> list[Cell] | None:
    """The cells of an event. None if it did not air or states no start."""
    text = _text(_first(event, "Status"))
    start = _first(event, "StartDateTime")
    code, day = _text(_first(start, "SmpteTimeCode")), _attribute(start, "broadcastDate")
    match = _TIME_CODE.fullmatch(code)
    if "".join(text.split()).casefold() in NOT_AIRED or match is None:
        return None
    hours, minutes, seconds = (int(part) for part in match.groups())
    if hours * 60 + minutes < day_begins:
        hours += 24
    length = _TIME_CODE.fullmatch(_text(_first(_first(event, "Duration"), "SmpteTimeCode")))
    shown = "" if length is None else ":".join(length.groups())
    content = _first(event, "Content")
    house, title = _text(_first(content, "HouseNumber")), _text(_first(content, "Name"))
    return [channel, day, f"{hours:02d}:{minutes:02d}:{seconds:02d}", shown, house, title, text]


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _first(element: Element | None, name: str) -> Element | None:
    """The first element of a local name inside another."""
    return None if element is None else next((one for one in element.iter() if _local(one) == name), None)


def _text(element: Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()


def _attribute(element: Element | None, name: str) -> str:
    found = (one.get(name) for one in element.iter()) if element is not None else iter(())
    return next((value for value in found if value), "")
