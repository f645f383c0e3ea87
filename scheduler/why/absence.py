"""The best place of a programme, what it loses there, and the result of solving with the programme there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.airings import build_airings
from scheduler.certify import bound_of_multipliers, certified_program
from scheduler.formulation import formulate
from scheduler.reasons import Reason
from scheduler.rules import rules_of
from scheduler.solve import Search, conclude, run
from scheduler.solve.answer_files import place_record
from scheduler.solve.best_places import best_places, with_airings
from scheduler.solve.bounding import Bounding
from scheduler.solve.certificates import tighten
from scheduler.solve.programs.bundle_columns import has_bundles
from scheduler.solve.proof.multipliers import certificate_of
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.run import search_over, unpriced
from scheduler.solve.search.duals import Duals
from scheduler.timetable import chosen_of
from scheduler.verify import verify
from scheduler.without_slot import titles_without_slot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scheduler.airings import Airings
    from scheduler.arrays import Flags
    from scheduler.certify import Certificate
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.results import PlaceRecord
    from scheduler.rules import Rule
    from scheduler.solve import Settings
    from scheduler.solve.best_places import BestPlace
    from scheduler.timetable import Timetable
    from scheduler.verify import Verification


@dataclass(frozen=True, eq=False)
class Why:
    """The result about a programme that is absent."""

    programme: str
    title: str
    aired: tuple[tuple[str, datetime], ...]  # (channel, start) of its airings in the timetable, UTC
    reason: Reason | None  # why it cannot air at all on the channel or channels asked for
    starts: int  # number of places examined: admissible starts of the programme there
    place: PlaceRecord | None  # the best of these places
    best: BestPlace | None  # the same with its airings
    value: int  # of the timetable, viewer-minutes
    rules: tuple[Rule, ...]  # by which it was examined


@dataclass(frozen=True, eq=False)
class Forced:
    """The result of solving with the programme at a place."""

    timetable: Timetable | None
    verification: Verification | None
    bound: int | None  # on the value with the programme at the place
    impossible: bool = False  # proven: no timetable with the programme at the place keeps all hard rules


def absence(
    instance: Instance,
    timetable: Timetable,
    programme: str,
    settings: Settings,
    channel: str | None = None,
    at: datetime | None = None,
    rules: Sequence[Rule] | None = None,
    certificate: Certificate | None = None,
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
    certificate
        Of these rules, as `solve` wrote it. None: the relaxation is solved.
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
    formulation = formulate(airings, rules)
    lost = {one.programme: one.reason for one in titles_without_slot(airings, formulation)}
    reason = lost.get(programme, reason)
    best = None
    if len(found):
        chosen = chosen_of(airings, timetable)
        best = _best_place(airings, formulation, there, chosen, settings, certificate).get(number)
    place = place_record(airings, formulation, best)
    starts = len(set(zip(airings.channel[found].tolist(), airings.start_minute[found].tolist(), strict=True)))
    return Why(programme, instance.programmes[number].title, aired, reason, starts, place, best, value, tuple(rules))


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


def _best_place(
    airings: Airings,
    formulation: Formulation,
    there: Flags,
    chosen: Flags,
    settings: Settings,
    certificate: Certificate | None,
) -> dict[int, BestPlace]:
    """The best place among some airings, by a certificate; without one, that of the relaxation."""
    program = certified_program(formulation)
    if certificate is None:
        search = Search(formulation, settings)
        if has_bundles(formulation):
            tighten(search, search.budget)
        else:
            Bounding(search, Pricer(formulation)).relax_plain()
        duals = search.duals or Duals(math.inf, np.zeros(len(formulation.lower)))
        program, certificate = certificate_of(formulation, airings.instance.digest, duals)
    bound, params = bound_of_multipliers(program, certificate), settings.params.places
    return best_places(airings, formulation, certificate, bound, chosen, params, program=program, among=there)


def force(
    instance: Instance, timetable: Timetable, why: Why, settings: Settings, rules: Sequence[Rule] | None = None
) -> Forced:
    """Solve with the programme at its best place, starting from the exchange, or else from the given timetable.

    `rules` replace the instance's. The airings of the place are locked; those of a bundle are asked for by rigid rows.

    Raises
    ------
    ValueError
        The programme has no place at all.
    EngineError
        The check does not confirm what the search found.
    """
    if why.best is None:
        raise ValueError("the programme has no place in this timetable")
    rules = rules_of(instance) if rules is None else rules
    airings = build_airings(instance, rules)
    formulation = with_airings(formulate(airings, rules), why.best.airings)
    exchange = why.best.exchange
    start = timetable if exchange is None else exchange.chosen
    search = search_over(airings, formulation, unpriced(settings), rules=rules, start=start)
    run(search)
    answer = conclude(airings, search)
    return Forced(answer.timetable, answer.verification, search.bound, answer.hard_rules == "impossible")
