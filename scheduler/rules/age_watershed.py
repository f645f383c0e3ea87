"""Content with an age mark does not air in the hours in which children watch, on each channel's clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from scheduler.instance import Selector
from scheduler.instance.model.field_marks import Relaxable
from scheduler.instance.model.field_types import Hours
from scheduler.messages import Message
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.quota import Quota

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class AgeWatershed(ScopedRule):
    """No minute of content marked `age` or older in the barred hours of any day.

    It is a quota of at most 0 minutes. A hard rule excludes airings, a soft rule has a price for every minute.
    """

    type: Literal["age_watershed"] = "age_watershed"
    example: ClassVar[str] = (
        '{type: age_watershed, id: KZ-AGE18, territories: [KZ], age: 18, barred: ["06:00", "22:00"]}'
    )
    age: int = Field(ge=1, le=21, description="age mark from which on content is barred, years")
    barred: Annotated[Hours, Relaxable("shorter hours")] = Field(description='local hours, e.g. ["06:00", "22:00"]')

    @property
    def keeps_misses(self) -> bool:
        """Past minutes in the barred hours remain misses."""
        return True

    def sentence(self) -> Message:
        """The rule in words."""
        return self._quota().sentence()

    def admit(self, airings: Airings) -> Flags | None:
        """A hard rule excludes airings with a minute in the barred hours."""
        return self._quota().admit(airings)

    def rows(self, airings: Airings) -> list[RuleRows]:
        """Minutes in the barred hours, per channel and day."""
        return self._quota().rows(airings)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Minutes in the barred hours, per channel and day."""
        return self._quota().check(on_air)

    def _quota(self) -> Quota:
        common = self.model_dump(exclude={"type", "age", "barred"})
        return Quota(**common, select=Selector(age=self.age), hours=self.barred, period="day", most_minutes=0)
