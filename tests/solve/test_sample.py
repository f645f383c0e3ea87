"""A search among a sample of the airings: what is drawn, what its answers are, and the bound over all airings."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from scheduler.airings import build_airings
from scheduler.certify import bound_in_chunks, certified_bound, certified_program, program_in_chunks
from scheduler.certify.bound import bound_of_multipliers, reduced_values
from scheduler.certify.exact import Products, exact
from scheduler.formulation import formulate
from scheduler.generate import GeneratorOptions, generate, suite
from scheduler.instance.derived.repeats import REPEAT
from scheduler.objective import VALUE, Objective, objectives
from scheduler.rules import KEY, load, rules_of
from scheduler.rules.placement_rows import RERUNS_IN_ONE_SLOT, RERUNS_OF_SLOT, rows_with_aspect
from scheduler.solve import Settings, conclude, prepare, run
from scheduler.solve.certificates import certified
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import DENOMINATOR
from scheduler.solve.sample.multipliers import NamedMultipliers
from scheduler.solve.sample.short_rows import ShortRows
from scheduler.solve.sample.whole_program import Slots, WholeProgram
from scheduler.solve.search.bound_sources import ALL_AIRINGS
from scheduler.solve.search.duals import Duals
from scheduler.solve.search.incumbent import Search
from scheduler.solve.strands.column_generation import ColumnGeneration
from scheduler.solve.strands.first_order import FirstOrder
from scheduler.solve.strands.fixed_columns import without_excluded
from scheduler.solve.strands.program import strand_program
from scheduler.solve.strands.relaxation import duals_of, lagrangian_bound
from scheduler.strands import build_bundles, sampled, sampled_by_loss, slots_before
from tests.builders import build, write
from tests.certify.cases import PLACED, drawn
from tests.planned import command
from tests.rules import season_cases
from tests.rules.placement_cases import CASES as PLACEMENT_CASES
from tests.rules.placement_cases import SERIES, resting
from tests.rules.random_instances import random_instance
from tests.solve.cases import ALL
from tests.solve.strand_cases import admissible, built, first_order, merit

SMALL = {**suite("smoke").options, "days": 9, "channels": 6, "shortlist": 20, "titles": 120, "tightness": 0.7}
WHOLE_VALUE = Objective(VALUE)
ALONE = {"parity", "reruns in one slot", "goes on", "goes on, and its slot is gone"}
"""Instances whose windows and groups each have one column at most that is worth something."""
FEW = {"first_runs": 3_000, "reruns": 3_000, "others": 1_000}
NUMBERED = {"first run", RERUNS_OF_SLOT}
"""Aspects of rows whose names contain numbers of airings or of slots."""
COUNTING = {"airs", "not behind", "not ahead"}
"""Aspects of rows with a number of airings as coefficient, which differs in a sample; "silent" of agreements, too."""


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


@pytest.mark.parametrize("name", PLACEMENT_CASES)
def test_bundles_of_continuing_series_in_a_sample_are_bundles_of_the_instance(tmp_path, name):
    """Also where a place makes up for a lost one and has two episodes."""
    given = {**SERIES, **PLACEMENT_CASES[name]}
    airings, _ = of(build(tmp_path, given.pop("channels"), given.pop("programmes"), **given))
    for seed in range(3):
        assert bundles_of(sampled(airings, first_runs=4, reruns=2, others=2, seed=seed)) <= bundles_of(airings)


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


def named(formulation, size, rng):
    """Duals of a sample, drawn at random, by the names of the rows."""
    one = drawn(certified_program(formulation), rng, size)
    rows = np.zeros(len(formulation.lower))
    rows[list(one.rows.row)] = np.array(one.rows.multiplier, dtype=float) / one.denominator
    window, step = (np.array(which, dtype=np.int64) for which in (one.steps.window, one.steps.step))
    amounts = np.array(one.steps.multiplier, dtype=float) / one.denominator
    return NamedMultipliers.of(formulation, Duals(np.inf, rows, steps=(window, step, amounts)))


@pytest.mark.parametrize("name", PLACED)
def test_multipliers_of_a_sample_bound_all_timetables_and_those_with_an_airing(tmp_path, name):
    airings, rules = of(built(tmp_path, name))
    whole, every = formulate(airings, rules), WholeProgram.of(airings, rules, WHOLE_VALUE)
    points = [point for point in admissible(whole) if merit(whole, point)[0] == 0]
    values = np.array([-merit(whole, point)[1] for point in points])
    chosen = np.array([point[: len(airings)] > 0 for point in points])
    best_with = np.where(chosen, values[:, None], -np.inf).max(axis=0)
    rng = np.random.default_rng(5)
    for seed in range(4):
        few = sampled(airings, first_runs=3, reruns=3, others=3, seed=seed)
        for size in (0.0, 0.3, 20.0):
            priced = every.priced(named(formulate(few, rules), size, rng))
            certificate, bound = every.certified(priced)
            assert bound >= values.max()
            assert bound == certified_bound(certified_program(whole), certificate)
            assert bound == bound_in_chunks(program_in_chunks(airings, rules, WHOLE_VALUE, certificate))
            exactly = reduced_values(certified_program(whole), certificate).astype(float)
            assert np.allclose(priced.reduced / DENOMINATOR, exactly / DENOMINATOR, rtol=1e-9, atol=1e-3)
            plain = bound_of_multipliers(certified_program(whole), certificate)
            assert priced.bound == pytest.approx(plain, abs=2)
            assert np.all(plain + 1 - every.losses(priced) >= best_with)


@pytest.mark.parametrize("name", PLACED)
def test_paths_and_groups_alone_lower_the_bound_of_no_multipliers(tmp_path, name):
    airings, rules = of(built(tmp_path, name))
    formulation, every = formulate(airings, rules), WholeProgram.of(airings, rules, WHOLE_VALUE)
    nothing = np.zeros(0, dtype=np.int64)
    duals = Duals(np.inf, np.zeros(len(formulation.lower)), steps=(nothing, nothing, np.zeros(0)))
    certificate, bound = every.certified(every.priced(NamedMultipliers.of(formulation, duals)))
    empty = certificate.model_copy(update={"rows": type(certificate.rows)(), "steps": type(certificate.steps)()})
    before = certified_bound(certified_program(formulation), empty)
    assert bound <= before
    assert bound < before or name in ALONE


def test_slots_of_reruns_have_the_best_multipliers(tmp_path):
    airings, rules = of(built(tmp_path, "reruns in one slot"))
    every, rng, priced_slots = WholeProgram.of(airings, rules, WHOLE_VALUE), np.random.default_rng(4), 0
    for _ in range(6):
        rows, slots = every.priced(named(formulate(airings, rules), 20.0, rng)).rows, every.slots
        assert len(slots.row)
        assert all(rows[slots.row] == rows[slots.group] // exact(slots.most))
        priced_slots += np.count_nonzero(rows[slots.row])
    assert priced_slots


def test_the_relaxation_of_a_next_sample_begins_at_the_duals_before(tmp_path):
    folder, few = tmp_path, few_of(generation_share=0.0)
    generate(folder, GeneratorOptions.model_validate(SMALL), 2)
    airings, search = prepare(load(folder), settings(limit=1_000.0, sample=few))
    program = strand_program(search.formulation)
    every, rules = of(load(folder))
    generation = ColumnGeneration(search, WholeProgram.of(every, rules, WHOLE_VALUE), 1, program)
    start = generation.run(first_order(program, cuts=False))
    assert len(search.sample) < len(every)
    assert search.sample is not airings
    once = DEFAULTS.strands.but(round_iterations=20, relaxation_rounds=1)
    with ThreadPoolExecutor(max_workers=1) as pool:
        begun = FirstOrder(generation.program, once, pool, start=start, cuts=False)
        begun.run(search.budget, lambda _: None)
    assert begun.best.bound < 0.9 * first_order(generation.program, once, cuts=False).bound
    assert start.amounts.sum() > 0


def test_duals_of_a_sample_without_steps_are_refused(tmp_path):
    airings, rules = of(built(tmp_path, "parity"))
    formulation = formulate(airings, rules)
    with pytest.raises(ValueError, match="steps"):
        NamedMultipliers.of(formulation, Duals(np.inf, np.zeros(len(formulation.lower))))


def test_other_objectives_are_bounded(tmp_path):
    airings, rules = of(built(tmp_path, "parity"))
    rng = np.random.default_rng(8)
    for objective in objectives(airings.instance):
        whole = objective.applied_to(formulate(airings, rules), airings)
        points = [point for point in admissible(whole) if whole.hard_miss(whole.misses(point)) == 0]
        best = max(whole.audience(point) for point in points)
        few = sampled(airings, first_runs=2, reruns=2, others=2, seed=3)
        every = WholeProgram.of(airings, rules, objective)
        priced = every.priced(named(objective.applied_to(formulate(few, rules), few), 3.0, rng))
        certificate, bound = every.certified(priced)
        assert bound == certified_bound(certified_program(whole), certificate) >= best
        assert certificate.objective == objective.name


@given(
    entries=st.lists(st.lists(st.integers(-3, 3), min_size=4, max_size=4), max_size=7),
    multipliers=st.lists(st.integers(-(2**70), 2**70), min_size=9, max_size=9),
    skipped=st.integers(0, 3),
)
def test_products_of_short_rows_are_those_of_the_rows(entries, multipliers, skipped):
    whole = np.array(entries, dtype=np.int64).reshape(-1, 4)
    at = np.arange(min(skipped, len(whole)), len(whole))
    names = pd.DataFrame({"subject": "s", "aspect": "a", "period": [f"{number}" for number in range(len(whole))]})
    block = SimpleNamespace(kept=lambda name: names[name].to_numpy(), matrix=sparse.csr_array(whole))
    short = ShortRows.of(block, at, at + 2)
    given = exact(multipliers)
    products = Products(4)
    short.add_to(products, given)
    assert products.of(slice(None)).tolist() == [sum(given[at + 2] * whole[at, column]) for column in range(4)]
    assert short.difference.nnz <= np.count_nonzero(whole[at])


def test_a_sample_by_loss_has_the_airings_of_least_loss_and_those_that_must_be_in_it(folder):
    airings, _ = of(load(folder))
    loss = np.random.default_rng(2).random(len(airings))
    wanted = np.random.default_rng(3).choice(len(airings), 40, replace=False)
    loss[wanted] = -1.0
    few = sampled_by_loss(airings, loss, **FEW)
    kept = np.isin(airings.codes, few.codes)
    assert kept[wanted].all()
    assert kept[airings.locked].all()
    assert bundles_of(few) <= bundles_of(airings)
    others = airings.instance.placements.line[airings.content, airings.channel] < 0
    needed = airings.locked | (airings.run >= REPEAT)
    drawn_ones = np.flatnonzero(kept & others & ~needed)
    assert len(drawn_ones) <= FEW["others"]
    assert loss[drawn_ones].max() < loss[others & ~kept].min()
    nothing = sampled_by_loss(airings, loss, first_runs=0, reruns=0, others=0)
    assert set(airings.codes[wanted].tolist()) <= set(nothing.codes.tolist())


def test_a_search_moves_to_another_sample_with_its_timetable(folder):
    airings, search = prepare(load(folder), settings(limit=4.0))
    run(search)
    value, few = search.best.value, search.sample
    assert few is not airings
    chosen = few.codes[search.best.point[: len(few)] > 0]
    every, rules = of(load(folder))
    search.move_to(formulate(every, rules), every, np.isin(every.codes, chosen))
    assert search.best.value == value
    assert conclude(airings, search).verification.value == value
    with pytest.raises(ValueError, match="break"):
        search.move_to(formulate(every, rules), every, np.ones(len(every), dtype=bool))
    assert search.best.value == value


def test_the_next_sample_has_no_single_airing_beside_a_fixed_series(tmp_path):
    generate(tmp_path, GeneratorOptions.model_validate({**SMALL, "tightness": 0.9}), 3)
    airings, search = prepare(load(tmp_path), settings(limit=1_000.0, sample=few_of(others=500)))
    program = without_excluded(strand_program(search.formulation))
    every, rules = of(load(tmp_path))
    whole = WholeProgram.of(every, rules, WHOLE_VALUE)
    generation, found = ColumnGeneration(search, whole, 1, program), first_order(program, cuts=False)
    duals = NamedMultipliers.of(search.formulation, duals_of(program, found))
    fixed = airings.codes[program.expand[: len(airings)] @ (program.column_lower > 0) > 0]
    own = np.flatnonzero(np.isin(every.codes, fixed))
    assert len(own) > 20
    begins, ends = every.start_minute, every.start_minute + every.column("minutes")
    overlap = (begins[own, None] < ends) & (begins < ends[own, None]) & (every.channel[own, None] == every.channel)
    beside = np.setdiff1d(np.flatnonzero(overlap.any(axis=0)), own)
    losses = whole.losses(whole.priced(duals))
    assert len(beside) > 1_000
    assert losses[beside].min() >= program.value.max()
    assert losses[own[~every.locked[own]]].max() < 1  # of a locked one, what others would be worth in its place
    start = generation.run(found)
    program = generation.program
    single = every.codes[beside[every.instance.placements.line[every.content, every.channel][beside] < 0]]
    assert len(single) > 100
    assert not np.isin(single, search.sample.codes).any()
    assert np.abs(start.duals).max() < 100 * program.value.max()


def test_the_first_order_method_has_other_rounds_in_samples_and_no_limits_of_reruns(folder, monkeypatch):
    run_rounds, found = FirstOrder.run, []

    def rounds(self, budget, offer):
        found.append((self.params.round_iterations, self.params.round_patience, len(self.projection.limits.column)))
        run_rounds(self, budget, offer)

    monkeypatch.setattr(FirstOrder, "run", rounds)
    sample = few_of(round_iterations=7, round_patience=2)
    run(prepare(load(folder), settings(limit=8.0, sample=sample))[1])
    assert len(found) > 2  # of the random sample and of later ones
    assert set(found) == {(7, 2, 0)}
    found.clear()
    run(prepare(load(folder), settings(limit=2.0, sample=few_of(beyond=10**9)))[1])
    (one,) = set(found)
    assert one[:2] == (DEFAULTS.strands.round_iterations, DEFAULTS.strands.round_patience)
    assert one[2] > 0


def test_more_samples_lower_the_bound(tmp_path):
    generate(tmp_path, GeneratorOptions.model_validate(SMALL), 2)
    bounds = []
    for share in (0.0, 0.5):
        few = few_of(first_runs=1_500, reruns=1_500, others=500, row_seconds=1e-4, generation_share=share)
        airings, search = prepare(load(tmp_path), settings(limit=10.0, sample=few))
        run(search)
        assert not search.faults
        assert conclude(airings, search).verification.value < search.bound
        bounds.append(search.bound)
    assert bounds[1] < 0.95 * bounds[0]


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


def test_without_time_for_the_rows_of_all_airings_there_is_no_bound_and_no_fault(folder):
    airings, search = prepare(load(folder), settings(limit=2.0, sample=few_of(row_seconds=1.0)))
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


def season(folder, name, **more):
    case = {"placement": season_cases.DAILY, **season_cases.CASES[name], **more}
    return build(folder, case.pop("channels"), case.pop("programmes"), **case)


def activities(formulation, chosen):
    """The activity of every row by its name; of rows without numbers in their names."""
    activity = formulation.matrix @ formulation.point(chosen)
    names = list(formulation.labels[KEY].itertuples(index=False, name=None))
    assert len(set(names)) == len(names)
    return {name: amount for name, amount in zip(names, activity, strict=True) if name[3].code not in NUMBERED}


def some_of(few, rng):
    """Airings of a sample: a bundle of some groups, and others at random."""
    chosen, bundles = rng.random(len(few)) < rng.choice([0.0, 0.1, 0.9]), build_bundles(few)
    chosen[bundles.placed] = False
    for group in np.flatnonzero(rng.random(len(bundles.group_key)) < 0.8).tolist():
        one = rng.choice(np.flatnonzero(bundles.group == group))
        chosen[bundles.airing[bundles.first[one] : bundles.first[one + 1]]] = True
    return chosen


def compare_rows(instance, sizes, draws):
    """Whether rows of a sample are those of all airings with the same names; the aspects of the rows that are used."""
    airings, rules = of(instance)
    every, rng, used = formulate(airings, rules), np.random.default_rng(6), set()
    for seed in range(draws):
        few = sampled(airings, **sizes, seed=seed)
        part, here = formulate(few, rules), np.isin(airings.codes, few.codes)
        for _ in range(4):
            chosen, among_all = some_of(few, rng), np.zeros(len(airings), dtype=bool)
            among_all[here] = chosen
            mine, theirs = activities(part, chosen), activities(every, among_all)
            assert mine.keys() <= theirs.keys()
            for name, amount in mine.items():
                assert amount == theirs[name] or name[3].code in COUNTING or name[3].measure, name
                used |= {name[3].code} if amount else set()
    return used


OF_TITLES = {"airs", "silent"}
TINY = {"first_runs": 3, "reruns": 3, "others": 3}


@pytest.mark.parametrize("name", PLACED)
def test_rows_of_a_sample_are_the_rows_of_all_airings_with_the_same_names(tmp_path, name):
    assert compare_rows(built(tmp_path, name), TINY, draws=6)


@pytest.mark.parametrize("name", season_cases.CASES)
def test_rows_of_seasons_have_the_same_names_in_a_sample(tmp_path, name):
    used = compare_rows(season(tmp_path, name), TINY, draws=6)
    assert "after the season before" in used or name == "the second has begun"


def test_bundles_of_a_season_beside_different_locks_have_different_names(tmp_path):
    """With and without a first run at the lock, the same airing alone is a bundle."""
    lock = {"channel": "Q.kz", "start_utc": "2026-12-09T14:00Z", "programme": "two"}
    titles = [season_cases.ONE, {**season_cases.TWO, "runs": 2}]
    instance = season(tmp_path, "both in the horizon", programmes=titles, locks=[lock], days=3)
    assert "after the season before" in compare_rows(instance, TINY, draws=6)


@pytest.mark.parametrize("kind", ["cool_down", "link_up", "rights"])
def test_rows_that_define_columns_have_the_same_names_in_a_sample(tmp_path, kind):
    spec, rng = random_instance(np.random.default_rng(0)), np.random.default_rng(1)
    spec["instance.yaml"]["rules"] = [rule for rule in spec["instance.yaml"]["rules"] if rule["type"] == kind]
    spec["instance.yaml"]["agreements"] = []
    for row in spec["programmes.csv"]:
        row["sharing"] = "simulcast" if kind == "rights" and row["programme"] == "joint" else ""
    airings, rules = of(load(write(tmp_path, spec)))
    few = sampled(airings, first_runs=200, reruns=200, others=200, seed=1)
    weight = rng.integers(1, 10**9, len(airings))
    weight[~np.isin(airings.codes, few.codes)] = 0
    mine, theirs = (
        dict(
            zip(
                one.labels[KEY].itertuples(index=False, name=None),
                one.matrix[:, : one.airing_count] @ weight[np.isin(airings.codes, of_one.codes)],
                strict=True,
            )
        )
        for one, of_one in ((formulate(few, rules), few), (formulate(airings, rules), airings))
    )
    silent = [name for name in mine if name[3].code == "silent" and kind in name[0]]
    assert len(silent) > 3
    assert all(mine[name] == theirs[name] for name in silent)


def test_rows_of_a_generated_instance_have_the_same_names_in_a_sample(folder):
    used = compare_rows(load(folder), FEW, draws=2)
    assert {"one slot", "after the horizon"} <= used


def test_multipliers_of_an_agreement_on_titles_reach_the_rows_of_their_titles(tmp_path):
    airings, rules = of(load(write(tmp_path, ALL["parity"])))
    formulation, every = formulate(airings, rules), WholeProgram.of(airings, rules, WHOLE_VALUE)
    titles = np.array([one.measure == "titles" and one.code in OF_TITLES for one in formulation.labels["aspect"]])
    assert titles.sum() == 10
    nothing = np.zeros(0, dtype=np.int64)
    rows = np.where(titles, -1.0 - np.arange(len(titles)), 0.0)
    given = NamedMultipliers.of(formulation, Duals(np.inf, rows, steps=(nothing, nothing, np.zeros(0))))
    assert np.array_equal(every.priced(given).rows, rows * DENOMINATOR)
    assert compare_rows(airings.instance, TINY, draws=4)


def test_rows_with_one_name_get_no_multipliers():
    names = pd.DataFrame({"rule": "r", "subject": "s", "period": "p", "aspect": ["a", "b", "b", "c"]})
    some = NamedMultipliers.of_names(names, exact([5, 6, 7, 8]))
    zeros = np.zeros(4, dtype=np.int64)
    assert some.of_rows(names, zeros, zeros).tolist() == [5, 0, 0, 8]


@pytest.mark.parametrize("seed", [2, 3])
def test_a_sample_of_all_airings_has_the_bound_of_its_duals(tmp_path, seed):
    """Also of series that continue after the horizon. Every row and every column of the sample is there again."""
    generate(tmp_path, GeneratorOptions.model_validate({**SMALL, "tightness": 0.9}), seed)
    airings, rules = of(load(tmp_path))
    formulation = formulate(airings, rules)
    assert rows_with_aspect(formulation.labels, "after the horizon").sum() > 20
    program = strand_program(formulation)
    found = first_order(program, DEFAULTS.strands.but(round_iterations=200, relaxation_rounds=1), cuts=False)
    given = NamedMultipliers.of(formulation, duals_of(program, found))
    priced = WholeProgram.of(airings, rules, WHOLE_VALUE).priced(given)
    assert priced.bound <= 1.001 * lagrangian_bound(program, found.duals, found.steps)


@pytest.mark.parametrize("name", ["a season", "a series that rests"])
def test_only_slots_of_reruns_are_slots(tmp_path, name):
    """Rows of seasons and of series that rest have the same sides."""
    if name == "a season":
        titles = [{**title, "runs": 2} for title in (season_cases.ONE, season_cases.TWO)]
        instance = season(tmp_path, "both in the horizon", programmes=titles)
    else:
        case = resting()
        case["programmes"][1]["runs"] = 2
        instance = build(tmp_path, case.pop("channels"), case.pop("programmes"), **case)
    formulation = formulate(*of(instance))
    slots, expected = Slots.of(formulation), rows_with_aspect(formulation.labels, RERUNS_OF_SLOT)
    others = rows_with_aspect(formulation.labels, "after the season before", "after the horizon")
    assert np.any(others & (formulation.upper == 0))
    assert expected.any()
    assert sorted(slots.row.tolist()) == np.flatnonzero(expected).tolist()
    assert np.all(slots.most > 0)
    assert np.all(rows_with_aspect(formulation.labels, RERUNS_IN_ONE_SLOT)[slots.group])
