"""The parameters of fitting ratings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import AllParams, Params, Positive, Share

Prior = Annotated[float, Field(ge=0.0, le=1_000.0)]


class RatingsParams(Params):
    """Parameters of the fit of viewers to a log, and of its evaluation on held-out weeks."""

    half_life_days: Annotated[float, Field(ge=1.0, le=10_000.0)] = 160.0
    """An airing of this age weighs half as much as one of today."""
    title_prior: Prior = 1.0
    """Airings of average size that a title's appeal is shrunk by, towards its genre's."""
    genre_prior: Prior = 3.0
    """Airings of average size that a genre's appeal is shrunk by, towards 1."""
    passes: Annotated[int, Field(ge=1, le=100)] = 4
    """How often curve and appeals are fitted in turn."""
    level_days: Annotated[int, Field(ge=7, le=365)] = 42
    """Number of last days of the log that determine the level: their viewers divided by those of curve and appeals."""
    season_share: Share = 1.0
    """Power of the season of the year before in the forecast: 0 leaves it out, 1 uses it in full."""
    holdout_weeks: Annotated[int, Field(ge=1, le=52)] = 5
    """Number of weeks at the end of the log that are held out to measure the error of forecasts."""
    spread_prior: Prior = 5.0
    """Airings by which the spread of a title's viewers is shrunk, towards that of all airings."""
    least_expected: Share = 0.05
    """Airings expected to have less than this share of the mean viewers do not count in spreads."""
    longest_minutes: Positive = 240.0
    """A row lasts until the next one of its channel, at most this long: a longer stretch is a gap in the log."""
    last_minutes: Positive = 30.0
    """Length of a channel's last row if the log does not state it."""
    least_appeal: Annotated[float, Field(gt=0.0, le=1.0)] = 0.01
    """Smallest appeal that is written, because few airings cannot prove a smaller one."""
    most_appeal: Annotated[float, Field(ge=1.0, le=1_000.0)] = 20.0
    """Largest appeal that is written."""


class RatingsTables(AllParams):
    """The tables of a file of parameters."""

    ratings: RatingsParams = RatingsParams()
