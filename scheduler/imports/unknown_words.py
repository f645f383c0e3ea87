"""Warnings about imported genres that no rule names, because a rule may be meant to count them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scheduler.instance import did_you_mean
from scheduler.instance.files.named import named_in
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance


def warn_of_unknown_genres(instance: Instance, rows: Sequence[dict[str, str]], file: str, findings: Findings) -> None:
    """Warn about genres that no rule, window or audience curve names, if some of these name genres at all."""
    rules = [*instance.file.agreements, *instance.file.rules, *instance.channels]
    named = {word for rule in rules for _, ref, word in named_in(rule) if ref.kind == "genre"}
    named |= {row.genre for row in instance.audience if row.genre}
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
