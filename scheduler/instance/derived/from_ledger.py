"""What a plan takes from the ledgers of agreements: balances that are carried over, and open obligations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class CarriedPeriod:
    """The confirmed bookings of one period in one measure, in its unit."""

    period: str
    given: Fraction  # by the first party on the second's channels, airings that settle an obligation included
    received: Fraction
    other: Fraction  # the amount that openings, settlements and adjustments add to the carry-over
    carry_over: Fraction  # the amount that the first party may still take after the period
    entries: tuple[int, ...]  # lines of the ledger


@dataclass(frozen=True, slots=True)
class CarriedOver:
    """The carry-over of a measure, with all confirmed bookings of earlier periods, from which it is computed."""

    agreement: str
    measure: str
    unit: str
    carry_over: Fraction
    ledger: str  # path of the file, relative to the instance's folder
    head: str  # hash of its last line
    periods: tuple[CarriedPeriod, ...]


@dataclass(frozen=True, slots=True)
class Obligation:
    """An accepted make-good: airtime that one party may still use on the other party's channels."""

    agreement: str
    entry: int
    giver: str
    taker: str
    measure: str
    missing: Fraction
    due: date
    daypart: str  # empty for any
    programme: str  # empty for any
