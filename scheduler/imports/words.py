"""Words of sheets that stand for values of ours: runs, kinds of version, languages, countries."""

from __future__ import annotations

import re

from scheduler.instance.files.places import UNKNOWN_COUNTRY, country_code, language_code
from scheduler.instance.files.signs import as_read

RUNS = {
    **dict.fromkeys(("first", "premiere", "new", "премьера", "тұңғыш", "тұсаукесер", "первый", "yangi"), "first"),
    **dict.fromkeys(("rerun", "repeat", "r", "повтор", "повторный", "қайталау", "takror", "takroriy"), "rerun"),
}
KINDS = {
    **dict.fromkeys(("original", "оригинал", "түпнұсқа", "asl"), "original"),
    **dict.fromkeys(("dubbed", "dub", "дубляж", "дублированный", "озвучка", "дубляждалған", "dublyaj"), "dubbed"),
    **dict.fromkeys(("subtitled", "sub", "субтитры", "субтитр", "subtitr"), "subtitled"),
}


def run_of(said: str) -> str | None:
    """First or rerun; None where the word is neither."""
    return RUNS.get(as_read(said))


def kind_of(said: str) -> str | None:
    """original, dubbed or subtitled; None where the word is none of them."""
    return KINDS.get(as_read(said))


def origin_of(said: str) -> tuple[str, list[str]]:
    """The origin in codes (KZ or KZ:0.5;UZ:0.5), and the words that are no country; these count as unknown."""
    codes, unknown = [], []
    for part in re.split(r"[;,]|/(?!\d)|\s[-–—]\s", re.sub(r"(?<=\d),(?=\d)", ".", said)):
        name, _, share = part.strip().partition(":")
        if not name:
            continue
        code = country_code(name)
        if code is None:
            unknown.append(name)
        codes.append((code or UNKNOWN_COUNTRY) + (f":{share.strip()}" if share.strip() else ""))
    return ";".join(dict.fromkeys(codes)), unknown


def versions_of(said: str) -> tuple[str, list[str]]:
    """Versions in codes (kaz:original;uzb:dubbed), and the words that are no language or kind of version."""
    found, unknown = [], []
    for part in re.split(r"[;,/+]", said):
        words = re.split(r"[:()]|\s[-–—]\s", part)
        language, kind = words[0].strip(), " ".join(words[1:]).strip()
        if not language:
            continue
        code, known = language_code(language), kind_of(kind) if kind else ""
        unknown += [language] * (code is None) + [kind] * (known is None)
        found.append(f"{code}:{known}" if known else f"{code}")
    return ";".join(dict.fromkeys(found)), unknown
