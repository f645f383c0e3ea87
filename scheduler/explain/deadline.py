"""How long an explanation may still take, and work that an interrupt can end."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")


@dataclass(slots=True)
class Deadline:
    """A span of seconds from now on; the clock is passed in."""

    seconds: float
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = self.clock()

    def left(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.seconds - (self.clock() - self._started))

    @property
    def over(self) -> bool:
        """Whether no time is left."""
        return self.left() <= 0


def interruptible(work: Callable[[], Result], stop: Callable[[], None]) -> Result:
    """Do solver work in a thread of its own, so that Ctrl-C reaches this one at once and stops it."""
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
