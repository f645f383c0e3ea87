"""Fit viewers to a ratings log: an hourly curve times the appeal of the title, by alternating weighted ratios.

An airing i of title τ with viewers v is expected to have

    q_i = Σ_h share(i, h) · curve[weekday kind, h]        expected viewers of an average title
    v_i ≈ q_i · appeal[τ]

where share(i, h) is the part of its minutes in local hour h. Curve and appeals are fitted in turn, each as the ratio
of sums that the other one leaves (the iterative proportional fitting of a two-way multiplicative table; Deming and
Stephan 1940). Older airings weigh less: w = 0.5^(age / half-life).

The forecast of coming weeks multiplies this by the level and by the season. The level is the viewers of the log's last
weeks, divided by those that curve and appeals give for them. The season is the level of the same weeks a year before,
divided by that of the weeks before those.

The season counts in full (`season_share` = 1). One year is one sample of a season; if a feast falls on another date, it
misleads. Without it the forecast misses the decrease from winter to spring, which is the larger error.
`import ratings --windows` shows both on a log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from scheduler.arrays import Ints, Reals, ranges
from scheduler.messages import RefusedError, msg
from scheduler.ratings.params import RatingsParams

if TYPE_CHECKING:
    from collections.abc import Mapping


WEEKDAY_KINDS = ("mon-fri", "sat-sun")
"""The two kinds of weekday a curve is fitted for, as audience.csv writes them."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Curve and appeals of one channel.

    Forecast of an airing = level · season · Σ_h share(h) · curve · appeal, persons on average.
    """

    curve: Reals  # (2, 24) viewers of an average title by weekday kind (WEEKDAY_KINDS) and local hour
    titles: pd.DataFrame  # by title key: title, genre, airings, appeal, error (standard error of the appeal)
    genres: pd.Series[float]  # appeal by genre
    level: float  # viewers of the log's last weeks, divided by those that curve and appeals give for them
    season: float  # change of the level to the forecast weeks as a year before, to the power season_share
    season_known: bool  # whether the log reaches back far enough to know this
    carry_over: float  # share of the viewers of the programme before that stay, reported only
    first: pd.Timestamp
    last: pd.Timestamp
    airings: int
    params: RatingsParams = field(default_factory=RatingsParams)

    @property
    def factor(self) -> float:
        """The factor on the curve in the forecast weeks: level · season."""
        return self.level * self.season

    def expected(self, log: pd.DataFrame) -> Reals:
        """Viewers of an average title in the place of each airing, (n,), level and season included."""
        return self.factor * _expected(self.curve, Pieces.of(log), len(log))

    def appeal(self, log: pd.DataFrame, genre: pd.Series[str]) -> Reals:
        """(n,) appeal of each airing's title. For a new title it is the appeal of its genre, else 1."""
        title = self.titles["appeal"].reindex(log["key"]).to_numpy(dtype=float)
        general = self.genres.reindex(genre).fillna(1.0).to_numpy(dtype=float)
        return np.where(np.isnan(title), general, title)

    def forecast(self, log: pd.DataFrame, genre: pd.Series[str]) -> Reals:
        """Average viewers of each airing, (n,)."""
        return self.expected(log) * self.appeal(log, genre)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Airings cut at local hours: piece k belongs to airing `airing[k]` and holds `share[k]` of its minutes."""

    airing: Ints
    kind: Ints  # index into WEEKDAY_KINDS
    hour: Ints
    share: Reals

    @classmethod
    def of(cls, log: pd.DataFrame) -> Pieces:
        """Cut the airings of a log."""
        clock = log["start"].dt
        start = (clock.hour * 60 + clock.minute + clock.second / 60).to_numpy(dtype=float)
        minutes = log["minutes"].to_numpy(dtype=float)
        first = (start // 60).astype(np.int64)
        count = np.maximum(np.ceil((start + minutes) / 60).astype(np.int64) - first, 1)
        airing = np.repeat(np.arange(len(log)), count)
        # hours since midnight of the start's day: the k-th piece of an airing is in hour first + k
        hour = first[airing] + ranges(count)
        inside = np.minimum((start + minutes)[airing], (hour + 1) * 60.0) - np.maximum(start[airing], hour * 60.0)
        weekday = (clock.day_of_week.to_numpy()[airing] + hour // 24) % 7
        return cls(airing, (weekday >= 5).astype(np.int64), hour % 24, inside / minutes[airing])


def fit_ratings(
    log: pd.DataFrame,
    genre: pd.Series[str],
    params: RatingsParams | None = None,
    forecast_from: pd.Timestamp | None = None,
    forecast_weeks: int = 1,
) -> Fit:
    """Fit curve, appeals, level, season and carry-over to the log of one channel.

    Parameters
    ----------
    log
        As `read_log` returns it, one channel.
    genre
        The genre of each row, (n,).
    params
        The parameters of the fit; by default RatingsParams().
    forecast_from, forecast_weeks
        The weeks that are to be forecast, for the season; by default the week after the log.

    Raises
    ------
    RefusedError
        If the log is empty or nobody watched.
    """
    params = params or RatingsParams()
    viewers = log["viewers"].to_numpy(dtype=float)
    if not len(log) or viewers.sum() <= 0:
        raise RefusedError(msg("the log holds no viewers"))
    last = log["start"].max()
    weight = 0.5 ** ((last - log["start"]).dt.total_seconds().to_numpy() / 86_400 / params.half_life_days)
    factors = _alternated(log, genre, viewers, weight, params)
    forecast = factors.expected * factors.appeal[factors.title]
    season = _season(log, factors.expected, params, forecast_from or last, forecast_weeks)
    return Fit(
        curve=factors.curve,
        titles=_title_table(log, factors, viewers, weight, params),
        genres=pd.Series(factors.of_genre, index=factors.genres),
        level=_level(log, forecast, log["start"].max(), params.level_days) or 1.0,
        season=1.0 if season is None else season**params.season_share,
        season_known=season is not None,
        carry_over=_carry_over(viewers, forecast, weight),
        first=log["start"].min(),
        last=last,
        airings=len(log),
        params=params,
    )


@dataclass(frozen=True, slots=True)
class _Factors:
    """The result of the alternating ratios, and the groups over which they were taken."""

    keys: npt.NDArray[np.str_]  # title keys
    title: Ints  # (n,) index into keys
    genres: npt.NDArray[np.str_]
    genre_of_title: Ints
    curve: Reals  # (2, 24)
    expected: Reals  # (n,) viewers of an average title in each airing's place
    appeal: Reals  # by title
    of_genre: Reals  # appeal by genre
    average: float  # weighted mean of `expected`: the airing of average size that priors count in


def _alternated(
    log: pd.DataFrame, genre: pd.Series[str], viewers: Reals, weight: Reals, params: RatingsParams
) -> _Factors:
    """Fit curve and appeals in turn."""
    pieces = Pieces.of(log)
    keys, title = np.unique(log["key"].to_numpy(dtype=str), return_inverse=True)
    genres, genre_of = np.unique(genre.to_numpy(dtype=str), return_inverse=True)
    genre_of_title = np.zeros(len(keys), dtype=np.int64)
    genre_of_title[title] = genre_of
    appeal, of_genre, curve = np.ones(len(keys)), np.ones(len(genres)), np.ones((2, 24))
    expected, average = np.ones(len(log)), 1.0
    for _ in range(params.passes):
        curve = _curve(curve, pieces, viewers, weight, appeal[title])
        expected = _expected(curve, pieces, len(log))
        average = float(weight @ expected / weight.sum())
        seen, due = weight * viewers, weight * expected
        of_genre = _ratio(seen, due, genre_of, len(genres), params.genre_prior * average, np.ones(len(genres)))
        appeal = _ratio(seen, due, title, len(keys), params.title_prior * average, of_genre[genre_of_title])
    return _Factors(keys, title, genres, genre_of_title, curve, expected, appeal, of_genre, average)


def _title_table(
    log: pd.DataFrame, factors: _Factors, viewers: Reals, weight: Reals, params: RatingsParams
) -> pd.DataFrame:
    """Title, genre, airings, appeal and its standard error, by title key."""
    prior = params.title_prior * factors.average
    appeal = factors.appeal[factors.title]
    return pd.DataFrame(
        {
            "title": log.groupby("key")["title"].last().reindex(factors.keys).to_numpy(),
            "genre": factors.genres[factors.genre_of_title],
            "airings": np.bincount(factors.title),
            "appeal": factors.appeal,
            "error": _standard_error(viewers, factors.expected, appeal, weight, factors.title, prior, params),
        },
        index=pd.Index(factors.keys, name="key"),
    )


def _expected(curve: Reals, pieces: Pieces, count: int) -> Reals:
    """q, (n,): the curve at the place of each airing, averaged by its minutes in each hour."""
    due: Reals = np.bincount(pieces.airing, curve[pieces.kind, pieces.hour] * pieces.share, count).astype(np.float64)
    return due


def _curve(curve: Reals, pieces: Pieces, viewers: Reals, weight: Reals, appeal: Reals) -> Reals:
    """The next curve: each airing's viewers are split over its hours in proportion to the present curve.

    curve'[h] = Σ w·v·part(h) / Σ w·appeal·share(h), part(h) = share(h)·curve[h] / q.
    """
    expected = _expected(curve, pieces, len(viewers))
    at = (pieces.kind, pieces.hour)
    part = pieces.share * curve[at] / np.maximum(expected, 1e-9)[pieces.airing]
    seen, due = np.zeros((2, 24)), np.zeros((2, 24))
    np.add.at(seen, at, (weight * viewers)[pieces.airing] * part)
    np.add.at(due, at, (weight * appeal)[pieces.airing] * pieces.share)
    return np.where(due > 0, seen / np.maximum(due, 1e-9), 0.0)


def _ratio(seen: Reals, due: Reals, group: Ints, count: int, prior: float, towards: Reals) -> Reals:
    """(Σ seen + prior·towards) / (Σ due + prior) of every group, (count,)."""
    total, expected = np.bincount(group, seen, count), np.bincount(group, due, count)
    ratio: Reals = (total + prior * towards) / np.maximum(expected + prior, 1e-9)
    return ratio


def _standard_error(
    viewers: Reals,
    expected: Reals,
    appeal: Reals,
    weight: Reals,
    title: Ints,
    prior: float,
    params: RatingsParams,
) -> Reals:
    """Standard error of every title's appeal, from the spread of its own airings around it.

    With r = v / q − appeal the spread of a title is φ = (Σ r² + s·φ₀) / (n + s), where s is `spread_prior` and φ₀ the
    spread of all airings. The error is sqrt(φ · Σ (w·q)²) / (Σ w·q + prior).
    """
    count = int(title.max()) + 1
    usable = expected > params.least_expected * expected.mean()
    off = np.where(usable, (viewers / np.maximum(expected, 1e-9) - appeal) ** 2, 0.0)
    more = params.spread_prior
    pooled = off.sum() / max(1, int(usable.sum()))
    spread = (np.bincount(title, off, count) + more * pooled) / np.maximum(
        np.bincount(title, usable, count) + more, 1e-9
    )
    due = weight * expected
    error: Reals = np.sqrt(spread * np.bincount(title, due**2, count)) / (np.bincount(title, due, count) + prior)
    return error


def _level(log: pd.DataFrame, expected: Reals, end: pd.Timestamp, days: float) -> float | None:
    """Viewer-minutes of the days before a moment, divided by the expected ones. None if nothing is expected."""
    inside = ((log["start"] <= end) & (log["start"] > end - pd.Timedelta(days=days))).to_numpy()
    minutes = log["minutes"].to_numpy(dtype=float)[inside]
    seen = float(log["viewers"].to_numpy(dtype=float)[inside] @ minutes)
    due = float(expected[inside] @ minutes)
    return seen / due if due > 0 and seen > 0 else None


def _season(log: pd.DataFrame, expected: Reals, params: RatingsParams, start: pd.Timestamp, weeks: int) -> float | None:
    """Level of the forecast weeks a year before, over that of the days that end a year before the log does.

    The forecast weeks are looked up in the latest year that the log knows. None where it does not reach back far
    enough.
    """
    year = pd.Timedelta(days=364)  # whole weeks, so that weekdays fall on weekdays
    last, span = log["start"].max(), pd.Timedelta(weeks=weeks)
    back = max(1, -(-(start + span - last) // year))
    end, then = last - year, start - back * year
    earliest = min(end - pd.Timedelta(days=params.level_days), then)
    if log["start"].min().normalize() > earliest:
        return None
    coming = _level(log, expected, then + span, 7 * weeks)
    before = _level(log, expected, end, params.level_days)
    return None if coming is None or before is None else coming / before


def _carry_over(viewers: Reals, forecast: Reals, weight: Reals) -> float:
    """Least squares for γ in v ≈ α·forecast + γ·v(before): the share of the previous audience that stays."""
    design = np.stack([forecast[1:], viewers[:-1]], axis=1) * np.sqrt(weight[1:])[:, None]
    found = np.linalg.lstsq(design, viewers[1:] * np.sqrt(weight[1:]), rcond=None)[0]
    return float(found[1])


def genres_of(log: pd.DataFrame, catalogue: Mapping[str, str]) -> pd.Series[str]:
    """The genre of each row: the catalogue's by title key, else that of the log."""
    known = log["key"].map(catalogue)
    return known.where(known.notna(), log["kind"]).astype(str)
