"""Convert words of sheets to values of the instance: runs, kinds of version, languages, countries."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.instance.codes import UNKNOWN_COUNTRY, country_code, language_code
from scheduler.instance.signs import as_read
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from collections.abc import Mapping

RUNS = {
    **dict.fromkeys(("first", "premiere", "new", "премьера", "тұңғыш", "тұсаукесер", "первый", "yangi"), "first"),
    **dict.fromkeys(("rerun", "repeat", "r", "повтор", "повторный", "қайталау", "takror", "takroriy"), "rerun"),
}
KINDS = {
    **dict.fromkeys(("original", "оригинал", "түпнұсқа", "asl"), "original"),
    **dict.fromkeys(("dubbed", "dub", "дубляж", "дублированный", "озвучка", "дубляждалған", "dublyaj"), "dubbed"),
    **dict.fromkeys(("subtitled", "sub", "субтитры", "субтитр", "subtitr"), "subtitled"),
}


def run_of(text: str) -> str | None:
    """`first` or `rerun`. None if the word is neither."""
    return RUNS.get(as_read(text))


def kind_of(text: str) -> str | None:
    """`original`, `dubbed` or `subtitled`. None if the word is none of them."""
    return KINDS.get(as_read(text))


@dataclass(frozen=True, slots=True)
class TheirWords:
    """The planner's mapping of a source's words to our genres and origins."""

    genres: Mapping[str, str] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)

    def genre(self, text: str) -> str:
        """Our genre for a word of the source. The word itself if it is not mapped."""
        return _mapped(self.genres, text) or text

    def origin(self, text: str) -> tuple[str, list[str]]:
        """(origin in codes, words that are not countries) of a cell."""
        whole = _mapped(self.origins, text)
        return (whole, []) if whole else origin_of(text, self.origins)


def _mapped(pairs: Mapping[str, str], text: str) -> str:
    return next((ours for theirs, ours in pairs.items() if as_read(theirs) == as_read(text)), "") if text else ""


def no_country(name: str) -> Message:
    """The problem that a word of an origin is not a country."""
    return msg("there is no country '{name}'; if it is one, map it with --origin '{name}=KZ'", name=name)


UNKNOWN_ORIGIN = msg("its origin is unknown, {code}", code=UNKNOWN_COUNTRY)
"""The repair of an origin that is not a country."""


def no_age_mark(text: str) -> Message:
    """The problem that a text is not an age mark."""
    return msg("'{text}' is not an age mark such as 16 or 16+", text=text)


def origin_of(text: str, mapped: Mapping[str, str] | None = None) -> tuple[str, list[str]]:
    """The origin in codes (KZ or KZ:0.5;UZ:0.5), and the words that are not countries. These count as unknown."""
    codes, unknown = [], []
    for part in re.split(r"[;,]|/(?!\d)|\s[-–—]\s", re.sub(r"(?<=\d),(?=\d)", ".", text)):
        name, _, share = part.strip().partition(":")
        if not name:
            continue
        code = _mapped(mapped or {}, name) or country_code(name)
        if code is None:
            unknown.append(name)
        codes.append((code or UNKNOWN_COUNTRY) + (f":{share.strip()}" if share.strip() else ""))
    return ";".join(dict.fromkeys(codes)), unknown


def versions_of(text: str) -> tuple[str, list[str]]:
    """Versions in codes (kaz:original;uzb:dubbed), and the words that are neither a language nor a kind of version."""
    found, unknown = [], []
    for part in re.split(r"[;,/+]", text):
        words = re.split(r"[:()]|\s[-–—]\s", part)
        language, kind = words[0].strip(), " ".join(words[1:]).strip()
        if not language:
            continue
        code, known = language_code(language), kind_of(kind) if kind else ""
        unknown += [language] * (code is None) + [kind] * (known is None)
        found.append(f"{code}:{known}" if known else f"{code}")
    return ";".join(dict.fromkeys(found)), unknown
