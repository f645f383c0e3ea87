"""The language of a command: its --lang, otherwise the variable PARITY_LANG, otherwise English."""

from __future__ import annotations

import gettext
import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.messages import Value

VARIABLE = "PARITY_LANG"
"""The environment variable that names the language where --lang is not given."""

LANGUAGE = "scheduler.language"
"""Where the context of a command keeps the language that its command line asks for."""

CLICK = "click"
"""The context of click's own texts in the catalogues."""

CLICK_MODULES = ("core", "decorators", "exceptions", "formatting", "parser", "types")
"""The modules of click whose texts appear in usage errors and in help."""


def asked_language(words: Sequence[str], otherwise: str = "en") -> str:
    """The language that a command line or PARITY_LANG asks for. It may be one without messages."""
    options = list(words[: words.index("--")] if "--" in words else words)
    asked = [os.environ.get(VARIABLE) or otherwise]
    for word, following in zip(options, [*options, ""][1:], strict=True):
        if word == "--lang":
            asked.append(following)
        elif word.startswith("--lang="):
            asked.append(word.partition("=")[2])
    return asked[-1]


def known_language() -> str:
    """The language of the running command; English where that is one without messages."""
    from scheduler.messages import LANGUAGES

    asked = language_of_command()
    return asked if asked in LANGUAGES else "en"


def renderer_for(language: str) -> Callable[[Value], str]:
    """The function that renders messages in a language; in English for a language without messages."""
    from scheduler.messages import LANGUAGES
    from scheduler.report.language import Language

    return Language(language if language in LANGUAGES else "en").render


def renderer() -> Callable[[Value], str]:
    """The function that renders messages in the language of the running command.

    It renders in English if --lang names several languages or one without messages.
    """
    return renderer_for(language_of_command())


def translate_click() -> None:
    """Make click print its usage errors and the heads of help in the language of the running command.

    click asks gettext for every text. Its catalogues would have to be compiled files, chosen by the environment of the
    process. So click gets functions that ask the catalogues of the package instead.
    """
    for name in CLICK_MODULES:
        module = vars(sys.modules[f"{click.__name__}.{name}"])
        for called, original, ours in (
            ("_", gettext.gettext, _translated),
            ("ngettext", gettext.ngettext, _translated_count),
        ):
            if module.get(called) is original:
                module[called] = ours


def language_of_command() -> str:
    """The language of the running command, which may be one without messages; English where no command runs."""
    context = click.get_current_context(silent=True)
    return "en" if context is None else str(context.params.get("lang") or context.meta.get(LANGUAGE) or "en")


def _translated(text: str) -> str:
    """A text of click in the language of the running command."""
    if language_of_command() == "en":
        return gettext.gettext(text)
    from scheduler.messages import translations

    return str(translations(known_language()).pgettext(CLICK, text))


def _translated_count(one: str, many: str, count: int) -> str:
    """A text of click whose form depends on a number."""
    if language_of_command() == "en":
        return gettext.ngettext(one, many, count)
    from scheduler.messages import translations

    return str(translations(known_language()).npgettext(CLICK, one, many, count))
