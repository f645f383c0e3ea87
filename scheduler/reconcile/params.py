"""The parameters of matching evidence. Tolerances are part of the agreements (`as_aired`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import AllParams, Count, Factor, NotNegative, Params, Positive, Share


class ReconcileParams(Params):
    """The cost of a match, in minutes of difference, and the limits of one airing."""

    unmatched: NotNegative = 1_000.0
    """Cost of an airing or an item of evidence without its counterpart."""
    unknown_episode: NotNegative = 5.0
    """Cost if the evidence does not state the episode."""
    other_episode: NotNegative = 1_000.0
    """Cost if the evidence states another episode. It is higher than that of a difference of one day."""
    alike_title: NotNegative = 60.0
    """Cost of a match only by a similar title."""
    least_alike: Annotated[float, Field(ge=0.0, le=100.0)] = 85.0
    """Smallest similarity of such titles (RapidFuzz's ratio of sorted words, 0 to 100)."""
    ambiguous: NotNegative = 15.0
    """A match is ambiguous if the cost of another match exceeds its cost by less than this."""
    whole_minutes: NotNegative = 720.0
    """A difference of starts counts in full up to this, and in part beyond it."""
    beyond_share: Share = 0.25
    """The share with which a difference of starts beyond `whole_minutes` counts."""
    widest_minutes: NotNegative = 2_160.0
    """An airing and evidence with a larger difference of starts are never matched."""
    most_length_minutes: NotNegative = 60.0
    """A difference of lengths counts in part, up to this difference."""
    length_share: Share = 0.25
    """The share of a difference of lengths that counts."""
    same_airing: Share = 0.1
    """If the evidence has the id of the planned airing, the cost is multiplied by this share."""
    join_gap_minutes: NotNegative = 20.0
    """Largest gap between two parts of one airing."""
    join_length: Factor = 1.1
    """Parts are joined up to this multiple of the programme's length. Further parts are a second airing."""
    unknown_length_minutes: Positive = 240.0
    """A row without a length lasts until the channel's next row, at most this long."""
    edge_seconds: NotNegative = 60.0
    """Evidence may begin so much after a planned start, or end so much before a planned end, and still cover it."""
    cut_airings: Count = 3
    """A file without a row for this number of planned airings at one end of a day covers the other hours only."""
    partial_share: Share = 0.5
    """An airing of which less than this share aired is partial."""


class ReconcileTables(AllParams):
    """The tables of a file of parameters."""

    reconcile: ReconcileParams = ReconcileParams()
