"""`parity diff`: what is different between two timetables, and whether the second is worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, INPUT, NO, CommandFailed, load_or_fail, party_or_fail, timetable_or_fail
from scheduler.cli.options import INSTANCE, JSON, LANG, PARTY, QUIET

if TYPE_CHECKING:
    from scheduler.diff import Difference
    from scheduler.timetable import Timetable

WORSE = ("hard", "soft", "parity", "audience", "value", "changes")


@click.command(
    epilog="""\b
Examples:
  parity diff instances/toy out/toy/timetable.csv out/toy/timetable.csv
  parity diff instances/toy out/toy/timetable.csv out/toy/timetable.csv --fail-on hard --fail-on audience
  parity diff instances/toy out/toy/timetable.csv out/toy/timetable.csv --for UZ --lang ru"""
)
@INSTANCE
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option(
    "--fail-on",
    type=click.Choice(WORSE),
    multiple=True,
    help="Exit code 1 if B is worse in this: hard or soft rows missed by more, a parity row missed by more,"
    " less audience, less value, or any change. May be repeated.",
)
@PARTY
@LANG
@JSON
@QUIET
def diff(
    instance: Path,
    before: Path,
    after: Path,
    fail_on: tuple[str, ...],
    party: str | None,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compare A and B, two timetables of INSTANCE: airings moved, added or dropped, and the effect on rules.

    With --for only the changed airings of the party's agreements are shown.
    """
    from scheduler.diff import compare
    from scheduler.messages import msg
    from scheduler.report.difference_words import difference_lines
    from scheduler.report.language import Language

    loaded = load_or_fail(instance, quiet=quiet)
    if party_or_fail(loaded, party) is not None:
        if set(fail_on) - {"changes"}:
            raise CommandFailed(msg("with --for the only --fail-on is changes"), INPUT)
        return _for(
            party or "",
            timetable_or_fail(loaded, before),
            timetable_or_fail(loaded, after),
            lang,
            as_json=as_json,
            fails=bool(fail_on),
        )
    difference = compare(timetable_or_fail(loaded, before), timetable_or_fail(loaded, after))
    worse = [name for name, is_so in difference.worse().items() if is_so]
    failed = [name for name in fail_on if name in worse]
    lines = [_json(difference, worse)] if as_json else difference_lines(difference, failed, Language(lang))
    click.echo("\n".join(lines))
    return NO if failed else DONE


def _for(party: str, before: Timetable, after: Timetable, lang: str, *, as_json: bool, fails: bool) -> int:
    """Print the changed airings that a party may see."""
    import json

    from scheduler.diff import changed_rows
    from scheduler.export.party import for_party
    from scheduler.report.difference_words import change_lines
    from scheduler.report.language import Language
    from scheduler.timetable import timetable_frame

    old, new = (for_party(before.instance, timetable_frame(one), party) for one in (before, after))
    changes = changed_rows(old, new)
    if as_json:
        click.echo(json.dumps({"changes": changes.to_dict("records")}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(change_lines(changes, Language(lang))))
    return NO if fails and len(changes) else DONE


def _json(difference: Difference, worse: list[str]) -> str:
    import json
    from dataclasses import asdict

    sides = {"before": difference.before, "after": difference.after}
    fields = {
        name: {
            "audience": side.audience,
            "penalty": side.penalty,
            "value": side.value,
            "hard_missed": side.tally.hard,
            "soft_missed": side.tally.soft,
        }
        for name, side in sides.items()
    }
    rows = json.loads(difference.rows.assign(aspect=difference.rows["aspect"].map(asdict)).to_json(orient="records"))
    changes = difference.changes.to_dict("records")
    return json.dumps({**fields, "worse": worse, "changes": changes, "rows": rows}, indent=2, ensure_ascii=False)
