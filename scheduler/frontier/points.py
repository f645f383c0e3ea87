"""Solve along an axis. Each point gives its neighbours a start and bounds; its certificate bounds the whole curve.

Every timetable of a tighter value is admissible at a looser one. So an amount found holds for looser points too, and a
bound for tighter ones. A timetable of a looser value may keep the hard rules at tighter ones, too; this is checked. A
certificate holds for any multipliers: with those of one point the bound of every other point is computed from that
point's own program. A point whose amount and bound are known well enough from others is not
solved.
"""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.airings import build_airings
from scheduler.cells import HERE, cell_for, run_cells
from scheduler.certify import (
    CERTIFICATE_FILE,
    Certificate,
    CertificateError,
    CertifiedProgram,
    certified_bound,
    certified_program,
)
from scheduler.formulation import formulate
from scheduler.frontier.axis import AxisError
from scheduler.frontier.rescaled import rescaled
from scheduler.messages import msg
from scheduler.objective import Objective, objective_of
from scheduler.parameters import Count, Params, Positive, Share
from scheduler.results import TIMETABLE_FILE
from scheduler.rules import load, rules_of
from scheduler.timetable import read_timetable
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from scheduler.cells import Cell, Executor, Finished, Result
    from scheduler.frontier.axis import Axis
    from scheduler.instance import Instance
    from scheduler.solve import Settings


class FrontierParams(Params):
    """How the points of a frontier are solved."""

    others: Positive = 2.5
    """All points after the first share this many times the limit of the first."""

    together: Count = 4
    """The number of points after the second that start from the same timetables and may be solved at the same time."""

    close: Share = 0.001
    """A point is not solved if others leave at most this share of its bound open. A solve ends there, too."""


DEFAULTS = FrontierParams()


@dataclass(frozen=True, eq=False)
class Point:
    """One value of the axis: the answer that was found for it, and what all points prove about it.

    Amounts are parts of the objective, viewer-minutes if that is the value.
    """

    x: Fraction
    instance: Instance  # with the variant of this value
    variant: str  # of this value alone, as YAML
    result: Result | None  # None: the point was not solved, because others prove it
    files: dict[str, str]  # files of the answer by name, without timetable.csv if none was found
    amount: int | None  # of the best timetable that keeps the hard rules here; None if none was found
    bound: int | None
    certified: int | None  # the least bound that a certificate of any point proves here
    found_at: Fraction | None  # the value of the axis whose timetable this is
    value: int | None  # viewer-minutes, of that timetable
    impossible: bool  # proven here or at a looser value: no timetable keeps the hard rules

    @property
    def gap(self) -> float | None:
        """(bound − amount) / max(1, |bound|): the zone between what was found and what is proven impossible."""
        if self.amount is None or self.bound is None:
            return None
        return (self.bound - self.amount) / max(1, abs(self.bound))


@dataclass(frozen=True, eq=False)
class Curve:
    """The points of a frontier, from tight to loose."""

    axis: Axis
    objective: Objective
    points: tuple[Point, ...]

    @property
    def solved(self) -> int:
        """The number of points that were solved. The others are proven by them."""
        return sum(one.result is not None for one in self.points)


def trace(
    instance: Instance,
    axis: Axis,
    values: Sequence[Fraction],
    settings: Settings,
    solved: Callable[[Point], object] = lambda point: None,
    params: FrontierParams = DEFAULTS,
    executor: Executor = HERE,
) -> Curve:
    """Solve an instance at the values of an axis.

    The tightest point is solved first, then the loosest; the others follow in groups, each point in the middle between
    points that are known. A point starts from the best timetable of a tighter one in the groups before, which is the
    same wherever and in whatever order a group is solved.

    Parameters
    ----------
    settings
        Those of the first point, with the objective. The others together get `params.others` times its limit, each at
        most its limit, and the loosest one first.
    solved
        Called after every point that was solved.
    executor
        Where the points are solved.

    Raises
    ------
    AxisError
        The objective is not the value, and the axis has no hard row.
    InputError
        A variant cannot be read, for example because its value is out of range.
    NoClusterError
        The executor is a cluster that cannot be used.
    ObjectiveError
        There is no such objective.
    """
    ordered = axis.tight_to_loose(values)
    objective = objective_of(instance, settings.objective)
    if not objective.is_value and not axis.is_hard(instance):
        raise AxisError(
            msg(
                "{axis} is soft, and where another figure than the value is maximised soft rules have no price; write "
                "`hard: true` for {agreement}",
                axis=axis.name,
                agreement=axis.agreement.id,
            )
        )
    places = [_Place(instance, axis, x, objective) for x in ordered]
    tracing = _Tracing(instance, settings, params, places)
    for group in groups_of(len(ordered), params.together):
        answered = []
        for place, finished in tracing.solve(group, executor):
            place.keep(finished, objective)
            answered.append(place)
            solved(place.point())
        tracing.join(answered)
    return Curve(axis, objective, tuple(one.point() for one in tracing.places))


def groups_of(count: int, together: int) -> list[list[int]]:
    """Numbers from 0 to count − 1 in groups: the first, the last, then repeatedly the middles of the remaining spans.

    A group has at most `together` numbers of one level of halving.
    """
    groups, spans = [[0]] + [[count - 1]] * (count > 1), [(0, count - 1)]
    while spans:
        middles = [(low + high) // 2 for low, high in spans if high - low > 1]
        groups += [middles[at : at + together] for at in range(0, len(middles), together)]
        spans = [
            part
            for low, high in spans
            if high - low > 1
            for part in ((low, (low + high) // 2), ((low + high) // 2, high))
        ]
    return groups


class _Place:
    """What is known at one value of the axis while a frontier is traced."""

    def __init__(self, instance: Instance, axis: Axis, x: Fraction, objective: Objective) -> None:
        self.x, self.variant = x, axis.variant(x)
        self.instance, self._objective = _with_variant(instance, self.variant), objective
        self.result: Result | None = None
        self.files: dict[str, str] = {}
        self.amount: int | None = None
        self.bound: int | None = None
        self.certified: int | None = None
        self.proof: Certificate | None = None  # of the certified bound
        self.found_at: Fraction | None = None
        self.value: int | None = None
        self.timetable: str | None = None  # of the amount
        self.impossible = False

    @cached_property
    def program(self) -> CertifiedProgram:
        """The program of this value of the axis."""
        rules = rules_of(self.instance)
        airings = build_airings(self.instance, rules)
        return certified_program(self._objective.applied_to(formulate(airings, rules), airings))

    def keep(self, finished: Finished, objective: Objective) -> None:
        """Keep what a solve of this point found."""
        result = self.result = finished.result
        self.files = dict(finished.files)
        self.bound, self.certified = _least(self.bound, result.bound), _least(self.certified, result.certified_bound)
        self.impossible = self.impossible or result.hard_rules == "impossible"
        amount = result.value if objective.is_value else result.amount
        if result.answered and amount is not None and (self.amount is None or amount > self.amount):
            self.amount, self.value, self.found_at = amount, result.value, self.x
            self.timetable = finished.files.get(TIMETABLE_FILE)

    def prove(self, origin: _Place) -> None:
        """Compute the bound that the certificate of a point proves here, and keep it if it is the least."""
        text = origin.files.get(CERTIFICATE_FILE)
        if text is None:
            return
        certificate = rescaled(Certificate.model_validate_json(text), origin.program, self.program)
        try:
            found = certified_bound(self.program, certificate)
        except CertificateError:
            return  # this value of the axis states other rows
        if self.certified is None or found < self.certified or self.proof is None:
            self.proof = certificate
        self.certified = _least(self.certified, found)
        self.bound = _least(self.bound, found)

    def loosened(self, tighter: _Place) -> None:
        """Take over the timetable of a tighter point if it is better."""
        if tighter.amount is not None and (self.amount is None or tighter.amount > self.amount):
            self.amount, self.value, self.found_at = tighter.amount, tighter.value, tighter.found_at
            self.timetable = tighter.timetable

    def tried(self, looser: _Place) -> bool:
        """Take over the timetable of a looser point if it keeps the hard rules here, too, and is worth more.

        Returns whether it does. Otherwise no tighter point can use it: it keeps no more rules there and costs no less.
        """
        best = -math.inf if self.amount is None else self.amount
        if looser.timetable is None or looser.amount is None or looser.amount <= best:
            return False
        with tempfile.TemporaryDirectory() as scratch:
            path = Path(scratch) / TIMETABLE_FILE
            path.write_text(looser.timetable, encoding="utf-8", newline="")
            timetable = read_timetable(self.instance, path)
        checked = verify(timetable)
        amount = self._objective.counted(timetable, checked)
        if checked.broken or checked.hard_missed or amount <= best:
            return False
        self.amount, self.value, self.found_at = amount, checked.value, looser.found_at
        self.timetable = looser.timetable
        return True

    def tightened(self, looser: _Place) -> None:
        """Take over the bounds of a looser point."""
        self.bound, self.certified = _least(self.bound, looser.bound), _least(self.certified, looser.certified)
        self.impossible = self.impossible or looser.impossible

    def point(self) -> Point:
        """What is known now. A point that was not solved has the timetable and the certificate of others as files."""
        files = self.files
        if self.result is None and self.timetable is not None:
            files = {TIMETABLE_FILE: self.timetable}
            if self.proof is not None:
                own = self.proof.model_copy(update={"instance_sha256": self.instance.digest})
                files[CERTIFICATE_FILE] = own.model_dump_json() + "\n"
        return Point(
            self.x,
            self.instance,
            self.variant,
            self.result,
            files,
            self.amount,
            self.bound,
            self.certified,
            self.found_at,
            self.value,
            self.impossible,
        )


@dataclass(frozen=True, eq=False)
class _Tracing:
    """The points of a frontier while they are solved, from tight to loose."""

    instance: Instance
    settings: Settings
    params: FrontierParams
    places: list[_Place]
    given: list[float] = field(default_factory=list)  # limits of the points after the first

    def solve(self, group: Sequence[int], executor: Executor) -> Iterator[tuple[_Place, Finished]]:
        """Solve the points of a group that are not known well enough."""
        settings, asked = self.settings, [self.places[at] for at in group if self._is_open(self.places[at])]
        if group[0] > 0:
            until = max(settings.gap, self.params.close)
            settings = replace(settings, time_limit=self._share(group, len(asked)), gap=until)
        cells: dict[Cell, _Place] = {}
        for place in asked:
            cell = cell_for(
                self.instance,
                "frontier",
                settings,
                [place.variant],
                start=place.timetable,
                bound=place.bound,
                answer=True,
            )
            cells[cell] = place
        for cell, finished in run_cells(list(cells), executor):
            yield cells[cell], finished

    def _is_open(self, place: _Place) -> bool:
        """Whether a point is still to be solved: no others prove it, and it was not solved."""
        gap = place.point().gap
        known = place.impossible or (gap is not None and gap <= self.params.close)
        return place.result is None and not known

    def _share(self, group: Sequence[int], count: int) -> float:
        """The limit of each of `count` points of a group. The loosest point, whose bound holds for all, gets most.

        Time of points that need no solve goes to those that follow.
        """
        limit, given = self.settings.time_limit, self.given
        open_places = 1 if group[0] == len(self.places) - 1 else sum(map(self._is_open, self.places))
        share = min(limit, (self.params.others * limit - sum(given)) / max(1, open_places))
        given += [share] * count
        return share

    def join(self, solved: Sequence[_Place]) -> None:
        """Let all points use what some points have found and proven."""
        for place in self.places:
            for origin in solved:
                place.prove(origin)
        for looser, tighter in zip(self.places[:0:-1], self.places[-2::-1], strict=True):
            tighter.tightened(looser)
        for origin in solved:
            for tighter in reversed(self.places[: self.places.index(origin)]):
                if not tighter.tried(origin):
                    break
        for tighter, looser in zip(self.places, self.places[1:], strict=False):
            looser.loosened(tighter)


def _with_variant(instance: Instance, variant: str) -> Instance:
    """The instance with one more variant."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "variant.yaml"
        path.write_text(variant, encoding="utf-8")
        return load(instance.folder, [*instance.variants, path])


def _least(one: int | None, other: int | None) -> int | None:
    known = [bound for bound in (one, other) if bound is not None]
    return min(known, default=None)
