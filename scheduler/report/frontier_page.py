"""A frontier in words, as points.csv, and as a page with two step functions: found values and proven bounds."""

from __future__ import annotations

import html
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pandas as pd

from scheduler.messages import Message, Term, msg
from scheduler.text_tables import html_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.frontier import Curve, Point
    from scheduler.report.language import Language

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BASE = 720, 400, 110, 20, 20, 350
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "body{color:#1b1b1b;background:#fff}"
    "table{border-collapse:collapse}th,td{border:1px solid #767676;padding:.3rem .6rem;text-align:right}"
    "svg{max-width:100%;height:auto}.found{stroke:#0b5d3b;fill:none;stroke-width:2}"
    ".proven{stroke:#8a1c1c;fill:none;stroke-width:2}text{font-size:13px;fill:#1b1b1b}"
    "@media (prefers-color-scheme:dark){body{background:#161616;color:#eee}text{fill:#eee}"
    ".found{stroke:#5fd3a2}.proven{stroke:#ff8f8f}}"
)


def points_frame(curve: Curve) -> pd.DataFrame:
    """One row per point: x; amount, bound and certified bound of what is maximised; gap; whose timetable it is.

    The amount is called value or y. With y the value of the timetable, viewer-minutes, is a column, too.
    """
    objective, points = curve.objective, curve.points

    def amounts(parts: Sequence[int | None]) -> pd.Series[Any]:
        if objective.scale == 1:
            return pd.Series(pd.array(parts, dtype="Int64"))
        return pd.Series([None if one is None else float(objective.amount(one)) for one in parts], dtype=float)

    frame = pd.DataFrame(
        {
            "point": range(1, len(points) + 1),
            "x": [float(one.x) for one in points],
            "value" if objective.is_value else "y": amounts([one.amount for one in points]),
            "bound": amounts([one.bound for one in points]),
            "certified_bound": amounts([one.certified for one in points]),
            "gap": [one.gap for one in points],
            "timetable_of": [None if one.found_at is None else float(one.found_at) for one in points],
        }
    )
    if not objective.is_value:
        frame["value"] = pd.array([one.value for one in points], dtype="Int64")
    return frame


def slopes(curve: Curve) -> list[Message]:
    """The cost of one unit of the axis between neighbouring points: proven lower and upper limit, objective's unit."""
    messages = []
    unit = Term("unit", curve.objective.unit)
    for tight, loose in pairwise(curve.points):
        distance = abs(loose.x - tight.x) * (100 if curve.axis.field == "tolerance" else 1)
        if None in (tight.amount, tight.bound, loose.amount, loose.bound):
            continue
        least, most = max(0, _known(loose.amount) - _known(tight.bound)), _known(loose.bound) - _known(tight.amount)
        begin, end = _x(curve, tight), _x(curve, loose)
        low, high = (_per_unit(curve, parts / distance) for parts in (Fraction(least), Fraction(most)))
        if curve.axis.field == "tolerance":
            messages.append(
                msg(
                    "from {tight} to {loose}: one per cent less of permitted deviation costs {least} to {most} {unit}",
                    tight=begin,
                    loose=end,
                    least=low,
                    most=high,
                    unit=unit,
                )
            )
        else:
            messages.append(
                msg(
                    "from {tight} to {loose}: one unit more of {measure} in {agreement} costs {least} to {most} {unit}",
                    tight=begin,
                    loose=end,
                    measure=curve.axis.measure.message(),
                    agreement=curve.axis.agreement.id,
                    least=low,
                    most=high,
                    unit=unit,
                )
            )
    return messages


def _per_unit(curve: Curve, parts: Fraction) -> int | Fraction:
    """An amount as a sentence shows it: viewer-minutes whole, others with one decimal."""
    found = parts / curve.objective.scale
    return round(found) if curve.objective.unit.startswith("viewer-minutes") else Fraction(round(found * 10), 10)


def point_message(curve: Curve, point: Point) -> Message:
    """A point in one sentence."""
    x, objective = _x(curve, point), curve.objective
    if point.amount is None and point.impossible:
        return msg("{x}: proven twice that no timetable keeps the hard rules", x=x)
    if point.amount is None:
        return msg("{x}: no timetable found that keeps the hard rules", x=x)
    amount, unit = objective.amount(point.amount), Term("unit", objective.unit)
    if point.bound is None:
        if objective.is_value:
            return msg("{x}: value {value} viewer-minutes, no bound", x=x, value=amount)
        return msg("{x}: {amount} {unit}, no bound", x=x, amount=amount, unit=unit)
    bound = objective.amount(point.bound)
    if objective.is_value:
        return msg("{x}: value {value}, bound {bound}, both in viewer-minutes", x=x, value=amount, bound=bound)
    return msg("{x}: {amount} {unit}, bound {bound}", x=x, amount=amount, unit=unit, bound=bound)


def frontier_page(curve: Curve, language: Language) -> str:
    """The page, a whole HTML document without scripts."""
    title = language.render(_title(curve))
    messages = [point_message(curve, one) for one in curve.points]
    lines = "".join(f"<li>{html.escape(language.render(one))}</li>" for one in [*messages, *slopes(curve)])
    heads = [curve.axis.name, *(language.render(head) for head in _heads(curve))]
    rows = [
        [_x(curve, one), *(_shown(curve, language, parts) for parts in (one.amount, one.bound, one.certified))]
        + [language.number(one.value, 0)] * (not curve.objective.is_value)
        for one in curve.points
    ]
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{html.escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body><main>'
        f"<h1>{html.escape(title)}</h1>{_picture(curve, language)}"
        f"{html_table(heads, rows)}<ul>{lines}</ul></main></body></html>\n"
    )


def _title(curve: Curve) -> Message:
    if curve.objective.is_value:
        return msg("What {axis} costs", axis=curve.axis.name)
    return msg("What {axis} costs: {objective}", axis=curve.axis.name, objective=curve.objective.message())


def _heads(curve: Curve) -> list[Message]:
    """The heads of the table behind that of the axis."""
    if curve.objective.is_value:
        return [
            msg("value found, viewer-minutes"),
            msg("proven bound, viewer-minutes"),
            msg("certified bound, viewer-minutes"),
        ]
    unit = Term("unit", curve.objective.unit)
    return [
        msg("found, {unit}", unit=unit),
        msg("proven bound, {unit}", unit=unit),
        msg("certified bound, {unit}", unit=unit),
        msg("value of the timetable, viewer-minutes"),
    ]


def _shown(curve: Curve, language: Language, parts: int | None) -> str:
    """An amount of the objective as tables show it."""
    return language.number(None if parts is None else float(curve.objective.amount(parts)))


def _picture(curve: Curve, language: Language) -> str:
    """Two step functions over the axis. The area between them is hatched."""
    known = [one for one in curve.points if one.amount is not None and one.bound is not None]
    words = language.render(
        msg("Two stairs: below, what was found; above, what is proven impossible; between them, what is not known")
    )
    if len(known) < 2:
        return f"<p>{html.escape(words)}: –</p>"
    xs = [float(one.x) for one in known]
    ends = [_known(one.amount) for one in known] + [_known(one.bound) for one in known]
    low, high = min(ends), max(ends)
    room = max(1, high - low)

    def across(x: float) -> float:
        return LEFT + (x - min(xs)) / (max(xs) - min(xs)) * (WIDTH - LEFT - RIGHT)

    def up(y: float) -> float:
        return BASE - (y - low) / room * (BASE - TOP)

    found = _stairs([(across(float(one.x)), up(_known(one.amount))) for one in known], early=False)
    proven = _stairs([(across(float(one.x)), up(_known(one.bound))) for one in known], early=True)
    zone = " ".join(f"{x:.1f},{y:.1f}" for x, y in [*found, *reversed(proven)])
    marks = "".join(
        f'<text x="{across(float(one.x)):.0f}" y="{BASE + 24}" text-anchor="middle">'
        f"{html.escape(_x(curve, one))}</text>"
        for one in known
    )
    sides = "".join(
        f'<text x="{LEFT - 8}" y="{up(at) + 4:.0f}" text-anchor="end">{html.escape(_shown(curve, language, at))}</text>'
        for at in (low, high)
    )
    path = {name: " ".join(f"{x:.1f},{y:.1f}" for x, y in one) for name, one in (("found", found), ("proven", proven))}
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{html.escape(words)}">'
        '<defs><pattern id="open" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<line x1="0" y1="0" x2="0" y2="6" stroke="#888" stroke-width="2"/></pattern></defs>'
        f'<polygon points="{zone}" fill="url(#open)"/>'
        f'<polyline class="found" points="{path["found"]}"/><polyline class="proven" points="{path["proven"]}"/>'
        f"{marks}{sides}</svg><p>{html.escape(words)}</p>"
    )


def _stairs(points: Sequence[tuple[float, float]], *, early: bool) -> list[tuple[float, float]]:
    """Points of a step function. It rises at the point itself or, if `early`, directly after the previous point."""
    found = [points[0]]
    for (x, y), (to_x, to_y) in pairwise(points):
        found += [(x, to_y) if early else (to_x, y), (to_x, to_y)]
    return found


def _x(curve: Curve, point: Point) -> str:
    """A value of the axis as text."""
    if curve.axis.field == "tolerance":
        return f"{float(point.x) * 100:g} %"
    return f"{int(point.x)}"


def _known(number: int | None) -> int:
    return 0 if number is None else number
