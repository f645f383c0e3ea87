"""One row of benchmark results: one engine on one instance, as a line of JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scheduler.cells.result import Result
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from pathlib import Path


class BenchRow(Result):
    """One engine on one instance of a suite: the settings and the result."""

    suite: str
    instance: str
    seed: int
    tightness: float
    engine: str
    engine_seed: int
    time_limit: float
    memory_limit: float  # GB
    workers: int
    deterministic: bool = False  # the limit counts work instead of seconds
    primal_integral: float | None = None
    primal_reference: int | None = None

    @property
    def key(self) -> tuple[str, str, int, float, float, int, bool]:
        """The identity of a run. If there is a row with this key, it is not run again."""
        who = self.instance, self.engine, self.engine_seed
        return *who, self.time_limit, self.memory_limit, self.workers, self.deterministic


def read_rows(path: Path) -> list[BenchRow]:
    """All rows of a results file. An incomplete last line, left by an interruption, is ignored.

    Raises RefusedError with the number of any other line that is not a row.
    """
    rows: list[BenchRow] = []
    lines = path.read_bytes().splitlines(keepends=True)
    for number, line in enumerate(lines, start=1):
        try:
            rows.append(BenchRow.model_validate(json.loads(line)))
        except ValueError as error:  # of JSON, of UTF-8, or of the model
            if number == len(lines) and not line.endswith(b"\n"):
                break
            raise RefusedError(
                msg("{place}: is not a row of results: {reason}", place=f"{path.name}:{number}:1", reason=str(error))
            ) from None
    return rows


def row_text(row: BenchRow) -> str:
    """The row as one line."""
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False) + "\n"
