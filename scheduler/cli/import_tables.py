"""`parity import csv` and `parity import xlsx`: schedules and catalogues from tables."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from scheduler.cli.failure import INPUT, CommandFailed, load_or_fail
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

SHEET = click.option(
    "--sheet", "sheets", multiple=True, help="A sheet of the workbook, also said more than once; by default all."
)
MAP = click.option("--map", "maps", multiple=True, metavar="FIELD=HEAD", help="Which column a field is in.")
KIND = click.option(
    "--as",
    "kind",
    type=click.Choice(["anchors", "programmes"]),
    default="anchors",
    show_default=True,
    help="A channel's schedule, or a programme catalogue.",
)
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
        lenient: bool,
        dry_run: bool,
        force: bool,
        quiet: bool,
    ) -> int:
        """Take a schedule as anchors, or a programme catalogue, from a table with a map of its columns.

        Fields of a schedule: channel, date, start, end or minutes, title, genre, origin, audio, version_kind,
        original_language, age, run. Fields of a catalogue: the columns of programmes.csv.
        """
        from scheduler.imports import Findings, catalogue_of, read_schedule
        from scheduler.imports.importing import anchors_change, catalogue_change
        from scheduler.imports.schedule import Sheets

        instance, findings = load_or_fail(into, quiet=True), Findings(lenient)
        pairs = pairs_of(maps, "--map FIELD=HEAD")
        check_zone(zone)
        if kind == "programmes":
            if len(files) > 1:
                raise CommandFailed("a catalogue is one file; import them one after the other", INPUT)
            change = collected(
                findings,
                lambda: catalogue_change(
                    catalogue_of(instance, files[0], pairs, findings, sheets, order or ""), findings
                ),
            )
        else:
            renamed, owner = channels_of(instance, named)
            how = Sheets(pairs, renamed, owner, sheets, zone, order or "", broadcast_day)
            read = partial(read_schedule, instance, how=how, findings=findings)
            change = collected(
                findings, lambda: anchors_change(instance, [slot for path in files for slot in read(path)], findings)
            )
        return finish(instance, change, findings, force=force, quiet=quiet, dry_run=dry_run)

    return command
