"""The commands export, report, import and diff: exit codes, files, what is refused, help."""

import re
import shutil

import pytest
from click.testing import CliRunner

from scheduler.cli.import_ import import_
from tests.planned import command


@pytest.fixture
def paths(planned):
    return planned, planned / "out" / "timetable.csv"


@pytest.mark.parametrize(("form", "suffix"), [("csv", "csv"), ("xmltv", "xml"), ("ics", "ics"), ("json", "json")])
def test_a_folder_takes_a_file_per_channel_and_a_file_takes_all(paths, tmp_path, form, suffix):
    code, said = command("export", *paths, "--format", form, "--out", f"{tmp_path}/each/")
    assert code == 0, said
    assert sorted(path.name for path in (tmp_path / "each").iterdir()) == [f"O.uz.{suffix}", f"Q.kz.{suffix}"]
    one = tmp_path / f"all.{suffix}"
    assert command("export", *paths, "--format", form, "--out", one)[0] == 0
    raw = one.read_bytes()
    assert command("export", *paths, "--format", form, "--out", one)[0] == 2, "not overwritten unasked"
    assert command("export", *paths, "--format", form, "--out", one, "--force", "-q") == (0, "")
    assert one.read_bytes() == raw
    assert sorted(path.name for path in tmp_path.iterdir()) == [one.name, "each"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--format", "csv", "--channel", "Q.kx"], "did you mean 'Q.kz'?"),
        (["--format", "csv", "--from", "2027-01-01"], "nothing airs"),
        (["--format", "ics", "--dialect", "excel"], "is for --format csv"),
        (["--format", "mps"], "takes no timetable"),
        (["--format", "pdf"], "pdf"),
        (["--format", "csv", "--from", "soon"], "soon"),
    ],
)
def test_a_wrong_export_is_refused_and_writes_nothing(paths, tmp_path, words, said):
    code, told = command("export", *paths, *words, "--out", tmp_path / "x.out")
    assert code == 2
    assert said in told
    assert list(tmp_path.iterdir()) == []


def test_an_export_without_a_timetable_is_only_the_formulation(planned, tmp_path):
    assert command("export", planned, "--format", "json", "--out", tmp_path / "x.json")[0] == 2
    assert command("export", planned, "--format", "mps", "--out", tmp_path / "x.mps")[0] == 0
    assert (tmp_path / "x.mps").read_text().endswith("ENDATA\n")


@pytest.mark.parametrize("form", ["text", "md", "html", "xlsx"])
def test_a_report_is_the_same_every_time(paths, tmp_path, form):
    for name in ("a", "b"):
        code, said = command("report", *paths, "--format", form, "--lang", "ru", "--out", tmp_path / name)
        assert (code, said) == (0, "")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_report_that_cannot_be_is_refused(paths):
    assert "--out" in command("report", *paths, "--format", "xlsx")[1]


def test_a_workbook_lists_the_changes_since_another_timetable(paths, tmp_path):
    lines = paths[1].read_text(encoding="utf-8").splitlines(keepends=True)
    earlier = tmp_path / "earlier.csv"
    at = next(number for number, line in enumerate(lines[1:], 1) if ",k1," in line or ",u1," in line)
    earlier.write_text("".join(lines[:at] + lines[at + 1 :]), encoding="utf-8")
    words = ["--format", "xlsx", "--out", tmp_path / "r.xlsx", "--against", earlier]
    assert command("report", *paths, *words)[0] == 0
    import openpyxl

    cells = {cell.value for row in openpyxl.load_workbook(tmp_path / "r.xlsx")["Changes"].iter_rows() for cell in row}
    assert "added" in cells


def test_diff_fails_by_what_it_is_asked(paths, tmp_path):
    planned, timetable = paths
    lines = timetable.read_text(encoding="utf-8").splitlines(keepends=True)
    fewer = tmp_path / "fewer.csv"
    fewer.write_text("".join(line for line in lines if ",k1," not in line), encoding="utf-8")
    assert command("diff", planned, timetable, timetable, "--fail-on", "changes")[0] == 0
    code, said = command("diff", planned, timetable, fewer)
    assert code == 0
    assert "dropped  K1" in said
    code, said = command("diff", planned, timetable, fewer, "--fail-on", "value", "--fail-on", "changes")
    assert code == 1
    assert "B is worse by: " in said
    assert command("diff", planned, fewer, timetable, "--fail-on", "audience")[0] == 0
    assert '"worse": [' in command("diff", planned, timetable, fewer, "--json")[1]


@pytest.mark.parametrize("name", sorted(import_.commands))
def test_every_import_has_help_with_two_examples(name):
    shown = CliRunner().invoke(import_, [name, "--help"])
    assert shown.exit_code == 0
    examples = re.findall(r"^\s+parity (.+)$", shown.output.split("Examples:")[1], re.M)
    assert len(examples) >= 2


GUIDE = """<tv><channel id="31.kz"><display-name>Home channel</display-name></channel>
<programme start="20261207090000 +0500" stop="20261207100000 +0500" channel="31.kz">
<title>A & B</title></programme></tv>
"""
SCHEDULE = "Begin;date;title;end\n09:00;07.12.2026;T;10:00\n"
CATALOGUE = "ID,Name,genre,origin,minutes,versions\nnew,New,film,KZ,90,kaz:original;uzb:dubbed\n"


@pytest.mark.parametrize("name", ["xmltv", "csv"])
def test_the_examples_of_imports_work(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    assert command("new", "plan")[0] == 0
    (tmp_path / "guide.xml").write_text(GUIDE, encoding="utf-8")
    (tmp_path / "schedule.csv").write_text(SCHEDULE, encoding="utf-8")
    (tmp_path / "catalogue.csv").write_text(CATALOGUE, encoding="utf-8")
    shown = CliRunner().invoke(import_, [name, "--help"]).output.split("Examples:")[1]
    for example in re.findall(r"^\s+parity (.+)$", shown, re.M):
        code, said = command(*example.split())
        assert code == 0, f"{example}: {said}"
        assert command("check", "plan")[0] == 0


def test_an_edited_timetable_goes_back_into_a_copy(paths, tmp_path):
    folder = shutil.copytree(paths[0], tmp_path / "plan")
    words = ["--format", "xlsx", "--lang", "kk", "--out", tmp_path / "report.xlsx"]
    assert command("report", *paths, *words)[0] == 0
    code, said = command("import", "timetable", tmp_path / "report.xlsx", "--into", folder)
    assert code == 0, said
    assert (folder / "timetable.csv").read_bytes() == paths[1].read_bytes()
    assert not (folder / "locks.csv").exists()
