"""The rows of an agreement's measure: its band, its least amounts, and a column for every title."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, lcm
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import INSTANCE_FILE, InputError, Problem
from scheduler.messages import Term, msg
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.measures import ONCE, UNITS, Given, given, period_labels
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.rows import HARD, NO_BOUND, SOFT
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.verdicts import due, verdict_on

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.rules.framework.base import Agreement
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.rules.parity_measure import Measure


def aspect_of(measure: Measure, what: str) -> Aspect:
    """The aspect of one row of a measure: over or under its band, or its least amount."""
    return Aspect(what, measure.of, measure.measure, measure.period)


def band_kind(rule: Agreement, measure: Measure, instance: Instance, label: str) -> tuple[int, int]:
    """(kind, price) of a band in a period. The band is soft if the period continues after the horizon."""
    if verdict_on(rule, instance, label) != "interim":
        return rule.kind, rule.price or 0
    return SOFT, (rule.price or 0) if measure.interim_price is None else measure.interim_price


def measure_rows(rule: Agreement, airings: Airings, measure: Measure) -> list[RuleRows]:
    """All rows of one measure: the band, the least amounts, and the rows that define the columns of titles."""
    instance, scale = airings.instance, airings.instance.contents.share_scale
    labels = period_labels(instance, rule, measure.period, closed=measure.all_weeks)
    sides = [
        given(
            airings,
            rule,
            giver,
            taker,
            measure.measure,
            measure.period,
            measure.select,
            daypart=measure.within,
            closed=measure.all_weeks,
        )
        for giver, taker in rule.directions
    ]
    sheet = Sheet(rule, UNITS[measure.measure], len(airings))
    complete: Callable[[Flags], Ints] | None = None
    largest_by_side = [_largest_amounts(airings, side, len(labels)) for side in sides]
    largest = np.where(np.minimum(*largest_by_side) > 0, np.minimum(*largest_by_side), np.maximum(*largest_by_side))
    if measure.measure in ONCE:
        sides, complete = _title_columns(rule, measure, airings, sides, labels, sheet)
    constant = [_sums(side, side.airing < 0, len(labels)) for side in sides]
    moving = [_of_airings(side) for side in sides]
    if measure.tolerance is not None:
        _add_band(rule, measure, sheet, moving, constant, labels, scale, largest, airings)
    for (giver, taker), side, fixed in zip(rule.directions, moving, constant, strict=True):
        need = measure.least_from(giver)
        if need:
            asked = np.array(
                [due(instance, label, need, measure.rest, rule.valid_to) for label in labels], dtype=np.int64
            )
            direction = Subject("parties", f"{giver}>{taker}")
            rows = sheet.rows(
                labels, direction, aspect_of(measure, "least"), lower=asked * scale - fixed, need=asked, step=scale
            )
            sheet.add(rows[side.period], side.airing, side.parts)
    return sheet.blocks(complete)


def _largest_amounts(airings: Airings, side: Given, periods: int) -> Ints:
    """The largest amount that a side could give in every period, in parts.

    It is the largest amount of an airing in each window, summed over the windows.

    It scales the band's misses, so that hard misses of different rules can be compared.
    """
    windows = len(airings.instance.windows)
    most = np.zeros(periods * windows, dtype=np.int64)
    move = side.airing >= 0
    np.maximum.at(most, side.period[move] * windows + airings.column("window")[side.airing[move]], side.parts[move])
    largest: Ints = most.reshape(periods, windows).sum(axis=1)
    return largest


def _of_airings(side: Given) -> Given:
    keep = side.airing >= 0
    return Given(side.airing[keep], side.period[keep], side.parts[keep], side.title[keep])


def _sums(side: Given, which: Flags, periods: int) -> Ints:
    total = np.zeros(periods, dtype=np.int64)
    np.add.at(total, side.period[which], side.parts[which])
    return total


def _refuse_overflow(
    rule: Agreement, measure: Measure, whole: int, moving: list[Given], constant: list[Ints], airings: Airings
) -> None:
    """Raise InputError if the band's whole numbers would not fit into 64 bits."""
    most = sum(int(side.parts.sum()) + int(fixed.sum()) for side, fixed in zip(moving, constant, strict=True))
    largest = 2 * whole * max(1, int(measure.ratio) + 1) * most
    if largest >= NO_BOUND // 2:
        file, line, column = airings.instance.places.get(rule.written_as, (INSTANCE_FILE, 1, 1))
        message = msg(
            "'{rule}', {measure}: the whole numbers of this band are larger than 64 bits;"
            " write its ratio, tolerance and the shares of origin with fewer decimals",
            rule=rule.id,
            measure=Term("measure", measure.measure),
        )
        raise InputError([Problem(file, line, column, message)])


def _add_band(
    rule: Agreement,
    measure: Measure,
    sheet: Sheet,
    moving: list[Given],
    constant: list[Ints],
    labels: list[str],
    scale: int,
    largest: Ints,
    airings: Airings,
) -> None:
    """Add the two rows of `_weights` for every period, multiplied by the common denominator."""
    weights = {carry: _weights(measure, carry) for carry in (Fraction(0), measure.carry)}
    whole = lcm(*(weight.denominator for both in weights.values() for row in both.values() for weight in row))
    _refuse_overflow(rule, measure, whole, moving, constant, airings)
    a, b = rule.parties
    for what, (of_given, of_received, _) in weights[Fraction(0)].items():
        each = [int(of_given * whole), int(of_received * whole)]
        fixed = each[0] * constant[0] + each[1] * constant[1]
        upper, need, soft_at = ([0] * len(labels) for _ in range(3))
        for at, label in enumerate(labels):
            carry = measure.carry if at == 0 or measure.period == "cumulative" else Fraction(0)
            upper[at] = int(weights[carry][what][2] * whole) * scale - int(fixed[at])
            asked = (measure.least_from(a), measure.least_from(b), ceil(abs(measure.carry)), measure.floor)
            need[at] = max(*asked, int(largest[at]) // scale, 1)
            kind, price = band_kind(rule, measure, airings.instance, label)
            soft_at[at] = -1 if kind == HARD else price
            upper[at] = upper[at] if soft_at[at] else NO_BOUND
        rows = sheet.rows(
            labels,
            Subject("parties", f"{a}-{b}"),
            aspect_of(measure, what),
            upper=np.array(upper, dtype=np.int64),
            need=np.array(need, dtype=np.int64),
            step=whole * scale,
            soft_at=np.array(soft_at, dtype=np.int64),
        )
        for side, weight in zip(moving, each, strict=True):
            sheet.add(rows[side.period], side.airing, weight * side.parts)


def _weights(measure: Measure, carry: Fraction) -> dict[str, tuple[Fraction, Fraction, Fraction]]:
    """(weight of G, weight of R, most) of the rows "over" and "under", the carry-over c moved to the right.

    sum:     (1 − t)·G − (1 + t)·r·R ≤ c + f     and  (1 − t)·r·R − (1 + t)·G ≤ f − c
    larger:  (1 − t)·G − r·R ≤ c + f             and  (1 − t)·r·R − G ≤ f − (1 − t)·c
    smaller: G − (1 + t)·r·R ≤ (1 + t)·c + f     and  r·R − (1 + t)·G ≤ f − c
    agreed:  G − r·R ≤ c + f + t·agreed          and  r·R − G ≤ f − c + t·agreed
    """
    ratio, floor, less = measure.ratio, Fraction(measure.floor), 1 - (measure.tolerance or Fraction(0))
    more, one = 2 - less, Fraction(1)
    match measure.tolerance_of:
        case "larger":
            return {"over": (less, -ratio, carry + floor), "under": (-one, less * ratio, floor - less * carry)}
        case "smaller":
            return {"over": (one, -more * ratio, more * carry + floor), "under": (-more, ratio, floor - carry)}
        case "agreed":
            wide = floor + (1 - less) * (measure.agreed or 0)
            return {"over": (one, -ratio, carry + wide), "under": (-one, ratio, wide - carry)}
    return {"over": (less, -more * ratio, carry + floor), "under": (-more, less * ratio, floor - carry)}


def _title_columns(
    rule: Agreement, measure: Measure, airings: Airings, sides: list[Given], labels: list[str], sheet: Sheet
) -> tuple[list[Given], Callable[[Flags], Ints]]:
    """Add a column per title (or channel reached), direction and period: 1 exactly if it has an airing.

    Σ airings − y ≥ 0 and most·y − Σ airings ≥ 0. `most` is the number of airings of the title. Titles of anchors count
    without a column.
    """
    instance = airings.instance
    result: list[Given] = []
    groups: list[tuple[Ints, Ints]] = []
    count = 0
    for (giver, taker), side in zip(rule.directions, sides, strict=True):
        move = _of_airings(side)
        key, first, group = np.unique(
            move.period * (len(instance.contents) + len(instance.programmes)) + move.title,
            return_index=True,
            return_inverse=True,
        )
        size = np.bincount(group, minlength=len(key))
        own = sheet.columns(np.ones(len(key), dtype=np.int64))
        direction = Subject("parties", f"{giver}>{taker}")
        for sense in ("airs", "silent"):
            periods = [labels[at] for at in move.period[first].tolist()]
            names = [f"{measure.of} {title}".lstrip() for title in move.title[first].tolist()]
            aspects = [Aspect(sense, name, measure.measure, measure.period) for name in names]
            rows = sheet.rows(periods, direction, aspects, lower=0, rigid=True)
            sign = 1 if sense == "airs" else -1
            sheet.add(rows[group], move.airing, sign)
            sheet.add(rows, own, -1 if sense == "airs" else size)
        groups.append((move.airing, count + group))
        fixed = side.airing < 0
        anchored = np.unique(np.stack([side.period[fixed], side.title[fixed], side.parts[fixed]]), axis=1)
        result.append(
            Given(
                airing=np.concatenate([own, np.full(anchored.shape[1], -1)]),
                period=np.concatenate([move.period[first], anchored[0]]),
                parts=np.concatenate([move.parts[first], anchored[2]]),
                title=np.concatenate([move.title[first], anchored[1]]),
            )
        )
        count += len(key)
    airing, column = (np.concatenate(parts) for parts in zip(*groups, strict=True))

    def complete(chosen: Flags) -> Ints:
        aired = np.zeros(count, dtype=np.int64)
        aired[column[chosen[airing]]] = 1
        return aired

    return result, complete
