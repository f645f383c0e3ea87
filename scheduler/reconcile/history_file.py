"""history.csv after a reconciliation: what aired, and announced first runs that did not air and are still to come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.imports.anchors import table_text
from scheduler.instance import FORMAT, read_csv
from scheduler.instance.derived.aired import HISTORY_COLUMNS, NEEDED_COLUMNS, NOT_AIRED, place_of
from scheduler.moments import utc_text
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.reconcile.outcome import Outcome
    from scheduler.timetable import Timetable

HISTORY = "history.csv"
GAPS = frozenset({"not_aired", "replaced", "wrong_episode"})
"""Classes of a planned airing whose episode did not air in its place."""

CsvRow = dict[str, str]


def history_text(timetable: Timetable, outcome: Outcome, aired: Timetable) -> str:
    """The instance's history.csv, then the new airings, then a row for each announced first run that did not air.

    Airings that the file already has do not change. A row `not_aired` of the file is removed if its airing has aired
    by this evidence, or if its episode has had its first run. So a later catch-up counts as the first run, once.

    Parameters
    ----------
    timetable
        The plan.
    aired
        What aired by the evidence.
    """
    instance = timetable.instance
    path = instance.folder / HISTORY
    there = read_csv(path, HISTORY, frozenset(HISTORY_COLUMNS), NEEDED_COLUMNS).rows if path.is_file() else []
    known = {(row.channel, utc_text(row.start_utc)) for row in instance.history}
    fresh = [row for row in _rows(aired) if (row["channel"], row["start_utc"]) not in known]
    done = {(row["channel"], row["start_utc"]) for row in fresh} | known
    run = _episodes(timetable, aired)
    gaps = [row for row in _gaps(timetable, outcome) if _key(timetable, row) not in run]
    named = {(row["channel"], row["start_utc"]) for row in gaps}
    kept = [
        row
        for row in there
        if row.get("status") != NOT_AIRED or (place_of(row) not in done | named and _key(timetable, row) not in run)
    ]
    return table_text([*kept, *fresh, *gaps], HISTORY_COLUMNS)


def _rows(timetable: Timetable) -> Iterable[CsvRow]:
    """Every entry of a timetable as a row of history.csv."""
    for row in timetable_frame(timetable).astype(str).to_dict("records"):
        cells = {str(name): str(cell) for name, cell in row.items() if name in NEEDED_COLUMNS}
        anchor = {"anchor": str(row["anchor"])} if row["anchor"] else {}
        yield {**cells, **anchor, "episode": cells["episode"] or "1", "format": str(FORMAT)}


def _gaps(timetable: Timetable, outcome: Outcome) -> Iterable[CsvRow]:
    """The planned first runs whose episode did not air in its place."""
    if not len(outcome.lines):
        return
    lost = set(outcome.lines.loc[outcome.lines["status"].isin(GAPS), "airing"])
    there = timetable_frame(timetable)["airing_id"].isin(lost).to_numpy(bool)
    at = there & timetable.first & ~timetable.anchor
    rows = list(_rows(timetable))
    for number in np.flatnonzero(at).tolist():
        yield {**rows[number], "status": NOT_AIRED}


def _key(timetable: Timetable, row: CsvRow) -> tuple[str, int, str]:
    """(programme, episode, territory) of a row."""
    instance = timetable.instance
    channel = instance.channels[instance.channel_index[row["channel"]]]
    return row["programme"], int(row.get("episode") or 1), channel.territory


def _episodes(timetable: Timetable, aired: Timetable) -> set[tuple[str, int, str]]:
    """(programme, episode, territory) of every episode that has aired, on record or by this evidence."""
    instance = timetable.instance
    past = [(row.programme, row.episode, row.channel) for row in instance.history if not row.anchor]
    names = [one.programme for one in instance.programmes]
    columns = (aired.programme, aired.episode, aired.channel, aired.anchor)
    new = [
        (names[programme], episode, instance.channels[channel].id)
        for programme, episode, channel, anchor in zip(*(column.tolist() for column in columns), strict=True)
        if not anchor
    ]
    return {
        (programme, episode, code)
        for programme, episode, channel in (*past, *new)
        for code in instance.channels[instance.channel_index[channel]].seen_in
    }
