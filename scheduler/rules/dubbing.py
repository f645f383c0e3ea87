"""A dub must be made before it airs: the studios' minutes per language, and the day from which dubs are ready."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance.model.field_types import Day, Language
from scheduler.messages import Listed, Message, Term, msg
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.dates import days_held
from scheduler.rules.framework.dubs import unmade, work
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet, any_of, in_force
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Dubbing(Rule):
    """Per language and week: Σ minutes of the dubs that have aired by then ≤ capacity · weeks gone by + 1.

    A dub is a dubbed version that `to_dub` in programmes.csv names; it is made whole (episodes × minutes), once,
    for all channels, and only if it airs. m(d, w) = 1 where dub d airs in week w or before. Weeks are counted in
    sevens of broadcast days from the first day of the horizon on which the rule holds; a week's work can be done
    before its airings. Before `ready` no such dub airs. Which dubs to make follows from the timetable. Unit: minutes.
    """

    type: Literal["dubbing"] = "dubbing"
    example: ClassVar[str] = "{type: dubbing, id: studios, minutes_per_week: {uzb: 300, kir: 120}, ready: 2026-12-14}"
    minutes_per_week: dict[Language, int] = Field(description="studio capacity by language, minutes of programme")
    ready: Day | None = Field(None, description="first broadcast day on which a dub still to be made can air")

    def sentence(self) -> Message:
        """The rule in words."""
        limits = [
            msg("{minutes} minutes of {language}", minutes=minutes, language=language)
            for language, minutes in self.minutes_per_week.items()
        ]
        said = msg("{rule}: a week's dubbing is at most {limits}", rule=self.id, limits=Listed(tuple(limits)))
        return msg("{said}, ready from {day}", said=said, day=self.ready) if self.ready else said

    def admit(self, airings: Airings) -> Flags | None:
        """Airings of dubs that cannot be ready yet are crossed out."""
        if self.ready is None:
            return None
        instance = airings.instance
        early = in_force(self, airings) & (airings.broadcast_day < (self.ready - instance.timeline.first_day).days)
        waiting = np.zeros(len(instance.contents), dtype=bool)
        for language in self.minutes_per_week:
            waiting |= unmade(instance, language)
        return ~(early & waiting[airings.content])

    def _planned(self, instance: Instance) -> range:
        """The horizon's days on which the rule holds, by their numbers on the line."""
        held = days_held(self, instance)
        return range(max(held.start, instance.timeline.planned_from), held.stop)

    def _weeks(self, instance: Instance) -> list[str]:
        held = self._planned(instance)
        return [instance.timeline.label("day", at) for at in range(held.start, held.stop, 7)]

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per language and week, with a column for every dub that may have aired by then."""
        instance = airings.instance
        sheet, weeks = Sheet(self, "minutes", len(airings)), self._weeks(instance)
        begin = self._planned(instance).start
        made = np.unique(airings.content[airings.past])
        week = np.clip((airings.broadcast_day - begin) // 7, 0, len(weeks) - 1)
        tied: list[tuple[Ints, Ints, int]] = []
        for language, capacity in self.minutes_per_week.items():
            used = unmade(instance, language)[airings.content]
            mine = np.flatnonzero(used & in_force(self, airings) & ~airings.past & ~np.isin(airings.content, made))
            dubs, dub = np.unique(airings.content[mine], return_inverse=True)
            for number, label in enumerate(weeks):
                limit = capacity * (number + 1)
                row = sheet.row(
                    f"to {label}", Subject("language", language), "capacity", upper=limit, need=max(limit, 1)
                )
                by_then = week[mine] <= number
                own = sheet.columns(np.ones(len(dubs), dtype=np.int64))
                sheet.tie(dub[by_then], mine[by_then], own, f"{language} by {label}")
                sheet.add(row, own, work(instance)[dubs])
                tied.append((dub[by_then], mine[by_then], len(dubs)))

        def settle(chosen: Flags) -> Ints:
            return np.concatenate([any_of(dub, mine, count, chosen) for dub, mine, count in tied])

        return sheet.blocks(settle)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The dubs that have aired by the end of every week, and dubs that air before they are ready."""
        instance, start = on_air.instance, on_air.instance.file.horizon.start
        first = max(start, self.valid_from or start)
        until = start + timedelta(days=instance.file.horizon.days - 1)
        until = min(until, self.valid_to or until)
        weeks = [first + timedelta(days=at) for at in range(0, (until - first).days + 1, 7)]
        listed = shown(self, on_air, range(len(instance.channels)), None)
        made = {run.content for run in listed if run.past}
        airs = [run for run in listed if not run.past and run.content not in made]
        for language, capacity in self.minutes_per_week.items():
            needed: dict[int, int] = {}
            for run in airs:
                programme = instance.programmes[run.programme]
                item = instance.contents.items[run.content]
                if item.version_kind == "dubbed" and item.audio == language and language in programme.to_dub:
                    week = (run.day - first).days // 7
                    needed[run.programme] = min(needed.get(run.programme, week), week)
                    if self.ready is not None and run.day < self.ready:
                        yield self._too_early(language, str(run.day), programme.title)
            for number, week_from in enumerate(weeks):
                label, last = str(week_from), number == len(weeks) - 1
                needed_by = [instance.programmes[at] for at, week in needed.items() if week <= number or last]
                minutes, limit = sum(one.episodes * one.minutes for one in needed_by), capacity * (number + 1)
                yield self.measured(
                    subject=Subject("language", language),
                    period=f"to {label}",
                    aspect="capacity",
                    have=minutes,
                    need=limit,
                    sense="most",
                    unit="minutes",
                    text=msg(
                        "the week from {week} needs {minutes} minutes of {language} dubs made, the studios can have"
                        " made {limit}",
                        week=Term("period", label),
                        minutes=minutes,
                        language=language,
                        limit=limit,
                    ),
                )

    def _too_early(self, language: str, day: str, title: str) -> Measurement:
        return self.measured(
            subject=Subject("language", language),
            period=day,
            aspect="ready",
            have=1,
            need=0,
            sense="most",
            unit="airings",
            text=msg(
                "the {language} dub of '{title}' airs on {day}, before it can be ready",
                language=language,
                title=title,
                day=day,
            ),
            rigid=True,
        )
