"""`parity certify`: what it says of an answer, of a changed certificate, of a changed instance, and of none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.planned import command

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    out = tmp_path_factory.mktemp("certify") / "out"
    code, said = command("solve", TOY, "--out", out, "--deterministic", "--time-limit", "20")
    assert code == 0, said
    return out


@pytest.fixture
def answer(solved, tmp_path):
    return Path(shutil.copytree(solved, tmp_path / "answer"))


def altered(answer, name, **changes):
    path = answer / name
    path.write_text(json.dumps({**json.loads(path.read_text(encoding="utf-8")), **changes}), encoding="utf-8")


def test_an_answer_is_certified_with_the_bound_that_solve_stated(answer, tmp_path):
    stated = json.loads((answer / "result.json").read_text(encoding="utf-8"))
    code, said = command("certify", TOY, answer, "--json")
    found = json.loads(said)
    assert code == 0
    assert found["certified_bound"] == stated["certified_bound"] >= found["value"] == stated["value"]
    code, said = command("certify", TOY, answer, "--write-program", tmp_path / "toy.mps")
    assert code == 0
    assert f"more than {stated['certified_bound']:,} viewer-minutes" in said
    assert (tmp_path / "toy.mps").read_text(encoding="utf-8").startswith("NAME")
    assert command("certify", TOY, answer, "--write-program", tmp_path / "toy.mps")[0] == 2


@pytest.mark.parametrize(("language", "word"), [("kk", "сертификатталды"), ("ru", "сертифицировано")])
def test_it_speaks_the_language_that_is_asked_for(answer, language, word):
    assert word in command("certify", TOY, answer, "--lang", language)[1]


def test_a_changed_multiplier_gives_another_bound_and_is_named(answer):
    content = json.loads((answer / "certificate.json").read_text(encoding="utf-8"))
    steps = content["steps"]
    steps["multiplier"][0] += content["denominator"] * 100_000  # far above the step between two values
    altered(answer, "certificate.json", steps=steps)
    code, said = command("certify", TOY, answer)
    assert code == 1
    assert "result.json states another certified bound" in said


def test_a_certificate_of_another_instance_proves_nothing(answer):
    altered(answer, "certificate.json", instance_sha256="0" * 64)
    code, said = command("certify", TOY, answer)
    assert code == 1
    assert "not certified: the certificate is of another instance" in said


def test_without_a_certificate_nothing_is_certified(answer):
    (answer / "certificate.json").unlink()
    code, said = command("certify", TOY, answer)
    assert code == 1
    assert "there is no certificate" in said


def test_a_changed_value_is_named(answer):
    altered(answer, "result.json", value=1)
    code, said = command("certify", TOY, answer)
    assert code == 1
    assert "result.json states another value: 1" in said


def test_the_checker_uses_no_engine():
    """Nothing that the bound is computed with imports the solvers or the search."""
    for path in (TOY.parents[1] / "scheduler" / "certify").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not any(word in text for word in ("scheduler.solve", "highspy", "ortools")), path.name
