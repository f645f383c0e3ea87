"""Cut random timetables at every midnight: `python -m tests.cuts 50 [first]`. Parts are judged as the whole is.

Prints every row whose final verdict in the parts is not the one in the whole.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import load
from tests.builders import write
from tests.rules.over_time import cut, final, part, some_timetable
from tests.rules.random_instances import random_instance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scheduler.timetable import Timetable


Verdicts = dict[tuple[Any, ...], int]


def judged(folder: Path, seed: int, *, few: bool = False) -> Iterator[tuple[int, Verdicts, Verdicts]]:
    """(day, verdicts of the whole, those of both parts) for a cut after each day, or after three of them."""
    rng = np.random.default_rng(seed)
    spec = random_instance(rng)
    timetable, *_ = some_timetable(load(write(folder / "whole", spec)), rng)
    length = timetable.instance.file.horizon.days
    yield from cut_and_judged(folder, spec, timetable, {1, length // 2, length - 1} if few else range(1, length))


def cut_and_judged(
    folder: Path, spec: dict[str, Any], timetable: Timetable, days: Iterable[int]
) -> Iterator[tuple[int, Verdicts, Verdicts]]:
    """The same for one timetable of an instance given as plain values."""
    whole = timetable.instance
    wanted, start, length = final(whole, timetable), whole.file.horizon.start, whole.file.horizon.days
    for day in sorted(days):
        before, after = cut(whole, timetable, start + timedelta(days=day))
        one = part(folder / f"{day}-one", spec, start, day, [], before)
        two = part(folder / f"{day}-two", spec, start + timedelta(days=day), length - day, before, after)
        yield day, wanted, {**final(*one), **final(*two)}


def main(count: int, first: int) -> int:
    """Compare a number of instances, each cut at every midnight; 1 where a verdict differs."""
    cuts, rows, wrong = 0, 0, 0
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as folder:
            for day, wanted, parts in judged(Path(folder), seed):
                cuts, rows = cuts + 1, rows + len(wanted)
                differ = [key for key in wanted.keys() | parts.keys() if wanted.get(key) != parts.get(key)]
                wrong += bool(differ)
                for key in sorted(differ, key=str)[:3]:
                    name = " ".join(str(one) for one in key)
                    print(f"{seed}, day {day}: {name}: {wanted.get(key)}, in parts {parts.get(key)}", flush=True)
    print(f"{count} instances, {cuts} cuts, {rows} missed rows, {wrong} cuts judged otherwise")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
