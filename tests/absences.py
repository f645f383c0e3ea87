"""What `parity why` says about titles that do not air, beside what solving with the title at its best place gives.

`python -m tests.absences 30` looks at that many titles of generated instances that are solved to a proven optimum.
Work is counted, one worker: two runs say the same.
"""

from __future__ import annotations

import sys
from dataclasses import replace

from scheduler.bench.proofs import instances
from scheduler.solve import Settings, solve
from scheduler.why import absence, force

LIMIT = Settings("exact", time_limit=20.0, workers=1, deterministic=True)
"""Of the searches that are to prove an optimum."""


def wrong_absences(instance, most=1_000):
    """(titles that were solved at their best place, those of them with an upper limit, what was said wrongly)."""
    answer = solve(instance, LIMIT)
    if answer.status != "optimal":
        return 0, 0, []
    looked_at, limited, wrong = 0, 0, []
    aired = set(answer.timetable.programme.tolist())
    for number, one in enumerate(instance.programmes):
        if number in aired or looked_at >= most:
            continue
        said = absence(instance, answer.timetable, one.programme, replace(LIMIT, time_limit=5.0))
        if said.place is None:
            wrong += [] if said.reason is not None else [f"{one.programme}: neither a place nor a reason"]
            continue
        forced = force(instance, answer.timetable, said, LIMIT)
        place = said.place
        if forced.timetable is None or forced.verification.hard_missed:
            if place.loses_at_most is not None:
                wrong.append(f"{one.programme}: nothing found, but it loses at most {place.loses_at_most:,}")
            continue
        lost = said.value - forced.verification.value
        looked_at, limited = looked_at + 1, limited + (place.loses_at_most is not None)
        high = float("inf") if place.loses_at_most is None else place.loses_at_most
        if number not in forced.timetable.programme:
            wrong.append(f"{one.programme}: it does not air where it is forced to")
        if not place.loses_at_least <= lost <= high:
            wrong.append(f"{one.programme}: {lost:,} lies outside {place.loses_at_least:,} to {high:,}")
        if forced.bound is not None and forced.bound < forced.verification.value:
            wrong.append(f"{one.programme}: the bound {forced.bound:,} is below the value")
    return looked_at, limited, wrong


def main(count):
    """Look at a number of titles, three of each instance at most; the exit code is 1 if something was said wrongly."""
    titles = limited = 0
    failed = []
    for instance, _ in instances(10 * count, 1):
        number, most, wrong = wrong_absences(instance, min(3, count - titles))
        titles, limited, failed = titles + number, limited + most, failed + wrong
        for line in wrong:
            print(f"{instance.file.name}: {line}", flush=True)
        if titles >= count:
            break
    print(f"{titles} titles at their best place, {limited} with an upper limit: {len(failed)} wrong")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
