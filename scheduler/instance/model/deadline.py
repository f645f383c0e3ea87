"""Duties of the parties that are due before an airing: `deadlines` and `calendars` in instance.yaml.

A deadline is a number of days before the broadcast day. If one of the sides does not work on that day, the deadline is
the last day before it on which both work.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, model_validator

from scheduler.instance.model.field_marks import Channels, Ref
from scheduler.instance.model.field_types import WEEKDAYS, Day, Frozen, Identifier, Weekdays
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Sequence

DeadlineKind = Literal["grid", "press", "guide", "notice", "objection", "master", "dub"]
"""grid: the channel and its partner agree on the grid. press: listings for the press. guide: data for the programme
guide. notice: the partner knows the last change. objection: the channel's side has answered an offer. master: the
giving side has delivered the material. dub: the airing side has dubbed it."""

BETWEEN_TWO: frozenset[str] = frozenset({"notice", "objection", "master", "dub"})
"""Kinds of deadline for exchanged programmes only. The other kinds are for everything on a channel."""


class WorkCalendar(Frozen):
    """The days on which a party works."""

    days: Weekdays = Field(frozenset(WEEKDAYS[:5]), description="weekdays on which it works")
    holidays: tuple[Day, ...] = Field((), description="days off, e.g. [2026-12-16]")
    working: tuple[Day, ...] = Field((), description="days that are worked though they are none of `days`: moved days")

    def is_working(self, day: date) -> bool:
        """Whether the party works on a day."""
        return day in self.working or (WEEKDAYS[day.weekday()] in self.days and day not in self.holidays)


class Deadline(Frozen):
    """A duty that is due a number of days before air."""

    deadline: DeadlineKind = Field(description="what is due")
    before: Annotated[int, Field(ge=0, le=400)] = Field(description="days before the broadcast day")
    count: Literal["days", "working_days"] = Field(
        "days", description="whether `before` counts all days or only those on which both sides work"
    )
    channels: Channels = Field((), description="only on these channels; by default on all")
    agreement: Annotated[Identifier, Ref("agreement")] | None = Field(
        None, description="only what serves this agreement; by default all"
    )
    silence: Literal["open", "accepted", "refused"] = Field(
        "open", description="what no answer means once an objection is due"
    )

    @model_validator(mode="after")
    def _means_something(self) -> Deadline:
        if self.silence != "open" and self.deadline != "objection":
            message = msg("only the deadline `objection` has `silence`, not the deadline `{name}`", name=self.deadline)
            raise RefusedError(message)
        return self

    def due(self, day: date, calendars: Sequence[WorkCalendar]) -> date:
        """The day on which the duty is due for an airing on the broadcast day `day`.

        If a side does not work on that day by its calendar, it is the last earlier day on which both sides work.
        """
        if self.count == "days":
            return last_working_day(day - timedelta(days=self.before), calendars)
        found = day
        for _ in range(self.before):
            found = last_working_day(found - timedelta(days=1), calendars)
        return last_working_day(found, calendars)


DEFAULT_DEADLINES: tuple[Deadline, ...] = tuple(
    Deadline.model_validate({"deadline": deadline, "before": before})
    for deadline, before in (("grid", 21), ("press", 14), ("guide", 7), ("notice", 3))
)
"""The deadlines of an instance that states none. The days are assumed; they have no source."""

MOST_DAYS_OFF = 400
"""If a calendar has no working day in this number of days, it is ignored. This ends the search for a working day."""


def last_working_day(day: date, calendars: Sequence[WorkCalendar]) -> date:
    """The last day, not after `day`, that is a working day in all calendars."""
    for back in range(MOST_DAYS_OFF):
        found = day - timedelta(days=back)
        if all(one.is_working(found) for one in calendars):
            return found
    return day
