"""`parity publish` and `parity notices`: record publications, and write the changes since a publication."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    channel_or_fail,
    in_use,
    load_or_fail,
    party_or_fail,
    refused,
    timetable_or_fail,
    write_into,
    wrote,
)
from scheduler.cli.language import renderer
from scheduler.cli.options import DAY, FORCE, INSTANCE, LANG, PARTY, QUIET, TIMETABLE, OutFolder, Whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable


@click.command(
    epilog="""\b
Examples:
  parity publish instances/toy out/toy/timetable.csv --until 2026-12-07
  parity publish instances/toy out/toy/timetable.csv --until 2026-12-08 --channel steppe --on 2026-12-01 --lang kk"""
)
@INSTANCE
@TIMETABLE
@click.option("--until", type=DAY, required=True, help="Last broadcast date to publish.")
@click.option("--channel", "channels", multiple=True, help="Only this channel. May be repeated.")
@click.option("--on", type=DAY, help="Day of the publication. Default: today.")
@LANG
@QUIET
def publish(
    instance: Path, timetable: Path, until: date, channels: tuple[str, ...], on: date | None, lang: str, quiet: bool
) -> int:  # fmt: skip
    """Record in INSTANCE/publications that TIMETABLE of INSTANCE is published up to a date: number, date and hash."""
    from scheduler.instance import InputError
    from scheduler.messages import msg, msg_n
    from scheduler.publication import publish as record
    from scheduler.publication import statuses
    from scheduler.whole_file import FolderInUseError

    loaded = load_or_fail(instance, quiet=quiet)
    named = tuple(channel_or_fail(loaded, name) for name in channels) or tuple(
        channel.id for channel in loaded.channels
    )
    read = timetable_or_fail(loaded, timetable)
    try:
        words = statuses(loaded, read)
        file = record(loaded, read, until, named, on or date.today())
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    except FolderInUseError:
        raise in_use(instance) from None
    if file is None:
        click.echo(renderer()(msg("nothing has changed since the last publication; nothing was recorded")))
    else:
        done = msg_n(
            "publication {number}: {count} channel until {until}, {sha256}",
            "publication {number}: {count} channels until {until}, {sha256}",
            number=file.number,
            count=len(named),
            until=until.isoformat(),
            sha256=file.state_sha256[:12],
        )
        click.echo(renderer()(done))
        _warn(read, words, until, named)
    return DONE


def _warn(timetable: Timetable, words: Sequence[str], until: date, channels: tuple[str, ...]) -> None:
    """Warn about published airings that a party has refused or for which it has asked for another start."""
    from scheduler.messages import msg
    from scheduler.timetable import timetable_frame

    frame = timetable_frame(timetable).assign(status=list(words))
    out = frame["channel"].isin(list(channels)) & (frame["broadcast_date"] <= until.isoformat())
    named = {status: frame.loc[out & (frame["status"] == status), "airing_id"] for status in ("refused", "countered")}
    messages = [msg("{airing} has gone out, though its party has refused it", airing=name) for name in named["refused"]]
    messages += [
        msg("{airing} has gone out, though its party has asked for another start", airing=name)
        for name in named["countered"]
    ]
    for one in messages:
        click.echo(renderer()(msg("warning: {text}", text=one)), err=True)


@click.command(
    epilog="""\b
Examples:
  parity notices instances/toy --since 0 --out out/notices
  parity notices instances/toy --since 0 --for KZ --lang kk --out out/notices-kz"""
)
@INSTANCE
@click.option("--since", type=Whole(0, 10**6), required=True, help="Number of the last known publication. 0 for none.")
@PARTY
@click.option("--out", type=OutFolder(), required=True, help="Folder for the notices.")
@LANG
@FORCE
@QUIET
def notices(instance: Path, since: int, party: str | None, out: Path, lang: str, force: bool, quiet: bool) -> int:
    """Write the changes since a publication as CSV, calendar and page for every party and channel.

    A calendar keeps the published uids with raised sequences and marks the cancelled airings.
    """
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.publication import read_publications, read_state

    loaded = load_or_fail(instance, quiet=quiet)
    whom = party_or_fail(loaded, party)
    try:
        known = read_publications(loaded)
        if since > len(known) or not known:
            there = msg("nothing was published: parity publish records it")
            if known:
                there = msg(
                    "there is no publication {number}; the last is number {last}", number=since, last=len(known)
                )
            raise CommandFailed(there, INPUT)
        states = (read_state(loaded, known[since - 1] if since else None), read_state(loaded, known[-1]))
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    files = _files(loaded, states, (since, known[-1].number), known[-1].published_on, whom, lang)
    if not files:
        click.echo(renderer()(msg("nothing has changed")))
        return DONE
    write_into(out, files, force=force)
    if not quiet:
        click.echo(wrote(out / name for name in files))
    return DONE


def _files(
    instance: Instance,
    states: tuple[pd.DataFrame, pd.DataFrame],
    numbers: tuple[int, int],
    on: date,
    party: str | None,
    lang: str,
) -> dict[str, str | bytes]:
    """The notices by file name; parties and channels without a change get none."""
    from scheduler.export.file_names import file_names
    from scheduler.export.party import for_party, parties_of
    from scheduler.publication import changes_since, notice_csv, notice_ics, notice_page
    from scheduler.report.language import Language

    language = Language(lang)
    parts: dict[str, tuple[pd.DataFrame, pd.DataFrame]] = {}
    for one in [party] if party is not None else parties_of(instance):
        parts[one] = for_party(instance, states[0], one), for_party(instance, states[1], one)
    seen = states if party is None else parts[party]
    for channel in instance.channels:
        before, after = (state[state["channel"] == channel.id] for state in seen)
        parts[channel.id] = before, after
    names = file_names(parts)
    files: dict[str, str | bytes] = {}
    for one, (before, after) in parts.items():
        changes = changes_since(before, after)
        if len(changes):
            files[f"{names[one]}.csv"] = notice_csv(changes)
            files[f"{names[one]}.ics"] = notice_ics(instance, changes, on)
            files[f"{names[one]}.html"] = notice_page(instance, changes, *numbers, language, one)
    return files
