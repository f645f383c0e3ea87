"""Certificates for rows that are stated with another common denominator: the bound stays the same."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.certify import Certificate, CertifiedProgram, Leaf, certified_bound
from scheduler.frontier import rescaled
from scheduler.rules import NO_BOUND
from tests.certify.cases import FREE, PLACED, case, cuttable, drawn, drawn_tree

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


def occurring(program: CertifiedProgram, certificate: Certificate) -> set[str]:
    """The kinds of cuts and multipliers of a certificate that a change of the rows' sizes must alter."""
    found = {"soft row" for row, one in zip(*rows_of(certificate), strict=True) if one and program.soft[row]}
    used = {at for at, one in enumerate(certificate.cuts) if one.multiplier}
    for leaf in certificate.tree:
        if isinstance(leaf, Leaf):
            found |= {"row in a leaf" for one in leaf.rows.multiplier if one}
            inside = {at for at, one in zip(leaf.cuts.cut, leaf.cuts.multiplier, strict=True) if one}
            found |= {"mixed cut in a leaf" if certificate.cuts[at].mixed else "rounded cut in a leaf" for at in inside}
    for at in used:
        cut = certificate.cuts[at]
        found.add("mixed cut" if cut.mixed else "rounded cut")
        found |= {"soft row in a cut" for row in cut.row if program.soft[row]}
    return found


def rows_of(certificate: Certificate) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return certificate.rows.row, certificate.rows.multiplier


def possible(program: CertifiedProgram) -> set[str]:
    """The kinds that 20 certificates drawn for a program have: all, as far as its rows allow them."""
    cut, soft = cuttable(program), program.soft
    found = {"row in a leaf"} if len(soft) else set()
    found |= {"soft row"} if soft.any() else set()
    found |= {"mixed cut", "mixed cut in a leaf"} if cut.any() else set()
    found |= {"rounded cut", "rounded cut in a leaf"} if (cut & ~soft).any() else set()
    return found | ({"soft row in a cut"} if (cut & soft).any() else set())


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
        found |= occurring(program, certificate)
    assert found == possible(program)
