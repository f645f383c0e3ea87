"""Limits that hold before memory is spent, and texts and dates at the edges: a message and exit code 2."""

import io
import itertools
import os
import re
import resource
import subprocess
import zipfile

import pytest
import xlsxwriter

from scheduler.imports.cells import read_table, sheet_names
from scheduler.imports.workbook_limits import MAX_CELLS, MAX_TEXT
from scheduler.instance import InputError
from scheduler.instance.files import csv_table, yaml_document
from scheduler.instance.files.csv_table import read_csv
from scheduler.instance.files.raw_file import read_raw
from scheduler.instance.files.yaml_document import read_yaml
from tests.builders import content, kz, programme, window, write
from tests.fuzz import try_one
from tests.kills import PARITY
from tests.planned import command

GIGABYTE = 1_000_000_000
CONTENT = content([kz(window("18:00", "20:00"))], [programme("a", 30)])


def said_of(read, *args):
    with pytest.raises(InputError) as caught:
        read(*args)
    return "\n".join(str(problem) for problem in caught.value.problems)


def workbook(path, *cells, text="x"):
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    for row, column in cells:
        sheet.write(row, column, text)
    book.close()
    return path


def opened(path, name, change):
    """The workbook with one part changed."""
    source, target = zipfile.ZipFile(path), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for part in source.namelist():
            raw = source.read(part)
            book.writestr(part, change(raw) if part == name else raw)
    path.write_bytes(target.getvalue())
    return path


@pytest.mark.parametrize("cell", [(1_048_575, 16_383), (1_048_575, 199), (60_000, 100)])
def test_a_far_cell_is_refused_before_the_sheet_is_loaded(tmp_path, cell):
    path = workbook(tmp_path / "far.xlsx", (0, 0), cell)
    assert path.stat().st_size < 30_000
    assert "delete the cells far outside" in said_of(read_table, path)


def test_a_far_cell_takes_no_memory_and_kills_no_process(tmp_path):
    write(tmp_path / "i", CONTENT)
    workbook(tmp_path / "far.xlsx", (0, 0), (1_048_575, 16_383))
    words = [*PARITY, "import", "xlsx", str(tmp_path / "far.xlsx"), "--into", str(tmp_path / "i"), "--channel", "Q.kz"]

    def little_memory():
        resource.setrlimit(resource.RLIMIT_AS, (4 * GIGABYTE, 4 * GIGABYTE))

    done = subprocess.run(words, capture_output=True, text=True, check=False, preexec_fn=little_memory)
    assert done.returncode == 2, done.stderr
    assert "the cell XFD1048576 makes a sheet of 1,048,576 rows and 16,384 columns" in done.stderr


def test_cells_without_a_place_count_from_the_one_before(tmp_path):
    path = workbook(tmp_path / "near.xlsx", (0, 0), (1, 1))
    strip = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    opened(path, "xl/worksheets/sheet1.xml", lambda raw: raw.replace(b"</sheetData>", strip))
    assert "delete the cells far outside" in said_of(read_table, path)


def test_a_shared_text_counts_once_for_every_cell(tmp_path):
    each = 30_000
    cells = [(row, 0) for row in range(MAX_TEXT // each + 2)]
    path = workbook(tmp_path / "text.xlsx", *cells, text="x" * each)
    assert path.stat().st_size < 100_000
    assert "million characters" in said_of(read_table, path)
    assert len(read_table(workbook(tmp_path / "less.xlsx", *cells[:100], text="x" * each)).rows) == 100


def test_a_repeated_cell_of_an_open_document_counts(tmp_path):
    path = tmp_path / "far.ods"
    names = 'xmlns:table="t" xmlns:office="o" xmlns:text="x"'
    cell = '<table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell>'
    far = f'<table:table-cell table:number-columns-repeated="{MAX_CELLS}"/>{cell}'
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(
            "content.xml", f"<a {names}><table:table><table:table-row>{far}</table:table-row></table:table></a>"
        )
    assert "delete the cells far outside" in said_of(read_table, path)


@pytest.mark.parametrize("read", [read_table, sheet_names])
def test_a_part_with_a_document_type_is_refused(tmp_path, read):
    path = workbook(tmp_path / "bomb.xlsx", (0, 0))
    bomb = b'<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]>'
    opened(path, "xl/worksheets/sheet1.xml", lambda raw: raw.replace(b"<worksheet", bomb + b"<worksheet", 1))
    assert "declares a document type" in said_of(read, path)


def test_values_of_yaml_are_counted_while_they_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(yaml_document, "MAX_NODES", 1_000)
    path = tmp_path / "many.yaml"
    path.write_text("a:\n" + "- 1\n" * 1_500, encoding="utf-8")
    assert "too large or too deeply nested" in said_of(read_yaml, path, "many.yaml")
    path.write_text("a:\n" + "- 1\n" * 3_000, encoding="utf-8")
    composed = []
    monkeypatch.setattr(yaml_document.YamlDocument, "build", lambda *_: composed.append(1))
    assert "too large or too deeply nested" in said_of(read_yaml, path, "many.yaml")
    assert not composed


@pytest.mark.parametrize(
    "text",
    [
        "a: " + "[" * 100 + "]" * 100,
        "a: " + "[" * 100_000,
        "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 10)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
    ],
    ids=["deep", "deeper than Python goes", "aliases of aliases"],
)
def test_deep_and_multiplied_yaml_is_refused(tmp_path, text):
    path = tmp_path / "deep.yaml"
    path.write_text(text, encoding="utf-8")
    assert "too large or too deeply nested" in said_of(read_yaml, path, "deep.yaml")


def test_columns_and_lines_of_a_table_are_limited(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(f"c{n}" for n in range(csv_table.MAX_COLUMNS + 1)), encoding="utf-8")
    assert "has more than 200 columns" in said_of(read_csv, path, "wide.csv", frozenset(), frozenset())
    path.write_text("a\n" + "," * (csv_table.MAX_LINE + 1), encoding="utf-8")
    assert said_of(read_csv, path, "wide.csv", frozenset("a"), frozenset()).startswith(
        "wide.csv:2:1: the line has more"
    )


def test_only_plain_files_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "nowhere").symlink_to("gone")
    (tmp_path / "large").write_bytes(b"x" * 2_000_001)
    assert "is a device or a pipe" in said_of(read_raw, tmp_path / "pipe", "f", 10)
    assert "is a link to gone, which is not there" in said_of(read_raw, tmp_path / "nowhere", "f", 10)
    assert "is larger than 2 MB" in said_of(read_raw, tmp_path / "large", "f", 2_000_000)


@pytest.mark.parametrize("name", ["instance.yaml", "programmes.csv", "locks.csv"])
@pytest.mark.parametrize("target", ["/dev/zero", "gone", "pipe"])
def test_devices_pipes_and_lost_links_in_an_instance(tmp_path, name, target):
    folder = write(tmp_path / "i", CONTENT)
    os.mkfifo(folder / "pipe")
    (folder / name).unlink(missing_ok=True)
    (folder / name).symlink_to(target)
    code, said = command("check", folder)
    assert code == 2
    assert f"{name}:1:1: is a " in said


def test_many_problems_of_a_kind_are_counted(tmp_path):
    folder = write(tmp_path / "i", content([kz(window("18:00", "20:00"))], [programme(f"a{n}", 30) for n in range(40)]))
    text = (folder / "programmes.csv").read_text(encoding="utf-8")
    numbers = itertools.count()
    different = re.sub(",30,", lambda _: f",thirty{next(numbers)},", text)
    (folder / "programmes.csv").write_text(different, encoding="utf-8")
    code, said = command("check", folder)
    assert code == 2
    assert said.count("programmes.csv:") == 10 + ("in programmes.csv" in said)
    assert "… and 30 more of this kind" in said
    assert "40 problems in" in said


def test_equal_problems_of_a_file_are_one_with_the_number_of_places(tmp_path):
    folder = write(tmp_path / "i", content([kz(window("18:00", "20:00"))], [programme(f"a{n}", 30) for n in range(40)]))
    text = (folder / "programmes.csv").read_text(encoding="utf-8")
    (folder / "programmes.csv").write_text(text.replace(",30,", ",thirty,"), encoding="utf-8")
    code, said = command("check", folder)
    assert code == 2
    assert said.count("programmes.csv:") == 1
    assert said.startswith("programmes.csv:2:") and "(and 39 more places)" in said
    assert "1 problem in" in said


def test_half_a_character_is_named_and_two_halves_are_one(tmp_path):
    folder = write(tmp_path / "i", CONTENT)
    text = (folder / "instance.yaml").read_text(encoding="utf-8")
    (folder / "instance.yaml").write_text(text.replace('"tiny"', '"x\\ud800"'), encoding="utf-8")
    code, said = command("check", folder)
    assert code == 2
    assert "half a character" in said
    (folder / "instance.yaml").write_text(text.replace('"tiny"', '"x\\ud83d\\ude00"'), encoding="utf-8")
    assert command("check", folder)[0] == 0


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_at_the_edge_of_the_calendar_are_no_days_of_a_schedule(tmp_path, day):
    folder = write(tmp_path / "i", CONTENT)
    table, guide = tmp_path / "s.csv", tmp_path / "g.xml"
    rows = f"date,start,end,title,genre,origin,audio\n{day},24:00,25:00,t,news,KZ,kaz\n"
    table.write_text(rows, encoding="utf-8")
    code, said = command("import", "csv", table, "--into", folder, "--channel", "Q.kz", "--force")
    assert code == 2
    assert f"'{day}' lies outside the years 1900 to 2200" in said
    moment = day.replace("-", "") + "235900 +0500"
    guide.write_text(
        f'<tv><programme start="{moment}" stop="{moment}" channel="Q.kz"><title>x</title></programme></tv>',
        encoding="utf-8",
    )
    code, said = command("import", "xmltv", guide, "--into", folder, "--force")
    assert code == 2
    assert "is no time of the calendar" in said


@pytest.mark.parametrize("encoding", ["undefined", "punycode", "idna", "rot13", "base64", "unicode_escape", "nonsense"])
def test_a_guide_in_an_odd_encoding_is_named(tmp_path, encoding):
    folder, guide = write(tmp_path / "i", CONTENT), tmp_path / "g.xml"
    entry = '<programme start="20261207200000 +0500" channel="Q.kz"><title>x\\ud800</title></programme>'
    guide.write_text(f'<?xml version="1.0" encoding="{encoding}"?>\n<tv>{entry}</tv>', encoding="utf-8")
    code, said = command("import", "xmltv", guide, "--into", folder, "--force")
    assert code == 2
    assert "g.xml:1:1:" in said or "g.xml:2:" in said


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_mutated_folders_end_with_a_code_of_the_contract(planned, tmp_path, first):
    for seed in range(first, first + 10):
        try_one(planned, tmp_path, seed)
