"""`parity bench`: rows for every ending, resumed runs, best known values, and the commands a user types."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from scheduler.bench import runner
from scheduler.bench.best_known import read_best_known, updated, write_best_known
from scheduler.bench.picture import gap_over_time, gap_profile
from scheduler.bench.row import read_rows, row_text
from scheduler.bench.runner import jobs, run_job
from scheduler.bench.tables import yardsticks
from scheduler.bench.watch import watch
from scheduler.cli.main import parity
from tests.bench.rows import row


def bench(*words):
    return CliRunner().invoke(parity, ["bench", *map(str, words)], standalone_mode=False)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    work = tmp_path_factory.mktemp("bench")
    known = work / "best.csv"
    words = ["run", "smoke", "--engines", "greedy,cp-sat,highs", "--seeds", "1", "--work", work, "--update", known]
    done = bench(*words, "--time-limit", "60")
    assert done.exception is None, done.output
    return work, known, words


def test_a_run_writes_a_verified_row_for_every_engine_and_instance(ran):
    work, _, _ = ran
    rows = read_rows(work / "smoke.jsonl")
    assert [(row.instance, row.engine) for row in rows] == [
        (f"smoke-1-{tight}", engine) for tight in ("0.7", "0.9") for engine in ("greedy", "cp-sat", "highs")
    ]
    for tight in ("0.7", "0.9"):
        values = {row.value for row in rows if row.instance == f"smoke-1-{tight}" and row.engine != "greedy"}
        assert len(values) == 1
    assert {row.verdict for row in rows if row.engine != "greedy"} == {"kept"}
    assert {row.outcome for row in rows if row.engine != "greedy"} == {"optimal"}
    assert all(row.peak_memory and row.instance_sha256 and row.airings and row.trajectory for row in rows)
    assert all(row.seconds.solve is not None and row.seconds.build is not None for row in rows)


def test_a_run_goes_on_where_it_was_interrupted(ran):
    work, _, words = ran
    path = work / "smoke.jsonl"
    whole = path.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:100], encoding="utf-8")
    done = bench(*words, "--time-limit", "60")
    assert done.output.count("smoke-1-") == 1
    again = read_rows(path)
    assert [row.key for row in again] == [row.key for row in map(_row_of, lines)]
    path.write_text(whole, encoding="utf-8")


def _row_of(line):
    from scheduler.bench.row import Row

    return Row.model_validate(json.loads(line))


def test_best_known_values_come_from_verified_rows_only(ran, tmp_path):
    work, known, _ = ran
    found = read_best_known(known)
    again = tmp_path / "again.csv"
    words = ["run", "smoke", "--engines", "greedy,cp-sat,highs", "--seeds", "1", "--work", work, "--update", again]
    assert bench(*words, "--time-limit", "60").exception is None
    assert read_best_known(again) == found  # rows that are there already count, too
    assert set(found) == {"smoke-1-0.7", "smoke-1-0.9"}
    assert all(line.value is not None and line.bound is not None for line in found.values())
    assert all(line.value_by in ("cp-sat", "highs") for line in found.values())
    start = updated({}, [row(value=90, bound=100)])
    better = updated(start, [row(value=95, bound=97), row(value=99, verdict="hard_missed"), row(value=94, bound=98)])
    assert (better["toy-1-0.9"].value, better["toy-1-0.9"].bound) == (95, 97)
    other = updated(better, [row(value=10, bound=20, instance_sha256="1" * 64)])
    assert (other["toy-1-0.9"].value, other["toy-1-0.9"].bound) == (10, 20)
    write_best_known(tmp_path / "best.csv", better)
    assert read_best_known(tmp_path / "best.csv") == better


def test_a_run_that_is_ended_takes_its_solve_along_and_goes_on_later(tmp_path):
    code = "from scheduler.cli import main; main()"
    words = ["bench", "run", "smoke", "--engines", "highs", "--seeds", "1", "--work", str(tmp_path)]
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as running:
        while not (tmp_path / "smoke-1-0.7").exists():
            assert running.poll() is None
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "the same command goes on from there" in said


def test_summary_and_compare_say_what_came_out(ran, tmp_path):
    work, known, _ = ran
    path = work / "smoke.jsonl"
    done = bench("summary", path, "--pictures", tmp_path, "--best-known", known)
    assert done.return_value == 0
    assert "of 2 instances count" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"smoke-profile.svg", "smoke-time.svg"}
    said = json.loads(bench("summary", path, "--json").output)
    assert [line["engine"] for line in said] == ["greedy", "cp-sat", "highs"]
    assert [line["answers"] for line in said[1:]] == [2, 2]
    assert bench("compare", path, path).return_value == 0


def test_pictures_are_whole_and_name_every_engine():
    rows = [row(value=95), row(engine="a<b", value=None, bound=None, points=[])]
    for text in (gap_profile(rows, yardsticks(rows, {})), gap_over_time(rows, yardsticks(rows, {}))):
        words = [element.text for element in ElementTree.fromstring(text).iter() if element.tag.endswith("text")]
        assert {"scale", "a<b"} <= set(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "there is no suite 'nothing'"),
        (["run", "smoke", "--engines", "magic"], "there is no engine 'magic'"),
        (["run", "smoke", "--seeds", "one"], "--seeds: expected numbers"),
        (["summary", "nowhere.jsonl"], "there is no such file"),
    ],
)
def test_bad_usage_is_said(words, said):
    done = bench(*words)
    assert said in done.exception.message
    assert done.exception.exit_code == 2


def test_a_line_that_is_no_row_is_named(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(row_text(row()) + '{"no": "row"}\n' + row_text(row()), encoding="utf-8")
    with pytest.raises(ValueError, match=r"rows\.jsonl:2:1"):
        read_rows(path)


@pytest.mark.parametrize(
    ("code", "late", "memory", "ending"),
    [
        ("pass", False, 1.0, "done"),
        ("raise SystemExit(3)", False, 1.0, "crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", False, 1.0, "out_of_memory"),
        ("while True: pass", True, 1.0, "over_limit"),
        ("held = bytearray(300_000_000)\nwhile True: pass", False, 0.2, "out_of_memory"),
    ],
    ids=["done", "crash", "killed by the system", "late", "too much memory"],
)
def test_every_ending_of_a_process_is_told_apart(tmp_path, code, late, memory, ending):
    began = time.monotonic()
    found, peak, _ = watch([sys.executable, "-c", code], lambda: late, memory, tmp_path / "errors")
    assert found == ending
    assert peak >= 0
    assert time.monotonic() >= began


def test_a_crash_is_a_row(tmp_path, monkeypatch):
    job = jobs("smoke", ["greedy"], [1], [0.9])[0]
    monkeypatch.setattr(runner, "instance_folder", lambda job, work: Path(tmp_path))
    found = run_job(job, tmp_path)
    assert found.outcome == "crashed"
    assert found.value is None
    assert "status 1" in found.faults[0]


def test_a_peer_that_is_not_installed_is_a_row_that_says_so(tmp_path, monkeypatch):
    from scheduler.bench import engines
    from scheduler.generate import generate, suite
    from scheduler.rules import load
    from scheduler.solve import Settings, prepare

    def missing(search):
        raise ModuleNotFoundError("No module named 'pyscipopt'", name="pyscipopt")

    monkeypatch.setitem(engines.PEERS, "scip", missing)
    generate(tmp_path, suite("smoke").dials_at(0.9), 1)
    _, search = prepare(load(tmp_path), Settings())
    engines.run_engine("scip", search)
    assert "parity-scheduler[bench]" in search.faults[0]
