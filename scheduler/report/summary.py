"""What `parity solve` says at the end: what was found, how good it is, what is missed, where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.solve import Answer

MOST_MISSES = 12


def summary_lines(answer: Answer, out: Path) -> list[str]:
    """The lines of the summary, for an answer with a timetable."""
    checked, search = answer.verification, answer.search
    assert checked is not None and answer.timetable is not None
    missed = checked.missed
    hard = len(checked.hard_missed)
    gap = search.gap()
    said = (
        "no gap: a hard rule is missed"
        if gap is None and hard
        else "gap unknown"
        if gap is None
        else f"gap {gap * 100:.2f} %"
    )
    bound = "no bound" if search.bound is None else f"bound {search.bound:,}"
    lines = [
        f"{answer.status.replace('_', ' ')}: {int((~answer.timetable.anchor).sum())} airings of"
        f" {len(answer.airings):,} candidates in {search.seconds():.1f} s (seed {search.settings.seed})",
        f"value {checked.value:,} = audience {checked.audience:,} − penalty {checked.penalty:,} viewer-minutes",
        f"{bound}, {said}",
        f"rules: {hard} hard and {len(missed) - hard} soft rows missed of {len(checked.measurements):,} measured",
    ]
    lines += [f"  {'✗ hard' if row.hard else '· soft'}  {row.text}" for row in missed[:MOST_MISSES]]
    if len(missed) > MOST_MISSES:
        lines.append(f"  … and {len(missed) - MOST_MISSES} more: parity report lists them all")
    if hard:
        lines.append(f"parity explain {answer.airings.instance.folder} tells which clauses clash")
    lines.append(f"saved: {out / 'timetable.csv'}, {out / 'result.json'}, {out / 'timings.json'}")
    return lines
