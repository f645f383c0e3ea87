"""Wednesday's news on a published week: the time of a replan, and the gap of its changes to their bounds.

Run as `python -m scheduler.bench.wednesday [INSTANCE [TIMETABLE [SECONDS]]]`; without a timetable the instance is
solved first, for `Limits.solve` seconds. SECONDS is the limit of the replan, such as 50 for silk-road-month. The news
of Wednesday: the series with most remaining airings may not air from Thursday on; a live event takes Friday 19:00 to
21:00 on the channel with most airings then; the first episode of Tuesday did not air. The event replaces anchors.
Monday and Tuesday are frozen. Times depend on the machine and its load.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from scheduler.bench.script import run_script
from scheduler.instance import Anchor
from scheduler.instance.derived.history import broadcast_days
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

WEEK = Path("instances") / "central-asia-week"
TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = 1, 2, 3, 4
EVENT = 19 * 60, 21 * 60


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits, seconds of wall time."""

    solve: float = 60.0
    replan: float = 20.0


@dataclass(frozen=True, slots=True)
class News:
    """The news of Wednesday."""

    after: Instance
    frozen_until: date
    not_aired: tuple[int, ...]  # index in the published timetable
    withdrawn: str  # programme
    event_on: str  # channel


@dataclass(frozen=True, slots=True)
class ReplanRow:
    """The result of the replan."""

    change: int
    change_bound: int
    number: int
    number_bound: int
    hard_missed: int
    touched: int  # frozen airings that were changed, without those that did not air
    wall_seconds: float
    cpu_seconds: float
    load: float  # of the machine over the last minute, before the replan


def news(instance: Instance, plan: Timetable) -> News:
    """The changed instance. It depends on the published timetable only: the same timetable gives the same news.

    Raises ValueError if the horizon has no Tuesday to Friday of one week, or no airings then.
    """
    first = instance.file.horizon.start
    monday = first - timedelta(days=first.weekday())
    if first.weekday() > TUESDAY or instance.file.horizon.days < FRIDAY + 1 - first.weekday():
        raise ValueError("the horizon has no Tuesday to Friday of one week")
    days = _days(plan)
    series = np.array([one.episodes > 1 for one in instance.programmes], dtype=bool)[plan.programme]
    dates = (monday - instance.timeline.first_day).days
    later = series & (days >= dates + THURSDAY)
    tuesday = np.flatnonzero(series & plan.first & (days == dates + TUESDAY))
    if not len(tuesday) or not later.any():
        raise ValueError("no series is on air on Tuesday and from Thursday on")
    programme = int(np.argmax(np.bincount(plan.programme[later])))
    programmes = list(instance.programmes)
    programmes[programme] = programmes[programme].model_copy(update={"rights_to": monday + timedelta(days=WEDNESDAY)})
    missed = tuesday[plan.programme[tuesday] != programme]
    if not len(missed):
        raise ValueError("no other series is on air on Tuesday")
    evening = _during(plan, days == dates + FRIDAY)
    if not evening.any():
        raise ValueError("no programme is on air on Friday between 19:00 and 21:00")
    channel = instance.channels[int(np.argmax(np.bincount(plan.channel[evening])))]
    friday = monday + timedelta(days=FRIDAY)
    event = Anchor.model_validate(
        {"anchor": "wednesday.event", "channel": channel.id, "date": friday, "start": "19:00", "end": "21:00",
         "title": "live event", "genre": "sport", "origin": channel.territory, "audio": channel.languages[0],
         "delivery": "live"}
    )  # fmt: skip
    anchors = (*(part for one in instance.anchors for part in _beside(one, channel.id, friday)), event)
    after = replace(instance, programmes=tuple(programmes), anchors=anchors)
    one = int(missed[np.argmin(plan.start[missed])])
    return News(after, monday + timedelta(days=WEDNESDAY), (one,), programmes[programme].programme, channel.id)


def _beside(anchor: Anchor, channel: str, day: date) -> list[Anchor]:
    """The rest of an anchor if an event takes EVENT of a day on a channel; on other days it is unchanged."""
    weekday = WEEKDAYS[day.weekday()]
    on_day = anchor.date == day if anchor.days is None else weekday in anchor.days
    if anchor.channel != channel or not on_day or anchor.end <= EVENT[0] or anchor.start >= EVENT[1]:
        return [anchor]
    others = (anchor.days or frozenset()) - {weekday}
    left = [anchor.model_copy(update={"days": others})] if others else []
    parts = (("before", anchor.start, EVENT[0]), ("after", EVENT[1], anchor.end))
    return left + [
        anchor.model_copy(
            update={"anchor": f"{anchor.anchor}.{name}", "days": None, "date": day, "start": start, "end": end}
        )
        for name, start, end in parts
        if start < end
    ]


def _days(plan: Timetable) -> Ints:
    """(p,) broadcast day of every airing, from the line's first."""
    return broadcast_days(plan.instance.timeline, plan.instance.channels, plan.channel, plan.start)


def _during(plan: Timetable, on_day: Flags) -> Flags:
    """(p,) whether an airing of `on_day` overlaps EVENT on its channel's clock."""
    instance = plan.instance
    found = np.zeros(len(plan), dtype=bool)
    for at, day in zip(np.flatnonzero(on_day).tolist(), _days(plan)[on_day].tolist(), strict=True):
        zone = instance.channels[int(plan.channel[at])].zone
        begin, end = (instance.timeline.local_minute(zone, day, minute) for minute in EVENT)
        found[at] = plan.start[at] < end and plan.start[at] + plan.minutes[at] > begin
    return found


def row(instance: Instance, path: Path, limits: Limits) -> tuple[News, ReplanRow]:
    """Replan after the news and measure it."""
    plan = read_published(instance, path).timetable
    message = news(instance, plan)
    published, load_before = read_published(message.after, path), os.getloadavg()[0]
    wall, cpu = time.perf_counter(), time.process_time()
    answer = replan(
        message.after,
        published,
        frozen_until=message.frozen_until,
        not_aired=message.not_aired,
        params=ReplanParams(time_limit=limits.replan),
    )
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return message, ReplanRow(
        change=answer.changes.weight,
        change_bound=min(answer.change_bound, answer.changes.weight),
        number=answer.number,
        number_bound=min(answer.number_bound, answer.number),
        hard_missed=len(answer.checked.hard_missed),
        touched=_touched(plan, answer.timetable, message),
        wall_seconds=round(wall, 2),
        cpu_seconds=round(cpu, 2),
        load=round(load_before, 2),
    )


def _touched(plan: Timetable, whole: Timetable, message: News) -> int:
    """Frozen airings that are not in the new timetable with the same start and number."""
    last = (message.frozen_until - plan.instance.timeline.first_day).days
    kept = (_days(plan) < last) & ~np.isin(np.arange(len(plan)), message.not_aired)
    columns = "channel", "start", "programme", "episode"
    there = set(zip(*(getattr(whole, name).tolist() for name in columns), strict=True))
    wanted = zip(*(getattr(plan, name)[kept].tolist() for name in columns), strict=True)
    return sum(one not in there for one in wanted)


def main(folder: Path = WEEK, timetable: Path | None = None, limits: Limits | None = None) -> int:
    """Measure and print. Returns 1 if no timetable was found."""
    limits = limits or Limits()
    instance = load(folder)
    with tempfile.TemporaryDirectory() as scratch:
        if timetable is None:
            answer = solve(instance, Settings(time_limit=limits.solve))
            if answer.timetable is None:
                print(f"no timetable of {folder} in {limits.solve:.0f} s")
                return 1
            timetable = Path(scratch) / "published.csv"
            timetable.write_text(timetable_csv(answer.timetable), encoding="utf-8")
        message, found = row(instance, timetable, limits)
    print(f"{message.withdrawn} withdrawn from Thursday, live event on {message.event_on} on Friday 19:00 to 21:00")
    print(f"weighted change {found.change:,}, bound {found.change_bound:,}")
    print(f"changes {found.number}, bound {found.number_bound}; hard rules missed: {found.hard_missed}")
    print(f"frozen airings touched: {found.touched}")
    print(f"{found.wall_seconds} s wall, {found.cpu_seconds} s of CPU, load of the machine {found.load}")
    return 0


if __name__ == "__main__":
    usage = "scheduler.bench.wednesday [INSTANCE [TIMETABLE [SECONDS]]]"
    run_script(main, usage, (Path, Path, lambda word: Limits(replan=float(word))), 0)
