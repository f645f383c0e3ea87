"""Instances: the typed models of their files, loading with problems as file:line:column, and derived arrays.

`model` has the models of what a planner writes, and `derived` computes arrays from them. `instance` joins both, and
`files` reads the folder. `serving` says which agreements an airing serves, and `problem` what is wrong with a file.
`signs` compares texts as people read them, `codes` are those of countries and languages.
"""

from scheduler.instance.derived.aired import TIMETABLE_COLUMNS, Aired, instant
from scheduler.instance.derived.contents import Attributes, Contents
from scheduler.instance.derived.from_ledger import CarriedOver, CarriedPeriod, Obligation
from scheduler.instance.derived.on_record import OnRecord, opens_at_night
from scheduler.instance.derived.placements import Placements
from scheduler.instance.derived.timeline import Cells, Timeline, zone_clock
from scheduler.instance.derived.windows import DatedAnchors, DatedWindows
from scheduler.instance.files.csv_table import CsvTable, read_csv
from scheduler.instance.files.load import INSTANCE_FILE, TABLES, document_of, file_model, load_instance
from scheduler.instance.instance import Instance
from scheduler.instance.model.channel import Channel, Fallback, Territory, Window
from scheduler.instance.model.commitment import Commitment, day_sets_text
from scheduler.instance.model.field_types import FORMAT
from scheduler.instance.model.instance_file import InstanceFile
from scheduler.instance.model.instance_head import PRIME, Horizon, InstanceHead
from scheduler.instance.model.periods import SPANS, Period, span_of
from scheduler.instance.model.placement import Placement, PlacementKind
from scheduler.instance.model.programme import Anchor, AudienceRow, Programme, Version
from scheduler.instance.model.rule_model import AgreementModel, RuleModel
from scheduler.instance.model.selector import Selector
from scheduler.instance.problem import InputError, Problem, did_you_mean
from scheduler.instance.serving import agreements_of, directions, given_parts, served

__all__ = [
    "FORMAT",
    "INSTANCE_FILE",
    "PRIME",
    "SPANS",
    "TABLES",
    "TIMETABLE_COLUMNS",
    "AgreementModel",
    "Aired",
    "Anchor",
    "Attributes",
    "AudienceRow",
    "CarriedOver",
    "CarriedPeriod",
    "Cells",
    "Channel",
    "Commitment",
    "Contents",
    "CsvTable",
    "DatedAnchors",
    "DatedWindows",
    "Fallback",
    "Horizon",
    "InputError",
    "Instance",
    "InstanceFile",
    "InstanceHead",
    "Obligation",
    "OnRecord",
    "Period",
    "Placement",
    "PlacementKind",
    "Placements",
    "Problem",
    "Programme",
    "RuleModel",
    "Selector",
    "Territory",
    "Timeline",
    "Version",
    "Window",
    "agreements_of",
    "day_sets_text",
    "did_you_mean",
    "directions",
    "document_of",
    "file_model",
    "given_parts",
    "instant",
    "load_instance",
    "opens_at_night",
    "read_csv",
    "served",
    "span_of",
    "zone_clock",
]
