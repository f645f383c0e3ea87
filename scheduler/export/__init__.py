"""A timetable in the formats that other programs read, one module per format: CSV, XMLTV, iCalendar, JSON, MPS."""

from scheduler.export.csv_file import csv_text
from scheduler.export.ics import ics_text
from scheduler.export.json_file import json_text
from scheduler.export.selection import Selection, select
from scheduler.export.xmltv import xmltv_text

__all__ = ["Selection", "csv_text", "ics_text", "json_text", "select", "xmltv_text"]
