"""A variant of an instance: a YAML file of changes to instance.yaml and the tables.

Maps are merged. Lists whose items have an `id` are merged by id; the changes are a list or a map from id to change.
null removes an entry. Other values are replaced. `tables` has rows by their key. Changed or removed things must exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from scheduler.instance.files.csv_table import unknown_column
from scheduler.instance.files.named import there_is_no
from scheduler.instance.files.yaml_document import YamlDocument, read_yaml
from scheduler.instance.problem import InputError, Problem, did_you_mean
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.files.yaml_document import Path_
    from scheduler.messages import Message

TABLE_SECTION = "tables"
KEYS: dict[str, tuple[str, ...]] = {
    "programmes.csv": ("programme",),
    "anchors.csv": ("anchor",),
    "audience.csv": ("channel", "days", "hour"),
    "history.csv": ("channel", "start_utc"),
    "locks.csv": ("channel", "start_utc"),
    "commitments.csv": ("programme", "channel"),
}
"""The columns that identify a row of each table. A key of several cells is written with blanks between them."""


def read_variant(path: Path) -> YamlDocument:
    """Read the file of a variant. Raises InputError if it is not one."""
    variant = read_yaml(path, path.name)
    if not isinstance(variant.content, dict):
        variant.problems.append(
            Problem(path.name, 1, 1, msg("is no variant; expected keys of instance.yaml, or `tables`"))
        )
    if variant.problems:
        raise InputError(variant.problems)
    return variant


def changed_document(base: YamlDocument, variant: YamlDocument) -> YamlDocument:
    """instance.yaml with the changes of a variant. Every value keeps the place at which it was written."""
    out = YamlDocument(base.file, problems=list(base.problems))
    fields = {key: value for key, value in variant.content.items() if key != TABLE_SECTION}
    out.content = _Merge(base, variant, out).maps(base.content, (), fields, (), ())
    return out


@dataclass(slots=True)
class _Merge:
    base: YamlDocument
    variant: YamlDocument
    out: YamlDocument

    def maps(
        self, old: dict[str, Any], at: Path_, new: Mapping[str, Any], written: Path_, here: Path_
    ) -> dict[str, Any]:
        """Merge a map into another. `at`, `written` and `here` are the paths in base, variant and result."""
        self.out.stands_at(here, self.base.at(at), self.base.at(at, key=True) if at else None)
        found: dict[str, Any] = {}
        for key in (*old, *(key for key in new if key not in old)):
            if key not in new:
                found[key] = self.out.take(self.base, (*at, key), (*here, key))
            elif new[key] is None:
                self._must_be_there(key, old, (*written, key))
            elif key in old:
                found[key] = self.values(old[key], (*at, key), new[key], (*written, key), (*here, key))
            else:
                found[key] = self.out.take(self.variant, (*written, key), (*here, key))
        return found

    def values(self, old: Any, at: Path_, new: Any, written: Path_, here: Path_) -> Any:
        """Merge a value into another."""
        if isinstance(old, dict) and isinstance(new, dict):
            return self.maps(old, at, new, written, here)
        if _has_ids(old) and isinstance(new, dict):
            return self._items(old, at, {key: (value, (*written, key)) for key, value in new.items()}, written, here)
        if _has_ids(old) and _has_ids(new):
            listed = {item["id"]: (item, (*written, number)) for number, item in enumerate(new)}
            return self._items(old, at, listed, written, here, may_add=True)
        return self.out.take(self.variant, written, here)

    def _items(
        self,
        old: list[dict[str, Any]],
        at: Path_,
        new: Mapping[str, tuple[Any, Path_]],
        written: Path_,
        here: Path_,
        *,
        may_add: bool = False,
    ) -> list[Any]:
        """Merge changes by id into a list whose items have ids."""
        self.out.stands_at(here, self.base.at(at), self.base.at(at, key=True))
        ids = [item["id"] for item in old]
        found: list[Any] = []
        for number, item in enumerate(old):
            place: Path_ = (*here, len(found))
            change, where = new.get(item["id"], (item, written))
            if change is item:
                found.append(self.out.take(self.base, (*at, number), place))
            elif change is not None:
                found.append(self.values(item, (*at, number), change, where, place))
        for word, (change, where) in new.items():
            if word in ids:
                continue
            if may_add and set(change) - {"id"} >= _least_of(old):
                found.append(self.out.take(self.variant, where, (*here, len(found))))
            else:
                self._must_be_there(word, ids, where)
        return found

    def _must_be_there(self, word: str, known: Collection[str], written: Path_) -> None:
        if word not in known:
            message = msg(
                "there is no '{word}' to change or to leave out{hint}", word=word, hint=did_you_mean(word, known)
            )
            self.out.problems.append(Problem(*self.variant.at(written, key=True), message))


def _has_ids(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) and "id" in item for item in value)


def _least_of(items: list[dict[str, Any]]) -> set[str]:
    """The fields that every item of a list has. A new item with fewer fields is probably a misspelt id."""
    return set.intersection(*(set(item) for item in items)) & {"type", "territory"}


def change_tables(
    tables: dict[str, CsvTable | None],
    variant: YamlDocument,
    columns: Mapping[str, tuple[Collection[str], Collection[str]]],
) -> list[Problem]:
    """Change the rows of tables in place, and return the problems.

    Parameters
    ----------
    columns
        The columns that each table may have, and those that it must have.
    """
    changes = variant.content.get(TABLE_SECTION) or {}
    problems: list[Problem] = []
    known = {name.removesuffix(".csv"): name for name in tables}
    if not isinstance(changes, dict):
        return [Problem(*variant.at((TABLE_SECTION,)), msg("expected tables by name: {names}", names=", ".join(known)))]
    for word, rows in changes.items():
        name = known.get(str(word).removesuffix(".csv"))
        path: Path_ = (TABLE_SECTION, word)
        table = None if name is None else tables[name]
        if name is None:
            problems.append(Problem(*variant.at(path, key=True), there_is_no("table", word, known)))
        elif table is None:
            problems.append(
                Problem(*variant.at(path, key=True), msg("the folder has no {table} to change", table=name))
            )
        elif not isinstance(rows, dict):
            problems.append(Problem(*variant.at(path), msg("expected rows by {key}", key=" ".join(KEYS[name]))))
        else:
            problems += _change_rows(table, rows, variant, path, KEYS[name], *columns[name])
    return problems


def _change_rows(
    table: CsvTable,
    rows: dict[str, Any],
    variant: YamlDocument,
    path: Path_,
    key: tuple[str, ...],
    columns: Collection[str],
    required: Collection[str],
) -> list[Problem]:
    """Change, add and remove rows of one table."""
    problems: list[Problem] = []
    names = [" ".join(row.get(column, "") for column in key) for row in table.rows]
    numbers = {name: number for number, name in enumerate(names)}
    gone: set[int] = set()
    for word, cells in rows.items():
        here = (*path, word)
        number = numbers.get(str(word))
        if cells is None and number is not None:
            gone.add(number)
        elif cells is None:
            message = msg(
                "there is no row '{word}' to leave out{hint}", word=str(word), hint=did_you_mean(str(word), names)
            )
            problems.append(Problem(*variant.at(here, key=True), message))
        elif not isinstance(cells, dict):
            problems.append(Problem(*variant.at(here), msg("expected cells by column, or null to leave the row out")))
        else:
            problems += _unknown_columns(cells, variant, here, columns)
            needed = sorted(set(required) - set(key))
            if number is None and not set(needed) <= set(cells):  # probably a misspelt key
                problems.append(Problem(*variant.at(here, key=True), _no_such_row(str(word), names, needed)))
                continue
            if number is None:
                number = _new_row(table, str(word), key, variant, here)
            _change_cells(table, number, cells, variant, here)
    _leave_out(table, gone)
    return problems


def _unknown_columns(
    cells: dict[str, Any], variant: YamlDocument, here: Path_, columns: Collection[str]
) -> list[Problem]:
    return [
        Problem(*variant.at((*here, column), key=True), unknown_column(column, did_you_mean(column, columns)))
        for column in cells
        if column not in columns
    ]


def _no_such_row(word: str, names: list[str], needed: list[str]) -> Message:
    """The problem that a variant changes a row which is not there, and does not describe a new one."""
    return msg(
        "there is no row '{word}' to change, and a new row needs {columns}{hint}",
        word=word,
        hint=did_you_mean(word, names),
        columns=", ".join(needed),
    )


def _new_row(table: CsvTable, word: str, key: tuple[str, ...], variant: YamlDocument, here: Path_) -> int:
    """Add a row with its key, at the place where the variant names it. Returns its number."""
    table.rows.append(dict(zip(key, word.split(" ", len(key) - 1), strict=False)))
    number = len(table.rows) - 1
    place = variant.at(here, key=True)
    table.lines.append(place[1])
    table.changed[number, None] = place
    return number


def _change_cells(table: CsvTable, number: int, cells: dict[str, Any], variant: YamlDocument, here: Path_) -> None:
    for column, value in cells.items():
        if value is None:
            table.rows[number].pop(column, None)
        else:
            text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
            table.rows[number][column] = text
            table.changed[number, column] = variant.at((*here, column))


def _leave_out(table: CsvTable, gone: set[int]) -> None:
    kept = [number for number in range(len(table.rows)) if number not in gone]
    renumbered = {old: new for new, old in enumerate(kept)}
    table.rows = [table.rows[number] for number in kept]
    table.lines = [table.lines[number] for number in kept]
    table.changed = {
        (renumbered[number], column): place for (number, column), place in table.changed.items() if number in renumbered
    }
