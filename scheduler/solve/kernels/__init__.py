"""Compiled loops. `jit` compiles them and keeps the result on disk.

`longest_paths` finds the best pattern of a window, and `insertion_gains` what an airing adds. `annealing_moves` and
`strand_moves` are the moves of both annealings. `row_products` has the products and steps of the first-order method,
and `rerun_limits` its projection on the limits of reruns.
"""
