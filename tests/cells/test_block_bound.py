"""The bound by blocks, spread over cells: the serial one's, between the best timetable and the bound at the duals."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.cells import Executor
from scheduler.cells.blocks import block_bound
from scheduler.certify import Certificate, Cut, RowMultipliers
from scheduler.rules import NO_BOUND, load
from scheduler.solve import Settings
from tests.builders import formulated, write
from tests.solve.cases import SPECS, best_without_hard_miss

COUNTED = Settings(time_limit=5, workers=1, deterministic=True)
UNIT = 8


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    """Two territories with daily rows of their own, so that there are several blocks."""
    return load(write(tmp_path_factory.mktemp("blocks") / "tiny", SPECS["knapsacks"]))


@pytest.fixture(scope="module")
def formulation(instance):
    return formulated(instance)


def certificate_at(formulation, multipliers, cuts=()):
    """A certificate with multipliers of the first rows, towards sides that they have."""
    rows, columns = formulation.matrix.shape
    upper = formulation.upper[: len(multipliers)] < NO_BOUND
    signed = np.where(upper, np.abs(multipliers), -np.abs(multipliers))
    return Certificate(
        instance_sha256="",
        rows_in_program=rows,
        columns_in_program=columns,
        denominator=UNIT,
        rows=RowMultipliers(row=tuple(range(len(signed))), multiplier=tuple(signed.tolist())),
        cuts=cuts,
    )


def test_a_cluster_and_two_processes_gain_what_one_cell_after_another_gains(instance, formulation):
    certificate = certificate_at(formulation, [])
    serial = block_bound(instance, certificate, COUNTED, 2)
    assert len(serial.gains) > 1
    assert best_without_hard_miss(formulation) <= serial.bound < serial.plain
    assert serial.bound == serial.plain - sum(serial.gains.values())
    for executor in (Executor(jobs=2), Executor(cluster="local:2")):
        assert block_bound(instance, certificate, COUNTED, 2, executor) == serial


def test_into_how_many_cells_the_blocks_are_divided_changes_no_gain(instance, formulation):
    certificate = certificate_at(formulation, [3, 1, 2])
    found = [block_bound(instance, certificate, COUNTED, parts) for parts in (1, 5)]
    assert found[0] == found[1]
    assert best_without_hard_miss(formulation) <= found[0].bound <= found[0].plain


def test_multipliers_of_cuts_count(instance, formulation):
    row = int(np.flatnonzero(formulation.lower > -NO_BOUND)[0])
    cut = Cut(row=(row,), weight=(1,), divisor=7, multiplier=400 * UNIT)
    without, with_cut = (
        block_bound(instance, certificate_at(formulation, [], cuts), COUNTED, 1) for cuts in ((), (cut,))
    )
    assert with_cut.plain != without.plain
    assert best_without_hard_miss(formulation) <= with_cut.bound <= with_cut.plain
