"""Blocks of windows solved as whole programs: their bounds and their part in the search."""
