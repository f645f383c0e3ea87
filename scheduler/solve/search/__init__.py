"""The state of one search: the best timetable, the best bound, the limits."""
