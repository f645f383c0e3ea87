"""The part of a timetable that one party may see: airings of its agreements, without the other side's own data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scheduler.instance import agreements_of

if TYPE_CHECKING:
    from scheduler.instance import Instance

OURS = ("expected_viewers",)
"""Columns with figures of one side. They are empty for another party."""


def parties_of(instance: Instance) -> list[str]:
    """Every party of an agreement, in the order of the file."""
    return list(dict.fromkeys(party for one in agreements_of(instance) for party in one.parties))


def for_party(instance: Instance, frame: pd.DataFrame, party: str) -> pd.DataFrame:
    """The rows of timetable.csv that serve an agreement of a party. Other agreements are removed from them."""
    own = {one.id for one in agreements_of(instance) if party in one.parties}
    pairs = [
        [
            (agreement, direction)
            for agreement, direction in zip(served.split(";"), ways.split(";"), strict=True)
            if agreement in own
        ]
        for served, ways in zip(frame["agreement"], frame["direction"], strict=True)
    ]
    seen = frame.assign(
        agreement=pd.Series([";".join(one for one, _ in row) for row in pairs], index=frame.index, dtype=object),
        direction=pd.Series([";".join(way for _, way in row) for row in pairs], index=frame.index, dtype=object),
        **{name: pd.Series("", index=frame.index, dtype=object) for name in OURS if name in frame},
    )
    return seen[seen["agreement"] != ""]
