"""All airings of an instance whose rows do not fit into memory, for a search among samples of them.

`multipliers` are those of a sample's rows by the names of the rows. `short_rows` are rows kept as differences.
`whole_program` has all airings, priced with the multipliers of a sample.
"""
