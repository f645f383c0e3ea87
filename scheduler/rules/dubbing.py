"""A dub must be made before it airs: limits on the studios' minutes per language, and the first day of dubs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance import opens_at_night, zone_clock
from scheduler.instance.model.field_types import Day, Language
from scheduler.messages import Listed, Message, Term, msg
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.dubs import first_airings, unmade, work
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet, any_of, in_force
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Dubbing(Rule):
    """Per language and week: Σ minutes of the dubs that have aired by then ≤ capacity · weeks passed + 1.

    A dub is a dubbed version that `to_dub` in programmes.csv names. It is made in full (episodes × minutes), once for
    all channels, and only if it airs. m(d, w) = 1 if dub d airs in week w or before. Weeks are seven broadcast days,
    counted from `valid_from` with the airings of history.csv since then; each is judged once. Without `valid_from` they
    are counted from the first day of the horizon. A dub that aired before that day exists already. The work of a week
    can be done before the airings of this week. No such dub airs before `ready`. The timetable determines which dubs
    are made. Unit: minutes.
    """

    type: Literal["dubbing"] = "dubbing"
    example: ClassVar[str] = "{type: dubbing, id: studios, minutes_per_week: {uzb: 300, kir: 120}, ready: 2026-12-14}"
    minutes_per_week: dict[Language, int] = Field(description="studio capacity by language, minutes of programme")
    ready: Day | None = Field(None, description="first broadcast day on which a dub that does not exist yet can air")

    def sentence(self) -> Message:
        """The rule in words."""
        limits = [
            msg("{minutes} minutes of {language}", minutes=minutes, language=language)
            for language, minutes in self.minutes_per_week.items()
        ]
        message = msg("{rule}: a week's dubbing is at most {limits}", rule=self.id, limits=Listed(tuple(limits)))
        return msg("{sentence}, ready from {day}", sentence=message, day=self.ready) if self.ready else message

    def admit(self, airings: Airings) -> Flags | None:
        """Airings of dubs that cannot be ready yet are excluded."""
        if self.ready is None:
            return None
        instance = airings.instance
        early = in_force(self, airings) & (airings.broadcast_day < (self.ready - instance.timeline.first_day).days)
        waiting = np.zeros(len(instance.contents), dtype=bool)
        for language in self.minutes_per_week:
            waiting |= unmade(instance, language)
        return ~(early & waiting[airings.content])

    @property
    def keeps_misses(self) -> bool:
        """Past dubs stay made, so a past miss stays."""
        return True

    def settles_after(self, file: InstanceHead) -> int:
        """One day, because broadcast days end on the next morning."""
        return int(opens_at_night(file))

    def _first(self, instance: Instance) -> date:
        """The day from which weeks are counted."""
        return self.valid_from or instance.file.horizon.start

    def _weeks(self, instance: Instance) -> list[str]:
        """The names of the weeks. The last week may end after the horizon."""
        first, horizon = self._first(instance), instance.file.horizon
        last = min(horizon.start + timedelta(days=horizon.days - 1), self.valid_to or date.max)
        begins = [first + timedelta(days=at) for at in range(0, (last - first).days + 1, 7)]
        if self.valid_from is None:
            return [f"to {day}" for day in begins]
        ends = [min(day + timedelta(days=6), self.valid_to or date.max) for day in begins]
        return [f"{day}/{end}" for day, end in zip(begins, ends, strict=True)]

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per language and week, with a column for every dub that may have aired by then."""
        instance = airings.instance
        sheet, weeks = Sheet(self, "minutes", len(airings)), self._weeks(instance)
        begin = (self._first(instance) - instance.timeline.first_day).days
        aired = first_airings(instance)
        made = [content for content, day in aired.items() if day < begin]
        week = np.clip((airings.broadcast_day - begin) // 7, 0, len(weeks) - 1)
        held = in_force(self, airings)
        tied: list[tuple[Ints, Ints, Ints, Ints, int]] = []
        for language, capacity in self.minutes_per_week.items():
            needed = unmade(instance, language)
            done = np.array([at for at in aired if needed[at] and at not in made], dtype=np.int64)
            by_week = np.array([min((aired[at] - begin) // 7, len(weeks) - 1) for at in done.tolist()], dtype=np.int64)
            open_ = needed[airings.content] & ~airings.past & ~np.isin(airings.content, [*made, *done])
            mine = np.flatnonzero(open_ & held)
            dubs, dub = np.unique(airings.content[mine], return_inverse=True)
            before = np.flatnonzero(open_ & (airings.broadcast_day < begin) & np.isin(airings.content, dubs))
            before = before if self.valid_from else before[:0]
            sooner = np.searchsorted(dubs, airings.content[before])
            for number, label in enumerate(weeks):
                limit = capacity * (number + 1)
                left = limit - int(work(instance)[done[by_week <= number]].sum())
                row = sheet.row(label, Subject("language", language), "capacity", upper=left, need=max(limit, 1))
                by_then = week[mine] <= number
                own = sheet.columns(np.ones(len(dubs), dtype=np.int64))
                group = dub[by_then], mine[by_then], sooner, before
                _tie(sheet, *group, own, f"{language} by {label}", dubs)
                sheet.add(row, own, work(instance)[dubs])
                tied.append((*group, len(dubs)))

        def complete(chosen: Flags) -> Ints:
            return np.concatenate(
                [
                    any_of(dub, mine, count, chosen) * (1 - any_of(sooner, before, count, chosen))
                    for dub, mine, sooner, before, count in tied
                ]
            )

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The dubs that have aired by the end of every week, and dubs that air before they are ready."""
        instance, first, weeks = on_air.instance, self._first(on_air.instance), self._weeks(on_air.instance)
        every = shown(self, on_air, range(len(instance.channels)), None, any_date=True)
        planned = [run for run in every if not run.past and _is_unmade(instance, run)]
        recorded = _on_record(instance)
        for run in planned:
            title, language = instance.programmes[run.programme].title, instance.contents.items[run.content].audio
            waits = self.ready is not None and (self.valid_from or run.day) <= run.day < self.ready
            waits &= run.day <= (self.valid_to or run.day) and (run.programme, language) not in recorded
            if waits and language in self.minutes_per_week:
                yield self._too_early(language, str(run.day), title)
        days = dict(recorded)
        for run in planned:
            dub = run.programme, instance.contents.items[run.content].audio
            days[dub] = min(days.get(dub, run.day), run.day)
        there = {dub for dub, day in (days if self.valid_from else recorded).items() if day < first}
        for language, capacity in self.minutes_per_week.items():
            needed = {
                at: (day - first).days // 7
                for (at, of), day in days.items()
                if of == language and (at, of) not in there and day <= (self.valid_to or day)
            }
            for number, label in enumerate(weeks):
                last = number == len(weeks) - 1
                by_now = [instance.programmes[at] for at, week in needed.items() if week <= number or last]
                minutes, limit = sum(one.episodes * one.minutes for one in by_now), capacity * (number + 1)
                yield self.measured(
                    subject=Subject("language", language),
                    period=label,
                    aspect="capacity",
                    have=minutes,
                    need=limit,
                    sense="most",
                    unit="minutes",
                    text=msg(
                        "the week from {week} needs {minutes} minutes of {language} dubs made, the studios can have"
                        " made {limit}",
                        week=Term("period", label.removeprefix("to ").partition("/")[0]),
                        minutes=minutes,
                        language=language,
                        limit=limit,
                    ),
                )

    def _too_early(self, language: str, day: str, title: str) -> Measurement:
        text = msg(
            "the {language} dub of '{title}' airs on {day}, before it can be ready",
            language=language,
            title=title,
            day=day,
        )
        return self.forbidden(Subject("language", language), day, "ready", text)


def _on_record(instance: Instance) -> dict[tuple[int, str], date]:
    """The broadcast day of the first past airing of every dub of `to_dub`, by programme and language."""
    days: dict[tuple[int, str], date] = {}
    shift = timedelta(minutes=instance.timeline.broadcast_start)
    for row in instance.history:
        at = instance.programme_index.get(row.programme, -1)
        if row.anchor or at < 0 or row.version_kind != "dubbed":
            continue
        if row.version_language in instance.programmes[at].to_dub:
            zone = zone_clock(instance.channels[instance.channel_index[row.channel]].zone)
            day = (row.start_utc.astimezone(zone).replace(tzinfo=None) - shift).date()
            days[at, row.version_language] = min(days.get((at, row.version_language), day), day)
    return days


def _is_unmade(instance: Instance, run: Shown) -> bool:
    """Whether an airing needs a dub that does not exist yet."""
    item = instance.contents.items[run.content]
    return item.version_kind == "dubbed" and item.audio in instance.programmes[run.programme].to_dub


def _tie(
    sheet: Sheet, dub: Ints, airing: Ints, sooner: Ints, before: Ints, own: Ints, label: str, contents: Ints
) -> None:
    """Rows that make a column 1 if one of `airing` is chosen and none of `before`, and otherwise 0.

    Entry k puts `airing[k]` into group `dub[k]` and `before[k]` into group `sooner[k]`. Group g has the column y of
    `own[g]` and the version `contents[g]`. With n airings and e earlier ones in the group:

        airs:          Σ airings − n·Σ before − n·y ≤ 0
        silent:        Σ airings − y ≥ 0
        there before:  Σ before + e·y ≤ e
    """
    if not len(before):
        sheet.tie(dub, airing, own, label, contents)
        return
    names, whose = [str(at) for at in contents.tolist()], Subject("own", label)
    size, early = (np.bincount(group, minlength=len(own)) for group in (dub, sooner))
    airs = sheet.rows(names, whose, "airs", upper=0, rigid=True)
    sheet.add(airs[dub], airing)
    sheet.add(airs[sooner], before, -size[sooner])
    sheet.add(airs, own, -size)
    silent = sheet.rows(names, whose, "silent", lower=0, rigid=True)
    sheet.add(silent[dub], airing)
    sheet.add(silent, own, -1)
    there = sheet.rows(names, whose, "there before", upper=early, rigid=True)
    sheet.add(there[sooner], before)
    sheet.add(there, own, early)
