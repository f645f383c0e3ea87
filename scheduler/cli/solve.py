"""`parity solve`: the best timetable of an instance, with its proof, into a folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    INTERRUPTED,
    NO,
    NOTHING,
    CommandFailed,
    load_or_fail,
    refuse_to_overwrite,
    refused,
)
from scheduler.cli.options import FORCE, INSTANCE, JSON, QUIET, SEED, Duration, Gap

if TYPE_CHECKING:
    from scheduler.solve import Answer, Settings


@click.command(
    epilog="""\b
Examples:
  parity solve instances/toy --out out/toy
  parity solve instances/central-asia-week --out out/week --time-limit 2m --gap 1%"""
)
@INSTANCE
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the answer.")
@click.option("--time-limit", type=Duration(), default="120", show_default=True, help="90, 90s or 2m.")
@click.option("--gap", type=Gap(), default="0", show_default=True, help="Stop at this proven gap: 0.01 or 1%.")
@click.option("--seed", type=SEED, default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@click.option("--strategy", type=click.Choice(["auto", "exact", "scale", "greedy"]), default="auto", show_default=True)
@click.option("--deterministic", is_flag=True, help="Count work instead of seconds, on one worker: runs repeat.")
@FORCE
@JSON
@QUIET
def solve(
    instance: Path,
    out: Path,
    time_limit: float,
    gap: float,
    seed: int,
    workers: int,
    strategy: str,
    deterministic: bool,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Solve INSTANCE: timetable.csv, result.json and timings.json into a folder."""
    from scheduler.solve import Settings
    from scheduler.solve.answer_files import ANSWER_FILES

    if out.exists() and not out.is_dir():
        raise CommandFailed(f"{out} is a file; --out names a folder", INPUT)
    refuse_to_overwrite([out / name for name in ANSWER_FILES], force=force)
    settings = Settings(strategy, time_limit, gap, seed, 1 if deterministic else workers, deterministic)
    answer = _search(instance, out, settings, quiet=quiet or as_json)
    return _conclude(answer, out, as_json=as_json)


def _search(folder: Path, out: Path, settings: Settings, *, quiet: bool) -> Answer:
    from scheduler.cli.interrupts import interrupts_stop
    from scheduler.cli.progress import Progress
    from scheduler.instance import InputError
    from scheduler.solve import EngineError, conclude, prepare, price, run
    from scheduler.solve.answer_files import Keeper

    loaded = load_or_fail(folder, quiet=quiet)
    progress = Progress(quiet=quiet)
    try:
        airings, search = prepare(loaded, settings)
    except InputError as error:
        raise refused(error.problems, str(folder)) from None
    progress.begin(airings, search)
    keeper, search.listener = Keeper(airings, out), progress.show
    try:
        with interrupts_stop(search):
            run(search, lambda: keeper.keep(search))
            keeper.save(search)
            price(airings, search)
        answer = conclude(airings, search)
    except EngineError as error:
        raise CommandFailed(f"the engine's answer does not hold: {error}; nothing was saved", ENGINE) from None
    progress.end()
    keeper.finish(answer)
    return answer


def _conclude(answer: Answer, out: Path, *, as_json: bool) -> int:
    from scheduler.report.summary import summary_lines
    from scheduler.solve.answer_files import result_text

    search = answer.search
    for fault in search.faults:
        click.echo(f"engine failed: {fault}", err=True)
    if as_json:
        click.echo(result_text(answer), nl=False)
    if answer.verification is None:
        if search.interrupted:
            raise CommandFailed("interrupted before a timetable was found; nothing was saved", INTERRUPTED)
        if search.impossible:
            said = "no timetable keeps every lock within the rights and the windows"
            raise CommandFailed(f"{said}: parity explain {answer.airings.instance.folder} tells which locks clash", NO)
        if search.faults:
            raise CommandFailed("no timetable was found", ENGINE)
        raise CommandFailed("no timetable was found within the limit; give it more with --time-limit", NOTHING)
    if search.interrupted:
        click.echo("interrupted; the best timetable so far was saved", err=True)
    if not as_json:
        click.echo("\n".join(summary_lines(answer, out)))
    return NO if answer.verification.hard_missed else DONE
