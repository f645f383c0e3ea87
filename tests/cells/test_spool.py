"""Two runners of one spool, of which one is killed; what a spool says of damaged files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from scheduler.cells import Spool, run_cells
from scheduler.instance import InputError
from tests.cells.cells import PATIENCE, solves_of, toy_cells, untimed
from tests.planned import command

PARITY = "from scheduler.cli import main; main()"


def runner(spool, *words):
    line = [sys.executable, "-c", PARITY, "cells", "run", "--spool", str(spool), "--lost-after", "3", *words]
    return subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def until(true, process):
    while not (found := true()):
        assert process.poll() is None, process.communicate()
        time.sleep(0.02)
    return found


def test_a_killed_runners_cell_is_solved_by_another_and_the_rows_are_the_serial_ones(tmp_path):
    cells = toy_cells(3)
    serial = {cell.key: untimed(finished) for cell, finished in run_cells(cells)}
    spool = Spool(tmp_path / "spool")
    spool.put(cells)
    with runner(spool.folder) as first:
        until(lambda: solves_of(first.pid), first)
        first.send_signal(signal.SIGKILL)
    with runner(spool.folder, "--stay") as second:
        said, complaint = second.communicate(timeout=PATIENCE)
    assert second.returncode == 0, complaint
    assert spool.counts() == {"waiting": 0, "taken": 0, "results": 3}
    assert said.splitlines()[-1] == "3 cells solved"
    assert {cell.key: untimed(spool.finished(cell)) for cell in cells} == serial


STARTS = "import os, subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[1], str(os.getpid())])"
WATCHES = """
import os, sys
from scheduler.cells.child import end_with
print(os.getpid(), flush=True)
end_with(int(sys.argv[1]))
"""


def test_a_solve_ends_with_the_process_that_started_it():
    with subprocess.Popen([sys.executable, "-c", STARTS, WATCHES], stdout=subprocess.PIPE, text=True) as parent:
        solve = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    gone, left = psutil.wait_procs([solve], timeout=PATIENCE)
    for one in left:
        one.kill()
    assert gone


def test_an_interrupted_runner_leaves_its_cell_waiting(tmp_path):
    spool = Spool(tmp_path / "spool")
    spool.put(toy_cells(2))
    with runner(spool.folder) as only:
        until(lambda: solves_of(only.pid), only)
        only.send_signal(signal.SIGTERM)
        _, said = only.communicate(timeout=PATIENCE)
    assert only.returncode == 130
    assert "the cell that was being solved waits again" in said
    assert spool.counts() == {"waiting": 2, "taken": 0, "results": 0}


def test_only_one_of_many_takes_a_cell(tmp_path):
    spool = Spool(tmp_path / "spool")
    cells = toy_cells(5)
    spool.put(cells)
    taken = [spool.take(f"runner-{number}") for number in range(7)]
    assert sorted(path.stem.partition("@")[0] for path in taken[:5]) == sorted(cell.key for cell in cells)
    assert taken[5:] == [None, None]
    assert {spool.state(cell) for cell in cells} == {"taken"}
    spool.put(cells)
    assert spool.counts() == {"waiting": 0, "taken": 5, "results": 0}


def test_only_a_cell_without_a_sign_of_life_waits_again(tmp_path):
    spool = Spool(tmp_path / "spool", lost_after=60)
    spool.put(toy_cells(1))
    mine = spool.take("one")
    assert spool.take("other") is None
    past = time.time() - 61
    os.utime(mine, (past, past))
    assert spool.take("other") is not None
    assert not mine.exists()


def test_a_damaged_file_is_named(tmp_path):
    spool = Spool(tmp_path / "spool")
    (cell,) = toy_cells(1)
    spool.put([cell])
    (waiting,) = (spool.folder / "waiting").iterdir()
    waiting.write_text('{"label": "toy"}', encoding="utf-8")
    code, said = command("cells", "run", "--spool", spool.folder)
    assert code == 2
    assert f"{cell.key}@" in said
    assert "is no cell: instance: Field required" in said
    (spool.folder / "results" / f"{cell.key}.json").write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match="is no finished"):
        spool.finished(cell)


def test_the_commands_say_what_is_in_a_spool(tmp_path):
    spool = Spool(tmp_path / "spool")
    spool.put(toy_cells(2))
    spool.take("one")
    assert command("cells", "status", "--spool", spool.folder) == (0, "1 waiting, 1 taken, 0 done\n")
    code, said = command("cells", "status", "--spool", tmp_path / "nowhere")
    assert code == 2
    assert "there is no such folder" in said


@pytest.mark.parametrize("words", [("run", "--stay"), ("status",)])
def test_a_folder_that_is_no_spool_is_refused_and_left_as_it_is(words, tmp_path):
    """An answer's folder, or a shared volume on which no command has put cells yet."""
    (tmp_path / "result.json").write_text("{}", encoding="utf-8")
    code, said = command("cells", *words, "--spool", tmp_path)
    assert code == 2
    assert "is no spool; a command with --spool makes one" in said
    assert [path.name for path in tmp_path.iterdir()] == ["result.json"]
    assert "no such folder" in command("cells", *words, "--spool", tmp_path / "none")[1]
