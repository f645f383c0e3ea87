"""Blocks of windows solved as whole programs: for the bound, and as large neighbourhoods of the search."""
