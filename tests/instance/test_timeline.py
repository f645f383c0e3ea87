"""Zones from the tzdata package, and a clock change inside the horizon."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime

import numpy as np
import pytest

from scheduler.instance import Timeline, zone_clock
from scheduler.instance.derived.timeline import comes_twice, moment_on_clock
from tests.builders import build, channel, kz, programme, window
from tests.rules.agreement import disagreements

OFFSETS = {
    "Asia/Almaty": 5,
    "Asia/Bishkek": 6,
    "Asia/Shanghai": 8,
    "Asia/Baku": 4,
    "Asia/Tashkent": 5,
    "Asia/Dushanbe": 5,
}
CHANGES = {"2026-10-25": 25, "2027-03-28": 23, "2026-12-07": 24}
GERMANY = {"DE": {"name": "D"}, "KZ": {"name": "K"}}


@pytest.mark.parametrize("zone", OFFSETS)
def test_offsets_on_the_first_day_of_the_shipped_week(zone):
    offset = zone_clock(zone).utcoffset(datetime(2026, 12, 7, 12, 0))
    assert offset is not None
    assert offset.total_seconds() / 3600 == OFFSETS[zone]


def test_the_host_does_not_affect_zones():
    code = (
        "from datetime import datetime; from scheduler.instance import zone_clock;"
        " print(zone_clock('Asia/Almaty').utcoffset(datetime(2026, 12, 7)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONTZPATH": "/nonexistent", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "5:00:00"


@pytest.mark.parametrize("name", ["Asia", "Asia/Nowhere", "../zones", "", "Asia/__init__.py", "tzdata.zi", "A" * 300])
def test_what_is_no_zone(name):
    with pytest.raises(LookupError):
        zone_clock(name)


@pytest.mark.parametrize("day", CHANGES)
def test_a_day_has_the_hours_that_its_zone_gives_it(day):
    line = Timeline(date.fromisoformat(day), 1, 15, 300)
    cells = line.cells("Europe/Berlin", "day")
    assert cells.labels == (day,)
    assert int((cells.end - cells.start).sum()) == CHANGES[day] * 60
    hours = line.cells("Europe/Berlin", "hour")
    lengths = np.bincount(hours.period, weights=hours.end - hours.start).astype(int)
    by_label = dict(zip(hours.labels, lengths.tolist(), strict=True))
    assert by_label.get(f"{day} 02-03", 0) == {25: 120, 23: 0, 24: 60}[CHANGES[day]]
    blocks = line.cells("Europe/Berlin", "6h")
    first = int((blocks.end - blocks.start)[blocks.period == 0].sum())
    assert first == (CHANGES[day] - 18) * 60
    broadcast = line.cells("Europe/Berlin", "broadcast_day")
    assert int((broadcast.end - broadcast.start).sum()) == 24 * 60, "the change at 02:00 lies in the day before"


@pytest.mark.parametrize(("day", "minutes"), [("2026-10-25", 240), ("2027-03-28", 120), ("2026-12-07", 180)])
def test_a_window_across_the_change_has_its_real_length(tmp_path, day, minutes):
    instance = build(
        tmp_path,
        [channel("D.de", "DE", "Europe/Berlin", window("01:00", "04:00"))],
        [programme("show", 60, origin="DE")],
        start=day,
        territories=GERMANY,
    )
    assert (instance.windows.end - instance.windows.start).tolist() == [minutes]
    start = instance.timeline.moment(int(instance.windows.start[0]))
    assert start.astimezone(zone_clock("Europe/Berlin")).strftime("%Y-%m-%d %H:%M") == f"{day} 01:00"


def test_a_time_that_the_clock_skips_is_the_first_after_it():
    line = Timeline(date(2027, 3, 28), 1, 15, 300)
    assert line.moment(line.local_minute("Europe/Berlin", 0, 150)) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)
    assert line.local_minute("Europe/Berlin", 0, 150) == line.local_minute("Europe/Berlin", 0, 180)


def test_a_time_that_comes_twice_is_the_first_of_the_two():
    line = Timeline(date(2026, 10, 25), 1, 15, 300)
    assert line.moment(line.local_minute("Europe/Berlin", 0, 150)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Almaty", "Australia/Lord_Howe"])
@pytest.mark.parametrize("day", ["2026-10-25", "2024-02-29", "2026-04-05"])
def test_minutes_of_both_passes_are_the_moments_that_the_zone_database_says(zone, day):
    """Of every quarter of an hour, with and without the second pass; times that are skipped are left out."""
    first = date.fromisoformat(day)
    line = Timeline(first, 1, 15, 300)
    for minute in range(0, 1440, 15):
        for late in (False, True):
            moment = moment_on_clock(zone, first, minute, second_pass=late)
            local = moment.astimezone(zone_clock(zone))
            if local.hour * 60 + local.minute == minute:
                assert line.moment(line.local_minute(zone, 0, minute, second_pass=late)) == moment
    twice = [minute for minute in range(0, 1440, 15) if comes_twice(zone, first, minute)]
    assert len(twice) == {
        ("Europe/Berlin", "2026-10-25"): 4, ("Asia/Almaty", "2024-02-29"): 4, ("Australia/Lord_Howe", "2026-04-05"): 2
    }.get((zone, day), 0)  # fmt: skip


RULES = [
    {
        "type": "quota",
        "id": "H",
        "select": {"genre": "drama"},
        "most_minutes": 20,
        "period": "hour",
        "hard": False,
        "price": 3,
    },
    {
        "type": "quota",
        "id": "N",
        "select": {"genre": "film"},
        "least_share": 0.3,
        "hours": ["01:30", "03:30"],
        "period": "day",
    },
    {"type": "quota", "id": "B", "select": {"genre": "film"}, "most_count": 1, "period": "6h"},
    {"type": "runs_per_day", "id": "ONCE", "most": 1},
    {"type": "age_watershed", "id": "AGE", "age": 18, "barred": ["02:15", "02:45"], "hard": False, "price": 5},
]
PARITY = {
    "type": "parity",
    "id": "P",
    "parties": ["KZ", "DE"],
    "measures": [
        {"measure": "minutes", "period": "day", "tolerance": 0.1, "least": 30},
        {"measure": "audience", "period": "week", "tolerance": 0.1},
        {"measure": "prime_minutes", "period": "day", "least": 30},
    ],
}


@pytest.mark.parametrize("day", CHANGES)
def test_rows_and_check_agree_across_a_clock_change(tmp_path, day):
    instance = build(
        tmp_path,
        [channel("D.de", "DE", "Europe/Berlin", window("01:30", "03:30")), kz(window("05:00", "06:00"))],
        [programme("show", 45, episodes=3), programme("night", 30, genre="film", age=18, origin="DE", episodes=2)],
        start=day,
        territories=GERMANY,
        rules=RULES,
        agreements=[PARITY],
        dayparts={"prime": ["02:00", "03:00"]},
    )
    wrong, seen = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    assert seen["rows"]
