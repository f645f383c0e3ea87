"""Parameters: read from TOML, checked, and compared with their defaults."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from scheduler.parameters import ParamsError, params_from_toml
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.solve.annealing.penalties import Progress
from scheduler.solve.params import DEFAULTS, AnnealingParams, SolveParams
from tests.builders import write
from tests.solve.cases import INSTANCES, annealing_of, formulation_of, params_of


def read(tmp_path, text):
    file = tmp_path / "params.toml"
    file.write_text(text, encoding="utf-8")
    return params_from_toml(file, SolveParams)


def test_what_a_file_does_not_name_keeps_its_default(tmp_path):
    params = read(tmp_path, "[annealing]\nfirst_temperature = 0.3\n[greedy]\nmost_airings = 10\n")
    assert params.annealing == AnnealingParams(first_temperature=0.3)
    assert params.greedy.most_airings == 10
    assert params.blocks == DEFAULTS.blocks
    assert params.changed() == {"annealing": {"first_temperature": 0.3}, "greedy": {"most_airings": 10}}
    assert read(tmp_path, "") == DEFAULTS
    assert DEFAULTS.changed() == {}


def test_every_problem_of_a_file_is_reported_with_the_nearest_name(tmp_path):
    with pytest.raises(ParamsError) as caught:
        read(tmp_path, "[annealing]\nfirst_temperatur = 0.3\nshort = 3\n[anealing]\n[greedy]\nmost_airings = 'x'\n")
    lines = str(caught.value).splitlines()
    assert len(lines) == 4 and all(line.startswith(f"{tmp_path / 'params.toml'}: ") for line in lines)
    said = str(caught.value)
    assert "there is no annealing.first_temperatur; did you mean annealing.first_temperature?" in said
    assert "annealing.short = 3: expected 1.0 or less" in said
    assert "there is no anealing; did you mean annealing?" in said
    assert "greedy.most_airings = 'x'" in said


@pytest.mark.parametrize("text", ["[annealing\n", "annealing = 3\n"])
def test_a_file_that_is_no_table_of_tables_is_refused(tmp_path, text):
    with pytest.raises(ParamsError):
        read(tmp_path, text)


def test_parameters_are_frozen_and_copies_are_checked():
    with pytest.raises(ValidationError):
        DEFAULTS.annealing.short = 0.5
    with pytest.raises(ValidationError):
        DEFAULTS.annealing.but(short=1.5)
    assert DEFAULTS.annealing.but(short=0.5).changed() == {"short": 0.5}


def test_every_parameter_is_documented():
    silent = [
        f"{method}.{name}"
        for method, params in SolveParams()
        for name, field in type(params).model_fields.items()
        if not (field.description or "").endswith(".")
    ]
    assert not silent


def test_a_search_obeys_its_parameters_and_reports_those_that_differ(tmp_path):
    instance = load(write(tmp_path, INSTANCES["prices against each other"]))
    params = params_of(auto={"exact_airings": 0}, neighbourhoods={"windows": 1.0})
    settings = Settings(time_limit=1.0, deterministic=True, params=params)
    answer = solve(instance, settings)
    assert "exact" not in answer.search.step_seconds
    assert settings.as_dict()["params"] == {"auto": {"exact_airings": 0}, "neighbourhoods": {"windows": 1.0}}


def test_moves_of_the_annealing_are_parameters(tmp_path):
    """Without insertions, and without passing airings over, the moves take other ways."""
    formulation, ways = formulation_of(tmp_path, "prices against each other"), []
    for values in ({}, {"insert": 0.0}, {"blink": 0.0}):
        annealing = annealing_of(formulation, params=params_of(annealing=values))
        around = annealing.search.best.point
        problem = annealing.around(annealing.context.candidates, around, annealing.penalties.weight)
        annealing._sweep(problem, Progress(0.0), 0.0, 1e12)
        ways.append(annealing.random.random())
    assert len(set(ways)) == 3
