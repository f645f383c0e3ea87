"""Read an XMLTV guide. Every entry keeps its line, and every problem is reported."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.formats.xmltv import OWN
from scheduler.imports.age_marks import age_in_title, age_of
from scheduler.imports.encoding import text_of
from scheduler.imports.findings import CALLED_UNTITLED, NO_TITLE, UNTITLED, taken_as
from scheduler.imports.guide_channels import channels_of, unknown_channel
from scheduler.imports.guide_text import repaired
from scheduler.imports.guide_time import GuideClock
from scheduler.imports.guide_xml import Entry, parse
from scheduler.imports.packed import content_of
from scheduler.imports.slots import Slot
from scheduler.imports.words import UNKNOWN_ORIGIN, TheirWords, no_country
from scheduler.instance.codes import language_code
from scheduler.instance.files.named import there_is_no
from scheduler.instance.signs import as_read
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from scheduler.imports.findings import Findings
    from scheduler.instance import Channel, Instance

MAX_BYTES = 200_000_000
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_ESCAPED = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos|nbsp|laquo|raquo|[mn]dash|hellip);")
_UNITS = {"minutes": 60, "hours": 3600, "seconds": 1}


def read_guide(
    instance: Instance,
    path: Path,
    renamed: Mapping[str, str],
    findings: Findings,
    zone: str | None = None,
    words: TheirWords | None = None,
    owner: str | None = None,
) -> list[Slot]:
    """Read the slots of the instance's channels from a guide.

    Our export marks airings of the instance's catalogue. They are left out, because they are planned and must not
    become anchors.

    Parameters
    ----------
    instance, path
        The instance, and the guide.
    renamed
        Channels of the instance by ids of the guide's channels. If there are any, no other channel is read.
    findings
        Collects what is wrong.
    zone
        Time zone of times without an offset; by default UTC, with a warning.
    words
        Genres and origins of the instance by those of the guide.
    owner
        The instance's channel, for a guide that has only one.

    Raises
    ------
    InputError
        The file is not XML.
    """
    raw = content_of(path, MAX_BYTES, msg("an XMLTV guide"))
    declared = _DECLARED.search(raw[:200])
    source = repaired(
        text_of(raw, path.name, findings, declared[1].decode() if declared else None), path.name, findings
    )
    guide = parse(source, path.name)
    known = channels_of(instance, guide, path.name, renamed, findings, owner)
    reader = _Reader(instance, path.name, GuideClock(path.name, zone, findings), words or TheirWords(), findings)
    slots, strangers = [], set[str]()
    for entry in guide.entries:
        guide_id = entry.attributes.get("channel", "")
        if guide_id not in known:
            if guide_id not in strangers and not renamed and not _is_namesake(instance, guide.names, guide_id):
                what = unknown_channel(instance, guide.names, guide_id)
                findings.repair(path.name, entry.place, what, msg("its programmes are left out"))
            strangers.add(guide_id)
            continue
        if any(text.removeprefix(f"{OWN}programme=") in instance.programme_index for text in entry.all("keyword")):
            continue
        slot = reader.slot(entry, known[guide_id])
        if slot is not None:
            slots.append(slot)
    reader.clock.warn_of_missing_offsets(instance.channels[next(iter(known.values()), 0)].zone)
    reader.warn_of_unread_marks()
    if not guide.entries:
        findings.fail(path.name, (1, 1), msg("holds no programme; check that it is an XMLTV guide"))
    return slots


def _is_namesake(instance: Instance, names: Mapping[str, list[str]], guide_id: str) -> bool:
    """Whether a channel of the guide has the name of a channel of the instance. This is reported."""
    ours = {as_read(channel.name) for channel in instance.channels}
    ours |= {as_read(channel.id) for channel in instance.channels}
    return as_read(guide_id) in ours or any(as_read(name) in ours for name in names.get(guide_id, ()))


class _Reader:
    """Turns entries of one guide into slots."""

    def __init__(self, instance: Instance, file: str, clock: GuideClock, words: TheirWords, findings: Findings) -> None:
        self._instance, self._file, self.clock, self._findings = instance, file, clock, findings
        self._words = words
        self._latest: dict[int, datetime] = {}
        self._unread: dict[str, list[Entry]] = {}

    def slot(self, entry: Entry, channel: int) -> Slot | None:
        """The slot of an entry, or None if it cannot be used."""
        start = self.clock.moment(entry.attributes.get("start", ""), entry.place, self._latest.get(channel))
        if start is None:
            return None
        self._latest[channel] = start
        written_stop = entry.attributes.get("stop", "")
        stop = self.clock.moment(written_stop, entry.place, start + timedelta(minutes=1)) if written_stop else None
        stop = stop or self._by_length(entry, start)
        title = next((text for tag, lang, text in entry.texts if tag == "title" and not lang and text), "")
        title = title or next(iter(entry.all("title")), "")
        if not title:
            if not self._findings.repair(self._file, entry.place, NO_TITLE, CALLED_UNTITLED):
                return None
            title = UNTITLED
        title = self._unescaped(title, entry)
        fields, identity = self._fields(entry, self._instance.channels[channel], title)
        written = f"{entry.attributes.get('start', '')} {written_stop} {title}"
        cells = tuple(sorted(fields.items()))
        return Slot(self._file, entry.place, channel, start, stop, title, cells, identity, written)

    def _by_length(self, entry: Entry, start: datetime) -> datetime | None:
        length = next(
            (one for one in entry.texts if one[0] == "length" and one[1] in _UNITS and one[2].isdigit()), None
        )
        if length is None:
            return None
        minutes = int(length[2][:6]) * _UNITS[length[1]] // 60
        return start + timedelta(minutes=minutes) if 0 < minutes <= 1440 else None

    def _unescaped(self, title: str, entry: Entry) -> str:
        """Remove the second escaping of a title that was escaped twice."""
        if not _ESCAPED.search(title):
            return title
        meant = " ".join(html.unescape(title).split())
        self._findings.warn(
            self._file, entry.place, msg("'{title}' was escaped twice; read as '{meant}'", title=title, meant=meant)
        )
        return meant

    def _fields(self, entry: Entry, owner: Channel, title: str) -> tuple[dict[str, str], str]:
        """Columns of anchors.csv for an entry, and the id it had as an anchor of the instance."""
        own = dict(text[len(OWN) :].partition("=")[::2] for text in entry.all("keyword") if text.startswith(OWN))
        codes = []
        for word in entry.all("country"):
            code, unknown = self._words.origin(word)
            for name in unknown:
                self._findings.repair(self._file, entry.place, no_country(name), UNKNOWN_ORIGIN)
            codes.append(code)
        fields = {
            "genre": self._words.genre(next(iter(entry.all("category")), "")),
            "origin": own.get("origin") or ";".join(dict.fromkeys(codes)),
            "run": "rerun" if entry.has("previously-shown") else "first",
        }
        spoken = next(iter(entry.all("language")), "")
        fields["audio"] = self._language(spoken, owner.languages[0], entry) if spoken else ""
        original = next(iter(entry.all("orig-language")), "")
        if original:
            fields["original_language"] = self._language(original, fields["audio"] or owner.languages[0], entry)
        age = self._age(entry, title)
        if age:
            fields["age"] = str(age)
        for name in ("version_kind", "delivery", "tags", "appeal", "serves"):
            if own.get(name):
                fields[name] = own[name]
        return {name: text for name, text in fields.items() if text}, own.get("anchor", "")

    def _age(self, entry: Entry, title: str) -> int:
        """The highest age mark in the ratings or the title. Unreadable marks are reported."""
        ratings = entry.all("rating/value")
        read = {text: age_of(text) for text in ratings}
        marks = [age for age in (*read.values(), age_in_title(title)) if age is not None]
        unread = [text for text, age in read.items() if age is None]
        if unread and not marks:
            self._unread.setdefault(unread[0], []).append(entry)
        return max(marks, default=0)

    def warn_of_unread_marks(self) -> None:
        """One warning for every age mark without an age in years."""
        for mark, entries in self._unread.items():
            what = msg(
                "the age mark '{mark}' is no age in years; {number} entries count as 0+", mark=mark, number=len(entries)
            )
            self._findings.warn(self._file, entries[0].place, what)

    def _language(self, text: str, otherwise: str, entry: Entry) -> str:
        code = language_code(text)
        if code is None:
            self._findings.repair(self._file, entry.place, there_is_no("language", text), taken_as(otherwise))
        return code or otherwise
