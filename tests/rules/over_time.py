"""Cut a timetable at a midnight into history and the rest, as instances of their own."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.rules.framework.verdicts import verdict_on
from scheduler.timetable import read_timetable, timetable_csv, timetable_of
from scheduler.verify import verify
from tests.builders import write

EARLIER, LEAST_DAYS = 3, 6
"""Instances that begin on a Monday begin on the Friday before, so that a week ends and another begins in them."""


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


def longer(spec):
    """The same instance over more days, its rules soft so that any timetable may be judged."""
    file = dict(spec["instance.yaml"])
    begins = date.fromisoformat(file["horizon"]["start"]) - timedelta(days=EARLIER)
    days = max(LEAST_DAYS, file["horizon"]["days"] + EARLIER)
    file["horizon"] = {"start": begins.isoformat(), "days": days}
    soft = {"hard": False, "price": 7}
    for section in ("rules", "agreements"):
        file[section] = [without_carry_over({**one, **soft}) for one in file[section]]
    for one in file["rules"]:
        if one["type"] == "dubbing":  # else a studio's weeks are counted from each horizon's first day
            one.setdefault("valid_from", file["horizon"]["start"])
    return {**spec, "instance.yaml": file}


def without_carry_over(rule):
    """A rule that begins even: a carry-over is written for one horizon."""
    measures = [{name: of for name, of in one.items() if name != "carry_over"} for one in rule.get("measures", [])]
    return {**rule, "measures": measures} if measures else rule


def some_timetable(instance, rng):
    """A timetable of airings drawn one after the other, each kept if the structural rows still hold."""
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    chosen = airings.locked.copy()
    for at in rng.permutation(len(airings))[:60].tolist():
        chosen[at] = True
        if not formulation.is_admissible(formulation.point(chosen)):
            chosen[at] = False
    return timetable_of(airings, chosen), airings, formulation, chosen


def final(instance, timetable):
    """What is missed permanently in rows that end in the horizon, by the row's name; what the past has missed too."""
    rules = {rule.id: rule for rule in rules_of(instance)}
    found = {}
    for row in verify(timetable).measurements:
        judged = verdict_on(rules[row.rule], instance, row.period, row.subject) == "final" and row.period != "horizon"
        if judged and not row.rigid and (row.miss or row.inherited):
            found[row.rule, row.subject, row.period, row.aspect] = row.miss + row.inherited
    return found
