"""General solvers for comparison: the same formulation, time and cores.

A peer gets hard rows as hard rows and soft rows with their prices. It gets no start solution and no hint. It reports
its timetables and bounds to the search like an engine. If only a peer claims optimality, this counts as a bound.

`cp_sat`, `highs`, `scip` and `localmip` are the solvers, `engines` finds an engine or a solver by name.
"""
