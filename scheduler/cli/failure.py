"""Exit codes, and the end of a command that fails."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

import click

from scheduler.cli.language import renderer as renderer  # other modules import it from here
from scheduler.cli.options import VARIANTS, prints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from scheduler.instance import Instance, Problem
    from scheduler.messages import Message, MessageError, Value
    from scheduler.parameters import AllParams
    from scheduler.timetable import Timetable

Tables = TypeVar("Tables", bound="AllParams")

DONE, NO, INPUT, NOTHING, ENGINE, INTERRUPTED = 0, 1, 2, 3, 4, 130

MOST_OF_A_KIND = 10
"""Problems of one kind in one file that are printed; then their number follows."""


class CommandFailed(Exception):
    """A command that ends with a message, in the language of the command, and an exit code other than 0."""

    def __init__(self, message: Value, exit_code: int) -> None:
        self.message, self.exit_code = renderer()(message), exit_code
        super().__init__(self.message)


def refused(problems: tuple[Problem, ...], what: Value) -> CommandFailed:
    """The error that input cannot be used: its problems, one per line, at most MOST_OF_A_KIND of a kind."""
    from scheduler.messages import Listed, msg_n

    errors = sum(problem.severity == "error" for problem in problems)
    total = msg_n(
        "{count} problem in {what}; nothing was written",
        "{count} problems in {what}; nothing was written",
        count=errors,
        what=what,
    )
    return CommandFailed(Listed((*problem_lines(problems), total), "\n"), INPUT)


def not_possible(message: Value) -> CommandFailed:
    """The error that options cannot be used, in the language of the command."""
    return CommandFailed(message, INPUT)


def problem_lines(problems: tuple[Problem, ...]) -> list[str]:
    """A line for each problem. If there are many of one kind, only the first ones and the number of the others."""
    from scheduler.messages import msg

    render = renderer()
    kinds: dict[tuple[str, str, str], list[str]] = {}
    for problem in problems:
        kinds.setdefault((problem.severity, problem.file, _kind(problem.message)), []).append(problem.rendered(render))
    shown = {line for lines in kinds.values() for line in lines[:MOST_OF_A_KIND]}
    last = {lines[MOST_OF_A_KIND - 1]: len(lines) for lines in kinds.values() if len(lines) > MOST_OF_A_KIND}
    messages = []
    for line in dict.fromkeys(problem.rendered(render) for problem in problems):
        if line in shown:
            messages.append(line)
        if line in last:
            messages.append(render(msg("  … and {number} more of this kind", number=last[line] - MOST_OF_A_KIND)))
    return messages


def _kind(message: str) -> str:
    """The common part of messages of one kind: all but the words in quotes and the numbers."""
    return re.sub(r"'[^']*'|\"[^\"]*\"|\d+", "…", message)[:60]


def load_or_fail(
    folder: Path, *, quiet: bool = False, variants: Sequence[Path] | None = None, ledgers: bool = True
) -> Instance:
    """Load an instance folder.

    Warnings go to stderr, errors end the command. By default the variants of the command's options are applied.
    `ledgers`: take carry-overs and obligations from its ledgers.
    """
    from scheduler.instance import InputError
    from scheduler.rules import load
    from scheduler.whole_file import recover

    recover(folder)
    try:
        applied = click.get_current_context().meta.get(VARIANTS, ()) if variants is None else variants
        instance = load(folder, applied, ledgers=ledgers)
    except InputError as error:
        raise refused(error.problems, str(folder)) from None
    if not quiet:
        for line in problem_lines(instance.warnings):
            click.echo(line, err=True)
    return instance


def timetable_or_fail(instance: Instance, path: Path) -> Timetable:
    """Read a timetable of an instance; its errors end the command.

    What a killed process left of an answer in its folder is finished or undone first.
    """
    from scheduler.instance import InputError
    from scheduler.timetable import read_timetable
    from scheduler.whole_file import recover

    recover(path.parent)
    try:
        return read_timetable(instance, path)
    except InputError as error:
        raise refused(error.problems, str(path)) from None


def params_or_fail(path: Path | None, kind: type[Tables]) -> Tables:
    """The parameters in a TOML file, the defaults without a file; every problem of it ends the command."""
    from scheduler.parameters import ParamsError, params_from_toml

    try:
        return kind() if path is None else params_from_toml(path, kind)
    except ParamsError as error:
        raise CommandFailed(error.text, INPUT) from None


def refuse_to_overwrite(paths: list[Path], *, force: bool) -> None:
    """End the command if one of the files exists and was not to be overwritten."""
    from scheduler.messages import msg_n

    there = [str(path) for path in paths if path.exists()]
    if there and not force:
        raise CommandFailed(
            msg_n(
                "{files} exists; use --force to overwrite it",
                "{files} exist; use --force to overwrite them",
                count=len(there),
                files=", ".join(there),
            ),
            INPUT,
        )


def write_or_print(out: Path | None, content: Callable[[], str | bytes], *, binary: bool, force: bool) -> None:
    """Write the result of `content` into a file, or print it if `out` is None or -.

    Three cases are refused before `content` is called: the folder does not exist, the file exists, or binary data would
    go to a terminal.
    """
    from scheduler.messages import msg
    from scheduler.whole_file import write_whole

    if binary and out is None:
        raise CommandFailed(msg("a workbook needs a file: --out name.xlsx, or --out - for a pipe"), INPUT)
    if out is None or prints(out):
        click.echo(content(), nl=False)
        return
    refuse_before_writing(out, force=force)
    write_whole(out, content())


def refuse_before_writing(out: Path, *, force: bool) -> None:
    """End the command if a file cannot be written: its folder does not exist, or the file exists already."""
    if not prints(out):
        require_folder(out)
        refuse_to_overwrite([out], force=force)


def refuse_two_on_standard_output(**outputs: Path | str | bool | None) -> None:
    """End the command if several of its outputs are to go to standard output; they are named as options."""
    from scheduler.messages import Listed, msg

    printed = [f"--{name.replace('_', '-')}" for name, out in outputs.items() if out is True or prints(str(out))]
    if len(printed) > 1:
        message = msg(
            "{options} write to standard output: name a file for one of them", options=Listed(tuple(printed), ", ")
        )
        raise CommandFailed(message, INPUT)


def write_into(out: Path, files: Mapping[str, str | bytes], *, force: bool) -> None:
    """Write all files of a command into a folder, all or none. The folder is created if its parent exists."""
    from scheduler.messages import msg
    from scheduler.whole_file import FolderInUseError, locked, recover, write_together

    if out.exists() and not out.is_dir():
        raise CommandFailed(msg("{file} is a file; --out names a folder", file=str(out)), INPUT)
    require_folder(out)
    recover(out)
    refuse_to_overwrite([out / name for name in files], force=force)
    made = not out.exists()
    out.mkdir(exist_ok=True)
    try:
        with locked(out):
            write_together(out, files)
    except FolderInUseError:
        raise in_use(out) from None
    except OSError:
        if made:
            out.rmdir()
        raise


def require_folder(path: Path) -> None:
    """End the command if the folder of a file that is to be written is not there: only `solve` makes folders."""
    from scheduler.messages import msg

    if not path.parent.is_dir():
        missing = msg("{path}: there is no folder {folder}; make it first", path=str(path), folder=str(path.parent))
        raise CommandFailed(missing, INPUT)


def channel_or_fail(instance: Instance, word: str) -> str:
    """The id of a channel that is named by its id or its name; another word ends the command."""
    return _named_or_fail(word, "channel", [(one.id, one.name) for one in instance.channels])


def programme_or_fail(instance: Instance, word: str) -> str:
    """The id of a programme that is named by its id or its title; another word ends the command."""
    return _named_or_fail(word, "programme", [(one.programme, one.title) for one in instance.programmes])


def _named_or_fail(word: str, kind: str, known: Sequence[tuple[str, str]]) -> str:
    """The id that is a word, or the only one with that name. Capital letters make no difference."""
    from scheduler.instance.files.named import there_is_no
    from scheduler.messages import Listed, msg

    ids, folded = [id for id, _ in known], word.casefold()
    found = [word] if word in ids else [id for id, name in known if folded in (id.casefold(), name.casefold())]
    if not found:
        raise CommandFailed(there_is_no(kind, word, ids), INPUT)
    if len(found) > 1:
        several = msg("'{word}' is the name of several; write an id: {ids}", word=word, ids=Listed(tuple(found)))
        raise CommandFailed(several, INPUT)
    return found[0]


def in_use(folder: Path) -> CommandFailed:
    """The error that another process writes into a folder."""
    from scheduler.messages import msg

    return CommandFailed(msg("{folder} is in use: another process writes into it", folder=str(folder)), INPUT)


def wrote(files: Iterable[Path]) -> str:
    """The line that names the written files, in the language of the command."""
    from scheduler.messages import msg

    return renderer()(msg("wrote {files}", files=", ".join(map(str, files))))


def party_or_fail(instance: Instance, party: str | None) -> str | None:
    """A party of the agreements; another name ends the command."""
    from scheduler.export.party import parties_of
    from scheduler.instance import did_you_mean
    from scheduler.messages import msg

    parties = parties_of(instance)
    if party is not None and party not in parties:
        hint = did_you_mean(party, parties)
        raise CommandFailed(msg("there is no party '{party}' in the agreements{hint}", party=party, hint=hint), INPUT)
    return party


def not_written(path: Path, error: OSError) -> Message:
    """The message that a file or a folder cannot be written, with the reason."""
    from scheduler.messages import msg, system_reason

    return msg("{path} cannot be written: {reason}", path=str(path), reason=system_reason(error))


def wrong_answer(error: MessageError) -> Message:
    """The message that the check does not confirm what an engine found, with the reason."""
    from scheduler.messages import msg

    return msg("the engine's answer is wrong: {reason}", reason=error.text)


def impossible_locks(instance: Instance) -> CommandFailed:
    """The error that the locks, rights and windows of an instance contradict each other."""
    from scheduler.messages import msg

    message = msg(
        "no timetable keeps every lock within the rights and the windows: parity explain {folder} names the locks that"
        " clash",
        folder=str(instance.folder),
    )
    return CommandFailed(message, NO)


def nothing_found() -> CommandFailed:
    """The error that a search found no timetable within its limit."""
    from scheduler.messages import msg

    return CommandFailed(msg("no timetable was found within the limit; give it more with --time-limit"), NOTHING)
