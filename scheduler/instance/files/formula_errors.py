"""Cells with the error value of a spreadsheet formula, for example #N/A, in several languages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scheduler.instance.problem import Problem
from scheduler.messages import Listed, msg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.messages import Message

_ERRORS = (
    "N/A", "VALUE!", "REF!", "DIV/0!", "NUM!", "NAME?", "NULL!", "SPILL!", "CALC!", "FIELD!", "BLOCKED!",
    "UNKNOWN!", "GETTING_DATA", "Н/Д", "ЗНАЧ!", "ССЫЛКА!", "ДЕЛ/0!", "ЧИСЛО!", "ИМЯ?", "ПУСТО!", "ПЕРЕНОС!",
    "ВЫЧИСЛ!", "YOK", "DEĞER!", "BAŞV!", "SAYI/0!", "SAYI!", "AD?", "BOŞ!", "NV", "WERT!", "BEZUG!", "ZAHL!",
    "ERR:502", "ERR:508", "ERR:509", "ERR:522",
)  # fmt: skip
_FAILED = re.compile(rf"#(?:{'|'.join(map(re.escape, _ERRORS))})|#{{3,}}|Err:5\d\d")


def is_formula_error(cell: str) -> bool:
    """Whether a cell has the text that a spreadsheet shows if a formula failed or a column is too narrow."""
    return _FAILED.fullmatch(cell.strip()) is not None


def failed(cell: str) -> Message:
    """The problem that a cell has the error value of a formula."""
    return msg("'{cell}' is the error of a spreadsheet's formula; write the value", cell=cell)


def formula_errors(table: CsvTable) -> Iterator[Problem]:
    """A problem for every cell of a table with an error value."""
    for number, row in enumerate(table.rows):
        for column, cell in row.items():
            if cell[0] in "#E" and is_formula_error(cell):
                yield Problem(*table.at(number, column), Listed((column, failed(cell)), ": "))
