"""Proofs: the source of a bound, and the second proof that every optimum and every impossibility needs."""
