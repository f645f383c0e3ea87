"""Report each cause as one problem: a missing id is one problem, independent of how often it is named.

If an id is missing and a similar id is defined but never named, the definition was probably renamed. Then the problem
is reported at the definition, with the number of places that name the missing id.
"""

from __future__ import annotations

import difflib
from collections import Counter
from typing import TYPE_CHECKING

from scheduler.instance.files.named import named_in
from scheduler.instance.problem import Problem
from scheduler.messages import Listed, Term, msg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pydantic import BaseModel

    from scheduler.instance.files.yaml_document import YamlDocument
    from scheduler.instance.model.instance_file import InstanceFile
    from scheduler.instance.problem import Cause

ALIKE = 0.6
"""Smallest similarity (difflib's ratio, 0 to 1) at which one id can be the new name of another."""

Definitions = dict["Cause", tuple[str, int, int]]


def one_per_cause(problems: Iterable[Problem], silent: Definitions | None = None) -> list[Problem]:
    """Each cause as one problem at its first place, with the number of the other places.

    Problems with the same message in one file have one cause, and so have problems with the same `cause`.

    Parameters
    ----------
    problems
        All problems.
    silent
        The ids that are defined and never named, with their places. A renamed id is reported there.
    """
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in sorted(set(problems)):
        key = ("", problem.file, problem.message) if not problem.cause else problem.cause
        groups.setdefault((problem.severity, *key), []).append(problem)
    found = []
    for missing, (new, place) in _renamed(groups, silent or {}).items():
        found.append(_as_renamed(missing, new, place, groups.pop(("error", *missing))))
        groups.pop(("error", *new), None)
    for first, *others in groups.values():
        files = Counter(problem.file for problem in others)
        listed = f": {_counted(files)}" if set(files) - {first.file} else ""
        more = msg(" (and {number} more places{files})", number=len(others), files=listed) if others else ""
        found.append(Problem(first.file, first.line, first.column, Listed((first.text, more), ""), first.severity))
    return found


def silent_definitions(
    file: InstanceFile, document: YamlDocument, parsed: Mapping[str, list[BaseModel]]
) -> Definitions:
    """Channels and territories that instance.yaml defines and nothing names, with their places.

    Parameters
    ----------
    parsed
        The rows that could be read, by file.
    """
    defined: Definitions = {
        ("channel", channel.id): document.at(("channels", number, "id")) for number, channel in enumerate(file.channels)
    }
    defined |= {("territory", code): document.at(("territories", code)) for code in file.territories}
    rules = [*file.channels, *file.agreements, *file.rules, *file.written_placement]
    rows = [row for table in parsed.values() for row in table]
    named = {(ref.kind, word) for model in (*rules, *rows) for _, ref, word in named_in(model)}
    return {cause: place for cause, place in defined.items() if cause not in named}


def _renamed(
    groups: Mapping[tuple[str, ...], Sequence[Problem]], silent: Definitions
) -> dict[Cause, tuple[Cause, tuple[str, int, int]]]:
    """The definition to which each missing id was probably renamed, if one fits."""
    found: dict[Cause, tuple[Cause, tuple[str, int, int]]] = {}
    for kind in dict.fromkeys(kind for kind, _ in silent):
        free = [word for one, word in silent if one == kind]
        missing = [key[2] for key in groups if key[:2] == ("error", kind) and (kind, key[2]) not in silent]
        for word in missing:
            # Every channel needs rows in audience.csv. If a single channel has none, those rows have its other name.
            only = kind == "channel" and len(missing) == len(free) == 1
            close = free[:1] if only else difflib.get_close_matches(word, free, n=1, cutoff=ALIKE)
            if close:
                free.remove(close[0])
                new = (kind, close[0])
                found[kind, word] = new, silent[new]
    return found


def _as_renamed(missing: Cause, new: Cause, place: tuple[str, int, int], where: Sequence[Problem]) -> Problem:
    kind, old = missing
    files = Counter(problem.file for problem in where)
    message = msg(
        "nothing names the {kind} '{new}', but '{old}', which does not exist, is named at {number} places ({files});"
        " if it was renamed, write '{new}' there or '{old}' here",
        kind=Term("kind", kind),
        new=new[1],
        old=old,
        number=len(where),
        files=_counted(files),
    )
    return Problem(*place, message)


def _counted(files: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(files.items()))
