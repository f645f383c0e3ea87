"""Book the airings of a timetable: one line per airing, measure and period. A repeated posting books nothing."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scheduler.account.book import Book, append, ledger_path, writing
from scheduler.account.booking import ADDITIVE, AIRINGS, in_force
from scheduler.instance import given_parts
from scheduler.ledger.settled import with_settled
from scheduler.rules import Parity
from scheduler.rules.framework.measures import STARTS, UNITS, daypart_of, in_daypart, selected_moments
from scheduler.timetable import OnAir, timetable_frame, with_history

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from scheduler.account.booking import Booking, Kind
    from scheduler.arrays import Texts
    from scheduler.rules import Measure
    from scheduler.timetable import Timetable

LINE = ["measure", "giver", "taker", "airing_id", "period"]
"""The columns that identify a line among the lines of one kind."""


@dataclass(frozen=True, slots=True)
class Posted:
    """The effect of a posting on one ledger."""

    book: Book
    booked: int
    reversed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """The evidence of a posting."""

    file: str = ""
    sha256: str = ""
    by: str = ""
    shown: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)
    """(file, row, SHA-256) of the evidence of each airing, as a reconciled timetable states it."""

    @classmethod
    def of(cls, path: Path, by: str = "") -> Evidence:
        """The evidence in a file: its SHA-256, and its columns of evidence. Raises OSError if it cannot be read."""
        raw = path.read_bytes()
        rows = csv.DictReader(io.StringIO(raw.decode("utf-8-sig", errors="replace"), newline=""))
        shown = {
            row["airing_id"]: (row["evidence"], row["evidence_row"].split(";")[0], row["evidence_sha256"])
            for row in rows
            if all(row.get(name) for name in ("airing_id", "evidence", "evidence_row", "evidence_sha256"))
        }
        return cls(path.name, hashlib.sha256(raw).hexdigest(), by, shown)

    def cells(self, airing: str) -> dict[str, str]:
        """The evidence of an airing: that of its row, else the file."""
        file, row, digest = self.shown.get(airing, (self.file, "", self.sha256))
        proof = {"evidence": file, "evidence_sha256": digest, "by": self.by}
        return proof | ({"evidence_row": row} if row else {})


def ratios_of(rule: Parity) -> dict[str, Fraction]:
    """The target ratio of every measure of an agreement."""
    return {measure.name: measure.ratio for measure in reversed(rule.measures)}


def post(
    timetable: Timetable,
    rule: Parity,
    kind: Kind,
    folder: Path,
    evidence: Evidence | None = None,
    settles: Mapping[str, int] | None = None,
) -> Posted:
    """Update the lines of one kind to a timetable, for all periods that overlap its horizon.

    A line without an airing in the timetable is reversed. A line that differs is reversed and booked again.

    Parameters
    ----------
    timetable
        The airings that are planned, claimed or confirmed.
    rule
        The agreement. Its additive measures are booked.
    kind
        planned, claimed, confirmed or disputed.
    folder
        The folder of the ledgers.
    evidence
        The evidence of the posting.
    settles
        Airing id → entry of the obligation that it settles. Entries of earlier postings stay.

    Raises
    ------
    InputError
        The ledger was altered, another command writes it, a period is closed, or an airing cannot settle an obligation.
    """
    evidence = evidence or Evidence()
    with writing(ledger_path(folder, rule.id)) as book:
        asked = with_settled(
            wanted(timetable, rule), book, kind, settles or {}, lambda owed: _in_daypart(timetable, rule, owed)
        )
        lines, unchanged = _changes(book, asked, rule, kind, evidence)
        reversals = sum("reverses" in line for line in lines)
        return Posted(append(book, lines), len(lines) - reversals, reversals, unchanged)


def wanted(timetable: Timetable, rule: Parity) -> pd.DataFrame:
    """The amount that every airing adds to every additive measure of an agreement.

    If the agreement has a measure with two periods, only the first of them is booked.

    Returns
    -------
    A frame with the columns of LINE and unit, quantity (Fraction), air_date, channel, programme, episode, start_utc.
    """
    alone = with_history(timetable, ())  # past airings were booked when they aired
    on_air, frame = OnAir(alone), timetable_frame(alone)
    kept = {measure.name: measure for measure in reversed(rule.measures) if measure.measure in ADDITIVE}
    parts = [
        _measured(on_air, frame, rule, measure, giver, taker)
        for measure in reversed(kept.values())
        for giver, taker in rule.directions
    ]
    if not parts:
        return pd.DataFrame(
            columns=[*LINE, "unit", "quantity", "air_date", "channel", "programme", "episode", "start_utc"]
        )
    return pd.concat(parts, ignore_index=True).drop_duplicates(LINE)


def _measured(
    on_air: OnAir,
    frame: pd.DataFrame,
    rule: Parity,
    measure: Measure,
    giver: str,
    taker: str,
    daypart: str | None = None,
) -> pd.DataFrame:
    """One measure in one direction: the minutes (or starts) of every airing by period, in one daypart if given."""
    instance = on_air.instance
    moments = on_air.starts if measure.measure in STARTS else on_air.minutes
    share = given_parts(instance, rule, giver)[moments.content]
    here = np.isin(moments.channel, instance.channels_of(taker)) & (share > 0) & (moments.entry >= 0)
    here &= moments.within(None, rule.valid_from, rule.valid_to)
    if measure.select is not None:
        here &= selected_moments(on_air, moments, measure.select)
    here &= in_daypart(on_air, moments, daypart_of(measure.measure, daypart))
    if measure.measure == "first_run_minutes":
        here &= moments.first
    names = _period_names(on_air, measure, moments.periods)
    found = pd.DataFrame({"entry": moments.entry[here], "period": names[here], "parts": share[here]})
    found = found[found["period"] != ""].groupby(["entry", "period"], as_index=False).agg(parts=("parts", "sum"))
    rows = frame.iloc[found["entry"].to_numpy()].reset_index(drop=True)
    scale = instance.contents.share_scale
    return pd.DataFrame(
        {
            "measure": measure.name,
            "giver": giver,
            "taker": taker,
            "airing_id": rows["airing_id"],
            "period": found["period"],
            "unit": UNITS[measure.measure],
            "quantity": [Fraction(part, scale) for part in found["parts"].tolist()],
            "air_date": rows["start_local"].str[:10],
            "channel": rows["channel"],
            "programme": rows["programme"],
            "episode": rows["episode"],
            "start_utc": rows["start_utc"],
        }
    )


def _in_daypart(timetable: Timetable, rule: Parity, owed: Booking) -> dict[tuple[str, str], Fraction]:
    """(airing id, period) → the amount in the daypart of an obligation, in its measure and direction."""
    measure = next((one for one in rule.measures if one.name == owed.measure), None)
    if measure is None or owed.daypart not in timetable.instance.file.dayparts:
        return {}
    alone = with_history(timetable, ())
    found = _measured(OnAir(alone), timetable_frame(alone), rule, measure, owed.giver, owed.taker, owed.daypart)
    keys = zip(found["airing_id"], found["period"], strict=True)
    return dict(zip(keys, found["quantity"], strict=True))


def _period_names(on_air: OnAir, measure: Measure, periods: Callable[[str], pd.Series[str]]) -> Texts:
    """The name of the period of each moment.

    The horizon is named by its dates, so that different horizons stay separate.
    """
    base = "week" if measure.period == "cumulative" else measure.period
    names: Texts = periods(base).to_numpy(dtype=object)
    if base == "horizon":
        horizon = on_air.instance.file.horizon
        last = pd.Timestamp(horizon.start) + pd.Timedelta(days=horizon.days - 1)
        names = np.full(len(names), f"{horizon.start.isoformat()}/{last.date().isoformat()}", dtype=object)
    return names


def _changes(
    book: Book, asked: pd.DataFrame, rule: Parity, kind: Kind, evidence: Evidence
) -> tuple[list[dict[str, Any]], int]:
    """The lines that bring the ledger to the asked state, and the number of lines that it already has."""
    periods = set(asked["period"])
    there = {
        line.key: line
        for line in in_force(book.bookings)
        if line.kind == kind and line.period in periods and line.airing_id
    }
    lines: list[dict[str, Any]] = []
    kept = 0
    for row in asked.to_dict("records"):
        settles = "" if row["settles"] is None else str(row["settles"])
        key = (kind, row["measure"], row["giver"], row["taker"], row["airing_id"], row["period"], settles)
        old = there.pop(key, None)
        if old is not None and old.quantity == row["quantity"]:
            kept += 1
            continue
        if old is not None:
            lines.append(reversal(old, "the airing has another length"))
        proof = evidence.cells(row["airing_id"])
        lines.append({"kind": kind, "agreement": rule.id, **{str(name): value for name, value in row.items()}, **proof})
    lines += [reversal(line, "the timetable does not have the airing any more") for line in there.values()]
    return lines, kept


def reversal(line: Booking, reason: str) -> dict[str, Any]:
    """The line that reverses another one."""
    if line.kind not in AIRINGS and line.kind != "make_good":
        raise ValueError(f"entry {line.entry} is a {line.kind}; book an adjustment")
    fields = line.model_dump(exclude={"entry", "booked_at", "hash"})
    return {**fields, "quantity": -line.quantity, "reverses": line.entry, "reason": reason}
