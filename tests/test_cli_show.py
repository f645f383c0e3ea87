"""`parity show`: a channel's day as a planner asks for it."""

from __future__ import annotations

import json

import pytest

from scheduler.report.day import days_on_air
from scheduler.report.language import Language
from scheduler.timetable import timetable_frame
from tests.planned import command, plan, timetable_at


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    folder = plan(tmp_path_factory.mktemp("show"))
    return folder, timetable_at(folder)


def show(planned, *words):
    folder, _ = planned
    return command("show", folder, folder / "out" / "timetable.csv", *words)


def test_every_airing_stands_on_its_day_at_its_clock_time(planned):
    _, timetable = planned
    channels = range(len(timetable.instance.channels))
    shown = {
        (one.channel, one.day.isoformat(), entry.start, entry.title)
        for one in days_on_air(timetable, channels, Language("en"))
        for entry in one.entries
        if entry.kind != "fallback"
    }
    frame = timetable_frame(timetable)
    rows = frame[["channel", "broadcast_date", "start_local", "title"]].to_numpy().tolist()
    assert {(channel, day, start[11:], title) for channel, day, start, title in rows} <= shown


def test_a_channel_and_a_weekday_in_words(planned):
    code, said = show(planned, "--channel", "q.KZ", "--day", "mon")
    assert code == 0
    heading, _, *lines = said.splitlines()
    assert heading.startswith("Q.kz · Mon 7 Dec · Asia/Almaty")
    assert lines
    assert any("first run · " in line for line in lines)
    assert "O.uz" not in said
    assert show(planned, "--channel", "Q.kz", "--day", "07.12.2026") == (0, said)
    kazakh = show(planned, "--channel", "Q.kz", "--day", "mon", "--lang", "kk")[1]
    assert "көрермен" in kazakh
    assert "viewers" not in kazakh


def test_a_daypart_leaves_out_what_is_outside_of_it(planned):
    whole = json.loads(show(planned, "--json")[1])
    prime = json.loads(show(planned, "--json", "--daypart", "prime")[1])
    times = [entry["end"] for day in prime for entry in day["entries"]]
    assert 0 < len(times) < sum(len(day["entries"]) for day in whole)
    assert all(end > "18:00" or end == "00:00" for end in times)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--channel", "Qkz"], "there is no channel 'Qkz'; did you mean 'Q.kz'?"),
        (["--day", "2030-01-01"], "no such day is planned; the timetable is of 2026-12-07 to "),
        (["--day", "someday"], "'someday' is not a weekday; write mon, tue, wed, thu, fri, sat or sun"),
        (["--daypart", "prim"], "there is no daypart 'prim'; did you mean 'prime'?"),
    ],
)
def test_what_is_not_there_is_said(planned, words, said):
    code, error = show(planned, *words)
    assert code == 2
    assert said in error
