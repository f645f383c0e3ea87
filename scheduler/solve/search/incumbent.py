"""The state of one search: the best timetable, the best bound, and the time of each step.

Engines offer what they find and ask whether to continue. The best point is stored here, outside any solver, so that a
limit, an interrupt or a crash of an engine loses nothing.
"""

from __future__ import annotations

import math
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.rules import HARD
from scheduler.solve.params import DEFAULTS
from scheduler.solve.search.bound_sources import ALL_AIRINGS, FOR_ALL_AIRINGS, OURS, TWO_PROOFS, source_words
from scheduler.solve.search.breaches import without_breaches
from scheduler.solve.search.time_limit import Budget, Meter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.certify import Certificate
    from scheduler.formulation import Formulation
    from scheduler.rules import Rule
    from scheduler.solve.params import SolveParams
    from scheduler.solve.search.duals import Duals


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a search: every choice that can change the answer."""

    strategy: str = "auto"
    time_limit: float = 120.0  # seconds
    gap: float = 0.0  # stop when the proven gap is at most this share of the bound
    seed: int = 1
    workers: int = 2
    deterministic: bool = False  # count work instead of seconds, one worker
    params: SolveParams = DEFAULTS  # of every method
    objective: str = "value"  # what is maximised; see scheduler/objective.py

    def as_dict(self) -> dict[str, Any]:
        """The settings as result.json holds them. Of the parameters only those changed from the default."""
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "params"}
        return {**own, "params": self.params.changed()}


@dataclass(frozen=True, slots=True)
class Solution:
    """A point that keeps every rigid row, with its audience and misses."""

    point: Ints
    hard_miss: int  # in parts of HARD_SCALE: one whole hard row
    hard_rows: int  # number of hard rows missed
    soft_rows: int  # number of soft rows missed
    audience: int  # viewer-minutes
    penalty: int  # viewer-minutes

    @property
    def value(self) -> int:
        """Audience minus priced misses, viewer-minutes."""
        return self.audience - self.penalty

    def beats(self, other: Solution | None) -> bool:
        """Whether this solution is better: less hard miss, or the same hard miss and more value."""
        return other is None or (self.hard_miss, -self.value) < (other.hard_miss, -other.value)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the trajectory: the best value and bound at a moment."""

    seconds: float
    value: int | None
    bound: int | None
    hard_miss: int | None
    step: str


@dataclass(slots=True)
class Search:
    """The state of one search.

    Engines, several threads among them, change it through its methods only. These hold the lock where they must.
    """

    formulation: Formulation
    settings: Settings
    listener: Callable[[Search], None] | None = None  # called at every improvement of the value or the bound
    best: Solution | None = None
    bound: int | None = None
    bounds: dict[str, int] = field(default_factory=dict)  # the best bound of each source, for example "relaxation"
    optimal: bool = False  # two independent proofs show that no timetable is better
    least_hard_miss: int | None = None  # proven twice: the least weighted miss of the hard rows
    impossible: bool = False  # proven twice: no timetable keeps the locks and the rigid rows
    interrupted: bool = False
    closed: bool = False  # later offers of engines are ignored
    stoppers: list[Callable[[], None]] = field(default_factory=list)  # functions that stop a running engine
    step: str = "start"
    step_seconds: dict[str, float] = field(default_factory=dict)
    trajectory: list[Moment] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)  # engines that failed, with the reason in words
    duals: Duals | None = None  # of the best bound whose multipliers are known; the certificate is made from them
    costs: dict[str, Any] = field(default_factory=dict)  # the cost of clauses, from duals and bounds of the relaxation
    reserve: float = 0.0  # seconds of the limit kept for steps after the search
    rules: tuple[Rule, ...] | None = None  # the formulation's rules; None: the instance's
    sample_of: Airings | None = None  # all airings, if the formulation has a sample of them
    sample: Airings | None = None  # the formulation's airings, if they are a sample
    certified: tuple[Certificate, int] | None = None  # over all airings, with its bound
    meter: Meter = field(init=False)  # seconds, or counted work where settings.deterministic
    lock: threading.RLock = field(default_factory=threading.RLock)  # engines may offer from several threads

    def __post_init__(self) -> None:
        self.restart()

    def restart(self, *, reserve: float | None = None) -> None:
        """Start the limit now.

        Parameters
        ----------
        reserve
            Seconds of the limit kept for steps after the search. None: as before.
        """
        self.reserve = self.reserve if reserve is None else reserve
        self.meter = Meter(counted=self.settings.deterministic, params=self.settings.params.work)

    def seconds(self) -> float:
        """Seconds since the search began."""
        return self.meter.seconds()

    @property
    def budget(self) -> Budget:
        """The rest of the limit. Nothing is left once the search must stop."""
        return Budget(self.meter, self.settings.time_limit - self.reserve, stopped=self._stopped)

    def budget_beyond(self, amount: float) -> Budget:
        """A budget from now on that may exceed the limit, in seconds or counted work.

        Only an interrupt ends it early.
        """
        return Budget(self.meter, self.meter.spent() + amount, stopped=lambda: self.interrupted)

    def keeps_hard_rows(self) -> bool:
        """Whether a timetable was found that misses no hard row."""
        return self.best is not None and self.best.hard_miss == 0

    def gap(self) -> float | None:
        """(bound − value) / max(1, |bound|). Stated only if no hard row is missed."""
        if self.best is None or self.bound is None or self.best.hard_miss > 0:
            return None
        return (self.bound - self.best.value) / max(1, abs(self.bound))

    @property
    def proven(self) -> bool:
        """Whether the best timetable is proven optimal, by two independent proofs or by a bound of our own."""
        ours = [bound for source, bound in self.bounds.items() if source in OURS]
        by_us = self.best is not None and self.best.hard_miss == 0 and min(ours, default=math.inf) <= self.best.value
        return self.optimal or by_us

    @property
    def bound_source(self) -> str | None:
        """The source of the best bound, for example "ours: relaxation".

        Of equal bounds ours comes first, then two proofs.
        """
        if self.bound is None:
            return None
        least = [source for source, bound in self.bounds.items() if bound == self.bound]
        return source_words(min(least, key=lambda source: (source not in OURS, source != TWO_PROOFS, source)))

    def planned_gap(self) -> float | None:
        """The gap relative to the planned part: (bound − value) / max(1, bound − audience of the fallback alone)."""
        gap = self.gap()
        if gap is None or self.best is None or self.bound is None:
            return None
        return (self.bound - self.best.value) / max(1, self.bound - self.formulation.constant)

    def finished(self) -> bool:
        """Whether to stop: proven, gap small enough, out of time or interrupted."""
        return self.budget.over()

    def _stopped(self) -> bool:
        """Whether to stop although time is left."""
        gap = self.gap()
        close = gap is not None and gap <= self.settings.gap
        return self.optimal or self.impossible or close or self.interrupted or self.closed

    def evaluate(self, chosen: Flags) -> Solution:
        """The solution for some chosen airings.

        Raises
        ------
        ValueError
            The choice breaks a rigid row.
        """
        return _solution(self.formulation, chosen)

    def offer(self, chosen: Flags) -> bool:
        """Keep a choice if it is the best so far. Returns whether it is."""
        solution = self.evaluate(chosen)
        with self.lock:
            if self.closed or not solution.beats(self.best):
                return False
            self.best = solution
            self._record()
        return True

    def move_to(self, formulation: Formulation, airings: Airings, chosen: Flags | None) -> None:
        """Search another sample of the airings from now on. The bounds hold for all airings, so they stay.

        Parameters
        ----------
        formulation
            Of the other sample.
        airings
            The other sample, (n,), with all airings of the best timetable.
        chosen
            (n,) The best timetable. None: there is none yet.

        Raises
        ------
        ValueError
            The timetable breaks a rigid row.
        """
        solution = None if chosen is None else _solution(formulation, chosen)
        with self.lock:
            if not self.closed:
                self.formulation, self.sample, self.best, self.duals = formulation, airings, solution, None

    def try_offer(self, chosen: Flags) -> bool:
        """Offer a choice that may break a lock or a rigid row. Airings are removed until it breaks none.

        The choice is ignored if it leaves out a lock or if locked airings alone break a row.
        """
        kept = without_breaches(self.formulation, np.asarray(chosen, dtype=bool))
        return self.formulation.is_admissible(self.formulation.point(kept)) and self.offer(kept)

    def offer_part(self, free: Flags, chosen: Ints) -> bool:
        """Offer the current incumbent with exactly `chosen` of its `free` airings, (n,). Returns whether it is better.

        Another worker may have changed the rest of the incumbent since they were chosen.
        """
        best = self.best
        if best is None:
            return False
        before = best.point[: len(free)].astype(bool)
        merged = before & ~free
        merged[chosen] = True
        return not np.array_equal(merged, before) and self.try_offer(merged)

    def offer_bound(self, bound: float, source: str) -> bool:
        """Keep an upper bound on the value of every timetable that misses no hard row.

        Where the formulation has a sample of the airings, only bounds over all airings are kept.
        """
        whole = math.floor(bound)
        with self.lock:
            if self.closed or (self.sample_of is not None and source not in FOR_ALL_AIRINGS):
                return False
            self.bounds[source] = min(whole, self.bounds.get(source, whole))
            if self.bound is not None and whole >= self.bound:
                return False
            self.bound = whole
            self._record()
        return True

    def offer_duals(self, duals: Duals) -> None:
        """Keep the multipliers of the best bound of our own."""
        with self.lock:
            if self.duals is None or duals.bound < self.duals.bound:
                self.duals = duals

    def offer_certificate(self, certificate: Certificate, bound: int) -> None:
        """Keep a certificate over all airings, where the formulation has a sample of them."""
        with self.lock:
            if self.certified is None or bound < self.certified[1]:
                self.certified = certificate, bound
        self.offer_bound(bound, ALL_AIRINGS)

    def forget_bounds(self, *sources: str) -> None:
        """Remove the bounds of some sources, or all bounds if no source is named, because one of them is wrong."""
        with self.lock:
            self.bounds = {name: bound for name, bound in self.bounds.items() if sources and name not in sources}
            self.bound = min(self.bounds.values(), default=None)

    def prove_optimal(self) -> None:
        """Two independent proofs show that no timetable is better than the best one. Not kept in a sample."""
        with self.lock:
            self.optimal = self.sample_of is None

    def prove_least_hard_miss(self, hard_miss: int) -> None:
        """Two independent proofs show that no timetable misses less of the hard rows. Not kept in a sample."""
        with self.lock:
            self.least_hard_miss = hard_miss if self.sample_of is None else None

    def withdraw_least_hard_miss(self) -> None:
        """A timetable misses less than was proven: the proof was wrong."""
        with self.lock:
            self.least_hard_miss = None

    def prove_impossible(self) -> None:
        """Two independent proofs show that no timetable keeps the locks and the rigid rows. Not kept in a sample."""
        with self.lock:
            self.impossible = self.sample_of is None

    def report_fault(self, words: str) -> None:
        """Record that an engine failed, or that a proof was wrong."""
        with self.lock:
            self.faults.append(words)

    def keep_costs(self, costs: dict[str, Any]) -> None:
        """Record what clauses cost."""
        with self.lock:
            self.costs = costs

    def listen(self, listener: Callable[[Search], None]) -> None:
        """Call a function at every improvement of the value or the bound from now on."""
        with self.lock:
            self.listener = listener

    @contextmanager
    def stoppable(self, stop: Callable[[], None]) -> Iterator[None]:
        """While an engine runs: `stop` is called when the search must end."""
        with self.lock:
            self.stoppers.append(stop)
        try:
            yield
        finally:
            with self.lock:
                self.stoppers.remove(stop)

    def interrupt(self) -> None:
        """Ask every engine to stop. The best timetable so far stays."""
        self.interrupted = True
        self._stop_engines()

    def close(self) -> None:
        """Ignore all later offers, for example of an engine that does not stop."""
        with self.lock:
            self.closed = True
        self._stop_engines()

    def _stop_engines(self) -> None:
        for stop in tuple(self.stoppers):
            stop()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure the time of a named step of the strategy."""
        before, self.step = self.seconds(), name
        try:
            yield
        finally:
            self.step_seconds[name] = self.step_seconds.get(name, 0.0) + self.seconds() - before

    def _record(self) -> None:
        best = self.best
        self.trajectory.append(
            Moment(
                seconds=self.seconds(),
                value=None if best is None else best.value,
                bound=self.bound,
                hard_miss=None if best is None else best.hard_miss,
                step=self.step,
            )
        )
        if self.listener is not None:
            try:
                self.listener(self)
            except Exception as error:
                self.listener = None  # a broken listener must not stop the search
                self.report_fault(f"{type(error).__name__}: {error}; improvements are no longer reported")


def _solution(formulation: Formulation, chosen: Flags) -> Solution:
    """The solution for some chosen airings, (n,)."""
    point = formulation.point(np.asarray(chosen, dtype=bool))
    if not formulation.is_admissible(point):
        raise ValueError("the chosen airings overlap, leave out a lock or break a rigid row")
    misses = formulation.misses(point)
    missed, hard = misses > 0, formulation.kind == HARD
    return Solution(
        point=point,
        hard_miss=formulation.hard_miss(misses),
        hard_rows=int(np.count_nonzero(missed & hard)),
        soft_rows=int(np.count_nonzero(missed & ~hard)),
        audience=formulation.audience(point),
        penalty=formulation.penalty(misses),
    )
