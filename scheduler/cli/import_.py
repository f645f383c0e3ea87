"""`parity import`: import data of other programs into an instance. If there are errors, nothing is written."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import load_or_fail
from scheduler.cli.groups import HelpingGroup
from scheduler.cli.import_options import (
    CHANNEL,
    DRY_RUN,
    FILES,
    GENRE,
    INTO,
    LENIENT,
    ORIGIN,
    ZONE,
    channels_of,
    check_zone,
    collected,
    finish,
    remembered_with,
    words_of,
)
from scheduler.cli.import_ratings import ratings
from scheduler.cli.import_tables import table_command
from scheduler.cli.options import FORCE, LANG, LANG_OF_GROUP, QUIET

if TYPE_CHECKING:
    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading
    from scheduler.imports.review import Change
    from scheduler.imports.words import TheirWords
    from scheduler.instance import Instance

GUIDES = "xmltv"
"""The name of guides in imports.yaml."""
WHOLE = click.option(
    "--as",
    "kind",
    type=click.Choice(["anchors", "grid"]),
    default="anchors",
    show_default=True,
    help="What is read: only what the guide states, or the whole day of 24 hours with unknown parts marked.",
)


@click.group(name="import", cls=HelpingGroup)
@LANG_OF_GROUP
def import_() -> None:
    """Import an existing schedule, a catalogue or an edited timetable.

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
  parity import xmltv guide.xml --into plan --channel 31.kz=home.kz --zone Asia/Almaty --lenient --dry-run"""
)
@FILES
@INTO
@CHANNEL
@ZONE
@GENRE
@ORIGIN
@WHOLE
@LENIENT
@DRY_RUN
@FORCE
@LANG
@QUIET
def xmltv(
    files: tuple[Path, ...],
    into: Path,
    named: tuple[str, ...],
    zone: str | None,
    genres: tuple[str, ...],
    origins: tuple[str, ...],
    kind: str,
    lenient: bool,
    dry_run: bool,
    force: bool,
    lang: str,
    quiet: bool,
) -> int:
    """Import a channel's existing schedule from XMLTV guides, compressed or not, as anchors on the days of the horizon.

    If a guide states no origin, genre or language, they are the channel's own country, "general" and the channel's
    first language. With --channel THEIRS=OURS only these channels of the guide are imported. The options for
    channels, zone and words are stored in the instance's imports.yaml.
    """
    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading

    instance, findings = load_or_fail(into, quiet=True), Findings(lenient)
    renamed, owner = channels_of(instance, named)
    check_zone(zone)
    reading = Reading(channels=renamed, owner=owner, zone=zone)
    words = words_of(genres, origins)
    change = collected(findings, lambda: _guides(instance, files, reading, words, findings, whole_day=kind == "grid"))
    return finish(instance, change, findings, force=force, quiet=quiet, dry_run=dry_run)


def _guides(
    instance: Instance,
    files: tuple[Path, ...],
    reading: Reading,
    words: TheirWords,
    findings: Findings,
    *,
    whole_day: bool,
) -> Change:
    """The changes by guides. They are read with the options, or with those of the last import."""
    from scheduler.imports import read_guide
    from scheduler.imports.importing import anchors_change
    from scheduler.imports.remembered import Reading, combined, remembered_in

    before = remembered_in(instance.folder)
    how, ours = combined(before.readings.get(GUIDES, Reading()), reading), before.words(words)
    slots = [
        slot for path in files for slot in read_guide(instance, path, how.channels, findings, how.zone, ours, how.owner)
    ]
    change = anchors_change(instance, slots, findings, whole_day=whole_day)
    return replace(change, files={**change.files, **remembered_with(instance, GUIDES, reading, words)})


@import_.command(
    epilog="""\b
Examples:
  parity import timetable report.xlsx --into plan --force
  parity import timetable report.xlsx --into plan --lenient --force"""
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@INTO
@LENIENT
@DRY_RUN
@FORCE
@LANG
@QUIET
def timetable(file: Path, into: Path, lenient: bool, dry_run: bool, force: bool, lang: str, quiet: bool) -> int:
    """Import an edited workbook of `parity report`: timetable.csv, and locks.csv with the rows marked as locked.

    Every rule is checked. Overlaps, lost anchors and exceeded rights are errors; with --lenient they are only
    reported, as missed rules always are.
    """
    from scheduler.imports import Findings, read_workbook
    from scheduler.imports.importing import timetable_change

    instance, findings = load_or_fail(into, quiet=True), Findings(lenient)
    change = collected(findings, lambda: timetable_change(instance, read_workbook(instance, file, findings), findings))
    return finish(instance, change, findings, force=force, quiet=quiet, dry_run=dry_run)


import_.add_command(table_command("csv"))
import_.add_command(table_command("xlsx"))
import_.add_command(ratings)
