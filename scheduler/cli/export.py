"""`parity export`: a timetable in the form that another program reads."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    load_or_fail,
    refuse_to_overwrite,
    refused,
    timetable_or_fail,
)
from scheduler.cli.options import FORCE, INSTANCE, QUIET

if TYPE_CHECKING:
    from scheduler.export import Selection
    from scheduler.instance import Instance

DAY = click.DateTime(["%Y-%m-%d"])
FORMS = ("csv", "xmltv", "ics", "json", "mps")
SUFFIX = {"xmltv": "xml"}


@click.command(
    epilog="""\b
Examples:
  parity export instances/toy out/toy/timetable.csv --format xmltv --out out/toy/guide.xml
  parity export instances/toy out/toy/timetable.csv --format ics --out out/toy/calendars/ --channel steppe"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path), required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    required=True,
    help="csv, xmltv, ics, json; or mps, the formulation, which needs no timetable.",
)
@click.option("--out", type=str, required=True, help="A file for all channels, or a folder: a file per channel.")
@click.option("--channel", "channels", multiple=True, help="Only this channel; may be said more than once.")
@click.option("--from", "first", type=DAY, help="First broadcast date, e.g. 2026-12-07.")
@click.option("--to", "last", type=DAY, help="Last broadcast date.")
@click.option("--dialect", type=click.Choice(["excel"]), help="csv for Excel: semicolons and a byte order mark.")
@FORCE
@QUIET
def export(
    instance: Path,
    timetable: Path | None,
    form: str,
    out: str,
    channels: tuple[str, ...],
    first: datetime | None,
    last: datetime | None,
    dialect: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Write TIMETABLE of INSTANCE in another form. A folder is meant where OUT is one, ends in / or has no suffix."""
    from scheduler.export import select
    from scheduler.instance import did_you_mean
    from scheduler.whole_file import write_whole

    _refuse_misuse(timetable, form, out, dialect, (channels, first, last))
    loaded = load_or_fail(instance, quiet=quiet)
    for name in channels:
        if name not in loaded.channel_index:
            raise CommandFailed(f"there is no channel '{name}'{did_you_mean(name, loaded.channel_index)}", INPUT)
    path = Path(out)
    if timetable is None:
        refuse_to_overwrite([path], force=force)
        files = {path: _mps(loaded)}
    else:
        read = timetable_or_fail(loaded, timetable)
        days = (None if day is None else day.date() for day in (first, last))
        selection = select(read, channels, *days)
        if selection.frame.empty:
            raise CommandFailed("nothing airs on these channels and days; nothing was written", INPUT)
        files = _files(selection, form, out, excel=dialect == "excel")
        refuse_to_overwrite(list(files), force=force)
    for place, content in files.items():
        write_whole(place, content)
    if not quiet:
        click.echo(f"wrote {', '.join(str(place) for place in files)}")
    return DONE


def _refuse_misuse(timetable: Path | None, form: str, out: str, dialect: str | None, parts: tuple[object, ...]) -> None:
    if form == "mps" and (timetable is not None or any(parts)):
        raise CommandFailed("mps is the whole instance's formulation: it takes no timetable, channel or day", INPUT)
    if form != "mps" and timetable is None:
        raise CommandFailed(f"--format {form} needs a TIMETABLE", INPUT)
    if form == "mps" and (out.endswith("/") or Path(out).is_dir()):
        raise CommandFailed(f"{out} is a folder; mps is one file: --out names it", INPUT)
    if dialect is not None and form != "csv":
        raise CommandFailed("--dialect excel is for --format csv", INPUT)


def _files(selection: Selection, form: str, out: str, *, excel: bool) -> dict[Path, str]:
    """What is written where: one file, or one per channel into a folder."""
    path = Path(out)
    if not (path.is_dir() or out.endswith("/") or not path.suffix):
        return {path: _text(selection, form, excel=excel)}
    suffix = SUFFIX.get(form, form)
    return {
        path / f"{channel}.{suffix}": _text(selection.only(channel), form, excel=excel)
        for channel in selection.channels
    }


def _text(selection: Selection, form: str, *, excel: bool) -> str:
    from scheduler.export import csv_text, ics_text, json_text, xmltv_text

    if form == "csv":
        return csv_text(selection, excel=excel)
    return {"xmltv": xmltv_text, "ics": ics_text, "json": json_text}[form](selection)


def _mps(instance: Instance) -> str:
    from scheduler.airings import build_airings
    from scheduler.export.mps import mps_text
    from scheduler.formulation import formulate
    from scheduler.instance import InputError
    from scheduler.rules import rules_of

    try:
        return mps_text(formulate(build_airings(instance, rules_of(instance))), instance.file.name)
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
