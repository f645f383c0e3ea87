"""How titles are placed: series in one regular slot, events on consecutive days, weekly shows, rubrics, or freely."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, model_validator

from scheduler.instance.model.commitment import day_set_text
from scheduler.instance.model.field_marks import Channels
from scheduler.instance.model.field_types import WEEKDAYS, ClockTime, Frozen, Weekdays
from scheduler.instance.model.selector import Selector
from scheduler.messages import RefusedError, msg

PlacementKind = Literal["strand", "event", "weekly", "rubric", "free"]
"""strand: a series in one slot on the days of a day set, from week to week. event: the parts of a title on consecutive
days in one slot. weekly: one weekday and slot. rubric: each airing in a named slot of its channel, which another title
may fill the next time. free: each airing where it fits."""

ALONE: tuple[PlacementKind, ...] = ("rubric", "free")
"""Kinds whose titles have no slot of their own."""

PLACEMENT_KINDS: tuple[PlacementKind, ...] = get_args(PlacementKind)

MissedEpisode = Literal["shift", "double", "catch_up"]
"""How a series continues after a place was announced and did not air. shift: each later place shows one episode earlier
than announced. double: the next place has one more episode. catch_up: the series has one more place at the weekend. No
episode is skipped."""

_EVERY_DAY = frozenset(WEEKDAYS)
_SINGLE_DAYS = tuple(frozenset({day}) for day in WEEKDAYS)
_RUNS_OF_DAYS = (_EVERY_DAY, *(frozenset(WEEKDAYS[first:last]) for first, last in ((0, 5), (0, 4), (5, 7))))

DAY_SETS: dict[PlacementKind, tuple[frozenset[str], ...]] = {
    "strand": (*_RUNS_OF_DAYS, *_SINGLE_DAYS),
    "event": (_EVERY_DAY,),
    "weekly": _SINGLE_DAYS,
    "rubric": (),
    "free": (),
}
"""Day sets of each kind of placement if the planner does not state them.

The most frequent weekday patterns of serials on a real channel are daily, Monday to Thursday, Monday to Friday and the
weekend, then single days.
"""


class Follower(Frozen):
    """A place where first runs of a series are repeated on their channel: some days later, or all of a week together.

    The episodes of a day follow each other without a break from the start. Only aired episodes are repeated, and all of
    them, on every day on which it is possible. Repeats use no run: the title's rights need `repeat_within_hours`, and
    the repeat is within this time.
    """

    start: ClockTime = Field(description="on the channel's clock")
    after_days: int | None = Field(
        None, ge=0, le=6, description="broadcast days after the first run: 0 is the same day, 1 the next"
    )
    omnibus: Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"] | None = Field(
        None, description="instead: the weekday on which the episodes of the six days before come together"
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Follower:
        if (self.after_days is None) == (self.omnibus is None):
            raise RefusedError(msg("a follower has either after_days or omnibus"))
        return self

    def days_after(self, weekday: int) -> int | None:
        """Days from a first run on a weekday (Monday is 0) to its repeat, None if it has no repeat."""
        if self.omnibus is None:
            return self.after_days
        return (WEEKDAYS.index(self.omnibus) - weekday) % 7 or None


class Placement(Frozen):
    """How the titles of a selector are placed.

    For a title on a channel the first line of `placement` that fits holds.
    """

    select: Selector = Field(Selector(), description="titles; by default all")
    channels: Channels | None = Field(None, description="on these channels; by default on all")
    kind: PlacementKind = Field(alias="as", description="strand, event, weekly, rubric or free")
    day_sets: Annotated[tuple[Weekdays, ...], Field(min_length=1)] | None = Field(
        None, description="weekdays that a slot may have, e.g. [all, mon-fri, sat-sun]; by default those of the kind"
    )

    episodes_per_place: int = Field(
        1,
        ge=1,
        le=3,
        description="episodes in one place, each directly after the one before; the last place has those that are left",
    )

    finishes: bool | None = Field(
        None,
        description="whether a title begins only if all its episodes fit into its rights: those that the horizon does"
        " not have, on the days of its day set after it; by default yes for strands and events",
    )

    followers: tuple[Follower, ...] = Field(
        (),
        description="repeats of first runs that use no run, e.g. [{after_days: 1, start: 10:30}] for the next morning"
        " or [{omnibus: sat, start: 12:00}]; earlier lines come first where the rights allow fewer",
    )

    free_start_price: int = Field(
        0,
        ge=0,
        description="price of each place of first runs that begins in none of its channel's named `slots`,"
        " viewer-minutes; 0 lets series begin anywhere",
    )

    slot_change_price: int | None = Field(
        None,
        ge=0,
        description="price of a change of slot, viewer-minutes: once in a horizon, from a Monday on or at its begin, a"
        " series may take another start on its channel; a slot before the horizon that is gone is a change, too. By"
        " default a series keeps its slot, and one whose slot is gone takes another without a price",
    )

    weeks_at_least: int = Field(
        1,
        ge=1,
        le=52,
        description="weeks that the run of a title which begins here lasts at least, from the week of its first place"
        " to that of its last: day sets on which its episodes or rights end sooner are not for it",
    )

    missed_episode: MissedEpisode = Field(
        "shift",
        description="what follows an episode that history.csv says was not_aired: shift (all later ones come that much"
        " later), double (the next place has one more) or catch_up (one more place on Saturday or Sunday)",
    )

    @model_validator(mode="after")
    def _has_places(self) -> Placement:
        if self.kind in ALONE and self.episodes_per_place > 1:
            raise RefusedError(
                msg("titles that air freely or in rubrics have no places: episodes_per_place is for the other kinds")
            )
        if self.kind in ALONE and self.followers:
            raise RefusedError(
                msg("titles that air freely or in rubrics have no slot: followers are for the other kinds")
            )
        if self.kind in ALONE and self.free_start_price:
            raise RefusedError(
                msg("titles that air freely or in rubrics have no slots: free_start_price is for the other kinds")
            )
        if self.kind in (*ALONE, "event") and self.slot_change_price is not None:
            raise RefusedError(msg("slot_change_price is for strands and weekly titles, which have a slot every week"))
        if self.kind in (*ALONE, "event") and self.weeks_at_least > 1:
            raise RefusedError(msg("weeks_at_least is for strands and weekly titles, which have a slot every week"))
        several = [days for days in self.day_sets or () if self.kind == "weekly" and len(days) > 1]
        if several:
            raise RefusedError(
                msg(
                    "day_sets: a weekly title has one weekday, and {days} are {number}; write one weekday in each of"
                    " its day sets, or `as: strand`",
                    days=day_set_text(several[0]),
                    number=len(several[0]),
                )
            )
        if self.kind in ALONE and self.missed_episode != "shift":
            raise RefusedError(
                msg("titles that air freely or in rubrics have no slots: missed_episode is for the other kinds")
            )
        return self

    @property
    def must_finish(self) -> bool:
        """Whether a title may begin only if its last episode can air, too."""
        return self.kind in ("strand", "event") if self.finishes is None else self.finishes

    def allowed_days(self) -> tuple[frozenset[str], ...]:
        """The day sets that a slot may have."""
        return DAY_SETS[self.kind] if self.day_sets is None else self.day_sets


DEFAULT_PLACEMENT: tuple[Placement, ...] = tuple(
    Placement.model_validate(line)
    for line in (
        {"select": {"genre": ["concert"]}, "as": "free"},
        {"select": {"delivery": ["live", "relay"]}, "as": "free"},
        {
            "select": {"genre": ["quiz", "entertainment", "talk", "documentary", "education"], "episodes_over": 1},
            "as": "weekly",
        },
        {"select": {"episodes_over": 7}, "as": "strand"},
        {"select": {"episodes_over": 1}, "as": "event"},
    )
)
"""The placement if instance.yaml states none: concerts, live events and relays freely, shows weekly, long series as
strands, other titles with several episodes as events, single titles freely."""
