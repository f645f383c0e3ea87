"""`parity replan` as a planner calls it: files, words, exit codes, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from scheduler.results import ReplanFile
from tests.builders import content, write
from tests.planned import command
from tests.replan.cases import AFTER, BEFORE, published_in

if TYPE_CHECKING:
    from pathlib import Path

CASE = "a strand loses a day"


@pytest.fixture
def lost_day(tmp_path: Path) -> tuple[Path, Path]:
    """An instance whose second day has an event, and the timetable published before that was known."""
    path = published_in(tmp_path / "before", BEFORE[CASE])
    return write(tmp_path / "after", content(**{**BEFORE[CASE], **AFTER[CASE]})), path


def test_it_writes_the_timetable_and_why(lost_day, tmp_path):
    folder, path = lost_day
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out")
    assert code == 0, said
    written = ReplanFile.model_validate_json((tmp_path / "out" / "replan.json").read_text(encoding="utf-8"))
    assert written.change == written.change_bound > 0
    assert written.number >= written.number_bound > 0
    assert any("there is no longer a window at that time" in one.cause for one in written.changes)
    assert [slip.by for slip in written.slips] == [1]
    assert "slips by 1 episode" in said
    assert (tmp_path / "out" / "replan.txt").read_text(encoding="utf-8").strip() in said
    assert command("check", folder, tmp_path / "out" / "timetable.csv")[0] == 0
    assert command("replan", folder, "--published", path, "--out", tmp_path / "out")[0] == 2


@pytest.mark.parametrize(("language", "words"), [("kk", "1 серияға кейін жылжиды"), ("ru", "сдвигается на 1 серию")])
def test_it_speaks_the_readers_language(lost_day, tmp_path, language, words):
    folder, path = lost_day
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out", "--lang", language)
    assert code == 0
    assert words in said


def test_what_cannot_be_is_refused(lost_day, tmp_path):
    folder, path = lost_day
    common = ("replan", folder, "--published", path, "--out", tmp_path / "out")
    code, said = command(*common, "--not-aired", "Q.kz/20261207T1401Z")
    assert code == 2
    assert "did you mean" in said
    assert command(*common, "--side", "FR")[0] == 2
    assert command(*common, "--frozen-until", "yesterday")[0] == 2
    code, said = command(*common, "--not-aired", "Q.kz/20261209T1430Z", "--frozen-until", "2026-12-09")
    assert code == 2
    assert "lies after the freeze" in said
    assert not (tmp_path / "out").exists()


def test_a_title_that_the_catalogue_no_longer_has_is_dropped_and_named(tmp_path):
    path = published_in(tmp_path / "before", BEFORE["a film withdrawn"])
    folder = write(tmp_path / "after", content(**{**BEFORE["a film withdrawn"], **AFTER["a film withdrawn"]}))
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out", "--json")
    assert code == 0, said
    written = json.loads(said)
    assert len(written["gone"]) == 1
    assert "there is no programme 'film'" in written["gone"][0]
    assert written["number"] == written["number_bound"] == 2
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "kk", "--lang", "kk")
    assert "there is no programme" not in said
    assert "табылмады: бағдарлама «film»" in said, said
