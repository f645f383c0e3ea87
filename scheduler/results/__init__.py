"""The files of a result: result.json, timings.json and costs.json as typed models, and how they are read."""

from scheduler.results.costs_file import CostsFile
from scheduler.results.reading import (
    COMMITMENTS_FILE,
    COSTS_FILE,
    RESULT_FILE,
    TIMETABLE_FILE,
    TIMINGS_FILE,
    read_costs,
    read_result,
    read_timings,
)
from scheduler.results.replan_file import (
    REPLAN_FILE,
    ChangeRecord,
    NotAired,
    ParityRecord,
    ReplanFile,
    SlipRecord,
)
from scheduler.results.result_file import (
    SCHEMA_VERSION,
    ClauseCost,
    Costs,
    Counts,
    HardRules,
    MessageRecord,
    Miss,
    NotPlaced,
    Record,
    ResultFile,
    RowCost,
    Status,
)
from scheduler.results.timings_file import Moment, TimingsFile

__all__ = [
    "COMMITMENTS_FILE",
    "COSTS_FILE",
    "REPLAN_FILE",
    "RESULT_FILE",
    "SCHEMA_VERSION",
    "TIMETABLE_FILE",
    "TIMINGS_FILE",
    "ChangeRecord",
    "ClauseCost",
    "Costs",
    "CostsFile",
    "Counts",
    "HardRules",
    "MessageRecord",
    "Miss",
    "Moment",
    "NotAired",
    "NotPlaced",
    "ParityRecord",
    "Record",
    "ReplanFile",
    "ResultFile",
    "RowCost",
    "SlipRecord",
    "Status",
    "TimingsFile",
    "read_costs",
    "read_result",
    "read_timings",
]
