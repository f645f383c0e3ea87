"""`parity --help` lists every command once, under its heading, with what it does."""

from __future__ import annotations

import re

from scheduler.cli.main import COMMANDS, SECTIONS, parity
from tests.planned import command


def test_every_command_stands_once_under_its_heading():
    code, said = command("--help")
    assert code == 0
    assert [line.rstrip(":") for line in said.splitlines() if re.fullmatch(r"[A-Z][a-z, ]+:", line)][
        -len(SECTIONS) :
    ] == list(SECTIONS)
    for one in COMMANDS:
        assert len(re.findall(rf"^  {one.name} +\w+", said, re.M)) == 1, one.name
    assert set(parity.commands) == {one.name for one in COMMANDS}
