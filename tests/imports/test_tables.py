"""Sheets as people keep them: cells are matched, columns read in one way, what is uncertain is reported."""

import datetime as dt
import gzip
import io

import openpyxl
import pytest

from scheduler.imports import Findings, anchors_of, catalogue_of, read_schedule, settle
from scheduler.imports.clocks import NotAClock, number_way, read_clock
from scheduler.imports.dates import DateReader, NotADate
from scheduler.imports.lengths import length_of
from scheduler.imports.schedule import Sheets
from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import channel, content, kz, programme, window, write

MONDAY = dt.date(2026, 12, 7)


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    spec = content([kz(window("18:00", "20:00"))], [programme("p", 30, age=16, runs=2, appeal="1.2")], days=3)
    return load(write(tmp_path_factory.mktemp("tables") / "i", spec))


CLOCKS = {
    "18:30": 1110,
    "9.05": 545,
    "25:30": 1530,
    "18:30:00": 1110,
    "11:15 PM": 1395,
    "12:05 a.m.": 5,
    "0930": 570,
    "18ч30": 1110,
    "\u200e18:30\u00a0": 1110,
    "'18:30": 1110,
    "18：30": 1110,
    "PT25H30M00S": 1530,
}
NOT_CLOCKS = ["118:30", "18:75", "30:01", "noon", "13:00 PM", "18:30:15", "18", "18:30 approx", "1:2:3:4"]


@pytest.mark.parametrize("written", CLOCKS)
def test_a_clock_time_is_matched(written):
    assert read_clock(written).minute == CLOCKS[written]


@pytest.mark.parametrize("written", NOT_CLOCKS)
def test_what_is_no_clock_time_is_refused_with_its_value(written):
    with pytest.raises(NotAClock, match=f"'{written}'"):
        read_clock(written)


def test_cells_of_workbooks_are_clock_times():
    assert read_clock(dt.time(18, 30)).minute == 1110
    assert read_clock(dt.timedelta(hours=25, minutes=30)).minute == 1530
    assert read_clock(dt.datetime(1900, 1, 1, 1, 30)).minute == 1530
    with pytest.raises(NotAClock, match="whole minute"):
        read_clock(dt.time(18, 30, 15))


@pytest.mark.parametrize(
    ("cells", "way", "minutes"),
    [
        ([0.770833333333, 0.5], "fraction", [1110, 720]),
        ([10.0, 10.3, 18.45], "hh.mm", [600, 630, 1125]),
        ([930.0, 1830.0], "hhmm", [570, 1110]),
        ([0.3, 1.15], "", None),
    ],
)
def test_a_column_of_numbers_is_read_in_the_one_way_that_fits(cells, way, minutes):
    assert number_way(cells) == way
    if minutes is not None:
        assert [read_clock(cell, way).minute for cell in cells] == minutes
    else:
        with pytest.raises(NotAClock, match=r"'0.3' is a number that may be 07:12 .* or 00:30"):
            read_clock(cells[0], way)


def days(*cells, order=""):
    reader = DateReader(cells, MONDAY, 7, order)
    return [reader.read(cell) for cell in cells]


@pytest.mark.parametrize(
    "written",
    ["07.12.2026", "7.12.26", "2026-12-07", "2026/12/07", "20261207", "7 декабря 2026 г.",
     "7 желтоқсан 2026 ж.", "пн 07.12.2026",
     "2026 ж. 7 желтоқсан", "7-dekabr 2026", "Dec 7, 2026", "07.12", "2026年12月7日", "Понедельник", 46363.0, "46363",
     dt.date(2026, 12, 7), dt.datetime(2026, 12, 7), "'07.12.2026", "07.12.2026\u200b", "2026-12-07T00:00:00"],
)  # fmt: skip
def test_a_date_is_read_in_any_order_that_is_certain(written):
    assert days(written) == [MONDAY]


def test_two_orders_that_fit_a_column_are_shown():
    assert days("07/12/2026", "13/12/2026") == [MONDAY, dt.date(2026, 12, 13)]
    assert days("12/07/2026", "12/13/2026") == [MONDAY, dt.date(2026, 12, 13)]
    with pytest.raises(NotADate, match=r"'07/12/2026' is 2026-07-12 or 2026-12-07.*--date-order dmy or mdy"):
        days("07/12/2026", "08/12/2026")
    assert days("07/12/2026", "08/12/2026", order="dmy")[0] == MONDAY


@pytest.mark.parametrize(
    "written", ["32.12.2026", "soon", "вс 07.12.2026", "2026", 7.0, 46363.5, "13/13/2026", "07.12.0026"]
)
def test_what_is_no_date_is_refused_with_its_value(written):
    with pytest.raises(NotADate, match=str(written).removesuffix(".0")):
        days(written)


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("45", 45),
        (45.0, 45),
        ("0:45", 45),
        ("1:35:00", 95),
        (dt.time(0, 52), 52),
        ("52 мин", 52),
        ("1 ч 35 мин", 95),
        ("90 min", 90),
    ],
)
def test_lengths_are_read_as_people_write_them(cell, minutes):
    assert length_of(cell) == minutes


@pytest.mark.parametrize("cell", [90.5, "long", "0", 1500.0, "0:45:30", "-5"])
def test_what_is_no_length_is_refused(cell):
    with pytest.raises(ValueError, match="minutes"):
        length_of(cell)


def read(instance, tmp_path, rows, *, lenient=False, name="s.csv", how=None, **mapped):
    path = tmp_path / name
    if isinstance(rows, bytes):
        path.write_bytes(rows)
    elif isinstance(rows, str):
        path.write_text(rows, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, lines in rows.items():
            sheet = book.create_sheet(title)
            for line in lines:
                sheet.append(line)
        book.save(path)
    findings = Findings(lenient)
    slots = settle(instance, read_schedule(instance, path, how or Sheets(mapped, {}, "Q.kz"), findings), findings)
    rows = anchors_of(instance, slots, findings)
    return [(row.get("date", row.get("days")), row["start"], row["end"]) for row in rows], list(
        map(str, findings.problems)
    )


HEAD = "date,start,end,title\n"


def test_a_range_is_a_start_and_an_end(instance, tmp_path):
    text = "date,start,title\n2026-12-07,10:00-10:45,A\n2026-12-07,10:45 – 11:30,B\n"
    assert read(instance, tmp_path, text) == (
        [("2026-12-07", "10:00", "10:45"), ("2026-12-07", "10:45", "11:30")], []
    )  # fmt: skip


def test_a_moment_with_an_offset_is_that_moment(instance, tmp_path):
    row = "2026-12-07T16:30:00+03:00,2026-12-07T16:30:00+03:00,2026-12-07T17:30:00+03:00,A\n"
    assert read(instance, tmp_path, HEAD + row) == ([("2026-12-07", "18:30", "19:30")], [])


def test_times_of_another_zone_are_read_on_it(instance, tmp_path):
    how = Sheets({}, {}, "Q.kz", zone="Europe/Moscow")
    assert read(instance, tmp_path, HEAD + "2026-12-07,16:30,17:30,A\n", how=how)[0] == [
        ("2026-12-07", "18:30", "19:30")
    ]


NIGHT = (
    HEAD + "07.12.2026,22:00,23:50,A\n07.12.2026,23:50,01:20,B\n07.12.2026,01:20,02:30,C\n08.12.2026,06:00,07:00,D\n"
)
NIGHT_READ = [
    ("2026-12-07", "22:00", "23:50"),
    ("2026-12-07", "23:50", "25:20"),
    ("2026-12-08", "01:20", "02:30"),
    ("2026-12-08", "06:00", "07:00"),
]


def test_rows_after_midnight_are_the_night_after_their_date(instance, tmp_path):
    spans, told = read(instance, tmp_path, NIGHT)
    assert spans == NIGHT_READ
    assert len(told) == 1
    assert "s.csv:4:2: warning: the clock goes back under 2026-12-07: 1 rows" in told[0]
    how = Sheets({}, {}, "Q.kz", by_broadcast_day=True)
    assert read(instance, tmp_path, NIGHT, how=how) == (NIGHT_READ, [])


def test_a_sheet_by_legal_days_is_left_as_it_is(instance, tmp_path):
    text = HEAD + "07.12.2026,00:30,02:00,A\n07.12.2026,22:00,23:50,B\n08.12.2026,00:30,01:00,C\n"
    assert [span[:2] for span in read(instance, tmp_path, text)[0]] == [
        ("2026-12-07", "00:30"),
        ("2026-12-07", "22:00"),
        ("2026-12-08", "00:30"),
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2026-12-07,05:00,05:00,A", "it has no length"),
        ("2026-12-07,10:00,09:00,A", "before it starts"),
        ("2026-12-07,10:00,,A", "has no end"),
        (",10:00,11:00,A", "there is no date"),
        ("2026-12-07,10:00,11:00,#N/A", "the error of a spreadsheet's formula"),
    ],
)
def test_a_row_that_is_uncertain_is_reported_with_its_place(instance, tmp_path, row, said):
    spans, told = read(instance, tmp_path, HEAD + row + "\n")
    assert spans == []
    assert any(line.startswith("s.csv:2:") and said in line for line in told), told


def test_a_start_on_another_day_than_its_row_is_reported(instance, tmp_path):
    spans, said = read(instance, tmp_path, HEAD + "2026-12-07,2026-12-08T10:30,11:30,A\n")
    assert spans == []
    assert "s.csv:2:2: the start is on 2026-12-08, but the date of the row is 2026-12-07" in said[0]
    night = "2026-12-07,2026-12-08T01:30,02:30,A\n2026-12-08,2026-12-07T22:00+00:00,2026-12-07T23:00+00:00,B\n"
    assert read(instance, tmp_path, HEAD + night)[0] == [
        ("2026-12-08", "01:30", "02:30"),
        ("2026-12-08", "03:00", "04:00"),
    ]


def test_a_comma_that_is_not_in_quotes_loses_no_text_in_silence(instance, tmp_path):
    text = HEAD + "2026-12-07,10:00,11:00,Tom, Jerry and others\n"
    _, said = read(instance, tmp_path, text)
    assert "s.csv:2:5: 'Jerry and others' is in no column" in said[0]
    assert "in quotes" in said[0]
    assert read(instance, tmp_path, text, lenient=True)[0] == [("2026-12-07", "10:00", "11:00")]
    findings = Findings()
    (tmp_path / "c.csv").write_text("title,minutes\nTom, Jerry,45\n", encoding="utf-8")
    catalogue_of(instance, tmp_path / "c.csv", {}, findings)
    assert any("c.csv:2:3: '45' is in no column" in str(problem) for problem in findings.problems)


def test_a_head_that_is_there_twice_is_reported(instance, tmp_path):
    with pytest.raises(InputError, match=r"s\.csv:1:5: the head 'title' is there twice"):
        read(instance, tmp_path, "date,start,end,title,Title\n2026-12-07,10:00,11:00,A,B\n")


def test_an_end_and_a_length_must_agree(instance, tmp_path):
    text = "date,start,end,minutes,title\n2026-12-07,10:00,11:00,45,A\n"
    assert "60 minutes long by its end, but 45 by its length" in read(instance, tmp_path, text)[1][0]


def test_every_sheet_comes_in_and_others_are_named(instance, tmp_path):
    head = ["date", "start", "end", "title"]
    sheets = {
        "Mon": [head, [dt.date(2026, 12, 7), dt.time(10), dt.time(11), "A"]],
        "Tue": [head, [dt.date(2026, 12, 8), dt.time(10), dt.timedelta(hours=25, minutes=30), "B"]],
        "Notes": [["to do", "by whom"], ["call", "Aigul"]],
    }
    sheets["Tue"][1][1] = dt.time(23)
    spans, told = read(instance, tmp_path, sheets, name="s.xlsx")
    assert spans == [("2026-12-07", "10:00", "11:00"), ("2026-12-08", "23:00", "25:30")]
    assert [("s.xlsx[Notes]:1:1: warning: this sheet is not read" in line) for line in told] == [True]
    how = Sheets({}, {}, "Q.kz", sheets=["Tue"])
    assert len(read(instance, tmp_path, sheets, name="s.xlsx", how=how)[0]) == 1


@pytest.mark.parametrize(
    "head",
    [
        "Дата;Начало;Конец;Название",
        "Күні;Басталуы;Аяқталуы;Атауы",
        "Sana;Boshlanishi;Tugashi;Nomi",
        "Date;Start;End;Title",
    ],
)
def test_heads_are_known_in_four_languages(instance, tmp_path, head):
    text = f"Programme, week 50, 7–13\n{head}\n07.12.2026;10:00;11:00;A\n"
    assert read(instance, tmp_path, text) == ([("2026-12-07", "10:00", "11:00")], [])


def test_a_packed_table_is_said_to_be_packed(instance, tmp_path):
    spans, told = read(instance, tmp_path, gzip.compress((HEAD + "2026-12-07,10:00,11:00,A\n").encode()))
    assert spans == [("2026-12-07", "10:00", "11:00")]
    assert "is packed" in told[0]


def test_the_apostrophe_of_our_own_export_is_no_part_of_a_title(instance, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("\ufeffdate;start;end;title\n2026-12-07;10:00;11:00;'=1+1\n", encoding="utf-8")
    slots = read_schedule(instance, path, Sheets({}, {}, "Q.kz"), Findings())
    assert [slot.title for slot in slots] == ["=1+1"]


def test_a_skipped_clock_time_is_reported(tmp_path):
    spec = content([channel("Q.kz", "KZ", "Europe/Berlin", window("18:00", "20:00"))], [], start="2026-03-28", days=3)
    berlin = load(write(tmp_path / "i", spec))
    text = HEAD + "29.03.2026,02:30,03:30,A\n"
    assert "the clocks of Europe/Berlin skip 02:30" in read(berlin, tmp_path, text)[1][0]


def catalogue(instance, tmp_path, text, lenient=False, name="c.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    findings = Findings(lenient)
    return catalogue_of(instance, path, {}, findings), list(map(str, findings.problems))


def test_a_catalogue_is_read_as_planners_keep_it(instance, tmp_path):
    text = (
        "Каталог 2026\nАтауы;Жанр;Елі;Ұзақтығы;Тілі;Рейтинг;Көрсетілім саны;Бастап;Дейін;Жасы\n"
        "Алтын адам;drama;Қазақстан;0:45;қазақша;1,2;2;01.02.2026;31.12.2026;12+\n"
        "Жол;film;Казахстан, Турция;1:35;казахский; 0,9 ;1;;;16\n"
    )
    found, told = catalogue(instance, tmp_path, text)
    assert told == []
    rows = found.text.splitlines()
    assert found.fresh == ("Алтын-адам", "Жол")
    assert "Алтын-адам,Алтын адам,drama,KZ,45,kaz,12,2026-02-01,2026-12-31,2,1.2" in rows[2]
    assert "Жол,Жол,film,KZ;TR,95,kaz,16" in rows[3]


def test_a_catalogue_changes_only_the_columns_it_brings(instance, tmp_path):
    found, _ = catalogue(instance, tmp_path, "programme,title,minutes\np,New,45\n")
    assert found.replaced == {"p": "title P → New; minutes 30 → 45"}
    assert "p,New,drama,KZ,45" in found.text
    assert ",16,2,1.2" in found.text


@pytest.mark.parametrize(
    ("cells", "said", "repaired"),
    [
        ("85", "'85' is 85 times the usual audience", "85 %"),
        ("55 %", "", "55%"),
        ("1.2100000000000002", "more than three decimals", None),
    ],
)
def test_percent_is_asked_for(instance, tmp_path, cells, said, repaired):
    text = f"programme,title,genre,origin,minutes,versions,appeal\nn,N,film,KZ,30,kaz,{cells}\n"
    _, told = catalogue(instance, tmp_path, text)
    assert told == [] if not said else said in told[0]
    if repaired:
        found, _ = catalogue(instance, tmp_path, text, lenient=True)
        assert repaired.replace(" ", "") in found.text.replace(" ", "")


def test_rows_that_are_left_out_are_counted(instance, tmp_path):
    text = "programme,title,genre,origin,minutes,versions\nn,N,film,KZ,30,kaz\nm,M,film,Atlantis,30,kaz\n"
    text += "k,K,film,KZ,x,kaz\n"
    found, told = catalogue(instance, tmp_path, text, lenient=True)
    assert (found.fresh, found.left_out, len(told)) == (("n",), 2, 2)


def test_a_workbook_is_no_csv(instance, tmp_path):
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    with pytest.raises(InputError, match="is a workbook; use `parity import xlsx`"):
        read(instance, tmp_path, stream.getvalue())
