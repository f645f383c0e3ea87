"""Replan after news: the least change of a published timetable that keeps the hard rules, then the most value.

`freeze` fixes what may no longer change. `weights`, `slips` and `program` state the weight of each change as columns
and rows of the formulation. `search` solves the program. `changes` counts the changes again from both timetables.
`causes` finds what forced each change, and `record` writes replan.json.

`answer` takes these steps in order. `published` reads the published timetable, and `stated` joins the parts of the
program. `places` has the places that are compared, `steps` the weights that depend on the day, and `hold` the frozen
part of a day. `repaired` is the answer without a search. `mip` solves a part of the program. `holds` and `give_up`
explain missed hard rows. `params` has the settings.
"""

from scheduler.replan.answer import Replan, ReplanError, replan
from scheduler.replan.freeze import NotFrozenError
from scheduler.replan.published import Published, read_published
from scheduler.replan.record import proposed_airings, record, withdrawn_places
from scheduler.replan.search import NoTimetableError

__all__ = [
    "NoTimetableError",
    "NotFrozenError",
    "Published",
    "Replan",
    "ReplanError",
    "proposed_airings",
    "read_published",
    "record",
    "replan",
    "withdrawn_places",
]
