"""What else a user could pick: general solvers on the same formulation, with the same time and cores.

A peer gets hard rows as hard rows and soft ones with their prices, no start solution and no hint, and offers
its timetables and bounds to the search like an engine. What a peer alone calls optimal is a bound, not an optimum.
"""
