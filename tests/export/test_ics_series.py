"""Series as recurring events: what another reader of calendars expands is the timetable, airing by airing."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from icalendar import Calendar

from scheduler.export import ics_text, select
from scheduler.export.selection import Selection
from scheduler.timetable import strand_entries
from tests.export.series_cases import FIRST, ZONE, series_planned
from tests.planned import command


def expanded(text: str) -> list[tuple[datetime, str]]:
    """(start, title) of every airing: recurrences by dateutil on the clock of the event, without this program."""
    found = []
    events = Calendar.from_ical(text).walk("VEVENT")
    instead = {(str(one["uid"]), one["recurrence-id"].dt) for one in events if "recurrence-id" in one}
    for event in events:
        start, title = event["dtstart"].dt, str(event["summary"]).split(" · ")[0]
        if "rrule" not in event:
            found.append((start.astimezone(UTC), title))
            continue
        until = event["rrule"]["until"][0].astimezone(start.tzinfo).replace(tzinfo=None)
        days = ",".join(event["rrule"]["byday"])
        listed = event.get("exdate", [])
        off = {one.dt for part in (listed if isinstance(listed, list) else [listed]) for one in part.dts}
        rule = rrulestr(f"FREQ=WEEKLY;BYDAY={days};UNTIL={until:%Y%m%dT%H%M%S}", dtstart=start.replace(tzinfo=None))
        for local in rule:
            at = local.replace(tzinfo=start.tzinfo)
            if at not in off and (str(event["uid"]), at) not in instead:
                found.append((at.astimezone(UTC), title))
    return sorted(found)


def wanted(selection: Selection) -> list[tuple[datetime, str]]:
    return sorted(
        (datetime.fromisoformat(start).astimezone(UTC), title)
        for start, title in zip(selection.frame["start_utc"], selection.frame["title"], strict=True)
    )


def test_a_series_is_one_event_with_its_pauses_and_exceptions(tmp_path):
    days = [FIRST + timedelta(days=after) for after in (0, 1, 3, 7, 8, 10, 14, 15)]
    airings = [("s", f"{day}T19:30", "first") for day in days]
    airings += [("s", "2026-10-22T21:00", "first"), ("f", "2026-10-12T22:00", "first")]  # the Thursday begins later
    airings.remove(("s", "2026-10-22T19:30", "first"))
    airings.remove(("s", "2026-10-20T19:30", "first"))  # a Tuesday without
    timetable = series_planned(tmp_path, airings)
    text = ics_text(select(timetable))
    series, exception, film = Calendar.from_ical(text).walk("VEVENT")[:3]
    if "recurrence-id" not in exception:
        exception, film = film, exception
    assert series["rrule"]["byday"] == ["MO", "TU", "TH"]
    assert str(series["summary"]) == "S · 1–7"
    assert "2026-10-19 · 4" in str(series["description"])
    assert exception["uid"] == series["uid"]
    assert exception["recurrence-id"].dt == datetime(2026, 10, 22, 19, 30, tzinfo=ZONE)
    assert exception["dtstart"].dt == datetime(2026, 10, 22, 21, 0, tzinfo=ZONE)
    assert "2026-10-20 19:30" in str([f"{one.dt:%Y-%m-%d %H:%M}" for one in series["exdate"].dts])
    assert str(film["summary"]) == "F · 1"
    assert expanded(text) == wanted(select(timetable))


def test_the_clock_keeps_its_time_when_it_is_put_back(tmp_path):
    airings = [("s", f"{FIRST + timedelta(days=after)}T19:30", "first") for after in range(28)]
    timetable = series_planned(tmp_path, airings)
    text = ics_text(select(timetable))
    assert text.count("BEGIN:VEVENT") == 1
    starts = [start for start, _ in expanded(text)]
    assert {(start.hour, start.minute) for start in starts} == {(17, 30), (18, 30)}
    assert [(start, "S") for start in starts] == wanted(select(timetable))


@pytest.mark.parametrize("seed", range(12))
def test_what_is_expanded_is_the_timetable(tmp_path, seed):
    random_, airings = random.Random(seed), []
    clocks = random_.choice([("19:30", "20:15"), ("02:30", "01:15"), ("21:00", "02:00")])
    for after in range(28):
        for title, run in (("s", "first"), ("s", "rerun"), ("f", "first")):
            if random_.random() < 0.6:
                late = {"first": 0, "rerun": 50}[run] + (90 if title == "f" else 0)
                clock = datetime.fromisoformat(f"{FIRST}T{clocks[random_.random() < 0.15]}") + timedelta(minutes=late)
                airings.append((title, f"{clock + timedelta(days=after):%Y-%m-%dT%H:%M}", run))
    timetable = series_planned(tmp_path, airings)
    assert strand_entries(timetable)
    for selection in (
        select(timetable),
        select(timetable, first=FIRST + timedelta(days=5), last=FIRST + timedelta(days=20)),
    ):
        text = ics_text(selection)
        assert expanded(text) == wanted(selection)
        assert expanded(ics_text(selection, each_airing=True)) == wanted(selection)
        assert text.count("BEGIN:VEVENT") < len(selection.frame)


def test_titles_that_are_not_placed_are_single_events(tmp_path):
    airings = [("s", f"{FIRST + timedelta(days=after)}T19:30", "first") for after in range(5)]
    timetable = series_planned(tmp_path, airings, placement=[])
    assert "RRULE" not in ics_text(select(timetable))


def test_each_airing_has_the_uid_that_notices_name(tmp_path):
    airings = [("s", f"{FIRST + timedelta(days=after)}T19:30", "first") for after in range(5)]
    selection = select(series_planned(tmp_path, airings))
    out = tmp_path / "c.ics"
    assert command("export", tmp_path, tmp_path / "t.csv", "--format", "ics", "--out", out, "--each-airing")[0] == 0
    events = Calendar.from_ical(out.read_bytes()).walk("VEVENT")
    uids = {f"{name}@parity-scheduler" for name in selection.frame["airing_id"]}
    assert {str(event["uid"]) for event in events} == uids
    code, said = command("export", tmp_path, tmp_path / "t.csv", "--format", "csv", "--out", out, "--each-airing")
    assert code == 2
    assert "--each-airing is for --format ics" in said
