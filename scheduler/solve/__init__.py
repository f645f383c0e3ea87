"""From an instance to its best timetable. README.md says what is in each folder."""

from scheduler.solve.answer import Answer
from scheduler.solve.params import SolveParams
from scheduler.solve.run import EngineError, conclude, prepare, price, run, solve, solve_unpriced
from scheduler.solve.search.incumbent import Moment, Search, Settings, Solution
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strategies import STRATEGIES

__all__ = [
    "STRATEGIES",
    "Answer",
    "Budget",
    "EngineError",
    "Moment",
    "Search",
    "Settings",
    "Solution",
    "SolveParams",
    "conclude",
    "prepare",
    "price",
    "run",
    "solve",
    "solve_unpriced",
]
