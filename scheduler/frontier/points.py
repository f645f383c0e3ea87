"""Solve along an axis from tight to loose. Neighbours start each other, and certificates bound the whole curve.

Every timetable of a tighter value is admissible at a looser one. So a value found holds for looser points too, and a
bound for tighter ones. A certificate holds for any multipliers: with those of one point the bound of every other point
is computed from that point's own program.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scheduler.airings import build_airings
from scheduler.certify import CertificateError, certified_bound, certified_program
from scheduler.formulation import formulate
from scheduler.parameters import Params, Positive
from scheduler.rules import load, rules_of
from scheduler.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction

    from scheduler.certify import Certificate
    from scheduler.frontier.axis import Axis
    from scheduler.instance import Instance
    from scheduler.solve import Answer, Settings


class FrontierParams(Params):
    """How the time is divided among the points of a frontier."""

    others: Positive = 3.0
    """All points after the first share this many times the limit of the first."""


DEFAULTS = FrontierParams()


@dataclass(frozen=True, eq=False)
class Point:
    """One value of the axis: the answer that was found for it, and what the other points prove about it."""

    x: Fraction
    variant: str  # YAML
    answer: Answer
    value: int | None  # viewer-minutes, of the best timetable that keeps the hard rules here; None if none was found
    bound: int | None  # viewer-minutes
    certified: int | None  # viewer-minutes, the least bound that a certificate of any point proves here
    found_at: Fraction | None  # the value of the axis whose timetable this is

    @property
    def gap(self) -> float | None:
        """(bound − value) / max(1, |bound|)."""
        if self.value is None or self.bound is None:
            return None
        return (self.bound - self.value) / max(1, abs(self.bound))


@dataclass(frozen=True, eq=False)
class Curve:
    """The points of a frontier, from tight to loose."""

    axis: Axis
    points: tuple[Point, ...]


def trace(
    folder: Path,
    axis: Axis,
    values: Sequence[Fraction],
    settings: Settings,
    solved: Callable[[Point], object] = lambda point: None,
    params: FrontierParams = DEFAULTS,
) -> Curve:
    """Solve an instance folder at every value.

    Parameters
    ----------
    settings
        Those of the first point. The others together get `params.others` times its limit, each at most its limit.
    solved
        Called after every point.

    Raises
    ------
    InputError
        A variant cannot be read, for example because its value is out of range.
    """
    ordered = axis.tight_to_loose(values)
    rest = min(settings.time_limit, params.others * settings.time_limit / max(1, len(ordered) - 1))
    points: list[Point] = []
    with tempfile.TemporaryDirectory() as scratch:
        for number, x in enumerate(ordered):
            text = axis.variant(x)
            path = Path(scratch) / f"variant-{number}.yaml"
            path.write_text(text, encoding="utf-8")
            before = next((one.answer.timetable for one in reversed(points) if one.value is not None), None)
            limits = settings if not points else replace(settings, time_limit=rest)
            answer = solve(load(folder, [path]), limits, start=before)
            points.append(_point(x, text, answer))
            solved(points[-1])
    return Curve(axis, tuple(_joined(points)))


def _point(x: Fraction, variant: str, answer: Answer) -> Point:
    best = answer.search.best
    value = best.value if best is not None and best.hard_miss == 0 else None
    return Point(x, variant, answer, value, answer.search.bound, answer.certified_bound, None if value is None else x)


def _joined(points: list[Point]) -> list[Point]:
    """The points with what all of them together prove."""
    certificates = [one.answer.certificate for one in points if one.answer.certificate is not None]
    bounded = [_bounded(point, certificates) for point in points]
    for number in range(len(bounded) - 2, -1, -1):  # a looser point bounds a tighter one
        this, looser = bounded[number], bounded[number + 1]
        bounded[number] = replace(
            this, bound=_least(this.bound, looser.bound), certified=_least(this.certified, looser.certified)
        )
    for number in range(1, len(bounded)):  # a tighter point's timetable is admissible at a looser one
        this, tighter = bounded[number], bounded[number - 1]
        if tighter.value is not None and (this.value is None or tighter.value > this.value):
            bounded[number] = replace(this, value=tighter.value, found_at=tighter.found_at)
    return bounded


def _bounded(point: Point, certificates: Sequence[Certificate]) -> Point:
    """A point with the least bound that any of the certificates proves for it."""
    instance: Instance = point.answer.airings.instance
    rules = rules_of(instance)
    program = certified_program(formulate(build_airings(instance, rules), rules))
    certified = point.certified
    for certificate in certificates:
        try:
            certified = _least(certified, certified_bound(program, certificate))
        except CertificateError:
            continue  # this value of the axis states other rows
    return replace(point, certified=certified, bound=_least(point.bound, certified))


def _least(one: int | None, other: int | None) -> int | None:
    known = [bound for bound in (one, other) if bound is not None]
    return min(known, default=None)
