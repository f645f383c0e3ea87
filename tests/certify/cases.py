"""Tiny instances with their best value by brute force, certificates drawn at random, and a second, slow checker."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from math import ceil, floor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from scheduler.certify import (
    Certificate,
    Cut,
    CutMultipliers,
    Leaf,
    RowMultipliers,
    Split,
    StepMultipliers,
    certified_program,
)
from scheduler.rules import NO_BOUND, RIGID, SOFT
from tests.builders import formulated, kept_choices
from tests.solve.cases import ALL, KEEPABLE, formulation_of
from tests.solve.strand_cases import CASES, admissible, built, merit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.certify import CertifiedProgram
    from scheduler.formulation import Formulation

FREE = [*KEEPABLE, "locked"]
PLACED = [name for name in CASES if name != "a hard least out of reach"]
UNIT = 1000


@cache
def case(name: str) -> tuple[Formulation, CertifiedProgram, int]:
    """The formulation and the program of a case, and the value of its best timetable that misses no hard row."""
    with TemporaryDirectory() as folder:
        if name in ALL:
            formulation = formulation_of(Path(folder), name)
            best = max(value for value, _ in kept_choices(formulation))
        else:
            formulation = formulated(built(Path(folder), name))
            best = max(
                -loss for hard, loss in (merit(formulation, point) for point in admissible(formulation)) if not hard
            )
    return formulation, certified_program(formulation), best


def drawn(program: CertifiedProgram, rng: np.random.Generator, size: float) -> Certificate:
    """A valid certificate with multipliers and cuts drawn at random."""
    rows = program.matrix.shape[0]
    row = np.flatnonzero(rng.random(rows) < 0.5)
    multiplier = np.rint(rng.normal(0, size * UNIT, len(row))).astype(int)
    multiplier = np.where(program.has_upper[row], multiplier, np.minimum(multiplier, 0))
    multiplier = np.where(program.has_lower[row], multiplier, np.maximum(multiplier, 0))
    step = np.flatnonzero(rng.random(len(program.step_key)) < 0.5)
    window, at = program.step_key[step] // program.span, program.step_key[step] % program.span
    return Certificate(
        instance_sha256="",
        rows_in_program=rows,
        columns_in_program=program.matrix.shape[1],
        denominator=UNIT,
        rows=RowMultipliers(row=tuple(row.tolist()), multiplier=tuple(multiplier.tolist())),
        steps=StepMultipliers(
            window=tuple(window.tolist()),
            step=tuple(at.tolist()),
            multiplier=tuple(rng.integers(0, max(1, int(size * UNIT)), len(step)).tolist()),
        ),
        cuts=tuple(some_cut(program, rng, size) for _ in range(3)) if cuttable(program).any() else (),
    )


def drawn_tree(program: CertifiedProgram, rng: np.random.Generator, size: float, depth: int) -> tuple:
    """Nodes of a valid tree with splits and multipliers drawn at random. Its leaves use the three cuts of `drawn`."""
    whole = np.flatnonzero(program.whole)
    nodes: list[Split | Leaf | None] = [None]

    def grow(number: int, above: int) -> None:
        if above == depth or (above and rng.random() < 0.3):
            one = drawn(program, rng, size)
            multipliers = rng.integers(0, max(1, int(size * UNIT)), above + len(one.cuts)).tolist()
            cuts = CutMultipliers(cut=tuple(range(len(one.cuts))), multiplier=tuple(multipliers[above:]))
            nodes[number] = Leaf(rows=one.rows, steps=one.steps, cuts=cuts, splits=tuple(multipliers[:above]))
            return
        below = len(nodes)
        nodes.extend([None, None])
        columns = rng.choice(whole, size=int(rng.integers(1, len(whole) + 1)), replace=False)
        most = int(rng.integers(-1, 4))
        nodes[number] = Split(column=tuple(columns.tolist()), most=most, below=below, above=below + 1)
        for child in (below, below + 1):
            grow(child, above + 1)

    grow(0, 0)
    return tuple(nodes)


def cuttable(program: CertifiedProgram) -> np.ndarray:
    """(r,) rows that a mixed cut may combine: at least one side, columns whole and at least 0."""
    wrong = ~program.whole | (program.low < 0)
    touched = abs(program.matrix) @ wrong.astype(int) > 0
    return ~touched & (program.has_lower | program.has_upper)


def some_cut(program: CertifiedProgram, rng: np.random.Generator, size: float) -> Cut:
    rows = rng.choice(np.flatnonzero(cuttable(program)), size=2)
    mixed = bool(rng.random() < 0.5 or program.soft[rows].any())
    lower = program.has_lower[rows] & ((rng.random(2) < 0.5) | ~program.has_upper[rows])
    weight = np.where(lower, 1, -1) * rng.integers(1, 4, 2)
    steps = rng.choice(program.step_key, size=int(rng.integers(0, 3)))
    whole = np.flatnonzero(program.whole & (program.high >= 0) & (program.high < 100))
    turned = rng.choice(whole, size=int(rng.integers(0, len(whole) + 1)), replace=False) if mixed else whole[:0]
    return Cut(
        mixed=mixed,
        turned=tuple(turned.tolist()),
        row=tuple(rows.tolist()),
        weight=tuple(weight.tolist()),
        window=tuple((steps // program.span).tolist()),
        step=tuple((steps % program.span).tolist()),
        step_weight=tuple(int(one) for one in rng.integers(1, 3, len(steps))),
        divisor=int(rng.choice([1, 2, 3, 5, 30, 60])),
        multiplier=int(rng.integers(0, max(1, int(size * UNIT)))),
    )


def slow_bound(
    formulation: Formulation, certificate: Certificate, sides: Sequence[tuple[Sequence[int], int, bool, int]] = ()
) -> int:
    """The bound of multipliers by its definition: fractions, one column after the other, placed airings left in.

    `sides` are those of the splits above a leaf: entries that are added up, k, whether at most k, and |q|·D.
    A placed airing x_a = Σ y_b takes the multiplier with which its own reduced value is 0.
    """
    unit, width, n = certificate.denominator, formulation.matrix.shape[1], formulation.airing_count
    entry = certified_program(formulation).entry
    dense = formulation.matrix.toarray().astype(object)
    value = [int(one) for one in (*formulation.value, *formulation.column_value)]
    low = [*(int(one) for one in formulation.locked), *(int(one) for one in formulation.column_lower)]
    high = [*([1] * n), *(int(one) for one in formulation.column_upper)]
    covers, paid = {}, {}
    for key in zip(certificate.steps.window, certificate.steps.step, certificate.steps.multiplier, strict=True):
        covers[key[:2]] = Fraction(key[2], unit)

    def at_step(window: int, step: int) -> list[int]:
        inside = (formulation.window == window) & (formulation.start <= step)
        inside &= step < formulation.start + formulation.steps
        return [int(one) for one in inside] + [0] * (width - n)

    placed = {}  # airing → the own columns whose sum it is
    for row in range(len(dense)):
        airings = np.flatnonzero(dense[row][:n])
        tied = formulation.kind[row] == RIGID and formulation.lower[row] == formulation.upper[row] == 0
        if formulation.labels["rule"][row] == "placement" and tied and len(airings) == 1:
            assert dense[row][airings[0]] == 1
            placed[int(airings[0])] = {int(at): -int(dense[row][at]) for at in np.flatnonzero(dense[row][n:]) + n}

    def folded(amounts: list) -> list:
        """Amounts of all columns with those of placed airings moved to the columns whose sum they are."""
        found = list(amounts)
        for airing, columns in placed.items():
            for at, times in columns.items():
                found[at] += found[airing] * times
            found[airing] = 0
        return found

    reduced = folded([Fraction(one) for one in value])
    total = Fraction(formulation.constant)
    for row, multiplier in zip(certificate.rows.row, certificate.rows.multiplier, strict=True):
        p = Fraction(multiplier, unit)
        side = formulation.upper[row] if p > 0 else formulation.lower[row]
        assert p == 0 or abs(int(side)) < NO_BOUND
        total += p * int(side)
        row_of = folded([int(one) for one in dense[row]])
        reduced = [one - p * by for one, by in zip(reduced, row_of, strict=True)]
        paid[row] = abs(p)
    for (window, step), mu in covers.items():
        total += mu
        reduced = [one - mu * by for one, by in zip(reduced, folded(at_step(window, step)), strict=True)]
    for cut in certificate.cuts:
        amounts, side = [0] * width, 0
        for row, weight in zip(cut.row, cut.weight, strict=True):
            amounts = [one + weight * by for one, by in zip(amounts, folded([int(a) for a in dense[row]]), strict=True)]
            side += weight * int(formulation.lower[row] if weight > 0 else formulation.upper[row])
        for window, step, weight in zip(cut.window, cut.step, cut.step_weight, strict=True):
            amounts = [one - weight * by for one, by in zip(amounts, folded(at_step(window, step)), strict=True)]
            side -= weight
        for airing in np.flatnonzero(formulation.locked).tolist():
            side, amounts[airing] = side - amounts[airing], 0
        if cut.mixed:
            rounded, least = slowly_mixed(amounts, side, cut, {int(entry[at]): high[entry[at]] for at in cut.turned})
        else:
            if side > 0 and min(amounts) >= 0:
                amounts = [min(one, side) for one in amounts]
            rounded, least = [-(-one // cut.divisor) for one in amounts], -(-side // cut.divisor)
        p = Fraction(cut.multiplier, unit)
        for row in set(cut.row):
            weight = sum(one for at, one in zip(cut.row, cut.weight, strict=True) if at == row)
            paid[row] = paid.get(row, 0) + abs(weight) * p
        total -= p * least
        reduced = [one + p * by for one, by in zip(reduced, rounded, strict=True)]
    for row, amount in paid.items():
        if formulation.kind[row] == SOFT:
            beyond = int(formulation.miss_step[row]) * amount - int(formulation.price[row])
            total += int(formulation.most_miss()[row]) * max(Fraction(0), beyond)
    for entries, most, below, multiplier in sides:
        q = Fraction(multiplier, unit)
        total += q * most if below else -q * (most + 1)
        for at in entries:
            reduced[at] += -q if below else q
    for at, one in enumerate(reduced):
        if at not in placed:
            total += max(one * low[at], one * high[at])
    return total.numerator // total.denominator


def slowly_mixed(amounts: list[int], side: int, cut: Cut, turned: dict[int, int]) -> tuple[list, Fraction]:
    """Mixed-integer rounding as in a textbook: both sides over d, f the fraction of the side, then times d again."""
    least = Fraction(side, cut.divisor)
    for at, high in turned.items():
        least -= Fraction(amounts[at] * high, cut.divisor)
    f = least - floor(least)
    total, rounded = f * ceil(least), []
    for at, amount in enumerate(amounts):
        one = Fraction(-amount if at in turned else amount, cut.divisor)
        share = f * floor(one) + min(f, one - floor(one))
        total -= share * turned.get(at, 0)
        rounded.append((-share if at in turned else share) * cut.divisor)
    return rounded, total * cut.divisor
