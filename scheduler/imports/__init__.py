"""What comes in from outside: existing schedules as anchors, catalogues, edited timetables; every problem told."""

from scheduler.imports.anchors import anchors_of, anchors_text
from scheduler.imports.catalogue import catalogue_text
from scheduler.imports.guide import read_guide
from scheduler.imports.mending import Mending
from scheduler.imports.schedule import read_schedule
from scheduler.imports.slots import Slot, settle
from scheduler.imports.workbook import Edited, read_workbook

__all__ = [
    "Edited",
    "Mending",
    "Slot",
    "anchors_of",
    "anchors_text",
    "catalogue_text",
    "read_guide",
    "read_schedule",
    "read_workbook",
    "settle",
]
