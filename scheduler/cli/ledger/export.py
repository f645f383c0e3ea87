"""`parity ledger export`: a ledger as a plain-text accounting journal."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import DONE, load_or_fail, refuse_to_overwrite, wrote
from scheduler.cli.language import spoken
from scheduler.cli.ledger.accounts import LEDGER, ONE_AGREEMENT, agreements, book_of, folder_of, parties_of
from scheduler.cli.options import FORCE, INSTANCE, LANG


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
    rule = agreements(loaded, agreement)[0]
    book = book_of(folder_of(loaded, folder), rule)
    refuse_to_overwrite([out], force=force)
    write_whole(out, journal(book.bookings, parties_of(rule), ratios_of(rule), dialect))
    click.echo(spoken()(msg("{wrote}; head {head}", wrote=wrote([out]), head=book.head[:16])))
    return DONE
