"""The files of a result are what their models say, and a file that does not fit is refused with its place."""

import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from scheduler.instance import InputError
from scheduler.messages import Listed, Message, Percent, Term, msg, msg_n
from scheduler.report.language import Language
from scheduler.results import ResultFile, TimingsFile, read_result, read_timings
from scheduler.results.message_record import MessageRecord
from scheduler.rules import load, rules_of
from scheduler.rules.framework.aspect import Aspect
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import answer_texts, result, result_text, timings
from scheduler.solve.answer_folder import Checkpoint
from tests.planned import command, plan

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = sorted(path.parent.name for path in (ROOT / "instances").glob("*/instance.yaml"))
LARGE = {"central-asia-week", "silk-road-month"}


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = plan(tmp_path_factory.mktemp("planned"))
    answer = solve(load(folder), Settings(strategy="greedy", time_limit=5.0))
    (folder / "kept").mkdir()
    Checkpoint(answer.airings, folder / "kept").finish(answer, answer_texts(answer))
    return folder, answer


@pytest.mark.parametrize("name", [name for name in SHIPPED if name not in LARGE])
def test_what_solve_writes_is_read_back_as_it_was(name, tmp_path):
    answer = solve(load(ROOT / "instances" / name), Settings(strategy="greedy", time_limit=5.0))
    texts = answer_texts(answer)
    Checkpoint(answer.airings, tmp_path).finish(answer, texts)
    assert answer.timetable is not None
    assert read_result(tmp_path / "result.json") == result(answer, texts["timings.json"])
    written = read_timings(tmp_path / "timings.json")
    assert written is not None
    assert written.trajectory == timings(answer).trajectory
    assert written.timetable_sha256 == result(answer).timetable_sha256


def test_misses_and_reasons_are_codes_and_values(planned):
    _, answer = planned
    said = json.loads(result_text(answer))
    rules = {rule.id for rule in rules_of(answer.airings.instance)}
    assert said["misses"], "the case needs a missed row"
    for miss in said["misses"]:
        assert miss["rule"] in rules
        assert set(miss["aspect"]) == {"code", "name", "measure", "period"}
        short = miss["need"] - miss["have"] if miss["sense"] == "least" else miss["have"] - miss["need"]
        assert miss["miss"] - 1 < short <= miss["miss"]


@pytest.mark.parametrize("code", ["en", "ru", "kk"])
def test_a_message_is_read_back_as_it_was_written(code):
    """Values of all kinds, also inside other messages. Dates are read as texts."""
    parts = Listed((msg("start"), Term("unit", "minutes"), Fraction(7, 2), Fraction(4)), " and ")
    asked = msg("permitted deviation {permitted}", permitted=Percent(Fraction(1, 10), "±"))
    written = msg("{measure}: {asked}", measure=parts, asked=asked)
    counted = msg_n("{count} row", "{count} rows", count=3)
    language = Language(code)
    for message in (written, counted, msg("start")):
        record = MessageRecord.model_validate_json(MessageRecord.of(message).model_dump_json())
        assert language.render(record.message()) == language.render(message)
    assert MessageRecord.of("as it is").message() == Message("as it is")
    assert MessageRecord.of(msg("in {period}", period=date(2026, 11, 29))).values == {"period": "2026-11-29"}


def test_an_aspect_names_its_row_in_words():
    assert str(Aspect("over", "", "minutes", "week")) == "minutes (week): over"
    assert str(Aspect("least", "drama", "minutes", "week")) == "minutes of drama (week): least"
    assert str(Aspect("", "k1")) == "k1"
    assert str(Aspect("first runs", "k1")) == "first runs: k1"


@pytest.mark.parametrize(
    ("change", "place", "what"),
    [
        ({"seed": "one"}, True, "`seed`: expected a whole number, got 'one'"),
        ({"status": "splendid"}, True, "`status`: 'splendid' is not one of the words known here"),
        ({"luck": 7}, True, "`luck`: unknown field 'luck'"),
        ({"misses": [{"rule": "DOM"}]}, True, "`misses.0.aspect`: `aspect` is missing"),
        ({"schema_version": 1}, False, "is of schema version 1; this version of parity reads 3: solve again"),
        ({"schema_version": None}, False, "is of schema version None"),
    ],
)
def test_an_edited_result_is_refused_with_its_place(planned, tmp_path, change, place, what):
    folder, _ = planned
    said = json.loads((folder / "kept" / "result.json").read_text(encoding="utf-8"))
    (tmp_path / "result.json").write_text(json.dumps({**said, **change}, indent=2), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_result(tmp_path / "result.json")
    problem = caught.value.problems[0]
    assert what in problem.message
    assert (problem.file, problem.line > 1) == ("result.json", place)


@pytest.mark.parametrize(
    ("content", "what", "line"),
    [
        (b'{"schema_version": 3,\n "instance": ', "is no JSON", 2),
        (b"[1, 2]", "holds no JSON object", 1),
        (b"\xff\xfe{}", "is no JSON in UTF-8", 1),
        (b"[" * 200_000, "is no JSON", 1),
    ],
)
def test_what_is_no_json_object_is_refused(tmp_path, content, what, line):
    (tmp_path / "timings.json").write_bytes(content)
    with pytest.raises(InputError) as caught:
        read_timings(tmp_path / "timings.json")
    assert what in caught.value.problems[0].message
    assert caught.value.problems[0].line == line


def test_report_says_what_is_wrong_with_an_edited_result(planned):
    folder, _ = planned
    path = folder / "kept" / "result.json"
    said = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**said, "bound": "high"}, indent=2), encoding="utf-8")
    code, text = command("report", folder, folder / "kept" / "timetable.csv")
    path.write_text(json.dumps(said), encoding="utf-8")
    assert code == 2
    assert "result.json:" in text and "`bound`: expected a whole number, got 'high'" in text


@pytest.mark.parametrize(
    ("field", "value", "what"),
    [
        ("start_utc", "2026-12-08T18:[[[[45Z", "'2026-12-08T18:[[[[45Z' is no moment such as 2026-12-07T13:00Z"),
        ("start_utc", "2026-13-08T18:45Z", "'2026-13-08T18:45Z' is no moment"),
        ("channel", "nope", "there is no channel 'nope'"),
        ("pushes_out", ["nope"], "there is no programme 'nope'"),
    ],
)
def test_report_says_what_is_wrong_with_a_best_place(planned, field, value, what):
    folder, _ = planned
    path = folder / "kept" / "result.json"
    before = path.read_text(encoding="utf-8")
    content = json.loads(before)
    place = next(one["place"] for one in content["not_placed"] if one["place"])
    place[field] = value
    path.write_text(json.dumps(content, indent=2), encoding="utf-8")
    code, text = command("report", folder, folder / "kept" / "timetable.csv")
    path.write_text(before, encoding="utf-8")
    assert code == 2
    assert f"place.{field}" in text and what in text and "solve again" in text
    assert re.search(r"result\.json:\d{2,}:\d+", text)


def test_a_file_of_another_timetable_is_passed_over(planned):
    folder, answer = planned
    digest = result(answer).timetable_sha256
    assert read_result(folder / "kept" / "result.json", digest) is not None
    assert read_result(folder / "kept" / "result.json", "0" * 64) is None
    assert read_result(folder / "none.json") is None


def test_schema_prints_the_json_schema_of_the_result():
    code, text = command("schema", "--result")
    schema = json.loads(text)
    assert code == 0
    assert set(schema["properties"]) == set(ResultFile.model_fields)
    assert schema["additionalProperties"] is False
    assert set(TimingsFile.model_fields) >= {"steps", "trajectory"}
    assert command("schema", "--file", "result.json") == (0, text)
    code, text = command("schema", "--file", "explain")
    schema = json.loads(text)
    assert (code, schema["additionalProperties"]) == (0, False)
    assert {"from", "to"} <= set(schema["$defs"]["RemedyRecord"]["properties"])
    code, text = command("schema", "--result", "--markdown")
    assert (code, "exclude one another" in text) == (2, True)
