"""The hidden timetable of a channel that airs series in regular slots: strands, weekly shows, events, repeats, films.

It is filled week by week: first strands, then weekly shows, then events, each in the first slot that is free on all its
days. Repeats of strands follow, then films and concerts in the rest. Most series of the first week began before the
horizon and have a history; two or three begin.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.generate.cast import HOME, START
from scheduler.generate.hidden import Pick, balanced, version_of
from scheduler.instance import Placement, zone_clock
from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.moments import DAY, WEEK, utc_text
from scheduler.rules.calendar import Calendar
from scheduler.rules.open_days import OpenDays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.generate.cast import Outlet
    from scheduler.generate.catalogue import Title
    from scheduler.generate.facts import Facts
    from scheduler.generate.options import GeneratorOptions
    from scheduler.generate.params import Kind
    from scheduler.instance import Instance


@dataclass(frozen=True, slots=True)
class Placed:
    """A series in its slot: content on an outlet from a minute of the day, the horizon's days on which it airs."""

    outlet: int
    title: int
    language: str
    minute: int
    days: tuple[int, ...]
    past: tuple[int, ...]  # days before the horizon, negative
    kind: str

    @property
    def episodes(self) -> list[tuple[int, int]]:
        """(day, episode) of the horizon's airings."""
        return [(day, len(self.past) + number) for number, day in enumerate(self.days, start=1)]


@dataclass(frozen=True)
class Hiding:
    """The hidden timetable and the airings before it."""

    picks: list[Pick]
    history: list[dict[str, Any]]


def hide_regular(
    options: GeneratorOptions,
    outlets: Sequence[Outlet],
    titles: Sequence[Title],
    known: Facts,
    bare: Instance,
    rng: np.random.Generator,
) -> Hiding:
    """Place series and single titles; `bare` has the windows, anchors and rules that exclude airings."""
    filler = _Filler(options, outlets, titles, known, bare, rng)
    for week in range(-(-options.days // WEEK)):
        for kind in options.world.filled:
            filler.fill_week(week, kind)
    repeats, aired_again = filler.repeats()
    series = [
        Pick(one.outlet, day, one.minute, one.title, one.language, episode)
        for one in filler.placed
        for day, episode in one.episodes
    ]
    free = [
        pick
        for day in range(options.days)
        for outlet in rng.permutation(len(outlets)).tolist()
        for pick in filler.films(outlet, day)
    ]
    fixed = len(series) + len(repeats)
    kept = balanced([*series, *repeats, *free], outlets, titles, options.world.balance, rng, fixed)
    return Hiding(kept, [*filler.history(), *aired_again])


@dataclass
class _Filler:
    """Places titles in free airtime, within rights and rules, if the territory has not seen them."""

    options: GeneratorOptions
    outlets: Sequence[Outlet]
    titles: Sequence[Title]
    known: Facts
    instance: Instance
    rng: np.random.Generator
    placed: list[Placed] = field(default_factory=list)

    def __post_init__(self) -> None:
        options, instance = self.options, self.instance
        contents = instance.contents
        self._open = OpenDays(instance)
        self._continued: list[tuple[int, int, int, list[int]]] = []  # outlet, title, minute, days as `_days_after`
        self._before = (instance.file.horizon.start - instance.timeline.first_day).days
        self._content = {
            (item.programme, item.audio): number for number, item in enumerate(contents.items[: contents.version_count])
        }
        windows, steps = instance.windows, instance.timeline.minutes // options.grid
        self._window = np.zeros((len(self.outlets), steps), dtype=bool)
        for at in np.flatnonzero(~windows.past).tolist():
            self._window[windows.channel[at], windows.first_step[at] : windows.last_step[at]] = True
        self._free = self._window.copy()
        self._used: set[tuple[int, str]] = set()
        self._single: dict[tuple[int, str], list[int]] = {}
        self._minutes: dict[tuple[str, bool, int], int] = {}
        self._kind = [title.placed(options.world) for title in self.titles]
        self._premieres = int(self.rng.integers(options.world.least_premieres, options.world.most_premieres + 1))
        self._shortlist = [
            [at for at, title in enumerate(self.titles) if number in title.channels]
            for number in range(len(self.outlets))
        ]
        self._barred = [
            (
                set(rule.territories or ()),
                {(day - instance.file.horizon.start).days for day in rule.dates},
                set((rule.bar.genre if rule.bar else None) or ()),
            )
            for rule in instance.written_rules
            if isinstance(rule, Calendar)
        ]
        sets = known_sets(self.known)
        self._sets = list(sets)
        self._odds = np.array(list(sets.values())) / sum(sets.values())

    def fill_week(self, week: int, kind: Kind) -> None:
        """Place series of a kind on the channels in turn until enough of each one's week is filled."""
        idle, world = 0, self.options.world
        while idle < world.tries:
            open_ = [at for at in range(len(self.outlets)) if self._filled(at, week) < world.filled[kind]]
            put = [self._put(outlet, week, kind) for outlet in self.rng.permutation(open_).tolist()]
            idle = 0 if any(put) else idle + 1

    def _filled(self, outlet: int, week: int) -> float:
        first = (week * WEEK + self._before) * DAY // self.options.grid
        span = slice(first, first + WEEK * DAY // self.options.grid)
        open_ = int(self._window[outlet, span].sum())
        return 1 - int(self._free[outlet, span].sum()) / open_ if open_ else 1.0

    def _put(self, outlet: int, week: int, kind: str) -> bool:
        """One more series of a kind on a channel from a week on, if one is found."""
        land = self.outlets[outlet].station.territory
        open_ = [at for at in self._shortlist[outlet] if self._may_begin(at, land, week, kind)]
        if not open_:
            return False
        title = int(self.rng.choice(open_, p=self._liking(open_, land, week)))
        language = version_of(self.outlets[outlet], self.titles[title], self.options.world.local_chance, self.rng)
        if kind == "strand":
            days = self._sets[int(self.rng.choice(len(self._sets), p=self._odds))]
        else:
            days = frozenset({int(self.rng.integers(WEEK))}) if kind == "weekly" else frozenset(range(WEEK))
        begin = week * WEEK + (int(self.rng.integers(WEEK)) if kind == "event" else 0)
        past = self._past(title, days, week, kind)
        found = self._slot(outlet, title, language, days, begin, len(past), kind)
        if found is None:
            return False
        after = self._days_after(title, days, len(past) + len(found[1]), kind)
        self._continued.append((outlet, title, found[0], after))
        self.placed.append(Placed(outlet, title, language, *found, past, kind))
        self._take(outlet, title, *found)
        self._used.add((title, land))
        return True

    def _may_begin(self, at: int, land: str, week: int, kind: str) -> bool:
        title = self.titles[at]
        whole = title.first_day == 0 and title.last_day == self.options.days - 1
        return self._kind[at] == kind and whole and (at, land) not in self._used and not self._ahead(at, land, week)

    def _sides(self, at: int, land: str, week: int) -> tuple[int, int]:
        """(own, other side's) minutes of the exchange that a title counts for, in a week."""
        partner = self.titles[at].origin if land == HOME else land
        mine, other = (self._minutes.get((partner, side, week), 0) for side in (land == HOME, land != HOME))
        return mine, other

    def _ahead(self, at: int, land: str, week: int) -> bool:
        mine, other = self._sides(at, land, week)
        return mine > self.options.world.ahead * other + self.options.world.slack

    def _liking(self, open_: list[int], land: str, week: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Probabilities by appeal, higher if that side of the exchange has less."""
        odds = np.array([(0.2 + self.titles[at].appeal) ** 2 for at in open_], dtype=np.float64)
        lean = self.options.world.lean
        for number, at in enumerate(open_):
            mine, other = self._sides(at, land, week)
            odds[number] *= ((other + lean) / (mine + lean)) ** 2
        total: np.ndarray[tuple[int], np.dtype[np.float64]] = odds / odds.sum()
        return total

    def _past(self, title: int, days: frozenset[int], week: int, kind: str) -> tuple[int, ...]:
        """Days before the horizon on which the series aired; none if it begins in the horizon.

        A history is longer than a week of the day set, so that it shows the weekdays of the series.
        """
        most = self.titles[title].episodes - 1
        if week or kind == "event" or most <= len(days):
            return ()
        if kind == "strand" and self._premieres:
            self._premieres -= 1
            return ()
        if self.rng.random() > self.options.going:
            return ()
        count = int(self.rng.integers(len(days) + 1, most + 1))
        aired = [day for day in range(-1, -(count + 1) * WEEK, -1) if day % WEEK in days]
        return tuple(sorted(aired[:count]))

    def _slot(
        self, outlet: int, title: int, language: str, days: frozenset[int], begin: int, past: int, kind: str
    ) -> tuple[int, tuple[int, ...]] | None:
        """(minute, days) of the first start that is free on all open days from `begin` on."""
        item, left = self.titles[title], self.titles[title].episodes - past
        wanted = [day for day in range(begin, self.options.days) if day % WEEK in days]
        for minute in self._starts(outlet):
            at = [self._step(outlet, day, minute) for day in wanted]
            steps = item.steps(self.options.grid)
            inside = [bool(self._window[outlet, one : one + steps].all()) for one in at]
            if not any(inside):
                continue
            taken = [not self._free[outlet, one : one + steps].all() for one in at]
            if any(full and taken_ for full, taken_ in list(zip(inside, taken, strict=True))[:left]):
                continue
            every = self._open_days(outlet, title, language, minute)
            open_ = [day for day in every if day in set(wanted)][:left]
            after = self._days_after(title, days, past + len(open_), kind)
            if self._meets(outlet, title, minute, after):
                continue
            if kind == "event" and not self._may_continue(outlet, title, minute, after, set(every)):
                continue
            if open_ and open_[0] < begin + WEEK and self._all_free(outlet, steps, open_, minute):
                return minute, tuple(open_)
        return None

    def _days_after(self, title: int, days: frozenset[int], aired: int, kind: str) -> list[int]:
        """The days of the last week with the weekdays on which a series may continue directly after the horizon.

        `aired` is the number of its episodes that have aired then. An event has one part a day. Other series may pass
        over weekdays on which their slot is never open, so all weekdays count.
        """
        week = [day for day in range(self.options.days - WEEK, self.options.days) if day % WEEK in days]
        left = max(self.titles[title].episodes - aired, 0)
        return week[:left] if kind == "event" or not left else week

    def _meets(self, outlet: int, title: int, minute: int, after: Sequence[int]) -> bool:
        """Whether another series that continues after the horizon would be at the place of a series."""
        end = minute + self.titles[title].steps(self.options.grid) * self.options.grid
        return any(
            where == outlet
            and set(others) & set(after)
            and start < end
            and minute < start + self.titles[other].steps(self.options.grid) * self.options.grid
            for where, other, start, others in self._continued
        )

    def _may_continue(self, outlet: int, title: int, minute: int, after: Sequence[int], open_: set[int]) -> bool:
        """Whether an event may continue after the horizon: its place is open and free a week before."""
        days = [day for day in after if day >= 0]
        steps = self.titles[title].steps(self.options.grid)
        return set(days) <= open_ and self._all_free(outlet, steps, days, minute)

    def _starts(self, outlet: int) -> list[int]:
        """Minutes of the day at which an airing may begin on a channel, on any of its days."""
        owner = self.instance.channels[outlet]
        every = self.outlets[outlet].every or self.options.grid
        first, last = min(window.start for window in owner.windows), max(window.end for window in owner.windows)
        return list(range(-(-first // every) * every, last, every))

    def _step(self, outlet: int, day: int, minute: int) -> int:
        zone = self.outlets[outlet].station.zone
        return self.instance.timeline.local_minute(zone, day + self._before, minute) // self.options.grid

    def _open_days(self, outlet: int, title: int, language: str, minute: int) -> list[int]:
        clock = (minute - self.instance.timeline.broadcast_start) % DAY
        found = self._open.of(outlet, self._content[title, language], clock)
        return [day - self._before for day in found if 0 <= day - self._before < self.options.days]

    def _all_free(self, outlet: int, steps: int, days: Sequence[int], minute: int) -> bool:
        at = [self._step(outlet, day, minute) for day in days]
        return all(bool(self._free[outlet, one : one + steps].all()) for one in at)

    def _take(self, outlet: int, title: int, minute: int, days: Sequence[int]) -> None:
        steps, land = self.titles[title].steps(self.options.grid), self.outlets[outlet].station.territory
        partner = self.titles[title].origin if land == HOME else land
        for day in days:
            at = self._step(outlet, day, minute)
            self._free[outlet, at : at + steps] = False
            side = partner, land == HOME, day // WEEK
            self._minutes[side] = self._minutes.get(side, 0) + self.titles[title].minutes

    def repeats(self) -> tuple[list[Pick], list[dict[str, Any]]]:
        """Repeats of some strands, a day or more after each episode in a slot of its own, with those of the past."""
        picks: list[Pick] = []
        past: list[dict[str, Any]] = []
        for one in [one for one in self.placed if one.kind == "strand"]:
            if self.rng.random() >= self.known.regularity.days_repeated:
                continue
            for minute in self._starts(one.outlet):
                again = self._again(one, minute) if minute != one.minute else []
                if len(again) >= min(2, len(one.days)):
                    self._take(one.outlet, one.title, minute, [day for day, _ in again])
                    picks += [
                        Pick(one.outlet, day, minute, one.title, one.language, number, first=False)
                        for day, number in again
                    ]
                    aired = list(zip(one.past[1:], range(1, len(one.past)), strict=True))
                    past += [self._row(one, day, minute, number, "rerun") for day, number in aired]
                    break
        return picks, past

    def _again(self, one: Placed, minute: int) -> list[tuple[int, int]]:
        """(day, episode) of the repeats in a slot: the oldest episode that has not been repeated."""
        steps = self.titles[one.title].steps(self.options.grid)
        waiting = deque([(one.past[-1], len(one.past))] if one.past else [])
        aired = dict(one.episodes)
        gap, found = self.options.days_between_runs, []
        open_ = set(self._open_days(one.outlet, one.title, one.language, minute))
        for day in range(self.options.days):
            ready = waiting and day - waiting[0][0] >= gap
            if ready and day in open_ and self._all_free(one.outlet, steps, [day], minute):
                found.append((day, waiting.popleft()[1]))
            if day in aired:
                waiting.append((day, aired[day]))
        return found

    def history(self) -> list[dict[str, Any]]:
        """Rows of history.csv of the series that continue."""
        return [
            self._row(one, day, one.minute, number, "first")
            for one in self.placed
            for number, day in enumerate(one.past, start=1)
        ]

    def _row(self, one: Placed, day: int, minute: int, episode: int, run: str) -> dict[str, Any]:
        outlet, title = self.outlets[one.outlet], self.titles[one.title]
        midnight = datetime.combine(date.fromisoformat(START) + timedelta(days=day), datetime.min.time())
        start = (midnight + timedelta(minutes=minute)).replace(tzinfo=zone_clock(outlet.station.zone)).astimezone(UTC)
        return {
            "channel": outlet.station.id,
            "start_utc": utc_text(start),
            "duration_min": title.minutes,
            "programme": title.id,
            "episode": episode,
            "run": run,
            "version_language": one.language,
            "version_kind": "original" if one.language == title.language else "dubbed",
        }

    def films(self, outlet: int, day: int) -> list[Pick]:
        """Films and concerts in the free airtime of a channel's day."""
        picks: list[Pick] = []
        land, hour = self.outlets[outlet].station.territory, 60
        wait = -1
        for minute in self._starts(outlet):
            at = self._step(outlet, day, minute)
            if minute < wait or not self._free[outlet, at]:
                continue
            if self.rng.random() > self.options.fill:
                wait = minute + hour
                continue
            fits = [one for one in self._shortlist[outlet] if self._may_air(one, outlet, land, day, at)]
            if not fits:
                continue
            title = int(self.rng.choice(fits, p=self._liking(fits, land, day // WEEK)))
            language = version_of(self.outlets[outlet], self.titles[title], self.options.world.local_chance, self.rng)
            picks.append(Pick(outlet, day, minute, title, language))
            self._take(outlet, title, minute, [day])
            self._single.setdefault((title, land), []).append(day)
        return picks

    def _may_air(self, at: int, outlet: int, land: str, day: int, step: int) -> bool:
        """Whether a single title may air: rights, runs, barred days and free airtime."""
        title, days = self.titles[at], self._single.get((at, land), [])
        if self._kind[at] != "free" or not title.first_day <= day <= title.last_day or len(days) >= title.runs:
            return False
        if self._ahead(at, land, day // WEEK):
            return False
        if days and day - days[-1] < self.options.days_between_runs:
            return False
        for lands, dates, bar in self._barred:
            if land in lands and day in dates and title.genre in bar:
                return False
        return bool(self._free[outlet, step : step + title.steps(self.options.grid)].all())


def known_sets(known: Facts) -> dict[frozenset[int], float]:
    """The day sets of serials, Monday as 0, and the frequency of each."""
    names = known.series.day_sets
    written = Placement.model_validate({"as": "strand", "day_sets": list(names)}).allowed_days()
    return {
        frozenset(WEEKDAYS.index(day) for day in days): weight
        for days, weight in zip(written, names.values(), strict=True)
    }
