"""`parity import`: what comes in from outside, into an instance; nothing is written when there are errors."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, load_or_fail, refuse_to_overwrite, refused
from scheduler.cli.import_ratings import ratings
from scheduler.cli.options import FORCE, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.imports import Mending, Slot
    from scheduler.instance import Instance

INTO = click.option("--into", type=click.Path(path_type=Path), required=True, help="The instance folder.")
LENIENT = click.option("--lenient", is_flag=True, help="Mend what can be mended, and say so.")
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
SHEET = click.option("--sheet", help="The sheet of the workbook; by default the first.")
MAP = click.option("--map", "maps", multiple=True, metavar="FIELD=HEAD", help="Which column a field is in.")
KIND = click.option(
    "--as",
    "kind",
    type=click.Choice(["anchors", "programmes"]),
    default="anchors",
    show_default=True,
    help="A channel's schedule, or a programme catalogue.",
)
CHANNEL = click.option(
    "--channel",
    "named",
    multiple=True,
    metavar="[THEIRS=]OURS",
    help="Our channel of a source's channel; OURS alone is whose schedule it is, where the source does not say.",
)


@click.group(name="import")
def import_() -> None:
    """Bring in an existing schedule, a catalogue or an edited timetable.

    \b
    Examples:
      parity new out/plan
      parity export instances/toy out/toy/timetable.csv --format xmltv --out out/guide.xml
      parity import xmltv out/guide.xml --into out/plan --channel steppe.kz=home.kz --lenient --force
    """  # noqa: D301


@import_.command(
    epilog="""\b
Examples:
  parity import xmltv guide.xml --into plan --lenient --force
  parity import xmltv guide.xml --into plan --channel 31.kz=home.kz --lenient --force"""
)
@FILES
@INTO
@CHANNEL
@LENIENT
@FORCE
@QUIET
def xmltv(files: tuple[Path, ...], into: Path, named: tuple[str, ...], lenient: bool, force: bool, quiet: bool) -> int:
    """Take a channel's existing schedule from XMLTV guides as anchors of the horizon's days.

    Origin, genre and language that a guide leaves out are the channel's own country, "general" and the
    channel's first language.
    """
    from scheduler.imports import Mending, read_guide

    instance, mending = load_or_fail(into, quiet=True), Mending(lenient)
    renamed, _ = _channels(instance, named)
    read = partial(read_guide, instance, renamed=renamed, mending=mending)
    slots = _collected(mending, lambda: [slot for path in files for slot in read(path)])
    return _write_anchors(instance, slots, mending, force=force, quiet=quiet)


def _table_command(name: str) -> click.Command:
    """`import csv` and `import xlsx`: the same but for the name."""

    @click.command(
        name=name,
        epilog=f"""\b
Examples:
  parity import {name} schedule.{name} --into plan --channel home.kz --map start=Begin --force
  parity import {name} catalogue.{name} --into plan --as programmes --map programme=ID --map title=Name --force""",
    )
    @FILES
    @INTO
    @KIND
    @MAP
    @CHANNEL
    @SHEET
    @LENIENT
    @FORCE
    @QUIET
    def command(
        files: tuple[Path, ...],
        into: Path,
        kind: str,
        maps: tuple[str, ...],
        named: tuple[str, ...],
        sheet: str | None,
        lenient: bool,
        force: bool,
        quiet: bool,
    ) -> int:
        """Take a schedule as anchors, or a programme catalogue, from a table with a map of its columns.

        Fields of a schedule: channel, date, start, end or minutes, title, genre, origin, audio, version_kind,
        original_language, age, run. Fields of a catalogue: the columns of programmes.csv.
        """
        from scheduler.imports import Mending, read_schedule

        instance, mending = load_or_fail(into, quiet=True), Mending(lenient)
        pairs = _pairs(maps, "--map FIELD=HEAD")
        if kind == "programmes":
            return _write_catalogue(instance, files, pairs, mending, sheet, force=force, quiet=quiet)
        renamed, owner = _channels(instance, named)
        read = partial(
            read_schedule, instance, mapped=pairs, mending=mending, renamed=renamed, owner=owner, sheet=sheet
        )
        slots = _collected(mending, lambda: [slot for path in files for slot in read(path)])
        return _write_anchors(instance, slots, mending, force=force, quiet=quiet)

    return command


import_.add_command(_table_command("csv"))
import_.add_command(_table_command("xlsx"))
import_.add_command(ratings)


@import_.command(
    epilog="""\b
Examples:
  parity import timetable report.xlsx --into plan --force
  parity import timetable report.xlsx --into plan --lenient --force"""
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@INTO
@LENIENT
@FORCE
@QUIET
def timetable(file: Path, into: Path, lenient: bool, force: bool, quiet: bool) -> int:
    """Take an edited workbook of `parity report` back: timetable.csv, and locks.csv of the rows marked locked.

    Every rule is checked on the way in. Overlaps, lost anchors and exceeded rights are errors; with --lenient
    they are only told, as missed rules always are.
    """
    from scheduler.imports import Mending, read_workbook
    from scheduler.imports.anchors import table_text
    from scheduler.imports.workbook import READ
    from scheduler.timetable import timetable_csv
    from scheduler.verify import verify

    instance, mending = load_or_fail(into, quiet=True), Mending(lenient)
    edited = _collected(mending, lambda: read_workbook(instance, file, mending))
    read = _collected(mending, lambda: edited.read(instance))
    verification = verify(read)
    for row in verification.broken:
        mending.mend(edited.file, (1, 1), row.text, "kept as it is")
    _stop(mending, into)
    locks = [row for row, locked in zip(edited.rows, edited.locked, strict=True) if locked and not row.get("anchor")]
    files = {"timetable.csv": timetable_csv(read)}
    if locks:
        files["locks.csv"] = table_text(locks, READ)
    _write(instance, files, mending, force=force, quiet=quiet)
    if not quiet:
        missed = [row for row in verification.hard_missed if not row.rigid]
        for row in missed:
            click.echo(f"✗ hard  {row.text}", err=True)
        click.echo(f"{len(edited.rows)} airings, {len(locks)} locked; {len(missed)} hard rule rows missed")
    return DONE


Result = TypeVar("Result")


def _collected(mending: Mending, read: Callable[[], Result]) -> Result:
    """What is read; where that fails, all problems found so far are told together."""
    from scheduler.instance import InputError

    try:
        return read()
    except InputError as error:
        raise refused((*mending.problems, *error.problems), "what was to be imported") from None


def _stop(mending: Mending, into: Path) -> None:
    """End the command where there are errors."""
    from scheduler.instance import InputError

    try:
        mending.stop_on_errors()
    except InputError as error:
        raise refused(error.problems, f"what was to be imported into {into}") from None


def _channels(instance: Instance, named: tuple[str, ...]) -> tuple[dict[str, str], str | None]:
    """(our channel of each of theirs, whose schedule it is where the source does not say)."""
    from scheduler.instance import did_you_mean

    renamed = _pairs(tuple(text for text in named if "=" in text), "--channel THEIRS=OURS")
    owners = [text for text in named if "=" not in text]
    for channel in (*renamed.values(), *owners):
        if channel not in instance.channel_index:
            hint = did_you_mean(channel, instance.channel_index)
            raise CommandFailed(f"there is no channel '{channel}'{hint}", INPUT)
    return renamed, owners[-1] if owners else None


def _write_anchors(instance: Instance, slots: list[Slot], mending: Mending, *, force: bool, quiet: bool) -> int:
    from scheduler.imports import anchors_of, anchors_text, settle

    settled = _collected(mending, lambda: settle(instance, slots, mending))
    rows = _collected(mending, lambda: anchors_of(instance, settled, mending))
    _stop(mending, instance.folder)
    if not rows:
        raise CommandFailed("no programme lies on the horizon's days; nothing was written", INPUT)
    channels = {row["channel"] for row in rows}
    there = sum(anchor.channel in channels for anchor in instance.anchors)
    if there and not force:
        said = f"{there} anchors of {', '.join(sorted(channels))} would be replaced; say --force"
        raise CommandFailed(said, INPUT)
    text = _collected(mending, lambda: anchors_text(instance, rows))
    _write(instance, {"anchors.csv": text}, mending, force=True, quiet=quiet)
    if not quiet:
        click.echo(f"{len(rows)} anchors ({len(settled)} airings) on {', '.join(sorted(channels))}")
    return DONE


def _write_catalogue(
    instance: Instance,
    files: tuple[Path, ...],
    pairs: dict[str, str],
    mending: Mending,
    sheet: str | None,
    *,
    force: bool,
    quiet: bool,
) -> int:
    from scheduler.imports import catalogue_text

    if len(files) > 1:
        raise CommandFailed("a catalogue is one file; import them one after the other", INPUT)
    text, fresh, replaced = _collected(mending, lambda: catalogue_text(instance, files[0], pairs, mending, sheet))
    _stop(mending, instance.folder)
    if replaced and not force:
        some = ", ".join(replaced[:5]) + (", …" if len(replaced) > 5 else "")
        said = f"{len(replaced)} programmes are there already ({some}); say --force to replace them"
        raise CommandFailed(said, INPUT)
    _write(instance, {"programmes.csv": text}, mending, force=True, quiet=quiet)
    if not quiet:
        click.echo(f"{len(fresh)} programmes added, {len(replaced)} replaced")
    return DONE


def _write(instance: Instance, files: dict[str, str], mending: Mending, *, force: bool, quiet: bool) -> None:
    """Try the instance with the new files in a copy, then write them; the warnings go to stderr."""
    from scheduler.imports.tables import write_tables

    refuse_to_overwrite([instance.folder / name for name in files], force=force)
    _collected(mending, lambda: write_tables(instance, files))
    if not quiet:
        for problem in mending.problems:
            click.echo(str(problem), err=True)
        click.echo(f"wrote {', '.join(str(instance.folder / name) for name in files)}")


def _pairs(said: tuple[str, ...], form: str) -> dict[str, str]:
    pairs = {}
    for text in said:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise CommandFailed(f"'{text}' is not of the form {form}", INPUT)
        pairs[name.strip()] = value.strip()
    return pairs
