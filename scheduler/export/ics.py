"""iCalendar (RFC 5545): a calendar of airings, with the rules of every clock beside the times."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from icalendar import Calendar, Event, Timezone

from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from scheduler.export.selection import Selection

DOMAIN = "parity-scheduler"


def ics_text(selection: Selection) -> str:
    """The calendar of the selected channels. The same timetable gives the same text: its stamp is the horizon's."""
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
    rows: list[dict[str, Any]] = selection.frame.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        calendar.add_component(event_of(row, names, stamp))
    return str(calendar.to_ical(sorted=False), "utf-8")


def _start(utc: datetime, zone: str) -> datetime:
    """The start on the channel's clock; in UTC where that clock time comes twice, since a calendar names no fold."""
    local = utc.astimezone(zone_clock(zone))
    comes_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    return utc if comes_twice else local


def event_of(row: dict[str, Any], names: dict[str, str], stamp: datetime) -> Event:
    """One airing, a row of timetable.csv, as an event."""
    event = Event()
    event.add("uid", f"{row['airing_id']}@{DOMAIN}")
    event.add("dtstamp", stamp)
    event.add("dtstart", _start(datetime.fromisoformat(row["start_utc"]), row["timezone"]))
    event.add("duration", timedelta(minutes=row["duration_min"]))
    event.add("summary", f"{row['title']} · {row['episode']}" if row["episode"] else row["title"])
    event.add("location", names[row["channel"]])
    said = [f"{row['origin']}, {row['version_language']} {row['version_kind']}, {row['run']}"]
    said += [f"{row['agreement']} {row['direction']}"] if row["agreement"] else []
    event.add("description", "\n".join(said))
    event.add("categories", [row["genre"], *(word for word in row["agreement"].split(";") if word)])
    event.add("transp", "TRANSPARENT")
    return event
