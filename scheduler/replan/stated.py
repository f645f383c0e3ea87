"""The program of a replan: the days after the freeze, the published airings there, and the weight of each change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance.derived.history import broadcast_days
from scheduler.replan.changes import places_in
from scheduler.replan.freeze import Frozen, freeze, frozen_minute
from scheduler.replan.hold import barred, held, hold
from scheduler.replan.places import Places, keepers, places_of
from scheduler.replan.program import base_program, change_program
from scheduler.replan.slips import SlipRows, slip_rows
from scheduler.replan.steps import Steps, steps
from scheduler.replan.weights import Weights, drop_weights, moves, new_weights

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.replan.program import ChangeProgram
    from scheduler.rules import Rule
    from scheduler.timetable import Timetable


@dataclass(frozen=True, eq=False)
class Stated:
    """The program of a replan and its parts. `at`, `old` and `stay` refer to published airings that are not frozen."""

    frozen: Frozen
    airings: Airings
    formulation: Formulation
    at: Ints
    old: Places
    stay: Ints
    kept: tuple[Ints, Ints]  # (position in `at`, candidate): the pairs in which a candidate keeps a published airing
    now: Steps
    fixed: Ints  # candidates that keep what another party has accepted
    program: ChangeProgram


def state(
    instance: Instance,
    plan: Timetable,
    frozen_until: date | datetime | None,
    not_aired: Sequence[int],
    side: str | None,
    draft: Flags,
    rules: Sequence[Rule],
    built: tuple[Frozen, Airings] | None = None,
) -> Stated:
    """State the changes of a published timetable as a program.

    Parameters
    ----------
    frozen_until, not_aired, side
        As for `replan`.
    draft
        (p,) Published airings whose changes have no weight.
    built
        The frozen part and the candidates, if they are known.
    """
    if built is None:
        frozen = freeze(instance, plan, frozen_until, not_aired, rules=rules)
        built = frozen, build_airings(frozen.instance, rules)
    frozen, airings = built
    formulation = formulate(airings, rules)
    now = steps_of(instance, frozen)
    on_line = frozen.on_line(plan)
    day = airings.day_of(on_line.channel, on_line.start)
    at = _air_order(on_line, day, np.flatnonzero(after_freeze(plan, frozen)))
    old = places_in(frozen.instance, on_line, at, day[at], draft[at])
    unknown = on_draft_days(on_line, day, draft, airings.channel, airings.broadcast_day)
    new = places_of(airings, airings.past | unknown)
    kept = _without(keepers(old, new), frozen.lost[at])
    slips = slip_rows(airings, formulation, on_line, at, kept)
    weights, ones = (_weights(instance, old, new, kept, slips, now, counted=counted) for counted in (False, True))
    fixed = _accepted(frozen.instance, side, old, kept)
    minute = frozen_minute(frozen.instance, frozen_until)
    stay = held(old.start, kept, minute)
    last = frozen.last_day + frozen.days_ahead(instance)
    base = hold(base_program(formulation), kept, stay, barred(airings, kept, minute, last))
    program = change_program(base, kept, weights, ones, slips, fixed)
    return Stated(frozen, airings, formulation, at, old, stay, kept, now, fixed, program)


def steps_of(instance: Instance, frozen: Frozen) -> Steps:
    """The factors of weights on the first day after the freeze."""
    now = max(min(frozen.last_day.tolist(), default=0) + 1, instance.timeline.planned_from)
    return steps(frozen.instance, now + frozen.days_ahead(instance))


def after_freeze(plan: Timetable, frozen: Frozen) -> Flags:
    """(p,) The entries of a timetable after the frozen days."""
    day = broadcast_days(plan.instance.timeline, plan.instance.channels, plan.channel, plan.start)
    return np.asarray(day > frozen.last_day[plan.channel])


def on_draft_days(plan: Timetable, day: Ints, draft: Flags, channel: Ints, other: Ints) -> Flags:
    """Which moments lie on a channel and broadcast day of which only drafts are published, (k,).

    Parameters
    ----------
    plan, day, draft
        The published timetable; the broadcast day of each entry and whether it is a draft, (p,).
    channel, other
        Channel and broadcast day of each moment, (k,).
    """
    both = np.concatenate([day, other])
    days, first = int(both.max(initial=0) - both.min(initial=0)) + 1, int(both.min(initial=0))
    place, published = channel * days + other - first, plan.channel * days + day - first
    return np.asarray(np.isin(place, published[draft]) & ~np.isin(place, published[~draft]))


def _without(kept: tuple[Ints, Ints], out: Flags) -> tuple[Ints, Ints]:
    """The pairs of published airings and candidates, without some published airings."""
    stays = ~out[kept[0]]
    return kept[0][stays], kept[1][stays]


def _air_order(plan: Timetable, day: Ints, at: Ints) -> Ints:
    """Some entries in the order of their broadcast days, then starts, then channels."""
    return at[np.lexsort((plan.channel[at], plan.start[at], day[at]))]


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
    instants = np.zeros(slips.slips.shape[1] - len(slips.first), dtype=np.int64)
    return Weights(
        dropped=drop_weights(change, old, now, counted=counted),
        new=new_weights(change, new, now, counted=counted),
        pair=(one[fresh], other[fresh]),
        saving=saving[fresh],
        slipped=np.concatenate([slipped, instants]),
    )


def _accepted(instance: Instance, side: str | None, old: Places, kept: tuple[Ints, Ints]) -> Ints:
    """Candidates that keep what another party has accepted on its channels."""
    if side is None:
        return np.zeros(0, dtype=np.int64)
    ours = np.array([side in channel.belongs_to for channel in instance.channels], dtype=bool)
    theirs = ~ours[old.channel[kept[0]]] & ~old.draft[kept[0]]
    _, first = np.unique(kept[0][theirs], return_index=True)
    return kept[1][theirs][first]
