"""The typed models of what a planner writes in instance.yaml and its tables.

`instance` is the whole. Its parts are `channel`, `programme`, `placement`, `commitment`, `deadline`, `change` and
`as_aired`. `rule_model` has the fields that all rules share, `selector` says to which content a rule applies,
`field_types` reads values, and `field_marks` says what a field refers to.
"""
