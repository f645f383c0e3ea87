"""Load an instance folder. All problems of all files are reported at once."""

from __future__ import annotations

import difflib
import hashlib
from dataclasses import replace
from decimal import Decimal
from functools import partial, reduce
from typing import TYPE_CHECKING, Annotated, Any, TypeVar, get_args

from pydantic import BaseModel, Field, TypeAdapter, ValidationError, create_model

from scheduler.instance.derived.aired import HISTORY_COLUMNS, NEEDED_COLUMNS, NOT_AIRED, TIMETABLE_COLUMNS, Aired, Lock
from scheduler.instance.files.causes import one_per_cause, silent_definitions
from scheduler.instance.files.csv_table import CsvTable, read_csv
from scheduler.instance.files.formula_errors import formula_errors
from scheduler.instance.files.numbers import read_numbers
from scheduler.instance.files.placed_titles import against_placement
from scheduler.instance.files.references import check_references
from scheduler.instance.files.validation import at_field, places_of, problems_in_row, problems_in_yaml
from scheduler.instance.files.variant import change_tables, changed_document, read_variant
from scheduler.instance.files.yaml_document import EMPTY, YamlDocument, read_yaml
from scheduler.instance.instance import Instance
from scheduler.instance.model.commitment import Commitment
from scheduler.instance.model.field_types import FORMAT
from scheduler.instance.model.instance_file import InstanceFile
from scheduler.instance.model.programme import Anchor, AudienceRow, Programme
from scheduler.instance.model.rule_model import RuleModel
from scheduler.instance.problem import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Model = TypeVar("Model", bound=BaseModel)

INSTANCE_FILE = "instance.yaml"
TABLES: dict[str, type[BaseModel]] = {
    "programmes.csv": Programme,
    "audience.csv": AudienceRow,
    "anchors.csv": Anchor,
    "history.csv": Aired,
    "locks.csv": Lock,
    "commitments.csv": Commitment,
}
OPTIONAL_TABLES = frozenset({"anchors.csv", "history.csv", "locks.csv", "commitments.csv"})
ALIKE = 0.85
"""Smallest similarity (difflib's ratio, 0 to 1) at which a file's name is probably meant to be a table's name."""

_SHARES = frozenset({"origin"})
"""Columns with numbers and words."""

_NUMBERS = (int, Decimal)


def file_model(agreements: Sequence[type[RuleModel]], rules: Sequence[type[RuleModel]]) -> type[InstanceFile]:
    """The model of instance.yaml with the given kinds of agreement and rule, distinguished by `type`."""

    def any_of(kinds: Sequence[type[RuleModel]]) -> Any:
        if not kinds:
            return RuleModel
        if len(kinds) == 1:
            return kinds[0]
        return Annotated[reduce(lambda one, other: one | other, kinds), Field(discriminator="type")]  # type: ignore[arg-type, return-value]

    return create_model(
        "InstanceFile",
        __base__=InstanceFile,
        agreements=(tuple[any_of(agreements), ...], ()),  # type: ignore[misc, arg-type]
        rules=(tuple[any_of(rules), ...], ()),  # type: ignore[misc, arg-type]
    )


def load_instance(
    folder: Path, agreements: Sequence[type[RuleModel]], rules: Sequence[type[RuleModel]], variants: Sequence[Path] = ()
) -> Instance:
    """Load a folder and apply variants one after another.

    Raises
    ------
    InputError
        With every problem of every file. Warnings stay on the instance.
    """
    if not folder.is_dir():
        is_file = msg("is a file; expected a folder with instance.yaml")
        raise InputError([Problem(str(folder), 1, 1, is_file if folder.exists() else msg("there is no such folder"))])
    problems: list[Problem] = []
    changes = [read_variant(path) for path in variants]
    file, document = _read_instance_file(folder, file_model(agreements, rules), changes, problems)
    tables = {name: _read_table(folder, name, problems) for name in TABLES}
    for variant in changes:
        problems += change_tables(tables, variant, {name: _columns(model) for name, model in TABLES.items()})
    read = {name: _parse_rows(table, TABLES[name], problems) for name, table in tables.items()}
    parsed: dict[str, list[Any]] = {name: [row for _, row in rows] for name, rows in read.items()}
    numbers = {name: [number for number, _ in rows] for name, rows in read.items()}
    if file is None or document is None:
        raise InputError(problems)
    sections = {"agreements": len(file.agreements), "rules": len(file.rules)}
    ids = [rule.id for rule in (*file.agreements, *file.rules)]
    problems += check_references(file, document, parsed, tables, numbers)
    if any(problem.severity == "error" for problem in problems):
        raise InputError(one_per_cause(problems, silent_definitions(file, document, parsed)))
    instance = Instance(
        folder=folder,
        file=file,
        programmes=tuple(parsed["programmes.csv"]),
        audience=tuple(parsed["audience.csv"]),
        anchors=tuple(parsed["anchors.csv"]),
        history=tuple(row for row in parsed["history.csv"] if row.status != NOT_AIRED),
        locks=tuple(parsed["locks.csv"]),
        commitments=tuple(parsed["commitments.csv"]),
        not_aired=tuple(row for row in parsed["history.csv"] if row.status == NOT_AIRED),
        variants=tuple(variants),
        digest=digest_of(folder, variants),
        warnings=tuple(sorted(problems)),
        places=dict(zip(ids, places_of(document, sections), strict=True)),
    )
    unfit = [*against_placement(instance, tables)]
    if any(problem.severity == "error" for problem in unfit):
        raise InputError([*problems, *unfit])
    return replace(instance, warnings=tuple(sorted([*problems, *unfit]))) if unfit else instance


def digest_of(folder: Path, variants: Sequence[Path] = ()) -> str:
    """SHA-256 over the names and content of the instance's files, in a fixed order, and over its variants."""
    total = hashlib.sha256()
    for name in (INSTANCE_FILE, *TABLES):
        path = folder / name
        if path.is_file():
            total.update(f"{name}\n".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    for path in variants:
        total.update(b"variant\n")
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def document_of(instance: Instance) -> YamlDocument:
    """instance.yaml of a loaded instance after its variants are applied, with the places of its values."""
    document = read_yaml(instance.folder / INSTANCE_FILE, INSTANCE_FILE)
    return reduce(changed_document, [read_variant(path) for path in instance.variants], document)


def _read_instance_file(
    folder: Path, model: type[InstanceFile], variants: Sequence[YamlDocument], problems: list[Problem]
) -> tuple[InstanceFile | None, YamlDocument | None]:
    try:
        document = read_yaml(folder / INSTANCE_FILE, INSTANCE_FILE)
    except InputError as error:
        problems += error.problems
        return None, None
    if isinstance(document.content, dict):
        _refuse_other_format(document, folder)
        document = reduce(changed_document, variants, document)
    problems += document.problems
    if not isinstance(document.content, dict):
        problems.append(Problem(INSTANCE_FILE, 1, 1, EMPTY))
        return None, document
    try:
        return model.model_validate(document.content), document
    except ValidationError as error:
        problems += problems_in_yaml(error, document, model)
        return None, document


def _refuse_other_format(document: YamlDocument, folder: Path) -> None:
    """Raise InputError, with this problem only, if the folder has another format than this version."""
    stated = document.content.get("format", 1)
    if stated == FORMAT or isinstance(stated, bool) or not isinstance(stated, int) or stated < 1:
        return
    older = msg(
        "this folder is of format {format}; `parity upgrade {folder}` writes format {own} with the same meaning",
        format=stated,
        folder=str(folder),
        own=FORMAT,
    )
    newer = msg(
        "this folder is of format {format}, and this version reads format {own}; install a newer parity",
        format=stated,
        own=FORMAT,
    )
    line, column = document.place(("format",)) if "format" in document.content else (1, 1)
    raise InputError([Problem(INSTANCE_FILE, line, column, older if stated < FORMAT else newer)])


def _read_table(folder: Path, name: str, problems: list[Problem]) -> CsvTable | None:
    path = folder / name
    if not path.exists() and not path.is_symlink():
        if name not in OPTIONAL_TABLES:
            problems.append(Problem(name, 1, 1, msg("the table is missing; it may hold only its header")))
        problems += _misnamed(folder, name)
        return None
    try:
        table = read_csv(path, name, *_columns(TABLES[name]))
    except InputError as error:
        problems += error.problems
        return None
    problems += table.problems
    return table


def _columns(model: type[BaseModel]) -> tuple[frozenset[str], frozenset[str]]:
    """(allowed columns, required columns) of a table."""
    if model is Aired:
        return frozenset(HISTORY_COLUMNS), NEEDED_COLUMNS
    if model is Lock:
        return frozenset(TIMETABLE_COLUMNS), frozenset()
    required = (name for name, field in model.model_fields.items() if field.is_required())
    return frozenset(model.model_fields), frozenset(required)


def _misnamed(folder: Path, name: str) -> list[Problem]:
    """Warnings about files whose name is similar to that of a missing table."""
    there = {path.name.lower(): path.name for path in folder.glob("*") if path.name not in TABLES}
    close = difflib.get_close_matches(name, there, cutoff=ALIKE)
    message = msg("is not read, and there is no {table}; rename it if it was meant to be that", table=name)
    return [Problem(there[word], 1, 1, message, "warning") for word in close]


def _parse_rows(table: CsvTable | None, model: type[Model], problems: list[Problem]) -> list[tuple[int, Model]]:
    """Parse every row: (its number, the row). A wrong row is left out, and its problems are collected."""
    if table is None:
        return []
    rows: list[tuple[int, Model]] = []
    header_wrong = any(problem.line == 1 for problem in table.problems)
    numbers = _numbers(table, model, problems)
    problems += formula_errors(table)
    for number, cells in enumerate(table.rows):
        values = {name: table.decimal(cell) if name in _SHARES else cell for name, cell in cells.items()}
        values |= {name: read.get(cells[name], cells[name]) for name, read in numbers.items() if name in cells}
        try:
            rows.append((number, model.model_validate(values)))
        except ValidationError as error:
            if not header_wrong:
                problems += problems_in_row(error, table, number)
    return rows


def number_fields(model: type[BaseModel]) -> dict[str, TypeAdapter[Any]]:
    """The fields of a model that contain a plain number, each with its validator."""
    found: dict[str, TypeAdapter[Any]] = {}
    for name, info in model.model_fields.items():
        kinds = get_args(info.annotation) or (info.annotation,)
        if any(kind in _NUMBERS for kind in kinds):
            kind: Any = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
            found[name] = TypeAdapter(kind)
    return found


def fits(adapter: TypeAdapter[Any], number: str) -> bool:
    """Whether a field accepts a number."""
    try:
        adapter.validate_python(number)
    except ValidationError:
        return False
    return True


def _numbers(table: CsvTable, model: type[BaseModel], problems: list[Problem]) -> dict[str, Mapping[str, str]]:
    """The numbers in every numeric column. If a column can be read in two ways, this is a problem."""
    found: dict[str, Mapping[str, str]] = {}
    for name, adapter in number_fields(model).items():
        cells = [row[name] for row in table.rows if name in row]
        reading = read_numbers(cells, partial(fits, adapter), point_only=table.delimiter == ",")
        found[name] = reading.numbers
        if reading.doubt is not None:
            row = next(at for at, cells_of in enumerate(table.rows) if cells_of.get(name) == reading.cell)
            problems.append(Problem(*table.at(row, name), at_field(name, reading.doubt)))
    return found
