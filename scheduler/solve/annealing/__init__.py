"""Simulated annealing over windows.

`simulated_annealing` is the method, `problem` its arrays, and `penalties` the price of missed rows while it runs. The
moves are compiled (`kernels`).
"""
