"""What every clause of small instances costs, beside its true cost: both sides solved to a proven optimum.

`python -m tests.costs 20` tries that many generated instances; those without two proven optima are passed over.
"""

from __future__ import annotations

import sys

from scheduler.bench.proofs import instances
from scheduler.cost import clause_cost, clauses_of
from scheduler.rules import Parity, rules_of
from scheduler.solve import Settings, solve
from scheduler.solve.cost_interval import Known

SHORT = Settings("scale", time_limit=1.0, workers=1, deterministic=True)
"""Of the searches whose interval is tried. Work is counted, so that two runs say the same."""
LONG = Settings("exact", time_limit=20.0, workers=1, deterministic=True)
"""Of the searches that are to prove an optimum."""


def optimum(instance, clause=None):
    """The proven best value, without a clause where one is given; None where it is not proven."""
    rules = [rule for rule in rules_of(instance) if clause is None or not Parity.is_part(rule.id, clause)]
    answer = solve(instance, LONG, rules=rules)
    return answer.search.best.value if answer.status == "optimal" else None


def known_of(instance):
    """(timetable, what is known of it) of a short search."""
    answer = solve(instance, SHORT)
    found = answer.search
    if found.best is None:
        return None, Known(0, None, keeps=False)
    return answer.timetable, Known(found.best.value, found.bound, keeps=found.keeps_hard_rows())


def wrong_costs(instance):
    """(how many costs were compared, those whose interval does not hold the true cost)."""
    with_all = optimum(instance)
    timetable, known = known_of(instance)
    if with_all is None or not known.keeps:
        return 0, []
    compared, wrong = 0, []
    for clause in clauses_of(instance, ["all"]):
        without = optimum(instance, clause)
        if without is None:
            continue
        said = clause_cost(instance, clause, timetable, known, SHORT)
        compared += 1
        if not said.at_least <= without - with_all <= said.at_most:
            wrong.append(f"{clause}: {without - with_all:,} lies outside {said.at_least:,} to {said.at_most:,}")
    return compared, wrong


def main(count):
    """Try a number of instances; the exit code is 1 if an interval does not hold the true cost."""
    tried = compared = 0
    failed = []
    for instance, _ in instances(10 * count, 1):
        number, wrong = wrong_costs(instance)
        compared, tried = compared + number, tried + (number > 0)
        failed += wrong
        for line in wrong:
            print(f"{instance.file.name}: {line}", flush=True)
        if tried >= count:
            break
    print(f"{tried} instances, {compared} clauses: {len(failed)} intervals do not hold the true cost")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
