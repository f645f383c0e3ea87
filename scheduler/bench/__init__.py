"""Benchmark runs: suites of generated instances, solved by the engines of parity and by general solvers.

`runner` runs a suite, `row` is its line of results, `best_known` has the best values of all runs. `measure` computes
the figures; `tables`, `words` and `picture` show them. Scripts, started by `python -m`: `blocks`, `cell_overhead`,
`disruptions`, `proofs`, `wednesday`. `script` reads their options.
"""
