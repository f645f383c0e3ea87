"""The time that evidence covers. What was planned at another time is not classed: nobody knows whether it aired.

A log and a journal cover the whole broadcast days of a channel of which they have rows. But if several planned airings
lie before the first row of a day, or after the last one, the file begins or ends there. Monitoring is often a recording
of some hours: it covers a day from its first row to its last. The planner may state the hours of any file. A
certificate covers the exchanged programmes from its first day to its last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scheduler.reconcile.evidence import RANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance

    Record = Mapping[Any, Any]

KEY = ["channel", "day", "exchanged"]


def spans_of(
    instance: Instance,
    items: pd.DataFrame,
    hours: Mapping[str, tuple[int, int]],
    planned: pd.DataFrame,
    cut_airings: int,
) -> pd.DataFrame:
    """The span of every file on every channel, day and kind of programme of which it has rows.

    Parameters
    ----------
    items
        Items with `day`, an ordinal of `date`, and `exchanged`.
    hours
        (begin, end) by file: stated hours on the channel's clock, in minutes since midnight. An end that is not later
        is on the next day.
    planned
        The planned airings, with `day`.
    cut_airings
        Number of planned airings before the first row of a day, or after the last one, from which on the file begins or
        ends there. Fewer of them did not air.

    Returns
    -------
    A frame of KEY, `file`, `rank`, and `begin` and `until` in seconds of the line, infinite for the whole day.
    """
    found = items.groupby([*KEY, "file", "rank"], as_index=False).size().drop(columns="size")
    shown = items.groupby(["channel", "day", "file"]).agg(begin=("start", "min"), until=("end", "max"))
    found = found.join(shown, on=["channel", "day", "file"])
    whole = (found["rank"] != RANKS["monitoring"]) | found["file"].isin(hours)
    # A certificate lists the exchanged programmes only. Other files list all, so one that ends at noon was cut there.
    cut = _cut(shown, planned[~planned["anchor"]], cut_airings).reindex(
        pd.MultiIndex.from_frame(found[["channel", "day", "file"]]), fill_value=False
    )
    may_be_cut = whole & (found["rank"] != RANKS["certificate"])
    for side, end, name in ((-np.inf, "begin", "before"), (np.inf, "until", "after")):
        found.loc[whole & ~(may_be_cut & cut[name].to_numpy(bool)), end] = side
    for at in np.flatnonzero(found["file"].isin(hours)).tolist():
        row = found.iloc[at]
        stated = _stated(instance, int(row["channel"]), int(row["day"]), *hours[row["file"]])
        found.loc[found.index[at], ["begin", "until"]] = stated
    return found


def _cut(shown: pd.DataFrame, planned: pd.DataFrame, airings: int) -> pd.DataFrame:
    """Whether at least `airings` planned airings lie `before` the first row of a file on a day, and `after` the last.

    `shown` has the `begin` and `until` of the rows by channel, day and file, and so has the result.
    """
    both = planned.merge(shown.reset_index(), on=["channel", "day"])
    sides = {
        "before": both["start"] + both["seconds"] <= both["begin"],
        "after": both["start"] >= both["until"],
    }
    counted = both.assign(**sides).groupby(["channel", "day", "file"])[["before", "after"]].sum() >= airings
    return counted.reindex(shown.index, fill_value=False)


def _stated(instance: Instance, channel: int, day: int, begin: int, end: int) -> tuple[float, float]:
    """Stated hours of a broadcast day as seconds of the line."""
    line, zone = instance.timeline, instance.channels[channel].zone
    number = day - line.first_day.toordinal()
    first = begin + (1440 if begin < line.broadcast_start else 0)
    last = end + (1440 if end < line.broadcast_start else 0)
    last += 1440 if last <= first else 0
    return line.local_minute(zone, number, first) * 60.0, line.local_minute(zone, number, last) * 60.0


def outranked(items: pd.DataFrame, spans: pd.DataFrame) -> Flags:
    """(k,) items of a time, channel and kind of programme that evidence of a higher rank covers, too."""
    both = items.reset_index(names="item").merge(spans, on=KEY, suffixes=("", "_other"))
    above = both["rank_other"] < both["rank"]
    within = (both["start"] >= both["begin"]) & (both["start"] < both["until"])
    return np.asarray(items.index.isin(both.loc[above & within, "item"]), dtype=bool)


def covered(
    planned: pd.DataFrame, day: Ints, items: pd.DataFrame, spans: pd.DataFrame, edge: float
) -> tuple[Flags, Flags]:
    """(a file has rows of its day, a file covers all of it) for every planned airing.

    Parameters
    ----------
    day
        (p,) The broadcast day of each planned airing, as an ordinal of `date`.
    items
        The items that decide. A file whose items of a day are all outranked covers nothing of it.
    edge
        Seconds by which a span may begin after a planned start, or end before a planned end, and still cover it.
    """
    certificate = items["rank"] == RANKS["certificate"]
    spread = items[certificate].groupby("channel")["day"].agg(["min", "max"])
    first = planned["channel"].map(spread["min"]).fillna(1).to_numpy(np.int64)
    last = planned["channel"].map(spread["max"]).fillna(0).to_numpy(np.int64)
    by_certificate = (planned["agreement"] != "").to_numpy() & (first <= day) & (day <= last)
    used = items.loc[~certificate, ["channel", "day", "file"]].drop_duplicates()
    others = spans.drop_duplicates(["channel", "day", "file"]).merge(used, on=["channel", "day", "file"])
    entry = pd.DataFrame({"at": np.arange(len(planned)), "channel": planned["channel"], "day": day})
    both = entry.merge(others, on=["channel", "day"])
    start = planned["start"].to_numpy(float)[both["at"]]
    end = start + planned["seconds"].to_numpy(float)[both["at"]]
    inside = (both["begin"] <= start + edge) & (both["until"] >= end - edge)
    numbers = np.arange(len(planned))
    touched = by_certificate | np.isin(numbers, both["at"])
    return touched, by_certificate | np.isin(numbers, both.loc[inside, "at"])


def cut_off(plan: Record, item: Record, spans: pd.DataFrame, edge: float) -> bool:
    """Whether an item lies at the edge of what its file covers, and its planned airing goes beyond this edge.

    How long it aired beyond it is unknown. `edge` are the seconds that do not count, as in `covered`.
    """
    mine = spans[
        (spans["file"] == item["file"]) & (spans["channel"] == item["channel"]) & (spans["day"] == item["day"])
    ]
    if mine.empty:
        return False
    begin, until = float(mine["begin"].iloc[0]), float(mine["until"].iloc[0])
    before = item["start"] <= begin + edge and plan["start"] < begin - edge
    after = item["end"] >= until - edge and plan["start"] + plan["seconds"] > until + edge
    return bool(before or after)
