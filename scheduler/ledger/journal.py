"""A ledger as a plain-text accounting journal: beancount, and the dialect that hledger and ledger read.

Every moving line is a transaction between two accounts of the agreement; the commodity is the measure. The balance of
`Assets:Parity:<agreement>:<measure>` is what the first party may still take.
"""

from __future__ import annotations

import math
import re
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.account.balance import movement
from scheduler.account.booking import MOVING, Booking, in_force

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

DIALECTS = ("beancount", "hledger")
"""The program ledger also reads hledger's dialect."""
COMMODITY = {"minutes": "MIN", "prime_minutes": "PRIMEMIN", "first_run_minutes": "FIRSTMIN", "runs": "RUNS"}
DECIMALS = 6
"""Most digits after the decimal point. Quantities that need more are written in parts of their common denominator."""


def journal(bookings: Sequence[Booking], parties: tuple[str, str], ratios: Mapping[str, Fraction], dialect: str) -> str:
    """The moving lines of a ledger as a journal, with a balance assertion at its end for every measure.

    A quantity that is not a decimal number is written in parts, so that nothing is rounded. The commodity's name states
    the denominator (`MIN.3`: thirds of a minute).

    Raises ValueError for an unknown dialect.

    Parameters
    ----------
    parties, ratios
        As for `scheduler.account.balances`.
    dialect
        One of DIALECTS.
    """
    if dialect not in DIALECTS:
        raise ValueError(f"unknown dialect '{dialect}'; there are {', '.join(DIALECTS)}")
    lines = [line for line in in_force(bookings) if line.kind in MOVING]
    parts = []
    for measure in sorted({line.measure for line in lines}):
        mine = sorted((line for line in lines if line.measure == measure), key=lambda line: (_day(line), line.entry))
        if mine:
            parts.append(_measure(mine, parties, ratios.get(measure, Fraction(1)), measure, dialect))
    return "\n".join(parts)


def _measure(lines: list[Booking], parties: tuple[str, str], ratio: Fraction, measure: str, dialect: str) -> str:
    moves = [movement(line, parties, ratio) for line in lines]
    scale = _scale(moves)
    unit = COMMODITY.get(measure.partition(" ")[0], "UNITS") + (f".{scale}" if scale > 1 else "")
    symbol = f'"{unit}"' if dialect == "hledger" and not unit.isalpha() else unit
    name = _account(f"{lines[0].agreement}:{measure}")
    asset = f"Assets:Parity:{name}"
    out: list[str] = []
    if dialect == "beancount":
        accounts = sorted({asset, *(_other(line, name) for line in lines)})
        out += [f"{_day(lines[0])} open {account}" for account in accounts]
    for line, moved in zip(lines, moves, strict=True):
        amount = _number(moved * scale)
        opposite = _number(-moved * scale)
        title = f"{line.kind}: {line.giver}>{line.taker} {line.programme} {line.channel}".strip()
        if dialect == "beancount":
            out.append(f'{_day(line)} * "{_quoted(title)}" ^entry-{line.entry}')
        else:
            out.append(f"{_day(line)} * {_quoted(title)}  ; entry {line.entry}")
        out += [f"  {asset}  {amount} {symbol}", f"  {_other(line, name)}  {opposite} {symbol}", ""]
    total = _number(sum(moves, Fraction(0)) * scale)
    last = _day(lines[-1])
    if dialect == "beancount":
        out.append(f"{last + timedelta(days=1)} balance {asset}  {total} {symbol}\n")
    else:
        zero = f"0 {symbol}"
        out += [f"{last} * balance", f"  {asset}  {zero} = {total} {symbol}", f"  Equity:Check  {zero}", ""]
    return "\n".join(out)


def _day(line: Booking) -> date:
    return line.air_date or line.booked_at.date()


def _other(line: Booking, name: str) -> str:
    root = {"opening": "Equity:Opening", "confirmed": "Expenses:Aired"}.get(line.kind, "Equity:Settled")
    return f"{root}:{name}:{_account(line.giver)}"


def _account(text: str) -> str:
    """An account name: it begins with a capital and has letters, digits and hyphens."""
    parts = [re.sub(r"[^A-Za-z0-9-]+", "-", part).strip("-") or "X" for part in text.split(":")]
    return ":".join(part if part[0].isdigit() else part[0].upper() + part[1:] for part in parts)


def _quoted(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace('"', "'").replace(";", ",").replace("\\", "/"))


def _scale(numbers: list[Fraction]) -> int:
    """The smallest whole factor that makes every quantity whole or a decimal number of at most DECIMALS digits."""
    denominators = [number.denominator for number in numbers]
    return 1 if all(10**DECIMALS % denominator == 0 for denominator in denominators) else math.lcm(*denominators)


def _number(number: Fraction) -> str:
    """An exact decimal."""
    if number.denominator == 1:
        return str(number.numerator)
    text = f"{number.numerator * 10**DECIMALS // number.denominator:0{DECIMALS + 1}d}"
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.rjust(DECIMALS + 1, "0")
    return f"{sign}{digits[:-DECIMALS]}.{digits[-DECIMALS:]}".rstrip("0")
