"""Two pictures of a run as SVG: the share of runs within each gap, and the gap over time."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure

from scheduler.bench.measure import GAP_SHIFT, gap_to, shifted_geometric_mean
from scheduler.bench.tables import ReferenceValues, common_gap

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.bench.row import BenchRow

Curve = list[tuple[float, float]]

LEAST_GAP, MOST_GAP = 1e-4, 1.0
MOMENTS = 160


def gap_profile(rows: Sequence[BenchRow], best: ReferenceValues) -> str:
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
    x = LEAST_GAP, MOST_GAP
    return _drawing("Runs that end within a gap", "gap to the best proven bound", x, ticks, shares, curves, log_y=False)


def gap_over_time(rows: Sequence[BenchRow], best: ReferenceValues) -> str:
    """The mean gap to the best proven bound over time (shifted geometric mean, 100 % without an answer)."""
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
    return _drawing("Gap over time", "seconds of searching", (first, limit), ticks, gaps, curves, log_y=True)


def _mean_gap(rows: Sequence[BenchRow], best: ReferenceValues, at: float) -> float:
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


def _by_engine(rows: Sequence[BenchRow]) -> dict[str, list[BenchRow]]:
    found: dict[str, list[BenchRow]] = {}
    for row in rows:
        found.setdefault(row.engine, []).append(row)
    return found


def _drawing(
    title: str,
    under: str,
    x: tuple[float, float],
    ticks: Mapping[float, str],
    levels: Mapping[float, str],
    curves: Mapping[str, Curve],
    *,
    log_y: bool,
) -> str:
    """One picture as SVG with its words as text. The same rows give the same bytes."""
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 10}):
        figure = Figure(figsize=(7.6, 4.2), layout="constrained")
        axes = figure.subplots()
        for engine, curve in curves.items():
            axes.plot(*zip(*curve, strict=True), label=engine.replace("$", r"\$"), linewidth=2, zorder=-len(axes.lines))
        axes.set(title=title, xlabel=under, xscale="log", yscale="log" if log_y else "linear")
        axes.set_xticks(list(ticks), list(ticks.values()))
        axes.set_yticks(list(levels), list(levels.values()))
        axes.minorticks_off()
        axes.set_xlim(*x)
        axes.set_ylim(min(levels), max(levels) * (1.0 if log_y else 1.02))
        axes.grid(color="#dee2e6")
        axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Title": title, "Date": None, "Creator": None})
    return text.getvalue()
