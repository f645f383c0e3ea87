"""`parity brief`: one page for a minister, or one for a partner."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    load_or_fail,
    party_or_fail,
    refused,
    timetable_or_fail,
    write_or_print,
)
from scheduler.cli.language import VARIABLE
from scheduler.cli.options import DAY, FORCE, INSTANCE, PARTY, QUIET, TIMETABLE, Whole, keep_language


@click.command(
    epilog="""\b
Examples:
  parity brief instances/toy out/toy/timetable.csv --lang kk --out out/toy/minister.html
  parity brief instances/toy out/toy/timetable.csv --for UZ --on 2026-11-30 --out out/toy/uz.html"""
)
@INSTANCE
@TIMETABLE
@PARTY
@click.option(
    "--lang",
    default="kk",
    show_default=True,
    envvar=VARIABLE,
    show_envvar=True,
    is_eager=True,
    callback=keep_language,
    help="Language of the page: kk, ru or en.",
)
@click.option("--on", type=DAY, help="The present day. Default: today.")
@click.option("--days", type=Whole(1, 400), default=14, show_default=True, help="Days ahead whose tasks are listed.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write, or - for the terminal.")
@FORCE
@QUIET
def brief(
    instance: Path,
    timetable: Path,
    party: str | None,
    lang: str,
    on: date | None,
    days: int,
    out: Path | None,
    force: bool,
    quiet: bool,
) -> int:
    """Write one page (HTML, A4) on TIMETABLE of INSTANCE: for a minister, or with --for for a partner."""
    from scheduler.brief import IncompleteCatalogueError, brief_language, minister_page, page_html, partner_page
    from scheduler.instance import InputError
    from scheduler.report.tables import build_tables

    def content() -> str:
        loaded = load_or_fail(instance, quiet=quiet)
        whom, begin = party_or_fail(loaded, party), on or date.today()
        try:
            language = brief_language(lang)
            tables = build_tables(timetable_or_fail(loaded, timetable))
            page = (
                minister_page(tables, language, begin, days)
                if whom is None
                else partner_page(tables, language, whom, begin, days)
            )
        except IncompleteCatalogueError as error:
            raise CommandFailed(error.text, INPUT) from None
        except InputError as error:
            raise refused(error.problems, str(instance)) from None
        return page_html(page, language)

    write_or_print(out, content, binary=False, force=force)
    return DONE
