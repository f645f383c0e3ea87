"""Proofs: the second proof that every optimum and every impossibility needs, and what certificates are made from.

`second_proof` asks another solver. For certificates `multipliers` rounds duals, `tightened` solves the relaxation with
the cuts of `separator`, which come from `mixed_cuts`, `at_most_one_cuts` and `tableau_cuts`. `rerun_cuts` has the
limits of reruns in slots.
"""
