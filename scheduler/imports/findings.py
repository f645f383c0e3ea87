"""What is wrong in an import: errors, which stop it, or, if it is lenient, warnings of what was repaired and how."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scheduler.instance import InputError, Problem
from scheduler.messages import Listed, Message, msg

MOST = 2_000
"""Problems that are listed; a file with more is probably of another kind."""


Said = Message | Listed | str
"""What is wrong, or how it is repaired."""

ROW_LEFT_OUT = msg("the row is left out")
ENTRY_LEFT_OUT = msg("the entry is left out")
CELLS_LEFT_OUT = msg("these cells are left out")
LEFT_OUT = msg("left out")
"""How problems are repaired in several readers."""

NO_TITLE = msg("there is no title")
UNTITLED = "untitled"
CALLED_UNTITLED = msg("called '{title}'", title=UNTITLED)
"""A missing title, and the title that is written in its place."""

NO_ROWS = msg("no row follows the header")
OTHER_CHANNELS = msg("of other channels")
OUTSIDE = msg("outside the horizon")
"""Why entries are left out."""


def taken_as(word: str) -> Message:
    """That a word is taken in the place of what is written."""
    return msg("taken as {word}", word=word)


def read_as(text: str) -> Message:
    """How something is read."""
    return msg("read as {text}", text=text)


def sheet_not_read(reason: InputError) -> Message:
    """That a sheet of a workbook is not read, and why."""
    return msg("this sheet is not read: {reason}", reason=reason.problems[0].said)


@dataclass(slots=True)
class Findings:
    """Collects problems. `lenient` turns those that can be repaired into warnings that say how."""

    lenient: bool = False
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[Message] = field(default_factory=Counter)
    """How many entries are left out without a problem of their own, by the reason."""

    _errors: int = 0

    def repair(self, file: str, place: tuple[int, int], what: Said, repair: Said) -> bool:
        """Note a problem that can be repaired.

        Returns
        -------
        bool
            Whether it is to be repaired: whether the import is lenient.
        """
        if self.lenient:
            self._note(Problem(file, *place, Listed((what, repair), "; "), "warning"))
        else:
            self._note(Problem(file, *place, Listed((what, repair), "; --lenient: ")))
        return self.lenient

    def fail(self, file: str, place: tuple[int, int], what: Said) -> None:
        """Note a problem that cannot be repaired."""
        self._note(Problem(file, *place, what))

    def warn(self, file: str, place: tuple[int, int], what: Said) -> None:
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
