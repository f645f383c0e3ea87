"""Reads the files of a result. Errors are reported with line, column and what to do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from scheduler.instance import InputError, Problem
from scheduler.instance.files.named import there_is_no
from scheduler.instance.files.validation import message_of
from scheduler.instance.files.yaml_document import YamlDocument, read_yaml
from scheduler.messages import Listed, Message, msg
from scheduler.results.costs_file import CostsFile
from scheduler.results.record import Record
from scheduler.results.result_file import SCHEMA_VERSION, ResultFile
from scheduler.results.timings_file import TimingsFile

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

TIMETABLE_FILE, RESULT_FILE, TIMINGS_FILE = "timetable.csv", "result.json", "timings.json"
COSTS_FILE = "costs.json"
COMMITMENTS_FILE = "commitments.csv"

REMEDY = msg("solve again, or remove the file")
_File = TypeVar("_File", bound=Record)


def read_result(path: Path, timetable_sha256: str | None = None) -> ResultFile | None:
    """The result.json at a path.

    Parameters
    ----------
    path
        The file.
    timetable_sha256
        Hash of the timetable. A file that belongs to another timetable is ignored.

    Returns
    -------
    The result; None if there is no such file or it belongs to another timetable.

    Raises
    ------
    InputError
        If the file is not JSON, has another schema version, or does not fit the schema.

    """
    return _read(path, ResultFile, timetable_sha256)


def read_timings(path: Path, timetable_sha256: str | None = None) -> TimingsFile | None:
    """The timings.json at a path, in the same way as `read_result`."""
    return _read(path, TimingsFile, timetable_sha256)


def read_costs(path: Path, timetable_sha256: str | None = None) -> CostsFile | None:
    """The costs.json at a path, in the same way as `read_result`."""
    return _read(path, CostsFile, timetable_sha256)


def _read(path: Path, model: type[_File], timetable_sha256: str | None) -> _File | None:
    if not path.is_file():
        return None
    content = _json(path)
    if timetable_sha256 is not None and content.get("timetable_sha256") != timetable_sha256:
        return None
    version = content.get("schema_version")
    if version != SCHEMA_VERSION:
        message = msg(
            "is of schema version {version}; this version of parity reads {own}: {remedy}",
            version=repr(version),
            own=SCHEMA_VERSION,
            remedy=REMEDY,
        )
        raise InputError([Problem(path.name, 1, 1, message)])
    try:
        return model.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise InputError(_problems(path, error)) from None


def _json(path: Path) -> dict[str, Any]:
    """The object in a JSON file."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        damaged = msg("is no JSON from here: {remedy}", remedy=REMEDY)
        raise InputError([Problem(path.name, error.lineno, error.colno, damaged)]) from None
    except (UnicodeDecodeError, RecursionError):
        raise InputError([Problem(path.name, 1, 1, msg("is no JSON in UTF-8: {remedy}", remedy=REMEDY))]) from None
    if not isinstance(content, dict):
        raise InputError([Problem(path.name, 1, 1, msg("holds no JSON object: {remedy}", remedy=REMEDY))])
    return content


def _problems(path: Path, error: ValidationError) -> list[Problem]:
    """The errors of schema, each with its place. The YAML reader finds places; JSON is valid YAML."""
    document, found = _document(path), []
    for one in error.errors(include_url=False):
        line, column = document.place(one["loc"])
        found.append(Problem(path.name, line, column, _of_field(one["loc"], message_of(one))))
    return found


def _document(path: Path) -> YamlDocument:
    """The places of all fields of a file."""
    try:
        return read_yaml(path, path.name)
    except InputError:
        return YamlDocument(path.name)


def check_names(path: Path, result: ResultFile, channels: Collection[str], programmes: Collection[str]) -> None:
    """Check that the best places of a result name channels and programmes of the instance.

    Raises
    ------
    InputError
        With the place of every other name in the file.
    """
    unknown: list[tuple[tuple[str | int, ...], Message]] = []
    for number, one in enumerate(result.not_placed):
        if one.place is None:
            continue
        at = ("not_placed", number, "place")
        if one.place.channel not in channels:
            unknown.append(((*at, "channel"), there_is_no("channel", one.place.channel, channels)))
        unknown += [
            ((*at, "pushes_out", place), there_is_no("programme", name, programmes))
            for place, name in enumerate(one.place.pushes_out)
            if name not in programmes
        ]
    if unknown:
        document = _document(path)
        raise InputError([Problem(path.name, *document.place(at), _of_field(at, message)) for at, message in unknown])


def _of_field(at: tuple[str | int, ...], wrong: Message | Listed) -> Message:
    """What is wrong with a field, and what to do."""
    return msg("`{field}`: {wrong}: {remedy}", field=".".join(map(str, at)), wrong=wrong, remedy=REMEDY)
