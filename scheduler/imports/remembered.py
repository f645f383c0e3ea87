"""imports.yaml: the options with which sources were read last, so that a planner gives them only once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml
from pydantic import Field, ValidationError

from scheduler.imports.words import TheirWords
from scheduler.instance import InputError
from scheduler.instance.files.validation import problems_in_yaml
from scheduler.instance.files.yaml_document import read_yaml
from scheduler.instance.model.field_types import Frozen

if TYPE_CHECKING:
    from pathlib import Path

FILE = "imports.yaml"
_HEAD = "# How tables were imported last; an import uses these settings unless its options differ.\n"


class Reading(Frozen):
    """The options for sources of one kind (anchors, grid, programmes, history, xmltv, ratings)."""

    columns: dict[str, str] = Field(default_factory=dict, description="the head of a field's column")
    channels: dict[str, str] = Field(default_factory=dict, description="our channel of a source's channel")
    owner: str | None = Field(None, description="our channel of the schedule, if no column states one")
    zone: str | None = Field(None, description="IANA zone of the times, by default the channel's")
    date_order: str = Field("", pattern="^(|dmy|mdy|ymd)$", description="order of dates where two fit")
    broadcast_day: bool = Field(False, description="times before the broadcast day are the night after their date")


class Remembered(Frozen):
    """The content of imports.yaml."""

    readings: dict[str, Reading] = Field(default_factory=dict, description="by the kind of import")
    genres: dict[str, str] = Field(default_factory=dict, description="our genre of a source's word")
    origins: dict[str, str] = Field(default_factory=dict, description="our origin of a source's word")

    def words(self, given: TheirWords) -> TheirWords:
        """The stored words, replaced by those of the options where these are given."""
        return TheirWords({**self.genres, **given.genres}, {**self.origins, **given.origins})


def remembered_in(folder: Path) -> Remembered:
    """The content of a folder's imports.yaml, empty if there is none. Raises InputError if the file is wrong."""
    if not (folder / FILE).is_file():
        return Remembered()
    document = read_yaml(folder / FILE, FILE)
    if document.problems:
        raise InputError(document.problems)
    try:
        return Remembered.model_validate(document.content or {})
    except ValidationError as error:
        raise InputError(problems_in_yaml(error, document, Remembered)) from None


def combined(before: Reading, reading: Reading) -> Reading:
    """The options for a source: those given now, else those of the last import."""
    return Reading(
        columns={**before.columns, **reading.columns},
        channels=reading.channels or before.channels,
        owner=reading.owner or before.owner,
        zone=reading.zone or before.zone,
        date_order=reading.date_order or before.date_order,
        broadcast_day=reading.broadcast_day or before.broadcast_day,
    )


def remembered_text(before: Remembered, kind: str, reading: Reading, words: TheirWords) -> str:
    """The text of imports.yaml after an import of a kind. Empty if nothing must be stored."""
    readings = {**before.readings, kind: reading}
    after = Remembered(
        readings={name: one for name, one in readings.items() if one != Reading()},
        genres=dict(words.genres),
        origins=dict(words.origins),
    )
    content = after.model_dump(exclude_defaults=True)
    return _HEAD + yaml.safe_dump(content, allow_unicode=True, sort_keys=True) if content else ""
