"""What is wrong in an import: errors that stop it, or, when it is lenient, what was repaired and how."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from scheduler.instance import InputError, Problem
from scheduler.messages import Listed, Message, msg

MOST = 2_000
"""Problems that are listed; a file with more is probably of another kind."""


Said = Message | Listed | str


@dataclass(slots=True)
class Findings:
    """Collects problems. `lenient` turns those that can be repaired into warnings that say how."""

    lenient: bool = False
    problems: list[Problem] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    """How many entries are left out without a problem of their own, by the reason."""

    _errors: int = 0

    def repair(self, file: str, place: tuple[int, int], what: Said, repair: Said) -> bool:
        """Note a problem that can be repaired; whether it is to be repaired."""
        if self.lenient:
            self._note(Problem(file, *place, Listed((what, repair), "; "), "warning"))
        else:
            self._note(Problem(file, *place, Listed((what, repair), "; --lenient: ")))
        return self.lenient

    def fail(self, file: str, place: tuple[int, int], what: Said) -> None:
        """Note a problem that cannot be repaired."""
        self._note(Problem(file, *place, what))

    def warn(self, file: str, place: tuple[int, int], what: Said) -> None:
        """Note something that looks wrong but may be meant."""
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
