"""The formulation as free MPS, so that any solver of mixed-integer programs can be run on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scheduler.solve.programs.program import Program, program_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from scheduler.formulation import Formulation

    Ints = npt.NDArray[np.int64]


def mps_text(formulation: Formulation, name: str) -> str:
    """The text of an MPS file: columns y0, y1, … (airings first), rows r0, r1, …, the value to be maximised.

    Hard rules stand as they are, soft ones have priced misses; rows are scaled by powers of two, exactly. The
    objective's constant is the negative of its right-hand side, as MPS has it.
    """
    program = program_of(formulation)
    word = "".join(part if part.isalnum() else "_" for part in name) or "parity"
    senses, right, spans = _senses(program)
    parts = [
        f"NAME {word}",
        "OBJSENSE\n    MAX",
        "ROWS",
        " N value",
        *(" " + senses + " r" + _numbers(np.arange(program.matrix.shape[0]))).tolist(),
        "COLUMNS",
        *_columns(program),
        "RHS",
        f" RHS value {-program.offset}",
        *(" RHS r" + _numbers(np.flatnonzero(right != 0)) + " " + _amounts(right[right != 0])).tolist(),
        "RANGES",
        *(" RNG r" + _numbers(np.flatnonzero(spans >= 0)) + " " + _amounts(spans[spans >= 0])).tolist(),
        "BOUNDS",
        *_bounds(program),
        "ENDATA",
    ]
    return "\n".join(parts) + "\n"


def _numbers(values: Ints) -> pd.Series[str]:
    return pd.Series(values).astype(str)


def _amounts(values: npt.NDArray[Any]) -> pd.Series[str]:
    """Every number to its last digit."""
    whole = values.astype(np.int64)
    if np.array_equal(whole, values):
        return _numbers(whole)
    return pd.Series([repr(value) if value % 1 else str(int(value)) for value in values.tolist()])


def _senses(program: Program) -> tuple[pd.Series[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """(sense, right-hand side, width of the range or −1) of every row."""
    low, high = program.row_lower, program.row_upper
    sense = np.select([low == high, np.isfinite(low), np.isfinite(high)], ["E", "G", "L"], "N")
    right = np.where(np.isfinite(low), low, np.where(np.isfinite(high), high, 0))
    two = np.isfinite(low) & np.isfinite(high) & (low != high)
    return pd.Series(sense), right, np.where(two, np.where(two, high, 0) - np.where(two, low, 0), -1)


def _columns(program: Program) -> list[str]:
    """Entries by column, whole columns between markers, continuous ones behind them."""
    matrix = program.matrix.tocsc()
    every = np.arange(matrix.shape[1], dtype=np.int64)
    column = np.repeat(every, np.diff(matrix.indptr))
    values = " y" + _numbers(every) + " value " + _amounts(program.cost)
    entries = " y" + _numbers(column) + " r" + _numbers(matrix.indices.astype(np.int64)) + " " + _amounts(matrix.data)
    text = np.concatenate([values.to_numpy(dtype=object), entries.to_numpy(dtype=object)])
    of_column = np.concatenate([every, column])
    order = np.argsort(of_column, kind="stable")
    whole = program.integer[of_column[order]]
    return [
        " MARK0 'MARKER' 'INTORG'",
        *text[order[whole]].tolist(),
        " MARK1 'MARKER' 'INTEND'",
        *text[order[~whole]].tolist(),
    ]


def _bounds(program: Program) -> list[str]:
    """Both bounds of every column, since readers differ in what they take for granted of whole ones."""
    at = np.arange(len(program.cost))
    endless = ~np.isfinite(program.column_upper)
    return [
        *(" LO BND y" + _numbers(at) + " " + _amounts(program.column_lower)).tolist(),
        *(" UP BND y" + _numbers(at[~endless]) + " " + _amounts(program.column_upper[~endless])).tolist(),
        *(" PL BND y" + _numbers(at[endless])).tolist(),
    ]
