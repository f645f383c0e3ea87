"""A channel whose clocks are set back, and timetables of its two series, airing by airing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from scheduler.rules import load
from scheduler.timetable import read_timetable
from tests.builders import channel, content, programme, window, write

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.timetable import Timetable

ZONE = ZoneInfo("Europe/Berlin")  # its clocks are put back on 2026-10-25 at 3:00
FIRST = date(2026, 10, 12)
HEAD = "channel,start_utc,duration_min,programme,episode,run,version_language,version_kind"


def series_planned(folder: Path, airings: list[tuple[str, str, str]], **more: Any) -> Timetable:
    """The timetable of (programme, local start, run); episodes are counted in order."""
    there = channel("Q.kz", "KZ", str(ZONE), window("19:00", "23:00"), window("25:00", "29:00"))
    titles = [programme("s", 30, episodes=40, runs=2), programme("f", 30, episodes=40)]
    given = {"days": 28, "grid": 5, "start": FIRST.isoformat(), "placement": [{"select": {}, "as": "strand"}], **more}
    write(folder, content([there], titles, **given))
    lines, count = [HEAD], dict.fromkeys(("sfirst", "srerun", "ffirst"), 0)
    for title, local, run in sorted(airings, key=lambda one: one[1]):
        count[title + run] += 1
        utc = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)
        lines.append(f"Q.kz,{utc:%Y-%m-%dT%H:%MZ},30,{title},{count[title + run]},{run},kaz,original")
    (folder / "t.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_timetable(load(folder), folder / "t.csv")
