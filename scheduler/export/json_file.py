"""A timetable as JSON, for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.export.selection import Selection

SCHEMA_VERSION = 1
LISTS = ("agreement", "direction")


def json_text(selection: Selection) -> str:
    """The channels and all airings: the columns of timetable.csv with numbers, lists and booleans."""
    instance = selection.instance
    airings = selection.frame.to_dict("records")
    for airing in airings:
        airing["episode"] = int(airing["episode"]) if airing["episode"] else None
        for name in LISTS:
            airing[name] = airing[name].split(";") if airing[name] else []
        for name in ("live", "anchor"):
            airing[name] = airing[name] == "yes"
        if airing["expected_viewers"] == "":
            airing["expected_viewers"] = None
        airing["daypart"] = airing["daypart"] or None
    there = set(selection.channels)
    fields = {
        "schema_version": SCHEMA_VERSION,
        "instance": instance.file.name,
        "instance_sha256": instance.digest,
        "horizon": {"start": instance.file.horizon.start.isoformat(), "days": instance.file.horizon.days},
        "channels": [
            {"id": channel.id, "name": channel.name, "territory": channel.territory, "timezone": channel.zone}
            for channel in instance.channels
            if channel.id in there
        ],
        "airings": airings,
    }
    return json.dumps(fields, indent=1, ensure_ascii=False) + "\n"
