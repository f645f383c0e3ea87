"""Compiled loops: longest paths, insertion gains, and the moves of the annealing."""
