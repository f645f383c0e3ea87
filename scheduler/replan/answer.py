"""The steps of a replan: freeze, state the changes as a program, search, recount."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scheduler.airings import Airings, build_airings
from scheduler.formulation import Formulation, formulate
from scheduler.instance.files.problem import UnfitLocksError
from scheduler.messages import Listed, MessageError, msg
from scheduler.replan.changes import Changes, count_changes, places_in
from scheduler.replan.freeze import Frozen, freeze, frozen_minute
from scheduler.replan.give_up import given_up
from scheduler.replan.hold import barred, held, hold
from scheduler.replan.mip import solve_part
from scheduler.replan.params import ReplanParams
from scheduler.replan.program import base_program, change_program
from scheduler.replan.published import with_anchors
from scheduler.replan.search import Found, search
from scheduler.replan.slips import SlipRows, slip_rows
from scheduler.replan.steps import Steps, steps
from scheduler.replan.weights import Places, Weights, drop_weights, keepers, moves, new_weights, places_of
from scheduler.rules import rules_of
from scheduler.timetable import Timetable, build_timetable, timetable_frame, timetable_of
from scheduler.verify import Verification, verify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock
    from scheduler.replan.program import ChangeProgram
    from scheduler.replan.published import Published
    from scheduler.rules import Rule


Hold = Literal["locks", "freeze", "accepted"]
"""Causes for which an airing may not change: locks.csv, the freeze, or acceptance by another party."""

LEAST_MISS = 1e-6
"""Smallest hard miss that counts, in whole hard rows."""


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
        return _open(self.published.timetable, self.frozen)

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
    plan = published.timetable
    rules = rules_of(instance) if rules is None else tuple(rules)
    draft = np.zeros(len(plan), dtype=bool) if drafts is None else drafts
    asked = instance.locks
    instance, published, plan = _with_locks_that_fit(instance, published, frozen_until, not_aired, rules)
    removed = tuple(at for at, lock in enumerate(asked) if lock not in instance.locks)
    stated = _state(instance, plan, frozen_until, not_aired, side, draft, rules)
    frozen, airings, formulation, program = stated.frozen, stated.airings, stated.formulation, stated.program
    found = search(program, params)
    chosen = program.chosen(found.point) | airings.past
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
    causes = _Holds(instance, plan, frozen_until, side, draft, rules, not_aired, params)
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


def _with_locks_that_fit(
    instance: Instance,
    published: Published,
    frozen_until: date | datetime | None,
    not_aired: Sequence[int],
    rules: Sequence[Rule],
) -> tuple[Instance, Published, Timetable]:
    """The instance and its published timetable without the locks of airings that news has removed."""
    while instance.locks:
        try:
            build_airings(freeze(instance, published.timetable, frozen_until, not_aired, rules=rules).instance, rules)
        except UnfitLocksError as error:
            left = tuple(lock for lock in instance.locks if lock not in error.locks)
            instance = replace(instance, locks=left)
            published = replace(published, timetable=replace(published.timetable, instance=instance))
        else:
            break
    return instance, published, published.timetable


@dataclass(frozen=True, eq=False)
class _Stated:
    """The program of a replan and its parts. `at`, `old` and `stay` refer to published airings that are not frozen."""

    frozen: Frozen
    airings: Airings
    formulation: Formulation
    at: Ints
    old: Places
    stay: Ints
    kept: tuple[Ints, Ints]  # (position in `at`, candidate): the pairs in which a candidate keeps a published airing
    now: Steps
    program: ChangeProgram


def _state(
    instance: Instance,
    plan: Timetable,
    frozen_until: date | datetime | None,
    not_aired: Sequence[int],
    side: str | None,
    draft: Flags,
    rules: Sequence[Rule],
) -> _Stated:
    """State the changes of a published timetable as a program."""
    frozen = freeze(instance, plan, frozen_until, not_aired, rules=rules)
    airings = build_airings(frozen.instance, rules)
    formulation = formulate(airings, rules)
    now = steps_of(instance, frozen)
    on_line = frozen.on_line(plan)
    at = _air_order(airings, on_line, np.flatnonzero(_open(plan, frozen)))
    old = places_in(frozen.instance, on_line, at, airings.day_of(on_line.channel[at], on_line.start[at]), draft[at])
    new = places_of(airings, airings.past | _unknown_to_others(airings, on_line, draft))
    kept = _without(keepers(old, new), frozen.lost[at])
    slips = slip_rows(airings, on_line, at, kept)
    weights, ones = (_weights(instance, old, new, kept, slips, now, counted=counted) for counted in (False, True))
    fixed = _accepted(frozen.instance, side, old, kept)
    minute = frozen_minute(frozen.instance, frozen_until)
    stay = held(old.start, kept, minute)
    base = hold(base_program(formulation), kept, stay, barred(airings, kept, minute))
    program = change_program(base, kept, weights, ones, slips, fixed)
    return _Stated(frozen, airings, formulation, at, old, stay, kept, now, program)


@dataclass(frozen=True, eq=False)
class _Holds:
    """What may not change, and which parts of it make hard rows be missed."""

    instance: Instance
    plan: Timetable
    frozen_until: date | datetime | None
    side: str | None
    draft: Flags
    rules: Sequence[Rule]
    not_aired: Sequence[int]
    params: ReplanParams

    def found(self, hard_miss: float) -> tuple[tuple[Hold, float], ...]:
        """Those of locks, the freeze and acceptances without which the hard miss would be smaller."""
        if hard_miss <= LEAST_MISS:
            return ()
        there: dict[Hold, bool] = {
            "locks": bool(self.instance.locks),
            "freeze": self.frozen_until is not None,
            "accepted": self.side is not None,
        }
        tried = [(name, self._least(self._without(name))) for name, is_there in there.items() if is_there]
        return tuple((name, least) for name, least in tried if least is not None and least < hard_miss - LEAST_MISS)

    def named(self, name: Hold, least: float, hard_miss: float, stated: _Stated) -> tuple[str, ...]:
        """The parts of a hold: lines of locks.csv that are a cause alone, or as few held airings as must change.

        Parameters
        ----------
        least, hard_miss
            The least hard miss without the hold and with it.
        stated
            The program with the hold.
        """
        if name == "locks":
            return self._locks(hard_miss)
        free = self._without(name)
        if name == "freeze":
            held = stated.frozen.frozen.copy()
            held[stated.at[stated.stay]] = True
            group = np.flatnonzero(held[free.at])
        else:
            ours = np.array([self.side in channel.belongs_to for channel in self.instance.channels], dtype=bool)
            group = np.flatnonzero(~ours[self.plan.channel[free.at]] & ~self.draft[free.at])
        group = group[np.isin(group, free.kept[0])]
        ids = timetable_frame(self.plan)["airing_id"].tolist()
        return tuple(ids[int(free.at[one])] for one in given_up(free.program, free.kept, group, least, self.params))

    def _locks(self, hard_miss: float) -> tuple[str, ...]:
        """The lines of locks without which, alone, the hard miss would be smaller."""
        locks = self.instance.locks
        if len(locks) > self.params.most_locks:
            return ()
        found = []
        for number in range(len(locks)):
            fewer = replace(self.instance, locks=locks[:number] + locks[number + 1 :])
            least = self._least(self._state(instance=fewer))
            if least is not None and least < hard_miss - LEAST_MISS:
                found.append(f"locks.csv: {locks[number].words()}")
        return tuple(found)

    def _without(self, name: Hold) -> _Stated:
        """The program without a hold."""
        if name == "locks":
            return self._state(instance=replace(self.instance, locks=()))
        return self._state(frozen=name != "freeze", side=None if name == "accepted" else self.side)

    def _state(
        self, *, instance: Instance | None = None, frozen: bool = True, side: str | None = ""
    ) -> _Stated:  # fmt: skip
        until, missing = (self.frozen_until, self.not_aired) if frozen else (None, ())
        party = self.side if side == "" else side
        return _state(instance or self.instance, self.plan, until, missing, party, self.draft, self.rules)

    def _least(self, stated: _Stated) -> float | None:
        """The least hard miss of a program; None if no point was found in time."""
        program, params = stated.program, self.params
        seconds = params.time_limit * params.hold_share
        least = solve_part(program, program.hard_miss, seconds, absolute_gap=1e-7, seed=params.seed)
        return None if least.point is None else max(0.0, least.objective)


def steps_of(instance: Instance, frozen: Frozen) -> Steps:
    """The factors of weights on the first day after the freeze."""
    now = min(frozen.last_day.tolist(), default=0) + 1 + frozen.days_ahead(instance)
    return steps(frozen.instance, now)


def _open(plan: Timetable, frozen: Frozen) -> Flags:
    """(p,) The published airings after the frozen days."""
    instance, shift = plan.instance, frozen.last_day
    days = np.array(
        [
            instance.timeline.clock(instance.channels[channel].zone).day[start]
            - (
                instance.timeline.clock(instance.channels[channel].zone).minute[start]
                < instance.timeline.broadcast_start
            )
            for channel, start in zip(plan.channel.tolist(), plan.start.tolist(), strict=True)
        ],
        dtype=np.int64,
    )
    return np.asarray(days > shift[plan.channel], dtype=bool) if len(plan) else np.zeros(0, dtype=bool)


def _without(kept: tuple[Ints, Ints], out: Flags) -> tuple[Ints, Ints]:
    """The pairs of published airings and candidates, without some published airings."""
    stays = ~out[kept[0]]
    return kept[0][stays], kept[1][stays]


def _air_order(airings: Airings, plan: Timetable, at: Ints) -> Ints:
    day = airings.day_of(plan.channel[at], plan.start[at])
    return at[np.lexsort((plan.channel[at], plan.start[at], day))]


def _unknown_to_others(airings: Airings, plan: Timetable, draft: Flags) -> Flags:
    """(n,) Candidates on channels and days of which only drafts are published."""
    if not draft.any():
        return np.zeros(len(airings), dtype=bool)
    day = airings.day_of(plan.channel, plan.start)
    announced = set(zip(plan.channel[~draft].tolist(), day[~draft].tolist(), strict=True))
    drafted = set(zip(plan.channel[draft].tolist(), day[draft].tolist(), strict=True)) - announced
    here = zip(airings.channel.tolist(), airings.broadcast_day.tolist(), strict=True)
    return np.array([one in drafted for one in here], dtype=bool)


def _weights(
    instance: Instance, old: Places, new: Places, kept: tuple[Ints, Ints], slips: SlipRows, now: Steps, *, counted: bool
) -> Weights:
    """The weights of all changes. With `counted` every weight is one."""
    change = instance.file.change
    one, other, saving = moves(change, old, new, now, counted=counted)
    fresh = ~np.isin(other, kept[1])
    factor = now.of(old)[slips.first] if len(slips.first) else np.zeros(0, dtype=np.int64)
    slipped = np.ones_like(factor) if counted else change.slipped * factor
    if len(slips.first):
        slipped = np.where(old.draft[slips.first], 0, slipped)
    return Weights(
        dropped=drop_weights(change, old, now, counted=counted),
        new=new_weights(change, new, now, counted=counted),
        pair=(one[fresh], other[fresh]),
        saving=saving[fresh],
        slipped=slipped,
    )


def _accepted(instance: Instance, side: str | None, old: Places, kept: tuple[Ints, Ints]) -> Ints:
    """Candidates that keep what another party has accepted on its channels."""
    if side is None:
        return np.zeros(0, dtype=np.int64)
    ours = np.array([side in channel.belongs_to for channel in instance.channels], dtype=bool)
    theirs = ~ours[old.channel[kept[0]]] & ~old.draft[kept[0]]
    _, first = np.unique(kept[0][theirs], return_index=True)
    return kept[1][theirs][first]


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
    after = after[_open(whole, frozen)[after]]
    before, later = frozen.on_line(plan), frozen.on_line(whole)
    days = airings.day_of(later.channel[after], later.start[after])
    free = np.zeros(len(after), dtype=bool)
    if draft.any():
        day = airings.day_of(before.channel, before.start)
        published = set(zip(plan.channel[~draft].tolist(), day[~draft].tolist(), strict=True))
        drafted = set(zip(plan.channel[draft].tolist(), day[draft].tolist(), strict=True)) - published
        here = zip(whole.channel[after].tolist(), days.tolist(), strict=True)
        free = np.array([one in drafted for one in here], dtype=bool)
    new = places_in(instance, later, after, days, free)
    return count_changes(instance.file.change, plan, old, at, whole, new, after, now)
