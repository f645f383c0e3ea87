"""Blocks of windows solved as whole programs: for the bound, and as large neighbourhoods of the search.

`block_mip` is one block. `block_bound` bounds all blocks, and `given_duals` does so at the duals of a certificate.
`block_lns` and `block_reoptimise` improve a timetable block by block; `fixed_counts_mip` and `fixed_counts_search`
choose start times again.
"""
