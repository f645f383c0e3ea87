"""Guides as channels publish them: times are those of the source, XML is read as such, one channel is imported."""

import gzip
import io
import re
import zipfile

import pytest

from scheduler.imports import Findings, anchors_of, merged, read_guide, settle
from scheduler.instance import InputError
from scheduler.rules import load
from tests.builders import channel, content, programme, window, write

NAMES = '<channel id="one"><display-name>Qala TV</display-name></channel>\n'


def planned(tmp_path, zone="Asia/Almaty", start="2026-12-07", days=3, windows=(), anchors=()):
    windows = windows or (window("18:00", "20:00"),)
    spec = content(
        [channel("Q.kz", "KZ", zone, *windows, name="Qala TV")],
        [programme("p", 30)],
        days=days,
        start=start,
        anchors=list(anchors),
    )
    return load(write(tmp_path / "i", spec))


def read(instance, tmp_path, body, *, lenient=False, renamed=None, zone=None, head=NAMES, name="guide.xml", raw=None):
    path = tmp_path / name
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<tv>\n{head}{body}</tv>\n'
    path.write_bytes(raw if raw is not None else text.encode())
    findings = Findings(lenient)
    settled = settle(instance, read_guide(instance, path, renamed or {}, findings, zone), findings)
    return anchors_of(instance, settled, findings), [str(problem) for problem in findings.problems], settled


def entry(start, stop, title="T", channel="one", inside=""):
    times = f'start="{start}" stop="{stop}"'
    return f'<programme {times} channel="{channel}"><title>{title}</title>{inside}</programme>\n'


def spans(rows):
    return [(row["start"], row["end"]) for row in rows]


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(
    ("start", "stop"),
    [
        ("20261207070000 +0300", "20261207080000 +0300"),
        ("20261207040000 Z", "20261207050000 Z"),
        ("2026120709 +0500", "2026120710 +0500"),
        ("20261207090000 +05:00", "20261207100000 +05"),
        ("2026-12-07T09:00:00+05:00", "2026-12-07 10:00 +0500"),
        ("20261207120000 Asia/Shanghai", "20261207130000 Asia/Shanghai"),
        ("20261207070000 MSK", "20261207080000 EEST"),
    ],
)
def test_an_offset_is_part_of_the_time(tmp_path, start, stop, lenient):
    stop = "20261207080000 MSK" if "EEST" in stop else stop
    rows, told, _ = read(planned(tmp_path), tmp_path, entry(start, stop), lenient=lenient)
    assert (spans(rows), told) == ([("09:00", "10:00")], [])


@pytest.mark.parametrize("start", ["20261207090000 IST", "20261207090000 +2500", "20261207090000 +0575", "202612070"])
def test_a_zone_that_is_not_certain_is_no_time(tmp_path, start):
    _, told, settled = read(planned(tmp_path), tmp_path, entry(start, "20261207100000 +0500"))
    assert settled == []
    assert any(("guide.xml:4:1" in line and "IST" in start) or start in line for line in told), told


def test_a_guide_without_offsets_asks_for_the_zone(tmp_path):
    instance, body = planned(tmp_path), entry("20261207090000", "20261207100000")
    rows, told, _ = read(instance, tmp_path, body)
    assert spans(rows) == [("14:00", "15:00")]
    assert "2 times have no offset and are read as UTC" in told[0]
    assert "--zone Asia/Almaty" in told[0]
    rows, told, _ = read(instance, tmp_path, body, zone="Asia/Almaty")
    assert (spans(rows), told) == ([("09:00", "10:00")], [])


def test_the_hour_that_comes_twice_is_two_hours(tmp_path):
    instance = planned(tmp_path, zone="Europe/Berlin", start="2026-10-24")
    body = entry("20261025014500 +0200", "20261025021500 +0200", "A")
    body += entry("20261025021500 +0200", "20261025021500 +0100", "B")
    body += entry("20261025021500 +0100", "20261025030000 +0100", "C")
    rows, told, settled = read(instance, tmp_path, body)
    assert [(slot.stop - slot.start).seconds // 60 for slot in settled] == [30, 60, 45]
    assert [(row["title"], row["start"], row["end"], row["second_pass"]) for row in rows] == [
        ("A", "01:45", "02:15", ""),
        ("B", "02:15", "02:15", "end"),
        ("C", "02:15", "03:00", "start"),
    ]
    assert told == []
    path = instance.folder / "anchors.csv"
    path.write_text(merged(instance, rows, settled).text, encoding="utf-8")
    again = load(instance.folder)
    fixed = again.dated_anchors
    spans_utc = [
        tuple(f"{again.timeline.moment(at):%H:%M}" for at in pair)
        for pair in zip(fixed.start.tolist(), fixed.end.tolist(), strict=True)
    ]
    assert spans_utc == [("23:45", "00:15"), ("00:15", "01:15"), ("01:15", "02:00")]


def test_both_passes_of_one_time_do_not_overlap_and_one_pass_does(tmp_path):
    """Two half hours at 02:00 of the night when clocks are put back: one hour apart, or the same."""
    instance = planned(tmp_path, zone="Europe/Berlin", start="2026-10-24")
    path = instance.folder / "anchors.csv"
    head = "anchor,channel,date,start,end,title,genre,origin,audio,second_pass\n"
    row = "{0},Q.kz,2026-10-25,02:00,02:30,{0},news,KZ,kaz,{1}\n"
    path.write_text(head + row.format("a", "") + row.format("b", "start;end"), encoding="utf-8")
    fixed = load(instance.folder).dated_anchors
    assert (fixed.start[1] - fixed.start[0], fixed.end[1] - fixed.end[0]) == (60, 60)
    path.write_text(head + row.format("a", "start;end") + row.format("b", "start;end"), encoding="utf-8")
    with pytest.raises(InputError, match="the anchor 'b' overlaps 'a' in line 2"):
        load(instance.folder)


SECOND = [
    ("2026-10-25,01:00,02:30", "start", "second_pass: 01:00 comes once on 2026-10-25 in Europe/Berlin"),
    ("2026-10-24,02:00,02:30", "end", "second_pass: 02:30 comes once on 2026-10-24 in Europe/Berlin"),
    ("2026-10-25,02:45,02:15", "", "it ends at 02:15, before it starts at 02:45"),
    ("2026-10-25,03:45,02:15", "end", "the anchor 'a' ends at 02:15, before it starts"),
    ("2026-10-25,02:00,02:15", "middle", "`second_pass`: expected start, end or start;end, got 'middle'"),
]


@pytest.mark.parametrize(("when", "passes", "said"), SECOND)
def test_a_second_pass_that_cannot_be_is_an_error(tmp_path, when, passes, said):
    instance = planned(tmp_path, zone="Europe/Berlin", start="2026-10-24")
    text = f"anchor,channel,date,start,end,title,genre,origin,audio,second_pass\na,Q.kz,{when},A,news,KZ,kaz,{passes}\n"
    (instance.folder / "anchors.csv").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(said)):
        load(instance.folder)


def test_local_times_of_the_hour_that_comes_twice_go_by_their_order(tmp_path):
    instance = planned(tmp_path, zone="Europe/Berlin", start="2026-10-24")
    body = entry("20261025023000", "20261025020000", "A") + entry("20261025020000", "20261025023000", "B")
    _, told, settled = read(instance, tmp_path, body, zone="Europe/Berlin")
    assert [(slot.start.hour, slot.start.minute) for slot in settled] == [(0, 30), (1, 0)]
    assert any("comes twice" in line and "the second" in line for line in told)


def test_the_horizon_is_cut_by_minutes(tmp_path):
    instance = planned(tmp_path, windows=(window("22:00", "26:00"),))
    body = entry("20261206233000 +0500", "20261207013000 +0500", "Eve")
    body += entry("20261210003000 +0500", "20261210020000 +0500", "Late")
    body += entry("20261210020000 +0500", "20261210030000 +0500", "After")
    rows, _, _ = read(instance, tmp_path, body)
    told = [(row["title"], row["date"], row["start"], row["end"]) for row in rows]
    assert told == [("Eve", "2026-12-07", "00:00", "01:30"), ("Late", "2026-12-09", "24:30", "26:00")]


XML = {
    "CDATA": ("<![CDATA[Tom & Jerry]]>", False, "Tom & Jerry", None),
    "an entity of HTML": ("Caf&eacute;&nbsp;X", True, "Café X", "&eacute; is one of HTML"),
    "an unknown entity": ("A &qazaq; B", True, "A &qazaq; B", "the entity &qazaq; is unknown"),
    "escaped twice": ("R&amp;amp;B &amp;#34;hit&amp;#34;", False, 'R&B "hit"', "was escaped twice"),
    "a control character": ("A\x0bB", True, "AB", "control character U+000B"),
    "a bare ampersand": ("A & B", True, "A & B", "an & in the text"),
}


@pytest.mark.parametrize("kind", XML)
def test_what_is_xml_is_taken_and_what_is_not_is_reported(tmp_path, kind):
    written, repaired, title, said = XML[kind]
    body = "<!-- news & more -->\n" + entry("20261207090000 +0500", "20261207100000 +0500", written)
    instance = planned(tmp_path)
    rows, told, _ = read(instance, tmp_path, body, lenient=repaired)
    assert [row["title"] for row in rows] == [title]
    assert (said is None) == (told == [])
    assert said is None or said in told[0]
    if repaired:
        _, told, _ = read(instance, tmp_path, body)
        assert any("--lenient" in line and said in line for line in told)


def test_entities_of_the_document_type_are_xml(tmp_path):
    raw = (
        '<?xml version="1.0"?><!DOCTYPE tv [<!ENTITY chan "Qala &amp; co">]>\n<tv>'
        + entry("20261207090000 +0500", "20261207100000 +0500", "&chan;", channel="Q.kz")
        + "</tv>"
    )
    rows, told, _ = read(planned(tmp_path), tmp_path, "", raw=raw.encode())
    assert ([row["title"] for row in rows], told) == (["Qala & co"], [])


def test_a_place_counts_in_the_file_as_it_is(tmp_path):
    times = 'start="20261207090000 +0500" stop="20261207100000 +0500"'
    one = "<programme " + times + ' channel="{}"><title>A & é B</title></programme>'
    raw = '<?xml version="1.0" encoding="UTF-8" ?><tv>' + one.format("one") + one.format("zz") + "</tv>"
    _, told, _ = read(planned(tmp_path), tmp_path, "", raw=raw.encode(), renamed=None, lenient=True)
    assert any(line.startswith(f"guide.xml:1:{raw.rindex('<programme') + 1}: ") and "'zz'" in line for line in told), (
        told
    )


@pytest.mark.parametrize("packed", ["gz", "zip"])
def test_a_packed_guide_is_read_within_limits(tmp_path, packed, monkeypatch):
    text = f"<tv>{entry('20261207090000 +0500', '20261207100000 +0500', channel='Q.kz')}</tv>".encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("guide.xml", text)
    raw = gzip.compress(text) if packed == "gz" else stream.getvalue()
    instance = planned(tmp_path)
    rows, told, _ = read(instance, tmp_path, "", raw=raw, name=f"guide.xml.{packed}")
    assert (spans(rows), told) == ([("09:00", "10:00")], [])
    monkeypatch.setattr("scheduler.imports.guide.MAX_BYTES", len(text) - 1)
    with pytest.raises(InputError, match=r"is packed .* and unpacks to more than|is larger than"):
        read(instance, tmp_path, "", raw=raw, name=f"guide.xml.{packed}")


def test_another_encoding_is_named_and_read_when_lenient(tmp_path):
    body = entry("20261207090000 +0500", "20261207100000 +0500", "Новости культуры и спорта", channel="Q.kz") * 1
    raw = f"<tv>{body}</tv>".encode("cp1251")
    instance = planned(tmp_path)
    rows, told, _ = read(instance, tmp_path, "", raw=raw, lenient=True)
    assert "it looks like windows-1251" in told[0]
    assert [row["title"] for row in rows] == ["Новости культуры и спорта"]
    with pytest.raises(InputError, match="it looks like windows-1251"):
        read(instance, tmp_path, "", raw=raw)


TWO = NAMES + '<channel id="two"><display-name>QALA  tv</display-name></channel>\n'
BOTH = entry("20261207090000 +0500", "20261207100000 +0500", "A") + entry(
    "20261207110000 +0500", "20261207120000 +0500", "B", channel="two"
)


def test_two_channels_of_one_name_are_reported_and_one_is_taken(tmp_path):
    instance = planned(tmp_path)
    _, told, _ = read(instance, tmp_path, BOTH, head=TWO)
    assert any("'one' and 'two' of the guide both have the name of Q.kz" in line for line in told)
    rows, _, _ = read(instance, tmp_path, BOTH, head=TWO, lenient=True)
    assert [row["title"] for row in rows] == ["A"]


def test_a_channel_that_is_named_is_the_only_one(tmp_path):
    instance = planned(tmp_path)
    rows, told, _ = read(instance, tmp_path, BOTH, head=TWO, renamed={"two": "Q.kz"})
    assert ([row["title"] for row in rows], told) == (["B"], [])
    with pytest.raises(InputError, match=r"no channel 'thre' in the guide"):
        read(instance, tmp_path, BOTH, head=TWO, renamed={"thre": "Q.kz"})


def test_names_are_compared_as_people_read_them(tmp_path):
    head = '<channel id="x"><display-name>  QALA\u00a0tv\u200b </display-name></channel>\n'
    rows, told, _ = read(planned(tmp_path), tmp_path, BOTH.replace('"one"', '"x"').split("\n")[0], head=head)
    assert ([row["title"] for row in rows], told) == (["A"], [])
    _, told, _ = read(planned(tmp_path / "b"), tmp_path, BOTH.replace('"two"', '"Q.\u043az"'), head="")
    assert any("U+043A CYRILLIC SMALL LETTER KA" in line for line in told), told


@pytest.mark.parametrize(
    ("title", "rating", "age"),
    [
        ("Film (18+)", "", "18"),
        ("Film", "+16", "16"),
        ("Film", "12 жастан", "12"),
        ("Film 18+", "12+", "18"),
        ("7+7", "", None),
    ],
)
def test_age_marks_are_read_in_the_forms_of_guides(tmp_path, title, rating, age):
    inside = f"<rating><value>{rating}</value></rating>" if rating else ""
    body = entry("20261207090000 +0500", "20261207100000 +0500", title, inside=inside)
    rows, told, _ = read(planned(tmp_path), tmp_path, body)
    assert (rows[0].get("age"), told) == (age, [])


def test_an_age_mark_that_is_not_read_is_reported_once(tmp_path):
    inside = "<rating><value>TV-MA</value></rating>"
    body = entry("20261207090000 +0500", "20261207100000 +0500", inside=inside)
    body += entry("20261207100000 +0500", "20261207110000 +0500", "U", inside=inside)
    _, told, _ = read(planned(tmp_path), tmp_path, body)
    assert ["the age mark 'TV-MA' is no age in years; 2 entries count as 0+" in line for line in told] == [True]


def test_only_the_days_that_come_in_are_replaced_and_their_columns(tmp_path):
    there = [
        {"anchor": "news", "channel": "Q.kz", "days": "all", "start": "09:00", "end": "09:30", "title": "News",
         "genre": "news", "origin": "KZ", "audio": "rus", "tags": "a;b", "delivery": "live"},
    ]  # fmt: skip
    instance = planned(tmp_path, anchors=there)
    rows, _, settled = read(instance, tmp_path, entry("20261208090000 +0500", "20261208094500 +0500", "News"))
    after = merged(instance, rows, settled)
    assert (after.replaced, after.shortened, after.kept) == ((), ("news",), 0)
    (instance.folder / "anchors.csv").write_text(after.text, encoding="utf-8")
    anchors = load(instance.folder).anchors
    told = [(anchor.days, str(anchor.date), anchor.end, anchor.tags, anchor.delivery) for anchor in anchors]
    assert told == [
        (frozenset({"mon", "wed"}), "None", 570, ("a", "b"), "live"),
        (None, "2026-12-08", 585, ("a", "b"), "live"),
    ]


def test_a_name_in_letters_of_another_script_is_named_with_its_code_points(tmp_path):
    head = '<channel id="one"><display-name>Qаla TV</display-name></channel>\n'
    body = entry("20261207100000 +0500", "20261207110000 +0500")
    rows, said, _ = read(planned(tmp_path), tmp_path, body, head=head)
    assert rows == []
    assert "looks like 'Qala TV'" in said[0]
    assert "U+0430 CYRILLIC SMALL LETTER A" in said[0]
    assert "--channel one=Q.kz" in said[0]
