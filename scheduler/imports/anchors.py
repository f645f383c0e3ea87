"""Slots as rows of anchors.csv. Slots with the same time and title on several weekdays become one row."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scheduler.instance import TABLES, Anchor, read_csv, zone_clock
from scheduler.instance.files.validation import at_field, message_of
from scheduler.instance.model.field_types import MAX_CLOCK, WEEKDAYS, clock_text
from scheduler.instance.signs import as_read
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from scheduler.imports.findings import Findings
    from scheduler.imports.slots import SettledSlot, Slot
    from scheduler.instance import Instance

COLUMNS = tuple(TABLES["anchors.csv"].model_fields)
_WHEN = frozenset({"anchor", "channel", "days", "date", "start", "end", "title", "second_pass"})


def anchors_of(instance: Instance, slots: Iterable[SettledSlot], findings: Findings) -> list[dict[str, str]]:
    """The rows of anchors.csv for slots. Each row is checked by the model of an anchor.

    If a slot lacks a column, its row has the cell of the present anchor with the same channel, start and title.
    Without such an anchor the origin is the channel's territory, the genre is "general" and the audio is the channel's
    first language.

    Parameters
    ----------
    instance
        The instance, with the anchors that are present before the import.
    slots
        The slots, each inside the horizon.
    findings
        Collects what is wrong, at the places of the slots.

    Returns
    -------
    list[dict[str, str]]
        Cells by column.
    """
    there = _columns_there(instance)
    groups: dict[tuple[Any, ...], list[tuple[date, SettledSlot]]] = {}
    for slot in slots:
        day, start, end, second_pass = _on_clock(instance, slot, findings)
        key = (slot.channel, slot.identity, start, end, slot.title, slot.fields, second_pass)
        groups.setdefault(key, []).append((day, slot))
    taken: set[str] = set()
    rows: list[dict[str, str]] = []
    counts: dict[int, int] = {}
    for (channel, identity, start, end, title, fields, second_pass), found in groups.items():
        owner = instance.channels[channel]
        before = there.get((owner.id, start, as_read(title)), {})
        own = {"genre": "general", "origin": owner.territory, "audio": owner.languages[0], **before, **dict(fields)}
        days = [day for day, _ in found]
        for when in [{"date": day.isoformat()} for day in days] if second_pass else when_of(instance, days):
            if not identity:
                counts[channel] = counts.get(channel, 0) + 1
            name = unused_name(identity or f"{owner.id[:70]}-{counts[channel]:03d}", taken)
            row = {"anchor": name, "channel": owner.id, **when, "start": clock_text(start), "end": clock_text(end)}
            rows.append({**row, "title": title, **own, "second_pass": second_pass})
            _try(rows[-1], found[0][1], findings)
    return rows


def table_text(rows: Sequence[dict[str, str]], columns: Sequence[str], *, needed: Collection[str] = ()) -> str:
    """The rows as CSV, with the columns that are needed or in which a row has a cell, in the given order."""
    used = [name for name in columns if name in needed or any(row.get(name) for row in rows)]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, used, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def when_of(instance: Instance, days: list[date]) -> list[dict[str, str]]:
    """The cells `days` or `date` for some days.

    It is `days` if these are all days of the horizon with their weekdays.
    """
    horizon = instance.file.horizon
    every = [horizon.start + timedelta(days=at) for at in range(horizon.days)]
    weekdays = sorted({day.weekday() for day in days})
    if len(days) > 1 and sorted(days) == [day for day in every if day.weekday() in weekdays]:
        text = "all" if len(weekdays) == 7 else ";".join(WEEKDAYS[day] for day in weekdays)
        return [{"days": text}]
    return [{"date": day.isoformat()} for day in days]


def unused_name(name: str, taken: set[str]) -> str:
    """An id made from a name, different from the ids in `taken`, to which it is added."""
    clean = re.sub(r"[^\w.+'-]", "-", name)[:80] or "anchor"
    found, turn = clean, 2
    while found in taken:
        found, turn = f"{clean[:74]}-{turn}", turn + 1
    taken.add(found)
    return found


def rows_there(instance: Instance) -> list[dict[str, str]]:
    """The unchanged rows of anchors.csv, in the order of the instance's anchors."""
    path = instance.folder / "anchors.csv"
    if not path.is_file():
        return []
    required = frozenset(name for name, field in Anchor.model_fields.items() if field.is_required())
    return read_csv(path, path.name, frozenset(COLUMNS), required).rows


def _columns_there(instance: Instance) -> dict[tuple[str, int, str], dict[str, str]]:
    """The other cells of the present anchors, by channel, start and title."""
    return {
        (anchor.channel, anchor.start, as_read(anchor.title)): {
            name: cell for name, cell in row.items() if name not in _WHEN
        }
        for row, anchor in zip(rows_there(instance), instance.anchors, strict=True)
    }


def _on_clock(instance: Instance, slot: SettledSlot, findings: Findings) -> tuple[date, int, int, str]:
    """(day, start, end, second_pass) on the channel's clock. Start and end are minutes since midnight of the day.

    An end after midnight is above 1440. A start is above 1440 only if it is after the last day of the horizon.
    """
    zone = zone_clock(instance.channels[slot.channel].zone)
    horizon = instance.file.horizon
    local, stop = slot.start.astimezone(zone), slot.stop.astimezone(zone)
    day = min(local.date(), horizon.start + timedelta(days=horizon.days - 1))
    start = (local.date() - day).days * 1440 + local.hour * 60 + local.minute
    end = (stop.date() - day).days * 1440 + stop.hour * 60 + stop.minute
    if end > MAX_CLOCK:
        what = msg("'{title}' ends after 6:00 of the next day", title=slot.title)
        findings.repair(slot.file, slot.place, what, msg("it is cut there"))
        end, stop = MAX_CLOCK, stop.replace(fold=0)
    late = [edge for edge, moment in (("start", local), ("end", stop)) if moment.fold]
    return day, start, end, ";".join(late)


def _try(row: dict[str, str], slot: Slot, findings: Findings) -> None:
    try:
        Anchor.model_validate({name: cell for name, cell in row.items() if cell})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            message = message_of(detail)
            findings.fail(slot.file, slot.place, at_field(str(detail["loc"][0]), message) if detail["loc"] else message)
