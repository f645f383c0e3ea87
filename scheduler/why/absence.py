"""The places where a programme could air, the loss that each place causes at least, and the result of solving with one.

Let B be the relaxation's bound, and let loss(j) be the regret of airing j in its window at the relaxation's duals
(Lagrange). A plan with airing j is worth at most B − loss(j). Compared with the timetable it loses at least
loss(j) − (B − value).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance.derived.aired import Lock
from scheduler.reasons import Reason
from scheduler.rules import rules_of
from scheduler.solve import Search, solve_unpriced
from scheduler.solve.bounding import Bounding
from scheduler.solve.relaxation.lagrangian import float_error
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.strands.program import has_bundles
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scheduler.airings import Airings
    from scheduler.formulation import Integers
    from scheduler.instance import Instance
    from scheduler.rules import Rule
    from scheduler.solve import Settings
    from scheduler.timetable import Timetable
    from scheduler.verify import Verification


@dataclass(frozen=True, slots=True)
class Place:
    """A place where a programme could air."""

    channel: str
    start: datetime  # UTC
    brings: int  # viewer-minutes of the airing
    displaces: int  # viewer-minutes of the fallback that it replaces
    loses_at_least: int | None  # viewer-minutes that every plan with it there loses; None if no bound is known


@dataclass(frozen=True, eq=False)
class Why:
    """The result about a programme that is absent."""

    programme: str
    title: str
    aired: tuple[tuple[str, datetime], ...]  # (channel, start) of its airings in the timetable, UTC
    reason: Reason | None  # why it cannot air at all on the channel or channels asked for
    starts: int  # number of places examined: admissible starts of the programme there
    place: Place | None  # the best of these places
    value: int  # of the timetable, viewer-minutes


@dataclass(frozen=True, eq=False)
class Forced:
    """The result of solving with the programme at a place."""

    timetable: Timetable | None
    verification: Verification | None
    bound: int | None  # on the value with the programme at the place


def absence(
    instance: Instance,
    timetable: Timetable,
    programme: str,
    settings: Settings,
    channel: str | None = None,
    at: datetime | None = None,
    rules: Sequence[Rule] | None = None,
) -> Why:
    """Why a programme is not on a channel, not at a time, or nowhere.

    Parameters
    ----------
    programme
        Id of the programme.
    settings
        Limits of the relaxation.
    channel, at
        Id of the only channel, and the only start (UTC), to be examined. None for all.
    rules
        Rules that replace the instance's, for example with one more.
    """
    number = instance.programme_index[programme]
    mine = np.flatnonzero((timetable.programme == number) & ~timetable.anchor)
    aired = tuple(
        (instance.channels[timetable.channel[one]].id, instance.timeline.moment(int(timetable.start[one])))
        for one in mine.tolist()
    )
    rules = rules_of(instance) if rules is None else rules
    airings = build_airings(instance, rules)
    there = (airings.programme == number) & ~airings.past
    if channel is not None:
        there &= airings.channel == instance.channel_index[channel]
    on_channel = np.flatnonzero(there)
    if at is not None:
        there &= airings.start_minute == instance.timeline.minute_of(at)
    found = np.flatnonzero(there)
    value = verify(timetable, rules).value
    reason = None if len(on_channel) else _reason(instance, airings, programme, channel, rules)
    place = _best_place(airings, found, settings, value, rules) if len(found) else None
    starts = len(set(zip(airings.channel[found].tolist(), airings.start_minute[found].tolist(), strict=True)))
    return Why(programme, instance.programmes[number].title, aired, reason, starts, place, value)


def _reason(instance: Instance, airings: Airings, programme: str, channel: str | None, rules: Sequence[Rule]) -> Reason:
    """The reason that excludes a programme from a channel, or from all: the last step that removed its airings."""
    if channel is not None:
        channels = tuple(one for one in instance.channels if one.id == channel)
        only = replace(instance, file=instance.file.model_copy(update={"channels": channels}))
        named = tuple(row for row in only.audience if row.channel == channel)
        only = replace(only, audience=named, anchors=(), history=(), locks=())
        airings = build_airings(only, [one for rule in rules if (one := _of_channel(rule, channel))])
    reasons = {one.programme: one.reason for one in airings.unplaceable}
    return reasons.get(programme, Reason("no_window"))


def _of_channel(rule: Rule, channel: str) -> Rule | None:
    """A rule reduced to one channel. None if the rule names only other channels."""
    named = getattr(rule, "channels", None)
    if named is None:
        return rule
    return rule.model_copy(update={"channels": (channel,)}) if channel in named else None


def _best_place(airings: Airings, found: Integers, settings: Settings, value: int, rules: Sequence[Rule]) -> Place:
    """The place of least loss by the relaxation.

    If the relaxation was not solved, the place of the largest audience.
    """
    instance, formulation = airings.instance, formulate(airings, rules)
    gain = airings.audience - airings.displaced
    if has_bundles(formulation):
        best = int(found[np.argmax(gain[found])])
        loses = None
    else:
        search = Search(formulation, settings)
        bounding = Bounding(search, Pricer(formulation))
        bounding.relax_plain()
        costs = bounding.reduced_costs()
        allowed = found[np.isfinite(costs.regret[found])]
        some = allowed if len(allowed) else found
        best = int(some[np.lexsort((-gain[some], costs.regret[some]))[0]])
        plain = bounding.plain
        most = plain.bound + float_error(formulation, bounding.rows, bounding.pricer, plain.duals)
        loses = max(0, math.floor(value - (most - costs.regret[best]))) if len(allowed) else None
    return Place(
        channel=instance.channels[airings.channel[best]].id,
        start=instance.timeline.moment(int(airings.start_minute[best])),
        brings=int(airings.audience[best]),
        displaces=int(airings.displaced[best]),
        loses_at_least=loses,
    )


def force(
    instance: Instance, timetable: Timetable, why: Why, settings: Settings, rules: Sequence[Rule] | None = None
) -> Forced:
    """Solve with the programme at its best place, starting from the given timetable. `rules` replace the instance's.

    Raises
    ------
    InputError
        No lock may ask for this place.
    ValueError
        The programme has no place at all.
    EngineError
        The check does not confirm what the search found.
    """
    if why.place is None:
        raise ValueError("the programme has no place in this timetable")
    lock = Lock(channel=why.place.channel, start_utc=why.place.start, programme=why.programme)
    locked = replace(instance, locks=(*instance.locks, lock))
    answer = solve_unpriced(locked, settings, rules=rules, start=timetable)
    return Forced(answer.timetable, answer.verification, answer.search.bound)
