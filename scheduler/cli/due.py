"""`parity due`: what is due this week, and from whom."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import click

from scheduler.cli.colours import echo_lines
from scheduler.cli.failure import DONE, load_or_fail, party_or_fail, refused, timetable_or_fail
from scheduler.cli.options import DAY, INSTANCE, JSON, LANG, PARTY, QUIET, TIMETABLE, Whole


@click.command(
    epilog="""\b
Examples:
  parity due instances/toy out/toy/timetable.csv --on 2026-11-30
  parity due instances/toy out/toy/timetable.csv --on 2026-11-16 --days 14 --for UZ --lang ru"""
)
@INSTANCE
@TIMETABLE
@click.option("--on", type=DAY, help="First day. Default: today.")
@click.option("--days", type=Whole(1, 400), default=7, show_default=True, help="Number of days.")
@PARTY
@LANG
@JSON
@QUIET
def due(
    instance: Path,
    timetable: Path,
    on: date | None,
    days: int,
    party: str | None,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """List what is due for TIMETABLE of INSTANCE in the next days, from whom, and what is overdue.

    `deadlines` and `calendars` in instance.yaml define the dates. What was offered, answered or
    published is no longer due.
    """
    import json
    from dataclasses import asdict

    from scheduler.instance import InputError
    from scheduler.publication import due as all_due
    from scheduler.publication import due_lines
    from scheduler.report.language import Language

    loaded = load_or_fail(instance, quiet=quiet)
    whom = party_or_fail(loaded, party)
    begin = on or date.today()
    try:
        found = all_due(timetable_or_fail(loaded, timetable), begin, begin + timedelta(days=days - 1), whom)
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    if as_json:
        click.echo(json.dumps([asdict(one) for one in found], indent=2, ensure_ascii=False, default=str))
    else:
        echo_lines(due_lines(found, Language(lang)))
    return DONE
