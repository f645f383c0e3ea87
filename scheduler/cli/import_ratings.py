"""`parity import ratings`: viewers by hour and appeals from a channel's ratings log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    channel_or_fail,
    load_or_fail,
    params_or_fail,
    refused,
    write_or_print,
    wrote,
)
from scheduler.cli.import_options import DRY_RUN, FILES, INTO, MAP, pairs_of, remembered_with
from scheduler.cli.options import DAY, FORCE, LANG, PARAMS, QUIET, Whole, prints

if TYPE_CHECKING:
    from datetime import date

    from scheduler.instance import Instance
    from scheduler.ratings import Applied

KIND = "ratings"
"""The name of these tables in imports.yaml."""


@click.command(
    name="ratings",
    epilog="""\b
Examples:
  parity import ratings ratings.csv --into plan --channel home.kz --windows 6 --dry-run
  parity import ratings ratings.csv --into plan --channel home.kz --page ratings.html --lang kk --force""",
)
@FILES
@INTO
@click.option(
    "--channel", required=True, metavar="[THEIRS=]OURS", help="Channel of the instance; THEIRS is its name in the log."
)
@MAP
@click.option("--sheet", help="Sheet of the workbook. Default: the first.")
@click.option("--until", type=DAY, help="Last day of the log to be read. Later days are ignored.")
@click.option(
    "--hold-out-weeks", "--weeks", "weeks", type=Whole(1, 52), show_default="5",
    help="Weeks at the end of the log that are not used for the fit but forecast, to test it.",
)  # fmt: skip
@click.option(
    "--windows", type=Whole(1, 100), default=1, show_default=True,
    help="Number of such tests. Each one ends two weeks before the next.",
)  # fmt: skip
@click.option(
    "--season/--no-season", default=True, show_default=True, help="Change the level as it changed one year before."
)
@click.option(
    "--page", type=click.Path(path_type=Path, dir_okay=False), help="File for the page of results, .html or .md."
)
@PARAMS
@DRY_RUN
@FORCE
@LANG
@QUIET
def ratings(
    files: tuple[Path, ...],
    into: Path,
    channel: str,
    maps: tuple[str, ...],
    sheet: str | None,
    until: date | None,
    weeks: int | None,
    windows: int,
    season: bool,
    page: Path | None,
    params: Path | None,
    dry_run: bool,
    force: bool,
    lang: str,
    quiet: bool,
) -> int:
    """Fit viewers by hour and the appeal of titles and genres to a ratings log.

    Fields of the log: date, start, title, viewers; and minutes, kind and channel if it has them. Times are local.
    Writes the channel's rows of audience.csv and the appeals in programmes.csv. Reports how well the fit forecasts the
    last weeks of the log, which it has not used. --map is stored in the instance's imports.yaml.
    """
    from scheduler import ratings as fits
    from scheduler.imports.remembered import Reading, remembered_in
    from scheduler.instance import InputError
    from scheduler.messages import RefusedError, msg
    from scheduler.ratings.params import RatingsTables

    instance = load_or_fail(into, quiet=True)
    theirs, ours = _channel(instance, channel)
    given: dict[str, float] = {} if weeks is None else {"holdout_weeks": weeks}
    given = given if season else {**given, "season_share": 0.0}
    fitting = params_or_fail(params, RatingsTables).ratings.but(**given)
    reading = Reading(columns=pairs_of(maps, "--map FIELD=HEAD"))
    try:
        before = remembered_in(instance.folder).readings.get(KIND, Reading())
        log = fits.read_log(files, reading.columns, sheet, before.columns, fitting)
        log = log if until is None else fits.until(log, until)
        fitted = fits.fit_instance(instance, log, ours, theirs, fitting, windows)
        remembered = remembered_with(instance, KIND, reading)
    except InputError as error:
        raise refused(error.problems, msg("the ratings log")) from None
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
    text = fits.page_text(ours, fitted, lang)
    if page is not None:
        as_text = page.suffix.lower() == ".md"
        content = text if as_text else fits.page_html(ours, fitted, lang)
        write_or_print(page, lambda: content, binary=False, force=force)
    if not quiet:
        click.echo(text, err=prints(page))
    return DONE if dry_run else _save(instance, ours, fitted.applied, remembered, force=force, quiet=quiet)


def _save(
    instance: Instance, channel: str, applied: Applied, remembered: dict[str, str], *, force: bool, quiet: bool
) -> int:
    from scheduler.imports.tables import write_tables
    from scheduler.instance import InputError
    from scheduler.messages import msg_n

    if applied.replaced and not force:
        rows = msg_n(
            "{count} row of {file} for {channel} would be replaced; use --force to replace it",
            "{count} rows of {file} for {channel} would be replaced; use --force to replace them",
            count=applied.replaced,
            file="audience.csv",
            channel=channel,
        )
        raise CommandFailed(rows, INPUT)
    tables = {"audience.csv": applied.audience, "programmes.csv": applied.programmes}
    try:
        write_tables(instance, {**tables, **remembered})
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
    if not quiet:
        click.echo(wrote(instance.folder / name for name in (*tables, *remembered)))
    return DONE


def _channel(instance: Instance, text: str) -> tuple[str | None, str]:
    """(name of the channel in the log or None, our channel)."""
    theirs, equals, ours = text.rpartition("=")
    return (theirs if equals else None), channel_or_fail(instance, ours)
