"""`parity check`: an instance alone, or a timetable against every rule of its instance."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.colours import echo_lines
from scheduler.cli.failure import DONE, NO, load_or_fail, refused, timetable_or_fail
from scheduler.cli.options import INSTANCE, JSON, LANG, QUIET


@click.command(
    epilog="""\b
Examples:
  parity check instances/toy
  parity check instances/toy out/toy/timetable.csv --lang kk"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path), required=False)
@LANG
@JSON
@QUIET
def check(instance: Path, timetable: Path | None, lang: str, as_json: bool, quiet: bool) -> int:
    """Check INSTANCE, or TIMETABLE against every rule of INSTANCE. No solver is used.

    Exit code 1 if a hard rule is missed or, for an instance alone, cannot hold.
    """
    from scheduler.instance import InputError
    from scheduler.report.checking import check_json, check_lines, checked_instance, instance_json, instance_lines
    from scheduler.report.language import Language
    from scheduler.verify import verify

    loaded = load_or_fail(instance, quiet=quiet)
    if timetable is None:
        try:
            found = checked_instance(loaded)
            click.echo(instance_json(found) if as_json else "\n".join(instance_lines(found, Language(lang))))
        except InputError as error:
            raise refused(error.problems, str(instance)) from None
        return NO if found.impossible else DONE
    verification = verify(timetable_or_fail(loaded, timetable))
    if as_json:
        click.echo(check_json(verification))
    else:
        echo_lines(check_lines(verification, Language(lang)))
    return NO if verification.tally.hard else DONE
