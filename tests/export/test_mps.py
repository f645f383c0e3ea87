"""The MPS file is the formulation: another solver that reads it finds the same best value."""

import dataclasses

import highspy
import numpy as np
import pytest
from scipy import sparse

from scheduler.generate import GeneratorOptions, generate, suites
from scheduler.rules import NO_BOUND, SOFT, load
from scheduler.solve import Settings, prepare, run
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.programs.mps import mps_text
from scheduler.solve.programs.program import LARGEST, highs_model, program_of


@pytest.fixture(scope="module")
def search(tmp_path_factory):
    folder = tmp_path_factory.mktemp("instance")
    generate(folder, GeneratorOptions.model_validate({**suites()["free-smoke"].options, "tightness": 0.9}), 2)
    _, search = prepare(load(folder), Settings(strategy="exact", time_limit=120))
    run(search)
    assert search.proven
    return search


def read_back(formulation, folder):
    path = folder / "program.mps"
    path.write_text(mps_text(formulation, "a name with spaces"), encoding="utf-8")
    solver = QuietHighs()
    solver.setOptionValue("output_flag", False)
    assert solver.readModel(str(path)) == highspy.HighsStatus.kOk
    return solver


def test_highs_finds_the_same_optimum_in_the_file(search, tmp_path):
    solver = read_back(search.formulation, tmp_path)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    assert round(solver.getObjectiveValue()) == search.best.value
    chosen = np.array(solver.getSolution().col_value)[: search.formulation.airing_count] > 0.5
    solution = search.evaluate(chosen)
    assert solution.hard_miss == 0
    assert solution.value == search.best.value


def test_constants_locks_and_two_sided_soft_rows_are_in_the_file(search, tmp_path):
    formulation = search.formulation
    soft = int(np.flatnonzero(formulation.kind == SOFT)[0])
    locked = formulation.locked.copy()
    locked[np.flatnonzero(search.best.point[: formulation.airing_count])[0]] = True
    upper = formulation.upper.copy()
    assert upper[soft] >= NO_BOUND
    upper[soft] = formulation.lower[soft]
    changed = dataclasses.replace(formulation, constant=1234, locked=locked, upper=upper)
    solver = read_back(changed, tmp_path)
    solver.setOptionValue("mip_rel_gap", 0.0)
    solver.run()
    chosen = np.array(solver.getSolution().col_value)[: formulation.airing_count] > 0.5
    assert chosen[locked].all()
    point = changed.point(chosen)
    misses = changed.misses(point)
    assert round(solver.getObjectiveValue()) == changed.audience(point) - changed.penalty(misses)
    assert solver.getObjectiveValue() <= search.best.value + 1234


def test_rows_are_scaled_exactly(search):
    program, formulation = program_of(search.formulation), search.formulation
    rows = len(formulation.lower)
    assert abs(program.matrix).max() <= LARGEST
    assert abs(formulation.matrix).max() > LARGEST
    row = int(np.argmax(abs(formulation.matrix).max(axis=1).toarray()))
    whole, scaled = formulation.matrix[[row]].toarray()[0], program.matrix[[row]].toarray()[0, : program.airings]
    used = whole[: program.airings] != 0
    ratio = set((scaled[used] / whole[: program.airings][used]).tolist())
    assert len(ratio) == 1
    assert np.log2(ratio.pop()) % 1 == 0
    assert program.matrix.shape[0] > rows


def test_every_number_and_name_comes_back(search, tmp_path):
    """Costs, bounds, sides, coefficients and kinds to the last digit; the names are those of the file of names."""
    program, read = program_of(search.formulation), read_back(search.formulation, tmp_path).getLp()
    ours = highs_model(program)
    for name in ("col_cost_", "col_lower_", "col_upper_", "row_lower_", "row_upper_"):
        assert np.array_equal(getattr(read, name), getattr(ours, name)), name
    assert (read.offset_, read.sense_) == (ours.offset_, ours.sense_)
    assert [kind == highspy.HighsVarType.kInteger for kind in read.integrality_] == program.integer.tolist()
    starts, indices, values = (getattr(read.a_matrix_, name) for name in ("start_", "index_", "value_"))
    kind = sparse.csr_array if read.a_matrix_.format_ == highspy.MatrixFormat.kRowwise else sparse.csc_array
    again = kind((np.asarray(values), np.asarray(indices), np.asarray(starts)), shape=program.matrix.shape)
    assert abs(again - program.matrix).max() == 0
    rows, columns = program.matrix.shape
    assert list(read.col_names_) == [f"y{number}" for number in range(columns)]
    assert list(read.row_names_) == [f"r{number}" for number in range(rows)]
