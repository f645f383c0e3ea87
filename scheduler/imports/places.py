"""Countries and languages as guides write them, turned into the codes of an instance."""

from __future__ import annotations

import re
from functools import lru_cache

from babel import Locale
from babel.core import get_global

UNKNOWN_COUNTRY = "ZZ"
LOCALES = ("en", "ru", "kk", "uz", "ky")
_APOSTROPHES = str.maketrans(dict.fromkeys("ʻʼ‘’`´", "'"))


def country_code(said: str) -> str | None:
    """The code of a country given as a code or by name; None where it is not known."""
    text = _folded(said)
    if re.fullmatch(r"[a-z]{2}", text):
        return text.upper()
    return _countries().get(text)


def language_code(said: str) -> str | None:
    """The ISO 639-3 code of a language given as a tag or by name; None where it is not known."""
    text = _folded(said)
    if re.fullmatch(r"[a-z]{3}", text):
        return text
    short = re.split(r"[-_]", text)[0]
    return _longer().get(short) or _languages().get(text)


def _folded(said: str) -> str:
    return said.strip().casefold().translate(_APOSTROPHES)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found = {"usa": "US", "uk": "GB", "россия": "RU", "корея": "KR", "сша": "US"}
    for name in LOCALES:
        for code, text in Locale.parse(name).territories.items():
            if re.fullmatch(r"[A-Z]{2}", code):
                found.setdefault(_folded(text), code)
    return found


@lru_cache(maxsize=1)
def _longer() -> dict[str, str]:
    """Three letters for two, where there is one such code."""
    found: dict[str, str] = {}
    for long, short in sorted(get_global("language_aliases").items()):
        if re.fullmatch(r"[a-z]{3}", long) and re.fullmatch(r"[a-z]{2}", short):
            found.setdefault(short, long)
    # Several old codes share these: the ISO 639-3 ones are meant.
    meant = {"zh": "zho", "de": "deu", "fr": "fra", "az": "aze", "uz": "uzb", "sq": "sqi", "fa": "fas", "mn": "mon"}
    return found | meant


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in LOCALES:
        for short, text in Locale.parse(name).languages.items():
            code = short if len(short) == 3 else _longer().get(short)
            if code is not None:
                found.setdefault(_folded(text), code)
    return found
