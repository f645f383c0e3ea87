"""Benchmark runs: suites of generated instances, solved by the engines of parity and by general solvers."""
