"""A timetable in the formats that other programs read, one module per format: CSV, XMLTV, iCalendar, JSON, MPS.

`csv_file`, `xmltv`, `ics` and `json_file` write a timetable, `mps_names` explains the rows of an MPS file. `selection`
and `party` are the part that is exported, `file_names` makes names of files.
"""

from scheduler.export.csv_file import csv_text
from scheduler.export.ics import ics_text
from scheduler.export.json_file import json_text
from scheduler.export.selection import Selection, select
from scheduler.export.xmltv import xmltv_text

__all__ = ["Selection", "csv_text", "ics_text", "json_text", "select", "xmltv_text"]
