"""`parity import ratings`: viewers by hour and appeals from a channel's ratings log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, load_or_fail, refuse_to_overwrite, refused
from scheduler.cli.options import FORCE, QUIET

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.ratings import Applied


@click.command(
    name="ratings",
    epilog="""\b
Examples:
  parity import ratings ratings.csv --into plan --channel home.kz --dry-run
  parity import ratings ratings.csv --into plan --channel home.kz --page ratings.html --force""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The instance folder.")
@click.option("--channel", required=True, metavar="[THEIRS=]OURS", help="Our channel; THEIRS is its name in the log.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=HEAD", help="Which column a field is in.")
@click.option("--sheet", help="The sheet of the workbook; by default the first.")
@click.option("--weeks", type=click.IntRange(1, 52), default=5, show_default=True, help="Weeks held out for the test.")
@click.option("--season/--no-season", default=True, show_default=True, help="Move the level as it moved a year ago.")
@click.option("--page", type=click.Path(path_type=Path, dir_okay=False), help="Write the page here, .html or .md.")
@click.option("--dry-run", is_flag=True, help="Only show what was fitted; write nothing.")
@FORCE
@QUIET
def ratings(
    files: tuple[Path, ...],
    into: Path,
    channel: str,
    maps: tuple[str, ...],
    sheet: str | None,
    weeks: int,
    season: bool,
    page: Path | None,
    dry_run: bool,
    force: bool,
    quiet: bool,
) -> int:
    """Fit viewers by hour and the appeal of titles and genres to a ratings log.

    Fields of the log: date, start, title, viewers; minutes, kind and channel where it has them. Times are local.
    Writes the channel's rows of audience.csv and the appeals in programmes.csv, and says how well the fit forecasts
    the last weeks of the log, which it has not seen.
    """
    from scheduler.instance import InputError
    from scheduler.ratings import RatingsParams, fit_instance, page_html, page_text, read_log
    from scheduler.whole_file import write_whole

    instance = load_or_fail(into, quiet=True)
    theirs, ours = _channel(instance, channel)
    params = RatingsParams(holdout_weeks=weeks, season=season)
    try:
        log = read_log(files, _pairs(maps), sheet)
        fitted = fit_instance(instance, log, ours, theirs, params)
    except InputError as error:
        raise refused(error.problems, "the ratings log") from None
    except ValueError as error:
        raise CommandFailed(str(error), INPUT) from None
    said = page_text(ours, fitted.fit, fitted.held_out, fitted.applied)
    if page is not None:
        refuse_to_overwrite([page], force=force)
        html = page.suffix.lower() != ".md"
        write_whole(page, page_html(ours, fitted.fit, fitted.held_out, fitted.applied) if html else said)
    if not quiet:
        click.echo(said)
    return DONE if dry_run else _save(instance, ours, fitted.applied, force=force, quiet=quiet)


def _save(instance: Instance, channel: str, applied: Applied, *, force: bool, quiet: bool) -> int:
    from scheduler.imports.tables import write_tables
    from scheduler.instance import InputError

    if applied.replaced and not force:
        said = f"{applied.replaced} rows of audience.csv for {channel} would be replaced; use --force to replace them"
        raise CommandFailed(said, INPUT)
    try:
        write_tables(instance, {"audience.csv": applied.audience, "programmes.csv": applied.programmes})
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
    if not quiet:
        click.echo(f"wrote {instance.folder / 'audience.csv'}, {instance.folder / 'programmes.csv'}")
    return DONE


def _channel(instance: Instance, said: str) -> tuple[str | None, str]:
    """(the channel's name in the log where it is given, our channel)."""
    from scheduler.instance import did_you_mean

    theirs, equals, ours = said.rpartition("=")
    if ours not in instance.channel_index:
        raise CommandFailed(f"there is no channel '{ours}'{did_you_mean(ours, instance.channel_index)}", INPUT)
    return (theirs if equals else None), ours


def _pairs(maps: tuple[str, ...]) -> dict[str, str]:
    pairs = {}
    for text in maps:
        field, equals, head = text.partition("=")
        if not equals or not field.strip() or not head.strip():
            raise CommandFailed(f"--map {text}: expected FIELD=HEAD", INPUT)
        pairs[field.strip()] = head.strip()
    return pairs
