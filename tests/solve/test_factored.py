"""The factored matrix of a large program: its products are those of the matrix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.time_limit import Budget
from scheduler.solve.strands import factored as module
from scheduler.solve.strands.factored import factored
from scheduler.solve.strands.first_order import first_order
from scheduler.solve.strands.program import StrandProgram, strand_program
from tests.builders import formulated
from tests.solve.strand_cases import CASES, built


def products(program: StrandProgram, threads: int = 1, columns: np.ndarray | None = None) -> tuple[np.ndarray, ...]:
    """A·x and Aᵀ·y by the factored matrix, in the order of the program, for some x and y; and A."""
    random, matrix = np.random.default_rng(3), program.matrix if columns is None else program.matrix[:, columns]
    x = random.normal(size=matrix.shape[1]).astype(np.float32)
    y = random.normal(size=matrix.shape[0]).astype(np.float32)
    short = factored(program, threads, columns)
    with ThreadPoolExecutor(1) as pool:
        by_rows = np.empty(len(y))
        by_rows[short.order] = short.times(x, pool)
        by_columns = short.transposed_times(y[short.order], pool)
    assert np.allclose(by_rows, matrix @ x, rtol=1e-5, atol=1e-4)
    assert np.allclose(by_columns, matrix.T @ y, rtol=1e-5, atol=1e-4)
    return by_rows, by_columns


@pytest.mark.parametrize("long", [1, 4, 10_000])
@pytest.mark.parametrize("name", CASES)
def test_products_are_those_of_the_matrix(tmp_path, monkeypatch, name, long):
    monkeypatch.setattr(module, "LONG", long)
    program = strand_program(formulated(built(tmp_path, name)))
    one, two = products(program), products(program, threads=2)
    assert all(np.array_equal(*both) for both in zip(one, two, strict=True))
    products(program, columns=np.arange(0, program.column_count, 2))


def test_rows_that_differ_by_a_factor_on_a_channel_are_kept_once(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONG", 1)
    program = strand_program(formulated(built(tmp_path, next(iter(CASES)))))
    row = np.where(program.channel >= 0, 1.0 + np.arange(program.column_count), 0.0)
    other = np.where(program.channel == program.channel.max(), 3 * row, -2 * row)
    count = 2
    matrix = sparse.csr_array(np.stack([row, other]))
    same = replace(
        program,
        matrix=matrix,
        lower=np.zeros(count),
        upper=np.ones(count),
        kind=program.kind[:count],
        origin=np.zeros(count, dtype=np.int64),
        overlap_at=(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),
    )
    assert factored(same, 1).size == np.count_nonzero(row)
    products(same)


@pytest.mark.parametrize("few", [1, 3])
def test_rounds_with_few_columns_lead_to_the_same_relaxation(tmp_path, few):
    program = strand_program(formulated(built(tmp_path, "a series and a film")))
    params = DEFAULTS.strands.model_copy(update={"round_gain": 0.0})
    whole = first_order(program, params, Budget.of_seconds(60), lambda bound: None).bound
    part = params.model_copy(update={"few_columns": few})
    assert first_order(program, part, Budget.of_seconds(60), lambda bound: None).bound == pytest.approx(whole, rel=1e-3)
