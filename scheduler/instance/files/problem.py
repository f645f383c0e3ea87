"""What is wrong with a planner's files: every problem with its place, collected and raised together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scheduler.instance.files.signs import as_drawn, difference

if TYPE_CHECKING:
    from collections.abc import Iterable

Severity = Literal["error", "warning"]
Cause = tuple[str, str]
"""What a problem follows from: (kind, id) of what is missing or defined and never named."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing that is wrong, at a file, line and column (both from 1)."""

    file: str
    line: int
    column: int
    message: str
    severity: Severity = "error"
    cause: Cause | tuple[()] = ()

    def __str__(self) -> str:
        mark = "warning: " if self.severity == "warning" else ""
        return f"{self.file}:{self.line}:{self.column}: {mark}{self.message}"


class InputError(Exception):
    """Input that cannot be used; holds every problem found, in the order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a word that is not among the known ones: "; did you mean 'x'?" or the known words.

    Signs in which the word differs from one that looks the same are named.
    """
    words = sorted(set(known))
    close = [other for other in words if as_drawn(other) == as_drawn(word)]
    close = close or difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if close:
        return f"; did you mean '{close[0]}'?{difference(word, close[0])}"
    if not words:
        return ""
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return f"; known: {listed}"
