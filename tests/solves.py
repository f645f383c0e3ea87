"""Small instances solved by every strategy: no optimum, bound or impossibility may contradict a known timetable.

`python -m tests.solves 1000` solves that many generated instances, without and with part of a known timetable as locks.
Known timetables are the one around which an instance was built, which keeps every rule, and those of other strategies.
"""

from __future__ import annotations

import sys
from collections import Counter

from scheduler.bench.proofs import instances
from scheduler.solve import Settings, solve

STRATEGIES = ("exact", "auto", "scale")
LIMIT = 4.0
"""Seconds of one solve."""


def contradictions(instance, known, limit=LIMIT):
    """(claims of the strategies that a known timetable contradicts, statuses) of one instance."""
    answers = {name: solve(instance, Settings(name, time_limit=limit)) for name in STRATEGIES}
    legal = [answer.search.best.value for answer in answers.values() if answer.search.keeps_hard_rows()]
    most = max(known, *legal) if legal else known
    wrong = []
    for name, answer in answers.items():
        search, status = answer.search, answer.status
        if search.bound is not None and search.bound < most:
            wrong.append(f"{name}: bound {search.bound:,} below {most:,}")
        if search.impossible or search.least_hard_miss:
            wrong.append(f"{name}: called impossible where {most:,} is known")
        if status == "optimal" and search.best.value < most:
            wrong.append(f"{name}: {search.best.value:,} called optimal where {most:,} is known")
    statuses = Counter(f"{name} {answer.status}" for name, answer in answers.items())
    statuses["faults"] = sum(len(answer.search.faults) for answer in answers.values())
    return wrong, statuses


def main(solves, first=1):
    """Solve at least a number of times. The exit code is 1 if a claim is contradicted."""
    counted, wrong, done = Counter(), 0, 0
    for instance, known in instances(solves, first):
        said, statuses = contradictions(instance, known)
        counted += statuses
        for line in said:
            print(f"{instance.file.name}: {line}", flush=True)
        wrong += len(said)
        done += len(STRATEGIES)
        if done >= solves:
            break
    print(f"{done} solves, {wrong} claims contradicted: {dict(sorted(counted.items()))}")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*(int(word) for word in sys.argv[1:])))
