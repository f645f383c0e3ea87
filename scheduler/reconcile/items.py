"""Items: the joined parts of one airing, with its first start, last end and net seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.reconcile.params import ReconcileParams


def items_of(instance: Instance, rows: pd.DataFrame, params: ReconcileParams) -> pd.DataFrame:
    """Rows of evidence as items: parts of one airing, with others' rows between them, are one.

    Returns
    -------
    The columns of the evidence, of the first part, and `end` (second after the last part), `net` (sum of the parts'
    seconds), `parts` and `rows` (the lines, by semicolons).
    """
    expected = {one.programme: one.minutes * 60.0 for one in instance.programmes}
    expected |= {one.anchor: (one.end - one.start) * 60.0 for one in instance.anchors}
    gap = params.join_gap_minutes * 60
    item = np.empty(len(rows), dtype=np.int64)
    open_items: dict[tuple[object, ...], tuple[int, float, float]] = {}  # (item, end, net) by what it shows
    count = 0
    columns = (rows[name].tolist() for name in ("file", "channel", "identity", "episode", "title", "start", "seconds"))
    for at, (file, channel, identity, episode, title, start, seconds) in enumerate(zip(*columns, strict=True)):
        key = (file, channel, identity, episode, "" if identity else title)
        before = open_items.get(key) if identity or title else None
        longest = expected.get(identity, np.inf) * params.join_length + 60
        if before is not None and start - before[1] <= gap and before[2] + seconds <= longest:
            number, net = before[0], before[2] + seconds
        else:
            number, net, count = count, seconds, count + 1
        item[at] = number
        open_items[key] = number, max(start + seconds, before[1] if before and number == before[0] else 0.0), net
    ends = rows["start"] + rows["seconds"]
    grouped = rows.assign(item=item, end=ends, line=rows["row"].astype(str)).groupby("item", sort=True)
    found = grouped.first()
    found["end"], found["net"] = grouped["end"].max(), grouped["seconds"].sum()
    found["parts"], found["rows"] = grouped.size(), grouped["line"].agg(";".join)
    return found.drop(columns=["line", "seconds"]).reset_index(drop=True)
