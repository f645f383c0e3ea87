"""What the tests know of each kind of rule and agreement, one file a kind; the file has the kind's name.

CASES               {name: instance as plain values} on which the kind binds, small enough to enumerate its timetables
INHERITED           {name: (rule, channels, programmes, history, days, units)}: what history alone has broken in a hard
                    rule and the plan cannot repair; or a sentence that states why there is none
draw                (one, first day, days) -> fields of a rule drawn at random, without its dates; `one` picks a value
count               (counting, rule) -> {(subject, period, what): units missed}, from the folder's files alone

A kind may also say:

ONLY_OVER_THE_HORIZON   it has no rows of shorter periods
days_to_settle      (counting, rule) -> days from the end of a period until its row is judged; otherwise 0
inherits            (world, rule, key) -> whether that row inherits what is missed on record; otherwise every row does

Only `tests.builders` may use the scheduler here: `count` is independent of the rules' own rows.
"""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

KINDS = {
    found.name: import_module(f"{__name__}.{found.name}") for found in iter_modules(__path__) if found.name != "shared"
}
