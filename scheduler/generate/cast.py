"""The channels: their territories, windows, news, live matches and viewers by hour."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.generate.facts import Facts, Station

if TYPE_CHECKING:
    from scheduler.generate.options import GeneratorOptions

HOME = "KZ"
START = "2026-12-07"
"""The horizon's first day, a Monday."""

SATURDAY = 5


@dataclass(frozen=True)
class Outlet:
    """One generated channel: its station, the start of its window, and the viewers of its best hour."""

    station: Station
    language: str
    start: int  # minutes after midnight
    peak: float  # viewers in the best hour
    taste: dict[str, float]  # factor of each genre
    weekend: int | None = None  # start of another window on Saturday and Sunday
    every: int | None = None  # minutes of `start_every`
    holidays: tuple[date, ...] = ()  # days of the horizon with a window of their own


def vary(outlets: list[Outlet], options: GeneratorOptions, known: Facts, rng: np.random.Generator) -> list[Outlet]:
    """Give some channels other weekend windows, as many others a coarser start grid, and all their holidays."""
    begin = date.fromisoformat(START)
    ends = begin + timedelta(days=options.days)
    other = rng.permutation(len(outlets))[: round(options.varied * len(outlets))].tolist()
    found = []
    for number, outlet in enumerate(outlets):
        mine = [one.date for one in known.holidays.rows if one.territory == outlet.station.territory]
        outlet = replace(outlet, holidays=tuple(day for day in mine if begin <= day < ends))
        if number in other[::2]:
            outlet = replace(outlet, weekend=outlet.start - options.world.weekend_earlier)
        elif number in other:
            rarer = 15 if options.grid < 15 and 15 % options.grid == 0 else 2 * options.grid
            outlet = replace(outlet, every=rarer)
        found.append(outlet)
    return found


def choose_outlets(options: GeneratorOptions, known: Facts, rng: np.random.Generator) -> list[Outlet]:
    """Draw the channels: the home share from KZ, the rest from the partners in turn."""
    lands = list(known.territories.rows)[: options.territories]
    stock = {land: [station for station in known.channels.rows if station.territory == land] for land in lands}
    home = min(
        max(1, round(options.channels * options.home_share)), len(stock[HOME]), options.channels - len(lands) + 1
    )
    picked = list(stock[HOME][:home])
    turn = 0
    while len(picked) < options.channels and any(turn < len(stock[land]) for land in lands[1:]):
        new = [stock[land][turn] for land in lands[1:] if turn < len(stock[land])]
        picked += new[: options.channels - len(picked)]
        turn += 1
    return [_outlet(station, options, known, rng) for station in picked]


def _outlet(station: Station, options: GeneratorOptions, known: Facts, rng: np.random.Generator) -> Outlet:
    land = known.territories.rows[station.territory]
    latest = int(24 - options.hours)
    start = min(int(rng.choice([17, 18, 19, 20])), latest)
    world = options.world
    size = world.share_of_inhabitants * world.typical_inhabitants
    size *= (land.population / world.typical_inhabitants) ** 0.5
    peak = size * float(np.exp(rng.normal(0, world.channel_spread)))
    taste = {genre: float(np.exp(rng.normal(0, world.genre_spread))) for genre in known.genres}
    return Outlet(station, land.language, start * 60, peak, taste)


def channel_entry(outlet: Outlet, options: GeneratorOptions) -> dict[str, Any]:
    """The channel's entry of instance.yaml. Its fallback has no viewers, and its window accepts its shortlist."""
    station, length, world = outlet.station, round(options.hours * 60), options.world
    usual = [("all" if outlet.weekend is None else "mon-fri", outlet.start, outlet.start + length)]
    if outlet.weekend is not None:
        usual.append(("sat, sun", outlet.weekend, outlet.weekend + length + world.weekend_longer))
    windows: list[dict[str, Any]] = [
        {"days": days, "start": _clock(start), "end": _clock(end)} for days, start, end in usual
    ]
    if outlet.holidays:
        gala = {"start": _clock(outlet.start - world.holiday_earlier), "end": _clock(outlet.start + world.holiday_rest)}
        windows.append({"dates": [day.isoformat() for day in outlet.holidays], **gala})
    rarer = {} if outlet.every is None else {"start_every": outlet.every}
    return {
        "id": station.id,
        "name": station.name,
        "territory": station.territory,
        "zone": station.zone,
        "languages": [outlet.language],
        "fallback": {"title": "own programme", "appeal": 0},
        "windows": [{**window, **rarer, "accept": {"tag": [station.id]}} for window in windows],
    }


def news_entries(outlet: Outlet, options: GeneratorOptions) -> list[dict[str, Any]]:
    """The channel's news before its window, rows of anchors.csv."""
    usual = [("", "all" if outlet.weekend is None else "mon-fri", outlet.start)]
    if outlet.weekend is not None:
        usual.append(("-weekend", "sat, sun", outlet.weekend))
    return [
        {
            "anchor": f"news-{outlet.station.id}{which}",
            "channel": outlet.station.id,
            "days": days,
            "start": _clock(start - options.world.news_minutes),
            "end": _clock(start),
            "title": "News",
            "genre": "news",
            "origin": outlet.station.territory,
            "audio": outlet.language,
        }
        for which, days, start in usual
    ]


def live_entries(outlets: list[Outlet], options: GeneratorOptions, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Live matches on a date inside a window: rows of anchors.csv, at least one."""
    begin, length = date.fromisoformat(START), round(options.hours * 60)
    minutes = min(105, length // 2) // options.grid * options.grid
    places = [
        (number, day)
        for number, outlet in enumerate(outlets)
        for day in range(options.days)
        if begin + timedelta(days=day) not in outlet.holidays and (outlet.weekend is None or day % 7 < SATURDAY)
    ]
    count = max(1, round(len(outlets) * options.days / options.world.live_each))
    found = []
    for number, day in (places[at] for at in sorted(rng.choice(len(places), count, replace=False).tolist())):
        outlet = outlets[number]
        start = outlet.start + int(rng.integers(0, (length - minutes) // options.grid + 1)) * options.grid
        found.append(
            {
                "anchor": f"live-{outlet.station.id}-{day:03d}",
                "channel": outlet.station.id,
                "date": (begin + timedelta(days=day)).isoformat(),
                "start": _clock(start),
                "end": _clock(start + minutes),
                "title": "Live match",
                "genre": "sport",
                "origin": outlet.station.territory,
                "audio": outlet.language,
                "delivery": "live",
            }
        )
    return found


def audience_entries(outlet: Outlet, options: GeneratorOptions, known: Facts) -> list[dict[str, Any]]:
    """Rows of audience.csv: the measured curve scaled to the channel, and every genre's during the window."""
    rows = []
    world = options.world
    earlier = world.holiday_earlier if outlet.holidays else world.weekend_earlier if outlet.weekend is not None else 0
    first, last = (outlet.start - earlier) // 60, (outlet.start + round(options.hours * 60) - 1) // 60
    curves = tuple(zip(("mon-fri", "sat, sun"), known.audience_curves(outlet.station.territory), strict=True))
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
