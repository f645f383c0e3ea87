"""The tables of a run as text, in a language. Outcomes and verdicts are the codes of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from scheduler.bench.measure import GAP_SHIFT, SECONDS_SHIFT, shifted_geometric_mean
from scheduler.bench.tables import Change, ReferenceValues, SummaryRow, common_gap, contradictions, counts, summary_rows
from scheduler.messages import Message, msg, msg_n
from scheduler.report.language import Language
from scheduler.text_tables import aligned_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.bench.row import BenchRow

SAME = 1e-6
"""Values that differ by less than this share count as equal."""

ENGLISH = Language("en")


def summary_lines(rows: Sequence[BenchRow], best: ReferenceValues, language: Language = ENGLISH) -> list[str]:
    """The summary by engine, every instance, which instances count, and contradictions."""
    say = language.render
    notes = (
        msg("gap: value against the best proven bound of the instance; own gap: against the engine's own bound."),
        msg("Means are shifted geometric means (gap + 0.01 %, seconds + 1); integral: mean primal gap over the limit."),
    )
    lines = _table(_SUMMARY_HEAD, [_summary_row(line, language) for line in summary_rows(rows, best)], language)
    lines += ["", *map(say, notes)]
    lines += ["", *_table(_INSTANCE_HEAD, [_instance(row, best, language) for row in rows], language)]
    counted = counts(rows, best)
    idle = sorted(name for name, does in counted.items() if not does)
    if counted:
        many, all_ = sum(counted.values()), len(counted)
        text = msg_n(
            "{count} of {all} instances counts (greedy more than 5 % below the bound)",
            "{count} of {all} instances count (greedy more than 5 % below the bound)",
            count=many,
            all=all_,
        )
        lines += ["", say(text) + (say(msg("; not: {names}", names=", ".join(idle))) if idle else "")]
    unknown = sorted({row.instance for row in rows} - set(counted))
    names = ", ".join(unknown)
    lines += (
        [say(msg("not known to count, because there is no row of greedy: {names}", names=names))] if unknown else []
    )
    wrong = contradictions(rows, best)
    return lines + (["", say(msg("CONTRADICTIONS")), *map(say, wrong)] if wrong else [])


_SUMMARY_HEAD = (
    *(msg("suite"), msg("engine"), msg("answers"), msg("wins"), msg("gap"), msg("worst"), msg("own gap")),
    *(msg("worst"), msg("s"), msg("s to bound"), msg("integral"), msg("GB"), msg("bad")),
)
_INSTANCE_HEAD = (
    *(msg("instance"), msg("engine"), msg("airings"), msg("outcome"), msg("value"), msg("bound"), msg("gap")),
    *(msg("own gap"), msg("planned gap"), msg("one channel"), msg("one version"), msg("no hole"), msg("in the slot")),
    *(msg("s"), msg("GB"), msg("verdict")),
)
_WORDS = {"suite", "engine", "instance", "outcome", "verdict"}
"""Columns of words; all others have figures."""


def _summary_row(line: SummaryRow, language: Language) -> list[str]:
    return [
        line.suite,
        line.engine,
        f"{line.answers}/{line.runs}",
        str(line.wins),
        percent(line.gap, language),
        percent(line.gap_most, language),
        percent(line.own_gap, language),
        percent(line.own_gap_most, language),
        number(line.seconds, 1, language),
        number(line.bound_seconds, 1, language),
        number(line.primal_integral, 4, language),
        number(line.memory, 2, language),
        str(line.bad),
    ]


def _instance(row: BenchRow, best: ReferenceValues, language: Language) -> list[str]:
    return [
        row.instance,
        row.engine,
        number(row.airings, 0, language),
        row.outcome,
        number(row.value, 0, language),
        number(row.bound, 0, language),
        percent(common_gap(row, best), language),
        percent(row.gap, language),
        percent(row.planned_gap, language),
        *_regular(row, language),
        number(row.seconds.solve, 1, language),
        number(row.peak_memory, 2, language),
        row.verdict,
    ]


def _regular(row: BenchRow, language: Language) -> list[str]:
    """Shares of first runs on one channel, in one version and without a missing episode; share of days in the slot."""
    regularity = row.regularity
    shares = (
        (None,) * 4
        if regularity is None
        else (regularity.one_channel, regularity.one_version, regularity.no_hole, regularity.days_in_slot)
    )
    return [percent(share, language) for share in shares]


def comparison_lines(found: Sequence[Change], language: Language = ENGLISH) -> list[str]:
    """For each engine: answers, better and worse values, mean gap and seconds. Then every value that changed."""
    if not found:
        text = msg("no run of the first file is in the second: instances, engines or seeds differ")
        return [language.render(text)]
    engines = list(dict.fromkeys(change.engine for change in found))
    each = [_compared(engine, [one for one in found if one.engine == engine], language) for engine in engines]
    lines = _table(_COMPARED_HEAD, each, language)
    moved = [one for one in found if one.value_change is None or abs(one.value_change) > SAME]
    body = [
        [
            *(one.instance, one.engine, _value(one.before, language), _value(one.after, language)),
            percent(one.value_change, language, signed=True),
        ]
        for one in moved
    ]
    return lines + (["", *_table(_CHANGED_HEAD, body, language)] if body else [])


_COMPARED_HEAD = (
    *(msg("engine"), msg("pairs"), msg("answers"), msg("better"), msg("same"), msg("worse"), msg("gap before")),
    *(msg("gap after"), msg("s before"), msg("s after")),
)
_CHANGED_HEAD = (msg("instance"), msg("engine"), msg("value before"), msg("value after"), msg("change"))


def _compared(engine: str, mine: Sequence[Change], language: Language) -> list[str]:
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
        *(percent(gap, language) for gap in gaps),
        *(number(mean, 1, language) for mean in seconds),
    ]


def _value(row: BenchRow, language: Language) -> str:
    return number(row.value, 0, language) if row.answered and row.value is not None else row.outcome


def percent(share: float | None, language: Language, *, signed: bool = False) -> str:
    """A share in percent with two or more figures, or a dash."""
    if share is None:
        return "–"
    if signed:
        return f"{'+' if share >= 0 else ''}{number(share * 100, 3, language)} %"
    return f"{number(share * 100, 2, language)} %"


def number(value: float | None, decimals: int, language: Language) -> str:
    """A number with a fixed number of decimals, or a dash."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return "–" if value is None else str(format_decimal(value, format=pattern, locale=language.locale))


def _table(head: Sequence[Message], rows: Sequence[Sequence[str]], language: Language) -> list[str]:
    """Aligned columns under their heads: words to the left, figures to the right."""
    right = [name.key not in _WORDS for name in head]
    return aligned_lines([language.render(name) for name in head], rows, right, ruled=True)
