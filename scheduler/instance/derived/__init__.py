"""Arrays that are derived from the models: time, windows, contents, viewers, history.

`timeline` converts clock times to minutes of the horizon, and `windows` places windows and anchors on it. `contents`
numbers everything that can be on screen; `viewing` has its viewers, `placements` its slots and `repeats` its repeats
without a run. `aired` reads the rows of history.csv and locks.csv; `history` counts used
runs, and `on_record` puts past airings on the line. `from_ledger` has what ledgers add to a plan.
"""
