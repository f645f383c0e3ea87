"""Instances: the typed models of their files, loading with problems as file:line:column, and derived arrays.

`model` has the models of what a planner writes, `files` reads them, and `derived` computes arrays from them.
"""

from scheduler.instance.derived.aired import TIMETABLE_COLUMNS, Aired, instant
from scheduler.instance.derived.contents import Attributes, Contents
from scheduler.instance.derived.from_ledger import CarriedOver, CarriedPeriod, Obligation
from scheduler.instance.derived.on_record import OnRecord, opens_at_night
from scheduler.instance.derived.placements import Placements
from scheduler.instance.derived.serving import agreements_of, directions, given_parts, served
from scheduler.instance.derived.timeline import SPANS, Cells, Period, Timeline, span_of, zone_clock
from scheduler.instance.derived.windows import DatedAnchors, DatedWindows
from scheduler.instance.files.csv_table import CsvTable, read_csv
from scheduler.instance.files.load import INSTANCE_FILE, TABLES, document_of, file_model, load_instance
from scheduler.instance.files.problem import InputError, Problem, did_you_mean
from scheduler.instance.model.channel import Channel, Fallback, Territory, Window
from scheduler.instance.model.commitment import Commitment, day_sets_text
from scheduler.instance.model.field_types import FORMAT
from scheduler.instance.model.instance import PRIME, Horizon, Instance, InstanceFile
from scheduler.instance.model.placement import Placement, PlacementKind
from scheduler.instance.model.programme import Anchor, AudienceRow, Programme, Version
from scheduler.instance.model.rule_model import AgreementModel, RuleModel
from scheduler.instance.model.selector import Selector

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
