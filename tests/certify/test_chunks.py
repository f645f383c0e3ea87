"""A program whose rows are priced while they are stated: the same bound and the same errors as with all its rows."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from scheduler.airings import build_airings
from scheduler.certify import (
    Certificate,
    CertificateError,
    Leaf,
    Split,
    bound_in_chunks,
    certified_bound,
    certified_program,
    program_in_chunks,
)
from scheduler.certify import bound as bounds
from scheduler.certify.exact import MOST, Products, exact
from scheduler.formulation import formulate
from scheduler.objective import VALUE, Objective, objectives
from scheduler.rules import load, rights_rows, rules_of
from tests.builders import content, kz, programme, uz, window, write
from tests.certify.cases import FREE, PLACED, drawn, drawn_tree
from tests.solve.cases import ALL
from tests.solve.strand_cases import built

WHOLE_VALUE = Objective(VALUE)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(rights_rows, "ENTRIES_AT_ONCE", 3)
    monkeypatch.setattr(bounds, "COLUMNS_AT_ONCE", 2)


def of(instance):
    rules = rules_of(instance)
    return build_airings(instance, rules), rules


def both(airings, rules, certificate, objective=WHOLE_VALUE):
    """The bound with all rows, and with the rows priced in chunks."""
    program = certified_program(objective.applied_to(formulate(airings, rules), airings))
    chunks = program_in_chunks(airings, rules, objective, certificate)
    return certified_bound(program, certificate), bound_in_chunks(chunks)


@pytest.mark.parametrize("name", [*FREE, *PLACED])
def test_the_bound_is_the_same_with_and_without_cuts_and_trees(name, tmp_path):
    airings, rules = of(load(write(tmp_path, ALL[name])) if name in ALL else built(tmp_path, name))
    program = certified_program(formulate(airings, rules))
    rng = np.random.default_rng(11)
    for size in (0.3, 20.0, 1e12):
        certificate = drawn(program, rng, size)
        whole, chunked = both(airings, rules, certificate)
        assert whole == chunked
        if certificate.cuts:
            certificate = certificate.model_copy(update={"tree": drawn_tree(program, rng, size, 2)})
            whole, chunked = both(airings, rules, certificate)
            assert whole == chunked


def test_the_bound_is_the_same_every_time_it_is_computed(tmp_path):
    """The products of the rows stay as they are when those of cuts are added."""
    airings, rules = of(built(tmp_path, PLACED[0]))
    certificate = drawn(certified_program(formulate(airings, rules)), np.random.default_rng(5), 20.0)
    assert certificate.cuts
    chunks = program_in_chunks(airings, rules, WHOLE_VALUE, certificate)
    assert bound_in_chunks(chunks) == bound_in_chunks(chunks)


def test_the_bound_of_other_figures_is_the_same(tmp_path):
    """Without soft rows the other rows have other numbers."""
    airings, rules = of(built(tmp_path, PLACED[0]))
    found = list(objectives(airings.instance))
    assert len(found) > 1
    for objective in found:
        program = certified_program(objective.applied_to(formulate(airings, rules), airings))
        whole, chunked = both(airings, rules, drawn(program, np.random.default_rng(3), 5.0), objective)
        assert whole == chunked


def test_only_the_rows_of_cuts_and_of_definitions_are_in_memory(tmp_path):
    airings, rules = of(built(tmp_path, PLACED[0]))
    program = certified_program(formulate(airings, rules))
    certificate = drawn(program, np.random.default_rng(5), 5.0)
    chunks = program_in_chunks(airings, rules, WHOLE_VALUE, certificate)
    filled = np.flatnonzero(np.diff(chunks.program.matrix.indptr))
    assert len(certificate.cuts)
    assert len(filled) < np.count_nonzero(np.diff(program.matrix.indptr))
    used = {row for cut in certificate.cuts for row in cut.row}
    assert used >= {row for row in filled.tolist() if not program.defines[row]} - defining_candidates(program)
    steps = np.flatnonzero(np.diff(chunks.program.occupies.indptr))
    at = {one for cut in certificate.cuts for one in program.steps_at(cut.window, cut.step).tolist()}
    assert set(steps.tolist()) == at


def defining_candidates(program):
    """Rows 0 ≤ … ≤ 0 that may define an airing; those that do not are kept with their entries."""
    return set(np.flatnonzero((program.lower == 0) & (program.upper == 0)).tolist())


def test_wrong_certificates_are_refused_as_before(tmp_path):
    airings, rules = of(built(tmp_path, PLACED[0]))
    program = certified_program(formulate(airings, rules))
    good = json.loads(drawn(program, np.random.default_rng(2), 5.0).model_dump_json())
    row = good["rows"]["row"][0]
    wrong = [
        {"rows": {"row": [10**30], "multiplier": [1]}},
        {"rows": {"row": [-1], "multiplier": [1]}},
        {"rows": {"row": [row, row], "multiplier": [1, 1]}},
        {"steps": {"window": [0, 0], "step": [10**30, -1], "multiplier": [1, 1]}},
        {"rows_in_program": good["rows_in_program"] + 1},
        {"columns_in_program": 0},
        {"cuts": [{"row": [10**9], "weight": [1], "divisor": 2, "multiplier": 1}]},
        {"tree": [{"rows": {"row": [10**9], "multiplier": [1]}}]},
    ]
    for change in wrong:
        certificate = Certificate.model_validate(good | {"cuts": []} | change)
        with pytest.raises(CertificateError) as before:
            certified_bound(program, certificate)
        with pytest.raises(CertificateError) as after:
            bound_in_chunks(program_in_chunks(airings, rules, WHOLE_VALUE, certificate))
        assert str(after.value) == str(before.value)


def test_entries_that_are_not_held_are_never_taken_as_zeros(tmp_path):
    """A leaf with a multiplier of a row whose entries were dropped must not prove anything."""
    airings, rules = of(built(tmp_path, PLACED[0]))
    program = certified_program(formulate(airings, rules))
    certificate = drawn(program, np.random.default_rng(2), 5.0).model_copy(update={"cuts": ()})
    chunks = program_in_chunks(airings, rules, WHOLE_VALUE, certificate)
    leaf = Leaf(rows=certificate.rows, splits=(0,))
    split = Split(column=(int(np.flatnonzero(program.whole)[0]),), most=0, below=1, above=2)
    with_tree = certificate.model_copy(update={"tree": (split, leaf, leaf)})
    with pytest.raises(ValueError, match="not held"):
        bound_in_chunks(replace(chunks, certificate=with_tree))
    with_cut = certificate.model_copy(update={"cuts": drawn(program, np.random.default_rng(2), 5.0).cuts})
    with pytest.raises(ValueError, match="not held"):
        bound_in_chunks(replace(chunks, certificate=with_cut))


def test_products_are_exact_beyond_64_bits():
    """Coefficients up to 2^60 and multipliers up to 2^200, added in several parts, then taken through a matrix."""
    rng = np.random.default_rng(0)
    for power in (3, 36, 37, 38, 60):
        dense = rng.integers(-(2**power), 2**power, (6, 5))
        multipliers = [int(one) * 2 ** int(rng.integers(0, 180)) for one in rng.integers(-(10**6), 10**6, 6)]
        multipliers[2] = 0
        wide = rng.integers(-3, 4, (7, 3))
        products = Products(5)
        products.add(sparse.csr_array(dense[:3]), exact(multipliers[:3]))
        products.add(sparse.csr_array(dense[3:]), exact(multipliers[3:]))
        products.widened(7)
        steps = [5, 2**90, 7, -3]
        products.add_ranges(np.array([6, 0]), np.array([1, 0]), np.array([3, 2]), exact(steps))
        expected = [sum(p * int(a) for p, a in zip(multipliers, column, strict=True)) for column in dense.T]
        expected = [*expected, 0, sum(steps[1:])]
        expected[0] += sum(steps[:2])
        assert products.of(slice(None)).tolist() == expected
        assert products.of(slice(2, 4)).tolist() == expected[2:4]
        products.through(sparse.csr_array(wide))
        through = [sum(v * int(m) for v, m in zip(expected, column, strict=True)) for column in wide.T]
        assert products.of(slice(None)).tolist() == through


def test_products_do_not_overflow_when_many_rows_are_added():
    row = sparse.csr_array(np.array([[int(MOST) // 2]]))
    products, p = Products(1), 2**24 - 1
    for _ in range(9):
        products.add(row, exact([p]))
    assert products.of(slice(None)).tolist() == [9 * p * (int(MOST) // 2)]


def test_rows_of_reruns_in_parts_are_the_rows_in_one_part(tmp_path, monkeypatch):
    """A simulcast has columns of its own, to which the parts refer."""
    channels = [kz(window("20:00", "22:00")), uz(window("20:00", "22:00"))]
    titles = [programme(name, 30, episodes=2, runs=3) for name in ("a", "b", "c")]
    titles.append(programme("d", 60, runs=2, sharing="simulcast"))
    airings, rules = of(load(write(tmp_path, content(channels, titles, days=3))))
    parts = formulate(airings, rules)
    monkeypatch.setattr(rights_rows, "ENTRIES_AT_ONCE", 10**9)
    whole = formulate(airings, rules)
    assert len(whole.column_upper) > 0
    assert (whole.matrix != parts.matrix).nnz == 0
    assert whole.labels.astype(str).equals(parts.labels.astype(str))
    for name in ("lower", "upper", "kind", "price", "column_upper", "hard_weight"):
        assert np.array_equal(getattr(whole, name), getattr(parts, name))
    assert len(parts.columns) == len(whole.columns)
