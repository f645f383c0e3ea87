"""Certificates for rows that are stated with another common denominator: the bound stays the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.certify import Certificate, CertifiedProgram, Leaf, certified_bound
from scheduler.frontier import rescaled
from scheduler.rules import NO_BOUND
from tests.certify.cases import FREE, PLACED, case, drawn, drawn_tree

WHOLE = 60
"""All multipliers are multiples of this number, so that shares of 1/1 to 1/6 are exact."""


def larger(program: CertifiedProgram, times: np.ndarray) -> CertifiedProgram:
    """The same program with every row as many times as large."""
    sides = [np.where(np.abs(side) < NO_BOUND, side * times, side) for side in (program.lower, program.upper)]
    matrix = sparse.csr_array(program.matrix.multiply(times[:, None]))
    return replace(program, matrix=matrix, lower=sides[0], upper=sides[1], miss_step=program.miss_step * times)


def multiplied(certificate: Certificate) -> Certificate:
    """All multipliers and the denominator times `WHOLE`: the same prices."""
    text = certificate.model_dump()

    def times(part: dict) -> None:
        for name, value in part.items():
            if name in ("multiplier", "splits", "denominator"):
                part[name] = value * WHOLE if isinstance(value, int) else tuple(one * WHOLE for one in value)
            elif isinstance(value, dict):
                times(value)
            elif isinstance(value, tuple):
                for one in value:
                    if isinstance(one, dict):
                        times(one)

    times(text)
    return Certificate.model_validate(text)


@pytest.mark.parametrize("name", [*FREE[:6], *PLACED[:6]])
def test_the_bound_is_the_same_with_rows_of_another_size(name):
    _, program, _ = case(name)
    rng, found = np.random.default_rng(7), set()
    for _ in range(20):
        certificate = drawn(program, rng, 10.0)
        if rng.random() < 0.5:
            certificate = certificate.model_copy(update={"tree": drawn_tree(program, rng, 10.0, 2)})
        certificate = multiplied(certificate)
        other = larger(program, rng.integers(1, 7, len(program.lower)))
        bound = certified_bound(program, certificate)
        there = rescaled(certificate, program, other)
        assert certified_bound(other, there) == bound
        assert certified_bound(program, rescaled(there, other, program)) == bound
        found |= {"mixed" if one.mixed else "rounded" for one in certificate.cuts}
        found |= {"tree" for one in certificate.tree if isinstance(one, Leaf)}
    assert found <= {"mixed", "rounded", "tree"}
    assert "tree" in found
