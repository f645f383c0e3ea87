"""Repair the text of a guide so that an XML parser accepts it: ampersands, HTML entities, control characters.

CDATA sections, comments, processing instructions and the document type stay unchanged. Entities that the document type
declares are valid XML.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.entities import html5
from typing import TYPE_CHECKING

from scheduler.imports.findings import LEFT_OUT, read_as
from scheduler.messages import msg

if TYPE_CHECKING:
    from scheduler.imports.findings import Findings, ProblemText

MOST_LISTED = 1_000
_TOKEN = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<!DOCTYPE(?:[^\[>]*\[.*?\]\s*>|[^>]*>)"
    r"|&(?:(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z][\w.-]{0,40});)?"
    r"|[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]",
    re.DOTALL,
)
_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s")
_XML = frozenset({"amp", "lt", "gt", "quot", "apos"})


@dataclass(slots=True)
class GuideText:
    """Text for the parser, and by line where it is longer than the file: (column, number of characters)."""

    text: str
    _shifts: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def place(self, line: int, column: int) -> tuple[int, int]:
        """The line and column in the file, from 1, of a place in the text."""
        longer = sum(growth for at, growth in self._shifts.get(line, ()) if at < column)
        return line, max(column - longer, 1)

    def shift(self, line: int, column: int, growth: int) -> None:
        """Note that the text is longer than the file from a column of a line on."""
        self._shifts.setdefault(line, []).append((column, growth))


def repaired(text: str, file: str, findings: Findings) -> GuideText:
    """Repair parts that are not XML, and note each repair with its place."""
    declaration = _DECLARATION.match(text)
    # The parser gets decoded text, so the declared encoding is replaced by blanks, which keep the columns.
    head = re.sub(r"[^\n]", " ", declaration[0]) if declaration else ""
    body = text[len(head) :]
    known = _XML | set(_ENTITY.findall(body[:100_000].split("<tv", 1)[0]))
    found = GuideText("")
    parts, at, listed = [head], 0, 0
    line, begins = 1 + head.count("\n"), -len(head) + (head.rfind("\n") + 1 if "\n" in head else 0)
    grown: dict[int, int] = {}
    for token in _TOKEN.finditer(body):
        line += body.count("\n", at, token.start())
        if "\n" in body[at : token.start()]:
            begins = body.rfind("\n", 0, token.start()) + 1
        column = token.start() - begins + 1
        parts.append(body[at : token.start()])
        at = token.start()
        instead, what, repair = _instead(token, known)
        if what:
            listed += 1
            if listed <= MOST_LISTED:
                findings.repair(file, (line, column), what, repair)
            growth = len(instead) - len(token[0])
            found.shift(line, column + grown.get(line, 0), growth)
            grown[line] = grown.get(line, 0) + growth
        parts.append(instead)
        line += token[0].count("\n")
        if "\n" in token[0]:
            begins = at + token[0].rfind("\n") + 1
        at = token.end()
    parts.append(body[at:])
    found.text = "".join(parts)
    return found


def _instead(token: re.Match[str], known: frozenset[str] | set[str]) -> tuple[str, ProblemText, ProblemText]:
    """(replacement of a token, its problem, its repair). The problem is "" if there is none."""
    text, name = token[0], token[1]
    if text[0] == "<" or name in known:
        return text, "", ""
    if text[0] != "&":
        return "", msg("the control character {sign}, which XML does not allow", sign=f"U+{ord(text):04X}"), LEFT_OUT
    if name is None:
        return "&amp;" + text[1:], msg("an & in the text, which XML writes as &amp;"), read_as("&")
    if name[0] == "#":
        code = int(name[2:], 16) if name[1] in "xX" else int(name[1:])
        if code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000:
            return text, "", ""
        return "", msg("{entity} is no character that XML allows", entity=f"&{name};"), LEFT_OUT
    meant = html5.get(f"{name};")
    if meant is None:
        return "&amp;" + text[1:], msg("the entity {entity} is unknown", entity=f"&{name};"), read_as(f"'&{name};'")
    return meant, msg("the entity {entity} is one of HTML, not of XML", entity=f"&{name};"), read_as(f"'{meant}'")
