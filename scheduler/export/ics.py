"""iCalendar (RFC 5545): a calendar of airings, with the time zones of all channels.

A series in a slot is one recurring event. RRULE has its weekdays on the channel's clock, EXDATE the days on which it
pauses. An airing at another time is an event with RECURRENCE-ID. Every other airing is a single event.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from icalendar import Calendar, Event, Timezone

from scheduler.arrays import records
from scheduler.instance import zone_clock
from scheduler.timetable import strand_entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from scheduler.export.selection import Selection
    from scheduler.timetable import StrandEntries

DOMAIN = "parity-scheduler"
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def ics_text(selection: Selection, *, each_airing: bool = False) -> str:
    """The calendar of the selected channels. The same timetable gives the same text: DTSTAMP is the horizon's start.

    With `each_airing` no event recurs: every airing has its own event, with the uid that notices of changes use.
    """
    instance = selection.instance
    names = {channel.id: channel.name for channel in instance.channels}
    there = selection.channels
    calendar = Calendar()
    calendar.add("prodid", f"-//{DOMAIN}//timetable//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", names[there[0]] if len(there) == 1 else instance.file.name)
    stamp = datetime.combine(instance.file.horizon.start, time(), tzinfo=UTC)
    first = instance.file.horizon.start
    span = first.replace(month=1, day=1), first + timedelta(days=366 + instance.file.horizon.days)
    for zone in sorted({channel.zone for channel in instance.channels if channel.id in set(there)}):
        calendar.add_component(Timezone.from_tzinfo(zone_clock(zone), zone, *span))
    rows = dict(zip(selection.frame.index.tolist(), records(selection.frame), strict=True))
    heads: dict[int, list[Event]] = {}
    inside: set[int] = set()
    for strand in () if each_airing else strand_entries(selection.timetable, selection.frame):
        recurring = _recurring(strand, rows)
        if len(recurring.entries) > 1:
            heads[recurring.entries[0]] = _strand_events(recurring, rows, names, stamp)
            inside |= {*recurring.entries, *(entry for _, entry in recurring.moved)}
    for entry, row in rows.items():
        for event in heads.get(entry, [] if entry in inside else [event_of(row, names, stamp)]):
            calendar.add_component(event)
    return str(calendar.to_ical(sorted=False), "utf-8")


def _recurring(strand: StrandEntries, rows: Mapping[int, dict[str, Any]]) -> StrandEntries:
    """The recurring part of a strand: airings whose clock time occurs once on their day, and exceptions among them."""
    once = [
        (entry, day)
        for entry, day in zip(strand.entries, strand.days, strict=True)
        if not _comes_twice(rows[entry]["start_utc"], rows[entry]["timezone"])
    ]
    days = tuple(day for _, day in once)
    weekdays = {day.weekday() for day in days}
    moved = [(day, at) for day, at in strand.moved if days and days[0] < day < days[-1] and day.weekday() in weekdays]
    return replace(strand, entries=tuple(entry for entry, _ in once), days=days, moved=tuple(moved))


def _strand_events(
    strand: StrandEntries, rows: Mapping[int, dict[str, Any]], names: Mapping[str, str], stamp: datetime
) -> list[Event]:
    """The recurring event of a strand, and an event for each airing of it that begins at another time."""
    shown = [rows[entry] for entry in strand.entries]
    start, end = (_local(row["start_utc"], row["timezone"]) for row in (shown[0], shown[-1]))
    late = start.date() - strand.days[0]  # a day where it begins after midnight

    def on(day: date) -> datetime:
        return datetime.combine(day + late, start.time(), start.tzinfo)

    uid = f"{shown[0]['airing_id']}/series"
    days = [f"{day + late} · {row['episode']}" for day, row in zip(strand.days, shown, strict=True)]
    event = event_of(shown[0], names, stamp, uid=uid, last_episode=shown[-1]["episode"], days=days)
    weekdays = sorted({(day + late).weekday() for day in strand.days})
    event.add("rrule", {"freq": "weekly", "byday": [WEEKDAYS[day] for day in weekdays], "until": end.astimezone(UTC)})
    held = {*strand.days, *(day for day, _ in strand.moved)}
    span = (strand.days[0] + timedelta(days=after) for after in range((strand.days[-1] - strand.days[0]).days))
    off = [on(day) for day in span if (day + late).weekday() in weekdays and day not in held]
    if off:
        event.add("exdate", off)
    exceptions = [event_of(rows[entry], names, stamp, uid=uid) for _, entry in strand.moved]
    for exception, (day, _) in zip(exceptions, strand.moved, strict=True):
        exception.add("recurrence-id", on(day))
    return [event, *exceptions]


def _local(utc: str, zone: str) -> datetime:
    return datetime.fromisoformat(utc).astimezone(zone_clock(zone))


def _comes_twice(utc: str, zone: str) -> bool:
    """Whether the clock time of a moment occurs twice on that day because clocks are put back."""
    local = _local(utc, zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def event_of(
    row: Mapping[str, Any],
    names: Mapping[str, str],
    stamp: datetime,
    *,
    uid: str | None = None,
    last_episode: str = "",
    days: Sequence[str] = (),
) -> Event:
    """One airing (a row of timetable.csv) as an event, or a series that begins with it.

    Its start is on the channel's clock. It is in UTC if that clock time occurs twice on its day.

    Parameters
    ----------
    uid
        Default: the airing's id.
    last_episode, days
        Of a series: its last episode, and a line for each of its days.
    """
    utc, zone = row["start_utc"], row["timezone"]
    episodes = row["episode"] if last_episode in ("", row["episode"]) else f"{row['episode']}–{last_episode}"
    event = Event()
    event.add("uid", f"{row['airing_id'] if uid is None else uid}@{DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", datetime.fromisoformat(utc) if _comes_twice(utc, zone) else _local(utc, zone))
    event.add("duration", timedelta(minutes=row["duration_min"]))
    event.add("summary", f"{row['title']} · {episodes}" if episodes else row["title"])
    event.add("location", names[row["channel"]])
    texts = [f"{row['origin']}, {row['version_language']} {row['version_kind']}, {row['run']}"]
    texts += [f"{row['agreement']} {row['direction']}"] if row["agreement"] else []
    event.add("description", "\n".join([*texts, *days]))
    event.add("categories", [row["genre"], *(word for word in row["agreement"].split(";") if word)])
    event.add("transp", "TRANSPARENT")
    return event
