"""A folder from which several machines take cells. The machines share only this folder.

    instances/SHA256/…          the instances, by the hash of their files
    waiting/KEY.json            cells that nobody has taken
    taken/KEY@RUNNER.json       cells that are being solved; the runner touches the file every second
    results/KEY.json            the result of a cell, with the files of its answer

A runner takes a cell by renaming its file. Only one runner can succeed. The runner writes the complete result, then
removes the taken file. If a taken file has not been touched for a while, its runner was killed, and any other runner
renames it back. If the runner was only suspended, the cell may be solved twice. Then the later result replaces the
earlier one, so there is one result per cell.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ValidationError

from scheduler.cells.cell import Cell
from scheduler.cells.result import Finished
from scheduler.cells.run import run_cell
from scheduler.instance import InputError, Problem
from scheduler.instance.files.load import INSTANCE_FILE, TABLES
from scheduler.whole_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import TypeVar

    Model = TypeVar("Model", bound=BaseModel)

TOUCH_EVERY = 1.0
"""Seconds between two touches of a taken file, and between two looks for cells of other runners."""

LOST_AFTER = 30.0
"""Seconds after the last touch at which a taken cell counts as lost."""

WAITING, TAKEN, RESULTS, INSTANCES = "waiting", "taken", "results", "instances"


def is_spool(folder: Path) -> bool:
    """Whether a folder has the folders of cells, which every spool has."""
    return all((folder / name).is_dir() for name in (WAITING, TAKEN, RESULTS))


class Spool:
    """The folder of a spool. It is created if it does not exist."""

    def __init__(self, folder: Path, lost_after: float = LOST_AFTER) -> None:
        self.folder, self.lost_after = folder, lost_after
        for name in (WAITING, TAKEN, RESULTS, INSTANCES):
            (folder / name).mkdir(parents=True, exist_ok=True)

    def put(self, cells: Sequence[Cell]) -> None:
        """Put cells into the spool with their instances.

        Cells that are already there, in any state, are not changed.
        """
        for cell in cells:
            home = self.folder / INSTANCES / cell.instance_sha256
            if not home.exists():
                _copied(Path(cell.instance), home)
            if self.state(cell) == "absent":
                placed = cell.model_copy(update={"instance": f"{INSTANCES}/{cell.instance_sha256}"})
                write_whole(self.folder / WAITING / f"{cell.key}.json", placed.model_dump_json(indent=2) + "\n")

    def state(self, cell: Cell) -> str:
        """Absent, waiting, taken or done.

        The folders are read in the order in which a cell moves through them, so a cell that moves on is seen. Only a
        cell that waits again in this moment can be missed; `put` then writes the same file again.
        """
        if (self.folder / WAITING / f"{cell.key}.json").exists():
            return "waiting"
        if any((self.folder / TAKEN).glob(f"{cell.key}@*.json")):
            return "taken"
        return "done" if (self.folder / RESULTS / f"{cell.key}.json").exists() else "absent"

    def finished(self, cell: Cell) -> Finished | None:
        """The result of a cell. None if there is no result yet.

        Raises
        ------
        InputError
            The file of the result is damaged.
        """
        path = self.folder / RESULTS / f"{cell.key}.json"
        return _read(path, Finished) if path.exists() else None

    def counts(self) -> dict[str, int]:
        """The number of cells in each state."""
        return {name: len(list((self.folder / name).glob("[!.]*.json"))) for name in (WAITING, TAKEN, RESULTS)}

    def take(self, runner: str) -> Path | None:
        """Take the next waiting cell for a runner. None if no cell waits."""
        self._free_lost()
        for path in sorted((self.folder / WAITING).glob("[!.]*.json")):
            mine = self.folder / TAKEN / f"{path.stem}@{runner}.json"
            with suppress(FileNotFoundError):  # another runner was faster
                path.rename(mine)
                os.utime(mine)
                if not (self.folder / RESULTS / path.name).exists():
                    return mine
                mine.unlink()
        return None

    def run_next(self, runner: str, solve: Callable[[Cell, Path], Finished] = run_cell) -> str | None:
        """Take a cell, solve it in the folder of its instance, and write its result.

        Returns its key; None if no cell waits. If the solve ends by an exception the cell waits again.
        """
        mine = self.take(runner)
        if mine is None:
            return None
        key = mine.stem.rpartition("@")[0]
        try:
            cell = _read(mine, Cell)
            with _touched(mine):
                finished = solve(cell, self.folder / cell.instance)
            write_whole(self.folder / RESULTS / f"{key}.json", finished.model_dump_json() + "\n")
        except BaseException:
            with suppress(FileNotFoundError):
                mine.rename(self.folder / WAITING / f"{key}.json")
            raise
        mine.unlink(missing_ok=True)
        return key

    def _free_lost(self) -> None:
        """Return cells of killed runners to the waiting ones."""
        with tempfile.NamedTemporaryFile(dir=self.folder, prefix=".now.") as made:
            # the clock of the shared folder, because the machines' clocks may differ
            now = Path(made.name).stat().st_mtime
        for path in (self.folder / TAKEN).glob("*@*.json"):
            with suppress(FileNotFoundError):  # its runner has ended, or another runner was faster
                if now - path.stat().st_mtime > self.lost_after:
                    path.rename(self.folder / WAITING / f"{path.stem.rpartition('@')[0]}.json")


def run_from(spool: Spool, cells: Sequence[Cell]) -> Iterator[tuple[Cell, Finished]]:
    """Put cells into a spool, take part in solving them, and yield each with its result.

    Other runners may take cells of the same spool. This function waits for their results.
    """
    spool.put(cells)
    left = {cell.key: cell for cell in cells}
    runner = runner_name()
    while left:
        for key in list(left):
            finished = spool.finished(left[key])
            if finished is not None:
                yield left.pop(key), finished
        if left and spool.run_next(runner) is None:
            time.sleep(TOUCH_EVERY)


def runner_name() -> str:
    """A unique name of this runner: machine and process."""
    return f"{socket.gethostname()}-{os.getpid()}"


@contextmanager
def _touched(path: Path) -> Iterator[None]:
    """Touch a file every second while this is open."""
    done = threading.Event()

    def touch() -> None:
        while not done.wait(TOUCH_EVERY):
            with suppress(FileNotFoundError):
                os.utime(path)

    thread = threading.Thread(target=touch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def instance_files(folder: Path) -> dict[str, bytes]:
    """The files of an instance folder that belong to the instance, by name."""
    named = {name: folder / name for name in (INSTANCE_FILE, *TABLES)}
    return {name: path.read_bytes() for name, path in named.items() if path.is_file()}


def _copied(folder: Path, home: Path) -> None:
    """Copy an instance into the spool, whole or not at all."""
    made = Path(tempfile.mkdtemp(prefix=".", dir=home.parent))
    for name, content in instance_files(folder).items():
        (made / name).write_bytes(content)
    made.chmod(0o755)
    try:
        made.rename(home)
    except OSError:
        shutil.rmtree(made)
        if not home.is_dir():  # otherwise another process has copied it
            raise


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        text = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_url=False))
        raise InputError([Problem(path.name, 1, 1, f"is no {model.__name__.lower()}: {text}; remove it")]) from None
