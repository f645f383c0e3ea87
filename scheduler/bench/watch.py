"""A process with limits from outside: time and memory of its whole tree, killed when it exceeds either."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Literal

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Ending = Literal["done", "crashed", "over_limit", "out_of_memory"]

LOOK_EVERY = 0.2
"""Seconds between two looks at a running process."""


def watch(command: Sequence[str], late: Callable[[], bool], memory: float, errors: Path) -> tuple[Ending, float, int]:
    """Run a command until it ends, `late()` says so, or its tree holds more than `memory` GB.

    Returns (how it ended, peak memory of the tree in GB, exit status). Its stderr goes to the file `errors`.
    """
    with errors.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=stream, stdin=subprocess.DEVNULL, start_new_session=True
        )
    peak, ending = 0.0, "done"
    try:
        while process.poll() is None:
            peak = max(peak, tree_memory(process.pid))
            if peak > memory or late():
                ending = "out_of_memory" if peak > memory else "over_limit"
                break
            time.sleep(LOOK_EVERY)
    finally:
        _kill_group(process)
    status = process.returncode or 0
    if ending == "done" and status:
        ending = "out_of_memory" if status == -signal.SIGKILL else "crashed"
    return ending, peak, status  # type: ignore[return-value]


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def tree_memory(root: int) -> float:
    """GB held by a process and all that it has started, pages that they share counted for each; 0 where it is gone."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(root)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                total += one.memory_info().rss
    return total / 1e9
