"""The weights of changes to a published timetable: `change` in instance.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scheduler.instance.model.field_types import Frozen
from scheduler.messages import RefusedError, msg

Weight = Annotated[int, Field(ge=1, le=10_000)]


class Change(Frozen):
    """Weights of the changes that a replan makes. Each is a whole number.

    The weight of an airing's change is multiplied by 1 + (number of deadlines that have passed for its day). Example:
    with deadlines of 21, 14, 7 and 3 days the factor is 1 for a change 25 days ahead, 3 for 10 days ahead, and 5 for 2
    days ahead.
    """

    dropped: Weight = Field(100, description="a published airing that is dropped")
    new: Weight = Field(100, description="an airing that was not published")
    moved: Weight = Field(10, description="an airing moved to another start, and each minute of it `moved_minute` more")
    moved_minute: Annotated[int, Field(ge=0, le=1000)] = Field(1, description="each minute by which an airing is moved")
    moved_most: Weight = Field(140, description="the most that a move weighs; less than `dropped` and `new` together")
    moved_days: Annotated[int, Field(ge=0, le=7)] = Field(
        1,
        description="most broadcast days by which a move changes the day; beyond, it is a dropped and a new airing",
    )
    strand_minutes: Annotated[int, Field(ge=0, le=1440)] = Field(
        30, description="minutes by which a strand's airing may move before it weighs `strand_moved`"
    )
    strand_moved: Weight = Field(
        150, description="a strand's airing moved farther; it weighs more than one that is dropped"
    )
    slipped: Weight = Field(
        30, description="a series in a territory whose kept airings show other episodes; it is one change"
    )
    deadlines: Annotated[tuple[Annotated[int, Field(ge=0, le=400)], ...], Field(max_length=10)] = Field(
        (21, 14, 7, 3), description="days before air at which the weight steps up: grid, press, programme guide, last"
    )
    count: Literal["days", "working_days"] = Field(
        "days",
        description="whether `deadlines` counts all days, or only those on which, by `calendars`, the channel's parties"
        " and the other parties of their agreements all work",
    )

    @model_validator(mode="after")
    def _in_proportion(self) -> Change:
        both = self.dropped + self.new
        for name in ("moved", "moved_most", "strand_moved"):
            if getattr(self, name) >= both:
                weight = getattr(self, name)
                raise RefusedError(
                    msg(
                        "`{name}` is {weight}; a move weighs less than `dropped` and `new` together, {most}",
                        name=name,
                        weight=weight,
                        most=both,
                    )
                )
        if self.moved > self.moved_most:
            message = msg("`moved` is {moved}, more than `moved_most`, {most}", moved=self.moved, most=self.moved_most)
            raise RefusedError(message)
        if self.strand_moved <= self.dropped:
            raise RefusedError(
                msg(
                    "`strand_moved` is {weight}; it weighs more than a pause, `dropped`: {least}",
                    weight=self.strand_moved,
                    least=self.dropped,
                )
            )
        return self

    def factor(self, days: int) -> int:
        """The factor of a weight. `days` is the number of days before the airing."""
        return 1 + sum(days <= deadline for deadline in self.deadlines)

    def move(self, minutes: int, *, strand: bool) -> int:
        """The weight of a move, by its length in minutes, before the factor."""
        if strand and minutes > self.strand_minutes:
            return self.strand_moved
        return min(self.moved + self.moved_minute * minutes, self.moved_most)
