"""`parity ledger`: the account of an agreement: post, show, check, settle, match, export."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    NO,
    CommandFailed,
    load_or_fail,
    refuse_to_overwrite,
    refused,
    spoken,
    timetable_or_fail,
    wrote,
)
from scheduler.cli.options import FORCE, INSTANCE, JSON, LANG, QUIET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.instance import Instance
    from scheduler.ledger import Book
    from scheduler.messages import Message
    from scheduler.rules import Parity

LEDGER = click.option(
    "--ledger",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="that of the instance, INSTANCE/ledger",
    help="Folder of the ledgers.",
)
AGREEMENT = click.option("--agreement", help="Only this agreement. Default: all agreements between two parties.")
BY = click.option("--by", default="", help="Person who confirms or decides it; written into the ledger.")


@click.group()
def ledger() -> None:
    """Keep the account of each agreement: what was aired, confirmed, owed and settled.

    \b
    Examples:
      parity ledger post instances/toy out/toy/timetable.csv --as confirmed --ledger out/ledger
      parity ledger show instances/toy --ledger out/ledger
    """  # noqa: D301


@ledger.command(
    epilog="""\b
Examples:
  parity ledger post instances/toy out/toy/timetable.csv --as planned --ledger out/ledger
  parity ledger post instances/toy out/toy/timetable.csv --as confirmed --by "both sides" --ledger out/ledger"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--as",
    "kind",
    type=click.Choice(["planned", "claimed", "confirmed", "disputed"]),
    default="planned",
    show_default=True,
    help="State of the airings. Only confirmed ones change the balance.",
)
@click.option(
    "--make-good",
    "make_goods",
    multiple=True,
    metavar="AIRING_ID=ENTRY",
    help="An airing that settles the obligation of an entry. Later postings remember it. May be repeated.",
)
@LEDGER
@AGREEMENT
@BY
@LANG
@QUIET
def post(
    instance: Path,
    timetable: Path,
    kind: str,
    make_goods: tuple[str, ...],
    folder: Path | None,
    agreement: str | None,
    by: str,
    lang: str,
    quiet: bool,
) -> int:
    """Book every airing of a timetable. Earlier bookings are kept or corrected, never booked twice."""
    from scheduler.instance import InputError
    from scheduler.ledger import Evidence
    from scheduler.ledger import post as book
    from scheduler.messages import msg, msg_n

    loaded = load_or_fail(instance, quiet=quiet, ledgers=False)
    read = timetable_or_fail(loaded, timetable)
    rules = _agreements(loaded, agreement)
    settles = _settled(make_goods)
    if settles and len(rules) != 1:
        raise CommandFailed(msg("--make-good is of one ledger; name it with --agreement"), INPUT)
    for rule in rules:
        try:
            evidence = Evidence.of(timetable, by)
            done = book(read, rule, kind, _folder(loaded, folder), evidence, settles)  # type: ignore[arg-type]
        except InputError as error:
            raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
        if not quiet:
            said = msg_n(
                "{agreement}: {count} line booked, {reversed} reversed, {unchanged} there already; head {head}",
                "{agreement}: {count} lines booked, {reversed} reversed, {unchanged} there already; head {head}",
                agreement=rule.id,
                count=done.booked,
                reversed=done.reversed,
                unchanged=done.unchanged,
                head=done.book.head[:16],
            )
            click.echo(spoken()(said))
    return DONE


@ledger.command(
    epilog="""\b
Examples:
  parity ledger show instances/toy --ledger out/ledger
  parity ledger show instances/toy --ledger out/ledger --json"""
)
@INSTANCE
@LEDGER
@AGREEMENT
@click.option(
    "--limit", type=click.IntRange(min=1), help="Warn if more than half of this is owed, in place of each `debt_limit`."
)
@LANG
@JSON
def show(
    instance: Path, folder: Path | None, agreement: str | None, limit: int | None, lang: str, as_json: bool
) -> int:  # fmt: skip
    """Show the balance of every measure over time: who owes whom, since when, and the open obligations."""
    from scheduler.ledger import balances, debts, limits_of, open_obligations, ratios_of, warnings

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    documents = []
    for rule in _agreements(loaded, agreement):
        book = _read(_folder(loaded, folder), rule)
        ratios, parties = ratios_of(rule), _parties(rule)
        found, owed = balances(book.bookings, parties, ratios), debts(book.bookings, parties, ratios)
        missing = open_obligations(book.bookings)
        limits = limits_of(rule) if limit is None else dict.fromkeys((debt.measure for debt in owed), limit)
        documents.append(
            {
                "agreement": rule.id,
                "head": book.head,
                "balances": found,
                "debts": owed,
                "warnings": warnings(owed, limits),
                "open": missing,
            }
        )
    if as_json:
        click.echo(json.dumps([_plain(one) for one in documents], indent=2, ensure_ascii=False, default=str))
        return DONE
    for document in documents:
        click.echo("\n".join(map(spoken(), _shown(document))))
    return DONE


@ledger.command(
    epilog="""\b
Examples:
  parity ledger check instances/toy --ledger out/ledger
  parity ledger check instances/toy --ledger out/ledger --agreement KZ-UZ --head 0000"""
)
@INSTANCE
@LEDGER
@AGREEMENT
@click.option("--head", help="Hash that was printed earlier. Its line must still exist.")
@LANG
def check(instance: Path, folder: Path | None, agreement: str | None, head: str | None, lang: str) -> int:
    """Check that no line of a ledger was changed or removed. Exit code 1 if one was."""
    from scheduler.instance import InputError
    from scheduler.ledger import ledger_path, read_book
    from scheduler.messages import msg, msg_n

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    rules = _agreements(loaded, agreement)
    if head is not None and len(rules) != 1:
        raise CommandFailed(msg("--head is of one ledger; name it with --agreement"), INPUT)
    broken = 0
    for rule in rules:
        try:
            book = read_book(ledger_path(_folder(loaded, folder), rule.id))
            if head is not None and not any(line.hash.startswith(head) for line in book.bookings):
                lost = msg(
                    "{agreement}: no line has the hash {head}; lines were altered or the tail was cut",
                    agreement=rule.id,
                    head=head,
                )
                raise CommandFailed(lost, NO)
        except InputError as error:
            click.echo("\n".join(f"{rule.id}: {problem.rendered(spoken())}" for problem in error.problems), err=True)
            broken += 1
            continue
        whole = msg_n(
            "{agreement}: {count} line, unbroken; head {head}",
            "{agreement}: {count} lines, unbroken; head {head}",
            agreement=rule.id,
            count=len(book.bookings),
            head=book.head,
        )
        click.echo(spoken()(whole))
    return NO if broken else DONE


@ledger.command(
    epilog="""\b
Examples:
  parity ledger settle instances/toy --ledger out/ledger --agreement KZ-UZ --giver UZ --quantity 30 --period 2026-W50
  parity ledger settle instances/toy --ledger out/ledger --agreement KZ-UZ --kind closing --period 2026-W50"""
)
@INSTANCE
@LEDGER
@click.option("--agreement", required=True, help="The agreement.")
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
@click.option("--due", help="Last day of an obligation, such as 2026-12-31.")
@click.option("--daypart", default="", help="Daypart of an obligation: prime, or none.")
@click.option("--programme", default="", help="Programme of an obligation; by default any.")
@click.option(
    "--accepts",
    type=click.IntRange(min=1),
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
    due: str | None,
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
    from scheduler.instance.files.named import there_is_no
    from scheduler.ledger import ADDITIVE, append, ledger_path, writing
    from scheduler.ledger.settled import accepted
    from scheduler.messages import msg
    from scheduler.rules import is_period
    from scheduler.rules.framework.measures import UNITS

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    rule = _agreements(loaded, agreement)[0]
    parties = _parties(rule)
    first = giver or parties[0]
    if first not in parties:
        raise CommandFailed(_no_party(rule, first), INPUT)
    units = {one.name: UNITS[one.measure] for one in rule.measures if one.measure in ADDITIVE}
    if measure not in units:
        wrong = msg(
            "the account of {agreement} is kept in {measures}, not in '{measure}'",
            agreement=rule.id,
            measures=", ".join(units),
            measure=measure,
        )
        raise CommandFailed(wrong, INPUT)
    if accepts is not None and not by:
        raise CommandFailed(msg("--accepts needs --by, the person who accepts it"), INPUT)
    if accepts is None and not is_period(loaded, period):
        raise CommandFailed(msg("'{period}' is no period such as 2026-W50, 2026-12 or 2026-Q4", period=period), INPUT)
    if daypart and (daypart, measure) != ("prime", "minutes"):
        wrong = msg("--daypart is prime, of an obligation in minutes: other dayparts are no rows of a plan")
        raise CommandFailed(wrong, INPUT)
    if programme and programme not in loaded.programme_index:
        raise CommandFailed(there_is_no("programme", programme, loaded.programme_index), INPUT)
    other = parties[1] if first == parties[0] else parties[0]
    moves = kind != "closing"
    line = {"kind": kind, "agreement": rule.id, "giver": first, "taker": other, "measure": measure if moves else ""}
    line |= {"unit": units[measure] if moves else "", "quantity": quantity, "period": period}
    line |= {"due": due or None, "daypart": daypart, "programme": programme, "reason": reason, "by": by}  # type: ignore[dict-item]
    try:
        with writing(ledger_path(_folder(loaded, folder), rule.id)) as book:
            done = append(book, [line] if accepts is None else accepted(book, accepts, by))
    except InputError as error:
        raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
    except ValidationError as error:
        raise CommandFailed(field_problem(error), INPUT) from None
    booked = msg(
        "{agreement}: entry {entry} booked; head {head}",
        agreement=rule.id,
        entry=done.bookings[-1].entry,
        head=done.head[:16],
    )
    click.echo(spoken()(booked))
    return DONE


@ledger.command(
    epilog="""\b
Examples:
  parity ledger match instances/toy out/ledger/KZ-UZ.csv out/ledger/KZ-UZ.csv --agreement KZ-UZ --out out/act.html
  parity ledger match instances/toy out/ledger/KZ-UZ.csv theirs.csv --agreement KZ-UZ --lang kk,ru --out out/act.html"""
)
@INSTANCE
@click.argument("ours", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("theirs", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--agreement", required=True, help="The agreement.")
@click.option("--side", help="Party whose ledger is OURS. Default: the first.")
@click.option("--lang", default="kk,ru", show_default=True, help="Languages of the page, in order.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The page to write.")
@FORCE
def match(
    instance: Path, ours: Path, theirs: Path, agreement: str, side: str | None, lang: str, out: Path, force: bool
) -> int:
    """Compare two ledgers and write the reconciliation act to sign. Exit code 1 if lines do not agree."""
    from scheduler.instance import InputError
    from scheduler.ledger import match as compare
    from scheduler.ledger import ratios_of, read_book
    from scheduler.ledger.act import act_html
    from scheduler.messages import RefusedError, msg, msg_n
    from scheduler.whole_file import write_whole

    rule = _agreements(load_or_fail(instance, quiet=True, ledgers=False), agreement)[0]
    if side is not None and side not in rule.parties:
        raise CommandFailed(_no_party(rule, side), INPUT)
    for path in (ours, theirs):
        if not path.is_file():
            raise CommandFailed(msg("{path}: there is no such file", path=str(path)), INPUT)
    try:
        act = compare(read_book(ours), read_book(theirs), _parties(rule), ratios_of(rule), side)
        text = act_html(act, [name.strip() for name in lang.split(",") if name.strip()])
    except InputError as error:
        raise refused(error.problems, msg("the ledgers")) from None
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
    refuse_to_overwrite([out], force=force)
    write_whole(out, text)
    count = len(act.open_points)
    compared = msg_n(
        "{agreement}: {count} line compared, {open} do not agree; {wrote}",
        "{agreement}: {count} lines compared, {open} do not agree; {wrote}",
        agreement=rule.id,
        count=len(act.lines),
        open=count,
        wrote=wrote([out]),
    )
    click.echo(spoken()(compared))
    return NO if count else DONE


@ledger.command(
    epilog="""\b
Examples:
  parity ledger export instances/toy --ledger out/ledger --agreement KZ-UZ --dialect beancount --out out/kz-uz.beancount
  parity ledger export instances/toy --ledger out/ledger --agreement KZ-UZ --dialect hledger --out out/kz-uz.journal"""
)
@INSTANCE
@LEDGER
@click.option("--agreement", required=True, help="The agreement.")
@click.option(
    "--dialect",
    type=click.Choice(["beancount", "hledger"]),
    required=True,
    help="The dialect hledger is also read by ledger.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The journal to write.")
@LANG
@FORCE
def export(
    instance: Path, folder: Path | None, agreement: str, dialect: str, out: Path, lang: str, force: bool
) -> int:  # fmt: skip
    """Write a ledger as a plain-text accounting journal."""
    from scheduler.ledger import journal, ratios_of
    from scheduler.messages import msg
    from scheduler.whole_file import write_whole

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    rule = _agreements(loaded, agreement)[0]
    book = _read(_folder(loaded, folder), rule)
    refuse_to_overwrite([out], force=force)
    write_whole(out, journal(book.bookings, _parties(rule), ratios_of(rule), dialect))
    click.echo(spoken()(msg("{wrote}; head {head}", wrote=wrote([out]), head=book.head[:16])))
    return DONE


def _agreements(instance: Instance, named: str | None) -> list[Parity]:
    from scheduler.instance import did_you_mean
    from scheduler.messages import msg
    from scheduler.rules import bilateral

    found = bilateral(instance)
    if named is None:
        return found
    mine = [rule for rule in found if rule.id == named]
    if not mine:
        hint = did_you_mean(named, [rule.id for rule in found])
        raise CommandFailed(
            msg("there is no agreement '{name}' between two parties{hint}", name=named, hint=hint), INPUT
        )
    return mine


def _folder(instance: Instance, named: Path | None) -> Path:
    """The folder of the ledgers: the named one, else that of the instance."""
    return instance.folder / instance.file.ledger if named is None else named


def _settled(said: tuple[str, ...]) -> dict[str, int]:
    """Entry by airing of --make-good AIRING_ID=ENTRY."""
    from scheduler.messages import msg

    found = {}
    for one in said:
        airing, _, entry = one.rpartition("=")
        if not airing or not entry.isdigit():
            raise CommandFailed(msg("--make-good {said}: write AIRING_ID=ENTRY", said=one), INPUT)
        found[airing] = int(entry)
    return found


def _no_party(rule: Parity, name: str) -> Message:
    from scheduler.messages import msg

    return msg(
        "'{name}' is no party of {agreement}; its parties are {parties}",
        name=name,
        agreement=rule.id,
        parties=", ".join(rule.parties),
    )


def _parties(rule: Parity) -> tuple[str, str]:
    first, second = rule.parties
    return first, second


def _plain(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document for JSON: quantities as exact text."""
    return {
        "agreement": document["agreement"],
        "head": document["head"],
        "balances": [asdict(one) for one in document["balances"]],
        "debts": [asdict(one) for one in document["debts"]],
        "warnings": [asdict(one) for one in document["warnings"]],
        "open_obligations": [
            {"entry": line.entry, "missing": missing, "due": line.due} for line, missing in document["open"]
        ],
    }


def _shown(document: Mapping[str, Any]) -> list[Message]:
    """The account of one agreement, line by line."""
    from scheduler.ledger.act import exact
    from scheduler.messages import Listed, Term, msg

    head = msg("{agreement}  (head {head})", agreement=document["agreement"], head=document["head"][:16])
    lines = []
    for one in document["balances"]:
        made_good = msg(" {quantity} made good;", quantity=exact(one.made_good)) if one.made_good else ""
        lines.append(
            msg(
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
        )
    for debt in document["debts"]:
        of = msg("{measure}, {period}", measure=Term("measure", debt.measure), period=debt.period)
        if debt.since is not None:
            of = msg("{measure}, since {since}", measure=of, since=str(debt.since))
        lines.append(
            msg(
                "  {debtor} owes {creditor} {quantity} ({measure})",
                debtor=debt.debtor,
                creditor=debt.creditor,
                quantity=exact(debt.quantity),
                measure=of,
            )
        )
    for one in document["warnings"]:
        fields = {
            "debtor": one.debtor,
            "quantity": exact(one.quantity),
            "measure": Term("measure", one.measure),
            "limit": str(one.limit),
        }
        over = msg("  WARNING: {debtor} owes {quantity} {measure}, more than the limit of {limit}", **fields)
        half = msg("  WARNING: {debtor} owes {quantity} {measure}, more than half of the limit of {limit}", **fields)
        lines.append(over if one.level == "over" else half)
    prime = {"prime": msg("prime time"), "": ""}
    lines += [
        msg(
            "  obligation {entry}: {giver} is to get {what} by {due} ({state})",
            entry=line.entry,
            giver=line.giver,
            what=Listed(
                (exact(missing), Term("unit", line.unit), *filter(None, (prime[line.daypart], line.programme))), " "
            ),
            due=str(line.due),
            state=msg("accepted by {person}", person=line.by) if line.by else msg("offered"),
        )
        for line, missing in document["open"]
    ]
    return [head, *(lines or [msg("  nothing is booked")])]


def _read(folder: Path, rule: Parity) -> Book:
    from scheduler.instance import InputError
    from scheduler.ledger import ledger_path, read_book
    from scheduler.messages import msg

    try:
        return read_book(ledger_path(folder, rule.id))
    except InputError as error:
        raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
