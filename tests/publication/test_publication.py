"""Publications, notices with raised sequences, and what a party may see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from icalendar import Calendar

from tests.builders import rows_of, write, write_rows
from tests.planned import command
from tests.publication.cases import MARKER, planned_in, spec


@pytest.fixture
def planned(tmp_path: Path) -> tuple[Path, Path]:
    return planned_in(tmp_path)


def later(row: dict[str, str], minutes: int = 30) -> dict[str, str]:
    """The airing half an hour later; only the columns that a timetable needs."""
    hour, minute = int(row["start_utc"][11:13]), int(row["start_utc"][14:16]) + minutes
    start = f"{row['start_utc'][:11]}{hour + minute // 60:02d}:{minute % 60:02d}Z"
    blank = ("airing_id", "start_local", "end_local", "end_utc")
    return {**row, **dict.fromkeys(blank, ""), "start_utc": start}


def events(path: Path) -> dict[str, tuple[int, str, str]]:
    calendar = Calendar.from_ical(path.read_bytes())
    return {
        str(one["uid"]): (int(one["sequence"]), str(one["status"]), one["dtstart"].dt.strftime("%H:%M"))
        for one in calendar.walk("VEVENT")
    }


def test_notices_keep_uids_and_raise_sequences(planned, tmp_path):
    folder, path = planned
    assert command("publish", folder, path, "--until", "2026-12-07", "--on", "2026-11-30")[0] == 0
    first = rows_of(folder / "publications" / "0001.csv")
    assert {row["broadcast_date"] for row in first} == {"2026-12-07"}
    assert command("notices", folder, "--since", "0", "--out", tmp_path / "all")[0] == 0
    ours = [row for row in rows_of(path) if row["channel"] == "O.uz" and row["broadcast_date"] == "2026-12-07"]
    assert len(ours) > 1
    moved, dropped = ours[-1], ours[0]
    kept = [row for row in rows_of(path) if row not in (moved, dropped)]
    edited = write_rows(tmp_path / "edited.csv", [*kept, later(moved)])
    code, said = command("publish", folder, edited, "--until", "2026-12-07", "--on", "2026-12-01")
    assert code == 0, said
    assert "publication 2" in said
    code, said = command("notices", folder, "--since", "1", "--out", tmp_path / "news")
    assert code == 0, said
    before, after = events(tmp_path / "all" / "O.uz.ics"), events(tmp_path / "news" / "O.uz.ics")
    known = {f"{row['airing_id']}@parity-scheduler": row for row in (moved, dropped)}
    assert set(after) <= set(known)
    for uid, (sequence, status, start) in after.items():
        assert sequence == before[uid][0] + 1
        assert status in ("CONFIRMED", "CANCELLED")
        assert (start == before[uid][2]) == (status == "CANCELLED")
    assert sorted(status for _, status, _ in after.values()) == ["CANCELLED", "CONFIRMED"]
    assert command("notices", folder, "--since", "2", "--out", tmp_path / "none")[1].strip() == "nothing has changed"
    assert "nothing has changed" in command("publish", folder, edited, "--until", "2026-12-07")[1]


def test_a_damaged_record_is_refused(planned, tmp_path):
    folder, path = planned
    command("publish", folder, path, "--until", "2026-12-08")
    state = folder / "publications" / "0001.csv"
    state.write_text(state.read_text(encoding="utf-8").replace("OURS", "OUR5"), encoding="utf-8")
    code, said = command("notices", folder, "--since", "0", "--out", tmp_path / "out")
    assert code == 2
    assert "was changed since publication 1" in said
    assert command("notices", folder, "--since", "9", "--out", tmp_path / "out")[0] == 2


def test_a_change_of_what_nobody_knows_weighs_nothing(planned, tmp_path):
    folder, path = planned
    command("publish", folder, path, "--until", "2026-12-07", "--channel", "Q.kz")
    table = spec()
    table["programmes.csv"][1]["rights_to"] = "2026-12-06"
    write(folder, table)
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out")
    written = json.loads((tmp_path / "out" / "replan.json").read_text(encoding="utf-8"))
    assert code in (0, 1), said
    for one in written["changes"]:
        told = one["channel"] == "Q.kz" and (one["start_before"] or one["start_after"]) < "2026-12-07T23"
        assert (one["weight"] > 0) == told


@pytest.mark.parametrize("form", ["csv", "ics", "xmltv", "json"])
def test_an_export_for_a_party_holds_nothing_of_others(planned, tmp_path, form):
    folder, path = planned
    every, own = tmp_path / f"all.{form}", tmp_path / f"uz.{form}"
    assert command("export", folder, path, "--format", form, "--out", every)[0] == 0
    assert command("export", folder, path, "--format", form, "--out", own, "--for", "UZ")[0] == 0
    assert MARKER.encode() in every.read_bytes()
    assert MARKER.encode() not in own.read_bytes()
    assert b"ours" in own.read_bytes().lower()
    assert command("export", folder, path, "--format", form, "--out", own, "--for", "XX")[0] == 2


def test_viewers_are_left_out_of_what_a_party_gets(planned, tmp_path):
    folder, path = planned
    own = tmp_path / "uz.csv"
    command("export", folder, path, "--format", "csv", "--out", own, "--for", "UZ")
    rows = rows_of(own)
    assert rows
    assert {row["expected_viewers"] for row in rows} == {""}
    assert {row["agreement"] for row in rows} == {"KZ-UZ"}


@pytest.mark.parametrize("party", ["UZ", None])
def test_notices_for_a_party_hold_nothing_of_others(planned, tmp_path, party):
    folder, path = planned
    command("publish", folder, path, "--until", "2026-12-08")
    words = ["--for", party] if party else []
    assert command("notices", folder, "--since", "0", "--out", tmp_path / "out", *words)[0] == 0
    files = {one.name: one.read_bytes() for one in (tmp_path / "out").iterdir()}
    assert {"UZ.csv", "UZ.ics", "UZ.html"} <= set(files)
    for name, told in files.items():
        if party or name.startswith("UZ."):
            assert MARKER.encode() not in told, name
            assert b"T.tj" not in told, name
    assert party or any(MARKER.encode() in told for told in files.values())
