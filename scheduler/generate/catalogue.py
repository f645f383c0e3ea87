"""The catalogue: programmes with lengths, appeal, versions, rights, and the channels' shortlists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.generate.cast import HOME, START
from scheduler.generate.facts import Facts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.generate.cast import Outlet
    from scheduler.generate.options import GeneratorOptions
    from scheduler.generate.params import Genre, WorldParams


@dataclass(frozen=True)
class Title:
    """One generated programme. Days count from the start of the horizon; the last one is included."""

    id: str
    name: str
    genre: str
    origin: str
    language: str
    minutes: int
    episodes: int
    runs: int
    appeal: float
    first_day: int
    last_day: int
    channels: tuple[int, ...] = ()  # outlets that have chosen it
    dubs: tuple[str, ...] = ()

    def placed(self, world: WorldParams) -> str:
        """Its placement if series have regular slots: strand, weekly, event or free."""
        if self.episodes == 1:
            return "free"
        if self.episodes < world.shortest_series:
            return "event"
        return "strand" if self.genre in world.strands else "weekly"

    def steps(self, grid: int) -> int:
        """Grid steps of an airing."""
        return -(-self.minutes // grid)


def build_catalogue(
    options: GeneratorOptions, known: Facts, outlets: Sequence[Outlet], rng: np.random.Generator
) -> list[Title]:
    """Draw the programmes and the shortlists of the channels, and dub the programmes on them."""
    partners = sorted({outlet.station.territory for outlet in outlets} - {HOME})
    home = min(max(1, round(options.titles * options.home_titles)), options.titles - len(partners))
    origins = [HOME] * home + [partners[number % len(partners)] for number in range(options.titles - home)]
    mix = options.world.genre_mix
    genres = rng.choice(list(mix), size=options.titles, p=list(mix.values())).tolist()
    titles = _draw_titles(options, known, origins, genres, rng)
    chosen = _shortlists(options, titles, outlets, rng)
    return [_dubbed(title, chosen[number], options, outlets, rng) for number, title in enumerate(titles)]


def _draw_titles(
    options: GeneratorOptions, known: Facts, origins: list[str], genres: list[Genre], rng: np.random.Generator
) -> list[Title]:
    count, world = len(origins), options.world
    minutes, appeal = np.zeros(count), np.zeros(count)
    for genre in world.genre_mix:
        mine = np.array([word == genre for word in genres])
        minutes[mine] = known.draw(known.lengths.minutes[genre], int(mine.sum()), rng)
        appeal[mine] = known.draw(known.appeal.factor[genre], int(mine.sum()), rng)
    minutes = np.clip(np.round(minutes), world.shortest, options.hours * 60).astype(int)
    appeal = np.clip(appeal * np.exp(rng.normal(0, world.appeal_spread, count)), 0.05, 3)
    scale = options.episodes * options.days / 28
    episodes = 1 + rng.poisson([max(0.0, world.series_length.get(genre, 0.0) * scale - 0.3) for genre in genres])
    runs = 1 + (rng.random(count) < options.reruns)
    first, last = _rights_days(options, count, rng)
    if options.regular:
        episodes = _long_series(genres, world, rng)
        runs = np.where(episodes > 1, 2, runs)
    return [
        Title(
            id=f"{origin.lower()}{number:04d}",
            name=f"{genre.capitalize()} {number:04d}",
            genre=genre,
            origin=origin,
            language=known.territories.rows[origin].language,
            minutes=int(minutes[number]),
            episodes=1 if genre == "film" else int(episodes[number]),
            runs=int(runs[number]),
            appeal=round(float(appeal[number]), 2),
            first_day=int(first[number]),
            last_day=int(last[number]),
        )
        for number, (origin, genre) in enumerate(zip(origins, genres, strict=True))
    ]


def _long_series(
    genres: list[Genre], world: WorldParams, rng: np.random.Generator
) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Episodes of every title if series have regular slots: one, the parts of an event, or a long series."""
    low, high = np.log(world.shortest_series), np.log(world.longest_series)
    series = np.round(np.exp(rng.uniform(low, high, len(genres)))).astype(int)
    parts = rng.integers(world.least_event_parts, world.most_event_parts + 1, len(genres))
    event = rng.random(len(genres)) < [world.event_chance.get(genre, 0) for genre in genres]
    return np.where([genre in world.series for genre in genres], np.where(event, parts, series), 1)


def _rights_days(options: GeneratorOptions, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """First and last day of every title's rights: the whole horizon, or at least half of it."""
    half = options.days // 2
    dated, late = rng.random(count) < options.dated, rng.random(count) < 0.5
    cut = rng.integers(0, half + 1, count)
    first = np.where(dated & late, cut, 0)
    last = np.where(dated & ~late, options.days - 1 - cut, options.days - 1)
    return first, last


def _shortlists(
    options: GeneratorOptions, titles: Sequence[Title], outlets: Sequence[Outlet], rng: np.random.Generator
) -> list[list[int]]:
    """The outlets with each title on their shortlist. KZ's choose partners' titles by the partners' airtime."""
    origin = np.array([title.origin for title in titles])
    appeal = np.array([title.appeal for title in titles])
    used = np.zeros(len(titles))
    airtime = {land: sum(outlet.station.territory == land for outlet in outlets) for land in set(origin.tolist())}
    weight = np.array([airtime[land] for land in origin.tolist()], dtype=float)
    for land in airtime:
        weight[origin == land] /= max(1, int((origin == land).sum()))
    chosen: list[list[int]] = [[] for _ in titles]
    for number, outlet in enumerate(outlets):
        offered = origin != HOME if outlet.station.territory == HOME else origin == HOME
        odds = np.where(offered, weight * (0.3 + appeal) / (1 + used) ** 2, 0.0)
        count = min(options.shortlist, int(np.count_nonzero(odds)))
        for pick in rng.choice(len(titles), size=count, replace=False, p=odds / odds.sum()).tolist():
            chosen[pick].append(number)
            used[pick] += 1
    return chosen


def _dubbed(
    title: Title, channels: list[int], options: GeneratorOptions, outlets: Sequence[Outlet], rng: np.random.Generator
) -> Title:
    """The title with its dubs: by chance into the languages of its channels' territories, otherwise into Russian."""
    languages = sorted({outlets[number].language for number in channels})
    local = [language for language in languages if rng.random() < options.local_dub]
    russian = rng.random() < options.russian_dub or len(local) < len(languages)
    return replace(title, channels=tuple(channels), dubs=(*local, *(["rus"] if russian else [])))


def programme_entry(title: Title, options: GeneratorOptions, outlets: Sequence[Outlet]) -> dict[str, Any]:
    """The title as a row of programmes.csv."""
    begin = date.fromisoformat(START)
    seen = sorted({outlets[number].station.territory for number in title.channels} | {title.origin})
    return {
        "programme": title.id,
        "title": title.name,
        "genre": title.genre,
        "origin": title.origin,
        "minutes": title.minutes,
        "episodes": title.episodes,
        "versions": ";".join([f"{title.language}:original", *(f"{language}:dubbed" for language in title.dubs)]),
        "tags": ";".join(outlets[number].station.id for number in title.channels),
        "territories": ";".join(seen),
        "rights_from": "" if title.first_day == 0 else (begin + timedelta(days=title.first_day)).isoformat(),
        "rights_to": "" if title.last_day == options.days - 1 else (begin + timedelta(days=title.last_day)).isoformat(),
        "runs": title.runs,
        "days_between_runs": options.days_between_runs,
        "appeal": f"{title.appeal:g}",
    }
