"""The codes of countries and languages, found from their names in several languages."""

from __future__ import annotations

import re
from functools import lru_cache

from scheduler.instance.signs import as_read

UNKNOWN_COUNTRY = "ZZ"
_SPOKEN = {
    **dict.fromkeys(("қазақша", "қазақ", "каз", "қаз", "qozoqcha", "на казахском", "по-казахски"), "kaz"),
    **dict.fromkeys(("орысша", "орыс", "рус", "ruscha", "на русском", "по-русски"), "rus"),
    **dict.fromkeys(("өзбекше", "өзбек", "узб", "o'zbekcha", "ўзбекча", "на узбекском"), "uzb"),
    **dict.fromkeys(("қырғызша", "қырғыз", "кырг", "кыргызча", "на киргизском"), "kir"),
    **dict.fromkeys(("ағылшынша", "ағылшын", "англ", "inglizcha", "на английском"), "eng"),
    **dict.fromkeys(("түрікше", "түрік", "тур", "turkcha", "на турецком"), "tur"),
    **dict.fromkeys(("қытайша", "қытай", "кит", "xitoycha", "на китайском"), "zho"),
    **dict.fromkeys(("корейше", "корей", "кор", "koreyscha", "на корейском"), "kor"),
}
"""Other words for the language of a version, in addition to its name."""
LOCALES = ("en", "ru", "kk", "uz", "ky")


def country_code(word: str) -> str | None:
    """The code of a country, from a code or a name. None if it is unknown."""
    text = as_read(word)
    known = _countries()
    if text in known:
        return known[text]
    return text.upper() if text.upper() in set(known.values()) else None


def language_code(word: str) -> str | None:
    """The ISO 639-3 code of a language, from a language tag or a name. None if it is unknown."""
    text = as_read(word)
    if text in _SPOKEN:
        return _SPOKEN[text]
    if re.fullmatch(r"[a-z]{3}", text):
        return text
    short = re.split(r"[-_]", text)[0]
    return _longer().get(short) or _languages().get(text)


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    found = {"usa": "US", "uk": "GB", "россия": "RU", "корея": "KR", "сша": "US"}
    from babel import Locale

    for name in LOCALES:
        for code, text in Locale.parse(name).territories.items():
            if re.fullmatch(r"[A-Z]{2}", code):
                found.setdefault(as_read(text), code)
    return found


@lru_cache(maxsize=1)
def _longer() -> dict[str, str]:
    """Codes of three letters by codes of two letters, if the code is unique."""
    from babel.core import get_global

    found: dict[str, str] = {}
    for long, short in sorted(get_global("language_aliases").items()):
        if re.fullmatch(r"[a-z]{3}", long) and re.fullmatch(r"[a-z]{2}", short):
            found.setdefault(short, long)
    # Several old codes have the same name. The ISO 639-3 codes are used.
    meant = {
        "az": "aze", "de": "deu", "eu": "eus", "fa": "fas", "fr": "fra", "hy": "hye", "is": "isl", "ka": "kat",
        "mk": "mkd", "mn": "mon", "ms": "msa", "my": "mya", "nl": "nld", "ro": "ron", "sq": "sqi", "uz": "uzb",
        "zh": "zho",
    }  # fmt: skip
    return found | meant


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    found: dict[str, str] = {}
    from babel import Locale

    for name in LOCALES:
        for short, text in Locale.parse(name).languages.items():
            code = short if len(short) == 3 else _longer().get(short)
            if code is not None:
                found.setdefault(as_read(text), code)
    return found
