"""What a planner writes: typed models, loading with file:line:column problems, zones and periods."""

from scheduler.instance.aired import TIMETABLE_COLUMNS, Aired, instant
from scheduler.instance.channel import Channel, Fallback, Territory, Window
from scheduler.instance.contents import Attributes, Contents
from scheduler.instance.csv_table import CsvTable, read_csv
from scheduler.instance.instance import PRIME, Horizon, Instance, InstanceFile
from scheduler.instance.load import INSTANCE_FILE, TABLES, file_model, load_instance
from scheduler.instance.problem import InputError, Problem, did_you_mean
from scheduler.instance.programme import Anchor, AudienceRow, Programme, Version
from scheduler.instance.rule_model import AgreementModel, RuleModel, Status
from scheduler.instance.selector import Selector
from scheduler.instance.serving import agreements_of, directions, given_parts, served
from scheduler.instance.timeline import Cells, Period, Timeline, zone_clock
from scheduler.instance.windows import DatedAnchors, DatedWindows

__all__ = [
    "INSTANCE_FILE",
    "PRIME",
    "TABLES",
    "TIMETABLE_COLUMNS",
    "AgreementModel",
    "Aired",
    "Anchor",
    "Attributes",
    "AudienceRow",
    "Cells",
    "Channel",
    "Contents",
    "CsvTable",
    "DatedAnchors",
    "DatedWindows",
    "Fallback",
    "Horizon",
    "InputError",
    "Instance",
    "InstanceFile",
    "Period",
    "Problem",
    "Programme",
    "RuleModel",
    "Selector",
    "Status",
    "Territory",
    "Timeline",
    "Version",
    "Window",
    "agreements_of",
    "did_you_mean",
    "directions",
    "file_model",
    "given_parts",
    "instant",
    "load_instance",
    "read_csv",
    "served",
    "zone_clock",
]
