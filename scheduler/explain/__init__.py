"""Why the hard rules of an instance cannot all hold, and the smallest changes with which they can.

steps       `explanation` takes them one after the other
clauses     `clauses` lists them with their rows, `treaty` has those from which an agreement exempts
clashes     `precheck` finds some by arithmetic; `conflict_search` finds minimal sets, by deletion (`conflict`)
feasibility `feasible` tests whether rows can hold, on the part that matters (`core`); `recheck` confirms a timetable
remedies    `hitting` chooses what to give up, `relaxable_values` are the numbers, `relax` finds the nearest value,
            `remedies` tries all together, with timetables found before (`solution_pool`)
output      `text` and `number_words`, `explanation_json`, `remedy_variant`, and `locks` for locks that clash
settings    `params`
"""

from scheduler.explain.clauses import Clause
from scheduler.explain.conflict_search import Clash
from scheduler.explain.explanation import Explanation, Start, explain
from scheduler.explain.params import ExplainParams
from scheduler.explain.precheck import Finding
from scheduler.explain.remedies import GivenUp, Remedy

__all__ = ["Clash", "Clause", "ExplainParams", "Explanation", "Finding", "GivenUp", "Remedy", "Start", "explain"]
