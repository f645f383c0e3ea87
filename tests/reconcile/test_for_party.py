"""What a party gets of a reconciliation: its own agreements, with nothing of others in any byte."""

from __future__ import annotations

import pytest

from scheduler.rules import load
from scheduler.timetable import read_timetable, timetable_frame
from tests.builders import rows_of
from tests.planned import command
from tests.publication.cases import MARKER, planned_in


@pytest.fixture
def aired(tmp_path):
    """The plan, its timetable, and a log of all of it: each airing ten minutes late, and one of another programme."""
    folder, path = planned_in(tmp_path)
    plan = timetable_frame(read_timetable(load(folder), path))
    lines = ["channel;start;length;title;episode;programme"]
    for row in plan.to_dict("records"):
        begin = f"{row['start_local'][:14]}{int(row['start_local'][14:16]) + 10:02d}:00"
        lines.append(f"{row['channel']};{begin};0:30:00;{row['title']};{row['episode']};{row['programme']}")
    lines.append(f"Q.kz;2026-12-08 20:45:00;0:10:00;Concert {MARKER};;")
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder, path, tmp_path


@pytest.mark.parametrize("party", [None, "UZ"])
def test_files_for_a_party_hold_nothing_of_others(aired, party):
    folder, path, at = aired
    words = ["--for", party] if party else []
    code, said = command("reconcile", folder, path, at / "log.csv", "--out", at / "out", *words)
    assert code == 0, said
    files = {one.name: one.read_bytes() for one in (at / "out").iterdir()}
    if party is None:
        assert sum(MARKER.encode() in told for told in files.values()) >= 3
        return
    assert set(files) == {"aired.csv", "discrepancies.csv", "reconciliation.md"}
    for name, told in files.items():
        assert MARKER.encode() not in told, name
        assert b"T.tj" not in told, name
    rows = rows_of(at / "out" / "aired.csv")
    assert {row["agreement"] for row in rows} == {"KZ-UZ"}
    assert {row["expected_viewers"] for row in rows} == {""}
    assert {row["programme"] for row in rows} <= {"ours", "theirs"}
    assert b"KZ-UZ" in files["discrepancies.csv"]
    assert b"| KZ-UZ |" in files["reconciliation.md"]


def test_its_measures_are_those_of_the_whole(aired):
    folder, path, at = aired
    pages = []
    for number, words in enumerate(([], ["--for", "UZ"])):
        assert command("reconcile", folder, path, at / "log.csv", "--out", at / str(number), *words)[0] == 0
        page = (at / str(number) / "reconciliation.md").read_text(encoding="utf-8")
        pages.append([line for line in page.splitlines() if line.startswith("| KZ-UZ ")])
    assert pages[0] == pages[1] != []


@pytest.mark.parametrize("words", [("--for", "XX"), ("--for", "UZ", "--history")])
def test_an_unknown_party_and_a_history_for_a_party_are_refused(aired, words):
    folder, path, at = aired
    assert command("reconcile", folder, path, at / "log.csv", "--out", at / "out", *words)[0] == 2
    assert not (at / "out").exists()
