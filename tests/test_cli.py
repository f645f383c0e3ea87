"""The command line: exit codes, streams, files kept whole, interrupts, and the examples in every --help."""

import csv
import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from scheduler.cli.main import COMMANDS, parity
from scheduler.instance import TIMETABLE_COLUMNS
from scheduler.rules import load
from scheduler.timetable import read_timetable
from scheduler.verify import verify
from tests.builders import rows_of

ROOT = Path(__file__).resolve().parents[1]
TOY = ROOT / "instances" / "toy"
PARITY = [sys.executable, "-c", "from scheduler.cli import main; main()"]


def run(*words, cwd=ROOT, **environment):
    """Run `parity` as a user would: its exit code, stdout and stderr."""
    around = {**os.environ, **environment}
    command = [*PARITY, *map(str, words)]
    done = subprocess.run(command, cwd=cwd, env=around, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    out = tmp_path_factory.mktemp("solved") / "toy"
    done = run("solve", TOY, "--out", out)
    assert done.returncode == 0, done.stderr
    return out


def test_solve_writes_the_files_of_the_contract(solved):
    names = ["certificate.json", "result.json", "timetable.csv", "timings.json"]
    assert sorted(path.name for path in solved.iterdir()) == names
    text = (solved / "timetable.csv").read_text(encoding="utf-8")
    assert text.splitlines()[0] == ",".join(TIMETABLE_COLUMNS)
    result = json.loads((solved / "result.json").read_text(encoding="utf-8"))
    assert result["status"] == "optimal"
    assert result["gap"] == 0
    assert result["value"] == result["bound"] == result["audience"] - result["penalty"]
    assert result["timetable_sha256"] == hashlib.sha256(text.encode()).hexdigest()
    timings = json.loads((solved / "timings.json").read_text(encoding="utf-8"))
    assert [moment["seconds"] for moment in timings["trajectory"]] == sorted(
        moment["seconds"] for moment in timings["trajectory"]
    )


def test_check_passes_what_solve_wrote(solved):
    done = run("check", TOY, solved / "timetable.csv")
    assert done.returncode == 0
    assert "✓ 0 hard" in done.stdout


def test_check_ends_with_1_where_an_anchor_is_missing(solved, tmp_path):
    lines = (solved / "timetable.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    anchor = TIMETABLE_COLUMNS.index("anchor")
    kept = [line for line in lines if line.split(",")[anchor] != "yes"]
    assert len(kept) < len(lines)
    edited = tmp_path / "edited.csv"
    edited.write_text("".join(kept), encoding="utf-8")
    done = run("check", TOY, edited)
    assert done.returncode == 1
    assert "is missing" in done.stdout


def test_check_names_the_place_of_an_unknown_programme(solved, tmp_path):
    edited = tmp_path / "edited.csv"
    text = (solved / "timetable.csv").read_text(encoding="utf-8")
    programme = next(line.split(",")[9] for line in text.splitlines()[1:] if line.split(",")[22] != "yes")
    edited.write_text(text.replace(f",{programme},", f",{programme}x,", 1), encoding="utf-8")
    done = run("check", TOY, edited)
    assert done.returncode == 2
    assert re.search(rf"^edited\.csv:\d+:\d+: there is no programme '{programme}x'; did you mean", done.stderr, re.M)


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("start_local", "2026-12-07T03:00", "start_local is 2026-12-07T03:00, but by start_utc"),
        ("end_local", "junk", "end_local is junk, but by start_utc"),
        ("end_utc", "2026-12-07T23:58Z", "end_utc is 2026-12-07T23:58Z, but by start_utc"),
        ("end_utc", "late", "end_utc: expected a moment such as"),
        ("timezone", "Mars/One", "timezone is Mars/One, but by channel"),
        ("broadcast_date", "2026-12-31", "broadcast_date is 2026-12-31, but by start_utc"),
        ("anchor", "maybe", "anchor: expected yes or nothing, got 'maybe'"),
        ("episode", "9" * 30, "episode: "),
    ],
)
def test_check_names_the_cell_that_contradicts_the_others(solved, tmp_path, column, cell, said):
    rows = rows_of(solved / "timetable.csv")
    rows[0][column] = cell
    edited = tmp_path / "edited.csv"
    with edited.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(TIMETABLE_COLUMNS))
        writer.writeheader()
        writer.writerows(rows)
    done = run("check", TOY, edited)
    assert done.returncode == 2
    assert re.search(rf"^edited\.csv:2:\d+: {re.escape(said)}", done.stderr, re.M), done.stderr


def test_a_day_that_a_spreadsheet_has_written_its_own_way_is_no_contradiction(solved, tmp_path):
    edited = tmp_path / "edited.csv"
    text = (solved / "timetable.csv").read_text(encoding="utf-8")
    assert re.search(r",2026-12-0(\d),", text)
    edited.write_text(re.sub(r",2026-12-0(\d),", r",12/\1/2026,", text), encoding="utf-8")
    assert run("check", TOY, edited).returncode == 0


def test_an_airing_that_is_written_twice_is_named(solved, tmp_path):
    lines = (solved / "timetable.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    edited = tmp_path / "edited.csv"
    for line in range(1, len(lines)):
        edited.write_text("".join([*lines, lines[line]]), encoding="utf-8")
        done = run("check", TOY, edited)
        assert done.returncode == 2
        said = f"edited.csv:{len(lines) + 1}:1: the airing appears twice; first in line {line + 1}"
        assert said in done.stderr


@pytest.mark.parametrize("strategy", ["exact", "scale"])
def test_the_same_seed_gives_the_same_bytes(tmp_path, strategy):
    assert run("generate", tmp_path / "smoke", "--seed", 3, "--tightness", 0.7).returncode == 0
    words = ["solve", tmp_path / "smoke", "--strategy", strategy, "--deterministic", "--time-limit", 12, "--json"]
    said = [run(*words, "--out", tmp_path / salt, PYTHONHASHSEED=salt) for salt in ("1", "2")]
    assert [done.returncode for done in said] == [0, 0], said[0].stderr
    result = json.loads(said[0].stdout)
    assert result["bounds"]
    assert result["costs"]["clauses"]
    for name in ("timetable.csv", "result.json"):
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_solve_does_not_overwrite_unasked(solved):
    before = (solved / "timetable.csv").read_bytes()
    done = run("solve", TOY, "--out", solved)
    assert done.returncode == 2
    assert "use --force to overwrite them" in done.stderr
    assert (solved / "timetable.csv").read_bytes() == before
    assert run("solve", TOY, "--out", solved, "--force").returncode == 0


def test_results_go_to_stdout_and_nothing_to_stderr(solved, tmp_path):
    done = run("solve", TOY, "--out", tmp_path / "out", "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["status"] == "optimal"


def test_progress_shows_on_a_terminal_only(tmp_path):
    pty = pytest.importorskip("pty")
    leader, follower = pty.openpty()
    words = [*PARITY, "solve", str(TOY), "--out", str(tmp_path / "out")]
    child = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=follower)
    os.close(follower)
    assert child.wait() == 0
    child.stdout.close()
    shown = os.read(leader, 100_000).decode()
    os.close(leader)
    assert "airings" in shown
    assert "gap" in shown


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["solve", "nowhere", "--out", "o"], "nowhere:1:1: there is no such folder"),
        (["solve", "instances/toy"], "Missing option '--out'"),
        (["solve", "instances/toy", "--out", "o", "--time-limit", "soon"], "is not a duration; write 90, 90s or 2m"),
        (["solve", "instances/toy", "--out", "o", "--gap", "-1"], "is not a gap; write 0.01 or 1%"),
        (["solve", "instances/toy/instance.yaml", "--out", "o"], "is a file; expected a folder"),
        (["solve", "instances/toy", "--out", "pyproject.toml"], "is a file"),
        (["check", "instances/toy", "nowhere.csv"], "nowhere.csv:1:1: there is no such file"),
        (["check", "instances/toy", "instances"], "is a folder; expected a CSV table"),
        (["report", "instances/toy", "nowhere.csv"], "nowhere.csv:1:1: there is no such file"),
        (["schema", "--table", "programme.csv"], "did you mean 'programmes.csv'?"),
        (["new", "instances/toy"], "never overwrites"),
        (["solvee"], "No such command 'solvee'"),
        (["generate", "o", "--tightness", "90"], "--tightness: 90.0 is out of range; expected 1.0 or less"),
        (["generate", "o", "--grid", "7"], "grid: 7 is not 5, 10, 15 or 30"),
        (
            ["export", "instances/toy", "--format", "mps", "--out", "instances/"],
            "instances/ is a folder; mps is one",
        ),
    ],
)
def test_bad_usage_and_bad_input_end_with_2(words, said):
    done = run(*words)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert done.stdout == ""
    assert not (ROOT / "o").exists()


def test_all_problems_of_an_instance_are_reported_at_once(tmp_path):
    folder = tmp_path / "typo"
    shutil.copytree(TOY, folder)
    text = (folder / "instance.yaml").read_text(encoding="utf-8")
    (folder / "instance.yaml").write_text(
        text.replace("horizon:", "horizn:").replace("zone:", "zon:", 1), encoding="utf-8"
    )
    done = run("solve", folder, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "unknown field 'horizn'; did you mean 'horizon'?" in done.stderr
    assert "unknown field 'zon'; did you mean 'zone'?" in done.stderr
    assert "is missing" not in done.stderr  # a misspelt field is one problem
    assert not (tmp_path / "out").exists()


def test_new_writes_an_instance_that_solves_and_never_overwrites(tmp_path):
    assert run("new", "plan", cwd=tmp_path).returncode == 0
    done = run("solve", "plan", "--out", "out", "--time-limit", "20", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    again = run("new", "plan", cwd=tmp_path)
    assert again.returncode == 2
    assert "never overwrites" in again.stderr


def test_an_instance_whose_hard_rules_cannot_hold_ends_with_1(tmp_path):
    folder = tmp_path / "clash"
    shutil.copytree(TOY, folder)
    with (folder / "instance.yaml").open("a", encoding="utf-8") as stream:
        stream.write("  - {type: quota, id: IMPOSSIBLE, select: {genre: opera}, least_minutes: 5, period: day}\n")
    done = run("solve", folder, "--out", tmp_path / "out")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "✗ hard  IMPOSSIBLE" in done.stdout
    assert json.loads((tmp_path / "out" / "result.json").read_text(encoding="utf-8"))["gap"] is None
    assert run("check", folder, tmp_path / "out" / "timetable.csv").returncode == 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_saves_the_best_timetable(tmp_path, number):
    out = tmp_path / "out"
    child = _start_week(out)
    child.send_signal(number)
    said, told = child.communicate(timeout=60)
    assert child.returncode in (0, 1), told
    assert "interrupted; the best timetable so far was saved" in told
    assert run("check", ROOT / "instances/central-asia-week", out / "timetable.csv").returncode == child.returncode
    assert "saved:" in said


@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_at_any_moment_leaves_a_valid_timetable(tmp_path, seed):
    out = tmp_path / "out"
    child = _start_week(out)
    time.sleep(random.Random(seed).uniform(0, 12))
    child.kill()
    child.communicate(timeout=60)
    week = load(ROOT / "instances/central-asia-week")
    assert verify(read_timetable(week, out / "timetable.csv")).broken == ()


def _start_week(out):
    """Start solving the week and wait until the first timetable is on disk."""
    words = [*PARITY, "solve", "instances/central-asia-week", "--out", str(out), "--time-limit", "10m"]
    child = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (out / "timings.json").exists():
        assert child.poll() is None, child.communicate()
        time.sleep(0.1)
    return child


def test_report_states_parity_and_costs(solved):
    done = run("report", TOY, solved / "timetable.csv")
    assert done.returncode == 0
    titles = (
        "Agreements: amounts and balances",
        "Rules",
        "What is missed",
        "Hours on screen",
        "Runs left",
        "What each clause costs",
    )
    for title in (*titles, "What was not placed"):
        assert f"\n{title}" in done.stdout, title
    assert "Given" in done.stdout
    assert "owes" in done.stdout or "are even" in done.stdout
    assert "costs nothing, and this is proven" in done.stdout or "viewer-minutes (" in done.stdout


def test_report_leaves_out_what_belongs_to_another_timetable(solved, tmp_path):
    for name in ("timetable.csv", "result.json"):
        shutil.copy(solved / name, tmp_path / name)
    said = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    (tmp_path / "result.json").write_text(json.dumps({**said, "timetable_sha256": "0" * 64}), encoding="utf-8")
    done = run("report", TOY, tmp_path / "timetable.csv")
    assert "no result.json belongs to this timetable" in done.stdout


def test_schema_is_a_json_schema_that_an_editor_can_use():
    schema = json.loads(run("schema").stdout)
    locks = json.loads(run("schema", "--table", "locks.csv").stdout)
    assert locks["properties"]["anchor"]["enum"] == ["yes", ""]
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert {"quota", "age_watershed", "languages", "runs_per_day"} <= set(
        schema["properties"]["rules"]["items"]["discriminator"]["mapping"]
    )


BEFORE = {
    "cells": ["bench run smoke --engines greedy --seeds 1 --tightness 0.7 --spool build/spool"],
    "answer": ["offer instances/toy out/toy/timetable.csv --to UZ --out out/offer"],
    "notices": ["publish instances/toy out/toy/timetable.csv --until 2026-12-07"],
}
"""Commands that have come before the examples of another."""


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: str(command.name))
def test_every_command_has_help_with_two_examples_that_work(command, solved, tmp_path):
    shown = CliRunner().invoke(parity, [str(command.name), "--help"])
    assert shown.exit_code == 0
    examples = re.findall(r"^\s+parity (.+)$", shown.output.split("Examples:")[1], re.M)
    assert len(examples) >= 2
    shutil.copytree(ROOT / "instances", tmp_path / "instances")
    (tmp_path / "out").mkdir()
    shutil.copytree(solved, tmp_path / "out" / "toy")
    for words in BEFORE.get(str(command.name), ()):
        assert run(*words.split(), cwd=tmp_path).returncode == 0
    for example in examples:
        words = example.split(" > ")[0].split()
        limit = ["--time-limit", "5", "--force"] if words[0] == "solve" else []
        done = run(*words, *limit, cwd=tmp_path)
        assert done.returncode in (0, 1), f"{example}: {done.stderr}"


def test_help_imports_no_heavy_library():
    code = (
        "import sys\nfrom scheduler.cli.main import parity\n"
        "from click.testing import CliRunner\nCliRunner().invoke(parity, ['--help'])\n"
        "print([name for name in ('pandas', 'numpy', 'ortools', 'highspy', 'pydantic') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_parameters_come_from_a_file_and_unknown_names_are_refused(tmp_path):
    file = tmp_path / "params.toml"
    file.write_text("[greedy]\nkep = 0.6\n", encoding="utf-8")
    refused = run("solve", TOY, "--out", tmp_path / "out", "--params", file)
    assert refused.returncode == 2 and "there is no greedy.kep; did you mean greedy.keep?" in refused.stderr
    assert not (tmp_path / "out").exists()
    file.write_text("[greedy]\nkeep = 0.6\n", encoding="utf-8")
    out, limit = tmp_path / "out", ("--time-limit", "5", "--strategy", "greedy")
    assert run("solve", TOY, "--out", out, "--params", file, *limit).returncode in (0, 1)
    parameters = json.loads((out / "result.json").read_text(encoding="utf-8"))["parameters"]
    assert parameters["params"] == {"greedy": {"keep": 0.6}}
