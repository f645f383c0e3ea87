"""The record of publications beside an instance: a list of them, and after each what is public, airing by airing.

`publications/publications.json` lists number, date, days, channels and hashes; `publications/0001.csv` and so on hold
what is public after each: timetable.csv's columns behind `uid`, `sequence` and `state`. An airing keeps its uid when it
moves; its sequence grows with every change of it, and it stays in the file as cancelled when it is dropped.
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
"""What other parties know of an airing. A change of any of it raises the sequence."""

SAME: Final = (
    ["channel", "start_utc", "programme", "episode"],
    ["channel", "start_utc", "programme"],
    ["channel", "programme", "episode", "run"],
    ["channel", "programme", "run"],
    ["channel", "programme"],
)
"""What two airings share to be one and the same, tried in this order; the k-th goes with the k-th."""


class Publication(Record):
    """One thing that went out."""

    number: int = Field(ge=1)
    published_on: date
    until: date = Field(description="the last broadcast date that went out")
    channels: tuple[str, ...] = Field(description="whose days went out")
    timetable_sha256: str = Field(description="of the timetable.csv that went out")
    state_sha256: str = Field(description="of the file of this number, which says what is public after it")


class PublicationList(Record):
    """The whole of publications.json."""

    schema_version: Literal[1] = 1
    publications: tuple[Publication, ...] = ()


def read_publications(instance: Instance) -> tuple[Publication, ...]:
    """What has gone out, in order; nothing where nothing has.

    Raises InputError where the list is not as it was written.
    """
    path = instance.folder / FOLDER / LIST
    if not path.is_file():
        return ()
    recover(path.parent)
    try:
        return PublicationList.model_validate_json(path.read_text(encoding="utf-8")).publications
    except (ValidationError, UnicodeDecodeError) as error:
        said = f"is not as parity wrote it: {str(error).splitlines()[0]}; restore it from a copy"
        raise InputError([Problem(f"{FOLDER}/{LIST}", 1, 1, said)]) from None


def read_state(instance: Instance, one: Publication | None) -> pd.DataFrame:
    """COLUMNS: what is public after a publication; no rows for none.

    Raises InputError where the file is missing or is not the one that was recorded.
    """
    if one is None:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in COLUMNS})
    path = instance.folder / FOLDER / _file(one.number)
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != one.state_sha256:
        said = f"is not the file that was recorded as number {one.number}; restore it from a copy"
        raise InputError([Problem(f"{FOLDER}/{path.name}", 1, 1, said)])
    frame = pd.read_csv(io.BytesIO(content), dtype=str, keep_default_na=False)
    return frame.assign(sequence=frame["sequence"].astype(int), duration_min=frame["duration_min"].astype(int))


@contextmanager
def recording(instance: Instance) -> Iterator[Path]:
    """The folder of an instance's publications, made where it is missing and locked against other processes.

    Raises OSError where it cannot be written, or another process writes into it.
    """
    folder = instance.folder / FOLDER
    folder.mkdir(exist_ok=True)
    recover(folder)
    with locked(folder):
        yield folder


def publish(
    instance: Instance, timetable: Timetable, until: date, channels: Sequence[str], on: date
) -> Publication | None:  # fmt: skip
    """Record that the days of some channels up to a date have gone out; None where nothing of it is new.

    Raises
    ------
    InputError
        Where the record is damaged.
    OSError
        Where it cannot be written, or another process writes into it.
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
        said = Publication(
            number=len(before) + 1,
            published_on=on,
            until=until,
            channels=tuple(channels),
            timetable_sha256=hashlib.sha256(frame.to_csv(index=False, lineterminator="\n").encode()).hexdigest(),
            state_sha256=digest,
        )
        listed = PublicationList(publications=(*before, said)).model_dump_json(indent=2) + "\n"
        write_together(folder, {_file(said.number): text, LIST: listed})
    return said


def _file(number: int) -> str:
    return f"{number:04d}.csv"


def _next_state(before: pd.DataFrame, frame: pd.DataFrame, until: date, channels: Sequence[str]) -> pd.DataFrame:
    """What is public once the airings of `frame` stand for all of some channels up to a date."""
    spoken = before["channel"].isin(list(channels)) & (before["broadcast_date"] <= until.isoformat())
    spoken &= before["state"] == PUBLISHED
    old, left = before[~spoken], before[spoken]
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
    """A uid that no other airing has had: its id, or that with a number behind it."""
    found, turn = uid, 2
    while found in taken:
        found, turn = f"{uid}.{turn}", turn + 1
    taken.add(found)
    return found
