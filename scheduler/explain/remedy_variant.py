"""The first remedies of an explanation as the file of a variant, which `--variant` applies to the instance."""

from __future__ import annotations

import csv
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import yaml

from scheduler.explain.remedies import LOCKS_FILE, PROGRAMMES_FILE
from scheduler.explain.text import plain
from scheduler.instance import INSTANCE_FILE, document_of
from scheduler.instance.files.variant import KEYS, TABLE_SECTION

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.explain.clauses import Path_
    from scheduler.explain.remedies import Remedy
    from scheduler.instance import Instance
    from scheduler.messages import Value


def remedy_variant(instance: Instance, remedies: Sequence[Remedy], render: Callable[[Value], str] = str) -> str:
    """The changes of some remedies as YAML, each in words above. Empty if there are none.

    A list without ids is replaced as a whole, with the change in it. A clause of the structure itself has no place in a
    file, so a remedy that leaves it out is not among the changes.
    """
    base = document_of(instance).content
    edited = deepcopy(base)
    inside = [one for one in remedies if one.file == INSTANCE_FILE and one.path]
    for one in inside:
        if one.new is not None:
            _set(edited, one.path, plain(one, one.new))
    changes: dict[str, Any] = {}
    for one in inside:
        _merge(changes, _left_out(base, one.path) if one.new is None else _change(base, edited, one.path))
    for one in remedies:
        if one.file == PROGRAMMES_FILE:
            cells = one.new if isinstance(one.new, tuple) else ()
            words = [cell if isinstance(cell, str) else ":".join(map(str, cell)) for cell in cells]
            value = ";".join(words) if words else plain(one, one.new)
            _merge(changes, _row("programmes", str(one.path[1]), {str(one.path[-1]): value}))
        elif one.file == LOCKS_FILE:
            _merge(changes, _row("locks", _lock_key(instance, one.line), None))
    if not changes:
        return ""
    above = "".join(f"# {render(one.words)}\n" for one in remedies)
    return above + yaml.safe_dump(changes, allow_unicode=True, sort_keys=False)


def _set(node: Any, path: Path_, value: Any) -> None:
    """Put a value at a path of plain values."""
    *steps, last = path
    for step in steps:
        node = node[step]
    node[last] = value


def _change(old: Any, new: Any, path: Path_) -> Any:
    """The part of a variant that makes the value at a path that of the edited content."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(old, dict):
        return {step: _change(old[step], new[step], rest) if step in old else new[step]}
    if "id" in old[step]:
        return {old[step]["id"]: _change(old[step], new[step], rest)}
    return new


def _left_out(base: Any, path: Path_) -> dict[str, Any]:
    """The part of a variant that leaves out an item of a list with ids."""
    section, number = path
    return {str(section): {base[section][number]["id"]: None}}


def _row(table: str, key: str, cells: dict[str, Any] | None) -> dict[str, Any]:
    return {TABLE_SECTION: {table: {key: cells}}}


def _lock_key(instance: Instance, line: int) -> str:
    """The key of a row of locks.csv, as it is written."""
    with (instance.folder / LOCKS_FILE).open(encoding="utf-8-sig", newline="") as stream:
        row = list(csv.DictReader(stream))[line - 2]
    return " ".join(row.get(column) or "" for column in KEYS[LOCKS_FILE])


def _merge(into: dict[str, Any], more: dict[str, Any]) -> None:
    """Merge nested maps; what is no map is replaced."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = value
