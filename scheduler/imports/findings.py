"""The problems of an import: errors, which stop it, or, if it is lenient, warnings about repairs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scheduler.instance import InputError, Problem
from scheduler.messages import Listed, Message, msg

MOST = 2_000
"""Most problems that are listed. A file with more problems is probably of another kind."""


ProblemText = Message | Listed | str
"""The text of a problem or of its repair."""

ROW_LEFT_OUT = msg("the row is left out")
ENTRY_LEFT_OUT = msg("the entry is left out")
CELLS_LEFT_OUT = msg("these cells are left out")
LEFT_OUT = msg("left out")
"""A repair of several readers."""

NO_TITLE = msg("there is no title")
UNTITLED = "untitled"
CALLED_UNTITLED = msg("called '{title}'", title=UNTITLED)
"""A missing title, and the title that is written in its place."""

NO_ROWS = msg("no row follows the header")
OTHER_CHANNELS = msg("of other channels")
OUTSIDE = msg("outside the horizon")
"""A reason for which entries are left out."""


def taken_as(word: str) -> Message:
    """The repair that a word replaces what is written."""
    return msg("taken as {word}", word=word)


def read_as(text: str) -> Message:
    """The repair that something is read as a text."""
    return msg("read as {text}", text=text)


def sheet_not_read(reason: InputError) -> Message:
    """The message that a sheet of a workbook is not read, with the reason."""
    return msg("this sheet is not read: {reason}", reason=reason.problems[0].text)


@dataclass(slots=True)
class Findings:
    """Collects problems. With `lenient`, problems that can be repaired become warnings that state the repair."""

    lenient: bool = False
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[Message] = field(default_factory=Counter)
    """The number of entries that are left out without a problem, by reason."""

    _errors: int = 0

    def repair(self, file: str, place: tuple[int, int], what: ProblemText, repair: ProblemText) -> bool:
        """Note a problem that can be repaired.

        Parameters
        ----------
        file, place
            Name of the file; line and column, from 1.
        what, repair
            The problem and its repair in words.

        Returns
        -------
        bool
            Whether the caller must repair it, which is so if the import is lenient.
        """
        if self.lenient:
            self._note(Problem(file, *place, Listed((what, repair), "; "), "warning"))
        else:
            self._note(Problem(file, *place, Listed((what, repair), "; --lenient: ")))
        return self.lenient

    def fail(self, file: str, place: tuple[int, int], what: ProblemText) -> None:
        """Note a problem that cannot be repaired."""
        self._note(Problem(file, *place, what))

    def warn(self, file: str, place: tuple[int, int], what: ProblemText) -> None:
        """Note something that looks wrong but may be intended."""
        self._note(Problem(file, *place, what, "warning"))

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._errors += problem.severity == "error"
        if self._errors > MOST:
            stopped = msg("more than {number} problems; the import stopped", number=MOST)
            raise InputError([*self.problems, Problem(problem.file, 1, 1, stopped)])

    def stop_on_errors(self) -> None:
        """Raise InputError with every problem if one of them is an error."""
        if self._errors:
            raise InputError(self.problems)
