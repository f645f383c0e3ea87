"""What a hostile or unlucky user does: instances with nothing in them, impossible locks, odd folders, early limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.rules import load
from scheduler.solve import Settings, solve
from tests.builders import aired, anchor, build, content, kz, programme, uz, window, write

ROOT = Path(__file__).resolve().parents[1]
PARITY = [sys.executable, "-c", "from scheduler.cli import main; main()"]
EVENING = window("18:00", "20:00")


def run(*words):
    done = subprocess.run([*PARITY, *map(str, words)], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    return done


def quota(**more):
    return {"type": "quota", "id": "Q", "select": {"genre": ["drama"]}, "period": "day", **more}


PARITY_RULE = {
    "type": "parity",
    "id": "KZ-UZ",
    "parties": ["KZ", "UZ"],
    "measures": [{"measure": "minutes", "period": "day", "tolerance": 0.1, "least": 30}],
}
SERIES = [programme("a", 30, episodes=3)]
BARE = {
    "no windows and no programmes": content([kz()], []),
    "no programmes": content([kz(EVENING)], []),
    "no agreements and no rules": content([kz(EVENING), uz(EVENING)], SERIES),
    "a channel without windows": content([kz(EVENING), uz()], SERIES, rules=[quota(most_minutes=60)]),
    "nobody watches": content(
        [kz(EVENING)],
        SERIES,
        audience=[{"channel": "Q.kz", "days": "all", "hour": hour, "viewers": 0} for hour in range(24)],
    ),
    "an anchor covers the window": content([kz(EVENING)], SERIES, anchors=[anchor("n", "Q.kz", "17:00", "21:00")]),
    "a window shorter than a step": content([kz(window("18:20", "19:10"))], SERIES, grid=60),
    "a window for one airing": content([kz(window("18:00", "18:30"))], SERIES, grid=30),
    "a window over the last midnight": content([kz(window("23:00", "30:00"))], SERIES),
    "a window of a day and night": content([kz(window("00:00", "24:00"))], SERIES),
    "a rule that does not hold yet": content(
        [kz(EVENING)], SERIES, rules=[quota(least_minutes=9, valid_from="2030-01-01")]
    ),
    "a rule for nobody": content([kz(EVENING)], SERIES, rules=[quota(least_minutes=9, territories=["UZ"])]),
    "more has aired than the rights allow": content(
        [kz(EVENING)],
        [programme("a", 30, runs_total=1)],
        history=[aired("Q.kz", "2026-12-01T13:00Z", "a", 30), aired("Q.kz", "2026-12-02T13:00Z", "a", 30)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BARE)
@pytest.mark.parametrize("strategy", ["exact", "scale", "greedy"])
def test_instances_with_hardly_anything_in_them_solve(name, strategy, tmp_path):
    answer = solve(load(write(tmp_path, BARE[name])), Settings(strategy=strategy, time_limit=20, workers=1))
    assert answer.search.faults == []
    assert answer.verification is not None
    assert not answer.verification.hard_missed


@pytest.mark.parametrize("strategy", ["exact", "scale", "greedy"])
def test_rules_without_anything_to_air_are_missed_and_not_a_crash(strategy, tmp_path):
    instance = build(tmp_path, [kz(EVENING), uz(EVENING)], [], agreements=[PARITY_RULE], rules=[quota(least_minutes=9)])
    answer = solve(instance, Settings(strategy=strategy, time_limit=20, workers=1))
    assert answer.search.faults == []
    assert answer.status == "hard_missed"


def test_the_longest_horizon(tmp_path):
    instance = build(tmp_path, [kz(EVENING)], SERIES, days=400, rules=[quota(least_minutes=30, hard=False, price=5)])
    answer = solve(instance, Settings(time_limit=30, workers=1))
    assert answer.search.faults == []
    assert answer.status == "optimal"


@pytest.mark.parametrize("strategy", ["exact", "scale"])
def test_a_locked_rerun_finds_its_first_run(strategy, tmp_path):
    """What greedy takes does not hold without a first run before the lock."""
    instance = build(
        tmp_path,
        [kz(EVENING)],
        [programme("a", 30, runs=2, appeal="0.5"), programme("b", 30, appeal="2")],
        days=3,
        locks=[aired("Q.kz", "2026-12-08T13:00Z", "a", 30, run="rerun")],
    )
    answer = solve(instance, Settings(strategy=strategy, time_limit=4, workers=1))
    assert answer.search.faults == []
    assert answer.timetable is not None
    assert not answer.verification.hard_missed


LOCKED_TWICE = [aired("Q.kz", "2026-12-07T13:00Z", "a", 60), aired("Q.kz", "2026-12-07T13:30Z", "a", 60, episode=2)]


@pytest.mark.parametrize(("episodes", "minutes"), [(3, 60), (1, 30)], ids=["overlap", "too many runs"])
def test_locks_that_cannot_all_stay(episodes, minutes, tmp_path):
    locks = [{**lock, "duration_min": minutes} for lock in LOCKED_TWICE]
    folder = write(tmp_path / "i", content([kz(EVENING)], [programme("a", minutes, episodes=episodes)], locks=locks))
    done = run("solve", folder, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert "no timetable keeps every lock" in done.stderr
    assert not (tmp_path / "out").exists()
    said = run("explain", folder)
    assert said.returncode == 1
    assert "these locks cannot all stay" in said.stdout
    for clock in ("13:00Z", "13:30Z"):
        assert f"on Q.kz at 2026-12-07T{clock}" in said.stdout


@pytest.mark.parametrize("command", ["check", "explain"])
def test_a_lock_that_no_window_takes_is_bad_input(command, tmp_path):
    locks = [aired("Q.kz", "2026-12-07T03:00Z", "a", 30)]
    done = run(command, write(tmp_path, content([kz(EVENING)], SERIES, locks=locks)))
    assert done.returncode == 2
    assert done.stderr.startswith("locks.csv:2:1: 'a' episode 1 on Q.kz at 2026-12-07T03:00Z as a first run cannot air")


@pytest.mark.parametrize("gap", [0.0, 0.5])
def test_optimal_is_said_of_what_is_proved_optimal_only(gap, tmp_path):
    """CP-SAT calls what is close enough OPTIMAL; an answer is optimal where its bound is no higher than its value."""
    programmes = [programme(f"p{n}", 30 * (1 + n % 3), appeal=f"{1 + n / 7:.3f}", runs=2) for n in range(8)]
    rules = [{"type": "runs_per_day", "id": "ONCE", "most": 1}, quota(most_minutes=200)]
    instance = build(tmp_path, [kz(window("12:00", "22:00"))], programmes, rules=rules, days=3)
    answer = solve(instance, Settings(strategy="exact", time_limit=60, gap=gap, workers=1))
    assert (answer.status == "optimal") == (answer.search.bound == answer.verification.value)


def test_unicode_and_blanks_in_paths(tmp_path):
    folder = write(tmp_path / "қала мен дала ü", content([kz(EVENING)], [programme("бағдарлама", 30)]))
    out = tmp_path / "шығыс мұнда"
    assert run("solve", folder, "--out", out).returncode == 0
    assert run("check", folder, out / "timetable.csv").returncode == 0
    assert run("explain", folder).returncode == 0


def test_out_below_a_file_is_reported_and_not_a_traceback(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("solve", ROOT / "instances" / "toy", "--out", tmp_path / "file" / "out")
    assert done.returncode == 4
    assert "Not a directory" in done.stderr
    assert (tmp_path / "file").read_text(encoding="utf-8") == "x"


def test_an_interrupted_explanation_ends_with_130(tmp_path):
    """The instance is too large to explain before the interrupt comes."""
    programmes = [programme(f"p{n}", 45 + n % 20, runs=2, episodes=4) for n in range(60)]
    rules = [quota(id=f"Q{n}", least_minutes=200 + n, period="week", select={"tag": [f"t{n}"]}) for n in range(3)]
    programmes = [{**row, "tags": f"t{n % 3}"} for n, row in enumerate(programmes)]
    folder = write(tmp_path, content([kz(window("10:00", "23:00"))], programmes, rules=rules, days=14, grid=5))
    started = subprocess.Popen([*PARITY, "explain", folder, "--time-limit", "10m"], stderr=subprocess.PIPE, text=True)
    libraries = Path(f"/proc/{started.pid}/maps")
    while "ortools" not in libraries.read_text(encoding="utf-8") and started.poll() is None:
        os.sched_yield()
    started.send_signal(signal.SIGINT)
    _, said = started.communicate()
    assert "Traceback" not in said
    assert started.returncode in (0, 1, 130)
    assert started.returncode != 130 or "interrupted" in said


def test_explain_for_machines(tmp_path):
    done = run("explain", ROOT / "instances" / "clash-tolerance", "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 1
    assert said["verdict"] == "clash"
    assert {(one["rule"], one["part"]) for one in said["clashes"][0]["clauses"]} == {
        ("KZ-CN", "measures[0].tolerance"),
        ("KZ-CN", "measures[0].least"),
    }
    first = said["clashes"][0]["remedies"][0]
    assert (first["from"], first["to"]) == (0.1, 0.18)
    assert first["path"] == ["agreements", 0, "measures", 0, "tolerance"]


def test_solve_points_to_explain_where_hard_rules_are_missed(tmp_path):
    folder = ROOT / "instances" / "clash-least-vs-most"
    done = run("solve", folder, "--out", tmp_path / "out")
    assert done.returncode == 1
    assert f"parity explain {folder}" in done.stdout
