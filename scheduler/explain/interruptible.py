"""Solver work that an interrupt can end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


def interruptible(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """Run solver work in its own thread. Ctrl-C is handled in this thread at once and stops the work."""
    results: list[Result] = []
    faults: list[Exception] = []

    def guarded() -> None:
        try:
            results.append(work())
        except Exception as fault:
            faults.append(fault)

    worker = threading.Thread(target=guarded, name="engine", daemon=True)
    worker.start()
    try:
        while worker.is_alive():
            worker.join(timeout=0.1)
    except BaseException:
        stop()
        worker.join(timeout=2.0)
        raise
    if faults:
        raise faults[0]
    return results[0]
