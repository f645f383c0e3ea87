"""Problems of time zones that do not exist, or whose sign is the opposite of what it seems."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from scheduler.instance.derived.timeline import zone_clock, zone_names
from scheduler.instance.files.named import there_is_no
from scheduler.messages import msg

if TYPE_CHECKING:
    from datetime import date

    from scheduler.messages import Message

_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?$", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})$")


def unknown_zone(name: str, territory: str, day: date) -> Message:
    """The problem of an unknown zone, with suggestions.

    For an offset they are zones of the territory with this offset.
    """
    offset = _OFFSET.match(name.strip())
    if offset is None:
        return there_is_no("time zone", name, zone_names())
    minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    ahead = timedelta(minutes=minutes)
    alike = [zone for zone in _of_territory(territory) if noon.astimezone(zone_clock(zone)).utcoffset() == ahead]
    return msg(
        "'{name}' is an offset and no time zone; write the IANA name of a place on that clock, such as {zones}",
        name=name,
        zones=", ".join(alike[:3]) or "Asia/Almaty",
    )


def reversed_zone(name: str) -> Message | None:
    """A warning for Etc/GMT+5, which is five hours behind UTC. None for every other zone."""
    match = _FIXED.match(name)
    if match is None or match[2] == "0":
        return None
    side = "-" if match[1] == "+" else "+"
    return msg(
        "{name} is UTC{offset} and never changes; a place such as Asia/Almaty is safer",
        name=name,
        offset=f"{side}{match[2]}",
    )


def _of_territory(code: str) -> list[str]:
    """The zones of a country, as the zone database lists them."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [line[2] for line in lines if code in line[0].split(",")]
