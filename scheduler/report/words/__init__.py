"""The words of reports, one catalogue per language; all have the same keys and the same places in braces."""

from scheduler.report.words import en, kk, ru

CATALOGUES: dict[str, dict[str, str]] = {"en": en.WORDS, "kk": kk.WORDS, "ru": ru.WORDS}

__all__ = ["CATALOGUES"]
