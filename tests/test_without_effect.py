"""Parts of an instance without effect: `check` names those known before a solve, a report those known after it."""

from __future__ import annotations

import json

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import OnAir
from scheduler.timetable.timetable import nothing_planned
from scheduler.verify import verify
from scheduler.without_effect import after_solving, before_solving
from tests.builders import aired, content, kz, programme, uz, window, write
from tests.planned import command

CHANNELS = [
    kz(window("18:00", "20:00"), window("22:00", "23:00", "sat-sun", accept={"genre": "opera"})),
    uz(window("18:00", "20:00")),
]
PROGRAMMES = [
    programme("k1", 60, versions="kaz:original;uzb:dubbed", appeal="2"),
    programme("k2", 30, versions="kaz:original", genre="quiz", appeal="3"),
    programme("k3", 60, versions="kaz:original", genre="talk", age=18),
    programme("o1", 60, genre="opera", rights_from="2027-01-01"),
]
SOFT = {"hard": False, "price": 1}
HARD = {"territories": ["KZ"], "type": "quota"}
RULES = [
    {**HARD, "id": "past", "select": {}, "least_minutes": 9, "valid_to": "2026-01-01"},
    {**HARD, "id": "no-channel", "select": {}, "least_minutes": 9, "licences": ["cable"]},
    {**HARD, "id": "no-content", "select": {"genre": "quiz", "origin": "UZ"}, "most_minutes": 9},
    {**HARD, "id": "always", "select": {"genre": "opera"}, "most_minutes": 90},
    {**HARD, "id": "fixed", "select": {"genre": "opera"}, "least_minutes": 9, "period": "day", **SOFT},
    {"type": "age_watershed", "id": "bars", "age": 18, "barred": ["06:00", "20:00"]},
    {**HARD, "id": "counts", "select": {"genre": "drama"}, "most_minutes": 90, "period": "day"},
    {**HARD, "id": "quiet", "select": {"genre": "drama"}, "most_count": 1, "period": "day"},
]


def spec(**more):
    channels = [{**CHANNELS[0], "licence": "terrestrial"}, {**CHANNELS[1], "licence": "cable"}]
    return content(channels, PROGRAMMES, rules=RULES, start="2026-12-12", days=2, **more)


def before(folder, **more):
    instance = load(write(folder, spec(**more)))
    airings = build_airings(instance, rules_of(instance))
    return [str(one.text) for one in before_solving(airings, formulate(airings), rules_of(airings.instance))]


def test_what_can_change_nothing_is_named_before_a_solve(tmp_path):
    assert before(tmp_path) == [
        "no programme can air in the window sat-sun 22:00–23:00 of Q.kz",
        "the rule 'past' has no day in the horizon",
        "the rule 'no-channel' applies to no channel",
        "the rule 'no-content' counts nothing: no programme, anchor or fallback is UZ quiz",
        "the rule 'always' holds whatever airs: it bars nothing, and no airing can miss it",
        "no airing can change what the rule 'fixed' counts",
        "no rule, window or audience curve names the genre 'talk' (1 programme)",
    ]


def test_history_is_named_only_where_nothing_depends_on_it(tmp_path):
    said = "history.csv changes nothing: candidate airings and rows are the same without it"
    assert said in before(tmp_path / "a", history=[aired("Q.kz", "2026-06-01T14:00Z", "o1", 60)])
    assert said not in before(tmp_path / "b", history=[aired("Q.kz", "2026-12-11T14:00Z", "k1", 60)])


def test_a_lock_of_what_has_aired_changes_nothing(tmp_path):
    row = aired("Q.kz", "2026-12-12T13:00Z", "k1", 60)
    told = [one for one in before(tmp_path / "a", history=[row], locks=[row]) if one.startswith("the lock")]
    assert len(told) == 1
    assert told[0].endswith("changes nothing: this has aired")
    later = {**row, "start_utc": "2026-12-13T13:00Z"}
    assert not [one for one in before(tmp_path / "b", locks=[later]) if one.startswith("the lock")]


def test_what_a_timetable_leaves_without_effect(tmp_path):
    instance = load(write(tmp_path, spec()))
    empty = nothing_planned(instance)
    said = {str(one.text) for one in after_solving(OnAir(empty), verify(empty), rules_of(empty.instance))}
    assert "the window all 18:00–20:00 of Q.kz is never used" in said
    assert "the rule 'quiet' judged nothing: what it counts does not air" in said
    answer = solve(instance, Settings("exact", time_limit=20.0, workers=1))
    used = {
        str(one.text)
        for one in after_solving(OnAir(answer.timetable), answer.verification, rules_of(answer.timetable.instance))
    }
    assert "the window all 18:00–20:00 of Q.kz is never used" not in used
    assert "the window sat-sun 22:00–23:00 of Q.kz is never used" in used
    assert "the rule 'quiet' judged nothing: what it counts does not air" not in used


def test_check_and_report_say_it(tmp_path):
    folder = write(tmp_path / "i", spec())
    assert "without effect:\n  no programme can air in the window sat-sun" in command("check", folder)[1]
    record = json.loads(command("check", folder, "--json")[1])
    assert [one["part"] for one in record["without_effect"]] == ["window", *["rule"] * 5, "genre"]
    assert command("solve", folder, "--out", tmp_path / "out", "--time-limit", 5, "-q")[0] == 0
    for form, words in (("text", "is never used"), ("md", "is never used"), ("html", "is never used")):
        assert words in command("report", folder, tmp_path / "out" / "timetable.csv", "--format", form)[1]
    said = command("report", folder, tmp_path / "out" / "timetable.csv", "--lang", "ru")[1]
    assert "ни разу не использовано" in said
