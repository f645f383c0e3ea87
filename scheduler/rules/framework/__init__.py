"""The parts from which every rule is built: the base class, rows, measures and entries. This package has no rule.

`base` is the interface. `rows` and `row_builder` state rows, with `selected`, `places` and `dubs`. `entries` and
`whole_period` are used by checks only. `measures`, `dates`, `rest`, `verdicts`, `subject` and `aspect` give a row its
measure, days, remainder, judgement and names. `reference` writes the reference of all rules.
"""
