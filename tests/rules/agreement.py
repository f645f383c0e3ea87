"""Compare a rule's rows with its check on every small timetable of an instance.

`python -m tests.rules.agreement [kind ...]` does so with the cases of all kinds of rules, or of some kinds. Of a case
with more than `LONG_RUN` timetables that many are compared, at even distances.
"""

from __future__ import annotations

import math
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance.derived.repeats import REPEAT
from scheduler.rules import HARD, KEY, RIGID, load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import OnAir, chosen_of, timetable_of
from scheduler.verify import verify, window_audience
from tests.builders import choices, formulated, kept_choices, write
from tests.rules.rulebook_cases import ALL_KINDS

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.verify import Verification

MissKey = tuple[str, str, str, str]

COMPARED = 60
"""About as many timetables of a case are compared in the tests."""

LONG_RUN = 2_000
"""About as many timetables of a case are compared by `python -m tests.rules.agreement`."""


def missed_rows(formulation: Formulation, point: np.ndarray) -> dict[MissKey, tuple[int, bool, int]]:
    """(units missed, hard, price) of every missed row that is not rigid."""
    misses = formulation.misses(point)
    labels = formulation.labels[KEY].to_numpy()
    found: dict[MissKey, tuple[int, bool, int]] = {}
    for row in np.flatnonzero((misses > 0) & (formulation.kind != RIGID)).tolist():
        key = tuple(labels[row])
        assert key not in found, f"two rows are called {key}"
        found[key] = int(misses[row]), bool(formulation.kind[row] == HARD), int(formulation.price[row])
    return found


def missed_checks(verification: Verification) -> dict[MissKey, tuple[int, bool, int]]:
    """The missed rows by the checks, in the same form."""
    found: dict[MissKey, tuple[int, bool, int]] = {}
    for one in verification.missed:
        if not one.rigid:
            key = one.rule, one.subject, one.period, one.aspect
            assert key not in found, f"two measurements are called {key}"
            found[key] = one.miss, one.hard, one.price
    return found


def disagreements(
    instance: Instance, most: int = 3, enough: int = 3, *, kept_only: bool = False, compared: float = COMPARED
) -> tuple[list[str], Counter[str]]:
    """The differences between rows and checks, and the number of misses of each rule (by the checks).

    With `kept_only`, misses are compared only on timetables that break nothing, because others may have impossible
    episode numbers.
    """
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    wrong: list[str] = []
    seen: Counter[str] = Counter()
    every = [some for some in choices(formulation, most) if not np.any(some & airings.past)]
    for some in _some(every, compared):
        chosen = some | airings.past  # what is on record has aired in every timetable
        point = formulation.point(chosen)
        timetable = timetable_of(airings, chosen)
        checked = verify(timetable)
        rows, checks = missed_rows(formulation, point), missed_checks(checked)
        where = ", ".join(airings.frame[chosen].to_string(header=False, index=False).splitlines())
        if rows != checks and not (kept_only and checked.broken):
            only = {key: (rows.get(key), checks.get(key)) for key in rows.keys() | checks.keys()}
            only = {key: pair for key, pair in only.items() if pair[0] != pair[1]}
            wrong.append(f"[{where}]: (rows, check) = {only}")
        # a rerun is called the 2nd or the 3rd run in the frame only; which of them fits is tested by brute force
        numbered = bool(np.any((airings.run[chosen] > 2) & (airings.run[chosen] < REPEAT)))
        # and the same timetable with a repeat as a second run is another choice, which the rows refuse
        numbered |= bool(instance.repeats) and not np.array_equal(chosen_of(airings, timetable), chosen)
        if formulation.is_admissible(point) != (not checked.broken) and not (numbered and not checked.broken):
            said = [one.text for one in checked.broken]
            wrong.append(f"[{where}]: admissible for the rows: {formulation.is_admissible(point)}; check: {said}")
        if formulation.audience(point) != window_audience(OnAir(timetable)):
            wrong.append(f"[{where}]: audience {formulation.audience(point)} and {window_audience(OnAir(timetable))}")
        seen.update({key[0] for key in checks})
        seen["rows"] += len(rows)
        seen["broken"] += bool(checked.broken)
        seen["timetables"] += 1
        if len(wrong) >= enough:
            break
    seen["all"] = len(every)
    return wrong, seen


def _some(every: list[np.ndarray], compared: float) -> list[np.ndarray]:
    """The timetables of at most one airing, and of the others as many at even distances as there is room for."""
    small = sum(int(one.sum()) <= 1 for one in every)
    step = max(1, math.ceil((len(every) - small) / max(1.0, compared - small)))
    return every[:small] + every[small::step]


def assert_rows_and_check_agree(instance: Instance, rule: str, most: int = 3, *, kept_only: bool = False) -> None:
    """Rows and checks see the same on every small timetable, and some timetables miss the rule."""
    wrong, seen = disagreements(instance, most, kept_only=kept_only)
    assert not wrong, "\n".join(wrong)
    assert seen[rule]


def assert_the_best_is_found(instance: Instance) -> None:
    """The exact strategy finds the best of all timetables, and proves that it is."""
    best = max(value for value, _ in kept_choices(formulated(instance)))
    search = solve(instance, Settings(strategy="exact", time_limit=20, workers=1)).search
    assert search.best is not None
    assert search.best.value == best == search.bound


def main(*kinds: str) -> int:
    """Compare rows and check on small timetables of all cases of rules, or of some kinds; 1 where they differ."""
    total, differ = Counter[str](), 0
    for kind in kinds or ALL_KINDS:
        count = Counter[str]()
        for name, most, spec in ALL_KINDS[kind]:
            with tempfile.TemporaryDirectory() as folder:
                wrong, seen = disagreements(load(write(Path(folder), spec)), most, compared=LONG_RUN)
            count.update({name: seen[name] for name in ("timetables", "all")})
            differ += bool(wrong)
            for line in wrong:
                print(f"{kind}: {name}: {line}", flush=True)
        print(f"{kind}: {count['timetables']:,} of {count['all']:,} timetables", flush=True)
        total += count
    print(f"{total['timetables']:,} of {total['all']:,} timetables, {differ} cases in which rows and check differ")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
