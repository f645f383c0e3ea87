"""`parity ledger match`: two ledgers compared, and the reconciliation act."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import DONE, INPUT, NO, CommandFailed, load_or_fail, refused, write_or_print, wrote
from scheduler.cli.language import renderer
from scheduler.cli.ledger.accounts import ONE_AGREEMENT, agreements, no_party, parties_of
from scheduler.cli.options import FORCE, INSTANCE, prints


@click.command(
    epilog="""\b
Examples:
  parity ledger match instances/toy out/ledger/KZ-UZ.csv out/ledger/KZ-UZ.csv --agreement KZ-UZ --out out/act.html
  parity ledger match instances/toy out/ledger/KZ-UZ.csv theirs.csv --agreement KZ-UZ --lang kk,ru --out out/act.html"""
)
@INSTANCE
@click.argument("ours", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("theirs", type=click.Path(path_type=Path, dir_okay=False))
@ONE_AGREEMENT
@click.option("--side", help="Party whose ledger is OURS. Default: the first.")
@click.option("--lang", default="kk,ru", show_default=True, help="Languages of the page, in order.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The page to write, or -.")
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

    rule = agreements(load_or_fail(instance, quiet=True, ledgers=False), agreement)[0]
    if side is not None and side not in rule.parties:
        raise CommandFailed(no_party(rule, side), INPUT)
    for path in (ours, theirs):
        if not path.is_file():
            raise CommandFailed(msg("{path}: there is no such file", path=str(path)), INPUT)
    try:
        act = compare(read_book(ours), read_book(theirs), parties_of(rule), ratios_of(rule), side)
        text = act_html(act, [name.strip() for name in lang.split(",") if name.strip()])
    except InputError as error:
        raise refused(error.problems, msg("the ledgers")) from None
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
    write_or_print(out, lambda: text, binary=False, force=force)
    count = len(act.open_points)
    compared = msg_n(
        "{agreement}: {count} line compared, {open} do not agree; {wrote}",
        "{agreement}: {count} lines compared, {open} do not agree; {wrote}",
        agreement=rule.id,
        count=len(act.lines),
        open=count,
        wrote=wrote([out]),
    )
    if not prints(out):
        click.echo(renderer()(compared))
    return NO if count else DONE
