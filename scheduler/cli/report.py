"""`parity report`: parity, compliance, audience, remaining runs and programmes that were not placed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, INPUT, CommandFailed, load_or_fail, refused, timetable_or_fail, write_or_print
from scheduler.cli.options import FORCE, INSTANCE, LANG, QUIET, TIMETABLE

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.report.tables import Tables

AGAINST = click.option(
    "--against", type=click.Path(path_type=Path, dir_okay=False), help="An earlier timetable.csv; xlsx lists changes."
)


@click.command(
    epilog="""\b
Examples:
  parity report instances/toy out/toy/timetable.csv
  parity report instances/toy out/toy/timetable.csv --format html --lang kk --out out/toy/report.html --force"""
)
@INSTANCE
@TIMETABLE
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "md", "html", "xlsx"]),
    default="text",
    show_default=True,
    help="text for a terminal, md for mail and chat, html for one self-contained page, xlsx for a workbook.",
)
@LANG
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write, or - for the terminal.")
@AGAINST
@FORCE
@QUIET
def report(
    instance: Path,
    timetable: Path,
    form: str,
    lang: str,
    out: Path | None,
    against: Path | None,
    force: bool,
    quiet: bool,
) -> int:
    """Report on TIMETABLE of INSTANCE. Also uses result.json in the same folder if it belongs to the timetable."""
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.report.tables import build_tables

    if against is not None and form != "xlsx":
        misused = msg("--against adds a sheet of changes to a workbook: use --format xlsx, or parity diff")
        raise CommandFailed(misused, INPUT)

    def content() -> str | bytes:
        loaded = load_or_fail(instance, quiet=quiet)
        read = timetable_or_fail(loaded, timetable)
        try:
            tables = build_tables(read, timetable.parent)
        except InputError as error:
            raise refused(error.problems, str(timetable.parent)) from None
        return _content(loaded, tables, form, lang, against)

    write_or_print(out, content, binary=form == "xlsx", force=force)
    return DONE


def _content(instance: Instance, tables: Tables, form: str, lang: str, against: Path | None) -> str | bytes:
    """The report in a format and a language. Only modules of this format are imported."""
    if form == "html":
        from scheduler.report.html import html_report

        return html_report(tables, lang)
    if form == "md":
        from scheduler.report.markdown import markdown_report

        return markdown_report(tables, lang)
    if form == "xlsx":
        from scheduler.report.workbook import workbook_report

        before = None if against is None else timetable_or_fail(instance, against)
        return workbook_report(tables, lang, before)
    from scheduler.report.text import text_report

    return text_report(tables, lang)
