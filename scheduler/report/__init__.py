"""The report on a timetable: one set of pandas tables, shown as text, Markdown, page and workbook."""

from scheduler.report.tables import Tables, build_tables

__all__ = ["Tables", "build_tables"]
