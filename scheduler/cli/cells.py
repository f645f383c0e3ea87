"""`parity cells`: solve cells that commands have put into a spool."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import click

from scheduler.cli.executor import executor_failures
from scheduler.cli.failure import DONE, INPUT, INTERRUPTED, CommandFailed
from scheduler.cli.options import QUIET, Duration

SPOOL = click.option(
    "--spool",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder that the machines share.",
)


@click.group(
    epilog="""\b
Examples:
  parity cells run --spool build/spool
  parity cells status --spool build/spool"""
)
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
@click.option("--stay", is_flag=True, help="Wait for the cells that other runners have taken: one may be killed.")
@click.option(
    "--lost-after",
    type=Duration(),
    default="30",
    show_default=True,
    help="A cell waits again if its runner has given no sign of life for so long.",
)
@QUIET
def run(spool: Path, stay: bool, lost_after: float, quiet: bool) -> int:
    """Take waiting cells, one after another, until none waits. Any number of runners may do so at the same time."""
    from scheduler.cells.spool import TAKEN, TOUCH_EVERY, WAITING, Spool, runner_name

    if not spool.is_dir():
        raise CommandFailed(f"{spool}: there is no such folder; a command with --spool makes it", INPUT)
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
        said = f"interrupted after {ran} cells; the one that was being solved waits again"
        raise CommandFailed(said, INTERRUPTED) from None
    if not quiet:
        click.echo(f"{ran} cells solved")
    return DONE


@cells.command(
    epilog="""\b
Examples:
  parity cells status --spool build/spool
  watch parity cells status --spool build/spool"""
)
@SPOOL
def status(spool: Path) -> int:
    """Print the numbers of waiting, taken and finished cells."""
    from scheduler.cells.spool import RESULTS, TAKEN, WAITING, Spool

    if not spool.is_dir():
        raise CommandFailed(f"{spool}: there is no such folder; a command with --spool makes it", INPUT)
    counts = Spool(spool).counts()
    click.echo(f"{counts[WAITING]} waiting, {counts[TAKEN]} taken, {counts[RESULTS]} done")
    return DONE
