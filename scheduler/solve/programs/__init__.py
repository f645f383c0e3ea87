"""The formulation as linear programs: rows, overlaps, and the hand-over to HiGHS."""
