"""Exports keep their formats' rules: read back by our own code and by plain readers of the standard library."""

import csv
import io
import json
import re
from datetime import date, datetime
from xml.etree import ElementTree

import icalendar
import pytest

from scheduler.export import csv_text, ics_text, json_text, select, xmltv_text
from scheduler.formats.xmltv import channel_ids
from scheduler.rules import load
from scheduler.timetable import read_timetable, timetable_csv
from tests.builders import channel, content, kz, programme, window, write
from tests.planned import timetable_at

ORDER = (
    *("title", "sub-title", "desc", "credits", "date", "category", "keyword", "language", "orig-language"),
    *("length", "icon", "url", "country", "episode-num", "video", "audio", "previously-shown", "premiere"),
    *("last-chance", "new", "subtitles", "rating", "star-rating", "review", "image"),
)


@pytest.fixture(scope="module")
def selection(planned):
    return select(timetable_at(planned))


def test_csv_is_the_contract_and_reads_back(selection, planned, tmp_path):
    assert csv_text(selection) == timetable_csv(selection.timetable)
    path = tmp_path / "excel.csv"
    path.write_text(csv_text(selection, excel=True), encoding="utf-8", newline="")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert timetable_csv(read_timetable(load(planned), path)) == timetable_csv(selection.timetable)


def test_csv_for_excel_has_no_formula(selection):
    rows = csv.reader(io.StringIO(csv_text(selection, excel=True)), delimiter=";")
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert "'=1+1" in cells


def test_xmltv_keeps_the_order_of_its_elements_and_says_every_airing(selection):
    root = ElementTree.fromstring(xmltv_text(selection).partition("?>")[2].partition(">")[2])
    tags = [child.tag for child in root]
    assert tags == sorted(tags), "channels before programmes"
    frame = selection.frame.sort_values(["channel", "start_utc"])
    found = sorted(
        (
            element.get("channel"),
            datetime.strptime(element.get("start"), "%Y%m%d%H%M%S %z").timestamp(),
            datetime.strptime(element.get("stop"), "%Y%m%d%H%M%S %z").timestamp(),
        )
        for element in root.iter("programme")
    )
    times = frame[["start_utc", "end_utc"]].map(lambda text: datetime.fromisoformat(text).timestamp())
    assert found == list(zip(frame["channel"], times["start_utc"], times["end_utc"], strict=True))
    for element in root.iter("programme"):
        places = [ORDER.index(child.tag) for child in element]
        assert places == sorted(places)


def test_xmltv_titles_begin_with_the_channels_language(selection):
    text = xmltv_text(selection)
    for element in ElementTree.fromstring(text.partition("?>")[2].partition(">")[2]).iter("programme"):
        words = [child.text for child in element if child.tag == "keyword"]
        titles = [(child.get("lang"), child.text) for child in element if child.tag == "title"]
        if "parity:programme=k1" in words:
            first = ("uz", "Bir") if element.get("channel") == "O.uz" else (None, "K1")
            assert titles[0] == first
            assert ("ru", "Один") in titles
    assert "parity:programme=k1" in text
    assert "<premiere" in text


def test_xmltv_says_the_season_where_it_is_known(tmp_path):
    titles = [programme("s", 30, episodes=8, season=3), programme("p", 30, episodes=8)]
    instance = load(write(tmp_path / "i", content([kz(window("18:00", "20:00"))], titles)))
    path = tmp_path / "t.csv"
    path.write_text(
        "channel,start_utc,duration_min,programme,episode,run,version_language,version_kind\n"
        "Q.kz,2026-12-07T13:00Z,30,s,5,first,kaz,original\n"
        "Q.kz,2026-12-07T13:30Z,30,p,1,first,kaz,original\n",
        encoding="utf-8",
    )
    text = xmltv_text(select(read_timetable(instance, path)))
    root = ElementTree.fromstring(text.partition("?>")[2].partition(">")[2])
    numbers = {(element.get("system"), element.text) for element in root.iter("episode-num")}
    assert numbers == {("xmltv_ns", "2.4/8."), ("onscreen", "S3 E5"), ("xmltv_ns", ".0/8."), ("onscreen", "E1")}


def test_xmltv_ids_are_what_the_format_takes_and_stay_apart(tmp_path):
    names = ["a_b", "a-b", "Ұлттық.kz", "x..y", "plain"]
    channels = [channel(name, "KZ", "Asia/Almaty", window("18:00", "19:00")) for name in names]
    ids = channel_ids(load(write(tmp_path / "i", content(channels, [programme("p", 30)]))))
    assert all(re.fullmatch(r"[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+", name) for name in ids.values())
    assert len(set(ids.values())) == len(names)


def test_a_calendar_has_every_airing_once_with_a_stable_id(selection):
    text = ics_text(selection)
    assert text == ics_text(selection)
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar = icalendar.Calendar.from_ical(text)
    events = {str(event["uid"]): event for event in calendar.walk("VEVENT")}
    assert len(events) == len(selection.frame)
    for row in selection.frame.to_dict("records"):
        event = events[f"{row['airing_id']}@parity-scheduler"]
        assert event["dtstart"].dt.timestamp() == datetime.fromisoformat(row["start_utc"]).timestamp()
        assert event["duration"].dt.total_seconds() == row["duration_min"] * 60
        assert row["title"] in str(event["summary"])
    assert {str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")} == set(selection.frame["timezone"])


def test_json_says_the_same_with_real_kinds(selection):
    said = json.loads(json_text(selection))
    assert [airing["airing_id"] for airing in said["airings"]] == selection.frame["airing_id"].tolist()
    assert all(isinstance(airing["anchor"], bool) for airing in said["airings"])
    assert {channel["id"] for channel in said["channels"]} == set(selection.channels)


def test_a_selection_goes_by_channel_and_broadcast_date(planned):
    table = timetable_at(planned)
    part = select(table, ["Q.kz"], date(2026, 12, 8), date(2026, 12, 8)).frame
    whole = select(table).frame
    assert part["airing_id"].tolist() == [
        name
        for name, channel_, day in zip(whole["airing_id"], whole["channel"], whole["broadcast_date"], strict=True)
        if channel_ == "Q.kz" and day == "2026-12-08"
    ]
    assert 0 < len(part) < len(whole)


def test_a_control_character_in_a_title_does_not_break_the_guide(tmp_path):
    spec = content([kz(window("18:00", "19:00"))], [programme("p", 30, title="a\x0bb")], grid=30)
    instance = load(write(tmp_path / "i", spec))
    path = tmp_path / "t.csv"
    path.write_text(
        "channel,start_utc,duration_min,programme,episode,run,version_language,version_kind\n"
        "Q.kz,2026-12-07T13:00Z,30,p,1,first,kaz,original\n",
        encoding="utf-8",
    )
    text = xmltv_text(select(read_timetable(instance, path)))
    assert "<title>ab</title>" in text


def test_control_characters_are_left_out_of_a_guide(tmp_path):
    from scheduler.airings import build_airings
    from scheduler.rules import rules_of
    from scheduler.timetable import timetable_of
    from tests.builders import anchor, build, kz, programme, window

    shown = anchor("n", "Q.kz", "10:00", "11:00", title="A\x80\x93B\x7f")
    instance = build(tmp_path / "i", [kz(window("18:00", "20:00"))], [programme("p", 30)], anchors=[shown])
    airings = build_airings(instance, rules_of(instance))
    table = timetable_of(airings, airings.run == 99)
    assert ">AB<" in xmltv_text(select(table))
