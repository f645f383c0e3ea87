"""The project's checker against one that was written from its description alone and imports nothing of the project."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.certify import Certificate, CertificateError, certified_bound, program_text
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.proof.tightened import tightened
from tests.certify import outside
from tests.certify.cases import FREE, PLACED, case, drawn, drawn_tree
from tests.planned import command
from tests.solve.cases import ENDLESS

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


@cache
def program_of(name):
    return json.loads(program_text(case(name)[0], ""))


def outside_bound(name, certificate):
    return outside.checked_bound(program_of(name), json.loads(certificate.model_dump_json()))


@pytest.mark.parametrize("name", [*FREE, *PLACED])
def test_both_compute_the_same_bound_of_multipliers_cuts_and_trees(name):
    formulation, program, _ = case(name)
    rng = np.random.default_rng(23)
    for size in (0.1, 20.0, 2000.0) * 3:
        certificate = drawn(program, rng, size)
        assert outside_bound(name, certificate) == certified_bound(program, certificate)
        certificate = certificate.model_copy(update={"tree": drawn_tree(program, rng, size, 2)})
        assert outside_bound(name, certificate) == certified_bound(program, certificate)
    found = tightened(program, ENDLESS)
    assert found is not None
    same, certificate = certificate_of(formulation, "", found.duals)
    assert outside_bound(name, certificate) == certified_bound(same, certificate)


@settings(max_examples=1000, deadline=None)
@given(name=st.sampled_from([*FREE, *PLACED]), seed=st.integers(0, 100_000), size=st.sampled_from([1, -1, 2, 10**9]))
def test_what_is_accepted_after_a_change_has_the_same_bound_for_both(name, seed, size):
    """Any whole number, list or truth value anywhere in the file is changed."""
    _, program, best = case(name)
    rng = np.random.default_rng(seed)
    certificate = drawn(program, rng, 20.0).model_copy(update={"tree": drawn_tree(program, rng, 20.0, 2)})
    content = json.loads(certificate.model_dump_json())
    places = [place for place in _places(content) if place[1] not in ("schema_version", "denominator")]
    inside, key = places[int(rng.integers(len(places)))]
    if isinstance(inside[key], bool):
        inside[key] = not inside[key]
    elif isinstance(inside[key], int):
        inside[key] += size
    elif inside[key]:
        inside[key] = inside[key][1:] if size < 0 else [*inside[key], inside[key][0]]
    try:
        changed = Certificate.model_validate(content)
        bound = certified_bound(program, changed)
    except (CertificateError, ValueError):
        return
    assert outside_bound(name, changed) == bound >= best


def _places(content):
    """(container, key) of every number, list and truth value."""
    for key, inside in list(content.items() if isinstance(content, dict) else enumerate(content)):
        if isinstance(inside, dict | list):
            yield from _places(inside)
        if not isinstance(inside, dict | str):
            yield content, key


def test_the_file_of_the_program_suffices_to_check_an_answer(tmp_path):
    code, said = command("solve", TOY, "--out", tmp_path / "answer", "--deterministic", "--time-limit", "20")
    assert code == 0, said
    program = tmp_path / "toy.json"
    code, said = command("certify", TOY, tmp_path / "answer", "--write-program", program, "--json")
    assert code == 0, said
    path, certificate = Path(outside.__file__), tmp_path / "answer" / "certificate.json"
    done = subprocess.run([sys.executable, "-I", path, program, certificate], capture_output=True, check=True)
    assert int(done.stdout) == json.loads(said)["certified_bound"]


def test_it_imports_nothing_of_the_project():
    text = Path(outside.__file__).read_text(encoding="utf-8")
    assert "scheduler." not in text.replace("scheduler/certify/README.md", "")
    assert "import numpy" not in text


def test_a_program_of_another_instance_proves_nothing():
    _, program, _ = case("parity")
    certificate = drawn(program, np.random.default_rng(1), 1.0)
    for field in ("instance_sha256", "objective"):
        with pytest.raises(outside.ProvesNothingError, match=field):
            outside_bound("parity", certificate.model_copy(update={field: "another"}))
