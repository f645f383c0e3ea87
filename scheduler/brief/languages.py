"""The languages of a brief: those whose catalogue has every sentence of it."""

from __future__ import annotations

from scheduler.brief import sentences
from scheduler.messages import LANGUAGES, MessageError, msg, translations
from scheduler.report.language import Language


class IncompleteCatalogueError(MessageError):
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
            msg(
                "there is no catalogue of messages for '{code}'; a page can be written in {languages}",
                code=code,
                languages=", ".join(LANGUAGES),
            )
        )
    if code != "en":
        known = translations(code)
        missing = [key for key in sentences.KEYS if known.gettext(key) == key]
        if missing:
            raise IncompleteCatalogueError(
                msg(
                    "the catalogue '{code}' has no translation for {number} of {all} sentences of this page,"
                    " for example “{sentence}”; choose another language",
                    code=code,
                    number=len(missing),
                    all=len(sentences.KEYS),
                    sentence=missing[0],
                )
            )
    return Language(code)
