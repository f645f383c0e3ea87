"""What to say of a time zone that is none, or that means the opposite of what it seems to."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from importlib import resources
from typing import TYPE_CHECKING

from scheduler.instance.derived.timeline import zone_clock, zone_names
from scheduler.instance.files.problem import did_you_mean

if TYPE_CHECKING:
    from datetime import date

_OFFSET = re.compile(r"(?:UTC|GMT|Z)?\s*([+-])(\d{1,2})(?::?([0-5]\d))?$", re.IGNORECASE)
_FIXED = re.compile(r"Etc/GMT([+-])(\d{1,2})$")


def unknown_zone(name: str, territory: str, day: date) -> str:
    """Why a zone is not known and which is meant: for an offset, places of the territory whose clock shows it."""
    offset = _OFFSET.match(name.strip())
    if offset is None:
        return f"there is no time zone '{name}'{did_you_mean(name, zone_names())}"
    minutes = (int(offset[2]) * 60 + int(offset[3] or 0)) * (-1 if offset[1] == "-" else 1)
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    ahead = timedelta(minutes=minutes)
    alike = [zone for zone in _of_territory(territory) if noon.astimezone(zone_clock(zone)).utcoffset() == ahead]
    such = f"such as {', '.join(alike[:3])}" if alike else "such as Asia/Almaty"
    return f"'{name}' is an offset and no time zone; write the IANA name of a place on that clock, {such}"


def reversed_zone(name: str) -> str:
    """A warning for Etc/GMT+5, which is five hours behind UTC; empty for every other zone."""
    match = _FIXED.match(name)
    if match is None or match[2] == "0":
        return ""
    side = "behind" if match[1] == "+" else "ahead of"
    return f"{name} is {match[2]} hours {side} UTC and never changes; a place such as Asia/Almaty is safer"


def _of_territory(code: str) -> list[str]:
    """The zones of a country, as the zone database lists them."""
    text = (resources.files("tzdata") / "zoneinfo" / "zone1970.tab").read_text(encoding="utf-8")
    lines = [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]
    return [line[2] for line in lines if code in line[0].split(",")]
