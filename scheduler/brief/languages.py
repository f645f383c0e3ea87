"""The languages of a brief: those whose catalogue has every sentence of it."""

from __future__ import annotations

from scheduler.brief import sentences
from scheduler.messages import LANGUAGES, translations
from scheduler.report.language import Language


class IncompleteCatalogueError(Exception):
    """A language has no catalogue, or one without some sentences of the page."""


def brief_language(code: str) -> Language:
    """The language of a page.

    Raises
    ------
    IncompleteCatalogueError
        The page could not be written in this language alone.
    """
    if code not in LANGUAGES:
        raise IncompleteCatalogueError(
            f"there is no catalogue of messages for '{code}'; a page can be written in {', '.join(LANGUAGES)}"
        )
    if code != "en":
        known = translations(code)
        missing = [key for key in sentences.KEYS if known.gettext(key) == key]
        if missing:
            raise IncompleteCatalogueError(
                f"the catalogue '{code}' has no translation for {len(missing)} of {len(sentences.KEYS)} sentences of"
                f" this page, such as “{missing[0]}”; choose another language"
            )
    return Language(code)
