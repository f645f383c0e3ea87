"""Files that are written whole or not at all, alone and as a set, whenever the process dies."""

import os
import random
from pathlib import Path

import pytest

from scheduler import whole_file
from scheduler.whole_file import (
    COMMITTED,
    REMOVED,
    STAGED,
    FolderInUseError,
    locked,
    recover,
    write_together,
    write_whole,
)
from tests.kills import WRITER, kill_writer, state

OLD = {"a.csv": "old a", "b.json": "old b", "c.json": "old c"}
NEW = {"a.csv": "new a", "b.json": "new b", "c.json": "new c"}
MORE = {**OLD, "d.csv": "old d", "e.json": "old e"}
"""A larger set than the new one, which removes what it does not have."""


def held(folder):
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def dies_at(step, folder):
    """Write the new set in a process that dies before its call number `step` to the file system; whether it did."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1] != 0
    calls = 0

    def counted(real):
        def call(*args, **more):
            nonlocal calls
            calls += 1
            if calls == step:
                os._exit(9)
            return real(*args, **more)

        return call

    for name in ("mkdir", "open", "chmod", "rename", "replace", "rmdir", "unlink"):
        setattr(Path, name, counted(getattr(Path, name)))
    os.fsync = counted(os.fsync)
    try:
        with locked(folder):
            write_together(folder, NEW, remove=MORE)
    except BaseException:
        os._exit(8)
    os._exit(0)


@pytest.mark.parametrize("old", [OLD, MORE], ids=["as large", "larger"])
def test_a_process_that_dies_at_any_step_leaves_the_old_set_or_the_new_one(tmp_path, old):
    ends = []
    for step in range(1, 100):
        folder = tmp_path / str(step)
        folder.mkdir()
        write_together(folder, old)
        died = dies_at(step, folder)
        recover(folder)
        assert held(folder) in (old, NEW), f"step {step}"
        ends.append(held(folder) == NEW)
        if not died:
            break
    assert not died and len(ends) > 10
    assert ends == sorted(ends), "once the new set counts it counts"
    assert ends.count(False) > 3 and ends.count(True) > 3


def test_processes_killed_at_random_leave_one_whole_answer(tmp_path):
    chance = random.Random(25)
    for _ in range(25):
        kill_writer(tmp_path, chance)
    assert state(tmp_path)["number"] >= 0
    assert "write_together" in WRITER


def test_a_set_that_cannot_be_written_changes_nothing(tmp_path, monkeypatch):
    write_together(tmp_path, OLD)
    real, calls = whole_file._write, []

    def full(path, content):
        calls.append(path)
        if len(calls) == 3:
            raise OSError(28, "No space left on device")
        real(path, content)

    monkeypatch.setattr(whole_file, "_write", full)
    with pytest.raises(OSError, match="No space left"):
        write_together(tmp_path, NEW)
    assert held(tmp_path) == OLD


def test_a_folder_in_the_place_of_a_file_is_found_before_anything_is_moved(tmp_path):
    (tmp_path / "c.json").mkdir()
    with pytest.raises(IsADirectoryError):
        write_together(tmp_path, NEW)
    assert [path.name for path in tmp_path.iterdir()] == ["c.json"]


def test_a_reader_leaves_alone_what_a_running_process_is_about_to_do(tmp_path):
    write_together(tmp_path, OLD)
    (tmp_path / STAGED).mkdir()
    (tmp_path / STAGED / "a.csv").write_text("half", encoding="utf-8")
    with locked(tmp_path):
        recover(tmp_path)
        assert (tmp_path / STAGED / "a.csv").is_file()
        with pytest.raises(FolderInUseError), locked(tmp_path, wait=0.1):
            pass
    recover(tmp_path)
    assert held(tmp_path) == OLD


def test_a_committed_set_is_finished_by_the_next_reader(tmp_path):
    write_together(tmp_path, OLD)
    (tmp_path / COMMITTED).mkdir()
    (tmp_path / COMMITTED / "c.json").write_text("new c", encoding="utf-8")
    recover(tmp_path)
    assert held(tmp_path) == {**OLD, "c.json": "new c"}


def test_only_files_of_the_folder_itself_are_removed(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "x").write_text("x", encoding="utf-8")
    beside = tmp_path / "beside"
    beside.write_text("beside", encoding="utf-8")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / COMMITTED).mkdir()
    (folder / COMMITTED / REMOVED).write_text("../beside\nnone", encoding="utf-8")
    recover(folder)
    assert beside.is_file() and held(folder) == {}
    write_together(tmp_path, {"a": "a"}, remove=["kept"])
    assert (tmp_path / "kept" / "x").is_file()


def test_one_file_is_whole_and_its_folder_is_not_made(tmp_path):
    write_whole(tmp_path / "x", "one")
    write_whole(tmp_path / "x", b"two")
    assert held(tmp_path) == {"x": "two"}
    with pytest.raises(OSError, match="No such file"):
        write_whole(tmp_path / "missing" / "x", "one")
    assert not (tmp_path / "missing").exists()
