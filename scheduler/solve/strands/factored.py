"""The matrix of a large program in a form that is fast to multiply with.

A product reads every coefficient, so its time is that of reading the memory. Three facts make the matrix of a month
less than half as large, and single precision halves it again:

- Many rows are nearly equal to the row before: overlap rows of neighbouring steps, and rows on runs until one day and
  until the next. Of such a row only the difference is kept; the product adds up (`continues`).
- Rows over many columns, for example minutes of an agreement, have the same coefficients on a channel up to a factor:
  least amount, balance and the same balance from the other side. The part of a row on one channel is kept once.
  The rows are few combinations of these parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from scheduler.solve.kernels.row_products import add_up, add_up_backwards, multiply
from scheduler.solve.programs.row_differences import differences

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from scheduler.arrays import Flags, Ints, Ints32, Singles
    from scheduler.solve.strands.program import Matrix, StrandProgram

LONG = 1_000
"""Entries from which a row is split by channels. It bounds the work of finding equal parts; results do not change."""


@dataclass(frozen=True, eq=False)
class Sparse:
    """A matrix by rows in single precision, (rows, columns) with e entries, and the rows of each thread."""

    first: Ints  # (rows + 1,) the entries of row i are first[i]:first[i + 1]
    index: Ints32  # (e,) the column of each entry
    coefficient: Singles  # (e,)
    shares: tuple[int, ...]  # the rows of thread t are shares[t] to shares[t + 1]

    @classmethod
    def of(cls, matrix: Matrix, threads: int) -> Sparse:
        """Split the rows so that each thread has about the same number of entries."""
        first = matrix.indptr.astype(np.int64)
        edges = np.searchsorted(first, np.linspace(0, first[-1], threads + 1)[1:-1])
        shares = (0, *np.maximum.accumulate(edges).tolist(), matrix.shape[0])
        return cls(first, matrix.indices.astype(np.int32), matrix.data.astype(np.float32), shares)

    def times(self, vector: Singles, pool: Executor) -> Singles:
        """The product with a vector of columns, (rows,). The threads of `pool` and the calling one share the rows."""
        found = np.empty(len(self.first) - 1, dtype=np.float32)
        first, index, coefficient = self.first, self.index, self.coefficient
        parts = list(zip(self.shares, self.shares[1:], strict=False))
        jobs = [pool.submit(multiply, first, index, coefficient, *part, vector, found) for part in parts[1:]]
        multiply(first, index, coefficient, *parts[0], vector, found)
        for job in jobs:
            job.result()
        return found


@dataclass(frozen=True, eq=False)
class FactoredMatrix:
    """A matrix A as [sums of differences; combinations of parts], with its rows in another order.

    Shapes: s rows, of which d are sums of differences and s − d are combinations of p parts; c columns.
    """

    order: Ints  # (s,) the row of A at each place; the first d are sums of differences
    continues: Flags  # (d,) the row is its difference plus the row before
    stored: Sparse  # (d + p, c) differences, then parts
    transposed: Sparse  # (c, d + p)
    combine: Matrix  # (s − d, p)
    separate: Matrix  # (p, s − d) its transpose

    @property
    def size(self) -> int:
        """The number of stored coefficients."""
        return len(self.stored.index)

    def times(self, columns: Singles, pool: Executor) -> Singles:
        """A·columns, (s,), in the order of `order`."""
        stored, count = self.stored.times(columns, pool), len(self.continues)
        found = np.empty(len(self.order), dtype=np.float32)
        add_up(self.continues, stored[:count], found[:count])
        found[count:] = self.combine @ stored[count:]
        return found

    def transposed_times(self, rows: Singles, pool: Executor) -> Singles:
        """Aᵀ·rows, (c,), for rows in the order of `order`."""
        count = len(self.continues)
        stored = np.empty(len(self.stored.first) - 1, dtype=np.float32)
        add_up_backwards(self.continues, rows[:count], stored[:count])
        stored[count:] = self.separate @ rows[count:]
        return self.transposed.times(stored, pool)


def factored(program: StrandProgram, threads: int, columns: Ints | None = None) -> FactoredMatrix:
    """Find a short form of a program's matrix, (s, c), or of some of its columns.

    Parameters
    ----------
    threads
        Threads that share the rows of a product.
    columns
        The columns of the program to keep, sorted. None: all.
    """
    matrix = sparse.csr_array(program.matrix if columns is None else program.matrix[:, columns])
    channel = program.channel if columns is None else program.channel[columns]
    long = np.diff(matrix.indptr) >= LONG
    long[program.origin < 0] = False
    chains = np.flatnonzero(~long)
    chains = chains[_neighbours(program, chains)]
    continues, chained = differences(sparse.csr_array(matrix[chains]))
    combine, parts = _parts(sparse.csr_array(matrix[np.flatnonzero(long)]), channel)
    stored = sparse.csr_array(sparse.vstack([chained, parts]))
    return FactoredMatrix(
        order=np.concatenate([chains, np.flatnonzero(long)]),
        continues=continues,
        stored=Sparse.of(stored, threads),
        transposed=Sparse.of(sparse.csr_array(stored.T.tocsr()), threads),
        combine=combine.astype(np.float32),
        separate=sparse.csr_array(combine.T.tocsr()).astype(np.float32),
    )


def _neighbours(program: StrandProgram, rows: Ints) -> Ints:
    """An order with similar rows beside each other: those of one rule, subject and aspect by period, then overlaps."""
    origin = program.origin[rows]
    stated = np.flatnonzero(origin >= 0)
    labels = program.formulation.labels.iloc[origin[stated]]
    names = ["rule", "subject", "aspect", "period"]
    codes = [np.unique(labels[name].astype(str).to_numpy(), return_inverse=True)[1] for name in names]
    own = np.flatnonzero(origin < 0)
    window, step = program.overlap_at
    place = np.cumsum(program.origin < 0) - 1
    at = place[rows[own]]
    return np.concatenate([stated[np.lexsort(codes[::-1])], own[np.lexsort((step[at], window[at]))]])


def _parts(matrix: Matrix, channel: Ints) -> tuple[Matrix, Matrix]:
    """(S, F) with matrix = S·F: the rows of F are the parts of rows on one channel, equal ones up to a factor once.

    Parts are compared exactly after a division by their first coefficient.
    """
    entries = sparse.coo_array(matrix)
    order = np.lexsort((entries.col, channel[entries.col], entries.row))
    row, column, coefficient = entries.row[order], entries.col[order], entries.data[order]
    begin = np.flatnonzero((np.diff(row, prepend=-1) != 0) | (np.diff(channel[column], prepend=-2) != 0))
    size = np.diff(np.append(begin, len(row)))
    lead = coefficient[begin]
    scaled = coefficient / np.repeat(lead, size)
    ends = begin + size
    known: dict[bytes, int] = {}
    part = np.zeros(len(begin), dtype=np.int64)
    for at, (one, end) in enumerate(zip(begin.tolist(), ends.tolist(), strict=True)):
        content = column[one:end].tobytes() + scaled[one:end].tobytes()
        part[at] = known.setdefault(content, len(known))
    _, kept = np.unique(part, return_index=True)
    own = np.repeat(np.isin(np.arange(len(begin)), kept), size)
    shape = len(kept), matrix.shape[1]
    parts = sparse.csr_array((scaled[own], (np.repeat(part, size)[own], column[own])), shape=shape)
    combine = sparse.csr_array((lead, (row[begin], part)), shape=(matrix.shape[0], len(kept)))
    return combine, parts
