"""Assign items of evidence to planned airings: a least-cost assignment per channel.

The cost of a pair, in minutes, is the sum of three parts. Starts: their difference, counted whole up to
`whole_minutes` and in part beyond. Lengths: a share of their difference, up to a limit. Key: nothing for the same
episode, more for an unknown or another episode, or for a title that is only similar. Leaving both unmatched costs twice
`unmatched`, so a pair with a higher cost is never taken.

References
----------
Crouse, D. F. (2016). On implementing 2D rectangular assignment algorithms. IEEE Transactions on Aerospace and
Electronic Systems, 52(4), 1679-1696.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process
from scipy.optimize import linear_sum_assignment

from scheduler.arrays import Reals

if TYPE_CHECKING:
    import pandas as pd

    from scheduler.reconcile.params import ReconcileParams


def costs(planned: pd.DataFrame, items: pd.DataFrame, params: ReconcileParams) -> Reals:
    """The cost of each pair of a planned airing and an item on one channel, (planned, items); inf if impossible."""
    apart = np.abs(planned["start"].to_numpy(float)[:, None] - items["start"].to_numpy(float)[None, :]) / 60
    whole = params.whole_minutes
    time = np.where(apart <= whole, apart, whole + (apart - whole) * params.beyond_share)
    length = np.abs(planned["seconds"].to_numpy(float)[:, None] - items["net"].to_numpy(float)[None, :]) / 60
    total = time + np.minimum(length, params.most_length_minutes) * params.length_share + _keys(planned, items, params)
    same = planned["airing"].to_numpy(str)[:, None] == items["airing"].to_numpy(str)[None, :]
    total = np.where(same, total * params.same_airing, total)
    return np.where(apart <= params.widest_minutes, total, np.inf)


def candidates(planned: pd.DataFrame, items: pd.DataFrame, params: ReconcileParams) -> npt.NDArray[np.bool_]:
    """Items that may show a planned airing: with a known programme or airing, or with a similar title."""
    known: npt.NDArray[np.bool_] = (items["identity"].to_numpy(str) != "") | items["airing"].isin(
        set(planned["airing"])
    ).to_numpy(bool)
    titles, at = np.unique(items["title"].to_numpy(str), return_inverse=True)
    if not len(planned) or not len(titles):
        return known
    ours = np.unique(planned["title"].to_numpy(str))
    scores = process.cdist(titles, ours, scorer=fuzz.token_sort_ratio, score_cutoff=params.least_alike)
    like: npt.NDArray[np.bool_] = scores.max(axis=1)[at] > 0
    return known | like


def _keys(planned: pd.DataFrame, items: pd.DataFrame, params: ReconcileParams) -> Reals:
    """The cost of the keys of each pair: by id and episode, else by similar titles."""
    same = planned["identity"].to_numpy(str)[:, None] == items["identity"].to_numpy(str)[None, :]
    ours, theirs = planned["episode"].to_numpy(np.int64)[:, None], items["episode"].to_numpy(np.int64)[None, :]
    unknown = (ours == 0) | (theirs == 0)
    episode = np.where(unknown, params.unknown_episode, np.where(ours == theirs, 0.0, params.other_episode))
    alike = _alike(planned["title"].to_numpy(str), items, params)
    by_title = np.where(alike >= params.least_alike, params.alike_title + (100 - alike) + episode, np.inf)
    return np.where(same, episode, by_title)


def _alike(titles: npt.NDArray[np.str_], items: pd.DataFrame, params: ReconcileParams) -> Reals:
    """The similarity of every planned title to that of every item without a known programme; else 0."""
    strange = items["identity"].to_numpy(str) == ""
    found = np.zeros((len(titles), len(items)))
    if not strange.any() or not len(titles):
        return found
    ours, at = np.unique(titles, return_inverse=True)
    theirs, of = np.unique(items["title"].to_numpy(str)[strange], return_inverse=True)
    scores = process.cdist(ours, theirs, scorer=fuzz.token_sort_ratio, score_cutoff=params.least_alike)
    found[:, strange] = scores[at][:, of]
    return found


def assign(cost: Reals, unmatched: float) -> list[tuple[int, int]]:
    """Pairs (row, column) of least total cost.

    Parameters
    ----------
    cost
        (planned, items) Cost of each pair, in minutes. inf if a pair is impossible.
    unmatched
        Cost of a row or a column without a partner, in minutes. A pair that costs more than twice this is not taken.
    """
    if not cost.size:
        return []
    gain = np.where(cost < 2 * unmatched, cost - 2 * unmatched, 0.0)
    rows, columns = linear_sum_assignment(gain)
    return [(int(at), int(of)) for at, of in zip(rows, columns, strict=True) if gain[at, of] < 0]
