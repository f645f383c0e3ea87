"""best_known.csv: the highest value and the lowest bound of every instance over all runs."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from scheduler.messages import RefusedError, msg
from scheduler.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from scheduler.bench.row import BenchRow


class BestKnown(BaseModel):
    """One line: value and bound in viewer-minutes, each with the engine, day and version that found it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    instance: str
    instance_sha256: str
    value: int | None = None
    value_by: str = ""
    value_date: str = ""
    bound: int | None = None
    bound_by: str = ""
    bound_date: str = ""
    version: str = ""


def read_best_known(path: Path) -> dict[str, BestKnown]:
    """The lines of a file by instance; none if there is no file.

    Raises RefusedError with the number of a line that is not valid.
    """
    if not path.exists():
        return {}
    found: dict[str, BestKnown] = {}
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        try:
            for cells in reader:
                line = BestKnown.model_validate({key: cell for key, cell in cells.items() if cell})
                found[line.instance] = line
        except (ValidationError, TypeError, UnicodeDecodeError, csv.Error) as error:
            message = msg(
                "{place}: is not a line of best known values ({columns})",
                place=f"{path}:{reader.line_num}:1",
                columns=", ".join(BestKnown.model_fields),
            )
            raise RefusedError(message) from error
    return found


def updated(known: dict[str, BestKnown], rows: Iterable[BenchRow]) -> dict[str, BestKnown]:
    """The best known values and bounds after some runs. A value counts if `verify` confirmed all hard rules.

    A bound below such a value is wrong and is removed. A line for another state of the instance (another hash) is
    replaced.
    """
    found = dict(known)
    for row in rows:
        if row.instance_sha256 is None:
            continue
        old = found.get(row.instance)
        if old is None or old.instance_sha256 != row.instance_sha256:
            old = BestKnown(instance=row.instance, instance_sha256=row.instance_sha256)
        day, version = row.started[:10], row.versions.get("parity-scheduler", "")
        if row.answered and row.value is not None and (old.value is None or row.value > old.value):
            news = {"value": row.value, "value_by": row.engine, "value_date": day, "version": version}
            old = old.model_copy(update=news)
        if old.bound is not None and old.value is not None and old.bound < old.value:
            old = old.model_copy(update={"bound": None, "bound_by": "", "bound_date": ""})
        if (
            row.bound is not None
            and (old.value is None or row.bound >= old.value)
            and (old.bound is None or row.bound < old.bound)
        ):
            news = {"bound": row.bound, "bound_by": row.engine, "bound_date": day, "version": version}
            old = old.model_copy(update=news)
        found[row.instance] = old
    return found


def write_best_known(path: Path, known: dict[str, BestKnown]) -> None:
    """Write the whole file, in order of instances."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(BestKnown.model_fields), lineterminator="\n")
    writer.writeheader()
    writer.writerows(known[name].model_dump() for name in sorted(known))
    write_whole(path, stream.getvalue())
