"""XMLTV as this program writes and reads it: the ids of channels, and the prefix of its own keywords."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scheduler.instance import Instance

OWN = "parity:"
"""Prefix of the keywords for data that has no element in XMLTV."""

_ID = re.compile(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+$")


def channel_ids(instance: Instance) -> dict[str, str]:
    """The id of every channel in XMLTV: Latin letters, digits and dashes, and at least one dot."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for channel in instance.channels:
        clean = "".join(sign if _is_plain(sign) else "-" for sign in channel.id)
        clean = re.sub(r"\.+", ".", clean).strip(".") or "channel"
        if not _ID.match(clean):
            clean = f"{clean}.{channel.territory.lower()}"
        name, turn = clean, 2
        while name in taken:
            name, turn = f"{turn}-{clean}", turn + 1
        taken.add(name)
        found[channel.id] = name
    return found


def _is_plain(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign in "-.")
