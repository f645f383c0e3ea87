"""The group of commands and what they share: exit codes, errors in a planner's words."""

from __future__ import annotations

import os
import sys
import threading
import traceback

import click

from scheduler import __version__
from scheduler.cli.bench import bench
from scheduler.cli.check import check
from scheduler.cli.diff import diff
from scheduler.cli.explain import explain
from scheduler.cli.export import export
from scheduler.cli.failure import DONE, ENGINE, INPUT, INTERRUPTED, CommandFailed
from scheduler.cli.generate import generate
from scheduler.cli.import_ import import_
from scheduler.cli.interrupts import interrupts_end_imports
from scheduler.cli.new import new
from scheduler.cli.report import report
from scheduler.cli.schema import schema
from scheduler.cli.solve import solve
from scheduler.cli.upgrade import upgrade

ENGINE_THREAD = "engine"
"""Name of the thread in which `scheduler.solve` runs a strategy."""

COMMANDS: tuple[click.Command, ...] = (
    solve,
    check,
    explain,
    report,
    export,
    import_,
    diff,
    schema,
    new,
    upgrade,
    generate,
    bench,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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
    """Run `parity`; every failure ends in a message and an exit code, a fault of ours in a traceback before it."""
    interrupts_end_imports()
    try:
        code = parity.main(standalone_mode=False)
    except CommandFailed as failure:
        click.echo(failure.message, err=True)
        code = failure.exit_code
    except click.ClickException as error:
        error.show()
        code = INPUT
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; nothing was saved", err=True)
        code = INTERRUPTED
    except BrokenPipeError:
        code = DONE
    except MemoryError:
        click.echo("out of memory: solve a shorter horizon or a coarser grid", err=True)
        code = ENGINE
    except OSError as error:
        click.echo(f"{error.filename or 'the file system'}: {error.strerror or error}", err=True)
        code = ENGINE
    except Exception:
        traceback.print_exc()
        click.echo("this is a fault of parity, not of your input; please report it with the lines above", err=True)
        code = ENGINE
    _leave(code if isinstance(code, int) else DONE)


def _leave(code: int) -> None:
    """End the process, also where an engine that overran its limit is still busy in its thread."""
    if any(thread.name == ENGINE_THREAD and thread.is_alive() for thread in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)
