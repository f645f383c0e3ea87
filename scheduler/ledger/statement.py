"""The statement of account of an agreement: balances, debts, warnings and open obligations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.account import balances, debts, open_obligations
from scheduler.ledger.limits import limits_of, warnings
from scheduler.ledger.post import ratios_of

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.account import Balance, Book, Booking, Debt
    from scheduler.ledger.limits import LimitWarning
    from scheduler.rules import Parity


@dataclass(frozen=True, slots=True)
class Statement:
    """The account of one agreement by its ledger."""

    agreement: str
    head: str
    balances: list[Balance]
    debts: list[Debt]
    warnings: list[LimitWarning]
    open: list[tuple[Booking, Fraction]]  # open obligations, each with its missing amount


def statement(rule: Parity, book: Book, limit: int | None = None) -> Statement:
    """The account of an agreement. `limit` replaces the limits of all measures with a debt."""
    first, second = rule.parties
    parties, ratios = (first, second), ratios_of(rule)
    owed = debts(book.bookings, parties, ratios)
    limits = limits_of(rule) if limit is None else dict.fromkeys((debt.measure for debt in owed), limit)
    return Statement(
        rule.id,
        book.head,
        balances(book.bookings, parties, ratios),
        owed,
        warnings(owed, limits),
        open_obligations(book.bookings),
    )
