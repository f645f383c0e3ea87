"""Where a hard rule is missed, the answer says whether that is proven to be necessary or only not found otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.report.facts import verdicts
from scheduler.report.language import Language
from scheduler.report.summary import summary_lines
from scheduler.report.tables import build_tables
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import result_text
from scheduler.timetable import timetable_csv

CLASH = Path(__file__).resolve().parents[2] / "instances" / "clash-rights-supply"
ENGLISH = Language("en")
SAID = {
    "impossible": ("proven twice: no timetable keeps all hard rules", "this is proven twice"),
    "not_found": ("found in time; there may be one", "found in time; there may be one"),
}


@pytest.mark.parametrize(("strategy", "known"), [("exact", "impossible"), ("greedy", "not_found")])
def test_a_hard_rule_that_is_missed_is_proven_impossible_or_not_found(tmp_path, strategy, known):
    answer = solve(load(CLASH), Settings(strategy, time_limit=30.0))
    assert (answer.status, answer.hard_rules) == ("hard_missed", known)
    line, verdict = SAID[known]
    assert any(line in one for one in summary_lines(answer, tmp_path, ENGLISH))
    (tmp_path / "timetable.csv").write_text(timetable_csv(answer.timetable), encoding="utf-8")
    (tmp_path / "result.json").write_text(result_text(answer), encoding="utf-8")
    tables = build_tables(answer.timetable, tmp_path)
    assert tables.result.hard_rules == known
    assert any(verdict in text for _, text in verdicts(tables, ENGLISH))


def test_an_answer_that_keeps_them_says_so():
    answer = solve(load(CLASH.parent / "toy"), Settings("exact", time_limit=30.0))
    assert answer.hard_rules == "kept"
    assert not any("hard rules" in one and "proven" in one for one in summary_lines(answer, Path(), ENGLISH))
