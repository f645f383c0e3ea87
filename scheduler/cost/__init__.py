"""What clauses cost: the instance solved without each of them, from the timetable with all of them."""

from scheduler.cost.without import UnknownClauseError, clause_cost, clauses_of, evening_viewers

__all__ = ["UnknownClauseError", "clause_cost", "clauses_of", "evening_viewers"]
