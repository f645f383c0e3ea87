"""The formulation as linear programs: rows, overlaps, and the hand-over to HiGHS.

`program` is the whole as one mixed-integer program, `mps` its text, and `mip` HiGHS's search on it. `linear_rows` are
the rows in floating point, `overlaps` the sets of airings of which one can be chosen, and `bundle_columns` the
columns that are bundles. `row_differences` keeps rows as differences. `highs` starts the solver, and `basis` says where
its simplex method ended and begins.
"""
