"""No event during a solve loses an answer: problems of folders, disks and streams, interrupts, two solves at once."""

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduler.rules import load
from scheduler.solve import answer_folder
from scheduler.solve.answer_folder import Checkpoint, old_answer
from scheduler.whole_file import locked
from tests.builders import content, kz, programme, window, write
from tests.kills import PARITY, kill_solve, state

ROOT = Path(__file__).resolve().parents[1]
TOY = ROOT / "instances" / "toy"


def run(*words, **more):
    done = subprocess.run([*PARITY, *map(str, words)], capture_output=True, text=True, check=False, **more)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    out = tmp_path_factory.mktemp("kept") / "out"
    assert run("solve", TOY, "--out", out).returncode == 0
    return out


def test_result_json_holds_the_hashes_of_the_other_two(solved):
    assert state(solved)["status"] == "optimal"


def test_a_second_solve_into_the_same_folder_is_refused(solved):
    before = state(solved)
    with locked(solved):
        done = run("solve", TOY, "--out", solved, "--force")
    assert done.returncode == 2
    assert "is in use" in done.stderr
    assert state(solved) == before


def test_a_folder_that_takes_no_file_is_found_before_the_search(tmp_path):
    (tmp_path / "file").write_text("x", encoding="utf-8")
    done = run("solve", TOY, "--out", tmp_path / "file" / "below" / "out")
    assert done.returncode == 4
    assert "airings" not in done.stdout + done.stderr.replace("building the airings", "")


def test_a_full_disk_is_found_before_the_search(tmp_path):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = run("solve", TOY, "--out", tmp_path / "a" / "out", preexec_fn=small_files)
    assert done.returncode == 4
    assert "File too large" in done.stderr
    assert "seed" not in done.stdout + done.stderr
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import sys
from scheduler.cli import main
from scheduler.solve import answer_folder
where, real = sys.argv.pop(1), answer_folder.write_together
def full(folder, contents, **removed):
    if where == "everywhere" or folder.name == "out":
        raise OSError(28, "No space left on device", str(folder))
    real(folder, contents, **removed)
answer_folder.write_together = full
main()
"""


def test_an_answer_that_its_folder_does_not_take_goes_to_a_place_that_is_named(tmp_path):
    def on_a_full_disk(where):
        words = [sys.executable, "-c", FULL_DISK, where, "solve", str(TOY), "--out", str(tmp_path / "out")]
        around = {**os.environ, "TMPDIR": str(tmp_path)}
        done = subprocess.run(words, env=around, capture_output=True, text=True, check=False)
        assert done.returncode == 4, done.stderr
        return done

    done = on_a_full_disk("here")
    assert "No space left on device; the answer is in" in done.stderr
    place = Path(done.stderr.strip().splitlines()[-1].split("the answer is in ")[1])
    assert state(place)["status"] == "optimal"
    assert f"saved: {place}" in done.stdout
    assert on_a_full_disk("everywhere").stdout == (place / "timetable.csv").read_text(encoding="utf-8")
    assert sorted(path.name for path in tmp_path.iterdir()) == [place.name]


class Found:
    """What a checkpoint asks of a solution."""

    def __init__(self, hard_rows, value):
        self.hard_rows, self.value = hard_rows, value


def test_an_old_answer_stays_until_it_is_worth_replacing(solved, tmp_path):
    toy = load(TOY)
    assert old_answer(tmp_path, toy) is None
    old = old_answer(solved, toy)
    assert (old.same_instance, old.hard_rows, old.value) == (True, 0, 534_000)
    checkpoint = Checkpoint(None, solved, old)
    assert [checkpoint._replaces(0, 533_999), checkpoint._replaces(0, 534_000), checkpoint._replaces(0, 534_001)] == [
        False,
        False,
        True,
    ]
    assert not checkpoint._replaces(1, 999_999)
    other = load(write(tmp_path / "i", content([kz(window("18:00", "20:00"))], [programme("a", 30)])))
    checkpoint = Checkpoint(None, solved, old_answer(solved, other))
    assert checkpoint._replaces(0, 1)
    assert not checkpoint._replaces(1, 999_999)


@pytest.mark.parametrize("said", ["", "[]", "{", '{"instance_sha256": 5}', "\x00", "[" * 100_000, "1" * 5000])
def test_an_edited_result_belongs_to_no_instance(solved, tmp_path, said):
    shutil.copytree(solved, tmp_path / "out")
    (tmp_path / "out" / "result.json").write_text(said, encoding="utf-8")
    assert old_answer(tmp_path / "out", load(TOY)) == answer_folder.OldAnswer(same_instance=False)


def test_a_killed_solve_over_an_answer_leaves_it_or_a_better_one(tmp_path):
    instance, out = tmp_path / "i", tmp_path / "out"
    assert run("generate", instance, "--seed", 3, "--tightness", 0.7, "-q").returncode == 0
    words = ["solve", instance, "--out", out, "--strategy", "scale", "--time-limit", 4, "-q"]
    assert run(*words).returncode in (0, 1)
    chance = random.Random(4)
    for _ in range(4):
        kill_solve(instance, out, chance)


@pytest.mark.parametrize("redirected", ["2>&-", ">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_lose_no_answer(tmp_path, redirected):
    command = f'"$0" -c "from scheduler.cli import main; main()" solve "$1" --out "$2" {redirected}'
    done = subprocess.run(["sh", "-c", command, sys.executable, str(TOY), str(tmp_path / "out")], check=False)
    assert done.returncode == 0
    assert state(tmp_path / "out")["status"] == "optimal"


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
@pytest.mark.parametrize(
    "words", [["solve", str(TOY), "--out", "OUT"], ["check", str(TOY)], ["schema"], ["--help"], ["solve", "--help"]]
)
def test_a_pipe_that_nobody_reads_ends_with_0(tmp_path, words, stream):
    read, written = os.pipe()
    os.close(read)
    words = [str(tmp_path / "out") if word == "OUT" else word for word in words]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: written}
    done = subprocess.run([*PARITY, *words], **streams, text=True, check=False)
    os.close(written)
    assert done.returncode == 0
    assert "Traceback" not in (done.stderr or "") + (done.stdout or "")
    assert words[0] != "solve" or len(words) < 3 or state(tmp_path / "out")["status"] == "optimal"


def test_a_full_standard_output_is_named():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run([*PARITY, "schema"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 4
    assert "No space left on device" in done.stderr and "Traceback" not in done.stderr


def with_default_interrupts():
    """Tests that run in the background of a shell are started with interrupts ignored, and so are their children."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_before_the_search_ends_with_130_and_leaves_nothing(tmp_path, number):
    """The caches are empty, so the process first compiles for some time."""
    words = [*PARITY, "solve", str(TOY), "--strategy", "scale", "--out", str(tmp_path / "out")]
    chance = random.Random(number)
    for at, wait in enumerate((0.0, chance.uniform(0, 1), chance.uniform(1, 2))):
        around = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path / f"cache-{at}")}
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        child = subprocess.Popen(words, env=around, preexec_fn=with_default_interrupts, **streams)
        child.stderr.readline()  # "reading …"
        time.sleep(wait)
        child.send_signal(number)
        said, told = child.communicate()
        assert child.returncode == 130, told
        assert told.splitlines()[-1] == "interrupted; nothing was saved"
        assert said == "" and "Traceback" not in told
        assert not (tmp_path / "out").exists()


def test_standard_output_takes_the_timetable_or_the_result(solved, tmp_path):
    done = run("solve", TOY, "--out", "-", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout == (solved / "timetable.csv").read_text(encoding="utf-8")
    assert json.loads(run("solve", TOY, "--out", "-", "--json", cwd=tmp_path).stdout)["status"] == "optimal"
    assert list(tmp_path.iterdir()) == []
