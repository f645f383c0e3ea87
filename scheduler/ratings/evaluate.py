"""The error of a fit: the last weeks of the log are held out and forecast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.ratings.fit import Fit, fit_ratings
from scheduler.ratings.params import RatingsParams

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Forecasts of held-out weeks, compared with the measured viewers.

    error = Σ |forecast − viewers| / Σ viewers over airings; bias = Σ forecast / Σ viewers − 1.
    """

    first: pd.Timestamp
    last: pd.Timestamp
    airings: int
    error_hour: float  # forecast by the hour's mean alone
    bias_hour: float
    error: float  # forecast by curve, season and appeal
    bias: float
    error_carried: float  # the same with the carry-over from the programme before, as forecast
    missed_most: pd.DataFrame  # titles by |Σ forecast − Σ viewers|: title, airings, viewers, forecast (averages)


def evaluate(log: pd.DataFrame, genre: pd.Series[str], params: RatingsParams | None = None) -> Evaluation | None:
    """Fit all weeks except the last ones, and forecast those. None if the log is too short.

    The parameters are those of `fit_ratings`. `params.holdout_weeks` is the number of weeks held out.
    """
    params = params or RatingsParams()
    end = log["start"].max().normalize() + pd.Timedelta(days=1)
    begin = end - pd.Timedelta(weeks=params.holdout_weeks)
    past, held = log["start"] < begin, log["start"] >= begin
    if log.loc[past, "start"].nunique() < 2 or (begin - log["start"].min()).days < 7 * params.holdout_weeks:
        return None
    fitted = fit_ratings(log[past], genre[past], params, begin, params.holdout_weeks)
    return compare(fitted, log[past], log[held], genre[held])


def rolling(
    log: pd.DataFrame, genre: pd.Series[str], windows: int, params: RatingsParams | None = None, step_weeks: int = 2
) -> list[Evaluation]:
    """Evaluations at the end of the log and at earlier ends, `step_weeks` apart, latest first.

    Each fit uses only airings before the weeks that it forecasts. A short log gives fewer than `windows` evaluations.
    """
    end = log["start"].max().normalize() + pd.Timedelta(days=1)
    ends = [end - pd.Timedelta(weeks=step_weeks * back) for back in range(windows)]
    found = (evaluate(log[log["start"] < at], genre[log["start"] < at], params) for at in ends)
    return [one for one in found if one is not None]


def compare(fitted: Fit, past: pd.DataFrame, held: pd.DataFrame, genre: pd.Series[str]) -> Evaluation:
    """Compare the forecast of a fit with the viewers of airings that the fit has not used."""
    viewers = held["viewers"].to_numpy(dtype=float)
    forecast = fitted.forecast(held, genre)
    before = np.concatenate([forecast[:1], forecast[:-1]])
    share = fitted.carry_over
    carried = (1 - share) * forecast + share * before
    by_hour = _hour_means(past, held)
    titles = pd.DataFrame({"title": held["title"], "viewers": viewers, "forecast": forecast, "key": held["key"]})
    grouped = titles.groupby("key").agg(
        title=("title", "last"), airings=("viewers", "size"), viewers=("viewers", "sum"), forecast=("forecast", "sum")
    )
    most = (grouped["forecast"] - grouped["viewers"]).abs().nlargest(10).index
    missed = grouped.loc[most]
    missed = missed.assign(
        viewers=missed["viewers"] / missed["airings"], forecast=missed["forecast"] / missed["airings"]
    )
    return Evaluation(
        first=held["start"].min(),
        last=held["start"].max(),
        airings=len(held),
        error_hour=_error(by_hour, viewers),
        bias_hour=_bias(by_hour, viewers),
        error=_error(forecast, viewers),
        bias=_bias(forecast, viewers),
        error_carried=_error(carried, viewers),
        missed_most=missed.reset_index(drop=True),
    )


def _hour_means(past: pd.DataFrame, held: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Mean viewers of the past year's airings that started in the same hour on the same kind of weekday."""
    year = past[past["start"] >= past["start"].max() - pd.Timedelta(days=365)]
    keys = [year["start"].dt.day_of_week >= 5, year["start"].dt.hour]
    means = year["viewers"].groupby([key.to_numpy() for key in keys]).mean()
    at = pd.MultiIndex.from_arrays([held["start"].dt.day_of_week >= 5, held["start"].dt.hour])
    found: npt.NDArray[np.float64] = means.reindex(at).fillna(year["viewers"].mean()).to_numpy(dtype=np.float64)
    return found


def _error(forecast: npt.NDArray[np.float64], viewers: npt.NDArray[np.float64]) -> float:
    return float(np.abs(forecast - viewers).sum() / max(viewers.sum(), 1e-9))


def _bias(forecast: npt.NDArray[np.float64], viewers: npt.NDArray[np.float64]) -> float:
    return float(forecast.sum() / max(viewers.sum(), 1e-9) - 1)
