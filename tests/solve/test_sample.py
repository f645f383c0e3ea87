"""A search among a sample of the airings: what is drawn, what its answers are, and the bound over all airings."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.certify import (
    RowMultipliers,
    StepMultipliers,
    bound_in_chunks,
    certified_bound,
    certified_program,
    program_in_chunks,
)
from scheduler.formulation import formulate
from scheduler.generate import GeneratorOptions, generate, suite
from scheduler.objective import VALUE, Objective, objectives
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, conclude, prepare, run
from scheduler.solve.certificates import certified
from scheduler.solve.params import DEFAULTS
from scheduler.solve.sample.multipliers import NamedMultipliers
from scheduler.solve.sample.pricing import price_all
from scheduler.solve.search.bound_sources import ALL_AIRINGS
from scheduler.solve.search.incumbent import Search
from scheduler.strands import build_bundles, sampled, slots_before
from tests.certify.cases import PLACED, drawn
from tests.planned import command
from tests.solve.strand_cases import admissible, built, merit

SMALL = {**suite("smoke").options, "days": 9, "channels": 6, "shortlist": 20, "titles": 120, "tightness": 0.7}
WHOLE_VALUE = Objective(VALUE)
ALONE = {"parity", "reruns in one slot", "goes on", "goes on, and its slot is gone"}
"""Instances whose windows and groups each have one column at most that is worth something."""
FEW = {"first_runs": 3_000, "reruns": 3_000, "others": 1_000}


def of(instance):
    rules = rules_of(instance)
    return build_airings(instance, rules), rules


def codes(airings, at):
    return frozenset(airings.codes[at].tolist())


def bundles_of(airings):
    bundles = build_bundles(airings)
    ends = zip(bundles.first, bundles.first[1:], strict=False)
    return {codes(airings, bundles.airing[begin:end]) for begin, end in ends}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("sample")
    generate(made, GeneratorOptions.model_validate(SMALL), 3)
    return made


def few_of(**changes):
    return DEFAULTS.sample.model_copy(update={"beyond": 1_000, **FEW, **changes})


def settings(limit=15.0, **changes):
    strands = DEFAULTS.strands.model_copy(update={"whole_columns": 0})
    params = DEFAULTS.model_copy(update={"sample": few_of(), "strands": strands, **changes})
    return Settings(time_limit=limit, deterministic=True, workers=1, params=params)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_bundles_of_a_sample_are_bundles_of_the_instance(folder, seed):
    airings, _ = of(load(folder))
    few = sampled(airings, **FEW, seed=seed)
    some, every = bundles_of(few), bundles_of(airings)
    assert 20 < len(some) < 0.9 * len(every)
    assert some <= every
    assert codes(airings, airings.locked) <= codes(few, np.arange(len(few)))
    assert len(few) < len(airings)


@pytest.mark.parametrize("name", ["goes on", "two episodes in a place", "a lock off the slot"])
def test_a_sample_of_nothing_keeps_locks_and_the_slots_before(tmp_path, name):
    airings, _ = of(built(tmp_path, name))
    few = sampled(airings, first_runs=0, reruns=0, others=0, seed=1)
    assert codes(few, few.locked) == codes(airings, airings.locked)
    for slot in slots_before(airings.instance).values():
        mine, theirs = ((one.content == slot.content) & (one.channel == slot.channel) for one in (few, airings))
        assert mine.any() == theirs.any()


def test_everything_is_drawn_where_as_many_are_asked_for(folder):
    airings, _ = of(load(folder))
    few = sampled(airings, first_runs=10**6, reruns=10**6, others=10**6, seed=1)
    assert np.array_equal(few.codes, airings.codes)


@pytest.mark.parametrize("name", PLACED)
def test_multipliers_of_a_sample_bound_all_timetables(tmp_path, name):
    airings, rules = of(built(tmp_path, name))
    whole = formulate(airings, rules)
    best = -min(merit(whole, point) for point in admissible(whole) if merit(whole, point)[0] == 0)[1]
    rng = np.random.default_rng(5)
    for seed in range(4):
        few = sampled(airings, first_runs=3, reruns=3, others=3, seed=seed)
        formulation = formulate(few, rules)
        for size in (0.0, 0.3, 20.0):
            given = drawn(certified_program(formulation), rng, size).model_copy(update={"cuts": (), "tree": ()})
            named = NamedMultipliers.of(formulation, given)
            certificate, bound = price_all(airings, rules, WHOLE_VALUE, named)
            assert bound >= best
            assert bound == certified_bound(certified_program(whole), certificate)
            assert bound == bound_in_chunks(program_in_chunks(airings, rules, WHOLE_VALUE, certificate))


@pytest.mark.parametrize("name", PLACED)
def test_paths_and_groups_alone_lower_the_bound_of_no_multipliers(tmp_path, name):
    airings, rules = of(built(tmp_path, name))
    formulation = formulate(airings, rules)
    program = certified_program(formulation)
    nothing = {"rows": RowMultipliers(), "steps": StepMultipliers(), "cuts": (), "tree": ()}
    given = drawn(program, np.random.default_rng(1), 1.0).model_copy(update=nothing)
    bound = price_all(airings, rules, WHOLE_VALUE, NamedMultipliers.of(formulation, given))[1]
    before = certified_bound(program, given)
    assert bound <= before
    assert bound < before or name in ALONE


def test_other_objectives_are_bounded(tmp_path):
    airings, rules = of(built(tmp_path, "parity"))
    rng = np.random.default_rng(8)
    for objective in objectives(airings.instance):
        whole = objective.applied_to(formulate(airings, rules), airings)
        points = [point for point in admissible(whole) if whole.hard_miss(whole.misses(point)) == 0]
        best = max(whole.audience(point) for point in points)
        few = sampled(airings, first_runs=2, reruns=2, others=2, seed=3)
        formulation = objective.applied_to(formulate(few, rules), few)
        given = drawn(certified_program(formulation), rng, 3.0).model_copy(update={"cuts": (), "tree": ()})
        certificate, bound = price_all(airings, rules, objective, NamedMultipliers.of(formulation, given))
        assert bound == certified_bound(certified_program(whole), certificate) >= best
        assert certificate.objective == objective.name


def test_bounds_and_proofs_of_a_sample_are_not_kept(tmp_path):
    airings, rules = of(built(tmp_path, "parity"))
    search = Search(formulate(airings, rules), Settings(), sample_of=airings)
    assert not search.offer_bound(1.0, "relaxation")
    search.prove_optimal()
    search.prove_impossible()
    search.prove_least_hard_miss(3)
    assert (search.bound, search.optimal, search.impossible, search.least_hard_miss) == (None, False, False, None)
    assert search.offer_bound(5.0, ALL_AIRINGS)
    assert search.bound == 5


def test_an_answer_from_a_sample_is_a_timetable_of_the_instance_with_a_bound_over_all(folder):
    instance = load(folder)
    airings, search = prepare(instance, settings())
    assert len(airings) < len(search.sample_of)
    run(search)
    answer = certified(conclude(airings, search))
    assert not search.faults
    assert answer.verification.tally.hard == 0
    every, rules = of(instance)
    program = certified_program(formulate(every, rules))
    assert answer.certified_bound == certified_bound(program, answer.certificate) == search.bound
    # a search among all airings finds nothing above the bound
    whole, other = prepare(instance, settings(sample=DEFAULTS.sample))
    assert other.sample_of is None
    run(other)
    assert conclude(whole, other).verification.value <= search.bound


def test_without_time_to_price_all_airings_there_is_no_bound_and_no_fault(folder):
    airings, search = prepare(load(folder), settings(limit=2.0, sample=few_of(price_seconds=1.0)))
    run(search)
    answer = certified(conclude(airings, search))
    assert not search.faults
    assert (search.bound, answer.certified_bound, answer.certificate) == (None, None, None)


def test_a_certificate_below_the_value_is_a_fault(folder):
    airings, search = prepare(load(folder), settings())
    run(search)
    certificate, _ = search.certified
    search.offer_certificate(certificate, search.best.value - 1)
    answer = certified(conclude(airings, search))
    assert search.faults
    assert (search.bound, answer.certified_bound, answer.certificate) == (None, None, None)


def test_the_command_solves_a_sample_and_certifies_its_bound(folder, tmp_path):
    params = tmp_path / "params.toml"
    params.write_text("[sample]\nbeyond = 1000\nfirst_runs = 2000\nreruns = 1500\nothers = 500\n")
    limit = "--time-limit", "20", "--deterministic"
    code, output = command("solve", folder, "--out", tmp_path / "o", *limit, "--params", params)[:2]
    assert code == 0, output
    result = json.loads((tmp_path / "o" / "result.json").read_text(encoding="utf-8"))
    assert result["bound"] == result["certified_bound"] == result["bounds"][ALL_AIRINGS]
    assert result["counts"]["sample_of"] > result["counts"]["airings"]
    code, output = command("certify", folder, tmp_path / "o")[:2]
    assert code == 0, output
    assert f"{result['bound']:,}" in output


def test_a_drawn_slot_has_all_episodes_of_its_places(tmp_path):
    airings, _ = of(built(tmp_path, "two episodes in a place"))
    heads = {min(bundle) for bundle in bundles_of(airings)}
    drawn_heads = 0
    for seed in range(30):
        few = sampled(airings, first_runs=2, reruns=9, others=9, seed=seed)
        if heads & set(few.codes.tolist()):
            assert bundles_of(few)
            drawn_heads += 1
    assert 0 < drawn_heads < 30
