"""The linear relaxation by column generation: master, pricing, subgradient start and cuts.

`lagrangian` is the loop. `subgradient` finds start duals, `master` solves the linear program over patterns, `pricing`
finds better patterns, and `rounding_cuts` adds cuts. The search uses `reduced_costs` and `row_classes`.
"""
