"""`parity diff`: what is different between two timetables, and whether the second is worse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, NO, load_or_fail, timetable_or_fail
from scheduler.cli.options import INSTANCE, JSON, QUIET

if TYPE_CHECKING:
    from scheduler.diff import Difference

WORSE = ("hard", "soft", "parity", "audience", "value", "changes")


@click.command(
    epilog="""\b
Examples:
  parity diff instances/toy out/toy/timetable.csv out/toy/timetable.csv
  parity diff instances/toy out/toy/timetable.csv out/toy/timetable.csv --fail-on hard --fail-on audience"""
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
@JSON
@QUIET
def diff(instance: Path, before: Path, after: Path, fail_on: tuple[str, ...], as_json: bool, quiet: bool) -> int:
    """Compare A and B, two timetables of INSTANCE: airings moved, added or dropped, and the effect on rules."""
    from scheduler.diff import compare

    loaded = load_or_fail(instance, quiet=quiet)
    difference = compare(timetable_or_fail(loaded, before), timetable_or_fail(loaded, after))
    worse = [name for name, is_so in difference.worse().items() if is_so]
    failed = [name for name in fail_on if name in worse]
    click.echo(_json(difference, worse) if as_json else "\n".join(_lines(difference, failed)))
    return NO if failed else DONE


def _json(difference: Difference, worse: list[str]) -> str:
    import json
    from dataclasses import asdict

    sides = {"before": difference.before, "after": difference.after}
    said = {
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
    return json.dumps({**said, "worse": worse, "changes": changes, "rows": rows}, indent=2, ensure_ascii=False)


def _lines(difference: Difference, failed: list[str]) -> list[str]:
    before, after, changes = difference.before, difference.after, difference.changes
    counts = changes["change"].value_counts()
    said = [f"{counts.get(word, 0)} {word}" for word in ("moved", "altered", "added", "dropped")]
    lines = [", ".join(said)]
    for name in ("audience", "penalty", "value"):
        was, now = getattr(before, name), getattr(after, name)
        lines.append(f"{name} {was:,} → {now:,} viewer-minutes ({now - was:+,})")
    was, now = before.tally, after.tally
    lines.append(f"hard rows missed {was.hard} → {now.hard}, soft rows missed {was.soft} → {now.soft}")
    lines += _changed(difference)
    lines += _rows(difference)
    if failed:
        lines.append(f"B is worse by: {', '.join(failed)}")
    return lines


def _changed(difference: Difference) -> list[str]:
    """One line per changed airing."""
    lines = []
    for row in difference.changes.to_dict("records"):
        was, now = (f"{row[f'channel_{side}']} {row[f'start_{side}']}" for side in ("before", "after"))
        episode = f", episode {row['episode']}" if row["episode"] else ""
        where = {"added": now, "dropped": was}.get(row["change"], f"{now} ({row['what']})")
        lines.append(f"  {row['change']:8} {row['title']}{episode}: {where}")
    return lines


def _rows(difference: Difference) -> list[str]:
    """One line per agreement row that has something else, and per rule row that is missed by another amount."""
    rows = difference.rows
    shown = rows[rows["agreement"] | (rows["miss_before"] != rows["miss_after"])]
    lines = []
    for row in shown.to_dict("records"):
        miss = (
            "" if row["miss_before"] == row["miss_after"] else f", missed by {row['miss_before']} → {row['miss_after']}"
        )
        had, has = (_amount(row[f"have_{side}"]) for side in ("before", "after"))
        lines.append(
            f"  {row['rule']} {row['channel']} {row['period']} {row['aspect']}: {had} → {has} {row['unit']}{miss}"
        )
    return lines


def _amount(value: float) -> str:
    if value != value:
        return "–"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
