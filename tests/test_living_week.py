"""Every command on the page of the living week runs, in order, and prints the lines below it."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.planned import command

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "instances" / "living-week" / "README.md"
BLOCK = re.compile(r"^```(sh|text)\n(.*?)^```$", re.M | re.S)
EXIT_CODE = re.compile(r"^exit code (\d)$")


def run(line: str) -> tuple[int, int, str]:
    """Run a line of the page. Returns its exit code, the expected exit code, and its output."""
    words, _, remark = line.partition(" # ")
    program, *rest = shlex.split(words)
    said = EXIT_CODE.match(remark)
    if program == "parity":
        code, output = command(*rest)
    else:
        done = subprocess.run([program, *rest], capture_output=True, text=True, check=False)
        code, output = done.returncode, done.stdout + done.stderr
    return code, int(said[1]) if said else 0, output


def test_every_command_of_the_page_works_and_prints_what_the_page_shows(tmp_path, monkeypatch):
    shutil.copytree(PAGE.parent, tmp_path / "instances" / "living-week", ignore=shutil.ignore_patterns("publications"))
    monkeypatch.chdir(tmp_path)
    printed = ""
    blocks = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert {kind for kind, _ in blocks} == {"sh", "text"}
    for kind, body in blocks:
        if kind == "text":
            missing = [line for line in body.splitlines() if line not in printed]
            assert not missing, f"{missing} is not in\n{printed}"
            printed = ""
            continue
        for line in body.splitlines():
            code, expected, output = run(line)
            assert code == expected, f"{line}\n{output}"
            printed += output
    page = (tmp_path / "out" / "act.html").read_text(encoding="utf-8")
    assert page.index("Салыстыру актісі") < page.index("Акт сверки")


@pytest.mark.parametrize("kind", ["offer", "answer", "publish", "replan", "notices", "reconcile", "ledger match"])
def test_the_page_has_each_step(kind):
    assert f"\nparity {kind} " in PAGE.read_text(encoding="utf-8")
