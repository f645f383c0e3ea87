"""The tables of a run as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.bench.measure import GAP_SHIFT, SECONDS_SHIFT, shifted_geometric_mean
from scheduler.bench.tables import Change, Standing, Yardsticks, common_gap, contradictions, counts, standings
from scheduler.text_tables import aligned_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.bench.row import BenchRow

SAME = 1e-6
"""Values that differ by less than this share count as equal."""


def summary_lines(rows: Sequence[BenchRow], best: Yardsticks) -> list[str]:
    """Standings, every instance, which instances count, and contradictions."""
    lines = _table(_STANDING_HEAD, [_standing(line) for line in standings(rows, best)])
    lines += ["", "gap: value against the best proven bound of the instance; own gap: against the engine's own bound."]
    lines += [
        "Means are shifted geometric means (gap + 0.01 %, seconds + 1); integral: mean primal gap over the limit."
    ]
    lines += ["", *_table(_INSTANCE_HEAD, [_instance(row, best) for row in rows])]
    counted = counts(rows, best)
    idle = sorted(name for name, does in counted.items() if not does)
    if counted:
        text = f"{sum(counted.values())} of {len(counted)} instances count (greedy more than 5 % below the bound)"
        lines += ["", text + (f"; not: {', '.join(idle)}" if idle else "")]
    unknown = sorted({row.instance for row in rows} - set(counted))
    lines += [f"not known to count, because there is no row of greedy: {', '.join(unknown)}"] if unknown else []
    wrong = contradictions(rows, best)
    return lines + (["", "CONTRADICTIONS", *wrong] if wrong else [])


_STANDING_HEAD = ["suite", "engine", "answers", "wins", "gap", "worst", "own gap", "worst", "s", "s to bound"]
_STANDING_HEAD += ["integral", "GB", "bad"]
_INSTANCE_HEAD = ["instance", "engine", "airings", "outcome", "value", "bound", "gap", "own gap", "planned"]
_INSTANCE_HEAD += ["one channel", "version", "no hole", "slot", "s", "GB", "verdict"]


def _standing(line: Standing) -> list[str]:
    return [
        line.suite,
        line.engine,
        f"{line.answers}/{line.runs}",
        str(line.wins),
        percent(line.gap),
        percent(line.gap_most),
        percent(line.own_gap),
        percent(line.own_gap_most),
        number(line.seconds, 1),
        number(line.bound_seconds, 1),
        number(line.primal_integral, 4),
        number(line.memory, 2),
        str(line.bad),
    ]


def _instance(row: BenchRow, best: Yardsticks) -> list[str]:
    return [
        row.instance,
        row.engine,
        "–" if row.airings is None else f"{row.airings:,}",
        row.outcome,
        "–" if row.value is None else f"{row.value:,}",
        "–" if row.bound is None else f"{row.bound:,}",
        percent(common_gap(row, best)),
        percent(row.gap),
        percent(row.planned_gap),
        *_regular(row),
        number(row.seconds.solve, 1),
        number(row.peak_memory, 2),
        row.verdict,
    ]


def _regular(row: BenchRow) -> list[str]:
    """Shares of first runs on one channel, in one version and without a missing episode; share of days in the slot."""
    regularity = row.regularity
    shares = (
        (None,) * 4
        if regularity is None
        else (regularity.one_channel, regularity.one_version, regularity.no_hole, regularity.days_in_slot)
    )
    return [percent(share) for share in shares]


def comparison_lines(found: Sequence[Change]) -> list[str]:
    """For each engine: answers, better and worse values, mean gap and seconds. Then every value that changed."""
    if not found:
        return ["no run of the first file is in the second: instances, engines or seeds differ"]
    engines = list(dict.fromkeys(change.engine for change in found))
    head = ["engine", "pairs", "answers", "better", "same", "worse", "gap before", "after", "s before", "after"]
    lines = _table(head, [_compared(engine, [one for one in found if one.engine == engine]) for engine in engines])
    moved = [one for one in found if one.value_change is None or abs(one.value_change) > SAME]
    body = [
        [one.instance, one.engine, _value(one.before), _value(one.after), percent(one.value_change, signed=True)]
        for one in moved
    ]
    return lines + (["", *_table(["instance", "engine", "before", "after", "change"], body)] if body else [])


def _compared(engine: str, mine: Sequence[Change]) -> list[str]:
    change = [one.value_change for one in mine if one.value_change is not None]
    answers = [sum(getattr(one, side).answered for one in mine) for side in ("before", "after")]
    gaps, seconds = [], []
    for side in ("before", "after"):
        rows: list[BenchRow] = [getattr(one, side) for one in mine]
        gaps.append(shifted_geometric_mean((max(row.gap, 0) for row in rows if row.gap is not None), GAP_SHIFT))
        solved = (row.seconds.solve for row in rows if row.seconds.solve is not None)
        seconds.append(shifted_geometric_mean(solved, SECONDS_SHIFT))
    return [
        engine,
        str(len(mine)),
        f"{answers[0]} → {answers[1]}",
        str(sum(one > SAME for one in change)),
        str(sum(abs(one) <= SAME for one in change)),
        str(sum(one < -SAME for one in change)),
        *(percent(gap) for gap in gaps),
        *(number(mean, 1) for mean in seconds),
    ]


def _value(row: BenchRow) -> str:
    return f"{row.value:,}" if row.answered and row.value is not None else row.outcome


def percent(share: float | None, *, signed: bool = False) -> str:
    """A share in percent with two or more figures, or a dash."""
    if share is None:
        return "–"
    return f"{share * 100:+.3f} %" if signed else f"{share * 100:.2f} %"


def number(value: float | None, decimals: int) -> str:
    """A number, or a dash."""
    return "–" if value is None else f"{value:,.{decimals}f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Aligned columns under their heads: words to the left, figures to the right."""
    words = {"suite", "engine", "instance", "outcome", "verdict"}
    return aligned_lines(head, rows, [name not in words for name in head], ruled=True)
