"""Balances per measure and period, planned and confirmed, and the age of debts.

With a the first party, b the second, G the amount of a on b's channels, R the amount of b on a's channels, and r the
ratio, a may still take

    c' = c − (G − r·R)

If c' < 0, a owes b. Only these kinds of booking change c: opening, confirmed, adjustment, settlement, waiver, expiry.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.account.booking import AIRINGS, MOVING, Booking, in_force

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Ratios = Mapping[str, Fraction]


OPEN = ("claimed", "disputed")
"""Kinds of lines for airings that are not yet agreed. A confirmed line of the same airing replaces them."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The account of one measure up to and including one period. Quantities are exact, in the measure's unit."""

    measure: str
    unit: str
    period: str
    given: Fraction  # confirmed, by the first party on the second's channels, in this period; without make-goods
    received: Fraction
    made_good: Fraction  # confirmed airings that settle an obligation, in both directions
    carry: Fraction  # amount that the first party may still take after this period; if < 0, it owes
    planned_given: Fraction
    planned_received: Fraction
    claimed: Fraction  # claimed and not confirmed, in both directions
    disputed: Fraction  # disputed and not confirmed
    before: Fraction = Fraction(0)  # carry of the period before
    carry_if_confirmed: Fraction = Fraction(0)  # carry if all open claimed and disputed lines up to here were confirmed


@dataclass(frozen=True, slots=True)
class Debt:
    """The part of one period's balance that is still owed."""

    measure: str
    debtor: str
    creditor: str
    period: str
    since: date | None
    quantity: Fraction  # amount that the creditor may still take


def movement(line: Booking, parties: tuple[str, str], ratio: Fraction) -> Fraction:
    """The change by a line of the amount that the first party may still take.

    Parameters
    ----------
    parties
        (first, second) as the agreement names them.
    ratio
        r of the line's measure.
    """
    if line.kind not in MOVING:
        return Fraction(0)
    first = line.giver == parties[0]
    if line.kind == "opening":
        return line.quantity if first else -ratio * line.quantity
    return -line.quantity if first else ratio * line.quantity


def balances(bookings: Iterable[Booking], parties: tuple[str, str], ratios: Ratios) -> list[Balance]:
    """The account of every measure, period by period.

    Parameters
    ----------
    bookings
        The lines of a ledger.
    parties
        (first, second) as the agreement names them.
    ratios
        r of every measure: the amount that the first party may take for one unit of the second party. 1 for other
        measures.
    """
    lines = in_force(bookings)
    found = []
    for measure in sorted({line.measure for line in lines} - {""}):
        ratio = ratios.get(measure, Fraction(1))
        mine = [line for line in lines if line.measure == measure]
        carry, open_ = Fraction(0), Fraction(0)
        for period in sorted({line.period for line in mine}):
            here = [line for line in mine if line.period == period]
            before = carry
            carry += sum((movement(line, parties, ratio) for line in here), Fraction(0))
            confirmed = {line.key[1:] for line in here if line.kind == "confirmed"}
            left = [line for line in here if line.kind not in OPEN or line.key[1:] not in confirmed]
            open_ += sum((_as_confirmed(line, parties, ratio) for line in _open_lines(left)), Fraction(0))
            regular = [line for line in left if line.settles is None]
            sums = {(kind, giver): _sum(regular, kind, giver) for kind in AIRINGS for giver in parties}
            settled = [line.quantity for line in left if line.settles is not None and line.kind == "confirmed"]
            found.append(
                Balance(
                    measure=measure,
                    unit=here[0].unit,
                    period=period,
                    given=sums["confirmed", parties[0]],
                    received=sums["confirmed", parties[1]],
                    made_good=sum(settled, Fraction(0)),
                    carry=carry,
                    planned_given=sums["planned", parties[0]],
                    planned_received=sums["planned", parties[1]],
                    claimed=sums["claimed", parties[0]] + sums["claimed", parties[1]],
                    disputed=sums["disputed", parties[0]] + sums["disputed", parties[1]],
                    before=before,
                    carry_if_confirmed=carry + open_,
                )
            )
    return found


def _open_lines(lines: Iterable[Booking]) -> list[Booking]:
    """The claimed and disputed lines. An airing that is both counts once, as claimed."""
    found: dict[tuple[object, ...], Booking] = {}
    for line in sorted(lines, key=lambda line: line.kind != "disputed"):
        if line.kind in OPEN:
            found[line.key[1:]] = line
    return list(found.values())


def _as_confirmed(line: Booking, parties: tuple[str, str], ratio: Fraction) -> Fraction:
    """The change of the balance if a claimed or disputed line were confirmed."""
    return movement(line.model_copy(update={"kind": "confirmed"}), parties, ratio)


def _sum(lines: Sequence[Booking], kind: str, giver: str) -> Fraction:
    return sum((line.quantity for line in lines if line.kind == kind and line.giver == giver), Fraction(0))


def debts(bookings: Iterable[Booking], parties: tuple[str, str], ratios: Ratios) -> list[Debt]:
    """The amounts still owed, by the period from which they come. The oldest debt is settled first.

    An airing that settles an obligation counts in the period for which it was owed.

    Parameters
    ----------
    parties, ratios
        As for `balances`.
    """
    lines = in_force(bookings)
    owed_for = {line.entry: line.period for line in lines if line.kind == "make_good"}
    found = []
    for measure in sorted({line.measure for line in lines} - {""}):
        ratio = ratios.get(measure, Fraction(1))
        mine: dict[str, list[Booking]] = {}
        for line in lines:
            if line.measure == measure:
                mine.setdefault(owed_for.get(line.settles or 0, line.period), []).append(line)
        # Invariant: all lots have the same sign. An entry in the other direction settles the oldest lot first.
        lots: deque[tuple[Fraction, str, date | None]] = deque()
        for period in sorted(mine):
            here = mine[period]
            moved = sum((movement(line, parties, ratio) for line in here), Fraction(0))
            since = max((line.air_date for line in here if line.air_date is not None), default=None)
            while moved and lots and (lots[0][0] > 0) != (moved > 0):
                oldest, from_period, from_day = lots.popleft()
                moved += oldest
                if moved and (moved > 0) == (oldest > 0):
                    lots.appendleft((moved, from_period, from_day))
                    moved = Fraction(0)
            if moved:
                lots.append((moved, period, since))
        for quantity, period, day in lots:
            debtor, creditor = parties if quantity < 0 else parties[::-1]
            found.append(Debt(measure, debtor, creditor, period, day, abs(quantity)))
    return found


def open_obligations(bookings: Iterable[Booking]) -> list[tuple[Booking, Fraction]]:
    """Make-good obligations that are not completely met, with the amount still missing."""
    lines = in_force(bookings)
    met: dict[int, Fraction] = {}
    for line in lines:
        if line.settles is not None and line.kind == "confirmed":
            met[line.settles] = met.get(line.settles, Fraction(0)) + line.quantity
    rest = [(line, line.quantity - met.get(line.entry, Fraction(0))) for line in lines if line.kind == "make_good"]
    return [(line, missing) for line, missing in rest if missing > 0]
