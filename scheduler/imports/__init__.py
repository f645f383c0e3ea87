"""Import existing schedules as anchors, catalogues, logs and edited timetables. Every problem is reported."""

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
