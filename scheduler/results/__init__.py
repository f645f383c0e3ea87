"""What commands write for machines, as typed models, and how the files of a result are read.

`result_file`, `timings_file`, `costs_file`, `replan_file` and `explanation_file` are the models. `record` is the base
of all, and `message_record` writes and reads messages. `reading` reads the files of a folder and checks that they
belong together.
"""

from scheduler.results.costs_file import CostsFile
from scheduler.results.explanation_file import (
    ClashRecord,
    ClauseRecord,
    ExplanationFile,
    FindingRecord,
    GivenUpRecord,
    HardMiss,
    RemedyRecord,
)
from scheduler.results.message_record import MessageRecord
from scheduler.results.reading import (
    COMMITMENTS_FILE,
    COSTS_FILE,
    RESULT_FILE,
    TIMETABLE_FILE,
    TIMINGS_FILE,
    check_names,
    read_costs,
    read_result,
    read_timings,
)
from scheduler.results.record import Record
from scheduler.results.replan_file import (
    REPLAN_FILE,
    ChangeRecord,
    GivenUpLock,
    GoneAiring,
    HoldRecord,
    NotAired,
    ParityRecord,
    ReplanFile,
    SlipRecord,
)
from scheduler.results.result_file import (
    SCHEMA_VERSION,
    CarriedPart,
    CarriedRecord,
    ClauseCost,
    Costs,
    Counts,
    HardRules,
    Miss,
    NotPlaced,
    ObligationRecord,
    PlaceRecord,
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
    "CarriedPart",
    "CarriedRecord",
    "ChangeRecord",
    "ClashRecord",
    "ClauseCost",
    "ClauseRecord",
    "Costs",
    "CostsFile",
    "Counts",
    "ExplanationFile",
    "FindingRecord",
    "GivenUpLock",
    "GivenUpRecord",
    "GoneAiring",
    "HardMiss",
    "HardRules",
    "HoldRecord",
    "MessageRecord",
    "Miss",
    "Moment",
    "NotAired",
    "NotPlaced",
    "ObligationRecord",
    "ParityRecord",
    "PlaceRecord",
    "Record",
    "RemedyRecord",
    "ReplanFile",
    "ResultFile",
    "RowCost",
    "SlipRecord",
    "Status",
    "TimingsFile",
    "check_names",
    "read_costs",
    "read_result",
    "read_timings",
]
