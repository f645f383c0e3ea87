"""`parity ledger export`: a ledger as a plain-text accounting journal."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import DONE, load_or_fail, write_or_print, wrote
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import LEDGER, ONE_AGREEMENT, agreements, book_of, folder_of, parties_of
from scheduler.cli.options import FORCE, INSTANCE, LANG, prints


@click.command(
    epilog="""\b
Examples:
  parity ledger export instances/toy --ledger out/ledger --agreement KZ-UZ --dialect beancount --out out/kz-uz.beancount
  parity ledger export instances/toy --ledger out/ledger --agreement KZ-UZ --dialect hledger --out out/kz-uz.journal"""
)
@INSTANCE
@LEDGER
@ONE_AGREEMENT
@click.option(
    "--dialect",
    type=click.Choice(["beancount", "hledger"]),
    required=True,
    help="The dialect hledger is also read by ledger.",
)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The journal to write, or -."
)
@LANG
@FORCE
def export(
    instance: Path, folder: Path | None, agreement: str, dialect: str, out: Path, lang: str, force: bool
) -> int:  # fmt: skip
    """Write a ledger as a plain-text accounting journal."""
    from scheduler.ledger import journal, ratios_of
    from scheduler.messages import msg

    loaded = load_or_fail(instance, quiet=True, ledgers=False)
    rule = agreements(loaded, agreement)[0]
    book = book_of(folder_of(loaded, folder), rule)
    text = journal(book.bookings, parties_of(rule), ratios_of(rule), dialect)
    write_or_print(out, lambda: text, binary=False, force=force)
    if not prints(out):
        click.echo(renderer()(msg("{wrote}; head {head}", wrote=wrote([out]), head=book.head[:16])))
    return DONE
