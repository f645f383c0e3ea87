"""Convert the text of an older instance.yaml to the present format, with the same meaning and all comments.

Format 1 had no field `format`. Every tolerance of an agreement was a share of the sum of both sides. A rule's `status`
was one word for two things: the kind of text and how clear it is. Without `placement`, titles were placed freely.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from scheduler.instance.files.yaml_document import EMPTY, YamlDocument, parse_yaml
from scheduler.instance.model.field_types import FORMAT
from scheduler.instance.problem import InputError, Problem
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from collections.abc import Iterator

Path_ = tuple[str | int, ...]

STATUS: dict[str, dict[str, str]] = {
    "verified": {"text": "secondary", "reading": "plain"},
    "older-text": {"text": "secondary", "reading": "contested"},
    "interpretation": {"text": "secondary", "reading": "contested"},
    "draft": {"text": "secondary", "reading": "contested"},
    "assumption": {"text": "memory", "reading": "contested"},
    "agreement": {},
    "house": {},
}
"""The fields of format 2 for each status of format 1.

Format 1 did not state whether a text was official, so no text becomes official.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a file: the line of the old text, and the new text."""

    line: int
    text: Message


@dataclass(frozen=True, slots=True)
class _Insertion:
    """A field that an older file does not have. It is inserted after or before one of its nodes."""

    index: int  # character of the text before which it is written
    text: str
    path: Path_  # of the mapping
    key: str
    value: Any
    change: Change


@dataclass(frozen=True, slots=True)
class _Replacement:
    """A field of an older file that is replaced by others, or removed."""

    start: int  # characters of the text that are replaced
    end: int
    text: str
    path: Path_
    key: str
    values: dict[str, str]
    change: Change


def upgraded(text: str, file: str) -> tuple[str, list[Change]]:
    """The text in the present format, and every change. There are no changes if the text already has this format.

    Raises InputError if the text is not YAML, has a newer format, or cannot be changed in place.
    """
    old = parse_yaml(text, file)
    if old.problems:
        raise InputError(old.problems)
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if not isinstance(old.content, dict) or not isinstance(root, yaml.MappingNode) or not root.value:
        raise InputError([Problem(file, 1, 1, EMPTY)])
    stated = old.content.get("format", 1)
    if stated == FORMAT:
        return text, []
    if stated != 1:
        unknown = msg("format {format} is not known; expected 1 or {own}", format=str(stated), own=FORMAT)
        raise InputError([Problem(file, *old.place(("format",)), unknown)])
    newline = "\r\n" if "\r\n" in text else "\n"
    insertions = [_format(root, newline), *_tolerances(text, root, old, newline)]
    if "placement" not in old.content:
        insertions.append(_free(root, newline))
    replaced = list(_statuses(text, root, newline))
    if "format" in old.content:
        insertions, text, change = insertions[1:], *_format_replaced(text, root)
        changes = [change]
    else:
        changes = []
    done = [*(one.change for one in insertions), *(one.change for one in replaced)]
    return _applied(text, insertions, replaced, old, file), [*changes, *sorted(done, key=lambda change: change.line)]


def _applied(
    text: str, insertions: list[_Insertion], replaced: list[_Replacement], old: YamlDocument, file: str
) -> str:
    """The changed text. As a check it is parsed: its content must be the old content with the changed fields."""
    wanted = copy.deepcopy(old.content)
    wanted["format"] = FORMAT
    for one in insertions:
        _at(wanted, one.path)[one.key] = one.value
    for change in replaced:
        rule = _at(wanted, change.path)
        del rule[change.key]
        rule.update(change.values)
    edits = [(one.index, one.index, one.text) for one in insertions]
    edits += [(change.start, change.end, change.text) for change in replaced]
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    new = parse_yaml(text, file)
    if new.problems or new.content != wanted:
        message = msg(
            "has a layout that cannot be changed in place; write `format: 2` at its top, a `placement` with `as: free`"
            " if it has none, `tolerance_of: sum` beside every `tolerance` of an agreement, and `text` and `reading` in"
            " place of every `status`"
        )
        raise InputError([Problem(file, 1, 1, message)])
    return text


def _at(content: Any, path: Path_) -> Any:
    for step in path:
        content = content[step]
    return content


def _format(root: yaml.MappingNode, newline: str) -> _Insertion:
    """`format: 2` before the first field of the file."""
    first = root.value[0][0]
    word = f'"format": {FORMAT}, ' if first.style == '"' else f"format: {FORMAT}, "
    if not root.flow_style:
        word = f"format: {FORMAT}{newline}{' ' * first.start_mark.column}"
    change = Change(first.start_mark.line + 1, _format_line())
    return _Insertion(first.start_mark.index, word, (), "format", FORMAT, change)


def _free(root: yaml.MappingNode, newline: str) -> _Insertion:
    """`placement: [{as: free}]` before the first field of the file."""
    first = root.value[0][0]
    text = '"placement": [{"as": "free"}], ' if first.style == '"' else "placement: [{as: free}], "
    if not root.flow_style:
        text = f"placement: [{{as: free}}]{newline}{' ' * first.start_mark.column}"
    words = msg("placement: titles air freely, as before: as: free")
    change = Change(first.start_mark.line + 1, words)
    return _Insertion(first.start_mark.index, text, (), "placement", [{"as": "free"}], change)


def _format_replaced(text: str, root: yaml.MappingNode) -> tuple[str, Change]:
    """Replace `format: 1` by `format: 2`. Both have the same length, so all places stay valid."""
    node = next(value for key, value in root.value if key.value == "format")
    start, end = node.start_mark.index, node.end_mark.index
    return text[:start] + str(FORMAT) + text[end:], Change(node.start_mark.line + 1, _format_line())


def _format_line() -> Message:
    return msg("format: {own}", own=FORMAT)


def _tolerances(text: str, root: yaml.MappingNode, old: YamlDocument, newline: str) -> Iterator[_Insertion]:
    """`tolerance_of: sum` after every tolerance of an agreement's measures."""
    done: set[int] = set()
    for path, measure in _measures(root):
        fields = {key.value: (key, value) for key, value in measure.value}
        if id(measure) in done or "tolerance" not in fields or "tolerance_of" in fields:
            continue
        key, value = fields["tolerance"]
        if _at(old.content, (*path, "tolerance")) is None:
            continue
        done.add(id(measure))
        quote = '"' if key.style == '"' else ""
        index, word = value.end_mark.index, f", {quote}tolerance_of{quote}: {quote}sum{quote}"
        if not measure.flow_style:
            ends = text.find("\n", index)
            index = len(text) if ends < 0 else ends - text[:ends].endswith("\r")
            word = f"{newline}{' ' * key.start_mark.column}tolerance_of: sum"
        where = f"agreements[{path[1]}].measures[{path[3]}]"
        change = Change(
            value.start_mark.line + 1,
            msg(
                "{where}: tolerance {tolerance} is of the sum of both sides, as before: tolerance_of: sum",
                where=where,
                tolerance=value.value,
            ),
        )
        for one in _same(root, measure):
            yield _Insertion(index, word if one == path else "", one, "tolerance_of", "sum", change)


def _statuses(text: str, root: yaml.MappingNode, newline: str) -> Iterator[_Replacement]:
    """`text` and `reading` in place of every status of a rule or an agreement."""
    for section in ("rules", "agreements"):
        for number, rule in enumerate(_items(_field(root, section))):
            if not isinstance(rule, yaml.MappingNode):
                continue
            fields = list(rule.value)
            at = next((at for at, (key, _) in enumerate(fields) if key.value == "status"), None)
            if at is None or fields[at][1].value not in STATUS:
                continue
            key, value = fields[at]
            values = STATUS[value.value]
            start, end = key.start_mark.index, value.end_mark.index
            between = ", " if rule.flow_style else newline + " " * key.start_mark.column
            written = between.join(f"{name}: {word}" for name, word in values.items())
            if not values:
                start, end = _whole_field(text, rule, fields, at)
            fields_now = ", ".join(f"{name}: {word}" for name, word in values.items())
            words = msg(
                "{where}: status {status} is {fields} now",
                where=f"{section}[{number}]",
                status=value.value,
                fields=fields_now or msg("no text of law"),
            )
            change = Change(key.start_mark.line + 1, words)
            yield _Replacement(start, end, written, (section, number), "status", values, change)


def _whole_field(
    text: str, rule: yaml.MappingNode, fields: list[tuple[yaml.Node, yaml.Node]], at: int
) -> tuple[int, int]:
    """The characters to remove with a field: its comma in a flow mapping, its whole line in a block mapping."""
    key, value = fields[at]
    start, end = key.start_mark.index, value.end_mark.index
    if rule.flow_style:
        if at + 1 < len(fields):
            return start, fields[at + 1][0].start_mark.index
        return (fields[at - 1][1].end_mark.index if at else start), end
    line = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", end)
    stop = len(text) if stop < 0 else stop + 1
    alone = not text[line:start].strip() and not text[end:stop].strip()
    return (line, stop) if alone else (start, end)


def _measures(root: yaml.MappingNode) -> Iterator[tuple[Path_, yaml.MappingNode]]:
    """(path, node) of every measure of every agreement."""
    for number, agreement in enumerate(_items(_field(root, "agreements"))):
        for at, measure in enumerate(_items(_field(agreement, "measures"))):
            if isinstance(measure, yaml.MappingNode):
                yield ("agreements", number, "measures", at), measure


def _same(root: yaml.MappingNode, node: yaml.MappingNode) -> list[Path_]:
    """Every path at which a measure is written or named by an alias."""
    return [path for path, measure in _measures(root) if measure is node]


def _field(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _items(node: yaml.Node | None) -> list[yaml.Node]:
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []
