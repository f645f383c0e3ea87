"""The cost of clauses: the instance is solved without each of them, starting from the timetable with all clauses."""

from scheduler.cost.without import UnknownClauseError, clause_cost, clause_costs, clauses_of, evening_viewers

__all__ = ["UnknownClauseError", "clause_cost", "clause_costs", "clauses_of", "evening_viewers"]
