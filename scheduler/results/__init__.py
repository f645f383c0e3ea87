"""The files of a result: result.json and timings.json as typed models, and how they are read."""

from scheduler.results.reading import RESULT_FILE, TIMETABLE_FILE, TIMINGS_FILE, read_result, read_timings
from scheduler.results.result_file import (
    SCHEMA_VERSION,
    AgreementCost,
    Costs,
    Counts,
    MessageRecord,
    Miss,
    NotPlaced,
    ResultFile,
    RowCost,
    Status,
)
from scheduler.results.timings_file import Moment, TimingsFile

__all__ = [
    "RESULT_FILE",
    "SCHEMA_VERSION",
    "TIMETABLE_FILE",
    "TIMINGS_FILE",
    "AgreementCost",
    "Costs",
    "Counts",
    "MessageRecord",
    "Miss",
    "Moment",
    "NotPlaced",
    "ResultFile",
    "RowCost",
    "Status",
    "TimingsFile",
    "read_result",
    "read_timings",
]
