"""`parity export`: a timetable in the form that another program reads."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    channel_or_fail,
    load_or_fail,
    party_or_fail,
    refuse_before_writing,
    refuse_two_on_standard_output,
    refused,
    timetable_or_fail,
    write_into,
    wrote,
)
from scheduler.cli.options import DAY, FORCE, INSTANCE, LANG_OF_MESSAGES, PARTY, QUIET, prints

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from scheduler.export import Selection
    from scheduler.instance import Instance

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
    help="csv, xmltv, ics or json; or mps, the formulation, which needs no timetable.",
)
@click.option(
    "--out",
    type=str,
    required=True,
    help="A file for all channels, a folder for a file per channel, or - for standard output.",
)
@click.option("--channel", "channels", multiple=True, help="Only this channel. May be repeated.")
@click.option("--from", "first", type=DAY, help="First broadcast date: 2026-12-07 or 07.12.2026.")
@click.option("--to", "last", type=DAY, help="Last broadcast date.")
@click.option("--dialect", type=click.Choice(["excel"]), help="csv for Excel: semicolons and a byte order mark.")
@click.option("--each-airing", is_flag=True, help="With ics: an event per airing, with the uids of notices.")
@click.option(
    "--names", type=click.Path(path_type=Path, dir_okay=False), help="With mps: CSV file with the meaning of its names."
)
@PARTY
@LANG_OF_MESSAGES
@FORCE
@QUIET
def export(
    instance: Path,
    timetable: Path | None,
    form: str,
    out: str,
    channels: tuple[str, ...],
    first: date | None,
    last: date | None,
    dialect: str | None,
    each_airing: bool,
    names: Path | None,
    party: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Write TIMETABLE of INSTANCE in another format.

    OUT is a folder if it exists as one, ends in / or has no suffix. Either all files of a folder are written or none.
    In a calendar (ics) a series in a slot is one recurring event with its exceptions.
    """
    from scheduler.export import select
    from scheduler.messages import msg

    _refuse_misuse(timetable, form, out, dialect, (channels, first, last, party))
    loaded = load_or_fail(instance, quiet=quiet)
    channels = tuple(channel_or_fail(loaded, word) for word in channels)
    refuse_two_on_standard_output(out=out, names=names)
    if names is not None and form != "mps":
        raise CommandFailed(msg("{option} is for {others}", option="--names", others="--format mps"), INPUT)
    if timetable is None:
        return _write_mps(loaded, Path(out), names, force=force, quiet=quiet)
    read = timetable_or_fail(loaded, timetable)
    selection = select(read, channels, first, last, party_or_fail(loaded, party))
    if selection.frame.empty:
        raise CommandFailed(msg("nothing airs on these channels and days; nothing was written"), INPUT)
    if each_airing and form != "ics":
        raise CommandFailed(msg("{option} is for {others}", option="--each-airing", others="--format ics"), INPUT)
    write = partial(_text, form=form, excel=dialect == "excel", each_airing=each_airing)
    if _is_folder(out):
        files = _files(selection, form, write)
        write_into(Path(out), files, force=force)
        if not quiet:
            click.echo(wrote(Path(out) / name for name in files))
        return DONE
    return _write(Path(out), write(selection), force=force, quiet=quiet)


def _is_folder(out: str) -> bool:
    return not prints(out) and (Path(out).is_dir() or out.endswith("/") or not Path(out).suffix)


def _write(path: Path, text: str, *, force: bool, quiet: bool) -> int:
    """Write one file, or to standard output."""
    from scheduler.whole_file import write_whole

    if prints(path):
        click.echo(text, nl=False)
        return DONE
    refuse_before_writing(path, force=force)
    write_whole(path, text)
    if not quiet:
        click.echo(wrote([path]))
    return DONE


def _refuse_misuse(timetable: Path | None, form: str, out: str, dialect: str | None, parts: tuple[object, ...]) -> None:
    from scheduler.messages import msg

    if form == "mps" and (timetable is not None or any(parts)):
        whole = msg("mps is the formulation of the whole instance: it takes no timetable, channel or day")
        raise CommandFailed(whole, INPUT)
    if form != "mps" and timetable is None:
        raise CommandFailed(msg("--format {form} needs a TIMETABLE", form=form), INPUT)
    if form == "mps" and (out.endswith("/") or Path(out).is_dir()):
        raise CommandFailed(msg("{folder} is a folder; mps is one file: name it with --out", folder=out), INPUT)
    if dialect is not None and form != "csv":
        raise CommandFailed(msg("{option} is for {others}", option="--dialect excel", others="--format csv"), INPUT)


def _files(selection: Selection, form: str, write: Callable[[Selection], str]) -> dict[str, str]:
    """One file per channel, by name."""
    from scheduler.export.file_names import file_names

    suffix = SUFFIX.get(form, form)
    names = file_names(channel.id for channel in selection.instance.channels)
    return {f"{names[channel]}.{suffix}": write(selection.only(channel)) for channel in selection.channels}


def _text(selection: Selection, form: str, *, excel: bool, each_airing: bool) -> str:
    from scheduler.export import csv_text, ics_text, json_text, xmltv_text

    if form == "csv":
        return csv_text(selection, excel=excel)
    if form == "ics":
        return ics_text(selection, each_airing=each_airing)
    return {"xmltv": xmltv_text, "json": json_text}[form](selection)


def _write_mps(instance: Instance, path: Path, names: Path | None, *, force: bool, quiet: bool) -> int:
    """Write the formulation, and if requested the meaning of its names."""
    from scheduler.airings import build_airings
    from scheduler.export.mps_names import mps_names_text
    from scheduler.formulation import formulate
    from scheduler.instance import InputError
    from scheduler.rules import rules_of
    from scheduler.solve.programs.mps import mps_text
    from scheduler.solve.programs.program import program_of

    try:
        airings = build_airings(instance, rules_of(instance))
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
    formulation = formulate(airings)
    if names is not None:
        text = mps_names_text(airings, formulation, program_of(formulation))
        _write(names, text, force=force, quiet=quiet or str(path) == "-")
    return _write(path, mps_text(formulation, instance.file.name), force=force, quiet=quiet)
