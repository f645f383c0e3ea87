"""Exit codes, and how a command ends when it cannot do what it was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance, Problem
    from scheduler.timetable import Timetable

DONE, NO, INPUT, NOTHING, ENGINE, INTERRUPTED = 0, 1, 2, 3, 4, 130


class CommandFailed(Exception):
    """A command that ends with a message and an exit code other than 0."""

    def __init__(self, message: str, exit_code: int) -> None:
        self.message, self.exit_code = message, exit_code
        super().__init__(message)


def refused(problems: tuple[Problem, ...], what: str) -> CommandFailed:
    """Input that cannot be used: all its problems, one per line."""
    errors = sum(problem.severity == "error" for problem in problems)
    lines = [str(problem) for problem in problems]
    return CommandFailed(
        "\n".join([*lines, f"{errors} problem{'s' * (errors != 1)} in {what}; nothing was written"]), INPUT
    )


def load_or_fail(folder: Path, *, quiet: bool = False) -> Instance:
    """Load an instance folder; its warnings go to stderr, its errors end the command."""
    from scheduler.instance import InputError
    from scheduler.rules import load

    try:
        instance = load(folder)
    except InputError as error:
        raise refused(error.problems, str(folder)) from None
    if not quiet:
        for warning in instance.warnings:
            click.echo(str(warning), err=True)
    return instance


def timetable_or_fail(instance: Instance, path: Path) -> Timetable:
    """Read a timetable of an instance; its errors end the command."""
    from scheduler.instance import InputError
    from scheduler.timetable import read_timetable

    try:
        return read_timetable(instance, path)
    except InputError as error:
        raise refused(error.problems, str(path)) from None


def refuse_to_overwrite(paths: list[Path], *, force: bool) -> None:
    """End the command if one of the files exists and was not to be overwritten."""
    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        raise CommandFailed(f"{', '.join(there)} exists; say --force to overwrite it", INPUT)
