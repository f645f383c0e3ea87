"""Warnings about debts near the limit of their agreement."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scheduler.account.balance import Debt
    from scheduler.rules import Parity

Warned = Literal["half", "over"]


@dataclass(frozen=True, slots=True)
class LimitWarning:
    """A debt, over all periods, of more than half of its limit."""

    measure: str
    debtor: str
    quantity: Fraction
    limit: int
    level: Warned  # half: more than half of the limit; over: more than the limit


def limits_of(rule: Parity) -> dict[str, int]:
    """The limit of every measure of an agreement that has one."""
    return {one.name: one.debt_limit for one in reversed(rule.measures) if one.debt_limit is not None}


def warnings(owed: Iterable[Debt], limits: Mapping[str, int]) -> list[LimitWarning]:
    """The debts that exceed half of their limit. The debts of all periods are added up, by measure and debtor.

    Parameters
    ----------
    owed
        The debts of an agreement.
    limits
        The limit of each measure, as `limits_of` gives it.
    """
    total: dict[tuple[str, str], Fraction] = {}
    for debt in owed:
        key = debt.measure, debt.debtor
        total[key] = total.get(key, Fraction(0)) + debt.quantity
    return [
        LimitWarning(measure, debtor, quantity, limits[measure], "over" if quantity > limits[measure] else "half")
        for (measure, debtor), quantity in sorted(total.items())
        if measure in limits and 2 * quantity > limits[measure]
    ]
