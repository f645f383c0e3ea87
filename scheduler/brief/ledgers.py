"""The block of balances by the ledgers: confirmed by both sides, not yet agreed, and after the plan."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.account import ledger_path, read_book
from scheduler.brief import sentences as say
from scheduler.brief.page import PageTable, formal_name
from scheduler.ledger import ratios_of, statement
from scheduler.messages import msg
from scheduler.rules import bilateral

if TYPE_CHECKING:
    from scheduler.account import Balance
    from scheduler.messages import Value
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables
    from scheduler.rules import Parity


def ledger_block(tables: Tables, language: Language, party: str | None = None) -> PageTable:
    """Per agreement with a ledger, and measure: the confirmed balance, open claims, and the balance after the plan.

    After the plan: c' − Σ (G − r·R) over the plan's periods that have no confirmed line, where c' is the confirmed
    balance; below 0 the first party owes.
    """
    rows: list[list[Value]] = []
    for rule in bilateral(tables.instance):
        if party is not None and party not in rule.parties:
            continue
        path = ledger_path(tables.instance.folder / tables.instance.file.ledger, rule.id)
        if not path.is_file():
            continue
        last: dict[str, Balance] = {one.measure: one for one in statement(rule, read_book(path)).balances}
        confirmed = _confirmed_periods(rule, tables)
        for measure, balance in last.items():
            planned = _planned(tables, rule, measure, confirmed.get(measure, set()))
            after = None if planned is None else balance.carry - planned
            rows.append(
                [
                    *_owed(tables, language, rule, balance.carry),
                    language.measure(measure),
                    language.period(balance.period),
                    language.number(float(balance.claimed + balance.disputed)),
                    "–" if after is None else _words(tables, language, rule, after),
                ]
            )
    head = (say.DEBTOR, say.CREDITOR, say.CONFIRMED, say.MEASURE, say.AFTER, say.NOT_AGREED, say.WITH_PLAN)
    return PageTable(say.LEDGERS, head, rows, say.NO_LEDGER)


def _owed(tables: Tables, language: Language, rule: Parity, carry: Fraction) -> list[Value]:
    """Debtor, creditor and amount of a balance of the first party."""
    sides: list[Value] = [formal_name(tables.instance, party, language) for party in rule.parties]
    if not carry:
        return ["–", "–", language.number(0)]
    return [*(sides if carry < 0 else sides[::-1]), language.number(float(abs(carry)))]


def _words(tables: Tables, language: Language, rule: Parity, carry: Fraction) -> Value:
    """A balance in a cell: the debtor and the amount."""
    if not carry:
        return language.number(0)
    debtor, _, amount = _owed(tables, language, rule, carry)
    return msg("{debtor}: {amount}", debtor=debtor, amount=amount)


def _confirmed_periods(rule: Parity, tables: Tables) -> dict[str, set[str]]:
    """The periods of each measure that have a confirmed line."""
    book = read_book(ledger_path(tables.instance.folder / tables.instance.file.ledger, rule.id))
    found: dict[str, set[str]] = {}
    for line in book.bookings:
        if line.kind == "confirmed":
            found.setdefault(line.measure, set()).add(line.period)
    return found


def _planned(tables: Tables, rule: Parity, measure: str, confirmed: set[str]) -> Fraction | None:
    """G − r·R of the plan in the periods without a confirmed line. None if the agreement does not measure it so."""
    kinds = [one.period for one in rule.measures if one.name == measure and one.period != "cumulative"]
    if len(kinds) != 1:
        return None
    frame = tables.parity
    mine = frame[(frame["agreement"] == rule.id) & (frame["measure"] == measure) & ~frame["period"].isin(confirmed)]
    ratio = ratios_of(rule).get(measure, Fraction(1))
    given, received = (sum(map(Fraction, mine[name].tolist()), Fraction(0)) for name in ("given", "received"))
    return given - ratio * received
