"""The file of a ledger: one append-only CSV per agreement, with a chained hash in every line."""

from __future__ import annotations

import csv
import fcntl
import io
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scheduler.account.booking import COLUMNS, GENESIS, Booking, line_hash
from scheduler.instance import InputError, Problem
from scheduler.instance.files.validation import at_field, message_of
from scheduler.messages import Listed, msg, system_reason
from scheduler.whole_file import remove_unfinished, write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Book:
    """A ledger as read: its lines, and the hash of the last one (the head)."""

    path: Path
    bookings: tuple[Booking, ...]

    @property
    def head(self) -> str:
        """Hash of the last line. It identifies the whole file."""
        return self.bookings[-1].hash if self.bookings else GENESIS

    @property
    def closed(self) -> frozenset[str]:
        """Periods that both sides have signed."""
        return frozenset(line.period for line in self.bookings if line.kind == "closing")


def ledger_path(folder: Path, agreement: str) -> Path:
    """The file of an agreement's ledger."""
    return folder / f"{agreement}.csv"


def read_book(path: Path, head: str | None = None) -> Book:
    """Read a ledger and check its chain.

    Parameters
    ----------
    path
        The file. A ledger without a file has no lines.
    head
        A hash that was printed earlier. One line must have it, otherwise lines were removed or altered.

    Raises
    ------
    InputError
        The first line whose hash does not fit, and all lines that cannot be read.
    """
    if not path.exists():
        if head not in (None, GENESIS):
            raise InputError(
                [Problem(path.name, 1, 1, msg("there is no such ledger, though the head of one was given"))]
            )
        return Book(path, ())
    try:
        if path.stat().st_size > MOST_BYTES:
            large = msg("is larger than {megabytes} MB", megabytes=MOST_BYTES // 1_000_000)
            raise InputError([Problem(path.name, 1, 1, large)])
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise InputError([Problem(path.name, 1, 1, msg("is not UTF-8 text; save it as UTF-8"))]) from None
    except OSError as error:
        unreadable = msg("cannot be read: {reason}", reason=system_reason(error))
        raise InputError([Problem(path.name, 1, 1, unreadable)]) from None
    rows = _rows(path.name, text)
    if not rows or tuple(rows[0]) != COLUMNS:
        foreign = msg("is no ledger; its first line must be {columns}", columns=",".join(COLUMNS))
        raise InputError([Problem(path.name, 1, 1, foreign)])
    if not text.endswith("\n"):
        raise InputError([Problem(path.name, len(rows), 1, msg("the last line is cut"))])
    bookings = _checked(path.name, rows[1:])
    if head is not None and head != GENESIS and all(line.hash != head for line in bookings):
        message = msg(
            "no line has the hash {head}…: lines were altered or the tail was cut since it was printed", head=head[:12]
        )
        raise InputError([Problem(path.name, len(rows), 1, message)])
    return Book(path, tuple(bookings))


def _rows(file: str, text: str) -> list[list[str]]:
    """The cells of every line. If an altered byte is a quotation mark, all text after it becomes one cell."""
    reader = csv.reader(io.StringIO(text, newline=""))
    rows: list[list[str]] = []
    try:
        rows.extend(reader)
    except csv.Error:
        raise InputError([Problem(file, len(rows) + 1, 1, msg("is not a CSV table; close every quote"))]) from None
    return rows


def _checked(file: str, rows: list[list[str]]) -> list[Booking]:
    """The lines, each read and its hash compared."""
    found: list[Booking] = []
    before = GENESIS
    for line, row in enumerate(rows, 2):
        if len(row) != len(COLUMNS):
            wrong = msg("has {cells} cells, the header has {columns}", cells=len(row), columns=len(COLUMNS))
            raise InputError([Problem(file, line, 1, wrong)])
        cells = dict(zip(COLUMNS, row, strict=True))
        if line_hash(before, cells) != cells["hash"]:
            altered = msg("was altered: its hash does not fit its cells and the line before")
            raise InputError([Problem(file, line, 1, altered)])
        try:
            booking = Booking.model_validate({name: cell for name, cell in cells.items() if cell != ""})
        except ValidationError as error:
            raise InputError([Problem(file, line, 1, field_problem(error))]) from None
        if booking.entry != len(found) + 1:
            wrong = msg("is entry {entry}, expected {expected}", entry=booking.entry, expected=len(found) + 1)
            raise InputError([Problem(file, line, 1, wrong)])
        found.append(booking)
        before = booking.hash
    return found


def field_problem(error: ValidationError) -> Listed:
    """The first wrong field of a line, and the problem."""
    detail = error.errors(include_url=False)[0]
    return at_field(".".join(map(str, detail["loc"])), message_of(detail))


@contextmanager
def writing(path: Path) -> Iterator[Book]:
    """Lock the ledger for one writer, and remove what a killed writer has left.

    Raises
    ------
    InputError
        Another command is writing it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with (path.parent / f".{path.name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            busy = msg("another command is writing this ledger; try again")
            raise InputError([Problem(path.name, 1, 1, busy)]) from None
        remove_unfinished(path)
        yield read_book(path)


def append(book: Book, lines: Sequence[dict[str, Any]], now: datetime | None = None) -> Book:
    """Append lines to a ledger that `writing` has locked. A reader sees all of them or none.

    `lines` are fields of Booking without entry, booked_at and hash.

    Raises InputError if a line counts in a closed period.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    shut = sorted({str(line["period"]) for line in lines} & book.closed)
    if shut:
        message = msg(
            "the period {periods} is signed and closed; book an adjustment in an open period", periods=", ".join(shut)
        )
        raise InputError([Problem(book.path.name, 1, 1, message)])
    fresh: list[Booking] = []
    before = book.head
    for number, line in enumerate(lines, len(book.bookings) + 1):
        booking = Booking.model_validate({**line, "entry": number, "booked_at": moment}).chained(before)
        fresh.append(booking)
        before = booking.hash
    if not fresh:
        return book
    whole = Book(book.path, (*book.bookings, *fresh))
    write_whole(book.path, _text(whole.bookings))
    return whole


def _text(bookings: Sequence[Booking]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(booking.cells() for booking in bookings)
    return stream.getvalue()
