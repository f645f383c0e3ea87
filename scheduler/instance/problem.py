"""Problems of a planner's files. Each has its place, and all problems are raised together."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scheduler.instance.signs import as_drawn, difference
from scheduler.messages import Listed, Message, english, msg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from scheduler.instance.derived.aired import Lock
    from scheduler.messages import Value

ALIKE = 0.6
"""Smallest similarity (difflib's ratio, 0 to 1) at which a known word is suggested for an unknown one."""

Severity = Literal["error", "warning"]
Cause = tuple[str, str]
"""The cause of a problem: (kind, id) of a missing thing, or of a thing that is defined and never named."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem at a file, line and column (both from 1)."""

    file: str
    line: int
    column: int
    text: Message | Listed | str
    """The problem. A plain text is the same in every language."""

    severity: Severity = "error"
    cause: Cause | tuple[()] = ()

    @property
    def message(self) -> str:
        """The problem in English."""
        return english(self.text)

    def rendered(self, render: Callable[[Value], str]) -> str:
        """The problem with its place, as file:line:column: text. `render` makes the text of a message."""
        word = render(self.text)
        text = render(msg("warning: {text}", text=word)) if self.severity == "warning" else word
        return f"{self.file}:{self.line}:{self.column}: {text}"

    def __str__(self) -> str:
        return self.rendered(english)

    def __lt__(self, other: Problem) -> bool:
        return self._order < other._order

    @property
    def _order(self) -> tuple[str, int, int, str, str, tuple[str, ...]]:
        return self.file, self.line, self.column, self.message, self.severity, self.cause


class InputError(Exception):
    """Input that cannot be used. Contains all problems, ordered by file and line."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class UnfitLocksError(InputError):
    """Locks fit no airing. `locks` has each of them once, in the order of locks.csv."""

    def __init__(self, problems: list[Problem], locks: tuple[Lock, ...]) -> None:
        super().__init__(problems)
        self.locks = locks


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that looks the same as a word, or else the most similar one. None if no word is similar."""
    words = sorted(set(known))
    close = [other for other in words if as_drawn(other) == as_drawn(word)]
    close = close or difflib.get_close_matches(word, words, n=1, cutoff=ALIKE)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> Message | str:
    """A hint for an unknown word: "; did you mean 'x'?" or the list of known words.

    If a known word looks the same, the different characters are named. Empty if there are no known words. The words of
    a tuple keep their order; weekdays, for instance.
    """
    words = list(known) if isinstance(known, tuple) else sorted(set(known))
    close = closest(word, words)
    if close is not None:
        return msg("; did you mean '{word}'?{signs}", word=close, signs=difference(word, close))
    if not words:
        return ""
    listed = ", ".join(words[:12]) + (", …" if len(words) > 12 else "")
    return msg("; known: {words}", words=listed)
