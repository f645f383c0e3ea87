"""Problems of an import: errors that stop it, or, when it is lenient, what was mended and how."""

from __future__ import annotations

from dataclasses import dataclass, field

from scheduler.instance import InputError, Problem

MOST = 2_000
"""Problems that are listed; a file with more is told to be another kind of file."""


@dataclass(slots=True)
class Mending:
    """Collects problems. `lenient` turns those that have a mend into warnings that say it."""

    lenient: bool = False
    problems: list[Problem] = field(default_factory=list)
    _errors: int = 0

    def mend(self, file: str, place: tuple[int, int], what: str, mended: str) -> bool:
        """Note a problem that can be mended; whether it is to be mended."""
        if self.lenient:
            self._note(Problem(file, *place, f"{what}; {mended}", "warning"))
        else:
            self._note(Problem(file, *place, f"{what}; --lenient: {mended}"))
        return self.lenient

    def fail(self, file: str, place: tuple[int, int], what: str) -> None:
        """Note a problem that has no mend."""
        self._note(Problem(file, *place, what))

    def warn(self, file: str, place: tuple[int, int], what: str) -> None:
        """Note something that looks wrong but may be meant."""
        self._note(Problem(file, *place, what, "warning"))

    def _note(self, problem: Problem) -> None:
        self.problems.append(problem)
        self._errors += problem.severity == "error"
        if self._errors > MOST:
            raise InputError([*self.problems, Problem(problem.file, 1, 1, f"more than {MOST:,} problems; stopped")])

    def stop_on_errors(self) -> None:
        """Raise InputError with every problem if one of them is an error."""
        if self._errors:
            raise InputError(self.problems)
