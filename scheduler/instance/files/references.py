"""Check the parts of an instance against each other: ids, references, overlapping times, impossible values."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from scheduler.instance.derived.aired import contradictions
from scheduler.instance.derived.timeline import comes_twice, moment_on_clock, zone_clock, zone_names
from scheduler.instance.files.commitments import check_commitments
from scheduler.instance.files.named import KnownNames, known_words, named_in, there_is_no
from scheduler.instance.files.odd_values import odd_values
from scheduler.instance.files.zones import unknown_zone
from scheduler.instance.model.field_types import WEEKDAYS, clock_text
from scheduler.instance.model.rule_model import AgreementModel
from scheduler.instance.problem import Problem
from scheduler.messages import Listed, Term, msg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from scheduler.instance.derived.aired import Aired, Lock
    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.files.yaml_document import YamlDocument
    from scheduler.instance.model.channel import Channel, Window
    from scheduler.instance.model.instance_file import InstanceFile
    from scheduler.instance.model.instance_head import Horizon
    from scheduler.instance.model.programme import Anchor, AudienceRow, Programme
    from scheduler.messages import Message

AIRED = frozenset({"history.csv", "locks.csv"})
"""Tables in the columns of timetable.csv."""


def check_references(
    file: InstanceFile,
    document: YamlDocument,
    parsed: Mapping[str, list[Any]],
    tables: Mapping[str, CsvTable | None],
    numbers: Mapping[str, Sequence[int]],
) -> list[Problem]:
    """Every problem between the files.

    Unknown ids are reported of every row that could be read; what compares rows, of tables without a wrong row.

    Parameters
    ----------
    parsed, tables
        As for `known_words`.
    numbers
        The number in its table of each row that could be read, by file.
    """
    known = known_words(file, parsed, tables)
    problems = list(_channels(file, document, known))
    problems += _rules(file, document, known)
    problems += _placement(file, document, known)
    problems += _deadlines(file, document, known)
    for name, table in tables.items():
        if table is not None:
            problems += _rows(name, parsed[name], numbers[name], table, known)
        if table is not None and name in AIRED and len(parsed[name]) == len(table.rows):
            problems += _times(file, parsed[name], table)
    programmes = tables["programmes.csv"]
    if programmes is not None and len(parsed["programmes.csv"]) == len(programmes.rows):
        problems += _catalogue(file, parsed["programmes.csv"], programmes)
        problems += _without_giver(file, parsed["programmes.csv"], programmes)
        problems += _circles(parsed["programmes.csv"], programmes)
    history = tables["history.csv"]
    if history is not None and len(parsed["history.csv"]) == len(history.rows):
        problems += _history(file, parsed["history.csv"], history)
    commitments = tables["commitments.csv"]
    if commitments is not None and len(parsed["commitments.csv"]) == len(commitments.rows):
        problems += check_commitments(file, parsed, commitments)
    anchors, audience = tables["anchors.csv"], tables["audience.csv"]
    if anchors is not None and len(parsed["anchors.csv"]) == len(anchors.rows):
        problems += _anchors(file, parsed["anchors.csv"], anchors)
        problems += _without_giver(file, parsed["anchors.csv"], anchors)
    if audience is not None and len(parsed["audience.csv"]) == len(audience.rows):
        problems += _audience(file, parsed["audience.csv"], audience)
    problems += odd_values(file, document, parsed, tables)
    return problems


def _channels(file: InstanceFile, document: YamlDocument, known: KnownNames) -> Iterator[Problem]:
    def at(path: tuple[str | int, ...], message: Message) -> Problem:
        return Problem(*document.at(path), message)

    seen: set[str] = set()
    for number, channel in enumerate(file.channels):
        path = ("channels", number)
        if channel.id in seen:
            yield at((*path, "id"), _twice("channel", channel.id))
        seen.add(channel.id)
        try:
            zone_clock(channel.zone)
        except LookupError:
            yield at((*path, "zone"), unknown_zone(channel.zone, channel.territory, file.horizon.start))
        else:
            off_grid = _zone_off_grid(file, channel) if channel.windows else None
            if off_grid is not None:
                yield at((*path, "zone"), off_grid)
        for place, window in enumerate(channel.windows):
            off_grid = _starts_off_grid(file, window)
            if off_grid is not None:
                yield at((*path, "windows", place, "start_every"), off_grid)
        yield from _unknown(channel, path, document, known)
        for name in channel.dayparts:
            if name not in file.dayparts:
                yield at((*path, "dayparts", name), there_is_no("daypart", name, file.dayparts))
        for message in _window_overlaps(channel, file.horizon):
            yield at((*path, "windows"), message)


def _starts_off_grid(file: InstanceFile, window: Window) -> Message | None:
    """The problem if some starts that a window allows are not grid steps, else None."""
    every, grid = window.start_every, file.grid_minutes
    if every is None or every % grid == 0:
        return None
    wanted = [minutes for minutes in range(grid, 61, grid) if 60 % minutes == 0]
    return msg(
        "start_every: {every} is no multiple of grid_minutes: {grid}; write {multiples}, or grid_minutes: {common}",
        every=every,
        grid=grid,
        multiples=_or(wanted),
        common=math.gcd(every, grid),
    )


def _zone_off_grid(file: InstanceFile, channel: Channel) -> Message | None:
    """The problem if a channel's clock never shows a multiple of the grid at a grid step, else None."""
    clock, grid = zone_clock(channel.zone), file.grid_minutes
    for day in range(file.horizon.days):
        noon = datetime.combine(file.horizon.start + timedelta(days=day), time(12), tzinfo=clock)
        offset = noon.utcoffset() or timedelta()
        minutes = round(offset.total_seconds() / 60)
        if minutes % grid:
            hours = f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60}:{abs(minutes) % 60:02d}"
            fits = [step for step in range(1, grid) if 60 % step == 0 and minutes % step == 0]
            return msg(
                "on the clock of {zone} ({offset}) no programme could start on grid_minutes: {grid};"
                " write grid_minutes: {fits}",
                zone=channel.zone,
                offset=hours,
                grid=grid,
                fits=_or(fits[-2:]),
            )
    return None


def _or(numbers: Sequence[int]) -> Listed:
    """Some numbers in words, for example "10, 20 or 30"."""
    words = [str(number) for number in numbers]
    return Listed(tuple(part for part in (", ".join(words[:-1]), words[-1]) if part), " or ")


def _twice(kind: str, word: str) -> Message:
    return msg("the {kind} '{word}' appears twice", kind=Term("kind", kind), word=word)


def _again(what: Message, table: CsvTable, first: int) -> Message:
    """The problem that something appears twice, with the line of the first appearance."""
    return msg("{what}; first in line {line}", what=what, line=str(table.lines[first]))


def _window_overlaps(channel: Channel, horizon: Horizon) -> Iterator[Message]:
    recurring = [(window.days, window.dates, window.start, window.end) for window in channel.windows]
    special = frozenset(day for window in channel.windows for day in window.dates or ())
    for one, other, day in _clashes(recurring, horizon, special):
        spans = [
            f"{clock_text(channel.windows[at].start)}–{clock_text(channel.windows[at].end)}" for at in (one, other)
        ]
        yield msg(
            "windows of '{channel}' overlap on {day}: {one} and {other}",
            channel=channel.id,
            day=f"{WEEKDAYS[day.weekday()]} {day}",
            one=spans[0],
            other=spans[1],
        )


def _clashes(
    recurring: Sequence[tuple[frozenset[str] | None, tuple[date, ...] | None, int, int]],
    horizon: Horizon,
    special: frozenset[date] = frozenset(),
    span: Callable[[int, date], tuple[int, int]] | None = None,
) -> Iterator[tuple[int, int, date]]:
    """(index, other index, day of the other) of all overlapping pairs of (days, dates, start, end).

    Each pair is given once.

    On days in `special`, only items with dates hold. `span` gives (start, end) of an item on a day, in minutes of any
    line, by default its clock times.
    """
    spans = []
    for offset in range(-1, max(horizon.days, 7) + 1):
        day = horizon.start + timedelta(days=offset)
        for number, (days, dates, start, end) in enumerate(recurring):
            regular = WEEKDAYS[day.weekday()] in (days or ()) and day not in special
            if day in (dates or ()) or regular:
                times = 1 if dates is None else dates.count(day)
                begin, stop = (offset * 1440 + start, offset * 1440 + end) if span is None else span(number, day)
                spans += [(begin, stop, number, day)] * times
    found: set[tuple[int, int]] = set()
    for (_, until, one, _), (start, _, other, day) in pairwise(sorted(spans)):
        if start < until and (one, other) not in found:
            found.add((one, other))
            yield one, other, day


def _rules(file: InstanceFile, document: YamlDocument, known: KnownNames) -> Iterator[Problem]:
    seen: set[str] = set()
    for section, rules in (("agreements", file.agreements), ("rules", file.rules)):
        for number, rule in enumerate(rules):
            path = (section, number)
            if rule.id in seen:
                yield Problem(*document.at((*path, "id")), _twice("id", rule.id))
            seen.add(rule.id)
            for wrong in rule.problems(file):
                yield Problem(*document.at(path), wrong)
            yield from _unknown(rule, path, document, known)


def _placement(file: InstanceFile, document: YamlDocument, known: KnownNames) -> Iterator[Problem]:
    for number, line in enumerate(file.written_placement):
        yield from _unknown(line, ("placement", number), document, known)


def _deadlines(file: InstanceFile, document: YamlDocument, known: KnownNames) -> Iterator[Problem]:
    for number, line in enumerate(file.deadlines):
        yield from _unknown(line, ("deadlines", number), document, known)
    for party in file.calendars:
        message = known.missing("party", party)
        if message is not None:
            yield Problem(*document.at(("calendars", party)), message)


def _unknown(
    model: BaseModel, path: tuple[str | int, ...], document: YamlDocument, known: KnownNames
) -> Iterator[Problem]:
    """Words of a part of instance.yaml that refer to nothing: an error, or a warning if content is selected by them."""
    for inner, ref, word in named_in(model):
        message = known.missing(ref.kind, word)
        if message is not None:
            place = document.at((*path, *inner))
            yield Problem(*place, message, "warning" if ref.selects else "error", (ref.kind, word))


def _rows(
    name: str, rows: Iterable[BaseModel], numbers: Iterable[int], table: CsvTable, known: KnownNames
) -> Iterator[Problem]:
    ids = {"programmes.csv": "programme", "anchors.csv": "anchor"}
    own = ids.get(name)
    seen: dict[str, int] = {}
    for number, row in zip(numbers, rows, strict=True):
        if own is not None:
            word = getattr(row, own)
            if word in seen:
                yield Problem(*table.at(number, own), _again(_twice(own, word), table, seen[word]))
            seen.setdefault(word, number)
        for path, ref, word in named_in(row):
            if ref.kind == "programme" and getattr(row, "anchor", False):
                continue
            message = known.missing(ref.kind, word)
            if message:
                yield Problem(*table.at(number, str(path[0])), message, cause=(ref.kind, word))


def _times(file: InstanceFile, rows: list[Aired | Lock], table: CsvTable) -> Iterator[Problem]:
    """Columns of airings that state the same time differently."""
    names = frozenset(zone_names())
    zones = {channel.id: channel.zone for channel in file.channels if channel.zone in names}
    for number, row in enumerate(rows):
        if row.channel is not None and row.channel in zones:
            for column, message in contradictions(row, table.rows[number], zones[row.channel], file.broadcast_day):
                yield Problem(*table.at(number, column), message)


def _history(file: InstanceFile, rows: list[Aired], table: CsvTable) -> Iterator[Problem]:
    zones = {channel.id: channel.zone for channel in file.channels}
    shift = timedelta(minutes=file.broadcast_day)
    for number, row in enumerate(rows):
        try:
            day = (row.start_utc.astimezone(zone_clock(zones[row.channel])) - shift).date()
        except (KeyError, LookupError):
            continue
        last = file.horizon.start + timedelta(days=file.horizon.days - 1)
        if day > last:
            message = msg(
                "'{programme}' aired on {day}, but the horizon ends on {last}",
                programme=row.programme,
                day=str(day),
                last=str(last),
            )
            yield Problem(*table.at(number, "start_utc"), message)


def _catalogue(file: InstanceFile, rows: list[Programme], table: CsvTable) -> Iterator[Problem]:
    longest = max((window.end - window.start for channel in file.channels for window in channel.windows), default=0)
    first = file.horizon.start
    for number, row in enumerate(rows):
        if row.minutes > longest:
            at = table.at(number, "minutes")
            message = msg(
                "'{programme}' is {minutes} minutes long, but the longest window has {longest}",
                programme=row.programme,
                minutes=row.minutes,
                longest=longest,
            )
            yield Problem(*at, message)
        for code, _ in row.not_before:
            if code not in file.territories:
                yield Problem(*table.at(number, "not_before"), there_is_no("territory", code, file.territories))
        if row.rights_to is not None and row.rights_to < first:
            at = table.at(number, "rights_to")
            message = msg(
                "the rights of '{programme}' ended on {last}, before the horizon begins on {first}",
                programme=row.programme,
                last=str(row.rights_to),
                first=str(first),
            )
            yield Problem(*at, message, "warning")


def _circles(rows: list[Programme], table: CsvTable) -> Iterator[Problem]:
    """Seasons that come after each other in a circle, so that none can begin. Each circle is reported once."""
    before = {row.programme: row.after for row in rows if row.after}
    number = {row.programme: at for at, row in enumerate(rows)}
    seen: set[str] = set()
    for name in before:
        path: list[str] = []
        at: str | None = name
        while at is not None and at not in seen:
            seen.add(at)
            path.append(at)
            at = before.get(at)
        if at in path:
            circle = path[path.index(at) :]
            message = msg(
                "`after` goes in a circle, so none of these seasons can begin: {titles}; leave it blank for the first"
                " one",
                titles=" → ".join([*circle, circle[0]]),
            )
            yield Problem(*table.at(number[circle[0]], "after"), message)


def _without_giver(file: InstanceFile, rows: Sequence[Programme | Anchor], table: CsvTable) -> Iterator[Problem]:
    """Rows that serve an agreement of three or more parties, of which none supplies them.

    Between two parties, the one whose channel does not air it gives it. Among three this does not say who.
    """
    parties = {rule.id: rule.parties for rule in file.agreements if isinstance(rule, AgreementModel)}
    for number, row in enumerate(rows):
        suppliers = {code for code, _ in row.origin} | {row.owner} - set(file.territories)
        for name in row.serves or ():
            if len(parties.get(name, ())) > 2 and not suppliers & set(parties[name]):
                message = msg(
                    "`serves` names {agreement} of {parties}, but none of them has a share of the origin or is the"
                    " owner, so nothing says who of them gives it; name a party as `owner` or in"
                    " `origin`, or write `none`",
                    agreement=name,
                    parties=Listed(tuple(parties[name])),
                )
                yield Problem(*table.at(number, "serves"), message)


def _anchors(file: InstanceFile, rows: list[Anchor], table: CsvTable) -> Iterator[Problem]:
    names = frozenset(zone_names())
    zones = {channel.id: channel.zone for channel in file.channels if channel.zone in names}
    on_channel: dict[str, list[int]] = {}
    for number, row in enumerate(rows):
        on_channel.setdefault(row.channel, []).append(number)
    for numbers in on_channel.values():
        mine = [rows[number] for number in numbers]
        recurring = [(row.days, None if row.date is None else (row.date,), row.start, row.end) for row in mine]
        zone = zones.get(mine[0].channel)
        span = None
        if zone is not None and any(row.second_pass for row in mine):
            yield from _second_passes(rows, numbers, zone, table)
            span = partial(_on_line, mine, zone)
        for one, other, _ in _clashes(recurring, file.horizon, span=span):
            message = msg(
                "the anchor '{anchor}' overlaps '{other}' in line {line}",
                anchor=mine[other].anchor,
                other=mine[one].anchor,
                line=str(table.lines[numbers[one]]),
            )
            yield Problem(*table.at(numbers[other], "start"), message)


def _on_line(rows: Sequence[Anchor], zone: str, number: int, day: date) -> tuple[int, int]:
    """(start, end) of an anchor on a day, in minutes that do not depend on clock changes."""
    row = rows[number]
    start = moment_on_clock(zone, day, row.start, second_pass="start" in row.second_pass)
    end = moment_on_clock(zone, day, row.end, second_pass="end" in row.second_pass)
    return int(start.timestamp()) // 60, int(end.timestamp()) // 60


def _second_passes(rows: Sequence[Anchor], numbers: Sequence[int], zone: str, table: CsvTable) -> Iterator[Problem]:
    """Problems of anchors whose second pass the clock does not have, or that end before they start."""
    for number in numbers:
        row = rows[number]
        if row.date is None or not row.second_pass:
            continue
        for edge in row.second_pass:
            minute = row.start if edge == "start" else row.end
            if not comes_twice(zone, row.date, minute):
                what = msg(
                    "second_pass: {clock} comes once on {day} in {zone}; leave '{edge}' out",
                    clock=clock_text(minute),
                    day=str(row.date),
                    zone=zone,
                    edge=edge,
                )
                yield Problem(*table.at(number, "second_pass"), what)
        start, end = _on_line(rows, zone, number, row.date)
        if end <= start:
            what = msg(
                "the anchor '{anchor}' ends at {end}, before it starts", anchor=row.anchor, end=clock_text(row.end)
            )
            yield Problem(*table.at(number, "end"), what)


def _audience(file: InstanceFile, rows: list[AudienceRow], table: CsvTable) -> Iterator[Problem]:
    fields: dict[str, set[tuple[str, int]]] = {}
    seen: dict[tuple[str, str, int, str, str], int] = {}
    for number, row in enumerate(rows):
        for day in [str(row.date)] if row.days is None else sorted(row.days, key=WEEKDAYS.index):
            key = (row.channel, day, row.hour, row.genre, row.version_kind)
            if key in seen:
                what = msg("{what} appears twice", what=f"{row.channel}, {day} {row.hour:02d}:00")
                yield Problem(*table.at(number, "hour"), _again(what, table, seen[key]))
                break
            seen[key] = number
            if not row.genre and not row.version_kind and row.days is not None:
                fields.setdefault(row.channel, set()).add((day, row.hour))
    for channel in file.channels:
        missing = [
            (day, hour) for day in WEEKDAYS for hour in range(24) if (day, hour) not in fields.get(channel.id, ())
        ]
        if missing:
            day, hour = missing[0]
            message = msg(
                "'{channel}' has no viewers for {hour} ({number} of 168 hours are missing)",
                channel=channel.id,
                hour=f"{day} {hour:02d}:00",
                number=len(missing),
            )
            cause = ("channel", channel.id) if len(missing) == len(WEEKDAYS) * 24 else ()
            yield Problem(table.file, 1, 1, message, cause=cause)
