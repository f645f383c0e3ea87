"""The group of commands, and their common exit codes and error messages."""

from __future__ import annotations

import contextlib
import os
import sys
import traceback
from typing import TYPE_CHECKING

import click

from scheduler.cli.bench import bench
from scheduler.cli.brief import brief
from scheduler.cli.cells import cells
from scheduler.cli.certify import certify
from scheduler.cli.check import check
from scheduler.cli.compare import compare
from scheduler.cli.completion import completion
from scheduler.cli.cost import cost
from scheduler.cli.diff import diff
from scheduler.cli.due import due
from scheduler.cli.explain import explain
from scheduler.cli.export import export
from scheduler.cli.failure import DONE, ENGINE, INPUT, INTERRUPTED, CommandFailed
from scheduler.cli.frontier import frontier
from scheduler.cli.generate import generate
from scheduler.cli.groups import HelpingGroup
from scheduler.cli.help_texts import help_translator, in_language
from scheduler.cli.import_ import import_
from scheduler.cli.interrupts import interrupts_end_imports
from scheduler.cli.language import LANGUAGE, asked_language, known_language, renderer_for, translate_click
from scheduler.cli.ledger import ledger
from scheduler.cli.new import new
from scheduler.cli.offer import answer, offer
from scheduler.cli.options import LANG_OF_GROUP
from scheduler.cli.publish import notices, publish
from scheduler.cli.reconcile import reconcile
from scheduler.cli.replan import replan
from scheduler.cli.report import report
from scheduler.cli.schema import schema
from scheduler.cli.show import show
from scheduler.cli.solve import solve
from scheduler.cli.streams import lasting_streams
from scheduler.cli.upgrade import upgrade
from scheduler.cli.why import why
from scheduler.engine_thread import engine_is_running
from scheduler.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

SECTIONS: dict[str, tuple[click.Command, ...]] = {
    "Begin": (new, import_, schema, upgrade),
    "Plan": (check, solve, show, report, explain, why, cost, frontier, certify, compare, diff, export),
    "Agree, publish, change": (offer, answer, publish, notices, due, brief, replan),
    "Account": (reconcile, ledger),
    "Measure": (generate, bench, cells),
    "Set up": (completion,),
}
"""The commands in the order in which a plan lives."""

COMMANDS: tuple[click.Command, ...] = tuple(command for commands in SECTIONS.values() for command in commands)


class Sections(HelpingGroup):
    """The group that lists its commands under headings, in the order in which they are used."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Note the language before anything is read, so that usage errors are in it, too."""
        ctx.meta[LANGUAGE] = asked_language(args, otherwise="")
        translate_click()
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each section with a whole sentence for every command."""
        widest = max(len(command.name or "") for command in COMMANDS)
        translate = help_translator(known_language())
        for title, commands in SECTIONS.items():
            with formatter.section(translate(title)):
                own = [self.commands[command.name or ""] for command in commands]
                formatter.write_dl([(command.name or "", first_sentence(command)) for command in own], col_max=widest)


def first_sentence(command: click.Command) -> str:
    """The first sentence of a command's help, without its full stop. click would cut it at the end of a line."""
    paragraph = " ".join((command.help or "").split("\n\n")[0].split())
    return paragraph.split(". ")[0].removesuffix(".")


@click.group(cls=Sections, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@LANG_OF_GROUP
@click.version_option(__version__, prog_name="parity")
def parity() -> None:
    """Plan reciprocal television airtime between countries.

    \b
    Exit codes:
      0  done, all hard rules kept
      1  the answer is no: hard rules missed, a check failed, clauses clash
      2  bad usage or bad input
      3  nothing found within the limit
      4  an engine or the environment failed
      130  interrupted with nothing to save
    """  # noqa: D301


for command in COMMANDS:
    parity.add_command(command)


def main() -> None:
    """Run `parity`. Every failure ends in a message and an exit code; a fault of the program also prints a traceback.

    If nobody reads standard output any more, the command continues to its end and the exit code is 0.
    """
    out, err = lasting_streams()
    words = sys.argv[1:]
    interrupts_end_imports(asked_language(words))
    code = run(words)
    try:
        out.flush()
    except OSError as error:
        code = _failed(error, words, in_output=True)
    with contextlib.suppress(OSError):
        err.flush()
    _leave(DONE if out.reader_is_gone else code)


def run(words: Sequence[str]) -> int:
    """Run a command line and return its exit code. Errors are printed in the language that the line asks for."""
    try:
        code = _in_asked_language(words).main(list(words), prog_name="parity", standalone_mode=False)
    except CommandFailed as failure:
        click.echo(failure.message, err=True)
        code = failure.exit_code
    except click.ClickException as error:
        with _context_of(error, words).scope(cleanup=False):
            error.show()
        code = INPUT
    except (BrokenPipeError, SystemExit):  # click ends the process so where a stream's reader is gone
        code = DONE
    except (click.Abort, KeyboardInterrupt, MemoryError, OSError) as error:
        code = _failed(error, words)
    except Exception as error:
        traceback.print_exc()
        code = _failed(error, words)
    return code if isinstance(code, int) else DONE


def _in_asked_language(words: Sequence[str]) -> click.Group:
    """All commands. Their help is in the language that the command line asks for, or in English if it is unknown."""
    from scheduler.messages import LANGUAGES

    language = asked_language(words)
    return in_language(parity, language) if language in LANGUAGES and language != "en" else parity


def _context_of(error: click.ClickException, words: Sequence[str]) -> click.Context:
    """The context of the command whose options are wrong, or one that knows only the language of the command line."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is None:
        context = click.Context(parity, info_name="parity")
        context.meta[LANGUAGE] = asked_language(words)
    return context


def _failed(error: BaseException, words: Sequence[str], *, in_output: bool = False) -> int:
    """Print why the command ended, in the language of its command line. The exit code is returned."""
    from scheduler.messages import Message, msg, system_reason

    message: Message
    match error:
        case click.Abort() | KeyboardInterrupt():
            message = msg("interrupted; nothing was saved")
        case MemoryError():
            message = msg("out of memory: solve a shorter horizon or a coarser grid")
        case OSError() if in_output:
            message = msg("standard output: {reason}", reason=system_reason(error))
        case OSError(filename=None):
            message = msg("the file system: {reason}", reason=system_reason(error))
        case OSError():
            message = msg("{file}: {reason}", file=str(error.filename), reason=system_reason(error))
        case _:
            message = msg("this is a fault of parity, not of your input; please report it with the lines above")
    click.echo(renderer_for(asked_language(words))(message), err=True)
    return INTERRUPTED if isinstance(error, click.Abort | KeyboardInterrupt) else ENGINE


def _leave(code: int) -> None:
    """End the process, even if an engine that exceeded its limit still runs in its thread."""
    if engine_is_running():
        os._exit(code)
    # A full disk was reported above; the interpreter would report it again with a traceback.
    try:
        sys.stdout.flush()
    except OSError:
        os._exit(code)
    sys.exit(code)
