"""Read an XMLTV guide as real ones are: every entry with its line, every problem told."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from xml.parsers import expat

from scheduler.export.xmltv import OWN, channel_ids
from scheduler.imports.places import UNKNOWN_COUNTRY, country_code, language_code
from scheduler.imports.slots import Slot
from scheduler.instance import InputError, Problem, did_you_mean, zone_clock
from scheduler.instance.files.raw_file import read_raw

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from scheduler.imports.mending import Mending
    from scheduler.instance import Instance

MAX_BYTES = 200_000_000
FIRST_YEAR, LAST_YEAR = 1900, 2200
_DECLARED = re.compile(rb"<\?xml[^>]*encoding=[\"']([\w.-]+)[\"']")
_BARE = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
_TIME = re.compile(r"(\d{8})(\d{4})?(\d{2})?\s*([+-]\d{4}|[A-Z]{1,5})?$")
_ZERO = {"UTC", "GMT", "Z", "+0000", "-0000"}


@dataclass(slots=True)
class _Entry:
    """One programme element: attributes, and the texts of its children by tag, each with its language."""

    place: tuple[int, int]
    attributes: dict[str, str]
    texts: list[tuple[str, str, str]] = field(default_factory=list)

    def all(self, tag: str) -> list[str]:
        return [text for name, _, text in self.texts if name == tag and text]

    def has(self, tag: str) -> bool:
        return any(name == tag for name, _, _ in self.texts)


def read_guide(instance: Instance, path: Path, renamed: Mapping[str, str], mending: Mending) -> list[Slot]:
    """The slots of the instance's channels. `renamed` is the instance's channel of a guide's channel id.

    Airings of the instance's own catalogue, as our export marks them, are planned and no anchors: they are left out.

    Raises InputError where the file is no XML at all.
    """
    entries, names = _parse(_mended_text(path, mending), path.name)
    known = _channels(instance, renamed, names)
    slots, strangers = [], set[str]()
    for entry in entries:
        guide_id = entry.attributes.get("channel", "")
        if guide_id not in known:
            if guide_id not in strangers:
                strangers.add(guide_id)
                hint = did_you_mean(guide_id, known)
                what = f"channel '{guide_id}' is none of the instance's{hint}; name it with --channel {guide_id}=OURS"
                mending.mend(path.name, entry.place, what, "its programmes are left out")
            continue
        if any(text.removeprefix(f"{OWN}programme=") in instance.programme_index for text in entry.all("keyword")):
            continue
        slot = _slot(instance, path.name, entry, known[guide_id], mending)
        if slot is not None:
            slots.append(slot)
    if not entries:
        mending.fail(path.name, (1, 1), "holds no programme; is it an XMLTV guide?")
    return slots


def _mended_text(path: Path, mending: Mending) -> str:
    raw = read_raw(path, path.name, MAX_BYTES, what="an XMLTV guide")
    declared = _DECLARED.search(raw[:200])
    encoding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else declared[1].decode() if declared else "utf-8"
    try:
        text = raw.decode("utf-8-sig" if encoding.lower() == "utf-8" else encoding)
        text.encode("utf-8")  # some encodings have escapes for halves of characters
    except (UnicodeError, LookupError) as error:
        at = error.start if isinstance(error, UnicodeDecodeError) else 0
        place = raw.count(b"\n", 0, at) + 1, 1
        raise InputError([Problem(path.name, *place, f"is not text in {encoding}; save it as UTF-8")]) from None
    bare = list(_BARE.finditer(text))
    for found in bare[:1000]:
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        mending.mend(path.name, (line, column), "a bare & in the text; XML writes it &amp;", "read as &")
    return _BARE.sub("&amp;", text)


def _parse(text: str, file: str) -> tuple[list[_Entry], dict[str, list[str]]]:
    """The entries, and the display names of every channel id."""
    entries: list[_Entry] = []
    names: dict[str, list[str]] = {}
    stack: list[str] = []
    words: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    state: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if len(stack) > 20:
            raise InputError([Problem(file, parser.CurrentLineNumber, 1, "is too deeply nested for a guide")])
        stack.append(tag)
        words.clear()
        if tag == "programme":
            entries.append(_Entry((parser.CurrentLineNumber, parser.CurrentColumnNumber + 1), attributes))
        elif tag == "channel":
            state["channel"] = attributes.get("id", "")
        elif "programme" in stack:
            entries[-1].texts.append((_path(stack), attributes.get("units", attributes.get("lang", "")), ""))

    def end(tag: str) -> None:
        path = _path(stack)
        stack.pop()
        said = " ".join("".join(words).split())
        if tag == "display-name":
            names.setdefault(state.get("channel", ""), []).append(said)
        elif "programme" in stack and said:
            at = next((n for n in range(len(entries[-1].texts) - 1, -1, -1) if entries[-1].texts[n][0] == path), None)
            if at is not None and not entries[-1].texts[at][2]:
                entries[-1].texts[at] = (path, entries[-1].texts[at][1], said)
        words.clear()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = words.append
    try:
        parser.Parse(re.sub(r"^\s*<\?xml[^>]*\?>", "", text, count=1).encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        said = f"is not XML here: {expat.errors.messages.get(error.code, 'error')}"
        raise InputError([Problem(file, error.lineno, error.offset + 1, said)]) from None
    return entries, names


def _path(stack: list[str]) -> str:
    """The tag below the programme element, and what lies inside it: language, subtitles/language."""
    return "/".join(stack[stack.index("programme") + 1 :]) if "programme" in stack else ""


def _channels(instance: Instance, renamed: Mapping[str, str], names: Mapping[str, list[str]]) -> dict[str, int]:
    """Index of a channel by its id in the guide: as told, as we export it, by our own id, by its display name."""
    by_name = {channel.name.casefold(): at for at, channel in enumerate(instance.channels)}
    found = {
        guide_id: by_name[name.casefold()]
        for guide_id, said in names.items()
        for name in said
        if name.casefold() in by_name
    }
    found |= dict(instance.channel_index)
    found |= {guide_id: instance.channel_index[ours] for ours, guide_id in channel_ids(instance).items()}
    return found | {guide_id: instance.channel_index[ours] for guide_id, ours in renamed.items()}


def _slot(instance: Instance, file: str, entry: _Entry, channel: int, mending: Mending) -> Slot | None:
    zone = instance.channels[channel].zone
    start = _moment(entry.attributes.get("start", ""), zone, file, entry.place, mending)
    if start is None:
        return None
    said_stop = entry.attributes.get("stop", "")
    stop = _moment(said_stop, zone, file, entry.place, mending) if said_stop else None
    length = next((text for tag, units, text in entry.texts if tag == "length" and units == "minutes"), "")
    if stop is None and length.isdigit() and 0 < int(length) <= 1440:
        stop = start + timedelta(minutes=int(length))
    title = next((text for tag, lang, text in entry.texts if tag == "title" and not lang and text), "")
    title = title or next(iter(entry.all("title")), "")
    if not title:
        if not mending.mend(file, entry.place, "there is no title", "called 'untitled'"):
            return None
        title = "untitled"
    fields, identity = _fields(instance, file, entry, channel, mending)
    return Slot(file, entry.place, channel, start, stop, title, tuple(sorted(fields.items())), identity)


def _moment(said: str, zone: str, file: str, place: tuple[int, int], mending: Mending) -> datetime | None:
    """A moment in UTC. An offset that is neither zero nor the channel's own at that time is told."""
    match = _TIME.match(said.strip())
    if match is None:
        mending.mend(file, place, f"'{said}' is not a time such as 20261207180000 +0500", "the entry is left out")
        return None
    day, clock, seconds, offset = match.groups()
    try:
        local = datetime.strptime(f"{day}{clock or '0000'}", "%Y%m%d%H%M")
        if not FIRST_YEAR <= local.year <= LAST_YEAR:
            raise ValueError(said)
    except ValueError:
        mending.mend(file, place, f"'{said}' is no time of the calendar", "the entry is left out")
        return None
    if int(seconds or 0):
        mending.mend(file, place, f"'{said}' is not on a whole minute", "the seconds are left out")
    own = local.replace(tzinfo=zone_clock(zone))
    try:
        if offset is None or offset in _ZERO:
            return local.replace(tzinfo=UTC)
        if own.strftime("%z") != offset:
            what = f"the offset of '{said}' is not that of {zone}, {own.strftime('%z')}"
            mending.mend(file, place, what, f"read as {local:%H:%M} on the channel's clock")
        return own.astimezone(UTC)
    except OverflowError:
        mending.mend(file, place, f"'{said}' is no time of the calendar", "the entry is left out")
        return None


def _fields(instance: Instance, file: str, entry: _Entry, channel: int, mending: Mending) -> tuple[dict[str, str], str]:
    """Columns of anchors.csv for an entry, and the id it had as an anchor of ours."""
    owner = instance.channels[channel]
    own = dict(text[len(OWN) :].partition("=")[::2] for text in entry.all("keyword") if text.startswith(OWN))
    codes = []
    for said in entry.all("country"):
        code = country_code(said)
        if code is None:
            mended = f"its origin is {UNKNOWN_COUNTRY}, unknown"
            mending.mend(file, entry.place, f"there is no country '{said}'", mended)
        codes.append(code or UNKNOWN_COUNTRY)
    fields = {
        "genre": next(iter(entry.all("category")), "general"),
        "origin": own.get("origin") or ";".join(dict.fromkeys(codes)) or owner.territory,
        "run": "rerun" if entry.has("previously-shown") else "first",
    }
    fields["audio"] = _language(next(iter(entry.all("language")), ""), owner.languages[0], file, entry, mending)
    original = next(iter(entry.all("orig-language")), "")
    if original:
        fields["original_language"] = _language(original, fields["audio"], file, entry, mending)
    age = next((text for text in entry.all("rating/value") if re.fullmatch(r"\d{1,2}\+?", text)), "")
    if age and int(age.rstrip("+")) <= 21:
        fields["age"] = age.rstrip("+")
    for name in ("version_kind", "delivery", "tags", "appeal", "serves"):
        if own.get(name):
            fields[name] = own[name]
    return fields, own.get("anchor", "")


def _language(said: str, otherwise: str, file: str, entry: _Entry, mending: Mending) -> str:
    if not said:
        return otherwise
    code = language_code(said)
    if code is None:
        mending.mend(file, entry.place, f"there is no language '{said}'", f"taken as {otherwise}")
    return code or otherwise
