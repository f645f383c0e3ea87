"""What was offered and what was said to it, airing by airing: `publications/words.csv` beside an instance.

A line is never altered: a later word of the same airing stands in place of the earlier one. An airing is known by its
channel, start and programme. Where a party asks for another start, the airing that was offered is countered, and the
one at the other start is accepted.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from pydantic import ValidationError

from scheduler.instance import InputError, Problem
from scheduler.instance.model.field_types import Day, Frozen
from scheduler.publication.state import FOLDER, PUBLISHED, read_publications, read_state, recording
from scheduler.replan.freeze import is_frozen
from scheduler.timetable import timetable_frame
from scheduler.whole_file import recover, write_together

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from scheduler.instance import Instance
    from scheduler.publication.answer import Answers
    from scheduler.timetable import Timetable

FILE: Final = "words.csv"

Said = Literal["proposed", "accepted", "countered", "refused"]
Status = Literal["draft", "proposed", "accepted", "countered", "refused", "published", "frozen", "aired"]
"""draft: no other party knows it. proposed: it was offered. accepted, countered, refused: what the party of the channel
said. published: it has gone out. frozen: it has gone out and may not change any more. aired: it is in history.csv."""

STATUSES: tuple[Status, ...] = get_args(Status)

UNSETTLED: frozenset[str] = frozenset({"draft", "countered", "refused"})
"""Statuses of airings whose change takes nothing from anybody."""

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
        """The airing that it is of."""
        return self.channel, self.start_utc, self.programme


def read_words(instance: Instance) -> tuple[Word, ...]:
    """All that was said, in order; nothing where nothing was.

    Raises InputError where a line is not as it was written.
    """
    path = instance.folder / FOLDER / FILE
    if not path.is_file():
        return ()
    recover(path.parent)
    found, problems = [], []
    for number, row in enumerate(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")), start=2):
        try:
            found.append(Word.model_validate(row))
        except ValidationError as error:
            at = ".".join(str(part) for part in error.errors()[0]["loc"])
            said = f"{at} is not as parity wrote it; restore the file from a copy"
            problems.append(Problem(f"{FOLDER}/{FILE}", number, 1, said))
    if problems:
        raise InputError(problems)
    return tuple(found)


def add_words(instance: Instance, words: Iterable[Word]) -> int:
    """Add what was said where it is news; how many lines that were.

    Raises
    ------
    InputError
        Where the file is damaged.
    OSError
        Where it cannot be written, or another process writes into it.
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
    """What an offer says: every airing on the party's channels is proposed, unless it has accepted it already.

    Parameters
    ----------
    offered
        The ids of the airings that it answers for.
    """
    settled = {word.key for word in _latest(read_words(instance)).values() if word.said == "accepted"}
    ids = set(offered)
    return [
        Word(on=on, party=party, channel=key[0], start_utc=key[1], programme=key[2], said="proposed")
        for name, key in zip(timetable_frame(timetable)["airing_id"], keys_of(timetable), strict=True)
        if name in ids and key not in settled
    ]


def answered(answers: Answers, party: str, on: date) -> list[Word]:
    """What an answer says of each airing."""
    return [
        Word(on=on, party=party, channel=key[0], start_utc=key[1], programme=key[2], said=said)
        for key, said in answers.said
    ]


def keys_of(timetable: Timetable) -> list[Key]:
    """What every airing of a timetable is known by."""
    frame = timetable_frame(timetable)
    return list(zip(frame["channel"], frame["start_utc"], frame["programme"], strict=True))


def statuses(instance: Instance, timetable: Timetable, frozen_until: date | datetime | None = None) -> list[Status]:
    """The status of every entry of a timetable: the last of STATUSES that holds; of what was said, the latest word.

    Raises InputError where the record is damaged.
    """
    known, latest = read_publications(instance), _latest(read_words(instance))
    state = read_state(instance, known[-1] if known else None)
    public = state[state["state"] == PUBLISHED]
    out = set(zip(public["channel"], public["start_utc"], public["programme"], strict=True))
    aired = {(row.channel, f"{row.start_utc:%Y-%m-%dT%H:%MZ}", row.programme) for row in instance.history}
    frozen = is_frozen(instance, timetable, frozen_until).tolist()

    def status(key: Key, is_frozen: bool) -> Status:
        if key in aired:
            return "aired"
        if key in out:
            return "frozen" if is_frozen else "published"
        return latest[key].said if key in latest else "draft"

    return [status(key, bool(held)) for key, held in zip(keys_of(timetable), frozen, strict=True)]


def unsettled(instance: Instance, timetable: Timetable) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which entries of a timetable may change at no weight; none where nothing was ever offered or published."""
    if not read_publications(instance) and not read_words(instance):
        return np.zeros(len(timetable), dtype=bool)
    return np.array([one in UNSETTLED for one in statuses(instance, timetable)], dtype=bool)


def _latest(words: Iterable[Word]) -> dict[Key, Word]:
    return {word.key: word for word in words}
