"""How much time a search, a step or one program may still take: seconds of the clock, or counted work.

A search that must repeat on any machine cannot look at the clock. It counts work instead (simplex iterations, moves,
CP-SAT's deterministic time), in units of about a second each. Everything else asks a `Budget` and does not care which.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Meter:
    """What a search has spent so far. Several threads may spend at once."""

    def __init__(self, *, counted: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin at nothing.

        Parameters
        ----------
        counted
            Whether counted work is what limits the search; the clock is then never looked at for a limit.
        clock
            Seconds since some fixed moment.
        """
        self.counted, self.work = counted, 0.0
        self._clock, self.started = clock, clock()
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Seconds since the begin."""
        return self._clock() - self.started

    def spent(self) -> float:
        """Counted work or seconds since the begin, whichever limits the search."""
        return self.work if self.counted else self.seconds()

    def spend(self, work: float) -> None:
        """Count work, in units of about a second; it has no effect where the clock limits the search."""
        with self._lock:
            self.work += work


def _never() -> bool:
    return False


class Budget:
    """What is left of a limit. Budgets for parts are made from it and share its meter.

    `left()` is 0 as soon as the search is to stop for any other reason (proven, interrupted, closed), so that one
    question is enough in a loop.
    """

    def __init__(
        self,
        meter: Meter,
        limit: float,
        *,
        stopped: Callable[[], bool] = _never,
        kept: float = 0.0,
        cap: float = math.inf,
    ) -> None:
        """Allow the meter to reach a limit.

        Parameters
        ----------
        meter
            What counts as spent.
        limit
            Seconds or counted work since the meter's begin.
        stopped
            Whether to stop although something is left.
        kept
            What is to stay of the limit for others.
        cap
            `left()` is never more than this.
        """
        self._meter, self._limit, self._stopped, self._kept, self._cap = meter, limit, stopped, kept, cap

    @classmethod
    def of_seconds(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Budget:
        """Seconds of the clock from now on."""
        return cls(Meter(clock=clock), seconds)

    @property
    def counted(self) -> bool:
        """Whether work is counted in place of seconds."""
        return self._meter.counted

    def left(self) -> float:
        """Seconds or counted work left, never negative."""
        if self._stopped():
            return 0.0
        return min(self._cap, max(0.0, self._rest() - self._kept))

    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left() <= 0

    def share(self, share: float) -> Budget:
        """A budget for this share, 0 to 1, of what is left now."""
        rest = self._rest() - self._kept
        return self._with(kept=self._kept + rest * (1 - share))

    def first(self, amount: float) -> Budget:
        """A budget for the next `amount` seconds or counted work, or for all that is left where that is less."""
        return self._with(kept=max(self._kept, self._rest() - amount))

    def within(self, other: Budget) -> Budget:
        """A budget that keeps for others whatever this one or another one of the same limit keeps."""
        return self._with(kept=max(self._kept, other._kept), cap=min(self._cap, other._cap))

    def at_most(self, amount: float) -> Budget:
        """The same budget for attempts of at most `amount` each: `left()` is never more than that."""
        return self._with(cap=min(self._cap, amount))

    def spend(self, work: float) -> None:
        """Count work, in units of about a second."""
        self._meter.spend(work)

    def node_limit(self, rate: float, amount: float | None = None) -> int | None:
        """The limit of branch-and-bound nodes that stands for `amount`, by default for all that is left.

        Parameters
        ----------
        rate
            Nodes per unit of counted work.
        amount
            Counted work.

        Returns
        -------
        int or None
            None where the clock limits the search: then there is no limit of nodes.
        """
        if not self.counted:
            return None
        return max(1, int(rate * (self.left() if amount is None else amount)))

    def _rest(self) -> float:
        """What is left of the limit before anything is kept."""
        return max(0.0, self._limit - self._meter.spent())

    def _with(self, *, kept: float | None = None, cap: float | None = None) -> Budget:
        return Budget(
            self._meter,
            self._limit,
            stopped=self._stopped,
            kept=self._kept if kept is None else kept,
            cap=self._cap if cap is None else cap,
        )
