"""Fit viewers to a ratings log: an hourly curve times the appeal of the title, by alternating weighted ratios.

An airing i of title τ with viewers v is expected to have

    q_i = Σ_h share(i, h) · curve[weekday kind, h]        expected viewers of an average title
    v_i ≈ q_i · appeal[τ]

where share(i, h) is the part of its minutes in local hour h. Curve and appeals are fitted in turn, each as the ratio
of sums that the other one leaves (the iterative proportional fitting of a two-way multiplicative table; Deming and
Stephan 1940). Older airings weigh less: w = 0.5^(age / half-life).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

WEEKDAY_KINDS = ("mon-fri", "sat-sun")
"""The two kinds of weekday a curve is fitted for, as audience.csv writes them."""


@dataclass(frozen=True, slots=True)
class RatingsParams:
    """What the fit can be asked to do. Raises ValueError where a number is out of its range."""

    half_life_days: float = 160.0
    """An airing of this age weighs half as much as one of today."""
    title_prior: float = 1.0
    """Airings of average size that a title's appeal is shrunk by, towards its genre's."""
    genre_prior: float = 3.0
    """Airings of average size that a genre's appeal is shrunk by, towards 1."""
    passes: int = 4
    """How often curve and appeals are fitted in turn."""
    season: bool = True
    """Whether the level is moved by what the same weeks did a year before."""
    season_days: int = 61
    """Days before the log's end, a year before, that the season is measured against."""
    holdout_weeks: int = 5
    """Weeks at the end of the log that are held out to see how well the rest forecasts them."""

    def __post_init__(self) -> None:
        ranges = {
            "half_life_days": (1, 10_000),
            "title_prior": (0, 1_000),
            "genre_prior": (0, 1_000),
            "passes": (1, 100),
            "season_days": (7, 365),
            "holdout_weeks": (1, 52),
        }
        for name, (low, high) in ranges.items():
            if not low <= getattr(self, name) <= high:
                raise ValueError(f"{name} must be between {low} and {high}")


@dataclass(frozen=True, slots=True)
class Fit:
    """Curve and appeals of one channel.

    Forecast of an airing = season · Σ_h share(h) · curve · appeal, persons on average.
    """

    curve: Reals  # (2, 24) viewers of an average title by weekday kind (WEEKDAY_KINDS) and local hour
    titles: pd.DataFrame  # by title key: title, genre, airings, appeal, error (standard error of the appeal)
    genres: pd.Series[float]  # appeal by genre
    season: float  # level of the forecast weeks over the level at the log's end
    season_known: bool  # whether the log reaches back far enough to say
    carry_over: float  # share of the viewers of the programme before that stay, reported only
    first: pd.Timestamp
    last: pd.Timestamp
    airings: int
    params: RatingsParams = field(default_factory=RatingsParams)

    def expected(self, log: pd.DataFrame) -> Reals:
        """Viewers of an average title in the place of each airing, (n,), season included."""
        return self.season * _expected(self.curve, Pieces.of(log), len(log))

    def appeal(self, log: pd.DataFrame, genre: pd.Series[str]) -> Reals:
        """Appeal of each airing's title, (n,); of its genre where the title is new, else 1."""
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
        # hours counted on from midnight of the start's day: the k-th piece of an airing is in hour first + k
        hour = first[airing] + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
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
    """Fit curve, appeals, season and carry-over to the log of one channel.

    Parameters
    ----------
    log
        As `read_log` returns it, one channel.
    genre
        The genre of each row, (n,).
    params
        What to do; by default RatingsParams().
    forecast_from, forecast_weeks
        The weeks that are to be forecast, for the season; by default the week after the log.

    Raises
    ------
    ValueError
        If the log is empty or nobody watched.
    """
    params = params or RatingsParams()
    viewers = log["viewers"].to_numpy(dtype=float)
    if not len(log) or viewers.sum() <= 0:
        raise ValueError("the log holds no viewers")
    last = log["start"].max()
    age = (last - log["start"]).dt.total_seconds().to_numpy() / 86_400
    weight = 0.5 ** (age / params.half_life_days)
    pieces = Pieces.of(log)
    names, codes = np.unique(log["key"].to_numpy(dtype=str), return_inverse=True)
    kinds, kind_of = np.unique(genre.to_numpy(dtype=str), return_inverse=True)
    kind_of_title = np.zeros(len(names), dtype=np.int64)
    kind_of_title[codes] = kind_of
    appeal = np.ones(len(names))
    curve = np.ones((2, 24))
    for _ in range(params.passes):
        curve = _curve(curve, pieces, viewers, weight, appeal[codes])
        expected = _expected(curve, pieces, len(log))
        average = float(weight @ expected / weight.sum())
        seen, due = weight * viewers, weight * expected
        of_kind = _ratio(seen, due, kind_of, len(kinds), params.genre_prior * average, np.ones(len(kinds)))
        appeal = _ratio(seen, due, codes, len(names), params.title_prior * average, of_kind[kind_of_title])
    error = _standard_error(viewers, expected, appeal[codes], weight, codes, params.title_prior * average)
    titles = pd.DataFrame(
        {
            "title": log.groupby("key")["title"].last().reindex(names).to_numpy(),
            "genre": kinds[kind_of_title],
            "airings": np.bincount(codes),
            "appeal": appeal,
            "error": error,
        },
        index=pd.Index(names, name="key"),
    )
    season, known = _season(log, curve, pieces, params, forecast_from or last, forecast_weeks)
    return Fit(
        curve=curve,
        titles=titles,
        genres=pd.Series(of_kind, index=kinds),
        season=season,
        season_known=known,
        carry_over=_carry_over(viewers, expected * appeal[codes], weight),
        first=log["start"].min(),
        last=last,
        airings=len(log),
        params=params,
    )


def _expected(curve: Reals, pieces: Pieces, count: int) -> Reals:
    """Q (n,): the curve at each airing's place, by its minutes in each hour."""
    due: Reals = np.bincount(pieces.airing, curve[pieces.kind, pieces.hour] * pieces.share, count).astype(np.float64)
    return due


def _curve(curve: Reals, pieces: Pieces, viewers: Reals, weight: Reals, appeal: Reals) -> Reals:
    """The next curve: each airing's viewers are split over its hours as the present curve has them.

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


def _standard_error(viewers: Reals, expected: Reals, appeal: Reals, weight: Reals, title: Ints, prior: float) -> Reals:
    """Standard error of every title's appeal, from the spread of its own airings around it.

    With r = v / q − appeal the spread of a title is φ = (Σ r² + 5·φ₀) / (n + 5), φ₀ the spread of all airings, and
    the error is sqrt(φ · Σ (w·q)²) / (Σ w·q + prior).
    """
    count = int(title.max()) + 1
    usable = expected > 0.05 * expected.mean()
    off = np.where(usable, (viewers / np.maximum(expected, 1e-9) - appeal) ** 2, 0.0)
    pooled = off.sum() / max(1, int(usable.sum()))
    spread = (np.bincount(title, off, count) + 5 * pooled) / (np.bincount(title, usable, count) + 5)
    due = weight * expected
    error: Reals = np.sqrt(spread * np.bincount(title, due**2, count)) / (np.bincount(title, due, count) + prior)
    return error


def _season(
    log: pd.DataFrame, curve: Reals, pieces: Pieces, params: RatingsParams, start: pd.Timestamp, weeks: int
) -> tuple[float, bool]:
    """Level of the forecast weeks a year before over that of the days before the log's end a year before.

    Level is viewer-minutes a day. (1, False) where the log does not reach back far enough.
    """
    year = pd.Timedelta(days=364)  # whole weeks, so that weekdays fall on weekdays
    then, end = (start - year).normalize(), (log["start"].max() - year).normalize()
    before = end - pd.Timedelta(days=params.season_days)
    if not params.season or log["start"].min() > before:
        return 1.0, False
    minutes = log["viewers"] * log["minutes"]
    coming = log["start"].between(then, then + pd.Timedelta(weeks=weeks), inclusive="left")
    past = log["start"].between(before, end, inclusive="left")
    if not coming.any() or minutes[past].sum() <= 0:
        return 1.0, False
    level = minutes[coming].sum() / (7 * weeks) / (minutes[past].sum() / params.season_days)
    return float(level), True


def _carry_over(viewers: Reals, forecast: Reals, weight: Reals) -> float:
    """Share γ of the audience of the programme before that stays: v ≈ α·forecast + γ·v(before), least squares."""
    design = np.stack([forecast[1:], viewers[:-1]], axis=1) * np.sqrt(weight[1:])[:, None]
    found = np.linalg.lstsq(design, viewers[1:] * np.sqrt(weight[1:]), rcond=None)[0]
    return float(found[1])


def genres_of(log: pd.DataFrame, catalogue: Mapping[str, str]) -> pd.Series[str]:
    """The genre of each row: the catalogue's (by title key), else what the log says."""
    known = log["key"].map(catalogue)
    return known.where(known.notna(), log["kind"]).astype(str)
