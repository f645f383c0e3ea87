"""`parity import csv` and `parity import xlsx`: schedules and catalogues from tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import load_or_fail, not_possible, refused
from scheduler.cli.import_options import (
    CHANNEL,
    DRY_RUN,
    FILES,
    GENRE,
    INTO,
    LENIENT,
    MAP,
    ORIGIN,
    ZONE,
    channels_of,
    check_zone,
    collected,
    finish,
    pairs_of,
    remembered_with,
    words_of,
)
from scheduler.cli.options import FORCE, LANG, QUIET

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading
    from scheduler.imports.review import Change
    from scheduler.imports.words import TheirWords
    from scheduler.instance import Instance

SHEET = click.option("--sheet", "sheets", multiple=True, help="Sheet of the workbook. May be repeated. Default: all.")
KIND = click.option(
    "--as",
    "kind",
    type=click.Choice(["anchors", "grid", "programmes", "history"]),
    default="anchors",
    show_default=True,
    help="A channel's schedule, its whole day of 24 hours, a programme catalogue, or a log of what has aired.",
)
BROADCAST_DAY = click.option(
    "--broadcast-day",
    is_flag=True,
    help="Times before the start of the broadcast day belong to the night after their date.",
)
ORDER = click.option(
    "--date-order",
    "order",
    type=click.Choice(["dmy", "mdy", "ymd"]),
    help="Order of day, month and year, if a date fits two orders.",
)
OPTIONS = (
    *(FILES, INTO, KIND, MAP, CHANNEL, SHEET, ZONE, BROADCAST_DAY, ORDER, GENRE, ORIGIN),
    *(LENIENT, DRY_RUN, FORCE, LANG, QUIET),
)
"""What `import csv` and `import xlsx` take, in the order of their help."""


def table_command(name: str) -> click.Command:
    """`import csv` and `import xlsx`: the same but for the name."""

    @click.command(
        name=name,
        epilog=f"""\b
Examples:
  parity import {name} schedule.{name} --into plan --channel home.kz --map start=Begin --force
  parity import {name} catalogue.{name} --into plan --as programmes --map programme=ID --map title=Name --force""",
    )
    @_with_options
    def command(force: bool, lang: str, quiet: bool, dry_run: bool, **given: Any) -> int:
        """Import a schedule (as anchors), a programme catalogue or a log of what has aired from a table.

        Column heads in Kazakh, Russian, English and Uzbek are known. --map names other heads and is stored in the
        instance's imports.yaml. Fields of a schedule: channel, date, start, end or minutes, title, genre, origin,
        audio, version_kind, original_language, age, run; of a log also programme and episode. Fields of a
        catalogue: the columns of programmes.csv.
        """
        instance, change, findings = _read(**given)
        return finish(instance, change, findings, force=force, quiet=quiet, dry_run=dry_run)

    return command


def _with_options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def _read(
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
    origins: tuple[str, ...],
    lenient: bool,
) -> tuple[Instance, Change, Findings]:
    """The instance, its changes by the files, and the findings."""
    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading

    instance, findings = instance_before(into, kind), Findings(lenient)
    check_zone(zone)
    renamed, owner = channels_of(instance, named)
    reading = Reading(
        columns=pairs_of(maps, "--map FIELD=HEAD"),
        channels=renamed,
        owner=owner,
        zone=zone,
        date_order=order or "",
        broadcast_day=broadcast_day,
    )
    options = ImportOptions(kind, files, sheets, reading, words_of(genres, origins))
    return instance, collected(findings, lambda: change_of(instance, options, findings)), findings


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """The options of one import."""

    kind: str
    files: tuple[Path, ...]
    sheets: tuple[str, ...]
    reading: Reading
    words: TheirWords


def instance_before(into: Path, kind: str) -> Instance:
    """The instance. For a catalogue, its rules may name programmes that do not exist yet."""
    if kind != "programmes":
        return load_or_fail(into, quiet=True)
    from scheduler.imports.before_catalogue import load_before_catalogue
    from scheduler.instance import InputError

    try:
        return load_before_catalogue(into)
    except InputError as error:
        raise refused(error.problems, str(into)) from None


def change_of(instance: Instance, options: ImportOptions, findings: Findings) -> Change:
    """The changes by files. They are read with the options, or with those of the last import."""
    from scheduler.imports.remembered import Reading, combined, remembered_in

    before = remembered_in(instance.folder)
    kept = before.readings.get(options.kind, Reading())
    how, words = combined(kept, options.reading), before.words(options.words)
    if options.kind == "programmes":
        change = _catalogue(instance, options, how, kept, words, findings)
    else:
        change = _schedule(instance, options, how, kept, words, findings)
    return replace(
        change, files={**change.files, **remembered_with(instance, options.kind, options.reading, options.words)}
    )


def _catalogue(
    instance: Instance, options: ImportOptions, how: Reading, kept: Reading, words: TheirWords, findings: Findings
) -> Change:
    from scheduler.imports import catalogue_of
    from scheduler.imports.importing import catalogue_change
    from scheduler.messages import msg

    if len(options.files) > 1:
        raise not_possible(msg("a catalogue is one file; import several one after the other"))
    read = catalogue_of(
        instance,
        options.files[0],
        options.reading.columns,
        findings,
        options.sheets,
        how.date_order,
        kept.columns,
        words,
    )
    return catalogue_change(instance, read, findings)


def _schedule(
    instance: Instance, options: ImportOptions, how: Reading, kept: Reading, words: TheirWords, findings: Findings
) -> Change:
    from scheduler.imports import read_schedule
    from scheduler.imports.history import history_change
    from scheduler.imports.importing import anchors_change
    from scheduler.imports.schedule import Sheets

    is_log = options.kind == "history"
    sheet = Sheets(
        options.reading.columns, how.channels, how.owner, options.sheets, how.zone, how.date_order, how.broadcast_day,
        kept.columns, words, is_log=is_log,
    )  # fmt: skip
    slots = [slot for path in options.files for slot in read_schedule(instance, path, sheet, findings)]
    if is_log:
        return history_change(instance, slots, findings)
    return anchors_change(instance, slots, findings, whole_day=options.kind == "grid")
