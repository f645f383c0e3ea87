"""`parity ledger show`: who owes whom, since when, and the open obligations."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import DONE, load_or_fail, party_or_fail
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import AGREEMENT, LEDGER, agreements, book_of, folder_of
from scheduler.cli.options import INSTANCE, JSON, LANG, PARTY, Whole

if TYPE_CHECKING:
    from fractions import Fraction
    from pathlib import Path

    from scheduler.ledger import Balance, Booking, Debt, LimitWarning, Statement
    from scheduler.messages import Message


@click.command(
    epilog="""\b
Examples:
  parity ledger show instances/toy --ledger out/ledger
  parity ledger show instances/toy --ledger out/ledger --json
  parity ledger show instances/toy --ledger out/ledger --for UZ"""
)
@INSTANCE
@LEDGER
@AGREEMENT
@click.option(
    "--limit", type=Whole(min=1), help="Warn if more than half of this is owed, in place of each `debt_limit`."
)
@PARTY
@LANG
@JSON
def show(
    instance: Path,
    folder: Path | None,
    agreement: str | None,
    limit: int | None,
    party: str | None,
    lang: str,
    as_json: bool,
) -> int:
    """Show the balance of every measure over time: who owes whom, since when, and the open obligations."""
    from scheduler.ledger import statement

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    party_or_fail(loaded, party)
    documents = [
        statement(rule, book_of(folder_of(loaded, folder), rule), limit)
        for rule in agreements(loaded, agreement)
        if party in (None, *rule.parties)
    ]
    if as_json:
        click.echo(json.dumps([_plain(one) for one in documents], indent=2, ensure_ascii=False, default=str))
        return DONE
    for document in documents:
        click.echo("\n".join(map(renderer(), _shown(document))))
    return DONE


def _plain(document: Statement) -> dict[str, Any]:
    """A statement for JSON: quantities as exact text."""
    return {
        "agreement": document.agreement,
        "head": document.head,
        "balances": [asdict(one) for one in document.balances],
        "debts": [asdict(one) for one in document.debts],
        "warnings": [asdict(one) for one in document.warnings],
        "open_obligations": [
            {"entry": line.entry, "missing": missing, "due": line.due} for line, missing in document.open
        ],
    }


def _shown(document: Statement) -> list[Message]:
    """A statement, line by line."""
    from scheduler.messages import msg

    lines = [
        *map(_balance, document.balances),
        *map(_debt, document.debts),
        *map(_warning, document.warnings),
        *(_obligation(line, missing) for line, missing in document.open),
    ]
    head = msg("{agreement}  (head {head})", agreement=document.agreement, head=document.head[:16])
    return [head, *(lines or [msg("  nothing is booked")])]


def _balance(one: Balance) -> Message:
    from scheduler.ledger.act import exact
    from scheduler.messages import Term, msg

    made_good = msg(" {quantity} made good;", quantity=exact(one.made_good)) if one.made_good else ""
    return msg(
        "  {period}  {measure}: {given} given, {received} received (planned {planned_given} /"
        " {planned_received});{made_good} may still take {carry} {unit}",
        period=one.period,
        measure=Term("measure", one.measure),
        given=exact(one.given),
        received=exact(one.received),
        planned_given=exact(one.planned_given),
        planned_received=exact(one.planned_received),
        made_good=made_good,
        carry=exact(one.carry),
        unit=Term("unit", one.unit),
    )


def _debt(debt: Debt) -> Message:
    from scheduler.ledger.act import exact
    from scheduler.messages import Term, msg

    of = msg("{measure}, {period}", measure=Term("measure", debt.measure), period=debt.period)
    if debt.since is not None:
        of = msg("{measure}, since {since}", measure=of, since=str(debt.since))
    return msg(
        "  {debtor} owes {creditor} {quantity} ({measure})",
        debtor=debt.debtor,
        creditor=debt.creditor,
        quantity=exact(debt.quantity),
        measure=of,
    )


def _warning(one: LimitWarning) -> Message:
    from scheduler.ledger.act import exact
    from scheduler.messages import Term, Value, msg

    fields: dict[str, Value] = {
        "debtor": one.debtor,
        "quantity": exact(one.quantity),
        "measure": Term("measure", one.measure),
        "limit": str(one.limit),
    }
    if one.level == "over":
        return msg("  WARNING: {debtor} owes {quantity} {measure}, more than the limit of {limit}", **fields)
    return msg("  WARNING: {debtor} owes {quantity} {measure}, more than half of the limit of {limit}", **fields)


def _obligation(line: Booking, missing: Fraction) -> Message:
    from scheduler.instance import PRIME
    from scheduler.ledger.act import exact
    from scheduler.messages import Listed, Term, Value, msg

    what: list[Value] = [exact(missing), Term("unit", line.unit)]
    if line.daypart:
        what.append(msg("prime time") if line.daypart == PRIME else msg("in {daypart}", daypart=line.daypart))
    if line.programme:
        what.append(line.programme)
    return msg(
        "  obligation {entry}: {giver} is to get {what} by {due} ({state})",
        entry=line.entry,
        giver=line.giver,
        what=Listed(tuple(what), " "),
        due=str(line.due),
        state=msg("accepted by {person}", person=line.by) if line.by else msg("offered"),
    )
