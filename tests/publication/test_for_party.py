"""Every output that a party gets: its agreements, and no byte of anything foreign. All other commands are internal."""

from __future__ import annotations

import io
import zipfile

import click
import openpyxl
import pytest

from scheduler.cli.main import parity
from tests.planned import command
from tests.publication.cases import MARKER, planned_in

INTERNAL = {
    "answer": "reads what a party wrote; its files are locks and bans of our own instance",
    "bench": "solves generated instances",
    "cells": "solves parts of our own instance on several machines",
    "certify": "confirms value and bound, which are figures of one side",
    "check": "checks every rule, those of the house too",
    "compare": "compares values, bounds and missed rules of our plans",
    "completion": "installs completion for a shell",
    "cost": "computes costs, which are figures of one side",
    "explain": "names clauses of the whole instance that clash",
    "frontier": "computes values, which are figures of one side",
    "generate": "writes a generated instance",
    "import": "reads tables into our own instance",
    "new": "writes an example instance",
    "publish": "keeps the record of our own instance; `notices` writes what a party gets",
    "schema": "prints the schema of files",
    "solve": "writes the whole plan; `export`, `report` and `offer` write what a party gets",
    "upgrade": "rewrites our own instance",
    "why": "explains losses, which are figures of one side",
}
"""Commands without an output for a party, and why."""


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    """The instance with a marker in everything that is not for UZ, its timetable, and ledgers of all agreements."""
    at = tmp_path_factory.mktemp("for-party")
    folder, path = planned_in(at)
    assert command("ledger", "post", folder, path, "--as", "planned", "--ledger", at / "ledger")[0] == 0
    later = at / "later.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    later.write_text("".join([lines[0], *(line for line in lines[1:] if "news" in line)]), encoding="utf-8")
    return folder, path, later, at


def printed(*words):
    """What a command prints without an error."""
    code, said = command(*words)
    assert code == 0, said
    return said


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize("form", ["text", "md", "html", "xlsx"])
def test_a_report_for_a_party(planned, tmp_path, form, language):
    folder, path, _, _ = planned
    own, every = tmp_path / f"uz.{form}", tmp_path / f"all.{form}"
    words = ("report", folder, path, "--format", form, "--lang", language)
    printed(*words, "--out", own, "--for", "UZ")
    printed(*words, "--out", every)
    parts = [unpacked(one.read_bytes()) for one in (own, every)]
    assert MARKER.encode() in parts[1]
    assert MARKER.encode() not in parts[0]
    assert b"T.tj" not in parts[0]
    assert b"KZ-UZ" in parts[0]
    assert b"OURS" in parts[0]


def unpacked(content: bytes) -> bytes:
    """A file's bytes; of a workbook those of all its parts, with properties and hidden sheets."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_its_amounts_are_those_of_the_whole_report(planned, tmp_path):
    folder, path, _, _ = planned
    rows = []
    for name, words in (("all", ()), ("uz", ("--for", "UZ"))):
        out = tmp_path / f"{name}.xlsx"
        printed("report", folder, path, "--format", "xlsx", "--out", out, *words)
        cells = [row for sheet in openpyxl.load_workbook(out).worksheets for row in sheet.iter_rows(values_only=True)]
        rows.append([[cell for cell in row if cell is not None] for row in cells if row and row[0] == "KZ-UZ"])
    assert rows[1] != []
    assert all(row in rows[0] for row in rows[1] if "minutes" in row)


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("show", "INSTANCE", "PLAN"), "OURS"),
        (("show", "INSTANCE", "PLAN", "--json"), "OURS"),
        (("diff", "INSTANCE", "PLAN", "LATER"), "OURS"),
        (("diff", "INSTANCE", "PLAN", "LATER", "--json"), "OURS"),
        (("due", "INSTANCE", "PLAN", "--on", "2026-11-10", "--days", "30"), "KZ-UZ"),
        (("ledger", "show", "INSTANCE", "--ledger", "LEDGER"), "KZ-UZ"),
        (("ledger", "show", "INSTANCE", "--ledger", "LEDGER", "--json"), "KZ-UZ"),
    ],
)
def test_what_is_printed_for_a_party(planned, words, there):
    folder, path, later, at = planned
    places = {"INSTANCE": folder, "PLAN": path, "LATER": later, "LEDGER": at / "ledger"}
    filled = [places.get(word, word) for word in words]
    own, every = printed(*filled, "--for", "UZ"), printed(*filled)
    assert there in own
    assert MARKER in every
    assert MARKER not in own
    assert "T.tj" not in own
    code, said = command(*filled, "--for", "XX")
    assert code == 2
    assert "XX" in said


def test_what_shows_all_is_refused_for_a_party(planned):
    folder, path, later, _ = planned
    code, said = command("report", folder, path, "--for", "UZ", "--against", later)
    assert (code, "parity notices --for" in said) == (2, True)
    assert command("diff", folder, path, later, "--for", "UZ", "--fail-on", "hard")[0] == 2
    assert command("diff", folder, path, later, "--for", "UZ", "--fail-on", "changes")[0] == 1
    assert command("diff", folder, path, path, "--for", "UZ", "--fail-on", "changes")[0] == 0


def test_every_command_is_for_a_party_or_internal():
    """A new command takes --for, or stands in INTERNAL with its reason."""
    context = click.Context(parity)
    for name in parity.list_commands(context):
        one = parity.get_command(context, name)
        assert one is not None
        if name == "ledger":
            assert isinstance(one, click.Group)
            parts = {part: one.get_command(context, part) for part in one.list_commands(context)}
            for part, sub in parts.items():
                assert sub is not None
                assert takes(sub, "--for") or takes(sub, "--agreement") or takes(sub, "--head"), f"ledger {part}"
        else:
            assert (takes(one, "--for") or name == "offer") != (name in INTERNAL), name


def takes(one: click.Command, option: str) -> bool:
    return any(option in parameter.opts for parameter in one.params)
