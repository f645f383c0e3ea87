"""Run a process with limits on time and on the memory of its whole tree. It is killed if it exceeds one."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Literal

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

Ending = Literal["done", "crashed", "over_limit", "out_of_memory"]


class Stopped(Exception):
    """A process was ended because its result is no longer needed."""


LOOK_EVERY = 0.2
"""Seconds between two checks of a running process."""


def watch(
    command: Sequence[str],
    late: Callable[[], bool],
    memory: float,
    errors: Path,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Ending, float, int]:
    """Run a command until it ends, `late()` is true, or its tree uses more than `memory` GB.

    Returns (how it ended, peak memory of the tree in GB, exit status). Its stderr goes to the file `errors`.

    Raises
    ------
    Stopped
        `stopped()` was true. The process has been ended.
    """
    with errors.open("w", encoding="utf-8") as stream, _signals_after() as later:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=stream, stdin=subprocess.DEVNULL, start_new_session=True
        )
    peak, ending = 0.0, "done"
    try:
        for number in later:
            signal.raise_signal(number)
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            if peak > memory or late():
                ending = "out_of_memory" if peak > memory else "over_limit"
                break
            if stopped():
                raise Stopped
            time.sleep(LOOK_EVERY)
    finally:
        _kill_group(process)
    status = process.returncode or 0
    if ending == "done" and status:
        ending = "out_of_memory" if status == -signal.SIGKILL else "crashed"
    return ending, peak, status  # type: ignore[return-value]


@contextlib.contextmanager
def _signals_after() -> Iterator[list[int]]:
    """Collect signals that would end this process while another one is being started.

    An exception inside `Popen` would leave a running process without an owner. Yields the list of the received signals.
    The caller raises them again when it can end the new process. Python runs handlers only in the main thread, so other
    threads need no protection.
    """
    came: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield came
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    before = {number: handler for number, handler in handlers.items() if callable(handler)}
    for number in before:
        signal.signal(number, lambda caught, _: came.append(caught))
    try:
        yield came
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tree_memory(root: int) -> float:
    """GB used by a process and its descendants. Shared pages count for each of them. 0 if the process has ended."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(root)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_info().rss
    return total / 1e9
