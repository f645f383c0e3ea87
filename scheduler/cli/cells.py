"""`parity cells`: solve cells that commands have put into a spool."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import click

from scheduler.cli.executor import executor_failures
from scheduler.cli.failure import DONE, INPUT, INTERRUPTED, CommandFailed
from scheduler.cli.groups import HelpingGroup
from scheduler.cli.language import renderer
from scheduler.cli.options import LANG_OF_GROUP, LANG_OF_MESSAGES, QUIET, Duration

SPOOL = click.option(
    "--spool",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that the machines share.",
)


@click.group(
    cls=HelpingGroup,
    epilog="""\b
Examples:
  parity cells run --spool build/spool
  parity cells status --spool build/spool""",
)
@LANG_OF_GROUP
def cells() -> None:
    """Solve cells from a spool: a folder that several machines share.

    `parity bench run`, `frontier`, `compare --solve` and `cost` put their solves there with `--spool`.
    """


@cells.command(
    epilog="""\b
Examples:
  parity cells run --spool build/spool
  parity cells run --spool build/spool --stay --quiet"""
)
@SPOOL
@LANG_OF_MESSAGES
@click.option("--stay", is_flag=True, help="Wait for the cells that other runners have taken: one may be killed.")
@click.option(
    "--lost-after",
    type=Duration(),
    default="30",
    show_default=True,
    help="A cell waits again if its runner has not reported for this time.",
)
@QUIET
def run(spool: Path, stay: bool, lost_after: float, quiet: bool) -> int:
    """Take waiting cells, one after another, until none waits. Any number of runners may do so at the same time."""
    from scheduler.cells.spool import TAKEN, TOUCH_EVERY, WAITING, Spool, is_spool, runner_name
    from scheduler.messages import msg, msg_n

    if not is_spool(spool):
        raise _no_spool(spool)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the solve that is running, too
    shared, runner, ran = Spool(spool, lost_after), runner_name(), 0
    try:
        with executor_failures(spool):
            while True:
                key = shared.run_next(runner)
                if key is not None:
                    ran += 1
                    if not quiet:
                        click.echo(key)
                elif stay and any(shared.counts()[name] for name in (WAITING, TAKEN)):
                    time.sleep(TOUCH_EVERY)
                else:
                    break
    except KeyboardInterrupt:
        message = msg(
            "interrupted after {cells}; the cell that was being solved waits again",
            cells=msg_n("{count} cell", "{count} cells", count=ran),
        )
        raise CommandFailed(message, INTERRUPTED) from None
    if not quiet:
        click.echo(renderer()(msg_n("{count} cell solved", "{count} cells solved", count=ran)))
    return DONE


@cells.command(
    epilog="""\b
Examples:
  parity cells status --spool build/spool
  watch parity cells status --spool build/spool"""
)
@SPOOL
@LANG_OF_MESSAGES
def status(spool: Path) -> int:
    """Print the numbers of waiting, taken and finished cells."""
    from scheduler.cells.spool import RESULTS, TAKEN, WAITING, Spool, is_spool
    from scheduler.messages import msg

    if not is_spool(spool):
        raise _no_spool(spool)
    counts = Spool(spool).counts()
    message = msg(
        "{waiting} waiting, {taken} taken, {done} done",
        waiting=counts[WAITING],
        taken=counts[TAKEN],
        done=counts[RESULTS],
    )
    click.echo(renderer()(message))
    return DONE


def _no_spool(spool: Path) -> CommandFailed:
    from scheduler.messages import msg

    if spool.is_dir():
        return CommandFailed(msg("{folder} is no spool; a command with --spool makes one", folder=str(spool)), INPUT)
    message = msg("{folder}: there is no such folder; a command with --spool makes it", folder=str(spool))
    return CommandFailed(message, INPUT)
