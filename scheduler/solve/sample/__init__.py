"""The bound of a search among a sample of the airings, for instances whose rows do not fit into memory.

`multipliers` are those of a sample's rows by the names of the rows. `pricing` prices all airings with them, and
`bounding` offers the bound to the search.
"""
