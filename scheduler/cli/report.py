"""`parity report`: parity, compliance, audience, remaining runs and programmes that were not placed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

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
from scheduler.cli.options import FORCE, INSTANCE, LANG, PARTY, QUIET, TIMETABLE

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.report.tables import Comparison, Tables
    from scheduler.timetable import Timetable

COMPARED = ("broadcast_date", "channel", "start_local", "programme", "title", "episode", "run", "anchor",
            "version_language", "version_kind", "duration_min")  # fmt: skip
"""Columns of another timetable.csv without which it is not compared."""

AGAINST = click.option(
    "--against",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also report what changed against another timetable.csv: an earlier plan of these dates, or last week's.",
)


@click.command(
    epilog="""\b
Examples:
  parity report instances/toy out/toy/timetable.csv
  parity report instances/toy out/toy/timetable.csv --format html --lang kk --out out/toy/report.html --force
  parity report instances/toy out/toy/timetable.csv --against out/toy/timetable.csv
  parity report instances/toy out/toy/timetable.csv --for UZ --lang ru --format xlsx --out out/toy/uz.xlsx"""
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
@PARTY
@FORCE
@QUIET
def report(
    instance: Path,
    timetable: Path,
    form: str,
    lang: str,
    out: Path | None,
    against: Path | None,
    party: str | None,
    force: bool,
    quiet: bool,
) -> int:
    """Report on TIMETABLE of INSTANCE. Also uses result.json in the same folder if it belongs to the timetable.

    What differs from the last publication of INSTANCE is listed if there is one, and what differs from --against.
    With --for only the agreements of a party are shown: amounts, missed rows and airings, without figures of viewers.
    """
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.report.tables import build_tables

    def content() -> str | bytes:
        loaded = load_or_fail(instance, quiet=quiet)
        if party_or_fail(loaded, party) is not None and against is not None:
            raise CommandFailed(
                msg("--against is not for a party; `parity notices --for` shows it what changed"), INPUT
            )
        read = timetable_or_fail(loaded, timetable)
        try:
            tables = build_tables(read, timetable.parent)
        except InputError as error:
            raise refused(error.problems, str(timetable.parent)) from None
        if party is not None:
            return _party_content(tables, party, form, lang)
        asked = None if against is None else _against(loaded, read, against)
        found = (_published(loaded, read), asked)
        tables = replace(tables, comparisons=tuple(one for one in found if one is not None))
        return _content(tables, form, lang, asked)

    write_or_print(out, content, binary=form == "xlsx", force=force)
    return DONE


def _content(tables: Tables, form: str, lang: str, asked: Comparison | None) -> str | bytes:
    """The report in a format and a language. Only modules of this format are imported."""
    if form == "html":
        from scheduler.report.html import html_report

        return html_report(tables, lang)
    if form == "md":
        from scheduler.report.markdown import markdown_report

        return markdown_report(tables, lang)
    if form == "xlsx":
        from scheduler.report.workbook import workbook_report

        return workbook_report(tables, lang, None if asked is None else asked.changes)
    from scheduler.report.text import text_report

    return text_report(tables, lang)


def _party_content(tables: Tables, party: str, form: str, lang: str) -> str | bytes:
    """The report for a party in a format and a language."""
    from scheduler.export.party import for_party
    from scheduler.messages import msg
    from scheduler.report.facts import span_of
    from scheduler.report.language import Language
    from scheduler.report.party_sections import party_sections

    language = Language(lang)
    airings = for_party(tables.instance, tables.listing, party)
    sections = party_sections(tables, airings, party, language)
    title = language.render(msg("Timetable report for {party}", party=party))
    span = span_of(tables, language)
    if form == "html":
        from scheduler.report.html import sections_page

        return sections_page(title, span, sections, language)
    if form == "md":
        from scheduler.report.markdown import sections_markdown

        return sections_markdown(title, span, sections, language)
    if form == "xlsx":
        from scheduler.report.workbook import sections_workbook

        return sections_workbook(title, tables.instance.file.horizon.start, sections, language)
    from scheduler.report.text import sections_text

    return sections_text(title, span, sections, language)


def _against(instance: Instance, timetable: Timetable, path: Path) -> Comparison:
    """What differs from another timetable: airing by airing if it has the same dates, otherwise slot by slot."""
    import pandas as pd

    from scheduler.diff import changed_airings, changed_slots
    from scheduler.messages import msg
    from scheduler.report.tables import Comparison

    try:
        rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
        first = pd.to_datetime(rows["broadcast_date"]).min()
    except (OSError, ValueError, KeyError):
        first = None  # read as a timetable of this instance, which says what is wrong with it
    horizon = instance.file.horizon
    start = pd.Timestamp(horizon.start)
    if first is None or pd.isna(first) or start <= first < start + pd.Timedelta(days=horizon.days):
        changes = changed_airings(timetable_or_fail(instance, path), timetable)
        return Comparison(msg("the plan {file}", file=str(path)), changes)
    missing = sorted(set(COMPARED) - set(rows.columns))
    if missing:
        message = msg(
            "{file} has no column {columns}: it is no timetable.csv", file=str(path), columns=", ".join(missing)
        )
        raise CommandFailed(message, INPUT)
    return Comparison(msg("the week of {day}", day=first.date()), changed_slots(rows, timetable))


def _published(instance: Instance, timetable: Timetable) -> Comparison | None:
    """What differs from the last publication; None where nothing has been published."""
    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.publication import changes_since, not_yet_published, read_publications
    from scheduler.report.tables import Comparison

    try:
        states = not_yet_published(instance, timetable)
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
    if states is None:
        return None
    last = read_publications(instance)[-1]
    found = changes_since(*states)
    gone = found["change"] == "cancelled"
    words = {"added": "added", "changed": "altered", "cancelled": "dropped"}
    changes = found.assign(
        change=found["change"].map(words),
        programme=found["programme_after"],
        title=found["title_after"],
        episode=found["episode_after"],
        start_before=found["start_local_before"],
        start_after=found["start_local_after"].where(~gone, ""),
        channel_after=found["channel_after"].where(~gone, ""),
        what="",
    )
    return Comparison(msg("publication {number} of {day}", number=last.number, day=last.published_on), changes)
