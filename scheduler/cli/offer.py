"""`parity offer` and `parity answer`: offers to a partner, and its answers."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    in_use,
    load_or_fail,
    party_or_fail,
    refused,
    timetable_or_fail,
    write_into,
    wrote,
)
from scheduler.cli.language import renderer
from scheduler.cli.options import DAY, FORCE, INSTANCE, LANG, QUIET, TIMETABLE, OutFolder

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.publication.words import Word


@click.command(
    epilog="""\b
Examples:
  parity offer instances/toy out/toy/timetable.csv --to UZ --out out/offer
  parity offer instances/toy out/toy/timetable.csv --to UZ --lang ru --out out/offer --force"""
)
@INSTANCE
@TIMETABLE
@click.option("--to", "party", metavar="PARTY", required=True, help="Party that gets the offer.")
@click.option("--out", type=OutFolder(), required=True, help="Folder for both files.")
@click.option("--on", type=DAY, help="Day of the offer. Default: today.")
@LANG
@FORCE
@QUIET
def offer(
    instance: Path, timetable: Path, party: str, out: Path, on: date | None, lang: str, force: bool, quiet: bool
) -> int:
    """Write an offer to a party: what TIMETABLE plans with it, as a workbook to fill in and as a page, in both clocks.

    It contains only airings that serve agreements of this party. INSTANCE/publications records airings on its channels
    as proposed and those on the other side's channels as accepted. Airings that a
    replan has withdrawn (in its proposed.csv) are shown as withdrawn. `parity answer` reads the returned workbook.
    """
    from scheduler.export.file_names import file_names
    from scheduler.export.party import for_party
    from scheduler.messages import msg_n
    from scheduler.publication import offer_page, offer_rows, offer_workbook, proposed
    from scheduler.publication.offer import KEY
    from scheduler.publication.withdrawn import withdrawn_rows
    from scheduler.publication.words import taken_back
    from scheduler.report.language import Language

    loaded = load_or_fail(instance, quiet=quiet)
    party_or_fail(loaded, party)
    planned, language = timetable_or_fail(loaded, timetable), Language(lang)
    withdrawn = withdrawn_rows(timetable)
    rows = offer_rows(planned, party, withdrawn)
    name = file_names([party])[party]
    files: dict[str, str | bytes] = {
        f"offer-{name}.xlsx": offer_workbook(loaded, rows, party, language),
        f"offer-{name}.html": offer_page(rows, party, language),
    }
    write_into(out, files, force=force)
    day, back = on or date.today(), for_party(loaded, withdrawn, party).to_dict("records")
    words = taken_back([{str(name): cell for name, cell in row.items()} for row in back], party, day)
    _record(loaded, [*words, *proposed(loaded, planned, party, [row[KEY] for row in rows], day)])
    if not quiet:
        airings = msg_n("{count} airing", "{count} airings", count=len(rows))
        click.echo(f"{wrote(out / file for file in files)}: {renderer()(airings)}")
    return DONE


def _record(instance: Instance, words: list[Word]) -> None:
    """Add lines to the record of offers and answers of an instance."""
    from scheduler.publication import add_words
    from scheduler.whole_file import FolderInUseError

    try:
        add_words(instance, words)
    except FolderInUseError:
        raise in_use(instance.folder) from None


@click.command(
    epilog="""\b
Examples:
  parity answer instances/toy out/toy/timetable.csv out/offer/offer-UZ.xlsx --from UZ --out out/answer
  parity answer instances/toy out/toy/timetable.csv out/offer/offer-UZ.xlsx --from UZ --out out/ru --lang ru"""
)
@INSTANCE
@TIMETABLE
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--from", "party", metavar="PARTY", required=True, help="The party that answers.")
@click.option("--out", type=OutFolder(), required=True, help="Folder for both files.")
@click.option("--on", type=DAY, help="Day of the answer. Default: today.")
@LANG
@FORCE
@QUIET
def answer(
    instance: Path,
    timetable: Path,
    file: Path,
    party: str,
    out: Path,
    on: date | None,
    lang: str,
    force: bool,
    quiet: bool,
) -> int:
    """Read FILE, a filled-in offer (workbook or CSV), and write locks.csv and rules for refused airings.

    Accepted airings and other starts become locks for INSTANCE/locks.csv. Refused ones become rules in bans.yaml, which
    is applied to INSTANCE with --variant. The answer to each airing is recorded in INSTANCE/publications.
    """
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.publication import answered, bans_yaml, locks_csv, read_answers

    loaded = load_or_fail(instance, quiet=quiet)
    party_or_fail(loaded, party)
    try:
        answers = read_answers(timetable_or_fail(loaded, timetable), party, file)
    except InputError as error:
        raise refused(error.problems, str(file)) from None
    files = {"locks.csv": locks_csv(answers), "bans.yaml": bans_yaml(answers)}
    write_into(out, files, force=force)
    _record(loaded, answered(answers.said, party, on or date.today()))
    if not quiet:
        counted = msg(
            "{accepted} accepted, {moved} at another time, {refused} refused, {open} open",
            accepted=answers.accepted,
            moved=answers.moved,
            refused=answers.refused,
            open=answers.open,
        )
        click.echo(f"{renderer()(counted)}; {wrote(out / name for name in files)}")
    return DONE
