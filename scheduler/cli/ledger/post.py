"""`parity ledger post`: the airings of a timetable, booked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, load_or_fail, refused, timetable_or_fail
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import AGREEMENT, BY, LEDGER, agreements, folder_of
from scheduler.cli.options import INSTANCE, LANG, QUIET

if TYPE_CHECKING:
    from scheduler.account.booking import Kind


@click.command(
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
    kind: Kind,
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
    rules = agreements(loaded, agreement)
    settles = _settled(make_goods)
    if settles and len(rules) != 1:
        raise CommandFailed(msg("--make-good is of one ledger; name it with --agreement"), INPUT)
    for rule in rules:
        try:
            evidence = Evidence.of(timetable, by)
            done = book(read, rule, kind, folder_of(loaded, folder), evidence, settles)
        except InputError as error:
            raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
        if not quiet:
            message = msg_n(
                "{agreement}: {count} line booked, {reversed} reversed, {unchanged} there already; head {head}",
                "{agreement}: {count} lines booked, {reversed} reversed, {unchanged} there already; head {head}",
                agreement=rule.id,
                count=done.booked,
                reversed=done.reversed,
                unchanged=done.unchanged,
                head=done.book.head[:16],
            )
            click.echo(renderer()(message))
    return DONE


def _settled(texts: tuple[str, ...]) -> dict[str, int]:
    """The options --make-good AIRING_ID=ENTRY as {airing id: entry}."""
    from scheduler.messages import msg

    found = {}
    for one in texts:
        airing, _, entry = one.rpartition("=")
        if not airing or not entry.isdigit():
            raise CommandFailed(msg("--make-good {value}: write AIRING_ID=ENTRY", value=one), INPUT)
        found[airing] = int(entry)
    return found
