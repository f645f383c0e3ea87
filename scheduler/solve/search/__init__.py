"""The state of one search: the best timetable, the best bound, the limits.

`incumbent` keeps the best of both, `budget` the time or work that is left, and `breaches` repairs a choice.
"""
