"""The record of publications in the instance's folder: a list, and for each one the airings that are public after it.

`publications/publications.json` lists number, date, days, channels and hashes. `publications/0001.csv` and so on have
the public airings: `uid`, `sequence`, `state`, then the columns of timetable.csv. An airing that moves keeps its uid.
Its sequence grows with every change. An airing that is dropped stays in the file as cancelled.
"""

from __future__ import annotations

import hashlib
import io
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from pydantic import Field, ValidationError

from scheduler.instance import TIMETABLE_COLUMNS, InputError, Problem
from scheduler.messages import msg
from scheduler.results import Record
from scheduler.timetable import timetable_frame
from scheduler.whole_file import locked, recover, write_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

FOLDER: Final = "publications"
LIST: Final = "publications.json"
COLUMNS: Final = ("uid", "sequence", "state", *TIMETABLE_COLUMNS)
PUBLISHED, CANCELLED = "published", "cancelled"

SHARED = ("start_utc", "duration_min", "title", "episode", "run", "version_language", "version_kind")
"""Fields of an airing that other parties know. A change of any of them raises the sequence."""

SAME: Final = (
    ["channel", "start_utc", "programme", "episode"],
    ["channel", "start_utc", "programme"],
    ["channel", "programme", "episode", "run"],
    ["channel", "programme", "run"],
    ["channel", "programme"],
)
"""Columns that identify an airing, tried in this order. Of several equal ones, the k-th of both sides are matched."""


class Publication(Record):
    """One publication."""

    number: int = Field(ge=1)
    published_on: date
    until: date = Field(description="the last broadcast date that was published")
    channels: tuple[str, ...] = Field(description="channels whose days were published")
    timetable_sha256: str = Field(description="of the published timetable.csv")
    state_sha256: str = Field(description="of the file of this number, which lists the public airings")


class PublicationList(Record):
    """The whole of publications.json."""

    schema_version: Literal[1] = 1
    publications: tuple[Publication, ...] = ()


def read_publications(instance: Instance) -> tuple[Publication, ...]:
    """All publications, in order.

    Raises InputError if the list was changed by another program.
    """
    path = instance.folder / FOLDER / LIST
    if not path.is_file():
        return ()
    recover(path.parent)
    try:
        return PublicationList.model_validate_json(path.read_text(encoding="utf-8")).publications
    except (ValidationError, UnicodeDecodeError):
        message = msg("was changed or damaged; restore it from a copy")
        raise InputError([Problem(f"{FOLDER}/{LIST}", 1, 1, message)]) from None


def read_state(instance: Instance, one: Publication | None) -> pd.DataFrame:
    """A frame with COLUMNS: the public airings after a publication; without rows if `one` is None.

    Raises InputError if the file is missing or was changed.
    """
    if one is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    path = instance.folder / FOLDER / _file(one.number)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != one.state_sha256:
        message = msg("was changed since publication {number}; restore it from a copy", number=one.number)
        raise InputError([Problem(f"{FOLDER}/{path.name}", 1, 1, message)])
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    return frame.assign(sequence=frame["sequence"].astype(int), duration_min=frame["duration_min"].astype(int))


@contextmanager
def recording(instance: Instance) -> Iterator[Path]:
    """The folder of an instance's publications, locked against other processes. It is created if it is missing.

    Raises OSError if it cannot be written, or another process writes into it.
    """
    folder = instance.folder / FOLDER
    folder.mkdir(exist_ok=True)
    recover(folder)
    with locked(folder):
        yield folder


def publish(
    instance: Instance, timetable: Timetable, until: date, channels: Sequence[str], on: date
) -> Publication | None:  # fmt: skip
    """Record that the days of some channels up to a date are published. Returns None if this changes nothing.

    Raises
    ------
    InputError
        If the record is damaged.
    OSError
        If it cannot be written, or another process writes into it.
    """
    with recording(instance) as folder:
        before = read_publications(instance)
        last = before[-1] if before else None
        frame = timetable_frame(timetable)
        frame = frame[(frame["anchor"] == "") & frame["channel"].isin(list(channels))]
        frame = frame[frame["broadcast_date"] <= until.isoformat()].astype({"expected_viewers": str})
        state = _next_state(read_state(instance, last), frame, until, channels)
        text = state.to_csv(index=False, lineterminator="\n")
        digest = hashlib.sha256(text.encode()).hexdigest()
        if last is not None and last.state_sha256 == digest:
            return None
        publication = Publication(
            number=len(before) + 1,
            published_on=on,
            until=until,
            channels=tuple(channels),
            timetable_sha256=hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest(),
            state_sha256=digest,
        )
        listed = PublicationList(publications=(*before, publication)).model_dump_json(indent=2) + "\n"
        write_together(folder, {_file(publication.number): text, LIST: listed})
    return publication


def not_yet_published(instance: Instance, timetable: Timetable) -> tuple[pd.DataFrame, pd.DataFrame] | None:
    """(present public state, public state if the last published days were published again). None without a publication.

    Raises InputError if the record is damaged.
    """
    published = read_publications(instance)
    if not published:
        return None
    last = published[-1]
    frame = timetable_frame(timetable)
    frame = frame[(frame["anchor"] == "") & frame["channel"].isin(list(last.channels))]
    frame = frame[frame["broadcast_date"] <= last.until.isoformat()].astype({"expected_viewers": str})
    before = read_state(instance, last)
    return before, _next_state(before, frame, last.until, last.channels)


def _file(number: int) -> str:
    return f"{number:04d}.csv"


def _next_state(before: pd.DataFrame, frame: pd.DataFrame, until: date, channels: Sequence[str]) -> pd.DataFrame:
    """The public airings after `frame` has replaced all airings of some channels up to a date."""
    replaced = before["channel"].isin(list(channels)) & (before["broadcast_date"] <= until.isoformat())
    replaced &= before["state"] == PUBLISHED
    old, left = before[~replaced], before[replaced]
    new, parts = frame, [old]
    for keys in SAME:
        both = [part.assign(turn=part.groupby(keys, sort=False).cumcount()) for part in (left, new)]
        joined = both[0].reset_index().merge(both[1].reset_index(), on=[*keys, "turn"], suffixes=("", "_new"))
        one, other = left.loc[joined["index"]], new.loc[joined["index_new"]].reset_index(drop=True)
        changed = np.zeros(len(one), dtype=bool)
        for name in SHARED:
            changed |= one[name].astype(str).to_numpy() != other[name].astype(str).to_numpy()
        uid, sequence = one["uid"].to_numpy(), one["sequence"].to_numpy(dtype=int) + changed
        parts.append(other.assign(uid=uid, sequence=sequence, state=PUBLISHED))
        left, new = left.drop(joined["index"]), new.drop(joined["index_new"])
    parts.append(left.assign(state=CANCELLED, sequence=left["sequence"].astype(int) + 1))
    taken = set(before["uid"])
    parts.append(new.assign(uid=[_fresh(uid, taken) for uid in new["airing_id"]], sequence=0, state=PUBLISHED))
    filled = [part[list(COLUMNS)] for part in parts if len(part)]
    state = pd.concat(filled, ignore_index=True) if filled else before
    return state.sort_values(["start_utc", "channel", "uid"], kind="stable", ignore_index=True)


def _fresh(uid: str, taken: set[str]) -> str:
    """A uid that no other airing has had: the airing's id, with a number added if it is taken."""
    found, turn = uid, 2
    while found in taken:
        found, turn = f"{uid}.{turn}", turn + 1
    taken.add(found)
    return found
