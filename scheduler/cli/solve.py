"""`parity solve`: the best timetable of an instance, with its proof, into a folder."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.colours import echo_lines
from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    INTERRUPTED,
    NO,
    CommandFailed,
    impossible_locks,
    in_use,
    load_or_fail,
    not_written,
    nothing_found,
    params_or_fail,
    refuse_to_overwrite,
    refused,
    wrong_answer,
)
from scheduler.cli.interrupts import interrupts_end, interrupts_stop
from scheduler.cli.language import renderer
from scheduler.cli.options import (
    FORCE,
    INSTANCE,
    JSON,
    LANG,
    PARAMS,
    QUIET,
    SEED,
    STANDARD_OUTPUT,
    WORKERS,
    Duration,
    Gap,
)
from scheduler.cli.progress import Progress

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.messages import Message
    from scheduler.solve import Answer, Search, Settings
    from scheduler.solve.answer_folder import Checkpoint


@click.command(
    epilog="""\b
Examples:
  parity solve instances/toy --out out/toy
  parity solve instances/central-asia-week --out out/week --time-limit 2m --gap 1%
  parity solve instances/toy --suggest-keep-values"""
)
@INSTANCE
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the answer, or -. Required without --suggest-keep-values.",
)
@click.option("--time-limit", type=Duration(), default="120", show_default=True, help="90, 90s or 2m.")
@click.option("--gap", type=Gap(), default="0", show_default=True, help="Stop at this proven gap: 0.01 or 1%.")
@SEED
@WORKERS
@click.option(
    "--strategy",
    type=click.Choice(["auto", "exact", "scale", "greedy"]),
    default="auto",
    show_default=True,
    help="auto chooses by the size of INSTANCE: exact suits small ones, scale large ones. greedy is the fastest.",
)
@PARAMS
@click.option(
    "--deterministic",
    is_flag=True,
    help="Count work instead of seconds, with one worker, so that two runs give the same answer.",
)
@click.option(
    "--suggest-keep-values",
    is_flag=True,
    help="Do not solve. Print a `keep_value` for each programme, as a variant of INSTANCE: what a run is worth that is"
    " left after the horizon, computed from a longer horizon.",
)
@LANG
@FORCE
@JSON
@QUIET
def solve(
    instance: Path,
    out: Path | None,
    time_limit: float,
    gap: float,
    seed: int,
    workers: int,
    strategy: str,
    params: Path | None,
    deterministic: bool,
    suggest_keep_values: bool,
    lang: str,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Solve INSTANCE and write timetable.csv, result.json and timings.json into a folder, all or none.

    If series have regular slots, commitments.csv lists those that continue after the horizon; copy it into the next
    instance. With `--out -` nothing is written to disk: timetable.csv goes to standard output, or result.json with
    --json.
    """
    from scheduler.solve import Settings
    from scheduler.solve.params import SolveParams

    workers = 1 if deterministic else workers
    settings = Settings(strategy, time_limit, gap, seed, workers, deterministic, params_or_fail(params, SolveParams))
    if suggest_keep_values:
        from scheduler.cli.keep_values import print_keep_values

        return print_keep_values(instance, settings, quiet=quiet)
    if out is None:
        raise click.MissingParameter(param_hint="'--out'", param_type="option")
    if str(out) == STANDARD_OUTPUT:
        return _to_standard_output(instance, settings, as_json=as_json, quiet=quiet)
    return _into_folder(instance, out, settings, lang=lang, force=force, as_json=as_json, quiet=quiet)


def _to_standard_output(instance: Path, settings: Settings, *, as_json: bool, quiet: bool) -> int:
    from scheduler.results import RESULT_FILE, TIMETABLE_FILE
    from scheduler.solve.answer_files import answer_texts

    progress = Progress(quiet=quiet or as_json)
    with interrupts_end():
        loaded = _loaded(instance, progress, quiet=quiet or as_json)
        airings, search = _prepared(loaded, settings, progress)
    answer = _searched(airings, search, progress, None)
    if answer.timetable is not None:
        click.echo(answer_texts(answer)[RESULT_FILE if as_json else TIMETABLE_FILE], nl=False)
    return _exit_code(answer)


def _into_folder(
    instance: Path, out: Path, settings: Settings, *, lang: str, force: bool, as_json: bool, quiet: bool
) -> int:
    """Search with the folder locked, and put the answer into it."""
    from scheduler.messages import msg
    from scheduler.solve.answer_files import ANSWER_FILES
    from scheduler.solve.answer_folder import Checkpoint, answer_folder, missing_folders, old_answer, remove_empty
    from scheduler.whole_file import FolderInUseError, recover

    if out.exists() and not out.is_dir():
        raise CommandFailed(msg("{file} is a file; --out names a folder", file=str(out)), INPUT)
    recover(out)
    refuse_to_overwrite([out / name for name in ANSWER_FILES], force=force)
    progress, missing = Progress(quiet=quiet or as_json), missing_folders(out)
    with interrupts_end(lambda: remove_empty(missing)), contextlib.ExitStack() as held:
        loaded = _loaded(instance, progress, quiet=quiet or as_json)
        try:
            held.enter_context(answer_folder(out))
        except FolderInUseError:
            raise in_use(out) from None
        refuse_to_overwrite([out / name for name in ANSWER_FILES], force=force)
        airings, search = _prepared(loaded, settings, progress)
        checkpoint = Checkpoint(airings, out, old_answer(out, loaded))
        held = held.pop_all()
    with held:
        answer = _searched(airings, search, progress, checkpoint)
        return _save(answer, checkpoint, out, lang=lang, as_json=as_json)


def _loaded(folder: Path, progress: Progress, *, quiet: bool) -> Instance:
    from scheduler.messages import msg

    progress.say(msg("reading {folder}", folder=str(folder)))
    return load_or_fail(folder, quiet=quiet)


def _prepared(loaded: Instance, settings: Settings, progress: Progress) -> tuple[Airings, Search]:
    """The airings and a search that has not begun, all that it needs compiled."""
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.solve import prepare

    progress.say(msg("building the airings and the rows; the first solve after installing compiles for half a minute"))
    try:
        airings, search = prepare(loaded, settings)
    except InputError as error:
        raise refused(error.problems, str(loaded.folder)) from None
    progress.begin(airings, search)
    return airings, search


def _searched(airings: Airings, search: Search, progress: Progress, checkpoint: Checkpoint | None) -> Answer:
    """Run the strategy. If there is a checkpoint, the best timetable so far is kept on disk."""
    from scheduler.messages import Listed, msg
    from scheduler.solve import EngineError, conclude, price, run
    from scheduler.solve.certificates import certified

    def meanwhile() -> None:
        progress.wait(search)
        if checkpoint is not None:
            checkpoint.keep(search)

    def kept() -> Message:
        if checkpoint is None or not checkpoint.has_saved:
            return msg("nothing was saved")
        return msg("the timetable saved last is still there")

    search.listen(progress.show)
    try:
        with interrupts_stop(search):
            run(search, meanwhile)
            if checkpoint is not None:
                checkpoint.save(search)
            price(airings, search)
        answer = certified(conclude(airings, search))
    except EngineError as error:
        raise CommandFailed(Listed((wrong_answer(error), kept()), "; "), ENGINE) from None
    except KeyboardInterrupt:
        raise CommandFailed(msg("interrupted twice; {kept}", kept=kept()), INTERRUPTED) from None
    progress.end()
    return answer


def _save(answer: Answer, checkpoint: Checkpoint, out: Path, *, lang: str, as_json: bool) -> int:
    """Save the answer and print its summary. If its folder cannot be written, another folder is used and printed."""
    from scheduler.messages import Listed, msg
    from scheduler.report.language import Language
    from scheduler.report.summary import summary_lines
    from scheduler.results import RESULT_FILE, TIMETABLE_FILE
    from scheduler.solve.answer_files import answer_texts
    from scheduler.solve.answer_folder import save_elsewhere

    if answer.timetable is None:
        return _exit_code(answer)
    texts, place, failure = answer_texts(answer), out, None
    render = Language(lang).render
    try:
        better = checkpoint.finish(answer, texts)
    except OSError as error:
        better, failure = True, not_written(out, error)
        try:
            place = save_elsewhere(texts)
        except OSError:
            click.echo(texts[TIMETABLE_FILE], nl=False)
            message = msg("neither can the folder for temporary files: the timetable went to standard output")
            raise CommandFailed(Listed((failure, message), "; "), ENGINE) from None
    if as_json:
        click.echo(texts[RESULT_FILE], nl=False)
    code = _exit_code(answer)
    if not better:
        kept = msg("interrupted; the timetable in {folder} is better and stays", folder=str(out))
        click.echo(render(kept), err=True)
        return code
    if answer.search.interrupted:
        click.echo(render(msg("interrupted; the best timetable so far was saved")), err=True)
    if not as_json:
        echo_lines(summary_lines(answer, place, Language(lang)))
    if failure is not None:
        raise CommandFailed(Listed((failure, msg("the answer is in {folder}", folder=str(place))), "; "), ENGINE)
    return code


def _exit_code(answer: Answer) -> int:
    """The exit code of an answer. Failed engines are named. If there is no timetable, the command ends."""
    from scheduler.messages import msg

    search = answer.search
    for fault in search.faults:
        click.echo(renderer()(msg("engine failed: {fault}", fault=fault)), err=True)
    if answer.verification is not None:
        return NO if answer.verification.tally.hard else DONE
    if search.interrupted:
        raise CommandFailed(msg("interrupted before a timetable was found; nothing was saved"), INTERRUPTED)
    if search.impossible:
        raise impossible_locks(answer.airings.instance)
    if search.faults:
        raise CommandFailed(msg("no timetable was found"), ENGINE)
    raise nothing_found()
