"""`parity ledger settle`: bookings without an airing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, load_or_fail, refused
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import BY, LEDGER, ONE_AGREEMENT, agreements, folder_of, no_party, parties_of
from scheduler.cli.options import DAY, INSTANCE, LANG, Whole

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.rules import Parity


@click.command(
    epilog="""\b
Examples:
  parity ledger settle instances/toy --ledger out/ledger --agreement KZ-UZ --giver UZ --quantity 30 --period 2026-W50
  parity ledger settle instances/toy --ledger out/ledger --agreement KZ-UZ --kind closing --period 2026-W50"""
)
@INSTANCE
@LEDGER
@ONE_AGREEMENT
@click.option(
    "--kind",
    type=click.Choice(["opening", "settlement", "waiver", "adjustment", "expiry", "make_good", "closing"]),
    default="settlement",
    show_default=True,
    help="Kind of the booking.",
)
@click.option("--measure", default="minutes", show_default=True, help="The measure.")
@click.option("--giver", help="Party that counts as having given it; for an opening, the party that may still take it.")
@click.option("--quantity", default="0", help="Exact quantity: 30, 52.5 or 105/2.")
@click.option(
    "--period", default="", help="Period in which it counts, for example 2026-W50. Needed except with --accepts."
)
@click.option("--due", type=DAY, help="Last day of an obligation, such as 2026-12-31 or 31.12.2026.")
@click.option("--daypart", default="", help="Daypart of an obligation, such as prime; by default any hour.")
@click.option("--programme", default="", help="Programme of an obligation; by default any.")
@click.option(
    "--accepts",
    type=Whole(min=1),
    metavar="ENTRY",
    help="Accept the offered obligation of an entry, with --by.",
)
@click.option("--reason", default="", help="Reason, printed on the act.")
@BY
@LANG
def settle(
    instance: Path,
    folder: Path | None,
    agreement: str,
    kind: str,
    measure: str,
    giver: str | None,
    quantity: str,
    period: str,
    due: date | None,
    daypart: str,
    programme: str,
    accepts: int | None,
    reason: str,
    by: str,
    lang: str,
) -> int:
    """Book what is not an airing: an opening, a settlement, a waiver, an obligation, or the end of a period.

    An obligation (make_good) without --by is offered, with it accepted. Accepted ones are rows of the next plan.
    """
    from pydantic import ValidationError

    from scheduler.account.book import field_problem
    from scheduler.instance import InputError
    from scheduler.ledger import append, ledger_path, writing
    from scheduler.ledger.settled import accepted
    from scheduler.messages import msg

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    rule = agreements(loaded, agreement)[0]
    first, other = _giver_and_taker(rule, giver)
    unit = _unit_of(rule, measure)
    if accepts is not None and not by:
        raise CommandFailed(msg("--accepts needs --by, the person who accepts it"), INPUT)
    _refuse_unknown(loaded, None if accepts else period, measure, daypart, programme)
    line: dict[str, Any] = {"kind": kind, "agreement": rule.id, "giver": first, "taker": other, "quantity": quantity}
    line |= {"measure": "", "unit": ""} if kind == "closing" else {"measure": measure, "unit": unit}
    line |= {"period": period, "due": None if due is None else due.isoformat()}
    line |= {"daypart": daypart, "programme": programme}
    line |= {"reason": reason, "by": by}
    try:
        with writing(ledger_path(folder_of(loaded, folder), rule.id)) as book:
            done = append(book, [line] if accepts is None else accepted(book, accepts, by))
    except InputError as error:
        raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
    except ValidationError as error:
        raise CommandFailed(field_problem(error), INPUT) from None
    entry = done.bookings[-1].entry
    booked = msg("{agreement}: entry {entry} booked; head {head}", agreement=rule.id, entry=entry, head=done.head[:16])
    click.echo(renderer()(booked))
    return DONE


def _giver_and_taker(rule: Parity, giver: str | None) -> tuple[str, str]:
    """The party that counts as having given, by default the first, and the other one."""
    parties = parties_of(rule)
    first = giver or parties[0]
    if first not in parties:
        raise CommandFailed(no_party(rule, first), INPUT)
    return first, parties[1] if first == parties[0] else parties[0]


def _unit_of(rule: Parity, measure: str) -> str:
    """The unit of a measure that the account of an agreement is kept in."""
    from scheduler.ledger import ADDITIVE
    from scheduler.messages import msg
    from scheduler.rules.framework.measures import UNITS

    units = {one.name: UNITS[one.measure] for one in rule.measures if one.measure in ADDITIVE}
    if measure not in units:
        wrong = msg(
            "the account of {agreement} is kept in {measures}, not in '{measure}'",
            agreement=rule.id,
            measures=", ".join(units),
            measure=measure,
        )
        raise CommandFailed(wrong, INPUT)
    return units[measure]


def _refuse_unknown(instance: Instance, period: str | None, measure: str, daypart: str, programme: str) -> None:
    """End the command if the instance has no such period (None: none is needed), daypart or programme."""
    from scheduler.instance import PRIME
    from scheduler.instance.files.named import there_is_no
    from scheduler.messages import msg
    from scheduler.rules import is_period

    if period is not None and not is_period(instance, period):
        raise CommandFailed(msg("'{period}' is no period such as 2026-W50, 2026-12 or 2026-Q4", period=period), INPUT)
    if daypart and daypart not in instance.file.dayparts:
        raise CommandFailed(there_is_no("daypart", daypart, instance.file.dayparts), INPUT)
    if daypart not in ("", PRIME) and measure.startswith("prime_minutes"):
        raise CommandFailed(msg("prime_minutes counts prime time only; drop --daypart or take another measure"), INPUT)
    if programme and programme not in instance.programme_index:
        raise CommandFailed(there_is_no("programme", programme, instance.programme_index), INPUT)
