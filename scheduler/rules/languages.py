"""The languages and kinds of version of selected content that channels accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.arrays import Ints
from scheduler.instance import Attributes, Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import VersionKind, Words
from scheduler.messages import Listed, Message, RefusedError, Term, msg
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.rows import RuleRows
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.instance import Instance
    from scheduler.timetable import OnAir


class Languages(ScopedRule):
    """An airing of the selected content is heard in one of these languages, in one of these kinds of version.

    Hard: other versions are excluded. Soft: Σ minutes of other versions on a channel ≤ 0, with a price per minute. The
    rule does not apply to anchors and fallback.
    """

    type: Literal["languages"] = "languages"
    example: ClassVar[str] = (
        "{type: languages, id: AZ-DUB, territories: [AZ], select: {origin: foreign, genre: drama}, audio: [aze]}"
    )
    select: Selector = Field(Selector(), description="content of the rule; by default all")
    audio: Annotated[Words | None, Relaxable("more words", of="audio")] = Field(
        None, description="spoken languages, ISO 639-3; by default any"
    )
    version_kinds: Annotated[tuple[VersionKind, ...] | None, Relaxable("more words", of="version_kind")] = Field(
        None, description="by default any"
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Languages:
        if self.audio is None and self.version_kinds is None:
            raise RefusedError(self.needs_one_of("audio", "version_kinds"))
        return self

    def sentence(self) -> Message:
        """The rule in words."""
        heard = [Term("word", code) for code in (*(self.audio or ()), *(self.version_kinds or ()))]
        return msg(
            "{rule}: {select} {scope} is heard in {heard}",
            rule=self.id,
            select=self.select.message(),
            scope=self.scope_words(),
            heard=Listed(tuple(heard), " or "),
        )

    def barred(self, instance: Instance, channel: int) -> Flags:
        """Programme versions that the rule bars from a channel."""
        contents = instance.contents
        barred = contents.matches(self.select, instance.channels[channel].territory) & (contents.programme >= 0)
        heard = np.ones(len(contents), dtype=bool)
        if self.audio is not None:
            heard &= np.isin(contents.audio, self.audio)
        if self.version_kinds is not None:
            heard &= np.isin(contents.version_kind, self.version_kinds)
        return barred & ~heard

    @property
    def keeps_misses(self) -> bool:
        """Past minutes of other versions remain misses."""
        return True

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """A hard rule excludes the versions that it bars. If it has dates or a run, `admit` does this."""
        if not self.hard or self._by_airing or channel not in self.scope(instance):
            return None
        return ~self.barred(instance, channel)

    @property
    def _by_airing(self) -> bool:
        """Whether dates or the run also decide whether an airing is barred."""
        return bool(self.valid_from or self.valid_to or self.select.run)

    def admit(self, airings: Airings) -> Flags | None:
        """A hard rule with dates or a run excludes barred airings with a minute on its dates."""
        if not self.hard or not self._by_airing:
            return None
        admitted = np.ones(len(airings), dtype=bool)
        for channel in self.scope(airings.instance):
            hit, _ = self._barred_minutes(airings, channel)
            admitted[hit] = False
        return admitted

    def _barred_minutes(self, airings: Airings, channel: int) -> tuple[Ints, Ints]:
        """(airing, minutes) of the barred versions on a channel, on the dates on which the rule holds."""
        instance = airings.instance
        mine = np.flatnonzero((airings.channel == channel) & self.barred(instance, channel)[airings.content])
        mine = mine[selected(instance, channel, self.select).of(airings.content[mine], airings.run[mine])]
        zone = instance.channels[channel].zone
        cells = instance.timeline.cells(zone, "horizon", None, self.valid_from, self.valid_to)
        item, _, minutes = cells.split(airings.start_minute[mine], airings.end_minute[mine])
        return mine[item], minutes

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per channel: minutes of barred versions."""
        if self.hard:
            return []
        sheet = Sheet(self, "minutes", len(airings))
        for channel in self.scope(airings.instance):
            name = Subject("channel", airings.instance.channels[channel].id)
            row = sheet.row("horizon", name, "most", upper=0, need=0)
            sheet.add(row, *self._barred_minutes(airings, channel))
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Minutes of barred versions on every channel."""
        table, instance = on_air.timetable, on_air.instance
        valid = on_air.minutes.within(None, self.valid_from, self.valid_to)
        valid &= on_air.minutes.periods("horizon").to_numpy() == "horizon"
        for channel in self.scope(instance):
            name = instance.channels[channel].id
            fits = instance.contents.matches(self.select, instance.channels[channel].territory)
            fits_run = on_air.starts.of_run(self.select.run)
            mine = np.flatnonzero((table.channel == channel) & ~table.anchor & fits[table.content] & fits_run)
            barred = [at for at in mine.tolist() if not self._is_heard(instance.contents.items[table.content[at]])]
            minutes = int(np.count_nonzero(valid & np.isin(on_air.minutes.entry, barred)))
            yield self.measured(
                subject=Subject("channel", name),
                period="horizon",
                aspect="most",
                have=minutes,
                need=0,
                sense="most",
                unit="minutes",
                named=True,
                text=msg(
                    "{rule}: {channel} has {minutes} minutes of {select} not heard as the rule asks",
                    rule=self.id,
                    channel=name,
                    minutes=minutes,
                    select=self.select.message(),
                ),
            )

    def _is_heard(self, item: Attributes) -> bool:
        in_language = self.audio is None or item.audio in self.audio
        return in_language and (self.version_kinds is None or item.version_kind in self.version_kinds)
