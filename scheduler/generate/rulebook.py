"""Agreements and rules. Their bounds are drawn from the hidden timetable, as tight as the option states."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.generate.cast import HOME, START

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from scheduler.generate.cast import Outlet
    from scheduler.generate.catalogue import Title
    from scheduler.generate.facts import Facts
    from scheduler.generate.hidden import Pick
    from scheduler.generate.options import GeneratorOptions
    from scheduler.generate.params import WorldParams
    from scheduler.instance import Instance

    Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Hidden:
    """The hidden timetable as columns."""

    outlet: Ints
    week: Ints
    minutes: Ints
    audience: Ints  # viewer-minutes
    genre: npt.NDArray[np.str_]
    partner: npt.NDArray[np.str_]  # the country that KZ exchanges it with
    given: npt.NDArray[np.bool_]  # KZ's on the partner's channel
    local: npt.NDArray[np.bool_]  # heard in the channel's language
    airtime: Ints  # (outlets, weeks) minutes of windows and anchors

    def weekly(self, which: npt.NDArray[np.bool_], amount: Ints) -> Ints:
        """The amount of some airings in every week."""
        return np.bincount(self.week[which], amount[which], minlength=int(self.week.max()) + 1).astype(np.int64)


def hidden_columns(
    picks: Sequence[Pick], outlets: Sequence[Outlet], titles: Sequence[Title], audience: Ints, bare: Instance
) -> Hidden:
    """The hidden timetable as columns; `audience` is in the order of the picks, `bare` the instance without bounds."""
    lands = [outlets[pick.outlet].station.territory for pick in picks]
    return Hidden(
        outlet=np.array([pick.outlet for pick in picks]),
        week=np.array([pick.day // 7 for pick in picks]),
        minutes=np.array([titles[pick.title].minutes for pick in picks]),
        audience=audience,
        genre=np.array([titles[pick.title].genre for pick in picks]),
        partner=np.array(
            [titles[pick.title].origin if land == HOME else land for pick, land in zip(picks, lands, strict=True)]
        ),
        given=np.array([land != HOME for land in lands]),
        local=np.array([pick.language == outlets[pick.outlet].language for pick in picks]),
        airtime=_airtime(bare),
    )


def _airtime(bare: Instance) -> Ints:
    """(outlets, weeks) minutes of windows and anchors, all of which end before midnight."""
    windows, anchors, timeline = bare.windows, bare.dated_anchors, bare.timeline
    before = (bare.file.horizon.start - timeline.first_day).days
    minutes = np.zeros((len(bare.channels), -(-bare.file.horizon.days // 7)), dtype=np.int64)
    for number, channel in enumerate(bare.channels):
        day = timeline.clock(channel.zone).day
        for spans in (windows, anchors):
            mine = (spans.channel == number) & ~spans.past
            week = (day[spans.start[mine]] - before) // 7
            np.add.at(minutes[number], week, spans.end[mine] - spans.start[mine])
    return minutes


def agreements(hidden: Hidden, options: GeneratorOptions) -> list[dict[str, Any]]:
    """Parity between KZ and every partner: minutes and audience, by week and over the horizon."""
    found = []
    for land in sorted(set(hidden.partner.tolist())):
        mine = hidden.partner == land
        minutes = [hidden.weekly(mine & side, hidden.minutes) for side in (hidden.given, ~hidden.given)]
        audience = [hidden.weekly(mine & side, hidden.audience) for side in (hidden.given, ~hidden.given)]
        least = {
            code: math.floor(options.tightness * int(_by_period(options, each).min()))
            for code, each in zip((HOME, land), minutes, strict=True)
        }
        ratio = max(round(int(audience[0].sum()) / max(1, int(audience[1].sum())), 2), 0.01)
        measures = [
            _measure("minutes", "week", minutes, 1.0, options, {"floor": 15, "least": least}),
            _measure("minutes", "horizon", minutes, 1.0, options, {}),
            _measure("audience", "week", audience, ratio, options, {}),
            _measure("audience", "horizon", audience, ratio, options, {}),
        ]
        if _period(options) == "horizon":  # the weekly measures would be open at its end
            measures = [{**measures[1], "floor": 15, "least": least}, measures[3]]
        found.append({"type": "parity", "id": f"{HOME}-{land}", "parties": [HOME, land], "measures": measures})
    return found


def _period(options: GeneratorOptions) -> str:
    """The period of most rules: week, or horizon if the horizon does not end with a week."""
    return "horizon" if options.days % 7 else "week"


def _by_period(options: GeneratorOptions, weekly: Ints) -> Ints:
    """Amounts by week, or their sum if the period is the horizon."""
    return weekly if _period(options) == "week" else weekly.sum(keepdims=True)


def _measure(
    name: str, period: str, sides: list[Ints], ratio: float, options: GeneratorOptions, more: dict[str, Any]
) -> dict[str, Any]:
    """One measure. The tolerance is the one that the hidden timetable needs, or a little more."""
    given, received = (np.array([side.sum()]) if period == "horizon" else side for side in sides)
    total = given + ratio * received
    off = np.abs(given - ratio * received) / np.maximum(total, 1)
    needed = max(options.world.least_tolerance, math.ceil(100 * float(off.max()) + 1e-6) / 100)
    tolerance = min(0.99, needed + round((1 - options.tightness) / 4, 2))
    deviation = {"tolerance": round(tolerance, 2), "tolerance_of": "sum"}
    return {"measure": name, "period": period, "ratio": ratio, **deviation, **more}


def admitting_rules(
    options: GeneratorOptions, outlets: Sequence[Outlet], rng: np.random.Generator
) -> list[dict[str, Any]]:
    """Rules that exclude single airings: accepted languages, and days that bar some genres."""
    spoken = {outlet.station.territory: outlet.language for outlet in outlets}
    found: list[dict[str, Any]] = [
        {"type": "languages", "id": f"heard-{land}", "territories": [land], "audio": [language, "rus"]}
        for land, language in sorted(spoken.items())
    ]
    if options.regular:
        lands = sorted(spoken)
        each = options.world.mourning_each
        for number in range(-(-options.days // each)):
            land = lands[int(rng.integers(len(lands)))]
            day = number * each + int(rng.integers(min(each, options.days - number * each)))
            when = (date.fromisoformat(START) + timedelta(days=day)).isoformat()
            about = {"type": "calendar", "id": f"mourning-{number + 1}", "territories": [land], "dates": [when]}
            found.append({**about, "bar": {"genre": list(options.world.mourned)}})
    return found


def placement(known: Facts, world: WorldParams) -> list[dict[str, Any]]:
    """The entries of `placement`: series on several days a week, weekly shows, events; single titles are free."""
    longer = world.shortest_series - 1
    sets = list(known.series.day_sets)
    return [
        {"select": {"genre": list(world.strands), "episodes_over": longer}, "as": "strand", "day_sets": sets},
        {"select": {"episodes_over": longer}, "as": "weekly"},
        {"select": {"episodes_over": 1}, "as": "event"},
    ]


def rules(
    hidden: Hidden, options: GeneratorOptions, outlets: Sequence[Outlet], genres: Sequence[str]
) -> list[dict[str, Any]]:
    """Once a day, and per channel: language share, most of one genre, least of the others."""
    once = {"select": {"run": "first"}} if options.regular else {}
    found: list[dict[str, Any]] = [{"type": "runs_per_day", "id": "once-a-day", **once, "most": 1}]
    for number, outlet in enumerate(outlets):
        found += _channel_rules(hidden, options, number, outlet, genres)
    return found


def _channel_rules(
    hidden: Hidden, options: GeneratorOptions, number: int, outlet: Outlet, genres: Sequence[str]
) -> list[dict[str, Any]]:
    mine, station = hidden.outlet == number, outlet.station
    airtime = _by_period(options, hidden.airtime[number])
    other = _by_period(options, hidden.weekly(mine & ~hidden.local, hidden.minutes))
    local = 1 - float((other / airtime).max())
    share = math.floor(100 * options.tightness * local) / 100
    language = _quota(options, f"language-{station.id}", station.id, "audio", outlet.language)
    found = [{**language, "least_share": share}]
    weekly = {
        genre: _by_period(options, hidden.weekly(mine & (hidden.genre == genre), hidden.minutes)) for genre in genres
    }
    favourite = max(genres, key=lambda genre: int(weekly[genre].sum()))
    price = max(1, round(options.price * int(hidden.audience[mine].sum()) / max(1, int(hidden.minutes[mine].sum()))))
    for genre in genres:
        least = math.floor(options.tightness * int(weekly[genre].min()))
        if genre == favourite:
            most = math.ceil(int(weekly[genre].max()) / options.tightness)
            found.append(
                {**_quota(options, f"most-{genre}-{station.id}", station.id, "genre", genre), "most_minutes": most}
            )
        elif least >= options.world.least_genre_minutes:
            soft = {"least_minutes": least, "hard": False, "price": price}
            found.append({**_quota(options, f"least-{genre}-{station.id}", station.id, "genre", genre), **soft})
    return found


def _quota(options: GeneratorOptions, name: str, channel: str, attribute: str, word: str) -> dict[str, Any]:
    about = {"id": name, "channels": [channel], "select": {attribute: [word]}}
    return {"type": "quota", **about, "period": _period(options)}
