"""`parity import csv` and `parity import xlsx`: schedules and catalogues from tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import INPUT, CommandFailed, load_or_fail, refused
from scheduler.cli.import_options import (
    CHANNEL,
    DRY_RUN,
    FILES,
    INTO,
    LENIENT,
    ZONE,
    channels_of,
    check_zone,
    collected,
    finish,
    pairs_of,
)
from scheduler.cli.options import FORCE, QUIET

if TYPE_CHECKING:
    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading
    from scheduler.imports.review import Change
    from scheduler.instance import Instance

SHEET = click.option(
    "--sheet", "sheets", multiple=True, help="A sheet of the workbook, also said more than once; by default all."
)
MAP = click.option("--map", "maps", multiple=True, metavar="FIELD=HEAD", help="Which column a field is in.")
KIND = click.option(
    "--as",
    "kind",
    type=click.Choice(["anchors", "grid", "programmes", "history"]),
    default="anchors",
    show_default=True,
    help="A channel's schedule, its whole day of 24 hours, a programme catalogue, or a log of what has aired.",
)
GENRE = click.option("--genre", "genres", multiple=True, metavar="THEIRS=OURS", help="Our genre of one of theirs.")
BROADCAST_DAY = click.option(
    "--broadcast-day", is_flag=True, help="Times before the broadcast day begins are the night after their date."
)
ORDER = click.option(
    "--date-order", "order", type=click.Choice(["dmy", "mdy", "ymd"]), help="The order of dates where two orders fit."
)


def table_command(name: str) -> click.Command:
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
    @ZONE
    @BROADCAST_DAY
    @ORDER
    @GENRE
    @LENIENT
    @DRY_RUN
    @FORCE
    @QUIET
    def command(
        files: tuple[Path, ...],
        into: Path,
        kind: str,
        maps: tuple[str, ...],
        named: tuple[str, ...],
        sheets: tuple[str, ...],
        zone: str | None,
        broadcast_day: bool,
        order: str | None,
        genres: tuple[str, ...],
        lenient: bool,
        dry_run: bool,
        force: bool,
        quiet: bool,
    ) -> int:
        """Take a schedule as anchors, a programme catalogue or a log of what has aired from a table.

        Column heads in Kazakh, Russian, English and Uzbek are known; --map says others, and is remembered in the
        instance's imports.yaml. Fields of a schedule: channel, date, start, end or minutes, title, genre, origin,
        audio, version_kind, original_language, age, run; of a log also programme and episode. Fields of a
        catalogue: the columns of programmes.csv.
        """
        from scheduler.imports import Findings
        from scheduler.imports.remembered import Reading

        instance, findings = instance_before(into, kind), Findings(lenient)
        check_zone(zone)
        renamed, owner = channels_of(instance, named)
        said = Reading(
            columns=pairs_of(maps, "--map FIELD=HEAD"),
            channels=renamed,
            owner=owner,
            zone=zone,
            date_order=order or "",
            broadcast_day=broadcast_day,
        )
        words = pairs_of(genres, "--genre THEIRS=OURS")
        change = collected(findings, lambda: change_of(instance, kind, files, said, words, sheets, findings))
        return finish(instance, change, findings, force=force, quiet=quiet, dry_run=dry_run)

    return command


def instance_before(into: Path, kind: str) -> Instance:
    """The instance; for a catalogue also one whose rules name programmes that are still to come in."""
    if kind != "programmes":
        return load_or_fail(into, quiet=True)
    from scheduler.imports.before_catalogue import load_before_catalogue
    from scheduler.instance import InputError

    try:
        return load_before_catalogue(into)
    except InputError as error:
        raise refused(error.problems, str(into)) from None


def change_of(
    instance: Instance,
    kind: str,
    files: tuple[Path, ...],
    said: Reading,
    genres: dict[str, str],
    sheets: tuple[str, ...],
    findings: Findings,
) -> Change:
    """What the files change, read as the options say or as the last import was."""
    from scheduler.imports import catalogue_of, read_schedule
    from scheduler.imports.history import history_change
    from scheduler.imports.importing import anchors_change, catalogue_change
    from scheduler.imports.remembered import FILE, Reading, combined, remembered_in, remembered_text
    from scheduler.imports.schedule import Sheets

    before = remembered_in(instance.folder)
    kept = before.readings.get(kind, Reading())
    how, words = combined(kept, said), {**before.genres, **genres}
    if kind == "programmes":
        if len(files) > 1:
            raise CommandFailed("a catalogue is one file; import them one after the other", INPUT)
        read = catalogue_of(instance, files[0], said.columns, findings, sheets, how.date_order, kept.columns, words)
        change = catalogue_change(instance, read, findings)
    else:
        sheet = Sheets(
            said.columns, how.channels, how.owner, sheets, how.zone, how.date_order, how.broadcast_day,
            kept.columns, words, is_log=kind == "history",
        )  # fmt: skip
        slots = [slot for path in files for slot in read_schedule(instance, path, sheet, findings)]
        if kind == "history":
            change = history_change(instance, slots, findings)
        else:
            change = anchors_change(instance, slots, findings, whole_day=kind == "grid")
    text = remembered_text(before, kind, how, genres)
    known = instance.folder / FILE
    if not text or (known.is_file() and known.read_text(encoding="utf-8") == text):
        return change
    return replace(change, files={**change.files, FILE: text})
