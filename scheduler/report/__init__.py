"""What a timetable means: one set of pandas tables, shown as text and pages."""

from scheduler.report.tables import Tables, build_tables

__all__ = ["Tables", "build_tables"]
