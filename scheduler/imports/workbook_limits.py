"""The memory that a workbook would need, found by reading its parts as a stream before it is loaded.

Readers of workbooks store a rectangle from the first cell to the farthest one, and a copy of a shared text for every
cell that refers to it. So a file of a few kilobytes can need more memory than there is.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from array import array
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from scheduler.instance import InputError, Problem
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_UNPACKED = 300_000_000  # bytes
MAX_PARTS = 5_000
MAX_CELLS = 5_000_000
MAX_TEXT = 100_000_000  # characters of all cells together
MAX_DEPTH = 200
CHUNK = 1 << 16

BROKEN = (
    *(zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError),
    *(ValueError, LookupError),  # a part with an unknown encoding
)
"""Exceptions of reading a damaged archive."""

_PLACE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,9})$")


class UnreadableError(Exception):
    """The file is not a workbook. The message states the reason."""


def check_workbook(raw: bytes, file: str) -> None:
    """Raise InputError for a workbook that is too large, UnreadableError for a file that is not a workbook."""
    if raw[:2] != b"PK":
        return  # an older format, whose sheets are always small, or not a workbook
    try:
        book = zipfile.ZipFile(io.BytesIO(raw))
        parts = book.infolist()
        if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
            raise InputError(
                [Problem(file, 1, 1, msg("unpacks to more than {number} MB", number=MAX_UNPACKED // 1_000_000))]
            )
        names = [part.filename for part in parts]
        lengths: array[int] = array("q")
        for name in names:
            if name.lower().endswith("sharedstrings.xml"):
                _parse(book, name, _SharedTexts(lengths))
        for name in names:
            lower = name.lower()
            if lower.endswith(".bin") and "worksheets/" in lower:
                raise UnreadableError("its sheets are in binary form")
            if lower.endswith(".xml") and "worksheets/" in lower:
                _parse(book, name, _Sheet(f"{file}[{name.rpartition('/')[2]}]", lengths))
            elif lower == "content.xml":
                _parse(book, name, _OpenSheet(file))
    except BROKEN as error:
        raise UnreadableError(str(error)) from None
    except expat.ExpatError as error:
        raise UnreadableError(f"a part is no XML: {error}") from None


def _parse(book: zipfile.ZipFile, name: str, handler: _Handler) -> None:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _no_doctype
    parser.StartElementHandler = _local(handler.start)
    parser.EndElementHandler = _local(handler.end)
    parser.CharacterDataHandler = handler.text
    with book.open(name) as stream:
        while chunk := stream.read(CHUNK):
            parser.Parse(chunk, False)
    parser.Parse(b"", True)


def _no_doctype(*_: Any) -> None:
    raise UnreadableError("a part declares a document type")


def _local(handle: Callable[..., None]) -> Callable[..., None]:
    """The same handler, given names without their namespace."""
    return lambda tag, *more: handle(tag.rpartition("}")[2], *more)


class _Handler:
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, tag: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text inside of an element."""


class _SharedTexts(_Handler):
    """Counts the characters of each shared text."""

    def __init__(self, lengths: array[int]) -> None:
        self._lengths = lengths

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "si":
            self._lengths.append(0)

    def text(self, text: str) -> None:
        if self._lengths:
            self._lengths[-1] += len(text)


class _Sheet(_Handler):
    """Counts the rectangle and the text of a sheet in Office Open XML."""

    def __init__(self, file: str, lengths: array[int]) -> None:
        self._file, self._lengths = file, lengths
        self._row = self._column = self._rows = self._columns = self._text = 0
        self._shared, self._inside, self._value = False, False, ""

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            reference = attributes.get("r", "")
            self._row = int(reference) if reference.isdigit() and len(reference) < 10 else self._row + 1
            self._column = 0
        elif tag == "c":
            place = _PLACE.match(attributes.get("r", ""))
            self._column += 1
            if place is not None:
                self._column, self._row = _column(place[1]), int(place[2])
            self._rows, self._columns = max(self._rows, self._row), max(self._columns, self._column)
            if self._rows * self._columns > MAX_CELLS:
                large = msg(
                    "the cell {cell} makes a sheet of {rows} rows and {columns} columns; delete the cells far outside",
                    cell=attributes.get("r", str(self._row)),
                    rows=self._rows,
                    columns=self._columns,
                )
                raise InputError([Problem(self._file, self._row, self._column, large)])
            self._shared = attributes.get("t") == "s"
        self._inside, self._value = tag == "v", ""

    def text(self, text: str) -> None:
        if self._inside and self._shared and len(self._value) < 12:
            self._value += text

    def end(self, tag: str) -> None:
        if tag == "v" and self._shared and self._value.strip().isdigit():
            number = int(self._value)
            self._text += self._lengths[number] if number < len(self._lengths) else 0
            if self._text > MAX_TEXT:
                raise InputError([Problem(self._file, self._row, self._column, _too_much_text())])
        self._inside = False


class _OpenSheet(_Handler):
    """Counts the rectangle and the text of every sheet in OpenDocument, including repeated rows and cells."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._row = self._column = self._columns = self._text = self._length = 0
        self._repeated = 1

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        reference = {name.rpartition("}")[2]: value for name, value in attributes.items()}
        if tag == "table":
            self._row = self._columns = 0
        elif tag == "table-row":
            self._column = 0
            self._repeated = _repeats(reference.get("number-rows-repeated"))
        elif tag in ("table-cell", "covered-table-cell"):
            cells = _repeats(reference.get("number-columns-repeated"))
            self._column += cells
            if "value-type" in reference:
                self._columns = max(self._columns, self._column)
                if (self._row + self._repeated) * self._columns > MAX_CELLS:
                    large = msg("a sheet has more than {number} cells; delete the cells far outside", number=MAX_CELLS)
                    raise InputError([Problem(self._file, self._row + 1, 1, large)])
            self._length = cells * self._repeated

    def end(self, tag: str) -> None:
        if tag == "table-row":
            self._row += self._repeated

    def text(self, text: str) -> None:
        self._text += len(text) * min(self._length, MAX_CELLS)
        if self._text > MAX_TEXT:
            raise InputError([Problem(self._file, self._row + 1, 1, _too_much_text())])


def _too_much_text() -> Message:
    return msg("the cells hold more than {number} million characters", number=MAX_TEXT // 1_000_000)


def _repeats(text: str | None) -> int:
    return int(text) if text is not None and text.isdigit() and 0 < len(text) < 10 else 1


def _column(letters: str) -> int:
    """The number of a column, from 1: A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
