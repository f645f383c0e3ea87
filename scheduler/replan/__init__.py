"""Plan again after the news: the least change of a published timetable that keeps the hard rules, then the most value.

`replan` freezes what may no longer change (`freeze`), states what each change weighs as columns and rows beside the
formulation (`weights`, `slips`, `program`), searches (`search`) and counts the changes again from both timetables
(`changes`). `causes` says what forced each of them, `record` puts all of it into replan.json.
"""

from scheduler.replan.answer import Replan, ReplanError, replan
from scheduler.replan.freeze import NotFrozenError
from scheduler.replan.published import Published, read_published
from scheduler.replan.record import record
from scheduler.replan.search import NoTimetableError

__all__ = [
    "NoTimetableError",
    "NotFrozenError",
    "Published",
    "Replan",
    "ReplanError",
    "read_published",
    "record",
    "replan",
]
