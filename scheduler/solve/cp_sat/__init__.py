"""CP-SAT: the whole formulation as one model, and neighbourhoods of a timetable.

`model` adds columns and rows of a formulation. `exact` solves all of it, `neighbourhood` solves some airings with all
others fixed, `large_neighbourhood` chooses which, and `parameters` sets the solver.
"""
