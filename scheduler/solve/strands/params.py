"""What the strand engine may be told."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StrandParams:
    """Every choice of the strand engine that can change its answer; seconds are counted work where runs must repeat."""

    whole_columns: int = 80_000  # up to so many columns the whole program is searched beside everything else
    sure: float = 0.85  # the dive takes bundles that the relaxation has at least this much of
    at_least: int = 4  # where there are none, this many of the largest
    back_ups: int = 8  # how often the dive takes a step back before what it holds is filled
    fill_seconds: float = 20.0  # for the program of what the dive has left open
    fill_gap: float = 1e-3  # it is solved to this share of the fallback's audience
    channels: int = 4  # of the first neighbourhood
    most_channels: int = 8
    turn_seconds: float = 12.0  # for one neighbourhood
    turn_gap: float = 2e-5  # a neighbourhood is solved to this share of the value
    alone_share: float = 0.5  # of the time left for the whole program where one worker does all
