"""The state of one search: the best timetable, the best bound, the limits.

`incumbent` keeps the best of both, `time_limit` the time or work that is left, and `breaches` repairs a choice.
`bound_sources` names the program that evaluated a bound, and `duals` are those behind the best bound.
"""
