"""`parity ledger check`: whether the lines of a ledger are as they were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, INPUT, NO, CommandFailed, load_or_fail
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import AGREEMENT, LEDGER, agreements, folder_of
from scheduler.cli.options import INSTANCE, LANG

if TYPE_CHECKING:
    from pathlib import Path


@click.command(
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
    rules = agreements(loaded, agreement)
    if head is not None and len(rules) != 1:
        raise CommandFailed(msg("--head is of one ledger; name it with --agreement"), INPUT)
    broken = 0
    for rule in rules:
        try:
            book = read_book(ledger_path(folder_of(loaded, folder), rule.id))
            if head is not None and not any(line.hash.startswith(head) for line in book.bookings):
                lost = msg(
                    "{agreement}: no line has the hash {head}; lines were altered or the tail was cut",
                    agreement=rule.id,
                    head=head,
                )
                raise CommandFailed(lost, NO)
        except InputError as error:
            click.echo("\n".join(f"{rule.id}: {problem.rendered(renderer())}" for problem in error.problems), err=True)
            broken += 1
            continue
        whole = msg_n(
            "{agreement}: {count} line, unbroken; head {head}",
            "{agreement}: {count} lines, unbroken; head {head}",
            agreement=rule.id,
            count=len(book.bookings),
            head=book.head,
        )
        click.echo(renderer()(whole))
    return NO if broken else DONE
