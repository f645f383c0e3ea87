"""Turn what pydantic finds wrong into problems with a place and words for planners."""

from __future__ import annotations

import re
import types
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from scheduler.instance.files.places import language_code
from scheduler.instance.files.problem import Problem, did_you_mean
from scheduler.instance.files.signs import odd_signs
from scheduler.instance.model.field_types import LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic_core import ErrorDetails

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.files.yaml_document import YamlDocument

Path_ = tuple[str | int, ...]

_WORDS = {
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "int_from_float": "expected a whole number",
    "float_parsing": "expected a number",
    "string_type": "expected text (in quotes if it looks like a number)",
    "bool_parsing": "expected true or false",
    "bool_type": "expected true or false",
    "dict_type": "expected fields, one per line",
    "model_type": "expected fields, one per line",
    "model_attributes_type": "expected fields, one per line",
    "tuple_type": "expected a list",
    "list_type": "expected a list",
    "frozen_set_type": "expected a list",
    "finite_number": "expected a finite number",
}


def problems_in_yaml(error: ValidationError, document: YamlDocument, model: type[BaseModel]) -> list[Problem]:
    """The problems of a YAML document that does not fit a model."""
    problems = []
    details = error.errors(include_url=False)
    for detail in details:
        inside = len(detail["loc"])
        if detail["type"] == "too_short" and any(
            other["loc"][:inside] == detail["loc"] and len(other["loc"]) > inside for other in details
        ):
            continue  # the list only looks too short: its items are wrong
        path = _path_in(document.content, detail["loc"])
        about_key = detail["type"] == "extra_forbidden"
        place = document.at(path, key=about_key)
        known = _fields_at(model, detail["loc"][:-1])
        where = dotted(path[:-1] if detail["type"] in ("missing", "extra_forbidden") else path)
        message = message_of(detail, known)
        problems.append(Problem(*place, f"{where}: {message}" if where else message))
    return problems


def problems_in_row(error: ValidationError, table: CsvTable, row: int) -> list[Problem]:
    """The problems of one CSV row that does not fit its model."""
    problems = []
    for detail in error.errors(include_url=False):
        name = str(detail["loc"][0]) if detail["loc"] else None
        place = table.at(row, name)
        message = as_written(message_of(detail), detail["input"], table.rows[row].get(name or ""))
        said = message if name is None or detail["type"] == "missing" else f"{name}: {message}"
        problems.append(Problem(*place, said))
    return problems


def as_written(message: str, read: object, written: str | None) -> str:
    """The message with a number quoted as the planner wrote it, where it was read from another way of writing."""
    if written is None or not isinstance(read, str) or read == written or not read[:1].isdigit():
        return message
    return message.replace(repr(read), repr(written))


def message_of(detail: ErrorDetails, known: frozenset[str] = frozenset()) -> str:
    """What is wrong, in a planner's words, misleading signs named; `known`: the fields that might have been meant."""
    said = _message(detail, known)
    value = detail["input"]
    odd = odd_signs(value) if isinstance(value, str) and detail["type"] != "extra_forbidden" else ""
    return said if not odd or odd in said else said + odd


def _message(detail: ErrorDetails, known: frozenset[str]) -> str:
    kind, context = detail["type"], detail.get("ctx", {})
    name = detail["loc"][-1] if detail["loc"] else ""
    match kind:
        case "missing":
            return f"`{name}` is missing"
        case "extra_forbidden":
            return f"unknown field '{name}'{did_you_mean(str(name), known)}"
        case "union_tag_invalid":
            tags = [tag.strip("' ") for tag in str(context.get("expected_tags", "")).split(",")]
            return f"unknown type '{context.get('tag')}'{did_you_mean(str(context.get('tag')), tags)}"
        case "union_tag_not_found":
            return "`type` is missing"
        case "value_error":
            return str(context["error"])
        case "string_pattern_mismatch":
            return _pattern(str(detail["input"]), str(context["pattern"]))
        case "literal_error":
            words = str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", ")
            return f"{detail['input']!r} is not one of the words known here{did_you_mean(str(detail['input']), words)}"
        case "greater_than_equal" | "greater_than" | "less_than_equal" | "less_than":
            return f"{detail['input']!r} is out of range; {detail['msg'][0].lower()}{detail['msg'][1:]}"
    said = _WORDS.get(kind)
    if said is not None:
        return f"{said}, got {_short(detail['input'])}"
    return detail["msg"][0].lower() + detail["msg"][1:]


def _pattern(value: str, pattern: str) -> str:
    """Why a word does not fit a pattern: not a language, or none of the words that there are."""
    if pattern == LANGUAGE:
        code = language_code(value)
        hint = f"; '{value}' is {code}" if code is not None else ""
        return f"expected a language of three small letters (ISO 639-3) such as kaz, got {_short(value)}{hint}"
    words = [word for word in re.sub(r"[\^$()]", "", pattern).split("|") if word]
    if all(word.replace("-", "").isalpha() for word in words):
        return f"expected {', '.join(words[:-1])} or {words[-1]}, got {_short(value)}{did_you_mean(value, words)}"
    return f"{_short(value)} does not fit {pattern}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _path_in(content: Any, loc: tuple[int | str, ...]) -> Path_:
    """The part of a pydantic location that is really in the document: tags of unions are left out."""
    path: list[str | int] = []
    at = content
    for position, step in enumerate(loc):
        if isinstance(at, dict) and step in at:  # noqa: SIM114 (mypy follows each branch)
            at = at[step]
        elif isinstance(at, list) and isinstance(step, int) and step < len(at):
            at = at[step]
        elif position < len(loc) - 1 or not isinstance(at, dict) or str(step) == str(at.get("type")):
            continue
        path.append(step)
    return tuple(path)


def dotted(path: Path_) -> str:
    """A path in words: agreements[0].measures[1].least."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else (f".{step}" if text else str(step))
    return text


def _fields_at(model: type[BaseModel], loc: tuple[int | str, ...]) -> frozenset[str]:
    """The fields that a model knows at a location."""
    kinds: list[Any] = [model]
    for step in loc:
        kinds = [inner for kind in kinds for inner in _step(kind, step)]
    known: set[str] = set()
    for kind in kinds:
        for found in _models(kind):
            known.update(field.alias or name for name, field in found.model_fields.items())
    return frozenset(known)


def _step(kind: Any, step: int | str) -> list[Any]:
    found: list[Any] = []
    for model in _models(kind):
        tag = model.model_fields.get("type")
        if tag is not None and step in typing.get_args(tag.annotation):
            found.append(model)
        for name, field in model.model_fields.items():
            if step in (name, field.alias):
                found.append(field.annotation)
    if found:
        return found
    arguments = typing.get_args(kind)
    if typing.get_origin(kind) in (typing.Union, types.UnionType, typing.Annotated):
        return [inner for argument in arguments for inner in _step(argument, step)]
    if typing.get_origin(kind) is dict:
        return [arguments[1]]
    return [argument for argument in arguments if argument is not Ellipsis]


def _models(kind: Any) -> list[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return [kind]
    if typing.get_origin(kind) in (typing.Union, types.UnionType, typing.Annotated):
        return [model for argument in typing.get_args(kind) for model in _models(argument)]
    return []


def places_of(document: YamlDocument, sections: Mapping[str, int]) -> list[tuple[str, int, int]]:
    """Where each item of the sections (name → how many items) stands."""
    return [document.at((name, at)) for name, count in sections.items() for at in range(count)]
