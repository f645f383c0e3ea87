"""Options that the import commands share, and how each of them ends."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from scheduler.cli.failure import DONE, not_possible, refused
from scheduler.cli.language import renderer

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.imports import Findings
    from scheduler.imports.remembered import Reading
    from scheduler.imports.review import Change
    from scheduler.imports.words import TheirWords
    from scheduler.instance import Instance

INTO = click.option("--into", type=click.Path(path_type=Path), required=True, help="The instance folder.")
LENIENT = click.option("--lenient", is_flag=True, help="Repair what can be repaired, and report each repair.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
FILES = click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
ZONE = click.option("--zone", help="IANA time zone of a guide's times without an offset, for example Asia/Almaty.")
CHANNEL = click.option(
    "--channel",
    "named",
    multiple=True,
    metavar="[THEIRS=]OURS",
    help="Map a channel of the source to a channel of the instance. OURS alone: the channel, if the source names none.",
)
GENRE = click.option(
    "--genre", "genres", multiple=True, metavar="THEIRS=OURS", help="Map a genre of the source to one of the instance."
)
ORIGIN = click.option(
    "--origin",
    "origins",
    multiple=True,
    metavar="THEIRS=OURS",
    help="Map an origin of the source to one such as KZ or KZ:0.5;UZ:0.5.",
)
MAP = click.option(
    "--map", "maps", multiple=True, metavar="FIELD=HEAD", help="The head of the column that holds a field."
)

Result = TypeVar("Result")


def collected(findings: Findings, read: Callable[[], Result]) -> Result:
    """Read the files. If this fails, all problems found so far are reported together."""
    from scheduler.instance import InputError
    from scheduler.messages import msg

    try:
        return read()
    except InputError as error:
        found = dict.fromkeys((*findings.problems, *error.problems))
        raise refused(tuple(found), msg("the files to import")) from None


def finish(instance: Instance, change: Change, findings: Findings, *, force: bool, quiet: bool, dry_run: bool) -> int:
    """Try the change, show it, and write it unless it is only to be shown."""
    from scheduler.imports.tables import tried, write
    from scheduler.messages import msg

    render = renderer()
    collected(findings, findings.stop_on_errors)
    if change.replaces is not None and not force and not dry_run:
        raise not_possible(msg("{what} would be replaced; use --force", what=change.replaces))
    warnings = collected(findings, lambda: tried(instance, change.files))
    if not quiet or dry_run:
        problems = [problem.rendered(render) for problem in (*findings.problems, *warnings)]
        for line in (*problems, *map(render, change.review)):
            click.echo(line, err=not dry_run)
    if dry_run:
        click.echo(render(msg("{summary}; nothing was written", summary=change.summary)))
        return DONE
    written = write(instance.folder, change.files)
    if not quiet:
        click.echo(render(msg("written: {files}", files=", ".join(map(str, written)))))
        click.echo(render(change.summary))
    return DONE


def channels_of(instance: Instance, named: tuple[str, ...]) -> tuple[dict[str, str], str | None]:
    """(our channel for each channel of the source, our channel if the source does not name one)."""
    from scheduler.instance.files.named import there_is_no

    renamed = pairs_of(tuple(text for text in named if "=" in text), "--channel THEIRS=OURS")
    owners = [text for text in named if "=" not in text]
    for channel in (*renamed.values(), *owners):
        if channel not in instance.channel_index:
            raise not_possible(there_is_no("channel", channel, instance.channel_index))
    return renamed, owners[-1] if owners else None


def check_zone(zone: str | None) -> None:
    """End the command if the zone does not exist."""
    from scheduler.instance import zone_clock
    from scheduler.instance.derived.timeline import zone_names
    from scheduler.instance.files.named import there_is_no

    try:
        zone_clock(zone or "UTC")
    except LookupError:
        raise not_possible(there_is_no("time zone", zone or "", zone_names())) from None


def remembered_with(instance: Instance, kind: str, reading: Reading, words: TheirWords | None = None) -> dict[str, str]:
    """imports.yaml with the options of an import added. None if the file has them already."""
    from scheduler.imports.remembered import FILE, Reading, combined, remembered_in, remembered_text
    from scheduler.imports.words import TheirWords

    before = remembered_in(instance.folder)
    how = combined(before.readings.get(kind, Reading()), reading)
    text, known = remembered_text(before, kind, how, before.words(words or TheirWords())), instance.folder / FILE
    same = known.is_file() and known.read_text(encoding="utf-8") == text
    return {} if same or not text else {FILE: text}


def words_of(genres: tuple[str, ...], origins: tuple[str, ...]) -> TheirWords:
    """Our words for those of the source, from --genre and --origin. An invalid origin ends the command."""
    from scheduler.imports.words import TheirWords, origin_of
    from scheduler.messages import msg

    ours = {}
    for theirs, word in pairs_of(origins, "--origin THEIRS=OURS").items():
        code, unknown = origin_of(word)
        if unknown:
            what = msg(
                "--origin {theirs}={ours}: there is no country '{name}'; write KZ",
                theirs=theirs,
                ours=word,
                name=unknown[0],
            )
            raise not_possible(what)
        ours[theirs] = code
    return TheirWords(pairs_of(genres, "--genre THEIRS=OURS"), ours)


def pairs_of(texts: tuple[str, ...], form: str) -> dict[str, str]:
    """NAME=VALUE words of an option as a mapping."""
    from scheduler.messages import msg

    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or not value.strip():
            raise not_possible(msg("'{text}' is not of the form {form}", text=text, form=form))
        pairs[name.strip()] = value.strip()
    return pairs
