"""The steps of a replan: freeze, state the changes as a program, search, recount."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import Airings, build_airings
from scheduler.formulation import Formulation
from scheduler.instance.problem import UnfitLocksError
from scheduler.messages import Listed, MessageError, msg
from scheduler.replan.changes import Changes, count_changes, places_in
from scheduler.replan.freeze import Frozen, freeze
from scheduler.replan.holds import Hold, Holds
from scheduler.replan.params import ReplanParams
from scheduler.replan.published import with_anchors
from scheduler.replan.repaired import repaired
from scheduler.replan.search import Found, search
from scheduler.replan.stated import after_freeze, on_draft_days, state
from scheduler.rules import rules_of
from scheduler.solve.search.time_limit import Budget
from scheduler.timetable import Timetable, build_timetable, timetable_of
from scheduler.verify import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock
    from scheduler.replan.places import Places
    from scheduler.replan.published import Published
    from scheduler.replan.steps import Steps
    from scheduler.rules import Rule


class ReplanError(MessageError):
    """The recount does not confirm the result of the search. This is an error of the program."""


@dataclass(frozen=True, eq=False)
class Replan:
    """A timetable that replaces the published one."""

    instance: Instance
    published: Published
    frozen: Frozen
    airings: Airings  # candidates after the freeze
    formulation: Formulation
    chosen: Flags
    found: Found
    rest: Timetable  # the planned part after the freeze, counted from the frozen part
    timetable: Timetable  # the whole horizon with the frozen airings and the catalogue's episode numbers
    changes: Changes
    checked: Verification  # the check of `rest` on the instance after the freeze
    side: str | None
    held: Ints  # indices of published airings that stay in the part of a day before the moment of the freeze
    not_aired: tuple[int, ...]  # indices of published airings that did not air
    params: ReplanParams
    rules: tuple[Rule, ...]
    holds: tuple[tuple[Hold, float], ...] = ()  # (cause of missed hard rows, least hard miss without it)
    held_by: Mapping[Hold, tuple[str, ...]] = field(default_factory=dict)  # per cause: lines of locks, or airing ids
    given_up: tuple[tuple[int, Lock], ...] = ()  # (line of locks.csv, lock) of airings that news has removed

    @property
    def number_bound(self) -> int:
        """A bound on the number of changes, frozen days included, over all timetables with no more hard miss."""
        return self.found.count_bound + self._beyond

    @property
    def change_bound(self) -> int:
        """The same bound on the weighted change, without frozen days."""
        return self.found.change_bound

    @property
    def _beyond(self) -> int:
        """Unavoidable changes that the search does not contain: airings lost in frozen days, or no longer known."""
        return int(np.count_nonzero(self.frozen.lost & ~self.open_)) + len(self.published.gone)

    @property
    def open_(self) -> Flags:
        """(p,) published airings after the frozen days."""
        return after_freeze(self.published.timetable, self.frozen)

    @property
    def number(self) -> int:
        """The number of all changes."""
        return self.changes.number + self._beyond


def replan(
    instance: Instance,
    published: Published,
    *,
    frozen_until: date | datetime | None = None,
    not_aired: Sequence[int] = (),
    side: str | None = None,
    drafts: Flags | None = None,
    params: ReplanParams | None = None,
    rules: Sequence[Rule] | None = None,
) -> Replan:
    """Plan again with the least change.

    Parameters
    ----------
    frozen_until
        Airings that start before this moment stay as published, and no airing is added before it. A date means the
        start of that broadcast day.
    not_aired
        Indices in `published.timetable` of airings that did not air.
    side
        A party. Published airings on channels of other parties were accepted there and do not move.
    drafts
        (p,) Published airings that no other party knows yet. Their changes have no weight.
    rules
        Rules that replace the instance's, for example with one more.

    Raises
    ------
    NoTimetableError
        No timetable was found.
    ReplanError
        The recount does not confirm what the search found.
    """
    params = params or ReplanParams()
    budget = Budget.of_seconds(params.time_limit)
    rules = rules_of(instance) if rules is None else tuple(rules)
    draft = np.zeros(len(published.timetable), dtype=bool) if drafts is None else drafts
    asked = instance.locks
    instance, published, built = _with_locks_that_fit(instance, published, frozen_until, not_aired, rules)
    plan = published.timetable
    removed = tuple(at for at, lock in enumerate(asked) if lock not in instance.locks)
    stated = state(instance, plan, frozen_until, not_aired, side, draft, rules, built)
    frozen, airings, formulation, program = stated.frozen, stated.airings, stated.formulation, stated.program
    found = search(program, params, _for_search(budget, params), repaired(stated, plan))
    chosen = found.chosen | airings.past
    rest = timetable_of(airings, chosen)
    checked = verify(rest, rules)
    _confirm(formulation, chosen, checked)
    whole = _whole(instance, plan, frozen, rest)
    changes = _recount(instance, plan, stated.at, stated.old, whole, frozen, airings, draft, stated.now)
    if changes.weight < found.change_bound:
        raise ReplanError(
            msg(
                "the recount finds a change of {change}, below the bound {bound}",
                change=changes.weight,
                bound=found.change_bound,
            )
        )
    causes = Holds(instance, plan, frozen_until, side, draft, rules, not_aired, params, budget)
    holds = causes.found(found.hard_miss)
    return Replan(
        instance,
        published,
        frozen,
        airings,
        formulation,
        chosen,
        found,
        rest,
        whole,
        changes,
        checked,
        side,
        stated.at[stated.stay],
        tuple(not_aired),
        params,
        rules,
        holds,
        {name: causes.named(name, least, found.hard_miss, stated) for name, least in holds},
        tuple((at + 2, asked[at]) for at in removed),
    )


def _for_search(budget: Budget, params: ReplanParams) -> Budget:
    """The time of the search: what is left, without the time that the check of the answer may take."""
    left, limit = budget.left(), params.time_limit
    check = params.check_factor * (limit - left)
    return Budget.of_seconds(max(left - check, params.search_least * limit))


def _with_locks_that_fit(
    instance: Instance,
    published: Published,
    frozen_until: date | datetime | None,
    not_aired: Sequence[int],
    rules: Sequence[Rule],
) -> tuple[Instance, Published, tuple[Frozen, Airings]]:
    """The instance and its published timetable without the locks of airings that news has removed, frozen and built."""
    while True:
        try:
            frozen = freeze(instance, published.timetable, frozen_until, not_aired, rules=rules)
            return instance, published, (frozen, build_airings(frozen.instance, rules))
        except UnfitLocksError as error:
            left = tuple(lock for lock in instance.locks if lock not in error.locks)
            if len(left) == len(instance.locks):
                raise
            instance = replace(instance, locks=left)
            published = replace(published, timetable=replace(published.timetable, instance=instance))


def _confirm(formulation: Formulation, chosen: Flags, checked: Verification) -> None:
    """Raise ReplanError if the check of the timetable and the rows of the search do not agree."""
    point = formulation.point(chosen)
    if not formulation.is_admissible(point) or checked.broken:
        broken = Listed(tuple(row.text for row in checked.broken[:5]), "; ")
        raise ReplanError(broken if broken.parts else msg("the answer misses a row that must never be missed"))
    value = formulation.audience(point) - formulation.penalty(formulation.misses(point))
    if checked.value != value:
        raise ReplanError(
            msg("the check counts a value of {value}, the search {other}", value=checked.value, other=value)
        )


def _whole(instance: Instance, plan: Timetable, frozen: Frozen, rest: Timetable) -> Timetable:
    """Frozen airings and the rest as one timetable of the instance, with the catalogue's episodes and all anchors."""
    stays = np.flatnonzero(frozen.frozen)
    open_ = np.flatnonzero(~rest.anchor)
    shift = int((frozen.instance.timeline.origin - instance.timeline.origin).total_seconds()) // 60

    def joined(name: str) -> Any:
        return np.concatenate([getattr(plan, name)[stays], getattr(rest, name)[open_]])

    return with_anchors(
        build_timetable(
            instance,
            channel=joined("channel"),
            start=np.concatenate([plan.start[stays], rest.start[open_] + shift]),
            minutes=joined("minutes"),
            content=joined("content"),
            episode=joined("episode"),
            first=joined("first"),
            anchor=joined("anchor"),
        )
    )


def _recount(
    instance: Instance, plan: Timetable, at: Ints, old: Places, whole: Timetable, frozen: Frozen, airings: Airings,
    draft: Flags, now: Steps,
) -> Changes:  # fmt: skip
    """The changes after the frozen days, counted from the two timetables. `old` and `now` are on the copy's line."""
    after = np.flatnonzero(~whole.anchor)
    after = after[after_freeze(whole, frozen)[after]]
    before, later = frozen.on_line(plan), frozen.on_line(whole)
    days = airings.day_of(later.channel[after], later.start[after])
    day = airings.day_of(before.channel, before.start)
    free = on_draft_days(plan, day, draft, whole.channel[after], days)
    new = places_in(instance, later, after, days, free)
    return count_changes(instance.file.change, plan, old, at, whole, new, after, now)
