"""Import existing schedules as anchors, catalogues, logs and edited timetables. Every problem is reported.

sources     `guide*` XMLTV, `schedule*` and `grid` tables of a channel, `catalogue`, `history`, `workbook`
tables      `cells` reads CSV and workbooks; `columns` and `heads` find the column of a field
values      `clocks`, `dates`, `lengths`, `age_marks`, `words`, `local_time`: one kind of cell each
result      `slots` removes overlaps, `anchors` and `importing` make files, `merging` keeps others, `tables` writes
problems    `findings`: errors, or warnings if the import is lenient; their words: `xml_faults`, `unknown_words`
before      `encoding`, `packed` and `workbook_limits` read bytes; `remembered` has the options of the last import
review      `review` shows changes to the planner; `before_catalogue` reads an instance whose titles are still missing
"""

from scheduler.imports.anchors import anchors_of
from scheduler.imports.catalogue import catalogue_of
from scheduler.imports.findings import Findings
from scheduler.imports.guide import read_guide
from scheduler.imports.merging import merged
from scheduler.imports.schedule import read_schedule
from scheduler.imports.slots import Slot, settle
from scheduler.imports.workbook import Edited, read_workbook

__all__ = [
    "Edited",
    "Findings",
    "Slot",
    "anchors_of",
    "catalogue_of",
    "merged",
    "read_guide",
    "read_schedule",
    "read_workbook",
    "settle",
]
