"""The typed models of what a planner writes in instance.yaml and its tables.

`instance_file` is the whole of instance.yaml, `instance_head` all but its agreements and rules. The parts are
`channel`, `programme`, `placement`, `commitment`, `deadline`, `change`, `periods` and `as_aired`. `rule_model` has the
fields that all rules share, and `selector` says to which content a rule applies. `field_types` reads values, and
`field_marks` says what a field refers to.
"""
