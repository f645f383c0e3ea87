"""`parity bench`: rows for every ending, resumed runs, best known values, and the commands a user types."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click import ClickException
from click.testing import CliRunner

from scheduler.bench import runner
from scheduler.bench.best_known import read_best_known, updated, write_best_known
from scheduler.bench.picture import gap_over_time, gap_profile
from scheduler.bench.row import read_rows, row_text
from scheduler.bench.runner import cell_of_job, suite_jobs
from scheduler.bench.tables import contradictions, counts, reference_values
from scheduler.bench.words import summary_lines
from scheduler.cells import cell_of, run
from scheduler.cells.watch import watch
from scheduler.cli.failure import CommandFailed
from scheduler.cli.main import parity
from scheduler.generate import generate, suite
from scheduler.rules import load
from tests.bench.rows import row

ROWS = "benchmarks/results/free-week.jsonl"


def bench(*words):
    return CliRunner().invoke(parity, ["bench", *map(str, words)], standalone_mode=False)


PROVING = ("cp-sat", "highs", "scip")
RUN = ("greedy", *PROVING)


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    work = tmp_path_factory.mktemp("bench")
    known = work / "best.csv"
    every = ["run", "smoke", "--seeds", "1", "--work", work, "--update", known]
    assert bench(*every, "--engines", "scale", "--time-limit", "10").exception is None
    words = [*every, "--engines", ",".join(RUN), "--time-limit", "60"]
    done = bench(*words)
    assert done.exception is None, done.output
    return work, known, words


def test_a_run_writes_a_verified_row_for_every_engine_and_instance(ran):
    work, _, _ = ran
    rows = read_rows(work / "smoke.jsonl")
    assert [(row.instance, row.engine) for row in rows] == [
        (f"smoke-1-{tight}", engine) for some in (["scale"], RUN) for tight in ("0.7", "0.9") for engine in some
    ]
    for tight in ("0.7", "0.9"):
        mine = [row for row in rows if row.instance == f"smoke-1-{tight}"]
        assert len({(row.instance_sha256, row.airings, row.rows, row.windows) for row in mine}) == 1
        (best,) = {row.value for row in mine if row.engine in PROVING}
        assert all(row.value <= best for row in mine if row.answered)
        assert all(row.bound >= best for row in mine if row.bound is not None)
        assert all(bound >= best for row in mine for bound in row.bounds.values())
    assert {row.verdict for row in rows if row.engine != "greedy"} == {"kept"}
    # what one solver proves is a bound; an optimum takes two proofs
    peers = [row for row in rows if row.engine in PROVING]
    assert {row.outcome for row in peers} == {"feasible"}
    assert all(row.bound - row.value <= 1e-8 * row.value + 1 for row in peers)
    assert all(row.bounds for row in rows if row.engine == "scale")
    regular = [row.regularity for row in rows if row.answered]
    assert all(one.one_channel == one.one_version == one.no_hole == one.days_in_slot == 1.0 for one in regular)
    assert all(row.planned_gap >= row.gap - 1e-9 for row in rows if row.answered)
    assert all(row.peak_memory and row.instance_sha256 and row.airings and row.trajectory for row in rows)
    assert all(row.seconds.solve is not None and row.seconds.build is not None for row in rows)


def test_a_run_continues_after_an_interrupt(ran):
    work, _, words = ran
    path = work / "smoke.jsonl"
    whole = path.read_text(encoding="utf-8")
    lines = whole.splitlines(keepends=True)
    path.write_text("".join(lines[:-1]) + lines[-1][:100], encoding="utf-8")
    done = bench(*words)
    assert done.output.count("smoke-1-") == 1
    assert f"smoke: 1 row run, {2 * len(RUN) - 1} in the file before" in done.output
    again = read_rows(path)
    assert [row.key for row in again] == [row.key for row in map(_row_of, lines)]
    path.write_text(whole, encoding="utf-8")


def _row_of(line):
    from scheduler.bench.row import BenchRow

    return BenchRow.model_validate(json.loads(line))


def test_best_known_values_come_from_verified_rows_only(ran, tmp_path):
    _, known, words = ran
    found = read_best_known(known)
    again = tmp_path / "again.csv"
    assert bench(*(again if word == known else word for word in words)).exception is None
    assert read_best_known(again) == found  # rows that are there already count, too
    assert set(found) == {"smoke-1-0.7", "smoke-1-0.9"}
    assert all(line.value is not None and line.bound is not None for line in found.values())
    assert all(line.value == line.bound for line in found.values())
    start = updated({}, [row(value=90, bound=100)])
    better = updated(start, [row(value=95, bound=97), row(value=99, verdict="hard_missed"), row(value=94, bound=98)])
    assert (better["toy-1-0.9"].value, better["toy-1-0.9"].bound) == (95, 97)
    other = updated(better, [row(value=10, bound=20, instance_sha256="1" * 64)])
    assert (other["toy-1-0.9"].value, other["toy-1-0.9"].bound) == (10, 20)
    write_best_known(tmp_path / "best.csv", better)
    assert read_best_known(tmp_path / "best.csv") == better


def test_a_bound_below_a_verified_value_is_not_kept(tmp_path):
    start = updated({}, [row(value=90, bound=100)])
    assert updated(start, [row(value=None, bound=89)])["toy-1-0.9"].bound == 100
    wrong = updated({}, [row(value=None, bound=89)])
    found = updated(wrong, [row(value=90, bound=100)])["toy-1-0.9"]
    assert (found.value, found.bound) == (90, 100)
    rows = [row(value=90, bound=100)]
    known = {"toy-1-0.9": found.model_copy(update={"bound": 89})}
    said = ["toy-1-0.9: the best known bound 89 is below the value 90"]
    assert [str(one) for one in contradictions(rows, reference_values(rows, known))] == said
    assert len(contradictions([row(value=90, bound=89)], reference_values([row(value=90, bound=89)], {}))) == 1


def test_summary_ends_with_1_where_a_value_is_above_a_bound(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text(row_text(row(value=90, bound=89)), encoding="utf-8")
    done = bench("summary", path)
    assert done.return_value == 1
    assert "CONTRADICTIONS" in done.output


def test_rows_of_different_instances_under_one_name_are_reported():
    rows = [row(), row(engine="highs", instance_sha256="1" * 64), row(engine="greedy", instance_sha256=None)]
    assert [str(one) for one in contradictions(rows, reference_values(rows, {}))] == [
        "toy-1-0.9: rows of 2 different instances"
    ]
    assert not contradictions(rows[::2], reference_values(rows[::2], {}))


def test_all_recorded_rows_of_a_name_are_of_one_instance_and_contradict_nothing():
    rows = [row for file in sorted(Path(ROWS).parent.glob("*.jsonl")) for row in read_rows(file)]
    known = read_best_known(Path("benchmarks/best_known.csv"))
    assert not contradictions(rows, reference_values(rows, known))
    assert {row.instance: row.instance_sha256 for row in rows if row.instance in known and row.instance_sha256} == {
        name: line.instance_sha256 for name, line in known.items()
    }


def test_what_generate_writes_of_a_suite_is_what_a_run_solves(ran, tmp_path):
    work, _, _ = ran
    words = ["generate", tmp_path / "here", "--suite", "smoke", "--seed", 1, "--tightness", 0.7]
    assert CliRunner().invoke(parity, [str(word) for word in words]).exit_code == 0
    assert load(tmp_path / "here").digest == read_rows(work / "smoke.jsonl")[0].instance_sha256


@pytest.mark.parametrize("fault", ["another seed", "a lock"])
def test_another_instance_in_the_place_of_a_suites_is_refused(tmp_path, fault):
    folder = tmp_path / "smoke-1-0.7"
    generate(folder, suite("smoke").options_at(0.7), 2 if fault == "another seed" else 1, "smoke-1-0.7")
    if fault == "a lock":
        (folder / "locks.csv").write_text("channel,start,programme\n", encoding="utf-8")
    there = (folder / "instance.yaml").read_bytes()
    done = bench("run", "smoke", "--engines", "greedy", "--seeds", "1", "--work", tmp_path)
    assert done.exception.exit_code == 2
    said = f"{folder} is not the instance smoke-1-0.7 of the suite; move the folder, or name another one with --work"
    assert str(done.exception) == said
    assert (folder / "instance.yaml").read_bytes() == there
    assert not (tmp_path / "smoke.jsonl").exists()


def test_only_what_greedy_was_run_on_to_its_end_counts_or_not(tmp_path):
    rows = [
        row(instance="easy", engine="greedy", value=99),
        row(instance="far", engine="greedy", value=90),
        row(instance="missed", engine="greedy", value=None, verdict="hard_missed", outcome="hard_missed"),
        row(instance="large", engine="greedy", value=None, bound=None, outcome="out_of_memory"),
        row(instance="other"),
    ]
    best = reference_values([*rows, *(row(instance=one.instance) for one in rows)], {})
    assert counts(rows, best) == {"easy": False, "far": True, "missed": True}
    said = summary_lines(rows, best)
    assert "2 of 3 instances count (greedy more than 5 % below the bound); not: easy" in said
    assert "not known to count, because there is no row of greedy: large, other" in said
    assert "not known to count, because there is no row of greedy: other" in summary_lines(
        [row(instance="other")], best
    )


def test_a_run_that_is_ended_takes_its_solve_along_and_goes_on_later(tmp_path):
    code = "from scheduler.cli import main; main()"
    words = ["bench", "run", "smoke", "--engines", "highs", "--seeds", "1", "--work", str(tmp_path)]
    with subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True) as running:
        while not (solves := children(running.pid)):
            assert running.poll() is None
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        _, said = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "there is no row yet; the same command continues from there" in said
    assert not any(Path(f"/proc/{solve}").exists() for solve in solves)
    assert bench(*words[1:]).exception is None
    assert len(read_rows(tmp_path / "smoke.jsonl")) == 2


INTERRUPTED = """
import signal, subprocess, sys
from pathlib import Path
from scheduler.cells.watch import watch

started, popen = [], subprocess.Popen

def interrupted(*words, **settings):
    started.append(popen(*words, **settings))
    signal.raise_signal(signal.SIGINT)
    return started[0]

subprocess.Popen = interrupted
signal.signal(signal.SIGINT, signal.default_int_handler)
try:
    watch([sys.executable, "-c", "import time; time.sleep(60)"], lambda: False, 1.0, Path(sys.argv[1]))
except KeyboardInterrupt:
    print(started[0].returncode, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""


def test_a_signal_that_comes_while_a_process_is_being_started_ends_it(tmp_path):
    """In a process of its own: handlers of signals run in the main thread, where a runner of tests may not be."""
    ran = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path / "errors.txt")], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == [str(-signal.SIGKILL), "True"]


def children(parent):
    """The processes that another has started and that solve a job of a run."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            mine = int((folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1]) == parent
            if mine and "scheduler.cells.child" in (folder / "cmdline").read_text(encoding="utf-8"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_summary_and_compare_say_what_came_out(ran, tmp_path):
    work, known, _ = ran
    path = work / "smoke.jsonl"
    done = bench("summary", path, "--pictures", tmp_path, "--best-known", known)
    assert done.return_value == 0
    assert "of 2 instances count" in done.output
    assert {path.name for path in tmp_path.iterdir()} == {"smoke-profile.svg", "smoke-time.svg"}
    said = json.loads(bench("summary", path, "--json").output)
    assert [line["engine"] for line in said] == ["scale", *RUN]
    assert [line["answers"] for line in said if line["engine"] != "greedy"] == [2, 2, 2, 2]
    assert bench("compare", path, path).return_value == 0


def test_memory_is_that_of_a_process_and_of_what_it_started(tmp_path):
    fill = "import subprocess, sys; held = bytearray(b'1') * 300_000_000;"
    child = f"{fill} import time; time.sleep(60)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    ending, peak, _ = watch([sys.executable, "-c", parent], lambda: False, 0.25, tmp_path / "errors.txt")
    assert ending == "out_of_memory"
    assert 0.25 < peak < 3


def test_pictures_need_the_extra_and_say_so(ran, tmp_path, monkeypatch):
    work, known, _ = ran
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.delitem(sys.modules, "scheduler.bench.picture")
    with pytest.raises(CommandFailed, match=r"pip install 'parity-scheduler\[bench\]'"):
        parity.main(
            ["bench", "summary", str(work / "smoke.jsonl"), "--pictures", str(tmp_path), "--best-known", str(known)],
            standalone_mode=False,
        )


def test_pictures_are_whole_and_name_every_engine():
    rows = [row(value=95), row(engine="a<b", value=None, bound=None, points=[])]
    best = reference_values(rows, {})
    assert gap_profile(rows, best) == gap_profile(rows, best)
    for text in (gap_profile(rows, reference_values(rows, {})), gap_over_time(rows, reference_values(rows, {}))):
        words = [element.text for element in ElementTree.fromstring(text).iter() if element.tag.endswith("text")]
        assert {"scale", "a<b"} <= set(words)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run", "nothing"], "there is no suite 'nothing'"),
        (["run", "smoke", "--engines", "magic"], "there is no engine 'magic'"),
        (["run", "smoke", "--engines", ","], "Invalid value for '--engines': names nothing"),
        (["run", "smoke", "--seeds", "one"], "Invalid value for '--seeds': 'one' is not a valid whole number"),
        (["run", "smoke", "--seeds", "1.5"], "Invalid value for '--seeds': '1.5' is not a valid whole number"),
        (["run", "smoke", "--seeds", "-1"], "Invalid value for '--seeds': -1 is not in the range"),
        (["run", "smoke", "--tightness", "0.9,90"], "Invalid value for '--tightness': 90.0 is not in the range"),
        (["run", "smoke", "--tightness", "nan"], "Invalid value for '--tightness': 'nan' is not a number"),
        (["run", "smoke", "--memory", "-1"], "Invalid value for '--memory': -1.0 is not in the range"),
        (["summary", "nowhere.jsonl"], "there is no such file"),
        (["summary", ROWS, "--best-known", "nowhere.csv"], "'nowhere.csv' does not exist"),
        (["summary", ROWS, "--best-known", "pyproject.toml"], "is not a line of best known values (instance, "),
        (["run", "smoke", "--update", "pyproject.toml"], "pyproject.toml:2:1: is not a line of best known values"),
    ],
)
def test_bad_usage_is_said(words, said):
    done = bench(*words)
    told = done.exception
    assert said in (told.format_message() if isinstance(told, ClickException) else told.message)
    assert done.exception.exit_code == 2


def test_a_line_that_is_no_row_is_named(tmp_path):
    path = tmp_path / "rows.jsonl"
    for wrong in (b'{"no": "row"}', b'"\xff\xfe"'):
        path.write_bytes(row_text(row()).encode() + wrong + b"\n" + row_text(row()).encode())
        with pytest.raises(ValueError, match=r"rows\.jsonl:2:1"):
            read_rows(path)


HOLDS = "held = bytearray(300_000_000)\nwhile True: pass"


@pytest.mark.parametrize(
    ("code", "late", "memory", "ending"),
    [
        ("pass", False, 1.0, "done"),
        ("raise SystemExit(3)", False, 1.0, "crashed"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", False, 1.0, "out_of_memory"),
        ("while True: pass", True, 1.0, "over_limit"),
        (HOLDS, False, 0.2, "out_of_memory"),
        (f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDS!r}])", False, 0.2, "out_of_memory"),
    ],
    ids=["done", "crash", "killed by the system", "late", "too much memory", "too much memory of its child"],
)
def test_every_ending_of_a_process_is_recognised(tmp_path, code, late, memory, ending):
    found, peak, _ = watch([sys.executable, "-c", code], lambda: late, memory, tmp_path / "errors")
    assert found == ending
    assert (peak > memory) == (code != "pass" and memory < 1.0)


def test_a_run_goes_on_after_a_crash_and_a_phase_that_lasts_too_long_ends_a_solve(tmp_path, monkeypatch):
    def crashes_or_sleeps(job, work):
        folder = tmp_path / job.engine
        folder.mkdir(exist_ok=True)
        return folder

    monkeypatch.setattr(runner, "instance_folder", crashes_or_sleeps)
    wanted = suite_jobs("smoke", ["greedy", "highs"], [1], [0.9])
    rows = list(runner.run_jobs(wanted, tmp_path / "rows.jsonl", tmp_path, []))
    assert [(row.engine, row.outcome) for row in rows] == [("greedy", "crashed"), ("highs", "crashed")]
    assert read_rows(tmp_path / "rows.jsonl") == rows
    monkeypatch.setattr(run, "BUILD_LIMIT", 0.0)
    cell = cell_of_job(wanted[0], tmp_path)
    assert run.run_cell(cell, Path(cell.instance)).result.outcome == "over_limit"


@pytest.mark.parametrize(
    ("phase", "allowed"), [("start", 900.0), ("built", 10.0 + run.GRACE), ("solved", run.VERIFY_LIMIT)]
)
def test_every_phase_of_a_solve_has_its_own_limit(tmp_path, monkeypatch, phase, allowed):
    now = [0.0]
    monkeypatch.setattr(run.time, "monotonic", lambda: now[0])
    events = tmp_path / "events.jsonl"
    clock = run._Clock(events, 10.0)
    now[0] = 5.0
    if phase != "start":
        events.write_text(json.dumps({"event": phase}) + '\n{"event": "moment"}\n', encoding="utf-8")
    began = 0.0 if phase == "start" else 5.0
    assert not clock.late()
    now[0] = began + allowed
    assert not clock.late()
    now[0] += 0.1
    assert clock.late()


def test_a_crash_is_a_result(tmp_path):
    found = run.run_cell(cell_of(tmp_path, "nothing", engine="greedy", time_limit=5, memory=4), tmp_path).result
    assert found.outcome == "crashed"
    assert found.value is None
    assert "status 1" in found.faults[0]


def test_a_peer_that_is_not_installed_is_named_with_its_remedy(tmp_path, monkeypatch):
    from scheduler.generate import generate, suite
    from scheduler.peers import engines
    from scheduler.rules import load
    from scheduler.solve import Settings, prepare

    def missing(search):
        raise ModuleNotFoundError("No module named 'pyscipopt'", name="pyscipopt")

    monkeypatch.setitem(engines.PEERS, "scip", missing)
    generate(tmp_path, suite("smoke").options_at(0.9), 1)
    _, search = prepare(load(tmp_path), Settings())
    engines.run_engine("scip", search)
    assert "parity-scheduler[bench]" in search.faults[0]
