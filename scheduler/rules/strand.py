"""A series keeps its slot: the same channel, weekdays and start in the whole horizon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import WEEKDAYS, Weekdays
from scheduler.messages import Message, msg_n
from scheduler.moments import DAY
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Strand(ScopedRule):
    """Every selected title has one slot (channel, start, weekdays) that the solver chooses. Other airings are misses.

    A slot (c, t) contains the airings on channel c that start from t to t + 2·within on the local clock of the
    broadcast day. With N(c, t, w) the number of airings in it on weekday w, the miss of a title is (number of its
    airings) − max over (c, t) of the sum of the `days_a_week` largest N(c, t, w). Rows: y(c, t) = 1 if the slot is
    chosen, z(w) = 1 if the weekday is; u(c, t, w) ≤ N, ≤ M·y, ≤ M·z counts the airings kept. Unit: airings off the
    slot.
    """

    type: Literal["strand"] = "strand"
    example: ClassVar[str] = (
        "{type: strand, id: soap, select: {programme: korkyt-ata, run: first}, channels: [Khabar.kz], within: "
        "10, days_a_week: 5, hard: false, price: 50000}"
    )
    select: Selector = Field(description="series, each with a slot of its own; with run: first, reruns are free")
    within: Annotated[int, Relaxable("higher")] = Field(
        0, ge=0, le=120, description="minutes by which a start may be off the slot's middle"
    )
    days: Weekdays = Field(frozenset(WEEKDAYS), description="weekdays that a slot may have, by broadcast day")
    days_a_week: int = Field(7, ge=1, le=7, description="weekdays that a slot has; the solver chooses which")

    @property
    def keeps_misses(self) -> bool:
        """Past airings outside every slot remain misses, because further airings never reduce their number."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        return msg_n(
            "{rule}: {select} keeps one slot {scope}, ± {minutes} minutes, {count} day a week",
            "{rule}: {select} keeps one slot {scope}, ± {minutes} minutes, {count} days a week",
            rule=self.id,
            select=self.select.message(),
            scope=self.scope_words(),
            minutes=self.within,
            count=self.days_a_week,
        )

    def looks_back(self, start: date) -> date:
        """All days on record, because a series keeps its slot."""
        return date.min

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title, with the columns that choose its slot."""
        instance = airings.instance
        at = airings_of(self, airings, self.scope(instance), self.select)
        sheet = Sheet(self, "airings", len(airings))
        slots: list[_Slots] = []
        for number in np.unique(airings.programme[at]).tolist():
            mine = at[airings.programme[at] == number]
            name = instance.programmes[number].programme
            found = self._slots(airings, mine)
            self._add_title(sheet, found, mine, name, int(instance.programmes[number].minutes))
            slots.append(found)

        def complete(chosen: Flags) -> Ints:
            return np.concatenate([found.complete(chosen, self.days_a_week) for found in slots])

        return sheet.blocks(complete)

    def _slots(self, airings: Airings, mine: Ints) -> _Slots:
        """Every slot that begins at the start of one of a title's airings, with the airings in it."""
        instance, day = airings.instance, airings.broadcast_day[mine]
        begin = instance.timeline.broadcast_start
        local = np.zeros(len(mine), dtype=np.int64)
        for channel in np.unique(airings.channel[mine]).tolist():
            here = airings.channel[mine] == channel
            clock = instance.timeline.clock(instance.channels[channel].zone)
            local[here] = (clock.minute[airings.start_minute[mine[here]]] - begin) % DAY
        weekday = (day + instance.timeline.first_day.weekday()) % 7
        allowed = np.isin(weekday, [WEEKDAYS.index(name) for name in self.days])
        place = airings.channel[mine] * DAY + local
        keys = np.unique(place[allowed])
        inside = (place[None, :] >= keys[:, None]) & (place[None, :] <= keys[:, None] + 2 * self.within)
        inside &= (place[None, :] // DAY == keys[:, None] // DAY) & allowed[None, :]
        slot, entry = np.nonzero(inside)
        return _Slots(mine[entry], slot, weekday[entry], day[entry], len(keys))

    def _add_title(self, sheet: Sheet, slots: _Slots, mine: Ints, name: str, minutes: int) -> None:
        row = sheet.row("horizon", self.scope_subject(), about(name), upper=0)
        sheet.add(row, mine)
        chosen = sheet.columns(np.ones(slots.count, dtype=np.int64))
        weekdays = sheet.columns(np.ones(7, dtype=np.int64))
        most = slots.most(apart=2 * self.within < minutes)
        kept = sheet.columns(most)
        cell = np.arange(len(kept))
        sheet.add(row, kept, -1)
        own_rows = Subject("own", name)
        sheet.add(sheet.row("horizon", own_rows, "one slot", upper=1, rigid=True), chosen)
        sheet.add(sheet.row("horizon", own_rows, "days a week", upper=self.days_a_week, rigid=True), weekdays)
        labels = [str(number) for number in cell.tolist()]
        aired = sheet.rows(labels, own_rows, "kept airs", lower=0, rigid=True)
        sheet.add(aired[slots.slot * 7 + slots.weekday], slots.airing)
        sheet.add(aired, kept, -1)
        for aspect, column in (("kept in slot", chosen[cell // 7]), ("kept on weekday", weekdays[cell % 7])):
            rows = sheet.rows(labels, own_rows, aspect, lower=0, rigid=True)
            sheet.add(rows, column, most)
            sheet.add(rows, kept, -1)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The airings of every title outside its best slot."""
        runs = shown(self, on_air, self.scope(on_air.instance), self.select)
        for number in sorted({run.programme for run in runs}):
            airs = [run for run in runs if run.programme == number]
            name = on_air.instance.programmes[number].programme
            off = len(airs) - self._best(airs, on_air.instance.timeline.broadcast_start)
            yield self.measured(
                subject=self.scope_subject(),
                period="horizon",
                aspect=about(name),
                have=off,
                need=0,
                sense="most",
                unit="airings",
                text=msg_n(
                    "'{programme}' airs {count} time, {off} of them off its slot",
                    "'{programme}' airs {count} times, {off} of them off its slot",
                    programme=name,
                    count=len(airs),
                    off=off,
                ),
            )

    def _best(self, airs: list[Shown], begin: int) -> int:
        """The largest number of airings in one slot."""
        best = 0
        fits = [run for run in airs if WEEKDAYS[run.day.weekday()] in self.days]
        for one in fits:
            here = [run for run in fits if run.channel == one.channel]
            held = [run for run in here if 0 <= run.clock(begin) - one.clock(begin) <= 2 * self.within]
            counts = sorted(Counter(run.day.weekday() for run in held).values(), reverse=True)
            best = max(best, sum(counts[: self.days_a_week]))
        return best


@dataclass(frozen=True, slots=True)
class _Slots:
    """Entry k: `airing[k]` is in slot `slot[k]` on broadcast day `day[k]`, which is `weekday[k]`."""

    airing: Ints
    slot: Ints
    weekday: Ints
    day: Ints
    count: int

    def most(self, *, apart: bool) -> Ints:
        """The largest number of airings that each (slot, weekday) can keep. It is one per day if two would overlap."""
        cell = self.slot * 7 + self.weekday
        if apart:
            return np.bincount(np.unique(cell * 1000 + self.day + 1) // 1000, minlength=self.count * 7)
        return np.bincount(cell, minlength=self.count * 7)

    def complete(self, chosen: Flags, days_a_week: int) -> Ints:
        """The columns (slot chosen, weekdays chosen, airings kept) with which most airings are kept."""
        taken = chosen[self.airing]
        held = np.bincount((self.slot * 7 + self.weekday)[taken], minlength=self.count * 7).reshape(-1, 7)
        order = np.argsort(-held, axis=1, kind="stable")[:, :days_a_week]
        sums = np.take_along_axis(held, order, axis=1).sum(axis=1)
        slots, weekdays, kept = np.zeros(self.count, int), np.zeros(7, int), np.zeros_like(held)
        if self.count:
            best = int(np.argmax(sums))
            slots[best] = 1
            weekdays[order[best]] = 1
            kept[best, order[best]] = held[best, order[best]]
        return np.concatenate([slots, weekdays, kept.ravel()])
