"""Cells run one after another, side by side, from a spool and on a cluster give the same results."""

from __future__ import annotations

import json

import pytest

from scheduler.cells import Executor, Spool, cell_for, run_cells
from scheduler.rules import load
from scheduler.solve import Settings, SolveParams
from tests.cells.cells import TOY, toy_cells, untimed

CELLS = [*toy_cells(2), *toy_cells(1, engine="greedy", answer=True)]


@pytest.fixture(scope="module")
def serial():
    return {cell.key: untimed(finished) for cell, finished in run_cells(CELLS)}


def test_a_cell_alone_is_solved_and_checked(serial):
    results = [serial[cell.key][0] for cell in CELLS]
    assert [one["verdict"] for one in results] == ["kept"] * 3
    assert results[0]["value"] == results[1]["value"] >= results[2]["value"]
    assert {"timetable.csv", "result.json", "certificate.json"} <= set(serial[CELLS[2].key][1])


def test_two_at_a_time_give_what_one_after_another_gives(serial):
    assert {cell.key: untimed(finished) for cell, finished in run_cells(CELLS, Executor(jobs=2))} == serial


def test_a_spool_gives_the_same_and_keeps_it(serial, tmp_path):
    executor = Executor(spool=tmp_path / "spool")
    assert {cell.key: untimed(finished) for cell, finished in run_cells(CELLS, executor)} == serial
    spool = Spool(tmp_path / "spool")
    assert spool.counts() == {"waiting": 0, "taken": 0, "results": 3}
    written = {path: path.stat().st_mtime_ns for path in (tmp_path / "spool" / "results").iterdir()}
    assert {cell.key: untimed(finished) for cell, finished in run_cells(CELLS, executor)} == serial
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "spool" / "results").iterdir()} == written


def test_a_variant_a_clause_left_out_and_a_start_are_part_of_a_cell(serial):
    (plain,) = toy_cells(1, answer=True)
    start = serial[CELLS[2].key][1]["timetable.csv"]
    variant = "name: renamed\n"
    cells = [
        plain.model_copy(update={"without": ("KZ-UZ",)}),
        plain.model_copy(update={"variants": (variant,)}),
        plain.model_copy(update={"start": start, "engine": "greedy"}),
    ]
    free, changed, started = (finished for _, finished in run_cells(cells))
    value = serial[CELLS[0].key][0]["value"]
    assert free.result.value >= value
    assert "KZ-UZ" not in free.files["result.json"]
    assert changed.result.instance_sha256 != plain.instance_sha256
    assert '"instance": "renamed"' in changed.files["result.json"]
    assert started.result.trajectory[0].value >= serial[CELLS[2].key][0]["value"]


def test_every_setting_of_a_search_reaches_its_cell():
    changed = SolveParams.model_validate({"greedy": {"keep": 0.25}})
    settings = Settings("greedy", 7.0, 0.25, 5, 1, True, changed, "audience")
    ((_, finished),) = run_cells([cell_for(load(TOY), "toy", settings, answer=True)])
    written = json.loads(finished.files["result.json"])
    assert {"seed": written["seed"], **written["parameters"]} == settings.as_dict()


def test_what_identifies_a_cell_is_all_but_the_place_of_its_instance(tmp_path):
    (cell,) = toy_cells(1)
    assert cell.model_copy(update={"instance": str(tmp_path)}).key == cell.key
    other = {
        "label": "other",
        "instance_sha256": "0" * 64,
        "variants": ("{}",),
        "without": ("KZ-UZ",),
        "start": "channel",
        "engine": "greedy",
        "engine_seed": 7,
        "time_limit": 21.0,
        "gap": 0.5,
        "params": '{"annealing": {"short": 0.5}}',
        "objective": "audience",
        "bound": 10**9,
        "memory": 5.0,
        "workers": 2,
        "deterministic": False,
        "answer": True,
        "certificate": "{}",
    }
    keys = {cell.model_copy(update={name: value}).key for name, value in other.items()}
    bounding = cell.model_copy(update={"certificate": "{}", "blocks": (1,)})
    assert len(keys | {cell.key, bounding.key}) == 2 + len(other)
    assert set(other) | {"schema_version", "instance", "blocks"} == set(type(cell).model_fields)


def test_an_instance_folder_without_an_instance_gives_a_result_that_says_so(tmp_path):
    (cell,) = toy_cells(1)
    ((_, finished),) = run_cells([cell.model_copy(update={"instance": str(tmp_path)})])
    assert finished.result.outcome == "crashed"
    assert "status 1" in finished.result.faults[0]
    assert TOY.is_dir()
