"""The certified bound: above every timetable for any multipliers, equal to a second checker, refused if wrong."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.certify import (
    Certificate,
    CertificateError,
    Cut,
    bound_of_multipliers,
    certified_bound,
    read_certificate,
)
from scheduler.rules import SOFT
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import DENOMINATOR, certificate_of
from scheduler.solve.proof.tightened import tightened
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.search.duals import Duals
from tests.certify.cases import FREE, PLACED, case, drawn, slow_bound
from tests.solve.cases import ENDLESS


@pytest.mark.parametrize("name", [*FREE, *PLACED])
def test_no_multipliers_certify_less_than_the_best_timetable(name):
    formulation, program, best = case(name)
    rng = np.random.default_rng(7)
    for size in (0.1, 3.0, 50.0, 2000.0) * 4:
        certificate = drawn(program, rng, size)
        bound = bound_of_multipliers(program, certificate)
        assert bound >= certified_bound(program, certificate) >= best
        assert bound == slow_bound(formulation, certificate)


@pytest.mark.parametrize("name", [*FREE, *PLACED])
def test_the_relaxation_with_cuts_is_certified_and_holds(name):
    formulation, program, best = case(name)
    found = tightened(program, ENDLESS)
    assert found is not None
    same, certificate = certificate_of(formulation, "", found.duals)
    bound = bound_of_multipliers(same, certificate)
    assert certified_bound(same, certificate) <= bound
    assert best <= bound <= found.duals.bound + 1e-6 * abs(found.duals.bound) + 1
    assert slow_bound(formulation, certificate) == bound
    assert Certificate.model_validate_json(certificate.model_dump_json()) == certificate


@pytest.mark.parametrize("name", [*FREE, *PLACED])
def test_duals_without_steps_are_certified_with_a_reward_for_each_airing(name, monkeypatch):
    """Where bundles define airings, the certified program has fewer columns than there are airings."""
    formulation, program, best = case(name)
    potentials, asked = Pricer.potentials, []

    def seen(self, reward):
        asked.append(reward)
        return potentials(self, reward)

    monkeypatch.setattr(Pricer, "potentials", seen)
    same, certificate = certificate_of(formulation, "", Duals(float("inf"), np.zeros(len(formulation.lower))))
    assert [len(reward) for reward in asked] == [formulation.airing_count]
    columns = dict(zip(program.entry.tolist(), program.value.tolist(), strict=True))
    assert asked[0].tolist() == [DENOMINATOR * columns.get(at, 0) for at in range(formulation.airing_count)]
    assert certified_bound(same, certificate) >= best


def test_cuts_close_what_the_relaxation_leaves_open():
    with_cuts, without = 0, 0
    for name in [*FREE, *PLACED]:
        formulation, program, _ = case(name)
        for rounds in (0, 30):
            found = tightened(program, ENDLESS, DEFAULTS.certificate.model_copy(update={"rounds": rounds}))
            assert found is not None
            bound = certified_bound(*certificate_of(formulation, "", found.duals))
            without, with_cuts = without + bound * (rounds == 0), with_cuts + bound * (rounds > 0)
    assert with_cuts < without


@settings(max_examples=1000, deadline=None)
@given(
    name=st.sampled_from([*FREE, *PLACED]),
    seed=st.integers(0, 10_000),
    place=st.sampled_from(["rows", "steps", "cuts", "denominator"]),
    size=st.sampled_from([1, -1, 10**3, -(10**3), 10**9, -(10**9), 10**25, -(10**25)]),
)
def test_an_altered_certificate_never_certifies_a_bound_below_the_best(name, seed, place, size):
    _, program, best = case(name)
    rng = np.random.default_rng(seed)
    content = json.loads(drawn(program, rng, 20.0).model_dump_json())
    if place == "denominator":
        content["denominator"] += size
    elif place == "cuts" and content["cuts"]:
        cut = rng.choice(content["cuts"])
        key = rng.choice([key for key, one in cut.items() if one != []])
        if key == "mixed":
            cut[key] = not cut[key]
        elif isinstance(cut[key], list):
            cut[key][int(rng.integers(len(cut[key])))] += size
        else:
            cut[key] += size
    elif place != "cuts":
        key = rng.choice(list(content[place]))
        if content[place][key]:
            content[place][key][int(rng.integers(len(content[place][key])))] += size
    try:
        bound = certified_bound(program, Certificate.model_validate(content))
    except (CertificateError, ValueError):
        return
    assert bound >= best


def made(program, **changes):
    empty = Certificate(
        instance_sha256="",
        rows_in_program=program.matrix.shape[0],
        columns_in_program=program.matrix.shape[1],
        denominator=1,
    )
    return empty.model_copy(update={name: type(getattr(empty, name))(**one) for name, one in changes.items()})


def test_a_multiplier_towards_an_absent_side_proves_nothing():
    _, program, _ = case("parity")
    row = int(np.flatnonzero(~program.has_upper)[0])
    with pytest.raises(CertificateError, match=f"row {row} has no side"):
        certified_bound(program, made(program, rows={"row": (row,), "multiplier": (1,)}))


def test_a_negative_multiplier_of_a_step_proves_nothing():
    _, program, _ = case("parity")
    window, step = divmod(int(program.step_key[0]), program.span)
    steps = {"window": (window,), "step": (step,), "multiplier": (-1,)}
    with pytest.raises(CertificateError, match="negative"):
        certified_bound(program, made(program, steps=steps))
    with pytest.raises(CertificateError, match="no airing is possible"):
        certified_bound(program, made(program, steps={**steps, "step": (program.span + 3,), "multiplier": (1,)}))


def test_a_multiplier_that_is_given_twice_proves_nothing():
    _, program, _ = case("parity")
    row = int(np.flatnonzero(program.has_upper)[0])
    with pytest.raises(CertificateError, match="two multipliers"):
        certified_bound(program, made(program, rows={"row": (row, row), "multiplier": (1, 1)}))


def test_a_soft_row_beyond_its_price_costs_its_largest_miss():
    _, program, best = case("soft parity")
    row = int(np.flatnonzero(program.soft & program.has_lower)[0])
    huge = -(10**9)
    bound = certified_bound(program, made(program, rows={"row": (row,), "multiplier": (huge,)}))
    assert bound >= best


def test_prices_of_any_size_are_certified():
    """A price times the denominator must not leave 64 bits."""
    formulation, _, _ = case("soft parity")
    dear = replace(formulation, price=np.where(formulation.kind == SOFT, 10**12, formulation.price))
    duals = np.full(len(dear.lower), -1e11)
    program, certificate = certificate_of(dear, "", Duals(0.0, duals))
    given = zip(certificate.rows.row, certificate.rows.multiplier, strict=True)
    of_soft = [multiplier for row, multiplier in given if program.soft[row]]
    assert of_soft
    assert all(-(10**12) * DENOMINATOR <= multiplier < 0 for multiplier in of_soft)
    assert bound_of_multipliers(program, certificate) == slow_bound(dear, certificate)


def test_a_soft_row_is_not_rounded_as_if_it_had_no_miss():
    _, program, _ = case("soft parity")
    row = int(np.flatnonzero(program.soft & program.has_lower)[0])
    wrong = made(program).model_copy(update={"cuts": (Cut(row=(row,), weight=(1,), divisor=2, multiplier=1),)})
    with pytest.raises(CertificateError, match="cut 0 cannot be derived"):
        certified_bound(program, wrong)


def test_a_certificate_of_another_program_is_refused():
    _, program, _ = case("parity")
    other = made(program).model_copy(update={"rows_in_program": 1})
    with pytest.raises(CertificateError, match="1 rows"):
        certified_bound(program, other)


def test_a_damaged_file_is_refused_in_words(tmp_path):
    path = tmp_path / "certificate.json"
    with pytest.raises(CertificateError, match="there is no certificate"):
        read_certificate(path)
    path.write_text('{"schema_version": 1, "denominator": 0}', encoding="utf-8")
    with pytest.raises(CertificateError, match="not a certificate"):
        read_certificate(path)
    for text in ('{"schema_version": 1, "deno', "", "[]", "\ufeff"):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(CertificateError, match=r"damaged or not a certificate \(.+\); solve again"):
            read_certificate(path)
