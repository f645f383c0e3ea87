"""The formulation as free MPS, for any solver of mixed-integer programs.

HiGHS writes the file. A reader gets the same costs, bounds, sides, coefficients and names, to the last digit.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import highspy

from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.programs.program import highs_model, program_of

if TYPE_CHECKING:
    from scheduler.formulation import Formulation


def mps_text(formulation: Formulation, name: str) -> str:
    """The text of an MPS file: columns y0, y1, … (airings first), rows r0, r1, …, the value to be maximised.

    Rows of hard rules must hold; rows of soft rules have priced misses. Rows are scaled by powers of two, which is
    exact. As usual in MPS, the objective's constant is the negative of its right-hand side.

    Raises
    ------
    ValueError
        If HiGHS does not take the program.
    """
    program = program_of(formulation)
    rows, columns = program.matrix.shape
    model = highs_model(program)
    model.model_name_ = "".join(part if part.isalnum() else "_" for part in name) or "parity"
    model.col_names_ = [f"y{number}" for number in range(columns)]
    model.row_names_ = [f"r{number}" for number in range(rows)]
    highs = QuietHighs()
    highs.setOptionValue("output_flag", False)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "program.mps"
        for done in (highs.passModel(model), highs.writeModel(str(path))):
            if done == highspy.HighsStatus.kError:
                raise ValueError("HiGHS does not take the program")
        return path.read_text(encoding="utf-8")
