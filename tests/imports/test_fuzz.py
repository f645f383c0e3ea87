"""Mutated files of every kind: a message with exit code 2, never a traceback, never a partial file."""

import io
import random
import shutil
import subprocess
import sys
import zipfile

import pytest

from scheduler.export import csv_text, select, xmltv_text
from scheduler.imports import Findings, anchors_of, read_guide, read_schedule, read_workbook, settle
from scheduler.imports.schedule import Sheets
from scheduler.instance import InputError
from scheduler.report.tables import build_tables
from scheduler.report.workbook import workbook_report
from scheduler.rules import load
from tests.planned import timetable_at

EACH = 500
TOKENS = [
    *(b"<", b">", b"&", b'"', b"\x00", b"\xff", b"]]>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"&a;", b"+9999", b"9" * 14),
    *(b"\n", b",", b";", b"nan", b"-1", b"1e999", b": [", b"&a [*a]", b"*a", b"!!python/object:os.system", b"\xd0"),
    *(b"{", b"}", b"- ", b"\t", b"\r", b"=1+1", b"2026-13-40", b"25:61", b"'" * 9, b"0000", "\u02bb\u202e".encode()),
]


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Some bytes cut, doubled, swapped or put in."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        at, length = chance.randrange(len(data) + 1), chance.randint(1, 40)
        kind = chance.randrange(5)
        if kind == 0:
            del data[at : at + length]
        elif kind == 1:
            data[at:at] = data[at : at + length]
        elif kind == 2:
            data[at : at + 1] = bytes([chance.randrange(256)])
        elif kind == 3:
            data[at:at] = chance.choice(TOKENS)
        else:
            other = chance.randrange(len(data) + 1)
            data[at : at + length] = data[other : other + length]
        data = data or bytearray(b" ")
    return bytes(data)


def mutated_book(raw: bytes, chance: random.Random) -> bytes:
    """A workbook with a mutated part inside, or mutated as a whole."""
    if chance.random() < 0.3:
        return mutated(raw, chance)
    source, target = zipfile.ZipFile(io.BytesIO(raw)), io.BytesIO()
    parts = ["xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", "[Content_Types].xml"]
    parts += [name for name in source.namelist() if name.startswith("xl/worksheets/sheet")]
    chosen = chance.choice([part for part in parts if part in source.namelist()])
    with zipfile.ZipFile(target, "w") as book:
        for name in source.namelist():
            content = source.read(name)
            book.writestr(name, mutated(content, chance) if name == chosen else content)
    return target.getvalue()


@pytest.fixture(scope="module")
def files(planned):
    table = timetable_at(planned)
    selection = select(table)
    return {
        "xml": xmltv_text(selection).encode(),
        "csv": csv_text(selection).encode(),
        "xlsx": workbook_report(build_tables(table), "en"),
        "yaml": (planned / "instance.yaml").read_bytes(),
    }


def anchors(instance, slots, findings):
    rows = anchors_of(instance, settle(instance, slots, findings), findings)
    findings.stop_on_errors()
    return rows


def use(kind, instance, path, lenient):
    """Read a file as its importer does; whatever is wrong must be an InputError."""
    findings = Findings(lenient)
    if kind == "xml":
        anchors(instance, read_guide(instance, path, {}, findings), findings)
    elif kind == "csv":
        anchors(instance, read_schedule(instance, path, Sheets({}, {}), findings), findings)
    elif kind == "yaml":
        load(path.parent)
    else:
        edited = read_workbook(instance, path, findings)
        findings.stop_on_errors()
        edited.read(instance)


@pytest.mark.parametrize("kind", ["xml", "csv", "xlsx", "yaml"])
def test_a_mutated_file_is_used_or_reported(planned, files, tmp_path, kind):
    chance = random.Random(kind)
    instance = load(planned)
    folder = shutil.copytree(planned, tmp_path / "i")
    path = folder / "instance.yaml" if kind == "yaml" else tmp_path / f"file.{kind}"
    told = 0
    for number in range(EACH):
        change = mutated_book if kind == "xlsx" else mutated
        path.write_bytes(change(files[kind], chance))
        try:
            use(kind, instance, path, lenient=number % 2 == 1)
        except InputError as error:
            told += 1
            assert error.problems
            assert all(problem.message for problem in error.problems)
    assert told > EACH // 5, "the mutations should hurt"


COMMANDS = {
    "xml": ["import", "xmltv", "FILE", "--into", "FOLDER", "--force"],
    "csv": ["import", "csv", "FILE", "--into", "FOLDER", "--force"],
    "xlsx": ["import", "timetable", "FILE", "--into", "FOLDER", "--force"],
    "yaml": ["check", "FOLDER"],
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_through_the_command_line_nothing_is_half_done(planned, files, tmp_path, kind):
    chance = random.Random(f"{kind} again")
    refused = 0
    for number in range(5):
        folder = shutil.copytree(planned, tmp_path / f"i{number}")
        path = folder / "instance.yaml" if kind == "yaml" else tmp_path / f"file.{kind}"
        change = mutated_book if kind == "xlsx" else mutated
        path.write_bytes(change(files[kind], chance))
        before = {entry: entry.read_bytes() for entry in folder.rglob("*") if entry.is_file()}
        words = [{"FILE": str(path), "FOLDER": str(folder)}.get(word, word) for word in COMMANDS[kind]]
        code = [sys.executable, "-c", "from scheduler.cli import main; main()", *words]
        done = subprocess.run(code, capture_output=True, text=True, check=False)
        assert "Traceback" not in done.stderr
        assert done.returncode in (0, 2), done.stderr
        if done.returncode == 2:
            refused += 1
            assert done.stderr.strip()
            assert {entry: entry.read_bytes() for entry in folder.rglob("*") if entry.is_file()} == before
    assert refused
