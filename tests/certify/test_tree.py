"""Trees of certificates: the optimum itself, above every timetable however altered, equal to a second checker."""

from __future__ import annotations

import json
from functools import cache
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.certify import (
    Certificate,
    CertificateError,
    CutMultipliers,
    Leaf,
    Split,
    bound_of_multipliers,
    certified_bound,
    certified_program,
    value_step,
    walked,
)
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.solve.params import DEFAULTS
from scheduler.solve.proof.multipliers import DENOMINATOR
from scheduler.solve.tree import branched, splits_of
from tests.builders import write
from tests.certify.cases import FREE, PLACED, case, drawn, drawn_tree, slow_bound
from tests.solve.cases import ENDLESS, INSTANCES

SMALL = [name for name in (*FREE, *PLACED) if name != "locked"]  # brute force takes long there
OPEN = ["knapsacks", "parity", "soft parity", "sister channels"]
"""Cases whose relaxation with cuts leaves a gap."""


@cache
def grown(name, leaves=64):
    """A certificate without multipliers of its own, with the tree of a case."""
    formulation, program, best = case(name)
    place = np.arange(len(formulation.window_start))
    params = DEFAULTS.tree.model_copy(update={"leaves": leaves})
    found = branched(program, splits_of(formulation, program, place), best, ENDLESS, params)
    return plain(program, denominator=DENOMINATOR, cuts=found.cuts, tree=found.nodes), found.bound


def plain(program, denominator=1, **fields):
    rows, columns = program.matrix.shape
    return Certificate(
        instance_sha256="", rows_in_program=rows, columns_in_program=columns, denominator=denominator, **fields
    )


@pytest.mark.parametrize("name", SMALL)
def test_a_tree_proves_the_optimum_or_at_least_no_less(name):
    _, program, best = case(name)
    certificate, bound = grown(name)
    assert certified_bound(program, certificate) >= best
    assert certified_bound(program, certificate) <= bound
    assert certified_bound(program, certificate) == best
    assert Certificate.model_validate_json(certificate.model_dump_json()) == certificate


@pytest.mark.parametrize("name", OPEN)
def test_leaves_are_bounded_as_by_a_second_checker_and_more_leaves_prove_more(name):
    formulation, program, best = case(name)
    certificate, bound = grown(name)
    slow = []
    for leaf, sides in walked(program, certificate.tree):
        of_cuts = dict(zip(leaf.cuts.cut, leaf.cuts.multiplier, strict=True))
        cuts = [cut.model_copy(update={"multiplier": of_cuts.get(at, 0)}) for at, cut in enumerate(certificate.cuts)]
        alone = plain(program, denominator=DENOMINATOR, rows=leaf.rows, steps=leaf.steps, cuts=tuple(cuts))
        given_sides = [
            (program.entry[side.columns].tolist(), side.most, side.below, q)
            for side, q in zip(sides, leaf.splits, strict=True)
        ]
        slow.append(slow_bound(formulation, alone, given_sides))
    assert max(slow) == bound
    assert len(slow) > 1
    fewer = [grown(name, leaves)[1] for leaves in (1, 2, 64)]
    assert fewer == sorted(fewer, reverse=True)
    assert fewer[0] > fewer[-1] >= best


@pytest.mark.parametrize("name", SMALL)
def test_no_tree_drawn_at_random_certifies_less_than_the_best_timetable(name):
    _, program, best = case(name)
    rng = np.random.default_rng(11)
    for size, depth in product((0.1, 20.0, 2000.0), (1, 3)):
        certificate = drawn(program, rng, size)
        certificate = certificate.model_copy(update={"tree": drawn_tree(program, rng, size, depth)})
        if certificate.cuts:
            assert certified_bound(program, certificate) >= best


@settings(max_examples=1000, deadline=None)
@given(
    name=st.sampled_from(OPEN),
    seed=st.integers(0, 10_000),
    place=st.sampled_from(["column", "most", "below", "above", "rows", "steps", "cuts", "splits", "node", "swap"]),
    size=st.sampled_from([1, -1, 2, -(10**9), 10**9, 2**40, -(2**44), 2**44, 10**25, -(10**25)]),
)
def test_an_altered_tree_never_certifies_a_bound_below_the_best(name, seed, place, size):
    _, program, best = case(name)
    rng = np.random.default_rng(seed)
    content = json.loads(grown(name)[0].model_dump_json())
    tree = content["tree"]
    splits = [one for one in tree if "most" in one]
    leaves = [one for one in tree if "splits" in one]
    split, leaf = splits[int(rng.integers(len(splits)))], leaves[int(rng.integers(len(leaves)))]
    if place in ("most", "below", "above"):
        split[place] += size
    elif place == "column":
        at = int(rng.integers(len(split["column"])))
        split["column"][at : at + int(rng.integers(2))] = [int(rng.integers(len(program.value)))] * (abs(size) % 3)
    elif place == "swap":
        split["below"], split["above"] = split["above"], split["below"]
    elif place == "node":
        tree[int(rng.integers(len(tree)))] = tree[int(rng.integers(len(tree)))]
    elif place == "splits":
        leaf["splits"][int(rng.integers(len(leaf["splits"])))] += size
    else:
        key = rng.choice(list(leaf[place]))
        if leaf[place][key]:
            leaf[place][key][int(rng.integers(len(leaf[place][key])))] += size
    try:
        bound = certified_bound(program, Certificate.model_validate(content))
    except (CertificateError, ValueError):
        return
    assert bound >= best


def test_trees_that_prove_nothing_are_refused_in_words():
    _, program, _ = case("parity")
    free = int(np.flatnonzero(~program.whole)[0]) if np.any(~program.whole) else -1
    leaf, column = Leaf(splits=(0,)), int(np.flatnonzero(program.whole)[0])
    good = (Split(column=(column,), most=0, below=1, above=2), leaf, leaf)
    assert certified_bound(program, plain(program, tree=good)) == certified_bound(program, plain(program))
    wrong = {
        "reached twice": [good[0].model_copy(update={"above": 1}), leaf, leaf],
        "missing": [good[0].model_copy(update={"above": 7}), leaf, leaf],
        "nodes that no split leads to": [*good, leaf],
        "a column twice": [good[0].model_copy(update={"column": (column, column)}), leaf, leaf],
        "does not exist": [good[0].model_copy(update={"column": (len(program.value),)}), leaf, leaf],
        "or one that is not whole": [good[0].model_copy(update={"column": (free,)}), leaf, leaf],
        "one multiplier, at least 0": [good[0], Leaf(), leaf],
        "for each split above it": [good[0], Leaf(splits=(-1,)), leaf],
        "uses cut 5": [good[0], Leaf(splits=(0,), cuts=CutMultipliers(cut=(5,), multiplier=(1,))), leaf],
    }
    for words, nodes in wrong.items():
        with pytest.raises(CertificateError, match=words):
            certified_bound(program, plain(program, tree=tuple(nodes)))


def test_values_in_large_steps_round_the_bound_down_and_no_timetable_is_above():
    for name in SMALL:
        _, program, best = case(name)
        step = value_step(program)
        if step is None:
            continue
        assert (best - program.constant) % step == 0
        certificate = drawn(program, np.random.default_rng(3), 20.0)
        assert (certified_bound(program, certificate) - program.constant) % step == 0
        assert bound_of_multipliers(program, certificate) - certified_bound(program, certificate) < step
    assert {value_step(case(name)[1]) for name in ("parity", "reruns")} == {5, 10_620}


def test_a_column_that_is_not_whole_keeps_the_bound_as_it_is():
    _, program, _ = case("reruns in one slot")
    assert value_step(program) is None
    assert np.any((program.value != 0) & ~program.whole) or not np.any(program.value)


@pytest.mark.parametrize("name", ["parity", "soft parity"])
def test_solve_certifies_the_optimum_of_small_instances(name, tmp_path):
    instance = load(write(tmp_path / "tiny", INSTANCES[name]))
    answer = solve(instance, Settings(time_limit=10, workers=1, deterministic=True))
    assert answer.certificate.tree
    assert answer.certificate.denominator == DENOMINATOR
    assert answer.certified_bound == answer.search.best.value == answer.search.bound
    plain_bound = bound_of_multipliers(certified_program(answer.formulation), answer.certificate)
    assert plain_bound > answer.certified_bound
