"""CP-SAT: the whole formulation as one model, and neighbourhoods of a timetable."""
