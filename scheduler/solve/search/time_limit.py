"""The time that a search, a step or a program may still take: seconds of the clock, or counted work.

A search that must give the same answer on any machine cannot use the clock. It counts work (simplex iterations, moves,
CP-SAT's deterministic time) in units of about a second. All other code asks a `Budget` and need not know which of the
two limits the search.
"""

from __future__ import annotations

import math
import threading
import time
from typing import TYPE_CHECKING

from scheduler.solve.params import DEFAULTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve.params import WorkParams


class Meter:
    """The seconds or work that a search has spent so far. Several threads may add to it."""

    def __init__(
        self,
        *,
        counted: bool = False,
        clock: Callable[[], float] = time.monotonic,
        params: WorkParams = DEFAULTS.work,
    ) -> None:
        """Start at zero.

        Parameters
        ----------
        counted
            Whether counted work limits the search. Then the clock never limits it.
        clock
            Returns seconds since some fixed moment.
        params
            What counts as how much work.
        """
        self.counted, self.work, self.params = counted, 0.0, params
        self._clock, self.started = clock, clock()
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Seconds since the start."""
        return self._clock() - self.started

    def spent(self) -> float:
        """Seconds or counted work since the start, whichever limits the search."""
        return self.work if self.counted else self.seconds()

    def spend(self, work: float) -> None:
        """Count work in units of about a second. Has no effect if the clock limits the search."""
        with self._lock:
            self.work += work


def _never() -> bool:
    return False


class Budget:
    """The rest of a limit. Budgets for parts are made from it and share its meter.

    `left()` becomes 0 as soon as the search must stop for another reason (proven, interrupted, closed). So a loop needs
    only one question.
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
        """Set a limit on a meter.

        Parameters
        ----------
        meter
            The meter that counts.
        limit
            Seconds or counted work since the meter's start.
        stopped
            Whether to stop although time is left.
        kept
            The part of the limit that is kept for others.
        cap
            Upper limit of `left()`.
        """
        self._meter, self._limit, self._stopped, self._kept, self._cap = meter, limit, stopped, kept, cap

    @classmethod
    def of_seconds(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Budget:
        """A budget of `seconds` of the clock, from now on."""
        return cls(Meter(clock=clock), seconds)

    @property
    def counted(self) -> bool:
        """Whether work is counted and not seconds."""
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
        """A budget for a share, 0 to 1, of what is left now."""
        rest = self._rest() - self._kept
        return self._with(kept=self._kept + rest * (1 - share))

    def first(self, amount: float) -> Budget:
        """A budget for the next `amount` seconds or counted work, or for all that is left if that is less."""
        return self._with(kept=max(self._kept, self._rest() - amount))

    def within(self, other: Budget) -> Budget:
        """A budget that keeps for others the larger of what this budget and `other` keep.

        Both must have the same limit.
        """
        return self._with(kept=max(self._kept, other._kept), cap=min(self._cap, other._cap))

    def at_most(self, amount: float) -> Budget:
        """The same budget for attempts of at most `amount` each: `left()` never exceeds it."""
        return self._with(cap=min(self._cap, amount))

    def spend(self, work: float) -> None:
        """Count work, in units of about a second."""
        self._meter.spend(work)

    def spend_iterations(self, iterations: int, *, least: float | None = None) -> float:
        """Count a program in HiGHS that took some simplex iterations; the counted work.

        `least` is the work of a program however small, by default that of the parameters.
        """
        params = self._meter.params
        work = (params.least if least is None else least) + iterations / params.iterations
        self.spend(work)
        return work

    def node_limit(self, rate: float) -> int | None:
        """The number of branch-and-bound nodes that stands for what is left.

        Parameters
        ----------
        rate
            Nodes per unit of counted work.

        Returns
        -------
        int or None
            None if the clock limits the search. Then nodes are not limited.
        """
        if not self.counted:
            return None
        return max(1, int(rate * self.left()))

    def _rest(self) -> float:
        """The rest of the limit, including what is kept for others."""
        return max(0.0, self._limit - self._meter.spent())

    def _with(self, *, kept: float | None = None, cap: float | None = None) -> Budget:
        return Budget(
            self._meter,
            self._limit,
            stopped=self._stopped,
            kept=self._kept if kept is None else kept,
            cap=self._cap if cap is None else cap,
        )
