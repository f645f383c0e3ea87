"""The balance of a ledger before a day, with its bookings, and the open obligations."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.account.balance import movement, open_obligations
from scheduler.account.booking import MOVING, in_force
from scheduler.instance import CarriedOver, CarriedPeriod, InputError, Obligation, Problem
from scheduler.messages import Message, msg

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from scheduler.account.book import Book
    from scheduler.account.booking import Booking

    Begins = Callable[[str], date | None]


def carried_over(
    book: Book, file: str, agreement: tuple[str, tuple[str, str]], measure: tuple[str, str, Fraction], before: date,
    begins: Begins,
) -> CarriedOver:  # fmt: skip
    """The balance of a measure over all periods that begin before a day, and openings of the period that begins on it.

    c = Σ openings − Σ (G − r·R), over confirmed bookings, settlements, adjustments, waivers and expiries.

    Parameters
    ----------
    file
        Name of the ledger, for messages and for the result.
    agreement
        Its id and its parties.
    measure
        Its name, its unit and the ratio r.
    begins
        Gives the first day of a period by its name, None if the name is not that of a period.

    Raises
    ------
    InputError
        If the period of a line does not exist.
    """
    name, unit, ratio = measure
    parties = agreement[1]
    counted: dict[str, list[Booking]] = {}
    for line in in_force(book.bookings):
        if line.measure != name or line.kind not in MOVING:
            continue
        first = begins(line.period)
        if first is None:
            raise InputError([Problem(file, line.entry + 1, 1, not_a_period(line.period))])
        if first < before or (line.kind == "opening" and first == before):
            counted.setdefault(line.period, []).append(line)
    periods: list[CarriedPeriod] = []
    carry = Fraction(0)
    for period in sorted(counted, key=lambda label: (begins(label), label)):
        lines = counted[period]
        moved = [movement(line, parties, ratio) for line in lines]
        carry += sum(moved, Fraction(0))
        given, received = (
            sum((line.quantity for line in lines if line.kind == "confirmed" and line.giver == party), Fraction(0))
            for party in parties
        )
        rest = zip(lines, moved, strict=True)
        other = sum((change for line, change in rest if line.kind != "confirmed"), Fraction(0))
        entries = tuple(line.entry for line in lines)
        periods.append(CarriedPeriod(period, given, received, other, carry, entries))
    return CarriedOver(agreement[0], name, unit, carry, file, book.head, tuple(periods))


def not_a_period(label: str) -> Message:
    """The problem that the period of a booking does not exist."""
    return msg("'{label}' is no period such as 2026-W50, 2026-12 or 2026-Q4", label=label)


def obligations(book: Book, agreement: str) -> list[Obligation]:
    """The open obligations that were accepted, in the order of the ledger."""
    return [
        Obligation(
            agreement, line.entry, line.giver, line.taker, line.measure, missing, line.due, line.daypart, line.programme
        )
        for line, missing in open_obligations(book.bookings)
        if line.by and line.due is not None
    ]
