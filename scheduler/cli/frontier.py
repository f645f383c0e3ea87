"""`parity frontier`: what a figure of an agreement costs, as a curve of points with proven bounds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.executor import executor_failures, executor_or_fail, search_settings
from scheduler.cli.failure import (
    DONE,
    INPUT,
    NO,
    CommandFailed,
    in_use,
    load_or_fail,
    refuse_to_overwrite,
    refused,
    require_folder,
)
from scheduler.cli.options import EXECUTOR, FORCE, INSTANCE, LANG, QUIET, SEARCH, Duration, OutFolder, Whole
from scheduler.cli.steps import Steps

if TYPE_CHECKING:
    from scheduler.frontier import Curve, Point
    from scheduler.report.language import Language

POINTS_FILE, PAGE_FILE = "points.csv", "frontier.html"


@click.command(
    epilog="""\b
Examples:
  parity frontier instances/toy --x KZ-UZ.minutes.tolerance --from 0.05 --to 0.45 --points 5 --out out/frontier
  parity frontier instances/toy --x KZ-UZ.minutes.least --from 90 --to 30 --points 2 --out out/least --lang kk
  parity frontier instances/toy --x KZ-UZ.minutes.least --y KZ-UZ.UZ.minutes --from 60 --to 0 --points 2 --out out/y"""
)
@INSTANCE
@click.option(
    "--x",
    "axis",
    required=True,
    help="AGREEMENT.MEASURE.FIELD, or AGREEMENT.MEASURE.PERIOD.FIELD; the field is tolerance or least.",
)
@click.option(
    "--y",
    "objective",
    default="value",
    show_default=True,
    help="What is maximised: value, audience, AGREEMENT.MEASURE or AGREEMENT.PARTY.MEASURE (what the party gives).",
)
@click.option("--from", "begin", type=float, required=True, help="First value of the field.")
@click.option("--to", "end", type=float, required=True, help="Last value of the field.")
@click.option("--points", type=Whole(2, 200), default=9, show_default=True, help="Number of values.")
@click.option("--out", type=OutFolder(), required=True, help="Folder of the files.")
@click.option(
    "--time-limit",
    type=Duration(),
    default="60",
    show_default=True,
    help="Limit of the first point: 90, 90s or 2m. All others together get two and a half times as much.",
)
@SEARCH
@EXECUTOR
@FORCE
@LANG
@QUIET
def frontier(
    instance: Path,
    axis: str,
    objective: str,
    begin: float,
    end: float,
    points: int,
    out: Path,
    time_limit: float,
    seed: int,
    workers: int,
    deterministic: bool,
    jobs: int,
    cluster: str | None,
    spool: Path | None,
    force: bool,
    lang: str,
    quiet: bool,
) -> int:
    """Solve INSTANCE for several values of one figure of an agreement, from tight to loose.

    Writes points.csv, frontier.html and, in a folder for each point, its variant.yaml and the files of its answer. What
    is found holds for looser points too, and a bound for tighter ones; a point that others prove is not solved. With
    another --y than the value, soft rules have no price: only hard ones are kept. Exit code 1 if no point has a
    timetable that keeps the hard rules.
    """
    from scheduler.frontier import AxisError, axis_of, trace
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.objective import ObjectiveError, objective_of
    from scheduler.report.frontier_page import point_message, slopes
    from scheduler.report.language import Language
    from scheduler.solve.answer_folder import answer_folder
    from scheduler.whole_file import FolderInUseError, recover

    executor = executor_or_fail(jobs, cluster, spool)
    require_folder(out)
    if out.exists() and not out.is_dir():
        raise CommandFailed(msg("{file} is a file; --out names a folder", file=str(out)), INPUT)
    recover(out)
    refuse_to_overwrite([out / POINTS_FILE, out / PAGE_FILE], force=force)
    loaded, language = load_or_fail(instance, quiet=quiet), Language(lang)
    try:
        chosen = axis_of(loaded, axis)
        objective_of(loaded, objective)
    except (AxisError, ObjectiveError) as error:
        raise CommandFailed(language.render(error.message), INPUT) from None
    values = chosen.spaced(_exact(begin), _exact(end), points)
    settings = replace(search_settings(time_limit, seed, workers, deterministic=deterministic), objective=objective)

    steps = Steps(quiet=quiet)

    def solved(point: Point) -> None:
        steps.note(msg("{axis} = {value} is done", axis=axis, value=f"{float(point.x):g}"))

    try:
        with answer_folder(out):
            with executor_failures(spool), steps:
                steps.say(
                    msg(
                        "solving at most {points} points, each within {seconds} s",
                        points=points,
                        seconds=f"{time_limit:g}",
                    )
                )
                curve = trace(loaded, chosen, values, settings, solved, executor=executor)
            _write(curve, out, language)
    except FolderInUseError:
        raise in_use(out) from None
    except AxisError as error:
        raise CommandFailed(language.render(error.message), INPUT) from None
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    for message in [*(point_message(curve, one) for one in curve.points), *slopes(curve)]:
        click.echo(language.render(message))
    return DONE if any(one.amount is not None for one in curve.points) else NO


def _exact(number: float) -> Fraction:
    """A number as it was written, in decimals."""
    return Fraction(str(number))


def _write(curve: Curve, out: Path, language: Language) -> None:
    """Write the curve, and the files of every point that has a timetable. The folder is locked."""
    from scheduler.report.frontier_page import frontier_page, points_frame
    from scheduler.solve.answer_files import ANSWER_FILES
    from scheduler.whole_file import locked, write_together

    for number, point in enumerate(curve.points, start=1):
        folder = out / f"point-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        with locked(folder):
            write_together(folder, {"variant.yaml": point.variant, **point.files}, remove=ANSWER_FILES)
    texts = {
        POINTS_FILE: points_frame(curve).to_csv(index=False),
        PAGE_FILE: frontier_page(curve, language),
    }
    write_together(out, texts)
