"""Where commands write: standard output, files and folders; and what they show while they work."""

from __future__ import annotations

import re
import shutil
import time
from pathlib import Path

import pytest
import yaml

from scheduler.cli.colours import echo_lines
from scheduler.cli.main import run
from scheduler.cli.steps import Steps, dimmed
from scheduler.messages import msg

INSTANCES = Path(__file__).parents[1] / "instances"
TOY = INSTANCES / "toy"


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def solved(tmp_path_factory):
    """A copy of toy with a ledger, and its answer."""
    folder = tmp_path_factory.mktemp("outputs")
    shutil.copytree(TOY, folder / "toy")
    assert run(["solve", str(folder / "toy"), "--out", str(folder / "out"), "--deterministic", "-q"]) == 0
    assert run(["ledger", "post", str(folder / "toy"), str(folder / "out" / "timetable.csv"), "--as", "confirmed"]) == 0
    return folder


def test_remedies_go_to_standard_output_as_a_variant(capsys, here):
    assert run(["explain", str(INSTANCES / "clash-tolerance"), "--variant-out", "-"]) == 1
    out, err = capsys.readouterr()
    assert yaml.safe_load(out)["agreements"]["KZ-CN"]["measures"][0]["tolerance"] == 0.18
    assert "Clash 1" in err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["export", "--agreement", "KZ-UZ", "--dialect", "hledger"], "2026-12-07 * confirmed"),
        (["match", "KZ-UZ.csv", "KZ-UZ.csv", "--agreement", "KZ-UZ"], "<!doctype html>"),
    ],
)
def test_a_ledger_command_writes_to_standard_output(solved, here, capsys, words, begins):
    ledger = solved / "toy" / "ledger"
    files = [str(ledger / word) if word.endswith(".csv") else word for word in words[1:]]
    assert run(["ledger", words[0], str(solved / "toy"), *files, "--out", "-"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(begins)
    assert "wrote" not in out
    assert list(here.iterdir()) == []


def test_a_ledger_page_needs_its_folder(solved, capsys, here):
    words = ["ledger", "export", str(solved / "toy"), "--agreement", "KZ-UZ", "--dialect", "hledger"]
    assert run([*words, "--out", "none/x.journal"]) == 2
    assert "there is no folder none" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_the_program_of_a_certificate_goes_to_standard_output(solved, capsys, here):
    assert run(["certify", str(solved / "toy"), str(solved / "out"), "--write-program", "-", "-q"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("NAME")
    assert out.rstrip().endswith("ENDATA")
    assert "value" in err


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (["export", "--format", "mps", "--out", "-", "--names", "-"], "--out, --names"),
        (["explain", "--variant-out", "-", "--json"], "--variant-out, --json"),
    ],
)
def test_two_outputs_cannot_share_standard_output(here, capsys, words, options):
    assert run([words[0], str(TOY), *words[1:]]) == 2
    assert f"{options} write to standard output" in capsys.readouterr().err
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    "words",
    [
        ["offer", "t.csv", "--to", "UZ"],
        ["notices", "--since", "0"],
        ["replan", "--published", "t.csv"],
        ["reconcile", "t.csv", "log:t.csv"],
        ["frontier", "--x", "KZ-UZ.minutes.tolerance", "--from", "0.1", "--to", "0.2"],
        ["explain"],
    ],
)
def test_several_files_do_not_go_to_standard_output(here, capsys, words):
    assert run([words[0], str(TOY), *words[1:], "--out", "-"]) == 2
    assert "name a folder, not standard output" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_a_long_step_is_shown_again_with_its_seconds(capsys):
    shown = ""
    with Steps(quiet=False, seconds=0.01) as steps:
        steps.say(msg("reading {folder}", folder="x"))
        while shown.count("\n") < 3:
            time.sleep(0.01)
            shown += capsys.readouterr().err
    first, *others = shown.splitlines()
    assert first == "… reading x"
    assert all(re.fullmatch(r"… reading x: \d+ s", line) for line in others)


def test_quiet_steps_show_nothing(capsys):
    with Steps(quiet=True, seconds=0.001) as steps:
        steps.say(msg("solving"))
    assert capsys.readouterr().err == ""


def test_no_color_removes_colours_on_a_terminal(monkeypatch, capsys):
    monkeypatch.setattr("click.utils.should_strip_ansi", lambda stream, color=None: color is False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    echo_lines(["✗ x"])
    assert "\x1b" in capsys.readouterr().out
    assert "\x1b" in dimmed("x")
    monkeypatch.setenv("NO_COLOR", "1")
    echo_lines(["✗ x"])
    assert "\x1b" not in capsys.readouterr().out
    assert "\x1b" not in dimmed("x")
