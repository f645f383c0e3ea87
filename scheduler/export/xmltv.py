"""XMLTV, the format of listings systems and set-top boxes (DTD of the XMLTV project, elements in its order)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from scheduler.arrays import records
from scheduler.formats.xmltv import OWN, channel_ids
from scheduler.instance import zone_clock
from scheduler.report.language import bcp47
from scheduler.version import __version__

if TYPE_CHECKING:
    from scheduler.export.selection import Selection
    from scheduler.instance import Anchor, Channel, Programme

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tv SYSTEM "xmltv.dtd">\n'

_BARRED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")


def xmltv_text(selection: Selection) -> str:
    """The document: the channels with airings, then the programmes by channel and start."""
    instance, ids = selection.instance, channel_ids(selection.instance)
    root = ElementTree.Element("tv", {"generator-info-name": f"parity-scheduler {__version__}"})
    order = {channel.id: at for at, channel in enumerate(instance.channels)}
    for name in selection.channels:
        channel = instance.channels[order[name]]
        element = ElementTree.SubElement(root, "channel", {"id": ids[name]})
        _say(element, "display-name", channel.name)
    anchors = {anchor.anchor: anchor for anchor in instance.anchors}
    frame = selection.frame.assign(order=selection.frame["channel"].map(order))
    for row in records(frame.sort_values(["order", "start_utc"], kind="stable")):
        channel = instance.channels[order[row["channel"]]]
        if row["anchor"]:
            _airing(root, row, channel, ids[channel.id], None, anchors[row["programme"]])
        else:
            programme = instance.programmes[instance.programme_index[row["programme"]]]
            _airing(root, row, channel, ids[channel.id], programme, None)
    ElementTree.indent(root, space=" ")
    return HEAD + ElementTree.tostring(root, encoding="unicode") + "\n"


def _airing(
    root: ElementTree.Element,
    row: dict[str, Any],
    channel: Channel,
    channel_id: str,
    programme: Programme | None,
    anchor: Anchor | None,
) -> None:
    """One programme element, its children in the order of the DTD."""
    times = {"start": _moment(row["start_utc"], channel.zone), "stop": _moment(row["end_utc"], channel.zone)}
    element = ElementTree.SubElement(root, "programme", {**times, "channel": channel_id})
    for language, title in _titles(row, channel, programme):
        _say(element, "title", title, {"lang": bcp47(language)} if language else {})
    _say(element, "category", row["genre"], {"lang": "en"})
    for word in _keywords(row, programme, anchor):
        _say(element, "keyword", word)
    spoken = row["original_language"] if row["version_kind"] == "subtitled" else row["version_language"]
    _say(element, "language", bcp47(spoken))
    _say(element, "orig-language", bcp47(row["original_language"]))
    _say(element, "length", str(row["duration_min"]), {"units": "minutes"})
    for part in row["origin"].split(";"):
        _say(element, "country", part.partition(":")[0])
    if programme is not None and row["episode"]:
        _episode(element, int(row["episode"]), programme)
    if row["run"] == "rerun":
        ElementTree.SubElement(element, "previously-shown")
    elif programme is not None:
        ElementTree.SubElement(element, "premiere")
    if row["version_kind"] == "subtitled":
        subtitles = ElementTree.SubElement(element, "subtitles", {"type": "onscreen"})
        _say(subtitles, "language", bcp47(row["version_language"]))
    age = programme.age if programme is not None else anchor.age if anchor is not None else 0
    if age:
        rating = ElementTree.SubElement(element, "rating", {"system": channel.territory})
        _say(rating, "value", f"{age}+")


def _episode(element: ElementTree.Element, number: int, programme: Programme) -> None:
    """The number of an episode. xmltv_ns counts seasons and episodes from 0, the shown number from 1."""
    season = "" if programme.season is None else str(programme.season - 1)
    _say(element, "episode-num", f"{season}.{number - 1}/{max(programme.episodes, number)}.", {"system": "xmltv_ns"})
    shown = f"E{number}" if programme.season is None else f"S{programme.season} E{number}"
    _say(element, "episode-num", shown, {"system": "onscreen"})


def _titles(row: dict[str, Any], channel: Channel, programme: Programme | None) -> list[tuple[str, str]]:
    """(language, title), the channel's languages first. The main title has no language."""
    written = dict(programme.titles) if programme is not None else {}
    first = [(language, written[language]) for language in channel.languages if language in written]
    rest = [(language, title) for language, title in written.items() if language not in channel.languages]
    return [*first, ("", row["title"]), *rest]


def _keywords(row: dict[str, Any], programme: Programme | None, anchor: Anchor | None) -> list[str]:
    """Agreements and their directions; for anchors also the fields that have no element, for an import."""
    pairs = zip(row["agreement"].split(";"), row["direction"].split(";"), strict=True)
    words = [f"{agreement} {direction}" for agreement, direction in pairs if agreement]
    if programme is not None:
        return [*words, f"{OWN}programme={programme.programme}"]
    if anchor is None:
        return words
    words.append(f"{OWN}anchor={anchor.anchor}")
    own = {
        "origin": row["origin"] if ":" in row["origin"] else "",
        "version_kind": "" if anchor.version_kind == "original" else anchor.version_kind,
        "delivery": "" if anchor.delivery == "own" else anchor.delivery,
        "tags": ";".join(anchor.tags),
        "appeal": "" if anchor.appeal == 1 else str(anchor.appeal),
        "serves": "" if anchor.serves is None else ";".join(anchor.serves),
    }
    return [*words, *(f"{OWN}{name}={value}" for name, value in own.items() if value)]


def _moment(utc: str, zone: str) -> str:
    """A moment as XMLTV writes it: digits on the channel's clock, then the offset."""
    return datetime.fromisoformat(utc).astimezone(zone_clock(zone)).strftime("%Y%m%d%H%M%S %z")


def _say(parent: ElementTree.Element, tag: str, text: str, attributes: dict[str, str] | None = None) -> None:
    element = ElementTree.SubElement(parent, tag, attributes or {})
    element.text = _BARRED.sub("", text).strip() or "–"
