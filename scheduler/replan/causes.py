"""The cause of each change.

There are three causes: the airing is no longer admissible; a hard row is missed if only this airing is restored;
another change takes its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.airings import COLUMNS, Airings
from scheduler.messages import Listed, Message, Term, Value, msg
from scheduler.replan.changes import places_in
from scheduler.replan.places import keepers, places_of
from scheduler.rules import HARD, RIGID
from scheduler.rules.framework.aspect import Aspect, aspect_from
from scheduler.rules.placement_rows import PLACEMENT

if TYPE_CHECKING:
    from scheduler.arrays import Flags
    from scheduler.replan.answer import Replan
    from scheduler.replan.changes import Entry


def causes(answer: Replan) -> dict[Entry, Message]:
    """The cause of every change of the airings after the freeze."""
    return _Causes(answer).all()


class _Causes:
    """The rows of one answer.

    To find causes, single airings are restored or removed, and the missed rows are counted.
    """

    def __init__(self, answer: Replan) -> None:
        self._answer = answer
        self._point = answer.formulation.point(answer.chosen)
        self._misses = answer.formulation.misses(self._point)
        plan, instance = answer.frozen.on_line(answer.published.timetable), answer.frozen.instance
        every = np.arange(len(plan))
        days = answer.airings.day_of(plan.channel, plan.start)
        old = places_in(instance, plan, every, days, np.zeros(len(plan), dtype=bool))
        new = places_of(answer.airings, np.zeros(len(answer.airings), dtype=bool))
        published, candidate = keepers(old, new)
        pairs = zip(published.tolist(), candidate.tolist(), strict=True)
        self._candidate = {old: at for old, at in pairs if not answer.frozen.lost[old]}
        whole = answer.frozen.on_line(answer.timetable)
        after = np.flatnonzero(~whole.anchor)
        days = answer.airings.day_of(whole.channel[after], whole.start[after])
        places = places_in(instance, whole, after, days, np.zeros(len(after), dtype=bool))
        kept, at = keepers(places, new)
        chosen = answer.chosen[at]
        self._of_new = dict(zip(after[kept[chosen]].tolist(), at[chosen].tolist(), strict=True))

    def all(self) -> dict[Entry, Message]:
        found: dict[Entry, Message] = {}
        numbers: dict[int, int] = {}
        changed = [entry for entry in self._answer.changes.entries if entry.kind != "kept"]
        for number, entry in enumerate(changed, start=1):
            if entry.new >= 0 and entry.new in self._of_new:
                numbers[self._of_new[entry.new]] = number
        for number, entry in enumerate(changed, start=1):
            found[entry] = self._of(entry, number, numbers)
        return found

    def _of(self, entry: Entry, number: int, numbers: dict[int, int]) -> Message:
        if entry.old >= 0:
            if entry.old not in self._candidate:
                return self._inadmissible(entry.old)
            return self._put_back(entry, number, numbers)
        return self._taken_out(entry)

    def _inadmissible(self, old: int) -> Message:
        """The reason why an airing is no longer admissible."""
        answer = self._answer
        if answer.frozen.lost[old]:
            return msg("it did not air")
        plan, instance = answer.frozen.on_line(answer.published.timetable), answer.frozen.instance
        windows, channel, start = instance.windows, int(plan.channel[old]), int(plan.start[old])
        end = start + int(plan.minutes[old])
        open_ = (windows.channel == channel) & ~windows.past & (windows.start <= start) & (windows.end >= end)
        if not open_.any():
            return msg("there is no longer a window at that time")
        values = {
            "content": plan.content[old],
            "channel": channel,
            "window": np.flatnonzero(open_)[0],
            "start": start // instance.timeline.grid,
            "steps": -(-int(plan.minutes[old]) // instance.timeline.grid),
            "minutes": plan.minutes[old],
            "run": 1 if plan.first[old] else 2,
            "offset": start % instance.timeline.grid,
        }
        frame = pd.DataFrame({name: np.array([values[name]], dtype=kind) for name, kind in COLUMNS.items()})
        airings = Airings(instance, frame, np.zeros(1, dtype=bool))
        for rule in self._answer.rules:
            contents = rule.admit_contents(instance, channel)
            barred = contents is not None and not bool(contents[int(plan.content[old])])
            admitted = None if barred else rule.admit(airings)
            if barred or (admitted is not None and not admitted.all()):
                return msg("the rule {rule} no longer admits it", rule=rule.id)
        return msg("it is no longer an admissible airing")

    def _put_back(self, entry: Entry, number: int, numbers: dict[int, int]) -> Message:
        """The hard row that is missed if only this published airing is restored, or the change that takes its place."""
        airings, chosen = self._answer.airings, self._answer.chosen.copy()
        at = self._candidate[entry.old]
        if entry.new >= 0 and entry.new in self._of_new:
            chosen[self._of_new[entry.new]] = False
        start, end = airings.start_minute, airings.end_minute
        over = chosen & (airings.channel == airings.channel[at]) & (start < end[at]) & (end > start[at])
        chosen[over] = False
        chosen[at] = True
        missed = self._missed(chosen)
        others = [numbers[one] for one in np.flatnonzero(over).tolist() if numbers.get(one, number) != number]
        if missed is not None and not others:
            return missed
        if others:
            return msg("it follows from change {number}", number=others[0])
        return missed or msg("this gives the smallest sum of all changes")

    def _taken_out(self, entry: Entry) -> Message:
        """The hard row that is missed without a new airing, or without all new airings of its series on the channel."""
        answer, chosen = self._answer, self._answer.chosen.copy()
        whole = answer.timetable
        for other in answer.changes.entries:
            same = other.kind == "added" and whole.programme[other.new] == whole.programme[entry.new]
            if same and whole.channel[other.new] == whole.channel[entry.new] and other.new in self._of_new:
                chosen[self._of_new[other.new]] = False
        return self._missed(chosen) or msg("the gain in viewers is larger than its weight")

    def _missed(self, chosen: Flags) -> Message | None:
        """The first hard row that a choice misses more than the answer does."""
        formulation = self._answer.formulation
        misses = formulation.misses(formulation.point(chosen))
        worse = (misses > self._misses) & ((formulation.kind == HARD) | (formulation.kind == RIGID))
        rows = np.flatnonzero(worse)
        if not len(rows):
            return None
        named = formulation.labels.iloc[rows[np.argsort(formulation.kind[rows] != HARD, kind="stable")[0]]]
        if named["rule"] == PLACEMENT:
            return msg("its series keeps one slot on all its days")
        return msg(
            "otherwise {rule} is missed: {channel}, {period}, {aspect}",
            rule=str(named["rule"]),
            channel=str(named["subject"]),
            period=Term("period", str(named["period"])),
            aspect=_aspect(named["aspect"]),
        )


def _aspect(aspect: Aspect | str) -> Listed:
    """The aspect of a row in words: "minutes: under the target"."""
    one = aspect_from(aspect)
    measure: list[Value] = [Term("measure", one.measure)] if one.measure else []
    code: list[Value] = [Term("aspect", one.code)] if one.code else []
    return Listed((*measure, *code, *([one.name] if one.name else [])), ": ")
