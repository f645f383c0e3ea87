"""What is wrong with a planner's files: every problem with its place, collected and raised together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scheduler.instance.files.signs import as_drawn, difference
from scheduler.messages import Listed, Message, english, msg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.messages import Value

ALIKE = 0.6
"""Least similarity of two words of which one may be meant by the other (difflib's ratio, 0 to 1)."""

Severity = Literal["error", "warning"]
Cause = tuple[str, str]
"""What a problem follows from: (kind, id) of what is missing or defined and never named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at a file, line and column (both from 1)."""

    file: str
    line: int
    column: int
    said: Message | Listed | str
    """What is wrong. A text is shown as it is in every language."""

    severity: Severity = "error"
    cause: Cause | tuple[()] = ()

    @property
    def message(self) -> str:
        """What is wrong, in English."""
        return english(self.said)

    def rendered(self, render: Callable[[Value], str]) -> str:
        """The problem with its place, its words made by `render`: file:line:column: what is wrong."""
        said = render(self.said)
        text = render(msg("warning: {text}", text=said)) if self.severity == "warning" else said
        return f"{self.file}:{self.line}:{self.column}: {text}"

    def __str__(self) -> str:
        return self.rendered(english)

    def __lt__(self, other: Problem) -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, int, str, str, tuple[str, ...]]:
        return self.file, self.line, self.column, self.message, self.severity, self.cause


class InputError(Exception):
    """Input that cannot be used; holds every problem found, in the order of file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks the same as a word, or else the one that is most alike. None if none is."""
    words = sorted(set(known))
    close = [other for other in words if as_drawn(other) == as_drawn(word)]
    close = close or difflib.get_close_matches(word, words, n=1, cutoff=ALIKE)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> Message | str:
    """A hint for a word that is not among the known ones: "; did you mean 'x'?" or the known words.

    Signs in which the word differs from one that looks the same are named. Empty if there are no known words.
    """
    words = sorted(set(known))
    close = closest(word, words)
    if close is not None:
        return msg("; did you mean '{word}'?{signs}", word=close, signs=difference(word, close))
    if not words:
        return ""
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return msg("; known: {words}", words=listed)
