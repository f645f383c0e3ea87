"""Offers and answers, airing by airing: `publications/words.csv` in the instance's folder.

A line is never changed: the latest line of an airing counts. An airing is identified by channel, start and programme.
If a party asks for another start, the offered airing is countered, and the one at the other start is accepted.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

import numpy as np
from pydantic import ValidationError

from scheduler.instance import InputError, Problem
from scheduler.instance.derived.aired import WITHDRAWN
from scheduler.instance.model.field_types import Day, Frozen
from scheduler.messages import msg
from scheduler.moments import utc_text
from scheduler.publication.state import FOLDER, PUBLISHED, read_publications, read_state, recording
from scheduler.replan.freeze import is_frozen
from scheduler.timetable import timetable_frame
from scheduler.whole_file import recover, write_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

FILE: Final = "words.csv"

Said = Literal["proposed", "accepted", "countered", "refused", "withdrawn"]
Status = Literal["draft", "proposed", "accepted", "countered", "refused", "published", "frozen", "aired"]
"""draft: no other party knows it. proposed: it was offered. accepted, countered, refused: the answer of the channel's
party. published: it is public. frozen: it is public and may not change any more. aired: it is in history.csv."""

STATUSES: tuple[Status, ...] = get_args(Status)

UNSETTLED: frozenset[str] = frozenset({"draft", "countered", "refused"})
"""Statuses of airings that may change without any loss to another party."""

Key = tuple[str, str, str]
"""Channel, start in UTC, programme."""


class Word(Frozen):
    """One line of words.csv."""

    on: Day
    party: str
    channel: str
    start_utc: str
    programme: str
    said: Said

    @property
    def key(self) -> Key:
        """The airing of the line."""
        return self.channel, self.start_utc, self.programme


def read_words(instance: Instance) -> tuple[Word, ...]:
    """All lines, in order.

    Raises InputError if a line was changed by another program.
    """
    path = instance.folder / FOLDER / FILE
    if not path.is_file():
        return ()
    recover(path.parent)
    found, problems = [], []
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        message = msg("was changed or damaged; restore it from a copy")
        raise InputError([Problem(f"{FOLDER}/{FILE}", 1, 1, message)]) from None
    for number, row in enumerate(rows, start=2):
        try:
            found.append(Word.model_validate(row))
        except ValidationError as error:
            at = ".".join(str(part) for part in error.errors()[0]["loc"])
            message = msg("{field} was changed or damaged; restore the file from a copy", field=at)
            problems.append(Problem(f"{FOLDER}/{FILE}", number, 1, message))
    if problems:
        raise InputError(problems)
    return tuple(found)


def add_words(instance: Instance, words: Iterable[Word]) -> int:
    """Add the lines that differ from the latest line of their airing. Returns the number of added lines.

    Raises
    ------
    InputError
        If the file is damaged.
    OSError
        If it cannot be written, or another process writes into it.
    """
    with recording(instance) as folder:
        known = read_words(instance)
        last = {word.key: word.said for word in known}
        new = [word for word in words if last.get(word.key) != word.said]
        if new:
            stream = io.StringIO(newline="")
            writer = csv.DictWriter(stream, list(Word.model_fields), lineterminator="\n")
            writer.writeheader()
            writer.writerows(word.model_dump(mode="json") for word in (*known, *new))
            write_together(folder, {FILE: stream.getvalue()})
    return len(new)


def proposed(instance: Instance, timetable: Timetable, party: str, offered: Iterable[str], on: date) -> list[Word]:
    """The lines of an offer. Airings that are already accepted stay accepted.

    An airing on a channel of the party is proposed. An airing on another channel is accepted, because the offer comes
    from the party of that channel.

    Parameters
    ----------
    offered
        Ids of the airings in the offer.
    """
    settled = {word.key for word in _latest(read_words(instance)).values() if word.said == "accepted"}
    owners = {channel.id: channel.belongs_to for channel in instance.channels}
    ids = set(offered)
    return [
        Word(
            on=on,
            party=party if party in owners[key[0]] else owners[key[0]][0],
            channel=key[0],
            start_utc=key[1],
            programme=key[2],
            said="proposed" if party in owners[key[0]] else "accepted",
        )
        for name, key in zip(timetable_frame(timetable)["airing_id"], keys_of(timetable), strict=True)
        if name in ids and key not in settled
    ]


def taken_back(rows: Iterable[Mapping[str, Any]], party: str, on: date) -> list[Word]:
    """The lines of withdrawn airings; `rows` are those of `withdrawn_rows` that the party gets."""
    return [
        Word(
            on=on,
            party=party,
            channel=row["channel"],
            start_utc=row["start_utc"],
            programme=row["programme"],
            said=WITHDRAWN,
        )
        for row in rows
    ]


def answered(said: Iterable[tuple[Key, Said]], party: str, on: date) -> list[Word]:
    """The lines of an answer: one for each airing that it names."""
    return [
        Word(on=on, party=party, channel=key[0], start_utc=key[1], programme=key[2], said=word) for key, word in said
    ]


def keys_of(timetable: Timetable) -> list[Key]:
    """The key of every airing of a timetable."""
    frame = timetable_frame(timetable)
    return list(zip(frame["channel"], frame["start_utc"], frame["programme"], strict=True))


def statuses(instance: Instance, timetable: Timetable, frozen_until: date | datetime | None = None) -> list[Status]:
    """The status of every entry of a timetable: the last one of STATUSES that applies.

    Only the latest offer or answer counts. An airing that was withdrawn and is planned again is a draft.

    Raises InputError if the record is damaged.
    """
    known, latest = read_publications(instance), _latest(read_words(instance))
    state = read_state(instance, known[-1] if known else None)
    public = state[state["state"] == PUBLISHED]
    out = set(zip(public["channel"], public["start_utc"], public["programme"], strict=True))
    aired = {(row.channel, utc_text(row.start_utc), row.programme) for row in instance.history}
    frozen = is_frozen(instance, timetable, frozen_until).tolist()

    def status(key: Key, is_frozen: bool) -> Status:
        if key in aired:
            return "aired"
        if key in out:
            return "frozen" if is_frozen else "published"
        said = latest[key].said if key in latest else WITHDRAWN
        return "draft" if said == WITHDRAWN else said

    return [status(key, bool(held)) for key, held in zip(keys_of(timetable), frozen, strict=True)]


def unsettled(instance: Instance, timetable: Timetable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which entries of a timetable may change without a weight. None if nothing was ever offered or published."""
    if not read_publications(instance) and not read_words(instance):
        return np.zeros(len(timetable), dtype=bool)
    return np.array([one in UNSETTLED for one in statuses(instance, timetable)], dtype=bool)


def _latest(words: Iterable[Word]) -> dict[Key, Word]:
    return {word.key: word for word in words}
