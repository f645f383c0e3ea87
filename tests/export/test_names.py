"""Names of files for ids, and what the names of an MPS file stand for."""

import io
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.airings import build_airings
from scheduler.export.file_names import MOST_BYTES, file_names
from scheduler.export.mps_names import mps_names_text
from scheduler.formulation import formulate
from scheduler.rules import SOFT, load, rules_of
from scheduler.solve.programs.program import program_of
from tests.builders import build, content, kz, programme, window, write
from tests.planned import command

BARRED = set('<>:"/\\|?*') | {chr(code) for code in range(32)}


@pytest.mark.parametrize(
    "word",
    [
        "CON",
        "con",
        "nul.kz",
        "COM1",
        "a/b",
        "..",
        ".",
        "a.",
        "a ",
        ".a",
        "a:b",
        "x" * 300,
        "ж" * 200,
        "a\nb",
        "",
        "\u202ea",
    ],
)
def test_an_id_that_is_no_good_name_somewhere_gets_one_that_is(word):
    name = file_names([word])[word]
    assert name != word
    assert 0 < len(f"{name}.json".encode()) <= 255
    assert not BARRED & set(name)
    assert name == name.strip(" .")
    assert name.split(".")[0].casefold() not in ("con", "nul", "com1")


@pytest.mark.parametrize("word", ["Q.kz", "хабар.kz", "a-b_c", "console", "com10", "x" * MOST_BYTES])
def test_a_good_id_is_its_own_name(word):
    assert file_names([word]) == {word: word}


@given(
    st.lists(st.text(max_size=8) | st.sampled_from(["a", "A", "é", "e\u0301", "ß", "ss", "CON", "con "]), unique=True)
)
def test_different_ids_have_different_names_on_every_system(ids):
    names = file_names(ids)
    folded = {unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold()) for name in names.values()}
    assert len(folded) == len(ids)


def test_channels_whose_ids_differ_in_case_only_or_name_a_device_have_a_file_each(tmp_path):
    channels = [{**kz(window("18:00", "20:00")), "id": name} for name in ("q.kz", "Q.kz", "CON")]
    audience = [{"channel": c["id"], "days": "all", "hour": h, "viewers": 9} for c in channels for h in range(24)]
    folder = write(
        tmp_path / "i", content(channels, [programme("a", 30, runs=9, episodes=9, appeal="2")], audience=audience)
    )
    assert command("solve", folder, "--out", tmp_path / "o", "--strategy", "greedy")[0] == 0
    words = ["export", folder, tmp_path / "o" / "timetable.csv", "--format", "csv", "--out", f"{tmp_path}/each/"]
    assert command(*words)[0] == 0
    written = sorted(path.name for path in (tmp_path / "each").iterdir())
    assert len({name.casefold() for name in written}) == 3
    assert "CON.csv" not in written


def test_a_folder_of_an_export_is_whole_or_not_at_all(planned, tmp_path):
    (tmp_path / "each" / "Q.kz.csv").mkdir(parents=True)
    words = ["export", planned, planned / "out" / "timetable.csv", "--format", "csv", "--out", f"{tmp_path}/each"]
    with pytest.raises(IsADirectoryError):
        command(*words, "--force")
    assert [path.name for path in (tmp_path / "each").iterdir()] == ["Q.kz.csv"]


def test_no_folder_is_made_above_a_file(planned, tmp_path):
    timetable = planned / "out" / "timetable.csv"
    for words in (
        ["export", planned, timetable, "--format", "csv", "--out", tmp_path / "gone" / "x.csv"],
        ["export", planned, timetable, "--format", "csv", "--out", f"{tmp_path}/gone/each/"],
        ["report", planned, timetable, "--format", "html", "--out", tmp_path / "gone" / "x.html"],
    ):
        code, said = command(*words)
        assert code == 2
        assert "make it first" in said
    assert list(tmp_path.iterdir()) == []


def test_standard_output_takes_what_a_file_takes(planned, tmp_path):
    timetable = planned / "out" / "timetable.csv"
    for form in ("csv", "ics", "json"):
        path = tmp_path / f"x.{form}"
        assert command("export", planned, timetable, "--format", form, "--out", path)[0] == 0
        said = command("export", planned, timetable, "--format", form, "--out", "-")[1]
        assert said.replace("\r\n", "\n") == path.read_text(encoding="utf-8").replace("\r\n", "\n")


def test_a_date_may_be_written_as_offices_write_it(planned):
    words = ["export", planned, planned / "out" / "timetable.csv", "--format", "csv", "--out", "-", "--from"]
    assert command(*words, "08.12.2026") == command(*words, "2026-12-08")
    assert command(*words, "31.02.2026")[0] == 2


def test_names_of_an_mps_file_are_those_of_its_columns_and_rows(tmp_path):
    rule = {"type": "quota", "id": "Q", "select": {"genre": "drama"}, "least_minutes": 60, "period": "day"}
    rule |= {"hard": False, "price": 10}
    instance = build(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 30, runs=4)], rules=[rule])
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    program = program_of(formulation)
    rows, columns = program.matrix.shape
    table = pd.read_csv(io.StringIO(mps_names_text(airings, formulation, program)), dtype=str, keep_default_na=False)
    assert table["name"].tolist() == [f"y{n}" for n in range(columns)] + [f"r{n}" for n in range(rows)]
    assert (table["stands_for"] == "airing").sum() == len(airings)
    assert (table["stands_for"] == "miss").sum() == (formulation.kind == SOFT).sum()
    assert table[table["stands_for"] == "airing"]["start_utc"].iloc[0] == "2026-12-07T13:00Z"
    clauses = table[table["stands_for"] == "clause"]
    soft = int(np.flatnonzero(formulation.kind == SOFT)[0])
    assert clauses["rule"].iloc[soft] == "Q"
    assert set(clauses["rule"].iloc[len(formulation.lower) :]) <= {"Q"}


def test_names_are_written_beside_the_mps_file(planned, tmp_path):
    words = ["export", planned, "--format", "mps", "--out", tmp_path / "x.mps", "--names", tmp_path / "x.csv"]
    assert command(*words)[0] == 0
    names = pd.read_csv(tmp_path / "x.csv", dtype=str)["name"].tolist()
    text = (tmp_path / "x.mps").read_text(encoding="utf-8")
    assert f" {names[0]} " in text and names[-1] in text.split("COLUMNS")[0].split()
    assert load(planned)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_installed_where_the_shell_looks(tmp_path, monkeypatch, shell):
    monkeypatch.setenv("HOME", str(tmp_path))
    code, said = command("completion", shell)
    assert code == 0, said
    (path,) = [path for path in tmp_path.rglob("*parity*") if path.is_file()]
    assert "_PARITY_COMPLETE" in path.read_text(encoding="utf-8")
    assert str(path) in said
