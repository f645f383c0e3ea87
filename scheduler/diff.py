"""The differences of two timetables of an instance: airings moved, added, dropped, altered, and the effect on rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.rules import bilateral
from scheduler.timetable import timetable_frame
from scheduler.verify import verify

if TYPE_CHECKING:
    from scheduler.rules import Measurement
    from scheduler.timetable import Timetable
    from scheduler.verify import Verification

CHANGES = ["change", "programme", "title", "episode", "channel_before", "start_before", "channel_after", "start_after"]
CHANGES += ["what"]

PLACE = ["channel", "start_utc"]
VERSION = ["version_language", "version_kind", "duration_min"]
MATCHES: tuple[tuple[str, list[str]], ...] = (
    ("same", [*PLACE, "programme", "episode", "run", *VERSION]),
    ("altered", [*PLACE, "programme"]),
    ("moved", ["channel", "programme", "episode", *VERSION]),
    ("moved", ["channel", "programme", *VERSION]),
    ("moved", ["programme", "episode", *VERSION]),
    ("moved", ["programme"]),
)
"""Columns that identify an airing, tried in this order. Of several equal ones, the k-th of both sides are matched."""

SLOTS: tuple[tuple[str, list[str]], ...] = (
    ("same", ["channel", "start_local", "programme"]),
    ("moved", ["channel", "programme"]),
    ("moved", ["programme"]),
)
"""The same for two weeks with other dates: which titles are in which slots."""

WORSE = ("hard", "soft", "parity", "audience", "value", "changes")
"""Ways in which a timetable can be worse than another."""


@dataclass(frozen=True, eq=False)
class Difference:
    """The differences of `after` from `before`. `changes` has the columns CHANGES, sorted by start."""

    before: Verification
    after: Verification
    changes: pd.DataFrame
    rows: pd.DataFrame  # rule, channel, period, aspect, unit, have_before, have_after, miss_before, miss_after

    def worse(self) -> dict[str, bool]:
        """The entries of WORSE in which the second timetable is worse (for `changes`: different)."""
        hard, soft, agreements = self.rows["hard"], ~self.rows["hard"], self.rows["agreement"]
        grew = self.rows["miss_after"] > self.rows["miss_before"]
        return {
            "hard": bool((grew & hard).any()),
            "soft": self.after.penalty > self.before.penalty and bool((grew & soft).any()),
            "parity": bool((grew & agreements).any()),
            "audience": self.after.audience < self.before.audience,
            "value": self.after.value < self.before.value,
            "changes": len(self.changes) > 0,
        }


def compare(before: Timetable, after: Timetable) -> Difference:
    """Compare two timetables of one instance."""
    checked = verify(before), verify(after)
    agreements = {rule.id for rule in bilateral(before.instance)}
    return Difference(*checked, changed_airings(before, after), _changed_rows(*checked, agreements))


def changed_airings(before: Timetable, after: Timetable) -> pd.DataFrame:
    """A frame with CHANGES: every airing that was altered, moved, dropped or added."""
    return changed_rows(timetable_frame(before), timetable_frame(after))


def changed_rows(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The same of two frames with the columns of timetable.csv, for example the parts that a party may see."""
    return _matched(before.reset_index(drop=True), after.reset_index(drop=True), MATCHES)


def changed_slots(before: pd.DataFrame, after: Timetable) -> pd.DataFrame:
    """A frame with CHANGES: what differs from another week, title by title. Another episode of a series is the same.

    The earlier week is moved by whole weeks to the first day of the horizon. Its days beyond the horizon, and anchors,
    are not compared.

    Parameters
    ----------
    before
        Columns of timetable.csv as text, of a plan with other dates.
    """
    horizon = after.instance.file.horizon
    days = pd.to_datetime(before["broadcast_date"])
    weeks = 0 if days.empty else -(-(pd.Timestamp(horizon.start) - days.min()).days // 7)
    moved = pd.Timedelta(weeks=weeks)
    inside = days + moved < pd.Timestamp(horizon.start) + pd.Timedelta(days=horizon.days)
    here = set(after.instance.channel_index)
    old = before[inside & (before["anchor"] == "") & before["channel"].isin(here)].reset_index(drop=True)
    local = pd.to_datetime(old["start_local"]) + moved
    old = old.assign(written=old["start_local"], start_local=local.dt.strftime("%Y-%m-%dT%H:%M"))
    new = timetable_frame(after)
    new = new[new["anchor"] == ""].reset_index(drop=True)
    new = new.assign(written=new["start_local"], start_local=new["start_local"].str[:16])
    return _matched(old, new, SLOTS)


def _matched(old: pd.DataFrame, new: pd.DataFrame, matches: tuple[tuple[str, list[str]], ...]) -> pd.DataFrame:
    """The rows of both sides that are not the same, matched by some columns, as a frame with CHANGES."""
    found = []
    for change, keys in matches:
        keyed = [frame.assign(turn=frame.groupby(keys, sort=False).cumcount()) for frame in (old, new)]
        both = keyed[0].reset_index().merge(keyed[1].reset_index(), on=[*keys, "turn"], suffixes=("", "_new"))
        pairs = list(zip(both["index"], both["index_new"], strict=True))
        if change != "same" and pairs:
            taken = old.loc[both["index"]].reset_index(drop=True), new.loc[both["index_new"]].reset_index(drop=True)
            found.append(_changes(change, *taken))
        old, new = old.drop(both["index"]), new.drop(both["index_new"])
    found.append(_changes("dropped", old.reset_index(drop=True), None))
    found.append(_changes("added", None, new.reset_index(drop=True)))
    parts = [part for part in found if len(part)]
    if not parts:
        return pd.DataFrame(columns=CHANGES)
    joined = pd.concat(parts, ignore_index=True)
    order = joined["start_after"].where(joined["start_after"] != "", joined["start_before"])
    return joined.assign(order=order).sort_values(["order", "programme"], kind="stable")[CHANGES].reset_index(drop=True)


def _changes(change: str, old: pd.DataFrame | None, new: pd.DataFrame | None) -> pd.DataFrame:
    """Rows of CHANGES for matched airings, line by line."""
    row = new if new is not None else old
    if row is None:
        return pd.DataFrame(columns=CHANGES)
    blank = pd.Series([""] * len(row), index=row.index, dtype=object)
    what = blank
    if old is not None and new is not None:
        for name in ("channel", "start_local", "episode", "run", *VERSION):
            was, now = old[name].astype(str), new[name].astype(str)
            what = what.where(was == now, what + name + " " + was + " → " + now + "; ")
    return pd.DataFrame(
        {
            "change": change,
            "programme": row["programme"],
            "title": row["title"],
            "episode": row["episode"],
            "channel_before": blank if old is None else old["channel"],
            "start_before": blank if old is None else old.get("written", old["start_local"]),
            "channel_after": blank if new is None else new["channel"],
            "start_after": blank if new is None else new.get("written", new["start_local"]),
            "what": what.str.removesuffix("; "),
        },
        columns=CHANGES,
    )


def _changed_rows(before: Verification, after: Verification, agreements: set[str]) -> pd.DataFrame:
    """Every rule row that one of the timetables misses or whose amounts differ."""
    keys = ["rule", "channel", "period", "aspect", "sense", "unit", "hard"]

    def frame(rows: tuple[Measurement, ...]) -> pd.DataFrame:
        cells = [
            (row.rule, row.subject.name, *(getattr(row, key) for key in keys[2:]), float(row.have), row.miss)
            for row in rows
        ]
        table = pd.DataFrame(cells, columns=[*keys, "have", "miss"])
        return table.assign(turn=table.groupby(keys, sort=False).cumcount())

    both = frame(before.measurements).merge(
        frame(after.measurements), on=[*keys, "turn"], how="outer", suffixes=("_before", "_after"), sort=False
    )
    both[["miss_before", "miss_after"]] = both[["miss_before", "miss_after"]].fillna(0).astype("int64")
    both["hard"] = both["hard"].astype(bool)
    both["agreement"] = both["rule"].isin(agreements)
    changed = (both["miss_before"] != both["miss_after"]) | (both["have_before"] != both["have_after"])
    return both[changed].reset_index(drop=True)
