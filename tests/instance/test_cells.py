"""Cells as people write them: numbers of one column in one way, invisible characters, values that look wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.instance.codes import language_code
from scheduler.instance.files.numbers import read_numbers
from scheduler.instance.signs import as_drawn, as_read, visible
from scheduler.rules import load
from tests.builders import anchor, channel, content, programme, window, write
from tests.instance.cases import AUDIENCE, PROGRAMMES, YAML, folder_of, problems


def whole(number):
    return number.isdigit() or (number.replace(".", "", 1).isdigit() and float(number).is_integer())


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["16.000", "7.700"], [16000, 7700]),
        (["16,000", "7,700", "100"], [16000, 7700, 100]),
        (["16 000", "1\u00a0234\u202f567"], [16000, 1234567]),
        (["16'000", "7’700"], [16000, 7700]),
        (["1.234.567", "16.000"], [1234567, 16000]),
        (["1.234,00", "16.000"], [1234, 16000]),
    ],
)
def test_a_column_is_read_in_the_way_that_fits_all_its_cells(cells, meant):
    reading = read_numbers(cells, whole)
    assert [float(reading.numbers.get(cell, cell)) for cell in cells] == meant
    assert reading.doubt is None


def test_two_ways_that_fit_are_a_doubt_with_both_readings():
    reading = read_numbers(["500", "16.000", "8.000"], whole)
    assert str(reading.doubt).startswith("'16.000' is 16 or 16000")
    assert read_numbers(["16.000"], whole, point_only=True).doubt is None


@given(st.lists(st.integers(0, 5_000_000), min_size=1, max_size=8), st.sampled_from([".", ",", " ", "\u00a0", "'"]))
def test_grouped_numbers_come_back_or_are_doubted(numbers, sign):
    cells = [f"{number:,}".replace(",", sign) for number in numbers]
    reading = read_numbers(cells, whole)
    read = [int(float(reading.numbers.get(cell, cell))) for cell in cells]
    assert reading.doubt or read == numbers


def test_viewers_of_round_thousands_are_refused_where_a_point_may_group(tmp_path):
    table = "channel;days;hour;viewers\n"
    table += "".join(f"{name};all;{hour};16.000\n" for name in ("Q.kz", "O.uz") for hour in range(24))
    told = problems(folder_of(tmp_path, audience_csv=table.encode()))
    assert told == [
        "audience.csv:2:12: viewers: '16.000' is 16 or 16000, and all cells of the column fit both; write 16 or 16000"
    ]


def test_a_wrong_cell_is_quoted_as_it_is_written(tmp_path):
    table = "programme\ttitle\tgenre\torigin\tminutes\tversions\np\tP\tfilm\tKZ\t100,5\tkaz\n"
    assert problems(folder_of(tmp_path, programmes_csv=table.encode())) == [
        "programmes.csv:2:13: minutes: expected a whole number, got '100,5'"
    ]


def test_two_byte_order_marks_are_no_part_of_the_header(tmp_path):
    assert load(folder_of(tmp_path, programmes_csv=b"\xef\xbb\xbf" * 2 + PROGRAMMES.encode())).programmes


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("programmes.csv", "drama,KZ", "drama,\u041aZ", "U+041A CYRILLIC CAPITAL LETTER KA, not the Latin letter"),
        ("programmes.csv", "drama,KZ", "drama,Қазақстан", "Қазақстан is KZ"),
        ("anchors.csv", "Q.kz,all", "Q.kz\u200b,all", "'Q.kz<U+200B>' holds U+200B ZERO WIDTH SPACE"),
        ("instance.yaml", "zone: Asia/Almaty", "zone: UTC+5", "is an offset and no time zone"),
        ("instance.yaml", "[kaz]", "[kk]", "of three small letters (ISO 639-3) such as kaz, got 'kk'; 'kk' is kaz"),
        ("instance.yaml", "    zone: Asia/Almaty", "    zone\u200b: Asia/Almaty", "holds U+200B ZERO WIDTH SPACE"),
        ("programmes.csv", "K one", "#N/A", "title: '#N/A' is the error of a spreadsheet's formula"),
        ("programmes.csv", "K one", "#ССЫЛКА!", "is the error of a spreadsheet's formula"),
        ("programmes.csv", "kaz:original,1", "kaz:voiceover,1", "expected original, dubbed or subtitled, got 'voice"),
    ],
)
def test_the_sign_or_word_that_is_wrong_is_named(tmp_path, name, old, new, said):
    files = {"instance.yaml": YAML, "programmes.csv": PROGRAMMES, "anchors.csv": ANCHORS, "audience.csv": AUDIENCE}
    text = files[name].replace(old, new)
    assert text != files[name]
    told = problems(folder_of(tmp_path, **{name.replace(".", "_"): text.encode()}))
    assert any(said in line for line in told), told


ANCHORS = "anchor,channel,days,start,end,title,genre,origin,audio\nnews,Q.kz,all,18:30,18:45,News,news,KZ,kaz\n"


def test_slips_are_warned_of_with_their_place(tmp_path):
    past = {"dates": ["2025-12-07"], "start": "10:00", "end": "12:00"}
    spec = content(
        [channel("Q.kz", "KZ", "Etc/GMT-5", window("18:00", "20:00"), past)],
        [programme("a", 30, appeal="85"), programme("b", 30, appeal="55 %")],
        anchors=[anchor("x", "Q.kz", "10:00", "11:00", date="2026-12-20")],
        days=3,
    )
    instance = load(write(tmp_path / "i", spec))
    told = [str(problem) for problem in instance.warnings]
    assert [float(row.appeal) for row in instance.programmes] == [85, 0.55]
    assert len(told) == 4, told
    assert any("programmes.csv:2:" in line and "'85' is 85 times the usual audience" in line for line in told)
    assert any("anchors.csv:2:" in line and "2026-12-20 is outside the horizon" in line for line in told)
    assert any("the window of 2025-12-07 is outside the horizon" in line for line in told)
    assert any("Etc/GMT-5 is UTC+5" in line for line in told)


def test_texts_are_compared_as_people_read_them():
    assert as_read("O\u02bbzbekiston  TV") == as_read("o'zbekiston\u00a0tv\u200b") == as_read("O\u2019ZBEKISTON TV")
    assert as_read("й") == as_read("и\u0306")
    assert as_drawn("НТВ") == as_drawn("HTB")
    assert visible("a\u200bb") == "a<U+200B>b"


@pytest.mark.parametrize(
    ("said", "code"),
    [("hy", "hye"), ("ka", "kat"), ("nl", "nld"), ("грузинский", "kat"), ("kk-KZ", "kaz"), ("de", "deu")],
)
def test_languages_have_the_codes_of_iso_639_3(said, code):
    assert language_code(said) == code
