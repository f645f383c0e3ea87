"""The best place of every programme that is not in a timetable, and what airing it there loses.

Let B be the bound of a certificate and r the reduced value of a column at its multipliers. A column is an airing, or
the bundle of a series in a slot. A timetable with a column of r < 0 is worth at most B + r, so against a timetable of
value v it loses at least −r − (B − v).

The *exchange* adds the column to the timetable and removes the airings that it overlaps. A bundle is removed as a
whole. If the new timetable keeps the rigid rows and misses no more of the hard rows, the best timetable with the column
loses at most as much as the exchange.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from scheduler.certify import StepMultipliers, certified_program, reduced_values
from scheduler.rules import HARD, NO_BOUND, RIGID, SOFT
from scheduler.solve.programs.bundle_columns import first_bundle
from scheduler.solve.relaxation.pricing import Pricer

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints, Reals
    from scheduler.certify import Certificate, CertifiedProgram
    from scheduler.formulation import Formulation
    from scheduler.solve.params import PlaceParams
    from scheduler.strands import Bundles


ERROR = 1e-12
"""Sums of rewards along a window differ by less than this share of all rewards."""


@dataclass(frozen=True, eq=False)
class Exchange:
    """The timetable after an exchange."""

    chosen: Flags  # (n,)
    removed: Ints  # the airings taken out
    loses: int  # viewer-minutes
    missed: Ints  # the rows that it misses by more than the timetable does
    keeps: bool  # whether it misses no more of the hard rows


@dataclass(frozen=True, eq=False)
class BestPlace:
    """The best place of a programme."""

    airings: Ints  # in air order: one, or those of a bundle
    starts: int  # number of places examined
    least: int  # lower limit of the loss of all timetables with it there, viewer-minutes
    exchange: Exchange | None  # None if other airings must change too, or if it was not tried


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a program that put a programme on air, with their airings."""

    number: Ints  # (k,) column of the program
    first: Ints  # (k,) its first airing
    size: Ints  # (k,) number of airings
    airing: Ints  # the airings, column after column, each in air order
    begin: Ints  # (k,) the position of the first one


def best_places(
    airings: Airings,
    formulation: Formulation,
    certificate: Certificate,
    bound: int,
    chosen: Flags,
    params: PlaceParams,
    *,
    program: CertifiedProgram | None = None,
    among: Flags | None = None,
) -> dict[int, BestPlace]:
    """The best place of programmes that the timetable does not air, by the index of the programme.

    Parameters
    ----------
    certificate, bound
        A certificate of the formulation and the bound that it proves, viewer-minutes.
    chosen
        (n,) the airings of the timetable. It keeps the rigid rows; if it misses a hard row, no loss is stated.
    program
        The certificate's program, if it is known.
    among
        (n,) the airings that may be used, also of programmes that air already. None: all of programmes that do not air.
    """
    program = certified_program(formulation) if program is None else program
    columns = _columns(formulation, program)
    point = formulation.point(chosen)
    misses = formulation.misses(point)
    value = formulation.audience(point) - formulation.penalty(misses)
    if among is None:
        aired = np.unique(airings.programme[chosen])
        wanted = ~np.isin(airings.programme, aired) & ~airings.past
        # a title without an airing has its first run first; those on record may have reruns only
        wanted &= (airings.run == 1) | ~np.isin(airings.programme, airings.programme[wanted & (airings.run == 1)])
    else:
        wanted = among & ~chosen
    usable = (
        np.add.reduceat(wanted[columns.airing].astype(np.int64), columns.begin) > 0
        if len(columns.number)
        else wanted[:0]
    )
    loss, possible = (each[columns.number] for each in _losses(formulation, program, certificate, bound))
    gain = program.value[columns.number]
    programme = airings.programme[columns.first]
    found = np.flatnonzero(usable)
    found = found[np.lexsort((found, -gain[found], loss[found], ~possible[found], programme[found]))]
    absent, first, count = np.unique(programme[found], return_index=True, return_counts=True)
    tries = min(params.tried, params.most_entries // max(1, len(absent) * formulation.matrix.nnz))
    judged = not np.any(misses[formulation.kind == HARD])
    places: dict[int, BestPlace] = {}
    for number, at, many in zip(absent.tolist(), first.tolist(), count.tolist(), strict=True):
        some = found[at : at + min(many, max(1, tries))].tolist()
        parts = [columns.airing[columns.begin[one] : columns.begin[one] + columns.size[one]] for one in some]
        tried = [_exchange(formulation, chosen, misses, value, part) if tries and judged else None for part in parts]
        best = min(range(len(some)), key=lambda one: _rank(tried[one], one))
        least = max(0, int(loss[some[best]]) - max(0, bound - value)) if judged else 0
        places[number] = BestPlace(parts[best], many, least, tried[best])
    return places


def with_airings(formulation: Formulation, airings: Ints) -> Formulation:
    """The formulation with some airings that must be chosen.

    One that a bundle defines gets a rigid row x_a ≥ 1, because a lock would make it an exception from its slot.
    """
    placed = first_bundle(formulation)
    tied = np.isin(airings, placed[1].placed) if placed is not None else np.zeros(len(airings), dtype=bool)
    locked = formulation.locked.copy()
    locked[airings[~tied]] = True
    rows = airings[tied]
    if not len(rows):
        return replace(formulation, locked=locked)
    count, width = len(rows), formulation.matrix.shape[1]
    ones = np.ones(count, dtype=np.int64)
    more = sparse.csr_array((ones, (np.arange(count), rows)), shape=(count, width))
    labels = formulation.labels.iloc[np.zeros(count, dtype=np.int64)].assign(rule="", period="", aspect="airings")
    return replace(
        formulation,
        locked=locked,
        matrix=sparse.csr_array(sparse.vstack([formulation.matrix, more], format="csr")),
        lower=np.concatenate([formulation.lower, ones]),
        upper=np.concatenate([formulation.upper, np.full(count, NO_BOUND, dtype=np.int64)]),
        kind=np.concatenate([formulation.kind, np.full(count, RIGID, dtype=formulation.kind.dtype)]),
        miss_step=np.concatenate([formulation.miss_step, ones]),
        price=np.concatenate([formulation.price, 0 * ones]),
        hard_weight=np.concatenate([formulation.hard_weight, 0 * ones]),
        labels=pd.concat([formulation.labels, labels], ignore_index=True),
    )


def _rank(exchange: Exchange | None, place: int) -> tuple[bool, int]:
    """Exchanges that keep the hard rows first, the smallest loss first; then the order of the certificate."""
    good = exchange is not None and exchange.keeps
    return (not good, exchange.loses if exchange is not None and good else place)


def _columns(formulation: Formulation, program: CertifiedProgram) -> Columns:
    """The airings that are columns, then the bundles."""
    alone = np.flatnonzero(program.entry < formulation.airing_count)
    airing = program.entry[alone]
    ones = np.ones(len(alone), dtype=np.int64)
    number, size, parts = [alone], [ones], [airing]
    placed = first_bundle(formulation)
    if placed is not None and len(placed[1]):
        first, bundles = placed
        number.append(np.searchsorted(program.entry, first + np.arange(len(bundles))))
        size.append(np.diff(bundles.first))
        parts.append(bundles.airing)
    sizes, every = np.concatenate(size), np.concatenate(parts)
    begin = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if len(sizes) else sizes
    return Columns(np.concatenate(number), every[begin] if len(begin) else begin, sizes, every, begin)


def _losses(
    formulation: Formulation, program: CertifiedProgram, certificate: Certificate, bound: int
) -> tuple[Ints, Flags]:
    """(c,) the whole viewer-minutes by which each column lowers the bound, and whether it overlaps no locked airing.

    The loss is −r, or 0 if r > 0. Without bundles it is the airing's regret if larger: at the multipliers of rows
    and cuts alone, the best airings of its window less the best ones with it, minus the rounding error of floats.
    """
    reduced = np.minimum(reduced_values(program, certificate), 0)
    loss = np.array((-reduced) // certificate.denominator, dtype=np.int64)
    possible = np.ones(len(loss), dtype=bool)
    if first_bundle(formulation) is None:
        n, pricer = formulation.airing_count, Pricer(formulation)
        rows = certificate.model_copy(update={"steps": StepMultipliers()})
        # Rows can fix airings at 0 (a series with no slot left): these are no columns of the program.
        column = np.flatnonzero(program.entry < n)
        airing, reward = program.entry[column], np.zeros(n)
        reward[airing] = reduced_values(program, rows)[column].astype(np.float64) / certificate.denominator
        regret = pricer.regrets(reward)[0][airing]
        possible[column] = np.isfinite(regret)
        size = abs(float(bound)) + float(np.sum(pricer.best(np.abs(reward))))
        sure, held = np.floor(regret - 1 - ERROR * size), np.isfinite(regret)
        loss[column[held]] = np.maximum(loss[column[held]], sure[held].astype(np.int64))
    return loss, possible


def _exchange(formulation: Formulation, chosen: Flags, misses: Ints, value: int, added: Ints) -> Exchange | None:
    """The timetable with some airings put in. None if it breaks a rigid row or a lock."""
    removed = _overlapping(formulation, np.flatnonzero(chosen), added)
    placed = first_bundle(formulation)
    if placed is not None:
        removed = _whole_bundles(placed[1], chosen, removed)
    after = chosen.copy()
    after[removed] = False
    after[added] = True
    point = formulation.point(after)
    if not formulation.is_admissible(point):
        return None
    new = formulation.misses(point)
    more = np.flatnonzero((new > misses) & (formulation.kind != RIGID))
    return Exchange(
        chosen=after,
        removed=np.setdiff1d(removed, added),
        loses=value - (formulation.audience(point) - formulation.penalty(new)),
        missed=more[np.lexsort((-_weight(formulation, new, misses)[more], formulation.kind[more] == SOFT))],
        keeps=formulation.hard_miss(new) <= formulation.hard_miss(misses),
    )


def _weight(formulation: Formulation, new: Ints, old: Ints) -> Reals:
    """The additional price of every row, (r,), hard rows by their weight."""
    price = np.where(formulation.kind == SOFT, formulation.price, formulation.hard_weight)
    return price.astype(np.float64) * (new - old)


def _overlapping(formulation: Formulation, here: Ints, added: Ints) -> Ints:
    """Which of some airings overlap an added one in its window."""
    same = formulation.window[here][:, None] == formulation.window[added][None, :]
    start, end = formulation.start, formulation.start + formulation.steps
    same &= start[here][:, None] < end[added][None, :]
    same &= end[here][:, None] > start[added][None, :]
    return here[np.any(same, axis=1)]


def _whole_bundles(bundles: Bundles, chosen: Flags, removed: Ints) -> Ints:
    """The removed airings, and all other airings of the bundles that lose one."""
    lost = (bundles.matrix[removed].sum(axis=0) > 0) & (bundles.chosen_of(chosen) == 1)
    return np.union1d(removed, np.flatnonzero(bundles.matrix[:, np.flatnonzero(lost)].sum(axis=1)))
