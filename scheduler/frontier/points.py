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
from scheduler.cells import HERE, cell_for, run_cells
from scheduler.certify import CERTIFICATE_FILE, Certificate, CertificateError, certified_bound, certified_program
from scheduler.formulation import formulate
from scheduler.parameters import Count, Params, Positive
from scheduler.results import TIMETABLE_FILE
from scheduler.rules import load, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from scheduler.cells import Executor, Result
    from scheduler.frontier.axis import Axis
    from scheduler.instance import Instance
    from scheduler.solve import Settings


class FrontierParams(Params):
    """How the points of a frontier are solved."""

    others: Positive = 3.0
    """All points after the first share this many times the limit of the first."""

    together: Count = 4
    """The number of points after the first that start from the same timetable and may be solved at the same time."""


DEFAULTS = FrontierParams()


@dataclass(frozen=True, eq=False)
class Point:
    """One value of the axis: the answer that was found for it, and what the other points prove about it."""

    x: Fraction
    instance: Instance  # with the variant of this value
    variant: str  # of this value alone, as YAML
    result: Result
    files: Mapping[str, str]  # of the answer, by name; no timetable.csv if none was found
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
    instance: Instance,
    axis: Axis,
    values: Sequence[Fraction],
    settings: Settings,
    solved: Callable[[Point], object] = lambda point: None,
    params: FrontierParams = DEFAULTS,
    executor: Executor = HERE,
) -> Curve:
    """Solve an instance at every value.

    The tightest point is solved first. The others follow in groups of `params.together`; each starts from the best
    timetable of the groups before, which is the same wherever and in whatever order they are solved.

    Parameters
    ----------
    settings
        Those of the first point. The others together get `params.others` times its limit, each at most its limit.
    solved
        Called after every point.
    executor
        Where the points are solved.

    Raises
    ------
    InputError
        A variant cannot be read, for example because its value is out of range.
    NoClusterError
        The executor is a cluster that cannot be used.
    """
    ordered = axis.tight_to_loose(values)
    variants = {x: axis.variant(x) for x in ordered}
    instances = {x: _with_variant(instance, variants[x]) for x in ordered}
    rest = min(settings.time_limit, params.others * settings.time_limit / max(1, len(ordered) - 1))
    groups = [ordered[:1], *(ordered[k : k + params.together] for k in range(1, len(ordered), params.together))]
    found: dict[Fraction, Point] = {}
    for group in groups:
        start = _best_before(found)
        limits = settings if not found else replace(settings, time_limit=rest)
        cells = {cell_for(instance, "frontier", limits, [variants[x]], start=start, answer=True): x for x in group}
        for cell, finished in run_cells(list(cells), executor):
            x = cells[cell]
            result = finished.result
            value = result.value if result.answered else None
            found[x] = Point(
                x,
                instances[x],
                variants[x],
                result,
                finished.files,
                value,
                result.bound,
                result.certified_bound,
                None if value is None else x,
            )
            solved(found[x])
    return Curve(axis, tuple(_joined([found[x] for x in ordered])))


def _with_variant(instance: Instance, variant: str) -> Instance:
    """The instance with one more variant."""
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "variant.yaml"
        path.write_text(variant, encoding="utf-8")
        return load(instance.folder, [*instance.variants, path])


def _best_before(found: Mapping[Fraction, Point]) -> str | None:
    """The timetable of the greatest value so far; the first of several. All of them are of tighter points."""
    kept = [one for one in found.values() if one.value is not None]
    if not kept:
        return None
    greatest = max(one.value for one in kept if one.value is not None)
    return min((one for one in kept if one.value == greatest), key=lambda one: float(one.x)).files[TIMETABLE_FILE]


def _joined(points: list[Point]) -> list[Point]:
    """The points with what all of them together prove."""
    texts = [one.files[CERTIFICATE_FILE] for one in points if CERTIFICATE_FILE in one.files]
    certificates = [Certificate.model_validate_json(text) for text in texts]
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
    rules = rules_of(point.instance)
    program = certified_program(formulate(build_airings(point.instance, rules), rules))
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
