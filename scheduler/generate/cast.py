"""Who takes part: territories, their channels with windows and news, and how many watch them hour by hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.generate.facts import Facts, Station

if TYPE_CHECKING:
    from scheduler.generate.dials import Dials

HOME = "KZ"
START = "2026-12-07"
"""The horizon's first day, a Monday."""

SHARE_OF_INHABITANTS = 0.012
"""Viewers of a channel's best hour in a territory of `TYPICAL` inhabitants, as a share of them."""

TYPICAL = 20_000_000
"""Larger and smaller territories count by the root of their size, so that none outweighs all others."""

NEWS_MINUTES = 30
GENRE_SPREAD = 0.15
CHANNEL_SPREAD = 0.4


@dataclass(frozen=True)
class Outlet:
    """One channel as it is generated: where it is, when its window begins, how many watch at best."""

    station: Station
    language: str
    start: int  # minutes after midnight
    peak: float  # viewers in the best hour
    taste: dict[str, float]  # factor of each genre


def choose_outlets(dials: Dials, known: Facts, rng: np.random.Generator) -> list[Outlet]:
    """Draw the channels: the home share from KZ, the rest around the partners in turn."""
    lands = list(known.territories.rows)[: dials.territories]
    stock = {land: [station for station in known.channels.rows if station.territory == land] for land in lands}
    home = min(max(1, round(dials.channels * dials.home_share)), len(stock[HOME]), dials.channels - len(lands) + 1)
    picked = list(stock[HOME][:home])
    turn = 0
    while len(picked) < dials.channels and any(turn < len(stock[land]) for land in lands[1:]):
        new = [stock[land][turn] for land in lands[1:] if turn < len(stock[land])]
        picked += new[: dials.channels - len(picked)]
        turn += 1
    return [_outlet(station, dials, known, rng) for station in picked]


def _outlet(station: Station, dials: Dials, known: Facts, rng: np.random.Generator) -> Outlet:
    land = known.territories.rows[station.territory]
    latest = int(24 - dials.hours)
    start = min(int(rng.choice([17, 18, 19, 20])), latest)
    size = SHARE_OF_INHABITANTS * TYPICAL * (land.population / TYPICAL) ** 0.5
    peak = size * float(np.exp(rng.normal(0, CHANNEL_SPREAD)))
    taste = {genre: float(np.exp(rng.normal(0, GENRE_SPREAD))) for genre in known.genres}
    return Outlet(station, land.language, start * 60, peak, taste)


def channel_entry(outlet: Outlet, dials: Dials) -> dict[str, Any]:
    """The channel as instance.yaml writes it: nobody watches its fallback, its window takes its shortlist."""
    station = outlet.station
    end = outlet.start + round(dials.hours * 60)
    return {
        "id": station.id,
        "name": station.name,
        "territory": station.territory,
        "zone": station.zone,
        "languages": [outlet.language],
        "fallback": {"title": "own programme", "appeal": 0},
        "windows": [
            {
                "days": "all",
                "start": _clock(outlet.start),
                "end": _clock(end),
                "accept": {"tag": [station.id]},
            }
        ],
    }


def news_entry(outlet: Outlet) -> dict[str, Any]:
    """The channel's news before its window, a row of anchors.csv."""
    station = outlet.station
    return {
        "anchor": f"news-{station.id}",
        "channel": station.id,
        "days": "all",
        "start": _clock(outlet.start - NEWS_MINUTES),
        "end": _clock(outlet.start),
        "title": "News",
        "genre": "news",
        "origin": station.territory,
        "audio": outlet.language,
    }


def audience_entries(outlet: Outlet, dials: Dials, known: Facts) -> list[dict[str, Any]]:
    """Rows of audience.csv: the measured curve scaled to the channel, and every genre's during the window."""
    rows = []
    first, last = outlet.start // 60, (outlet.start + round(dials.hours * 60) - 1) // 60
    curves = (("mon-fri", known.audience_by_hour.weekday), ("sat, sun", known.audience_by_hour.weekend))
    for genre in ("", *known.genres):
        factor = outlet.taste.get(genre, 1.0)
        for days, curve in curves:
            for hour, index in enumerate(curve):
                if not genre or first <= hour <= last:
                    viewers = round(outlet.peak * index / 100 * factor)
                    row = {"channel": outlet.station.id, "days": days, "hour": hour, "viewers": viewers}
                    rows.append({**row, "genre": genre})
    return rows


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
