"""`parity compare`: plans side by side, each figure that of the plan alone."""

from __future__ import annotations

import json

import openpyxl
import pytest

from scheduler.airings import build_airings
from scheduler.report.comparison import Plan, comparison_records
from scheduler.report.language import Language
from scheduler.report.tables import build_tables
from scheduler.rules import load, rules_of
from scheduler.rules.parity_measure import Measure
from scheduler.solve import Settings, solve
from scheduler.timetable import read_timetable, timetable_of
from tests.builders import content, kz, programme, uz, window, write
from tests.planned import command, plan


@pytest.fixture(scope="module")
def plans(tmp_path_factory):
    """(folder, variant, folder of the variant's answer) of a small instance and one whose rules differ."""
    folder = plan(tmp_path_factory.mktemp("compare"))
    variant = folder / "wider.yaml"
    said = {"rules": {"DOM": None, "SOFT": {"price": 11}}, "tables": {"programmes": {"u2": {"appeal": 3}}}}
    variant.write_text(json.dumps(said), encoding="utf-8")
    answer = solve(load(folder, [variant]), Settings("exact", time_limit=20.0))
    assert answer.timetable is not None
    other = folder / "wider"
    assert command("solve", folder, "--variant", variant, "--out", other, "--time-limit", 10, "-q")[0] in (0, 1)
    return folder, variant, other


def compared(plans, *words):
    folder, variant, other = plans
    return command("compare", f"{folder}={folder / 'out'}", f"{folder}+{variant}={other / 'timetable.csv'}", *words)


def test_every_figure_is_that_of_the_plan_alone(plans):
    folder, variant, other = plans
    tables = [
        build_tables(read_timetable(load(folder), folder / "out" / "timetable.csv"), folder / "out"),
        build_tables(read_timetable(load(folder, [variant]), other / "timetable.csv"), other),
    ]
    records = comparison_records([Plan("a", tables[0]), Plan("b", tables[1])], Language("en"))
    worth = {row["Figure"]: (row["a"], row["b"]) for row in records["worth"]}
    for name, figure in (("Value", "value"), ("Audience", "audience"), ("Penalty", "penalty")):
        assert worth[name] == tuple(getattr(one.verification, figure) for one in tables)
    assert worth["Bound"] == tuple(one.result.bound for one in tables)
    for side, one in zip("ab", tables, strict=True):
        assert [row[side] for row in records["balance"]] == one.parity["balance"].tolist()
        seen = one.audience[one.audience["kind"] != "anchor"]
        assert sum(row[side] or 0 for row in records["audience"]) == seen["viewer_minutes"].sum()
        missed = {row.rule for row in one.verification.missed}
        assert missed == {row["Rule"] for row in records["missed"] if row[side]}


def test_what_the_instances_say_differently_is_named_once(plans):
    code, text = compared(plans, "--format", "json")
    assert code == 0
    said = {row.pop("Where"): list(row.values()) for row in json.loads(text)["differences"]}
    assert said == {"rules[DOM]": ["✓", None], "rules[SOFT].price": ["10", "11"], "programmes[u2].appeal": [None, "3"]}


MEASURE = {"measure": "minutes", "period": "cumulative", "tolerance": 0.2, "tolerance_of": "sum"}
HOUR = window("20:00", "21:00")
LONG = ["drama", "film", "concert", "documentary", "education", "entertainment", "quiz", "talk"]


def agreed(**more):
    """An agreement of two measures of which the second is as given."""
    parties = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"]}
    weekly = {**MEASURE, "measure": "runs", "period": "week"}
    return {"agreements": [{**parties, "measures": [weekly, {**MEASURE, **more}]}]}


@pytest.mark.parametrize(
    ("one", "other", "listed"),
    [
        (agreed(), agreed(carry_over=0), {"agreements[P].measures[2].carry_over": [None, "0"]}),
        (agreed(carry_over=0), agreed(carry_over=30), {"agreements[P].measures[2].carry_over": ["0", "30"]}),
        (agreed(period="week"), agreed(period="week", carry_over=0), {}),
        ({}, {"placement": []}, {"placement": [None, "[]"], "placement[1]": ["✓", None]}),
        ({}, {"deadlines": []}, {"deadlines": [None, "[]"]}),
        (
            {"placement": [{"select": {"genre": [*LONG, "news"]}, "as": "free"}]},
            {"placement": [{"select": {"genre": [*LONG, "sport"]}, "as": "free"}]},
            {"placement[1].select.genre": [f"{str(LONG)[:59]}…", f"{str(LONG)[:59]}…"]},
        ),
    ],
    ids=["a carry-over of 0", "another", "0 of a week is none", "no placement", "no deadlines", "beyond what is shown"],
)
def test_a_default_that_is_written_is_listed_where_it_means_something(one, other, listed, tmp_path):
    sides = []
    for name, changes in (("a", one), ("b", other)):
        folder = write(tmp_path / name, content([kz(HOUR), uz(HOUR)], [programme("film", 60)]))
        (tmp_path / f"{name}.yaml").write_text(json.dumps(changes), encoding="utf-8")
        instance = load(folder, [tmp_path / f"{name}.yaml"])
        airings = build_airings(instance, rules_of(instance))
        sides.append(Plan(name, build_tables(timetable_of(airings, airings.past))))
    said = comparison_records(sides, Language("en"))["differences"]
    assert {row.pop("Where"): list(row.values()) for row in said if "agreements" in str(row) or listed} == listed


def test_an_agreement_that_is_dumped_and_read_again_means_the_same():
    for more in ({}, {"carry_over": 0}, {"carry_over": 7}):
        whole = Measure.model_validate({**MEASURE, **more})
        for dumped in (whole.model_dump(mode="json"), whole.model_dump(mode="json", exclude_defaults=True)):
            again = Measure.model_validate(dumped)
            assert (again.all_weeks, again.carry_over) == (whole.all_weeks, whole.carry_over) == (not more, whole.carry)


@pytest.mark.parametrize("lang", ["en", "kk", "ru"])
def test_all_forms_show_the_same_tables(plans, tmp_path, lang):
    code, text = compared(plans, "--lang", lang)
    assert code == 0
    titles = [
        Language(lang).say(f"compare_{name}") for name in ("worth", "balance", "missed", "audience", "differences")
    ]
    assert [line for line in text.splitlines() if line in titles] == titles
    page, book = tmp_path / "c.html", tmp_path / "c.xlsx"
    assert compared(plans, "--lang", lang, "--format", "html", "--out", page)[0] == 0
    assert compared(plans, "--lang", lang, "--format", "xlsx", "--out", book)[0] == 0
    written = page.read_text(encoding="utf-8")
    assert all(title in written for title in titles)
    assert "<script" not in written
    sheets = openpyxl.load_workbook(book)
    assert sheets.sheetnames == [title[:31] for title in titles]
    value = sheets[titles[0][:31]].cell(3, 2).value
    assert str(value) in text.replace(",", "").replace("\u00a0", "").replace("\u202f", "")


def test_plans_of_one_instance_have_names_that_differ(plans):
    folder, *_ = plans
    code, text = command("compare", f"{folder}={folder / 'out'}", f"{folder}={folder / 'out'}", "-q")
    assert code == 0
    assert f"1 {folder.name}" in text
    assert "none: all plans have the same instance" in text


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ("instances/toy", "has no timetable; write INSTANCE=TIMETABLE"),
        ("instances/toy=", "is not a pair"),
        ("=x", "is not a pair"),
        ("nowhere=x.csv", "there is no such folder"),
    ],
)
def test_what_is_no_plan_is_said(pair, said):
    code, error = command("compare", pair)
    assert code == 2
    assert said in error


def test_plans_without_a_timetable_are_solved_first(plans, tmp_path):
    folder, variant, _ = plans
    words = [folder, f"{folder}+{variant}", "--solve", tmp_path / "answers", "--deterministic", "--time-limit", 5]
    code, said = command("compare", *words, "--format", "json", "--jobs", 2, "-q")
    assert code == 0, said
    made = {path.name: path for path in (tmp_path / "answers").iterdir()}
    assert set(made) == {folder.name, "wider"}
    for path, more in ((made[folder.name], ()), (made["wider"], ("--variant", variant))):
        assert command("check", folder, path / "timetable.csv", *more)[0] in (0, 1)
        value = json.loads((path / "result.json").read_text(encoding="utf-8"))["value"]
        assert value in next(row for row in json.loads(said)["worth"] if row["Figure"] == "Value").values()
    code, said = command("compare", *words)
    assert code == 2
    assert "exist; use --force to overwrite them" in said
    mixed = command("compare", f"{folder}={folder / 'out'}", f"{folder}+{variant}", *words[2:], "--force", "-q")
    assert mixed[0] == 0, mixed[1]


def test_a_plan_without_a_timetable_needs_a_folder_for_its_answer(plans, tmp_path):
    folder, _, _ = plans
    code, said = command("compare", folder, folder)
    assert code == 2
    assert "has no timetable; write INSTANCE=TIMETABLE, or add --solve FOLDER" in said
    code, said = command("compare", tmp_path, "--solve", tmp_path / "answers")
    assert code == 2
    assert not (tmp_path / "answers").exists()
