"""Timetables: the chosen airings, timetable.csv, episode numbers, and the content on screen at every minute.

`timetable` is the class, `chosen` leads back to candidates, `csv_file` reads and writes. `numbering` and
`shared_numbers` number episodes, `minutes` is what checks read. `regularity`, `runway`, `strand_entries` and `repeats`
describe the series.
"""

from scheduler.timetable.chosen import chosen_of
from scheduler.timetable.csv_file import (
    content_of_row,
    contents_by_version,
    frame_csv,
    read_timetable,
    timetable_csv,
    timetable_frame,
)
from scheduler.timetable.minutes import Moments, OnAir
from scheduler.timetable.regularity import Regularity, regularity, repeated_freely
from scheduler.timetable.runway import Runway, runway
from scheduler.timetable.strand_entries import StrandEntries, strand_entries
from scheduler.timetable.timetable import Timetable, build_timetable, timetable_of, with_history

__all__ = [
    "Moments",
    "OnAir",
    "Regularity",
    "Runway",
    "StrandEntries",
    "Timetable",
    "build_timetable",
    "chosen_of",
    "content_of_row",
    "contents_by_version",
    "frame_csv",
    "read_timetable",
    "regularity",
    "repeated_freely",
    "runway",
    "strand_entries",
    "timetable_csv",
    "timetable_frame",
    "timetable_of",
    "with_history",
]
