"""Cut a timetable at a midnight into history and the rest, as instances of their own."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import numpy as np

from scheduler.rules import load
from scheduler.timetable import read_timetable, timetable_csv
from tests.builders import write


def rows_of(timetable):
    return list(csv.DictReader(io.StringIO(timetable_csv(timetable))))


def part(folder, spec, begin, days, history, rest):
    """An instance over some of the days, with history, and the timetable of those days."""
    file = dict(spec["instance.yaml"])
    file["horizon"] = {"start": begin.isoformat(), "days": days}
    instance = load(write(folder, {**spec, "instance.yaml": file, "history.csv": history}))
    path = folder / "timetable.csv"
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, rest[0].keys() if rest else history[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rest)
    path.write_text(stream.getvalue(), encoding="utf-8")
    return instance, read_timetable(instance, path)


def cut(instance, timetable, day):
    """The rows of a timetable before and from a day on: an airing belongs to the day on which its window begins."""
    windows, anchors, before, after = instance.windows, instance.dated_anchors, [], []
    spans = [(windows.channel, windows.start, windows.end, windows.day)]
    first = instance.timeline.first_day
    fixed = {}
    for channel, start, number in zip(anchors.channel, anchors.start, anchors.anchor, strict=True):
        zone, begins = instance.channels[channel].zone, instance.anchors[number].start
        clock = int(instance.timeline.clock(zone).day[start]) - begins // 1440
        fixed[int(channel), int(start)] = clock
    for row, channel, start, anchor in zip(
        rows_of(timetable), timetable.channel, timetable.start, timetable.anchor, strict=True
    ):
        if anchor:
            of = fixed[int(channel), int(start)]
        else:
            (at,) = [
                int(days[one])
                for channels, starts, ends, days in spans
                for one in np.flatnonzero((channels == channel) & (starts <= start) & (ends > start))
            ]
            of = at
        (before if first + timedelta(days=of) < day else after).append(row)
    return before, after
