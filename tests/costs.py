"""Compare the stated cost of every clause of small instances with its true cost, from two proven optima.

`python -m tests.costs 20` looks at that many small instances; those whose optimum is not proven soon, or in which no
timetable keeps every hard rule, are passed over. It prints a line for each clause. Work is counted: two runs give the
same result.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from itertools import islice

from scheduler.cost import clause_cost, clauses_of
from scheduler.rules import Parity, rules_of
from scheduler.solve import Settings, solve
from scheduler.solve.cost_interval import BestWithAll
from tests.small_instances import small_instances

SHORT = Settings("scale", time_limit=0.3, workers=1, deterministic=True)
"""Limit of the searches whose interval is tested."""
LONG = Settings("exact", time_limit=5.0, workers=1, deterministic=True)
"""Limit of searches that must prove an optimum."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A clause: its true cost, and the stated interval of its cost."""

    instance: str
    clause: str
    true: int
    at_least: int
    at_most: int | None

    @property
    def right(self):
        """Whether the interval contains the true cost."""
        return self.at_least <= self.true and (self.at_most is None or self.true <= self.at_most)

    def line(self):
        high = "…" if self.at_most is None else f"{self.at_most:,}"
        said = f"{self.true:,} in {self.at_least:,} to {high}"
        return f"{self.instance}: {self.clause}: {said}{'' if self.right else ': WRONG'}"


def optimum(instance, clause=None):
    """The proven best value, without the clause if one is given. None if it is not proven."""
    rules = [rule for rule in rules_of(instance) if clause is None or not Parity.is_part(rule.id, clause)]
    answer = solve(instance, LONG, rules=rules)
    return answer.search.best.value if answer.status == "optimal" else None


def known_of(instance):
    """(timetable, its known value and bound) of a short search."""
    answer = solve(instance, SHORT)
    found = answer.search
    if found.best is None:
        return None, BestWithAll(0, None, keeps=False)
    return answer.timetable, BestWithAll(found.best.value, found.bound, keeps=found.keeps_hard_rows())


def compared_costs(instance):
    """Every clause of an instance whose true cost is proven."""
    timetable, known = known_of(instance)
    with_all = optimum(instance) if known.keeps else None
    if with_all is None:
        return
    for clause in clauses_of(instance, ["all"]):
        without = optimum(instance, clause)
        if without is not None:
            said = clause_cost(instance, clause, timetable, known, SHORT)
            yield Compared(instance.file.name, clause, without - with_all, said.at_least, said.at_most)


def main(count, first=0):
    """Test a number of instances. The exit code is 1 if an interval does not contain the true cost."""
    tried, clauses, wrong, tight = 0, 0, 0, 0
    for instance in small_instances(first):
        mine = []
        for one in compared_costs(instance):
            print(one.line(), flush=True)
            mine.append(one)
        tried, clauses = tried + bool(mine), clauses + len(mine)
        wrong += sum(not one.right for one in mine)
        tight += sum(one.at_least == one.at_most for one in mine)
        if tried >= count:
            break
    print(f"{tried} instances, {clauses} clauses: {wrong} intervals do not hold the true cost, {tight} are a number")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, islice(sys.argv, 1, 3))))
