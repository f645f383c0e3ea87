"""Real guides and tables are dirty: every problem is reported with its place, and --lenient reports what it repairs."""

import pytest

from scheduler.imports import Findings, anchors_of, catalogue_of, read_guide, read_schedule, settle
from scheduler.imports.schedule import Sheets
from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import content, kz, programme, window, write

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<tv>\n<channel id="g"><display-name>Q.kz</display-name></channel>\n'


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    spec = content([kz(window("18:00", "20:00"))], [programme("p", 30)], days=2)
    return load(write(tmp_path_factory.mktemp("dirty") / "i", spec))


def entry(start, stop=None, title="T", inside="", channel="g"):
    stop = "" if stop is None else f' stop="{stop}"'
    return f'<programme start="{start}"{stop} channel="{channel}"><title>{title}</title>{inside}</programme>\n'


def guide(instance, tmp_path, *entries, lenient):
    path = tmp_path / "guide.xml"
    path.write_text(HEAD + "".join(entries) + "</tv>\n", encoding="utf-8")
    findings = Findings(lenient)
    rows = anchors_of(instance, settle(instance, read_guide(instance, path, {}, findings), findings), findings)
    return rows, findings.problems


NINE, TEN = "20261207090000 +0500", "20261207100000 +0500"
DIRT = {
    "bare ampersand": ([entry(NINE, TEN, "A & B")], "an & in the text", ["09:00"]),
    "missing stop": (
        [entry(NINE), entry(TEN, "20261207110000 +0500", "U")], "has no end", ["09:00", "10:00"],
    ),
    "overlap": (
        [entry(NINE, "20261207103000 +0500"), entry(TEN, "20261207110000 +0500", "U")],
        "overlaps 'U'",
        ["09:00", "10:00"],
    ),
    "twice": ([entry(NINE, TEN), entry(NINE, TEN, "U")], "begins at the same time", ["09:00"]),
    "no offset": ([entry(NINE, TEN), entry("20261207110000 ALMT", TEN)], "'ALMT' in", ["09:00"]),
    "backwards": ([entry(TEN, NINE), entry(TEN.replace("10", "12", 1), "20261207130000 +0500")], "minutes long", None),
    "no time": ([entry("soon", TEN), entry(NINE, TEN)], "is not a time", ["09:00"]),
    "no calendar day": ([entry("20261331090000 +0500", TEN), entry(NINE, TEN)], "no time of the calendar", ["09:00"]),
    "seconds": ([entry("20261207090030 +0500", TEN)], "whole minute", ["09:00"]),
    "no title": ([entry(NINE, TEN, "")], "there is no title", ["09:00"]),
    "stranger": ([entry(NINE, TEN), entry(NINE, TEN, channel="h")], "is not in the instance", ["09:00"]),
    "country": ([entry(NINE, TEN, inside="<country>Atlantis</country>")], "no country 'Atlantis'", ["09:00"]),
    "language": ([entry(NINE, TEN, inside="<language>klingonish</language>")], "no language", ["09:00"]),
    "too long": ([entry(NINE, "20261209100000 +0500"), entry(TEN, "20261207110000 +0500")], "minutes long", ["10:00"]),
}  # fmt: skip


@pytest.mark.parametrize("kind", DIRT)
def test_a_dirty_guide_is_refused_and_lenient_reports_its_repairs(instance, tmp_path, kind):
    entries, said, starts = DIRT[kind]
    _, problems = guide(instance, tmp_path, *entries, lenient=False)
    errors = [str(problem) for problem in problems if problem.severity == "error"]
    assert any(said in error and "guide.xml:" in error for error in errors), errors
    rows, repair = guide(instance, tmp_path, *entries, lenient=True)
    assert any(said in str(problem) and "warning: " in str(problem) for problem in repair)
    assert [problem for problem in repair if problem.severity == "error"] == []
    if starts is not None:
        assert [row["start"] for row in rows] == starts


def test_a_gap_where_no_window_lies_is_reported(instance, tmp_path):
    entries = [entry(NINE, "20261207093000 +0500"), entry(TEN, "20261207110000 +0500")]
    _, problems = guide(instance, tmp_path, *entries, lenient=False)
    assert [problem.severity for problem in problems] == ["warning"]
    assert "nothing is on for 30 minutes" in str(problems[0])


def test_utc_and_local_say_the_same_moment(instance, tmp_path):
    forms = (
        "20261207040000 +0000",
        "20261207040000 UTC",
        "202612070900 +0500",
        "2026120704 Z",
        "20261207060000 +02:00",
    )
    for form in (*forms, "2026-12-07T09:00:00+05:00", "20261207070000 MSK", "20261207090000 Asia/Almaty"):
        rows, problems = guide(instance, tmp_path, entry(form, TEN), lenient=False)
        assert [row["start"] for row in rows] == ["09:00"]
        assert problems == []


def test_names_of_countries_and_languages_are_known(instance, tmp_path):
    inside = "<language>казахский</language><orig-language>uz</orig-language><country>Oʻzbekiston</country>"
    rows, problems = guide(instance, tmp_path, entry(NINE, TEN, inside=inside), lenient=False)
    assert problems == []
    assert (rows[0]["audio"], rows[0]["original_language"], rows[0]["origin"]) == ("kaz", "uzb", "UZ")


def test_what_is_no_xml_is_reported_with_its_line(instance, tmp_path):
    path = tmp_path / "guide.xml"
    path.write_text("<tv>\n<programme>\n</tv>", encoding="utf-8")
    with pytest.raises(InputError, match=r"guide\.xml:3:\d+: is not XML here"):
        read_guide(instance, path, {}, Findings())


def schedule(instance, tmp_path, text, lenient=False, **mapped):
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    findings = Findings(lenient)
    slots = read_schedule(instance, path, Sheets(mapped, {}, "Q.kz"), findings)
    return anchors_of(instance, settle(instance, slots, findings), findings), findings.problems


def test_a_table_is_read_with_a_map_of_its_columns(instance, tmp_path):
    text = "Дата;Начало;Передача;Страна\n07.12.2026;09.00;Новости;Казахстан\n07.12.2026;09:30;Кино;Турция\n"
    text += "08.12.2026;09:00;Новости;Казахстан\n08.12.2026;09:30;Новости;Казахстан\n"
    mapped = {"date": "Дата", "start": "Начало", "title": "Передача", "origin": "Страна"}
    rows, problems = schedule(instance, tmp_path, text, lenient=True, **mapped)
    told = [(row.get("date", row.get("days")), row["start"], row["end"], row["origin"]) for row in rows]
    assert told == [("mon;tue", "09:00", "09:30", "KZ"), *told[1:]]
    assert all("has no end" in str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("row", "said", "column"),
    [
        ("32.12.2026,09:00,10:00,T", "is not a date", 1),
        ("2026-12-07,25:99,10:00,T", "is not a clock time", 2),
        ("2026-12-07,09:00,noon,T", "is not a clock time", 3),
        ("2026-12-07,09:00,10:00,", "there is no title", 4),
    ],
)
def test_every_wrong_cell_is_reported_with_its_place(instance, tmp_path, row, said, column):
    _, problems = schedule(instance, tmp_path, f"date,start,end,title\n{row}\n")
    assert any(said in str(problem) and str(problem).startswith(f"plan.csv:2:{column}:") for problem in problems)


def test_a_column_that_is_not_there_is_reported(instance, tmp_path):
    with pytest.raises(InputError, match=r"there is no column 'Titel'.*did you mean 'Title'"):
        schedule(instance, tmp_path, "date,start,Title\n2026-12-07,09:00,T\n", title="Titel")
    with pytest.raises(InputError, match="no column is 'title'; name it with --map title=HEAD"):
        schedule(instance, tmp_path, "date,start,what\n2026-12-07,09:00,T\n")


def test_a_catalogue_adds_and_replaces(instance, tmp_path):
    path = tmp_path / "cat.csv"
    path.write_text(
        "ID,title,genre,origin,minutes,versions\np,New,drama,KZ,45,kaz:original\nn,Fresh,film,UZ,90,uzb:original\n",
        encoding="utf-8",
    )
    catalogue = catalogue_of(instance, path, {"programme": "ID"}, Findings())
    assert catalogue.fresh == ("n",)
    assert catalogue.replaced == {"p": "title P → New; minutes 30 → 45"}
    assert "p,New,drama,KZ,45" in catalogue.text
    assert "n,Fresh,film,UZ,90" in catalogue.text


def test_a_wrong_programme_is_reported_and_left_out_when_lenient(instance, tmp_path):
    path = tmp_path / "cat.csv"
    path.write_text("programme,title,genre,origin,minutes,versions\nn,F,film,UZ,long,uzb:original\n", encoding="utf-8")
    strict, lenient = Findings(), Findings(lenient=True)
    catalogue_of(instance, path, {}, strict)
    assert "cat.csv:2:5: minutes: expected a length in whole minutes" in str(strict.problems[0])
    catalogue = catalogue_of(instance, path, {}, lenient)
    assert (catalogue.fresh, catalogue.left_out) == ((), 1)
