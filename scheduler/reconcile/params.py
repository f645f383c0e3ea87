"""The parameters of matching evidence. Tolerances stand in the agreements (`as_aired`)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import AllParams, Factor, NotNegative, Params, Positive, Share


class ReconcileParams(Params):
    """The cost of a match, in minutes of difference, and the limits of one airing."""

    unmatched: NotNegative = 1_000.0
    """Cost of an airing or an item of evidence without its counterpart."""
    unknown_episode: NotNegative = 5.0
    """Cost where the evidence does not state the episode."""
    other_episode: NotNegative = 1_000.0
    """Cost where the evidence states another episode: more than the planned one on the day before or after."""
    alike_title: NotNegative = 60.0
    """Cost where only a title that is nearly the same speaks for the match."""
    least_alike: Annotated[float, Field(ge=0.0, le=100.0)] = 85.0
    """How alike such titles are at least (RapidFuzz's ratio of sorted words, 0 to 100)."""
    ambiguous: NotNegative = 15.0
    """A match is ambiguous if another counterpart costs less than this more."""
    whole_minutes: NotNegative = 720.0
    """A difference of starts counts whole up to this, in part beyond it."""
    beyond_share: Share = 0.25
    """The share of a difference of starts beyond that."""
    widest_minutes: NotNegative = 2_160.0
    """Starts that lie further apart are never one airing."""
    most_length_minutes: NotNegative = 60.0
    """A difference of lengths counts in part, up to this difference."""
    length_share: Share = 0.25
    """The share of a difference of lengths that counts."""
    same_airing: Share = 0.1
    """Where the evidence names the planned airing by its id, a match costs this share."""
    join_gap_minutes: NotNegative = 20.0
    """Parts of one airing lie at most this far apart."""
    join_length: Factor = 1.1
    """Parts are joined up to this multiple of the programme's length: what is longer is a second airing."""
    unknown_length_minutes: Positive = 240.0
    """A row without a length lasts until the channel's next one, at most this long."""
    partial_share: Share = 0.5
    """An airing of which less than this share aired is partial."""


class ReconcileTables(AllParams):
    """The tables of a file of parameters."""

    reconcile: ReconcileParams = ReconcileParams()
