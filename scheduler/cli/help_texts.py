"""The help of every command in the language of the command line."""

from __future__ import annotations

import copy
import inspect
from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HELP = "help"
"""The context of help texts in the catalogues. Their keys are paragraphs, and single lines where lines are kept."""

AS_WRITTEN = "\b"
"""click keeps the lines of a paragraph that begins with this."""

EXAMPLES = "Examples:"

Command = TypeVar("Command", bound=click.Command)


def help_translator(language: str) -> Callable[[str], str]:
    """The function that translates a key of the help; in English the keys are the texts."""
    from scheduler.messages import translations

    catalogue = translations(language)
    return lambda key: str(catalogue.pgettext(HELP, key)) if language != "en" else key


def in_language(command: Command, language: str) -> Command:
    """A copy of a command, and of those in its group, whose help is in a language."""
    return _copied(command, help_translator(language))


def keys_of(command: click.Command) -> Iterator[str]:
    """The keys of all help texts of a command and of those in its group."""
    noted: list[str] = []

    def note(key: str) -> str:
        noted.append(key)
        return key

    _copied(command, note)
    yield from dict.fromkeys(noted)


def _copied(command: Command, translate: Callable[[str], str]) -> Command:
    copied = copy.copy(command)
    vars(copied)["_help_option"] = None  # click keeps the option --help with its text once it is asked for
    copied.help = _text(command.help, translate)
    copied.epilog = _text(command.epilog, translate)
    copied.params = [_parameter(parameter, translate) for parameter in command.params]
    if isinstance(copied, click.Group):
        copied.commands = {name: _copied(one, translate) for name, one in copied.commands.items()}
    return copied


def _parameter(parameter: click.Parameter, translate: Callable[[str], str]) -> click.Parameter:
    if not isinstance(parameter, click.Option):
        return parameter
    copied = copy.copy(parameter)
    copied.help = _text(parameter.help, translate)
    if isinstance(parameter.show_default, str) and not parameter.show_default.isdigit():
        copied.show_default = translate(parameter.show_default)
    return copied


def _text(text: str | None, translate: Callable[[str], str]) -> str | None:
    """A text with its paragraphs translated. click wraps paragraphs; lines that are kept keep their indents."""
    if text is None:
        return None
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(
        _lines(paragraph, translate)
        if paragraph.lstrip().startswith(AS_WRITTEN)
        else translate(" ".join(paragraph.split()))
        for paragraph in paragraphs
    )


def _lines(paragraph: str, translate: Callable[[str], str]) -> str:
    """A paragraph of lines that are kept. Lines of examples are commands, which are the same in every language."""
    lines = paragraph.split("\n")
    if EXAMPLES in map(str.strip, lines):
        return "\n".join(translate(EXAMPLES) if line.strip() == EXAMPLES else line for line in lines)
    return "\n".join(
        line.replace(line.strip(), translate(line.strip())) if line.strip(f" {AS_WRITTEN}") else line for line in lines
    )
