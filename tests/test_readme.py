"""Every command in the README is run: the first two by .ci/run, the others here, in order, in a copy."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.cli.main import COMMANDS

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", README, re.M | re.S)
SHELL = [line for block in BLOCKS for line in block.splitlines() if line]
SETUP, USE = SHELL[:2], SHELL[2:]


def test_the_first_two_commands_set_up_everything_and_ci_runs_them():
    solve, tests = SETUP
    assert solve.startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert "parity solve instances/central-asia-week --out out" in solve
    assert tests.startswith("python3 -m venv .venv && .venv/bin/pip install")
    assert tests.endswith(".venv/bin/pytest")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "readme_command 1" in script
    assert "readme_command 2" in script


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the instances with a solved week, as after the README's first command but sooner."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "instances", folder / "instances")
    words = SETUP[0].split("&&")[-1].replace(".venv/bin/parity", "").split()
    done = _parity([*words, "--time-limit", "3", "--deterministic"], folder)
    assert done.returncode == 0, done.stderr
    return folder


def _parity(words, folder):
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_every_other_command_works(copy):
    assert USE
    for line in USE:
        assert line.startswith(".venv/bin/parity "), line
        done = _parity(line.split()[1:], copy)
        assert done.returncode == 0, f"{line}\n{done.stdout[-2000:]}\n{done.stderr}"


def test_every_command_is_in_the_readme():
    for command in COMMANDS:
        assert f"`{command.name}" in README, command.name


def test_every_picture_of_the_readme_is_there():
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert pictures
    for picture in pictures:
        assert (ROOT / picture).is_file(), picture
