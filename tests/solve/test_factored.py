"""The factored matrix of a large program: its products are those of the matrix."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.solve.params import DEFAULTS
from scheduler.solve.strands import factored as module
from scheduler.solve.strands.factored import factored
from scheduler.solve.strands.program import StrandProgram, strand_program
from tests.builders import build, formulated, kz, programme, window
from tests.solve.strand_cases import CASES, SOFT_LEAST, STRIP, built, first_order, relaxation


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


@pytest.mark.parametrize(("iterations", "few_iterations"), [(20, 1_000), (50, 200)])
def test_a_round_with_few_columns_brings_the_method_forward(tmp_path, iterations, few_iterations):
    """Two rounds with all columns leave an error of 0.08 or 0.18 %; a round with half of them between leaves 1/100."""
    titles = [programme(f"series-{at}", 30, episodes=7, appeal=round(0.5 + at / 10, 1)) for at in range(8)]
    titles += [programme(f"film-{at}", 90 - at % 2 * 30, genre="film", appeal=round(1 + at / 14, 2)) for at in range(8)]
    given = {"days": 7, "placement": STRIP, "rules": [{**SOFT_LEAST, "least_count": 9}]}
    program = strand_program(formulated(build(tmp_path, [kz(window("18:00", "23:00"))], titles, **given)))
    optimum, error = relaxation(program), {}
    for few in (program.column_count, program.column_count // 2):
        params = DEFAULTS.strands.but(
            relaxation_rounds=2,
            round_iterations=iterations,
            round_gain=0.0,
            few_columns=few,
            few_iterations=few_iterations,
        )
        error[few] = first_order(program, params).bound - optimum
    assert -1e-6 * optimum < error[program.column_count // 2] < error[program.column_count] / 10
