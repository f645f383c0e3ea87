"""The catalogues of messages: one .po file per language, compiled to .mo in the wheel."""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

LANGUAGES: tuple[str, ...] = ("kk", "ru", "en")
DOMAIN = "parity"
TERM = "term"
"""The context of single words: genres, kinds of version, periods."""

REPORT = "report"
"""The context of words of reports, whose keys are names."""

BETWEEN = "between"
"""The context of separators between the parts of a list."""


def folder_of(language: str) -> Traversable:
    """Where the files of a language lie."""
    return resources.files("scheduler.messages") / "locale" / language / "LC_MESSAGES"


@lru_cache(maxsize=8)
def translations(language: str) -> Translations:
    """The translations of a language. English has entries only for words of reports and acts: other keys are sentences.

    An installed package has compiled files; in a working copy the .po file is compiled when it is first used.
    """
    compiled = folder_of(language) / f"{DOMAIN}.mo"
    if compiled.is_file():
        with compiled.open("rb") as stream:
            return Translations(stream, domain=DOMAIN)
    with (folder_of(language) / f"{DOMAIN}.po").open("rb") as source:
        catalogue = read_po(source, locale=language, domain=DOMAIN)
    stream_ = io.BytesIO()
    write_mo(stream_, catalogue)
    stream_.seek(0)
    return Translations(stream_, domain=DOMAIN)
