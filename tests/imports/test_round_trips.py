"""What is exported comes back as it was: timetables by workbook, anchors by guide, in every zone."""

import shutil

import openpyxl
import pytest

from scheduler.export import select, xmltv_text
from scheduler.imports import Findings, anchors_of, merged, read_guide, read_workbook, settle
from scheduler.report.tables import build_tables
from scheduler.report.workbook import workbook_report
from scheduler.rules import load
from scheduler.timetable import timetable_csv, timetable_of
from tests.builders import anchor, channel, content, programme, window, write
from tests.planned import command, timetable_at

ZONES = {
    "KZ": "Asia/Almaty",
    "UZ": "Asia/Tashkent",
    "KG": "Asia/Bishkek",
    "TJ": "Asia/Dushanbe",
    "TM": "Asia/Ashgabat",
    "AZ": "Asia/Baku",
    "CN": "Asia/Shanghai",
}


@pytest.mark.parametrize("language", ["en", "kk", "ru"])
def test_a_timetable_comes_back_from_its_workbook(planned, tmp_path, language):
    table = timetable_at(planned)
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(table), language))
    findings = Findings()
    edited = read_workbook(table.instance, path, findings)
    assert findings.problems == []
    assert timetable_csv(edited.read(table.instance)) == timetable_csv(table)
    assert not any(edited.locked)


def edited_book(planned, tmp_path, change):
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(build_tables(timetable_at(planned)), "en"))
    book = openpyxl.load_workbook(path)
    sheet = book["Listing"]
    heads = {cell.value.removeprefix("parity-listing:"): cell.column for cell in sheet[1]}
    change(sheet, heads)
    book.save(path)
    folder = shutil.copytree(planned, tmp_path / "copy")
    shutil.rmtree(folder / "out")
    return path, folder


def test_locked_rows_become_locks_that_solving_keeps(planned, tmp_path):
    def lock(sheet, heads):
        for row in range(3, sheet.max_row + 1):
            sheet.cell(row, heads["locked"]).value = "yes"

    path, folder = edited_book(planned, tmp_path, lock)
    code, said = command("import", "timetable", path, "--into", folder)
    assert code == 0, said
    instance = load(folder)
    assert len(instance.locks) == int((~timetable_at(planned).anchor).sum())
    assert (folder / "timetable.csv").read_text() == timetable_csv(timetable_at(planned))
    assert command("check", folder, folder / "timetable.csv")[0] == 0
    assert command("import", "timetable", path, "--into", folder)[0] == 2, "nothing is overwritten unasked"


@pytest.mark.parametrize(
    ("head", "value", "said"),
    [
        ("channel", "Q.kx", "did you mean 'Q.kz'?"),
        ("programme", "nobody", "there is no programme 'nobody'"),
        ("title", "Another", "change the programme's id too"),
        ("date", "someday", "is not a date"),
        ("locked", "perhaps", "neither yes nor no"),
        ("version_language", "xxx", "has no version xxx"),
        ("start", "19:07", "grid"),
    ],
)
def test_a_wrong_edit_is_reported_with_its_row_and_nothing_is_written(planned, tmp_path, head, value, said):
    def edit(sheet, heads):
        row = next(row for row in range(3, 99) if not sheet.cell(row, heads["anchor"]).value)
        sheet.cell(row, heads[head]).value = value

    path, folder = edited_book(planned, tmp_path, edit)
    before = sorted(entry.name for entry in folder.iterdir())
    code, told = command("import", "timetable", path, "--into", folder)
    assert code == 2
    assert said in told
    assert "book.xlsx[Listing]:" in told
    assert sorted(entry.name for entry in folder.iterdir()) == before


def shown(instance):
    """Every dated anchor with all that rules may ask of it."""
    fixed, items = instance.dated_anchors, instance.contents.items
    columns = zip(fixed.channel.tolist(), fixed.start.tolist(), fixed.end.tolist(), fixed.content.tolist(), strict=True)
    return sorted((channel_, start, end, str(items[at])) for channel_, start, end, at in columns)


@pytest.mark.parametrize("start", ["2026-12-07", "2024-02-26"])
def test_anchors_come_back_from_a_guide_in_every_zone(tmp_path, start):
    channels, anchors = [], []
    for code, zone in ZONES.items():
        name = f"a.{code.lower()}"
        channels.append(channel(name, code, zone, window("18:00", "20:00"), languages=["rus"]))
        anchors += [
            anchor(f"{code}-news", name, "06:00", "06:25", origin=code, audio="rus", age=12),
            anchor(f"{code}-late", name, "23:30", "25:10", days="mon-fri", origin="TR", audio="kaz",
                   version_kind="dubbed", original_language="tur", run="rerun", appeal="1.25", tags="a;b"),
            anchor(f"{code}-relay", name, "21:00", "21:01", date=start, origin="KZ:0.3;UZ:0.7", audio="zho",
                   delivery="relay", title="A & B <c>", serves="none"),
        ]  # fmt: skip
    spec = content(
        channels,
        [programme("p", 30)],
        anchors=anchors,
        start=start,
        days=7,
        territories={code: {"name": code} for code in ZONES},
    )
    folder = write(tmp_path / "i", spec)
    instance = load(folder)
    table = timetable_of(*empty(instance))
    guide = tmp_path / "guide.xml"
    guide.write_text(xmltv_text(select(table)), encoding="utf-8")
    findings = Findings()
    settled = settle(instance, read_guide(instance, guide, {}, findings), findings)
    rows = anchors_of(instance, settled, findings)
    assert [str(problem) for problem in findings.problems if problem.severity == "error"] == []
    (folder / "anchors.csv").write_text(merged(instance, rows, settled).text, encoding="utf-8")
    assert shown(load(folder)) == shown(instance)
    assert len(shown(instance)) == len(ZONES) * (7 + 5 + 1)


def empty(instance):
    """The airings of an instance, none of them chosen."""
    import numpy as np

    from scheduler.airings import build_airings
    from scheduler.rules import rules_of

    airings = build_airings(instance, rules_of(instance))
    return airings, np.zeros(len(airings), dtype=bool)
