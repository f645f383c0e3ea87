"""Parse an XMLTV document into its programmes, each with its place, and the names of its channels."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

from scheduler.imports.xml_faults import not_xml
from scheduler.instance import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from scheduler.imports.guide_text import GuideText

DEEPEST = 20


@dataclass(slots=True)
class Entry:
    """One programme element: its attributes, and the texts of its children by tag, each with its language or unit."""

    place: tuple[int, int]
    attributes: dict[str, str]
    texts: list[tuple[str, str, str]] = field(default_factory=list)

    def all(self, tag: str) -> list[str]:
        """The texts of the children with a tag, without empty ones."""
        return [text for name, _, text in self.texts if name == tag and text]

    def has(self, tag: str) -> bool:
        """Whether there is a child with a tag."""
        return any(name == tag for name, _, _ in self.texts)


@dataclass(slots=True)
class Guide:
    """The programmes, and the display names and first place of every channel id."""

    entries: list[Entry] = field(default_factory=list)
    names: dict[str, list[str]] = field(default_factory=dict)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)


class _Parser:
    """Handlers of one document."""

    def __init__(self, source: GuideText, file: str) -> None:
        self.guide = Guide()
        self._source, self._file = source, file
        self._stack: list[str] = []
        self._words: list[str] = []
        self._channel = ""
        self._parser = expat.ParserCreate("utf-8")
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._words.append

    def parse(self) -> Guide:
        try:
            self._parser.Parse(self._source.text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            place = self._source.place(error.lineno, error.offset + 1)
            raise InputError([Problem(self._file, *place, not_xml(error.code))]) from None
        return self.guide

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        place = self._source.place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)
        if len(self._stack) > DEEPEST:
            raise InputError([Problem(self._file, *place, msg("is too deeply nested for a guide"))])
        self._stack.append(tag)
        self._words.clear()
        if tag == "programme":
            self.guide.entries.append(Entry(place, attributes))
            self.guide.places.setdefault(attributes.get("channel", ""), place)
        elif tag == "channel":
            self._channel = attributes.get("id", "")
            self.guide.names.setdefault(self._channel, [])
            self.guide.places[self._channel] = place
        elif "programme" in self._stack:
            unit = attributes.get("units", attributes.get("lang", ""))
            self.guide.entries[-1].texts.append((self._path(), unit, ""))

    def _end(self, tag: str) -> None:
        path = self._path()
        self._stack.pop()
        text = " ".join("".join(self._words).split())
        if tag == "display-name":
            self.guide.names.setdefault(self._channel, []).append(text)
        elif "programme" in self._stack and text:
            texts = self.guide.entries[-1].texts
            at = next((n for n in range(len(texts) - 1, -1, -1) if texts[n][0] == path), None)
            if at is not None and not texts[at][2]:
                texts[at] = (path, texts[at][1], text)
        self._words.clear()

    def _path(self) -> str:
        """The path of the current tag below the programme element: language, subtitles/language."""
        stack = self._stack
        return "/".join(stack[stack.index("programme") + 1 :]) if "programme" in stack else ""


def parse(source: GuideText, file: str) -> Guide:
    """Parse a document. Raises InputError if it is not XML."""
    return _Parser(source, file).parse()
