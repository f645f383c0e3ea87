"""Check commitments.csv against the other files."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Any

from scheduler.instance.derived.aired import NOT_AIRED
from scheduler.instance.model.commitment import day_sets_text
from scheduler.instance.model.field_types import DAY_MINUTES, WEEKDAYS, clock_text
from scheduler.instance.problem import Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.model.channel import Channel, Window
    from scheduler.instance.model.commitment import Commitment
    from scheduler.instance.model.instance_file import InstanceFile
    from scheduler.instance.model.programme import Programme


def check_commitments(file: InstanceFile, parsed: Mapping[str, list[Any]], table: CsvTable) -> Iterator[Problem]:
    """Commitments that cannot be kept.

    They are duplicates, name a version that the title does not have, have no episode left, begin where the channel has
    no window, or their next episode has aired by history.csv. Or two of them need a channel at the same time.

    Parameters
    ----------
    parsed
        The rows of every file, all of which could be read.
    """
    channels = {channel.id: channel for channel in file.channels}
    titles = {row.programme: row for row in parsed["programmes.csv"]}
    aired: dict[tuple[str, str], int] = {}
    for row in parsed["history.csv"]:
        if row.status != NOT_AIRED and row.channel in channels:
            of = row.programme, channels[row.channel].territory
            aired[of] = max(row.episode, aired.get(of, 0))
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(parsed["commitments.csv"]):
        if row.channel not in channels or row.programme not in titles:
            continue
        channel, title = channels[row.channel], titles[row.programme]
        key = row.programme, channel.territory
        if key in seen:
            message = msg(
                "'{programme}' continues in {territory} in one slot; line {line} has another, remove one",
                programme=row.programme,
                territory=channel.territory,
                line=str(table.lines[seen[key]]),
            )
            yield Problem(*table.at(number, "programme"), message)
        seen.setdefault(key, number)
        yield from _version(row, number, title, table)
        yield from _window(row, number, channel, title, table)
        yield from _episode(row, number, title, table, aired.get(key, 0))
    yield from _meetings(file, parsed["commitments.csv"], channels, titles, table)


def _version(row: Commitment, number: int, title: Programme, table: CsvTable) -> Iterator[Problem]:
    """A version that the title does not have."""
    versions = [f"{version.language} {version.kind}" for version in title.versions]
    if (own := f"{row.version_language} {row.version_kind}") not in versions:
        message = msg(
            "'{programme}' has no version '{version}'; it has {versions}",
            programme=row.programme,
            version=own,
            versions=", ".join(versions),
        )
        yield Problem(*table.at(number, "version_language"), message)


def _window(row: Commitment, number: int, channel: Channel, title: Programme, table: CsvTable) -> Iterator[Problem]:
    """A place that fits into no window of the channel, neither on one of its weekdays nor on dates."""
    days = frozenset[str]().union(*row.days)
    if not _fits([one for one in channel.windows if one.days is None or one.days & days], row.start, title.minutes):
        message = msg(
            "no window of '{channel}' has {minutes} minutes at {clock} on {days}, so '{programme}' takes another"
            " slot; correct start or days if it is to keep this one",
            channel=row.channel,
            minutes=title.minutes,
            clock=clock_text(row.start),
            days=day_sets_text(row.days),
            programme=row.programme,
        )
        yield Problem(*table.at(number, "start"), message, "warning")


def _fits(windows: Sequence[Window], start: int, minutes: int) -> bool:
    """Whether a place of some minutes is in a window. A start after midnight may be in that of the evening."""
    return any(
        window.start <= at and at + minutes <= window.end for window in windows for at in (start, start + DAY_MINUTES)
    )


def _episode(row: Commitment, number: int, title: Programme, table: CsvTable, last: int) -> Iterator[Problem]:
    """A next episode that the title does not have, or that has aired: `last` is the last one that has, or 0."""
    at = table.at(number, "next_episode")
    if row.next_episode > title.episodes:
        message = msg(
            "'{programme}' has {episodes} episodes, the next would be {next};"
            " remove the line or correct one of the numbers",
            programme=row.programme,
            episodes=str(title.episodes),
            next=str(row.next_episode),
        )
        yield Problem(*at, message)
    elif last >= row.next_episode:
        message = msg(
            "history.csv has episode {last} of '{programme}' already, so it continues at {next};"
            " solve the horizon before again, or correct next_episode",
            last=str(last),
            programme=row.programme,
            next=str(last + 1),
        )
        yield Problem(*at, message, "warning")


def _meetings(
    file: InstanceFile,
    rows: Sequence[Commitment],
    channels: Mapping[str, Channel],
    titles: Mapping[str, Programme],
    table: CsvTable,
) -> Iterator[Problem]:
    """Pairs of rows that need a channel at the same time in the first week."""
    known = [
        (number, row, titles[row.programme], _first_days(file, row, channels[row.channel], titles[row.programme]))
        for number, row in enumerate(rows)
        if row.channel in channels and row.programme in titles
    ]
    for (at, one, title, days), (number, other, its_title, its_days) in combinations(known, 2):
        together = one.start < other.start + its_title.minutes and other.start < one.start + title.minutes
        if one.channel == other.channel and together and (shared := sorted(days & its_days)):
            message = msg(
                "'{programme}' and '{other}' (line {line}) need '{channel}' at the same time on {day}; one of them will"
                " miss its place: correct start or days of one, or remove its line",
                programme=other.programme,
                other=one.programme,
                line=str(table.lines[at]),
                channel=other.channel,
                day=str(shared[0]),
            )
            yield Problem(*table.at(number, "start"), message, "warning")


def _first_days(file: InstanceFile, row: Commitment, channel: Channel, title: Programme) -> frozenset[date]:
    """The days of the first week on which a series has a place by all its day sets and a window is open."""
    days = [file.horizon.start + timedelta(days=day) for day in range(min(len(WEEKDAYS), file.horizon.days))]
    sure = frozenset.intersection(*row.days)
    places = [
        day
        for day in days
        if WEEKDAYS[day.weekday()] in sure and _fits(channel.windows_on(day), row.start, title.minutes)
    ]
    return frozenset(places[: max(title.episodes - row.next_episode + 1, 0)])
