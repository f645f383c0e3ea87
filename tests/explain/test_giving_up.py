"""Which clauses to give up for several clashes, what the nearest remedies are, and where an explanation begins."""

from __future__ import annotations

import json
from itertools import chain, combinations

import numpy as np
import pytest

from scheduler.explain import Start, explain
from scheduler.explain.explanation_json import explanation_json
from scheduler.explain.hitting import smallest_hitting_sets
from scheduler.explain.text import explanation_lines
from scheduler.solve import Budget, Settings
from scheduler.timetable import read_timetable
from scheduler.verify import verify
from tests.builders import build, kz, programme, uz, window
from tests.planned import command

SETTINGS = Settings(time_limit=60, seed=1, workers=1)


def explained(made, start=None):
    said = explain(made, SETTINGS, Budget.of_seconds(60), start=start)
    return said, "\n".join(explanation_lines(made, said)), json.loads(explanation_json(made, said))


def test_smallest_hitting_sets_are_all_of_them_and_none_is_larger():
    random = np.random.default_rng(3)
    for _ in range(60):
        sets = [random.choice(7, random.integers(1, 4), replace=False).tolist() for _ in range(random.integers(1, 6))]
        every = chain.from_iterable(combinations(range(7), size) for size in range(8))
        meeting = [frozenset(one) for one in every if all(set(one) & set(some) for some in sets)]
        least = min(len(one) for one in meeting)
        assert set(smallest_hitting_sets(sets)) == {one for one in meeting if len(one) == least}
    assert smallest_hitting_sets([]) == [frozenset()]
    assert smallest_hitting_sets([[1], []]) == []


def test_two_clashes_with_a_clause_in_common_are_resolved_by_it(tmp_path):
    """One window of an hour: a second run of `k` fits neither beside the film nor with one run a day."""
    rules = [
        {"type": "quota", "id": "SLOT", "territories": ["KZ"], "select": {"genre": ["film"]}, "least_count": 1,
         "period": "day"},
        {"type": "runs_per_day", "id": "ONCE", "most": 1},
        {"type": "quota", "id": "TWO", "territories": ["KZ"], "select": {"programme": "k"}, "least_count": 2,
         "period": "day"},
    ]  # fmt: skip
    programmes = [programme("k", 30, episodes=4, runs=2), programme("f", 30, genre="film")]
    made = build(tmp_path, [kz(window("18:00", "19:00"))], programmes, rules=rules, territories={"KZ": {"name": "K"}})
    said, text, plain = explained(made)
    assert {frozenset(one.rule for one in clash.clauses) for clash in said.clashes} == {
        frozenset({"SLOT", "TWO"}),
        frozenset({"ONCE", "TWO"}),
    }
    assert all(clash.minimal for clash in said.clashes)
    assert said.complete
    assert [one.clause.rule for one in said.given_up] == ["TWO"]
    assert said.given_up[0].clashes == (0, 1)
    assert not said.instead
    assert said.solved
    assert "the smallest change that resolves the clashes 1, 2:" in text
    assert (
        "Smallest set of clauses that resolves every clash: 1 clause. Without it all others can hold:\n  → TWO" in text
    )
    assert [one["to"] for one in plain["clashes"][0]["remedies"]][:1] == [1]
    assert plain["given_up"][0]["clashes"] == [0, 1]


def test_hours_end_at_the_minute_at_which_the_programme_ends(tmp_path):
    rules = [
        {"type": "quota", "id": "FILM", "select": {"genre": ["film"]}, "least_count": 1, "period": "day"},
        {"type": "age_watershed", "id": "AGE", "age": 18, "barred": ["20:00", "23:00"]},
    ]
    made = build(
        tmp_path,
        [kz(window("20:00", "21:30"))],
        [programme("f", 70, genre="film", age=18)],
        rules=rules,
        territories={"KZ": {"name": "K"}},
    )
    said, text, _ = explained(made)
    assert said.solved
    assert "barred 20:00–23:00 cannot hold, 21:10–23:00 can" in text


def test_a_window_off_the_grid_is_opened_to_the_next_step_of_the_grid(tmp_path):
    rules = [{"type": "quota", "id": "FILM", "select": {"genre": ["film"]}, "least_count": 2, "period": "day"}]
    films = [programme("f", 30, genre="film"), programme("g", 40, genre="film")]
    territories = {"KZ": {"name": "K"}}
    made = build(tmp_path, [kz(window("20:00", "20:55"))], films, rules=rules, grid=10, territories=territories)
    _, text, _ = explained(made)
    assert "open 15 more minutes on Q.kz in the window 20:00–20:55: end at 21:10" in text


def test_the_dates_of_rights_are_among_the_remedies(tmp_path):
    rules = [{"type": "quota", "id": "FILM", "select": {"genre": ["film"]}, "least_count": 1, "period": "day"}]
    programmes = [programme("k", 30), programme("f", 30, genre="film", rights_to="2026-12-07", runs=3)]
    made = build(
        tmp_path, [kz(window("18:00", "20:00"))], programmes, rules=rules, days=3, territories={"KZ": {"name": "K"}}
    )
    said, text, plain = explained(made)
    assert {one.rule for one in said.clashes[0].clauses} == {"FILM", "rights"}
    assert "f: rights_to 2026-12-07 cannot hold, 2026-12-09 can" in text
    remedies = plain["clashes"][0]["remedies"]
    (dates,) = [one for one in remedies if one["file"] == "programmes.csv"]
    assert (dates["line"], dates["to"], dates["nearest"], dates["enough"]) == (3, "2026-12-09", True, True)


def test_another_time_of_an_event_is_among_the_remedies(tmp_path):
    """The event is fixed where one of its channels has no window; the nearest time for both is half an hour later."""
    channels = [kz(window("18:00", "20:00")), uz(window("18:30", "20:00"))]
    link = {"type": "link_up", "id": "GALA", "programmes": ["g"], "channels": ["Q.kz", "M.uz"]}
    channels_named = [one["id"] for one in channels]
    rules = [{**link, "channels": channels_named, "at": "2026-12-07T13:00:00Z"}]
    territories = {"KZ": {"name": "K"}, "UZ": {"name": "U"}}
    made = build(tmp_path, channels, [programme("g", 30, runs=2)], rules=rules, territories=territories)
    said, _, plain = explained(made)
    moved = [one for clash in plain["clashes"] for one in clash["remedies"] if one["path"][-1] == "at"]
    assert said.verdict == "clash"
    assert [(one["to"], one["nearest"], one["enough"]) for one in moved] == [("2026-12-07T13:30:00Z", True, True)]


@pytest.fixture(scope="module")
def clash(tmp_path_factory):
    rules = [{"type": "quota", "id": "FILM", "select": {"genre": ["film"]}, "least_minutes": 90, "period": "day"}]
    folder = tmp_path_factory.mktemp("clash")
    channels = [kz(window("18:00", "19:00"))]
    return build(folder, channels, [programme("f", 30, genre="film", episodes=4)], rules=rules,
                 territories={"KZ": {"name": "K"}})  # fmt: skip


def test_what_explain_found_is_saved_and_a_second_run_begins_from_it(clash, tmp_path):
    out = tmp_path / "out"
    code, text = command("explain", clash.folder, "--workers", "1", "--out", out)
    assert code == 1
    assert f"saved: {out / 'timetable.csv'}" in text
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    assert result["hard_rules"] == "impossible"
    missed = verify(read_timetable(clash, out / "timetable.csv")).hard_missed
    assert [(row.rule, row.miss) for row in missed] == [("FILM", 30)]
    _, again = command("explain", clash.folder, out / "timetable.csv", "--workers", "1", "--json")
    assert json.loads(again)["least_misses_proved"]
    code, refused = command("explain", clash.folder, "--out", out)
    assert code == 2
    assert "--force" in refused


def test_a_timetable_that_keeps_every_rule_is_taken_without_a_search(tmp_path, monkeypatch):
    rules = [{"type": "quota", "id": "FILM", "select": {"genre": ["film"]}, "least_minutes": 30, "period": "day"}]
    made = build(tmp_path / "i", [kz(window("18:00", "19:00"))], [programme("f", 30, genre="film", episodes=4)],
                 rules=rules, territories={"KZ": {"name": "K"}})  # fmt: skip
    found, text, _ = explained(made)
    assert "all hard rules can hold" in text
    monkeypatch.setattr("scheduler.explain.feasible._ask", lambda *_: pytest.fail("the solver was asked"))
    again, _, _ = explained(made, Start(found.answer.timetable))
    assert again.verdict == "holds"
    assert again.answer.verification.hard_missed == ()
