"""Proofs: whose word a bound is, and the second proof without which no optimum and no impossibility is stated."""
