"""The help of every command in Kazakh and Russian: no text without a translation, and none left over."""

from __future__ import annotations

import re

import click
import pytest
from babel.messages.pofile import read_po

from scheduler.cli.help_texts import HELP, in_language, keys_of
from scheduler.cli.main import SECTIONS, parity, run
from scheduler.messages.catalogue import folder_of

TRANSLATED = ("kk", "ru")
LETTER = re.compile("[а-яәөүұқғңһіё]")


def catalogue(language: str):
    with (folder_of(language) / "parity.po").open("rb") as stream:
        return read_po(stream, locale=language)


def commands(group: click.Group, *before: str) -> list[tuple[tuple[str, ...], click.Command]]:
    """Every command with the words that call it."""
    found: list[tuple[tuple[str, ...], click.Command]] = [(before, group)]
    for name, one in group.commands.items():
        words = (*before, name)
        found += commands(one, *words) if isinstance(one, click.Group) else [(words, one)]
    return found


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_help_is_translated_and_none_is_left_over(language):
    written = {one.id: one.string for one in catalogue(language) if one.context == HELP}
    assert set(written) == {*keys_of(parity), *SECTIONS}
    assert [key for key, text in written.items() if not LETTER.search(text)] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_options_and_files_stay_in_a_translated_help(language):
    named = re.compile(r"--[a-z][a-z-]+|`[^`]+`|\b\w+\.(?:csv|json|yaml|html|md|xlsx|jsonl|txt)\b|\b[A-Z]{3,}\b")
    free = {"JSON", "YAML", "TOML", "SVG", "HTML", "CSV", "MPS", "BXF", "OURS", "THEIRS", "IANA", "XMLTV"}
    for one in catalogue(language):
        if one.context == HELP:
            assert set(named.findall(one.id)) - free <= set(named.findall(one.string)), one.id


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("words", [words for words, _ in commands(parity)], ids=" ".join)
def test_the_heads_of_a_help_are_translated(capsys, monkeypatch, language, words):
    monkeypatch.setenv("PARITY_LANG", language)
    assert run([*words, "--help"]) == 0
    text = capsys.readouterr().out
    shown = text.split({"kk": "Мысалдар:", "ru": "Примеры:"}[language])[0]
    assert LETTER.search(shown)
    for english in ("Show this message", "Usage:", "Options:", "Commands:", "default:", "env var:", "required]"):
        assert english not in shown


def test_the_english_help_stays_after_another_language(capsys):
    for words in (["solve", "--lang", "kk", "--help"], ["--lang", "ru", "--help"]):
        assert run(words) == 0
        assert LETTER.search(capsys.readouterr().out)
    assert run(["solve", "--help"]) == 0
    said = capsys.readouterr().out
    assert not LETTER.search(said)
    assert "Solve INSTANCE and write timetable.csv" in said


def test_a_text_without_a_translation_is_found():
    @click.command(help="A new text.", epilog="\b\nExamples:\n  parity x")
    @click.option("--new", help="A new option.", show_default="that of x")
    def command() -> None:
        """Do nothing."""

    assert list(keys_of(command)) == ["A new text.", "Examples:", "A new option.", "that of x"]
    copied = in_language(command, "kk")
    assert copied.epilog == "\b\nМысалдар:\n  parity x"
    assert command.epilog == "\b\nExamples:\n  parity x"
