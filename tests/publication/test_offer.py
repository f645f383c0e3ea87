"""What a partner is offered holds nothing of others, and its answer comes back as locks and bans."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from scheduler.airings import build_airings
from scheduler.rules import load, rules_of
from tests.builders import rows_of
from tests.planned import command
from tests.publication.cases import MARKER, filled, planned_in

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def offered(tmp_path: Path) -> tuple[Path, Path, Path]:
    """The instance, its timetable, and the folder of the offer to UZ."""
    folder, path = planned_in(tmp_path)
    code, said = command("offer", folder, path, "--to", "UZ", "--lang", "ru", "--out", tmp_path / "offer")
    assert code == 0, said
    return folder, path, tmp_path / "offer"


def test_an_offer_holds_both_clocks_and_nothing_of_others(offered):
    _, _, out = offered
    page = (out / "offer-UZ.html").read_bytes()
    with zipfile.ZipFile(out / "offer-UZ.xlsx") as book:
        parts = b"".join(book.read(name) for name in book.namelist())
        assert len([name for name in book.namelist() if name.startswith("xl/worksheets/")]) == 1
    for told in (page, parts):
        assert MARKER.encode() not in told
        assert b"OURS" in told
    sheet = openpyxl.load_workbook(out / "offer-UZ.xlsx").worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    assert sheet.sheet_state == "visible"
    assert sheet.cell(1, heads["start"]).value == "начало, время канала"
    assert {sheet.cell(row, heads["direction"]).value for row in range(3, sheet.max_row + 1)} == {"KZ>UZ", "UZ>KZ"}


def test_answers_come_back_as_locks_and_bans(offered, tmp_path):
    folder, path, out = offered
    book = out / "offer-UZ.xlsx"
    ids = filled(book, [("Принято", ""), ("", "20.00"), ("refused", "")])
    code, said = command("answer", folder, path, book, "--from", "UZ", "--out", tmp_path / "answer")
    assert code == 0, said
    assert f"1 accepted, 1 at another time, 1 refused, {len(ids) - 3} open" in said
    locks = rows_of(tmp_path / "answer" / "locks.csv")
    assert f"{locks[0]['channel']}/{locks[0]['start_utc'].replace('-', '').replace(':', '')}" == ids[0]
    assert locks[1]["start_utc"].endswith("T15:00Z")
    before, after = (
        build_airings(instance, rules_of(instance))
        for instance in (load(folder), load(folder, [tmp_path / "answer" / "bans.yaml"]))
    )
    ids_of = [
        {
            f"{one.instance.channels[channel].id}/{one.instance.timeline.moment(start):%Y%m%dT%H%MZ}"
            for channel, start, number in zip(
                one.channel.tolist(), one.start_minute.tolist(), one.programme.tolist(), strict=True
            )
            if one.instance.programmes[number].programme == "ours"
        }
        for one in (before, after)
    ]
    assert ids[2] in ids_of[0]
    assert ids[2] not in ids_of[1]
    assert ids_of[0] - ids_of[1] <= {one for one in ids_of[0] if one.startswith("O.uz/")}


def test_an_answer_without_a_refusal_changes_no_rule(offered, tmp_path):
    folder, path, out = offered
    filled(out / "offer-UZ.xlsx", [("accepted", "")])
    answer = tmp_path / "answer"
    assert command("answer", folder, path, out / "offer-UZ.xlsx", "--from", "UZ", "--out", answer)[0] == 0
    assert load(folder, [answer / "bans.yaml"]).file.model_dump() == load(folder).file.model_dump()


@pytest.mark.parametrize(("answer", "other"), [("perhaps", ""), ("", "25:00")])
def test_an_answer_in_other_words_is_refused_with_its_row(offered, tmp_path, answer, other):
    folder, path, out = offered
    filled(out / "offer-UZ.xlsx", [(answer, other)])
    code, said = command("answer", folder, path, out / "offer-UZ.xlsx", "--from", "UZ", "--out", tmp_path / "answer")
    assert code == 2
    assert "offer-UZ.xlsx:" in said
    assert not (tmp_path / "answer").exists()


def test_nobody_answers_for_channels_of_others(offered, tmp_path):
    folder, path, out = offered
    filled(out / "offer-UZ.xlsx", [("accepted", "")])
    code, said = command("answer", folder, path, out / "offer-UZ.xlsx", "--from", "TJ", "--out", tmp_path / "answer")
    assert code == 2
    assert "is planned on a channel of TJ" in said


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.csv", b"airing_id;answer\n1;\xe4\xee\xed"), ("a.csv", b'a,"b\n'), ("a.xlsx", b"PK\x03\x04"), ("a.ods", b"")],
)
def test_an_answer_that_is_no_table_is_refused_without_a_traceback(offered, tmp_path, name, content):
    folder, path, _ = offered
    (tmp_path / name).write_bytes(content)
    code, said = command("answer", folder, path, tmp_path / name, "--from", "UZ", "--out", tmp_path / "out")
    assert code == 2
    assert f"{name}:" in said and "Traceback" not in said
    assert not (tmp_path / "out").exists()


def test_an_answer_as_csv_from_a_spreadsheet_is_read(offered, tmp_path):
    """Semicolons and a byte order mark, as spreadsheets write them."""
    folder, path, out = offered
    mine = filled(out / "offer-UZ.xlsx", [("accepted", "")])
    (tmp_path / "a.csv").write_text(f"airing_id;answer;other_start\n{mine[0]};accepted;\n", encoding="utf-8-sig")
    code, said = command("answer", folder, path, tmp_path / "a.csv", "--from", "UZ", "--out", tmp_path / "out")
    assert code == 0, said
    assert len(rows_of(tmp_path / "out" / "locks.csv")) == 1
