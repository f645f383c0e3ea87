"""The thread in which solvers run. The main thread stays free, so that it can react to an interrupt at any time."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

_NAME = "engine"


def start_engine(work: Callable[[], object]) -> threading.Thread:
    """Run solver work in a thread of its own. The thread does not keep the process alive."""
    engine = threading.Thread(target=work, name=_NAME, daemon=True)
    engine.start()
    return engine


def engine_is_running() -> bool:
    """Whether some engine is still at work, for example one that overran its limit."""
    return any(thread.name == _NAME and thread.is_alive() for thread in threading.enumerate())


def interruptible(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """Run solver work in its own thread. Ctrl-C is handled in this thread at once and stops the work."""
    results: list[Result] = []
    faults: list[Exception] = []

    def guarded() -> None:
        try:
            results.append(work())
        except Exception as fault:
            faults.append(fault)

    engine = start_engine(guarded)
    try:
        while engine.is_alive():
            engine.join(timeout=0.1)
    except BaseException:
        stop()
        engine.join(timeout=2.0)
        raise
    if faults:
        raise faults[0]
    return results[0]
