"""A synthetic ratings log whose curve and appeals are known."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

GENRES = ("drama", "news", "film", "quiz")
CURVE = 20_000 + 60_000 * np.exp(-(((np.arange(24) - 20) / 3.0) ** 2))
"""Viewers by hour. At the weekend there are 1.2 times as many."""


def synthetic(days: int = 200, noise: float = 0.3, seed: int = 1) -> tuple[pd.DataFrame, dict[str, float]]:
    """A log of `days` days with airings of 60 or 90 minutes, and the true appeal of every title.

    Viewers of an airing are the curve over its hours × appeal × a lognormal factor of mean 1. The appeals are scaled
    so that the average title has 1.
    """
    rng = np.random.default_rng(seed)
    titles = [f"Title {number:02d}" for number in range(30)]
    true = np.exp(rng.normal(0, 0.4, len(titles)))
    true /= true.mean()
    rows = []
    start = datetime(2026, 1, 1, 5)
    while start < datetime(2026, 1, 1) + timedelta(days=days):
        title = int(rng.integers(len(titles)))
        length = int(rng.choice([60, 90]))
        minutes = [(start + timedelta(minutes=at)) for at in range(0, length, 10)]
        level = np.mean([CURVE[at.hour] * (1.2 if at.weekday() >= 5 else 1.0) for at in minutes])
        factor = np.exp(rng.normal(-(noise**2) / 2, noise))
        row = {"start": start, "minutes": length, "title": titles[title], "kind": GENRES[title % 4]}
        rows.append({**row, "viewers": level * true[title] * factor})
        start += timedelta(minutes=length)
    log = pd.DataFrame(rows).assign(channel="", key=lambda frame: frame["title"].str.casefold())
    log["minutes"] = log["minutes"].astype(float)
    return log, {title.casefold(): float(appeal) for title, appeal in zip(titles, true, strict=True)}


def as_csv(log: pd.DataFrame) -> str:
    """The log as a planner's table: date, start, title, kind, viewers."""
    table = pd.DataFrame(
        {
            "date": log["start"].dt.strftime("%d.%m.%Y"),
            "start": log["start"].dt.strftime("%H:%M:%S"),
            "title": log["title"] + " (rus)",
            "kind": log["kind"],
            "viewers": log["viewers"].round().astype(int),
        }
    )
    return table.to_csv(index=False)
