"""Convert the errors of pydantic to problems with a place, in words for planners."""

from __future__ import annotations

import re
import types
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from scheduler.instance.codes import language_code
from scheduler.instance.model.field_types import LANGUAGE, no_language, shown
from scheduler.instance.problem import Problem, closest, did_you_mean
from scheduler.instance.signs import odd_signs
from scheduler.messages import Listed, Message, RefusedError, msg
from scheduler.parameters import limit_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic_core import ErrorDetails

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.files.yaml_document import YamlDocument
    from scheduler.messages import Value

Path_ = tuple[str | int, ...]

_EXPECTED = {
    **dict.fromkeys(("int_parsing", "int_type", "int_from_float", "int_parsing_size"), msg("a whole number")),
    **dict.fromkeys(("float_parsing", "float_type", "decimal_parsing", "decimal_type"), msg("a number")),
    "string_type": msg("text (in quotes if it looks like a number)"),
    **dict.fromkeys(("bool_parsing", "bool_type"), msg("true or false")),
    **dict.fromkeys(("dict_type", "model_type", "model_attributes_type"), msg("fields, one per line")),
    **dict.fromkeys(("tuple_type", "list_type", "frozen_set_type"), msg("a list")),
    "finite_number": msg("a finite number"),
}
"""What was expected, by the type of error that pydantic reports."""


def problems_in_yaml(error: ValidationError, document: YamlDocument, model: type[BaseModel]) -> list[Problem]:
    """The problems of a YAML document that does not fit a model."""
    problems = []
    details = error.errors(include_url=False)
    meant = _meant(details, model)
    for detail in details:
        inside = len(detail["loc"])
        if detail["type"] == "missing" and detail["loc"] in meant:
            continue  # the field has a wrong name, which is reported
        if detail["type"] == "too_short" and any(
            other["loc"][:inside] == detail["loc"] and len(other["loc"]) > inside for other in details
        ):
            continue  # the list is too short only because its items are wrong
        path = _path_in(document.content, detail["loc"])
        about_key = detail["type"] == "extra_forbidden"
        place = document.at(path, key=about_key)
        known = _fields_at(model, detail["loc"][:-1])
        where = dotted(path[:-1] if detail["type"] in ("missing", "extra_forbidden") else path)
        message = message_of(detail, known)
        problems.append(Problem(*place, at_field(where, message) if where else message))
    return problems


def _meant(details: Sequence[ErrorDetails], model: type[BaseModel]) -> set[tuple[int | str, ...]]:
    """The locations of the fields that unknown fields were probably meant to be."""
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    words = ((loc[:-1], closest(str(loc[-1]), _fields_at(model, loc[:-1]))) for loc in unknown)
    return {(*parent, word) for parent, word in words if word is not None}


def problems_in_row(error: ValidationError, table: CsvTable, row: int) -> list[Problem]:
    """The problems of one CSV row that does not fit its model."""
    problems = []
    details = error.errors(include_url=False)
    wrong = {detail["loc"][0] for detail in details if len(detail["loc"]) > 1}
    for detail in details:
        if detail["type"] == "too_short" and detail["loc"][0] in wrong:
            continue  # the list is too short only because its items are wrong
        name = str(detail["loc"][0]) if detail["loc"] else None
        place = table.at(row, name)
        message = as_written(message_of(detail), detail["input"], table.rows[row].get(name or ""))
        problems.append(
            Problem(*place, message if name is None or detail["type"] == "missing" else at_field(name, message))
        )
    return problems


def at_field(name: str, message: Value) -> Listed:
    """A problem with the name of its field or column before it."""
    return Listed((name, message), ": ")


def as_written(message: Message | Listed, read: object, written: str | None) -> Message | Listed:
    """The message with a number as the planner wrote it, if it was written in another number format."""
    if written is None or not isinstance(read, str) or read == written or not read[:1].isdigit():
        return message

    def changed(value: Value) -> Value:
        if isinstance(value, Message | Listed):
            return as_written(value, read, written)
        return shown(written) if value == shown(read) else value

    if isinstance(message, Listed):
        return Listed(tuple(changed(part) for part in message.parts), message.between)
    return Message(message.key, message.plural, tuple((name, changed(value)) for name, value in message.values))


def message_of(detail: ErrorDetails, known: frozenset[str] = frozenset()) -> Message | Listed:
    """The message of an error, in words for planners. Misleading characters are named.

    Parameters
    ----------
    detail
        One error of pydantic.
    known
        The fields that might have been meant.
    """
    message = _message(detail, known)
    value = detail["input"]
    odd = odd_signs(value) if isinstance(value, str) and detail["type"] != "extra_forbidden" else ""
    return message if not odd or str(odd) in str(message) else Listed((message, odd), "")


def _message(detail: ErrorDetails, known: frozenset[str]) -> Message | Listed:
    kind, context = detail["type"], detail.get("ctx", {})
    name = detail["loc"][-1] if detail["loc"] else ""
    match kind:
        case "missing":
            return msg("`{name}` is missing", name=str(name))
        case "extra_forbidden":
            return msg("unknown field '{name}'{hint}", name=str(name), hint=did_you_mean(str(name), known))
        case "union_tag_invalid":
            tag = str(context.get("tag"))
            tags = [word.strip("' ") for word in str(context.get("expected_tags", "")).split(",")]
            return msg("unknown type '{name}'{hint}", name=tag, hint=did_you_mean(tag, tags))
        case "union_tag_not_found":
            return msg("`{name}` is missing", name="type")
        case "value_error":
            error = context["error"]
            return error.reason if isinstance(error, RefusedError) else Listed((str(error),))
        case "string_pattern_mismatch":
            return _pattern(str(detail["input"]), str(context["pattern"]))
        case "literal_error":
            words = tuple(str(context["expected"]).replace(" or ", ", ").replace("'", "").split(", "))
            hint = did_you_mean(str(detail["input"]), words)
            return msg("{value} is not one of the words known here{hint}", value=shown(detail["input"]), hint=hint)
    if kind in _EXPECTED:
        return msg("expected {expected}, got {value}", expected=_EXPECTED[kind], value=shown(detail["input"]))
    limit = limit_of(kind, context)
    if limit is not None:
        return msg("{value} is out of range; expected {limit}", value=shown(detail["input"]), limit=limit)
    return _size(kind, context) or msg("{value} does not fit here ({kind})", value=shown(detail["input"]), kind=kind)


def _size(kind: str, context: Mapping[str, Any]) -> Message | None:
    """The message that a list or a text does not have the required size."""
    match kind:
        case "too_short":
            return msg("the list needs at least {number} entries", number=str(context["min_length"]))
        case "too_long":
            return msg("the list may have at most {number} entries", number=str(context["max_length"]))
        case "string_too_short":
            return msg("the text needs at least {number} characters", number=str(context["min_length"]))
        case "string_too_long":
            return msg("the text may have at most {number} characters", number=str(context["max_length"]))
    return None


def _pattern(value: str, pattern: str) -> Message:
    """The reason why a word does not fit a pattern: not a language, or none of the known words."""
    if pattern == LANGUAGE:
        code = language_code(value)
        return no_language(value, "" if code is None else msg("; {word} is {code}", word=shown(value), code=code))
    words = [word for word in re.sub(r"[\^$()]", "", pattern).split("|") if word]
    if all(word.replace("-", "").isalpha() for word in words):
        return msg(
            "expected {words} or {last}, got {value}{hint}",
            words=", ".join(words[:-1]),
            last=words[-1],
            value=shown(value),
            hint=did_you_mean(value, words),
        )
    return msg("{value} does not fit {pattern}", value=shown(value), pattern=pattern)


def _path_in(content: Any, loc: tuple[int | str, ...]) -> Path_:
    """The part of a pydantic location that exists in the document. Tags of unions are left out."""
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
    """The place of each item of the sections. `sections`: name → number of items."""
    return [document.at((name, at)) for name, count in sections.items() for at in range(count)]
