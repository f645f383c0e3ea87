"""The part of an airing that settles an obligation. It is booked as a separate line."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from scheduler.account.booking import in_force
from scheduler.instance import InputError, Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from scheduler.account import Book, Booking, Kind

    Amounts = Callable[[Booking], Mapping[tuple[str, str], Fraction]]


def with_settled(
    asked: pd.DataFrame, book: Book, kind: Kind, settles: Mapping[str, int], in_daypart: Amounts
) -> pd.DataFrame:  # fmt: skip
    """Add the column `settles` to the required lines.

    An airing that is longer than the missing amount becomes two lines.

    Parameters
    ----------
    asked
        The lines that a posting of one kind requires.
    settles
        Airing id → entry of the obligation that it settles. The entries in the ledger's lines in force stay.
    in_daypart
        Obligation with a daypart → the amount of each (airing id, period) in this daypart. Only this amount settles it.

    Raises
    ------
    InputError
        If an entry is not an obligation in force, or no required line has its measure and direction.
    """
    lines = in_force(book.bookings)
    owed = {line.entry: line for line in lines if line.kind == "make_good"}
    known = {
        line.airing_id: line.settles
        for line in lines
        if line.kind == kind and line.settles in owed and line.airing_id in set(asked["airing_id"])
    }
    chosen = known | dict(settles)
    left = {entry: one.quantity - _met(lines, entry, kind, chosen) for entry, one in owed.items()}
    limited = {entry: in_daypart(owed[entry]) for entry in {*chosen.values()} if entry in owed and owed[entry].daypart}
    rows: list[dict[Any, Any]] = []
    used: set[str] = set()
    for row in asked.to_dict("records"):
        one = owed.get(chosen.get(row["airing_id"], 0))
        part = Fraction(0)
        most = row["quantity"]
        if one is not None and one.entry in limited:
            most = limited[one.entry].get((row["airing_id"], row["period"]), Fraction(0))
        if one is not None and most and _fits(one, row):
            used.add(row["airing_id"])
            part = max(min(most, left[one.entry]), Fraction(0))
            left[one.entry] -= part
        if one is not None and part:
            rows.append({**row, "quantity": part, "settles": one.entry})
        if part < row["quantity"]:
            rows.append({**row, "quantity": row["quantity"] - part, "settles": None})
    problems = [_unfit(book, airing, entry, owed) for airing, entry in settles.items() if airing not in used]
    if problems:
        raise InputError(problems)
    return pd.DataFrame(rows, columns=[*asked.columns, "settles"], dtype=object)


def accepted(book: Book, entry: int, by: str) -> list[dict[str, Any]]:
    """The lines with which a person accepts an offered obligation: its reversal and a booking with the person's name.

    Raises InputError if the entry is not an offered obligation in force.
    """
    offered = {line.entry: line for line in in_force(book.bookings) if line.kind == "make_good" and not line.by}
    line = offered.get(entry)
    if line is None:
        known = ", ".join(map(str, offered)) or "0"
        message = msg("entry {entry} is no offered obligation; there are {known}", entry=entry, known=known)
        raise InputError([Problem(book.path.name, 1, 1, message)])
    fields = line.model_dump(exclude={"entry", "booked_at", "hash"})
    reason = "accepted"
    return [{**fields, "quantity": -line.quantity, "reverses": entry, "reason": reason}, {**fields, "by": by}]


def _met(lines: list[Booking], entry: int, kind: Kind, chosen: Mapping[str, int | None]) -> Fraction:
    """The amount of an obligation that other airings have settled, in lines of the same kind."""
    return sum(
        (
            line.quantity
            for line in lines
            if line.settles == entry and line.kind == kind and line.airing_id not in chosen
        ),
        Fraction(0),
    )


def _fits(one: Booking, row: Mapping[Any, Any]) -> bool:
    same = (one.measure, one.giver, one.taker) == (row["measure"], row["giver"], row["taker"])
    return same and one.programme in ("", row["programme"])


def _unfit(book: Book, airing: str, entry: int, owed: Mapping[int, Booking]) -> Problem:
    one = owed.get(entry)
    if one is None:
        message = msg("entry {entry} is no obligation in force; there are {known}", entry=entry,
                   known=", ".join(map(str, owed)) or "0")  # fmt: skip
    else:
        message = msg(
            "the timetable has no airing {airing} of {giver} on a channel of {taker} that could settle entry {entry}",
            airing=airing,
            giver=one.giver,
            taker=one.taker,
            entry=entry,
        )
    return Problem(book.path.name, 1, 1, message)
