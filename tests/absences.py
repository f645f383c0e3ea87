"""Compare the losses that `parity why` states with the result of solving with the title at its best place.

`python -m tests.absences 30` looks at that many titles of small instances that are solved to a proven optimum, and
prints a line for each. Work is counted, with one worker: two runs give the same result.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from itertools import islice

from scheduler.solve import Settings, solve
from scheduler.why import absence, force
from tests.small_instances import small_instances

LIMIT = Settings("exact", time_limit=5.0, workers=1, deterministic=True)
"""Limit of searches that must prove an optimum."""


@dataclass(frozen=True, slots=True)
class Absence:
    """A title: its stated loss at its best place, its real loss there, and wrong statements."""

    programme: str
    at_least: int | None
    at_most: int | None
    lost: int | None  # None where no timetable that keeps the hard rules was found with it
    wrong: tuple[str, ...]

    def line(self):
        if self.at_least is None:
            return f"{self.programme}: no place{self._wrong()}"
        lost = "nothing found" if self.lost is None else f"{self.lost:,}"
        high = "…" if self.at_most is None else f"{self.at_most:,}"
        return f"{self.programme}: {lost} in {self.at_least:,} to {high}{self._wrong()}"

    def _wrong(self):
        return "".join(f"; WRONG: {one}" for one in self.wrong)


def absences(instance):
    """Every title that is not in a timetable that is proven optimal."""
    answer = solve(instance, LIMIT)
    if answer.status != "optimal":
        return
    aired = set(answer.timetable.programme.tolist())
    for number, one in enumerate(instance.programmes):
        if number not in aired:
            yield _absence(instance, answer.timetable, number, one.programme)


def _absence(instance, timetable, number, name):
    said = absence(instance, timetable, name, replace(LIMIT, time_limit=2.0))
    if said.place is None:
        return Absence(name, None, None, None, () if said.reason is not None else ("neither a place nor a reason",))
    least, most = said.place.loses_at_least, said.place.loses_at_most
    forced = force(instance, timetable, said, LIMIT)
    if forced.timetable is None or forced.verification.hard_missed:
        return Absence(name, least, most, None, () if most is None else ("an upper limit, but nothing found",))
    wrong, lost = [], said.value - forced.verification.value
    if number not in forced.timetable.programme:
        wrong.append("it does not air where it is forced to")
    if lost < least or (most is not None and lost > most):
        wrong.append("the loss lies outside")
    if forced.bound is not None and forced.bound < forced.verification.value:
        wrong.append(f"the bound {forced.bound:,} is below the value")
    return Absence(name, least, most, lost, tuple(wrong))


def main(count, first=0):
    """Compare a number of titles, at most three of each instance. The exit code is 1 if a statement is wrong."""
    seen = []
    for instance in small_instances(first):
        for one in islice(absences(instance), min(3, count - len(seen))):
            print(f"{instance.file.name}: {one.line()}", flush=True)
            seen += [one] if one.at_least is not None or one.wrong else []
        if len(seen) >= count:
            break
    limited, wrong = sum(one.at_most is not None for one in seen), sum(bool(one.wrong) for one in seen)
    print(f"{len(seen)} titles at their best place, {limited} with an upper limit: {wrong} wrong")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, islice(sys.argv, 1, 3))))
