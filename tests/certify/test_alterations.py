"""Alterations of certificates and of their instances: every part is altered, none certifies less than a known value."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scheduler.certify import Certificate
from tests.alterations import INSTANCE, Solved, altered_in, kinds, places, run, small_targets
from tests.planned import command

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


def test_no_alteration_certifies_a_bound_below_the_best():
    targets = small_targets()
    used = set().union(*(kinds(Certificate.model_validate(one.content), one.program) for one in targets))
    assert used >= {"tree", "mixed cuts", "cuts of several rows", "cuts of soft rows", "cuts with steps"}
    outcomes, wrong = run(targets, 450, 50_000)
    assert wrong == []
    parts = {part for one in targets for part, *_ in places(one.origin)}
    assert set(outcomes) == {*parts, INSTANCE}
    assert sum(one["accepted"] + one["lower"] for one in outcomes.values()) > 100


def test_an_answer_and_its_instance_are_altered_beside_its_own_timetable(tmp_path):
    code, said = command("solve", TOY, "--out", tmp_path / "answer", "--deterministic", "--time-limit", "20")
    assert code == 0, said
    target = Solved(TOY, tmp_path / "answer")
    assert target.bound >= target.best() > 0
    outcomes, wrong = run((target,), 50, 0)
    assert wrong == []
    assert outcomes[INSTANCE]["accepted"] + outcomes[INSTANCE]["lower"] > 0


@pytest.mark.parametrize("number", [1, 2])
def test_each_part_is_really_altered(number):
    """Of twenty attempts most change the file; an exchange of equal numbers does not."""
    target = small_targets()[number]
    for part in sorted({name for name, *_ in places(target.origin)}):
        seen = 0
        for seed in range(20):
            content = Certificate.model_validate(target.origin).model_dump(mode="json")
            altered_in(content, part, np.random.default_rng(seed))
            seen += content != target.origin
        assert seen > 5, part
