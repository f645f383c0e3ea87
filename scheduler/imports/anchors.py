"""Slots as rows of anchors.csv: what comes again on the same weekdays is one row."""

from __future__ import annotations

import csv
import io
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from scheduler.instance import TABLES, Anchor, read_csv, zone_clock
from scheduler.instance.model.field_types import MAX_CLOCK, WEEKDAYS, clock_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.imports.mending import Mending
    from scheduler.imports.slots import Slot
    from scheduler.instance import Instance

COLUMNS = tuple(TABLES["anchors.csv"].model_fields)


def anchors_of(instance: Instance, slots: Iterable[Slot], mending: Mending) -> list[dict[str, str]]:
    """Rows of anchors.csv; every row is tried against its model, problems carry the slot's place."""
    groups: dict[tuple[Any, ...], list[tuple[date, Slot]]] = {}
    for slot in slots:
        day, start, end = _on_clock(instance, slot, mending)
        key = (slot.channel, slot.identity, start, end, slot.title, slot.fields)
        groups.setdefault(key, []).append((day, slot))
    taken: set[str] = set()
    rows: list[dict[str, str]] = []
    counts: dict[int, int] = {}
    for (channel, identity, start, end, title, fields), found in groups.items():
        owner = instance.channels[channel]
        for when in _when(instance, [day for day, _ in found]):
            if not identity:
                counts[channel] = counts.get(channel, 0) + 1
            name = _unused(identity or f"{owner.id[:70]}-{counts[channel]:03d}", taken)
            row = {"anchor": name, "channel": owner.id, **when, "start": clock_text(start), "end": clock_text(end)}
            rows.append({**row, "title": title, **dict(fields)})
            _try(rows[-1], found[0][1], mending)
    return rows


def anchors_text(instance: Instance, rows: Sequence[dict[str, str]]) -> str:
    """anchors.csv with these rows in place of all anchors of their channels; other channels keep theirs."""
    ours = {row["channel"] for row in rows}
    path = instance.folder / "anchors.csv"
    kept: list[dict[str, str]] = []
    if path.is_file():
        required = frozenset(name for name, field in Anchor.model_fields.items() if field.is_required())
        table = read_csv(path, path.name, frozenset(COLUMNS), required)
        kept = [row for row in table.rows if row["channel"] not in ours]
    names = {row["anchor"] for row in kept}
    renamed = [{**row, "anchor": _unused(row["anchor"], names)} for row in rows]
    return table_text([*kept, *renamed], COLUMNS)


def table_text(rows: Sequence[dict[str, str]], columns: Sequence[str]) -> str:
    """CSV of the columns that some row fills, in order."""
    used = [name for name in columns if any(row.get(name) for row in rows)]
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, used, restval="", lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def _on_clock(instance: Instance, slot: Slot, mending: Mending) -> tuple[date, int, int]:
    """(day, start, end) on the channel's clock; the end counts on past midnight."""
    assert slot.stop is not None
    zone = zone_clock(instance.channels[slot.channel].zone)
    local = slot.start.astimezone(zone)
    start = local.hour * 60 + local.minute
    stop = slot.stop.astimezone(zone)
    end = (stop.date() - local.date()).days * 1440 + stop.hour * 60 + stop.minute
    if end > MAX_CLOCK:
        mending.mend(slot.file, slot.place, f"'{slot.title}' runs past 6:00 of the next day", "it is cut there")
        end = MAX_CLOCK
    return local.date(), start, end


def _when(instance: Instance, days: list[date]) -> list[dict[str, str]]:
    """The cells `days` or `date`: weekdays where these are all such days of the horizon."""
    horizon = instance.file.horizon
    every = [horizon.start + timedelta(days=at) for at in range(horizon.days)]
    weekdays = sorted({day.weekday() for day in days})
    if len(days) > 1 and sorted(days) == [day for day in every if day.weekday() in weekdays]:
        said = "all" if len(weekdays) == 7 else ";".join(WEEKDAYS[day] for day in weekdays)
        return [{"days": said}]
    return [{"date": day.isoformat()} for day in days]


def _unused(name: str, taken: set[str]) -> str:
    clean = re.sub(r"[^\w.+'-]", "-", name)[:80] or "anchor"
    found, turn = clean, 2
    while found in taken:
        found, turn = f"{clean[:74]}-{turn}", turn + 1
    taken.add(found)
    return found


def _try(row: dict[str, str], slot: Slot, mending: Mending) -> None:
    try:
        Anchor.model_validate({name: cell for name, cell in row.items() if cell})
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            field = ".".join(map(str, detail["loc"]))
            mending.fail(slot.file, slot.place, f"{field}: {detail['msg'].removeprefix('Value error, ')}")
