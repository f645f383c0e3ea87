"""Two pictures of a run as SVG: how many instances are within which gap, and how the gap falls over time."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING

from scheduler.bench.measure import GAP_SHIFT, gap_to, shifted_geometric_mean
from scheduler.bench.tables import Yardsticks, common_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.bench.row import Row

Curve = list[tuple[float, float]]

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 760, 420, 70, 130, 50, 60
COLOURS = ("#0b6e99", "#d9480f", "#2b8a3e", "#862e9c", "#a61e4d", "#5f3dc4", "#495057")
LEAST_GAP, MOST_GAP = 1e-4, 1.0
MOMENTS = 160


def gap_profile(rows: Sequence[Row], best: Yardsticks) -> str:
    """Performance profile: the share of the runs that end within a gap of the best proven bound.

    After E. Dolan and J. Moré, Benchmarking optimization software with performance profiles, Mathematical
    Programming 91 (2002), over the gap instead of the time.
    """
    curves: dict[str, Curve] = {}
    for engine, mine in _by_engine(rows).items():
        gaps = sorted(max(gap, LEAST_GAP) for row in mine if (gap := common_gap(row, best)) is not None)
        curve: Curve = [(LEAST_GAP, 0.0)]
        for number, gap in enumerate(gaps, start=1):
            curve += [(gap, curve[-1][1]), (gap, number / len(mine))]
        curves[engine] = [*curve, (MOST_GAP, curve[-1][1])]
    ticks = {gap: f"{gap * 100:g} %" for gap in (1e-4, 1e-3, 1e-2, 1e-1, 1.0)}
    shares = {share: f"{share * 100:.0f} %" for share in (0, 0.25, 0.5, 0.75, 1.0)}
    axes = _Axes((LEAST_GAP, MOST_GAP), (0.0, 1.0), log_x=True, log_y=False)
    return _drawing("Runs that end within a gap", "gap to the best proven bound", axes, ticks, shares, curves)


def gap_over_time(rows: Sequence[Row], best: Yardsticks) -> str:
    """The mean gap (shifted geometric, 100 % without an answer) to the best proven bound as time passes."""
    limit = max((row.time_limit for row in rows), default=1.0)
    first = min(0.1, limit / 10)
    moments = [first * (limit / first) ** (step / MOMENTS) for step in range(MOMENTS + 1)]
    curves = {
        engine: [(at, max(_mean_gap(mine, best, at), LEAST_GAP)) for at in moments]
        for engine, mine in _by_engine(rows).items()
    }
    seconds = [10.0**power for power in range(math.ceil(math.log10(first)), math.floor(math.log10(limit)) + 1)]
    ticks = {at: f"{at:g} s" for at in (*seconds, limit)}
    gaps = {gap: f"{gap * 100:g} %" for gap in (1e-4, 1e-3, 1e-2, 1e-1, 1.0)}
    axes = _Axes((first, limit), (LEAST_GAP, MOST_GAP), log_x=True, log_y=True)
    return _drawing("Gap over time", "seconds of searching", axes, ticks, gaps, curves)


def _mean_gap(rows: Sequence[Row], best: Yardsticks, at: float) -> float:
    gaps = []
    for row in rows:
        if row.instance in best.bound:
            known = [
                point.value
                for point in row.trajectory
                if point.seconds <= at and point.hard_miss == 0 and point.value is not None
            ]
            gaps.append(min(max(gap_to(known[-1], best.bound[row.instance]), 0.0), 1.0) if known else 1.0)
    return shifted_geometric_mean(gaps, GAP_SHIFT) or 0.0 if gaps else 1.0


def _by_engine(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row.engine, []).append(row)
    return found


class _Axes:
    """From figures to places in the drawing."""

    def __init__(self, x: tuple[float, float], y: tuple[float, float], *, log_x: bool, log_y: bool) -> None:
        self._x, self._y, self._log = x, y, (log_x, log_y)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point stands, in pixels."""
        across = _share(x, self._x, self._log[0])
        up = _share(y, self._y, self._log[1])
        return LEFT + across * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - up * (HEIGHT - TOP - BOTTOM)


def _share(value: float, span: tuple[float, float], log: bool) -> float:
    low, high = (math.log(end) for end in span) if log else span
    here = math.log(max(value, 1e-12)) if log else value
    return min(1.0, max(0.0, (here - low) / (high - low)))


def _drawing(
    title: str,
    under: str,
    axes: _Axes,
    ticks: Mapping[float, str],
    levels: Mapping[float, str],
    curves: Mapping[str, Curve],
) -> str:
    first_x, first_y = min(ticks), min(levels)
    last_x, last_y = max(ticks), max(levels)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="sans-serif" font-size="13">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="28" font-size="17" font-weight="bold" fill="#212529">{escape(title)}</text>',
    ]
    for value, word in ticks.items():
        (x, bottom), (_, top) = axes.at(value, first_y), axes.at(value, last_y)
        parts.append(_line(x, bottom, x, top))
        parts.append(f'<text x="{x:.1f}" y="{bottom + 20:.1f}" text-anchor="middle" fill="#495057">{word}</text>')
    for value, word in levels.items():
        (left, y), (right, _) = axes.at(first_x, value), axes.at(last_x, value)
        parts.append(_line(left, y, right, y))
        parts.append(f'<text x="{left - 8:.1f}" y="{y + 4:.1f}" text-anchor="end" fill="#495057">{word}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle}" y="{HEIGHT - 14}" text-anchor="middle" fill="#212529">{escape(under)}</text>')
    for number, (engine, curve) in reversed(list(enumerate(curves.items()))):  # the first engine is drawn on top
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join("{:.1f},{:.1f}".format(*axes.at(x, y)) for x, y in curve)
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        y = TOP + 20 * number + 8
        parts.append(_line(WIDTH - RIGHT + 16, y, WIDTH - RIGHT + 40, y, colour, 2.5))
        parts.append(f'<text x="{WIDTH - RIGHT + 46}" y="{y + 4}" fill="#212529">{escape(engine)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _line(x1: float, y1: float, x2: float, y2: float, colour: str = "#dee2e6", width: float = 1) -> str:
    ends = f'x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'
