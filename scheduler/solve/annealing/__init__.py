"""Simulated annealing over windows."""
