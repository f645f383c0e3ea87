"""What HiGHS finds, compared with the claims made before."""

from __future__ import annotations

import pytest

from scheduler.solve import Settings
from scheduler.solve.programs.mip import MipEnd
from scheduler.solve.proof.second_proof import _compare
from scheduler.solve.search.incumbent import Search
from tests.solve.cases import formulation_of


@pytest.mark.parametrize("proven", [True, False])
def test_a_smaller_miss_refutes_a_least_miss_and_no_value(tmp_path, proven):
    """Also where CP-SAT claims nothing about the value."""
    search = Search(formulation_of(tmp_path, "over-constrained"), Settings())
    search.offer(search.formulation.locked)
    before = search.best.hard_miss + 1
    search.least_hard_miss = before if proven else None
    _compare(search, MipEnd(optimal=False, infeasible=False, bound=None), before, None)
    assert search.least_hard_miss is None and not search.optimal
    assert ["the miss of the hard rows the least" in fault for fault in search.faults] == [True] * proven
