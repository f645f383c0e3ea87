"""Warnings about imported genres that no rule names, because a rule may be meant to count them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scheduler.instance import did_you_mean
from scheduler.messages import msg
from scheduler.without_effect import unnamed_genres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance


def warn_of_unknown_genres(instance: Instance, rows: Sequence[dict[str, str]], file: str, findings: Findings) -> None:
    """Warn about genres that no rule, window or audience curve names, if some of these name genres at all."""
    named, _ = unnamed_genres(instance)
    if not named:
        return
    counts = Counter(row["genre"] for row in rows if row.get("genre") and row["genre"] not in named)
    for genre, count in counts.items():
        what = msg(
            "no rule names the genre '{genre}' ({number} rows){hint}; if it is one of these, map it with"
            " --genre '{genre}=OURS'",
            genre=genre,
            number=count,
            hint=did_you_mean(genre, named),
        )
        findings.warn(file, (1, 1), what)
