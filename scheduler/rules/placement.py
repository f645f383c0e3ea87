"""Series in regular slots, as `placement` in the instance requires: rows over bundles, and a check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import zip_longest
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.instance import Selector
from scheduler.messages import Message, msg, msg_n
from scheduler.rules.after_horizon import add_after_horizon
from scheduler.rules.expected_days import Expected, expected_days, slots_of
from scheduler.rules.followers import FirstRun, repeats_asked_for
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.rows import NO_BOUND, AuxiliaryVariables, RuleRows
from scheduler.rules.framework.subject import Subject, subjects
from scheduler.rules.meetings import add_meetings, wrong_after_horizon
from scheduler.rules.open_days import OpenDays
from scheduler.rules.placement_rows import ONE_SLOT, PLACEMENT, RERUNS_IN_ONE_SLOT, RERUNS_OF_SLOT
from scheduler.rules.rights import seen_runs
from scheduler.rules.seasons import add_seasons, starts_after_season
from scheduler.rules.slot_sequence import SlotKey, change_price, changes_of, sequence_of, wrong_places
from scheduler.strands import (
    Bundles,
    Exceptions,
    PastFirstRun,
    Slot,
    build_bundles,
    build_rerun_slots,
    exceptions_of,
    free_places,
    locked_places,
    runs_of_last_slot,
    runs_to_repeat,
    slot_changes,
    slots_before,
)
from scheduler.strands.bundles import start_clock
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.timetable import OnAir


@dataclass(frozen=True, slots=True)
class BundleColumns(AuxiliaryVariables):
    """Binary columns: one for every bundle (1 if the bundle is chosen), then one for every slot of reruns."""

    bundles: Bundles


OWN = Subject("own", "")


class PlacementRule(Rule):
    """First runs of a placed series in a territory: one channel, one version, one start, the days of one day set.

    From its first day on, the series airs on every open day of the day set, until its episodes or the horizon end. A
    strand begins on the first open day of a week, an event on any day. A place has one to three episodes, each directly
    after the one before; the last place has the remaining episodes. First runs show the next episodes in their order
    and leave out none. A day is open if windows, rights and rules admit all airings of a place, and if no lock and no
    live event (a hard link-up at a fixed instant on all its channels) of another title is there.

    Airings of a series at the place of a lock (channel, start and title) that fit its version and run are exceptions,
    and no place overlaps such a lock. Days with first runs that are exceptions do not count. A lock without a run is a
    first run if the title has no reruns, and a rerun if it has no episodes left. Otherwise the timetable says what it
    is; of more than three such locks of a series in a territory all are first runs or none is.

    An event that begins in the horizon and does not end in it continues on the days after it. The last week of the
    horizon stands for them: on the same weekdays, at the event's clock time, a place is possible, and no first run in a
    slot airs, except those of events that begin, too. Events that continue do not overlap after the horizon.

    A series that had a slot before the horizon keeps it and its weekdays. It continues at once unless one of its
    possible day sets has no open day in the horizon. A day on which the series was announced and did not air is not
    open; `missed_episode` of its line states how the series continues. If its line has `finishes`, a series begins only
    if the episodes after the horizon fit between the end of the horizon and the end of the rights, on the days of the
    day set.

    Reruns of a series in a territory also have one channel, version and start, on any days. Repeats that use no run are
    at the places that the followers of the line require: all episodes of a day, or of a week for an omnibus, if they
    can air, are within the hours of the rights, and are not more than the rights allow. A series that need not continue
    and has no more first runs airs all of these repeats of its earlier first runs or none of them. A repeat at the
    place of a lock is an exception.

    A season that names the previous season (`after`) begins after the last episode of that season and in its slot.

    A place of first runs that begins outside all named slots of its channel costs the `free_start_price` of its line.

    If its line has a `slot_change_price`, a series may take another start on its channel at this price, once, at the
    beginning of the horizon or on a Monday, in the same version and on the days of the same day set. If the slot before
    the horizon has no open day, any slot is such a change. A series that begins has only day sets with which its run
    lasts for the `weeks_at_least` of its line.

    Rows, with y_b = 1 if bundle b is chosen: x_a = Σ_{b ∋ a} y_b for every placed first run and repeat a, Σ y_b ≤ 1 in
    every group (series, territory), and Σ y_b ≥ 1 (hard) if the series must continue. With s_k = 1 if slot k of reruns
    is chosen: Σ x_a ≤ n_k·s_k over the n_k reruns in it, and Σ s_k ≤ 1 in every group. With f_b the number of places of
    bundle b outside named slots: Σ f_b·y_b ≤ 0, soft, in every group whose line has a price for them; the same with
    its changes of slot. `after_horizon`, `meetings` and `seasons` state rows of series that continue and of seasons.
    """

    type: Literal["placement"] = "placement"
    id: str = PLACEMENT

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("placement: series keep one channel, one version and one slot")

    def rows(self, airings: Airings) -> list[RuleRows]:
        """The rows that tie placed airings to bundles and slots, and one or two rows per series and territory."""
        bundles, slots = build_bundles(airings), build_rerun_slots(airings)
        instance, sheet = airings.instance, Sheet(self, "airings", len(airings))
        own = sheet.columns([1] * (len(bundles) + len(slots)))
        of_bundle, of_slot = own[: len(bundles)], own[len(bundles) :]
        of_placed = np.full(len(airings), -1, dtype=np.int64)
        of_placed[bundles.placed] = np.arange(len(bundles.placed))

        def rows(
            aspects: list[Aspect],
            whose: Subject | list[Subject] = OWN,
            *,
            lower: int = -NO_BOUND,
            upper: int = NO_BOUND,
            rigid: bool = False,
        ) -> Ints:
            return sheet.rows(["horizon"] * len(aspects), whose, aspects, lower=lower, upper=upper, rigid=rigid)

        tied = rows([Aspect("first run", str(at)) for at in bundles.placed.tolist()], lower=0, upper=0, rigid=True)
        sheet.add(tied, bundles.placed)
        sheet.add(tied[of_placed[bundles.airing]], np.repeat(of_bundle, np.diff(bundles.first)), -1)
        names, codes = _group_names(instance, bundles.group_key)
        one = rows([Aspect(ONE_SLOT, name) for name in names], subjects("territory", codes), upper=1, rigid=True)
        sheet.add(one[bundles.group], of_bundle)
        going = np.flatnonzero(bundles.ongoing)
        stuck, theirs = _group_names(instance, bundles.stuck)
        least = rows(
            [Aspect("goes on", name) for name in [*(names[at] for at in going), *stuck]],
            subjects("territory", [*(codes[at] for at in going), *theirs]),
            lower=1,
        )
        self._add_free_starts(sheet, airings, bundles, of_bundle)
        self._add_slot_changes(sheet, airings, bundles, of_bundle)
        _add_locks(sheet, bundles, of_bundle)
        add_seasons(sheet, airings, bundles, of_bundle)
        add_after_horizon(sheet, airings, bundles, of_bundle)
        add_meetings(sheet, airings, bundles, of_bundle)
        entries = np.flatnonzero(bundles.ongoing[bundles.group])
        sheet.add(least[np.searchsorted(going, bundles.group[entries])], of_bundle[entries])
        tied = rows([Aspect(RERUNS_OF_SLOT, str(at)) for at in range(len(slots))], upper=0, rigid=True)
        sheet.add(tied[slots.slot], slots.airing)
        sheet.add(tied, of_slot, -np.bincount(slots.slot, minlength=len(slots)))
        names, codes = _group_names(instance, slots.group_key)
        one = rows(
            [Aspect(RERUNS_IN_ONE_SLOT, name) for name in names], subjects("territory", codes), upper=1, rigid=True
        )
        sheet.add(one[slots.group], of_slot)

        def complete(chosen: Flags) -> Ints:
            return np.concatenate([bundles.chosen_of(chosen), slots.chosen_of(chosen)])

        return [replace(block, columns=_with_bundles(block.columns, bundles)) for block in sheet.blocks(complete)]

    def _add_free_starts(self, sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
        """Soft rows on the places that begin outside named slots."""
        prices = [line.free_start_price for line in airings.instance.placements.lines]
        _add_priced(sheet, airings, bundles, of_bundle, "free start", free_places(airings, bundles), prices)

    def _add_slot_changes(self, sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints) -> None:
        """Soft rows on the changes of slot."""
        prices = [line.slot_change_price or 0 for line in airings.instance.placements.lines]
        if any(prices):
            count = slot_changes(airings, bundles, start_clock(airings))
            _add_priced(sheet, airings, bundles, of_bundle, "slot change", count, prices)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every series in every territory: airings outside its slot, wrong days, and whether it continues."""
        instance = on_air.instance
        line, codes = instance.placements.line, list(instance.file.territories)
        airs = [
            one for one in shown(self, on_air, range(len(instance.channels)), Selector(run="first")) if not one.past
        ]
        territory = [codes.index(channel.territory) for channel in instance.channels]
        by_series: dict[tuple[int, int], list[Shown]] = {}
        for one in airs:
            by_series.setdefault((one.programme, territory[one.channel]), []).append(one)
        locks, exceptions = locked_places(instance), exceptions_of(instance)
        firsts = exceptions.airings["first"]
        free = repeats_of(on_air.timetable)
        yield from self._reruns(instance, locks, territory, on_air, set(free))
        open_days = OpenDays(instance)
        before = slots_before(instance)
        seen = seen_runs(on_air)
        again: dict[tuple[int, int], list[Shown]] = {}
        each: list[tuple[tuple[int, int], Expected, list[Shown]]] = []
        for one in shown(self, on_air, range(len(instance.channels)), Selector(run="rerun")):
            if one.entry in free and not one.past and (one.programme, one.channel, one.start) not in locks:
                again.setdefault((one.programme, territory[one.channel]), []).append(one)
        for key in sorted({*by_series, *before, *again}):
            series = by_series.get(key, [])
            placed = [one for one in series if line[one.content, one.channel] >= 0]
            kept = [one for one in placed if (one.content, one.channel, one.start) not in firsts]
            at_locks = [one for one in series if (one.content, one.channel, one.start) in firsts]
            chosen = exceptions.chosen(key, ((one.channel, one.start) for one in at_locks))
            if kept:
                yield from self._at_locks(instance, key, chosen, exceptions)
            runs = expected_days(instance, open_days, key, exceptions, before.get(key), chosen)
            repeats = self._followers(
                instance, key, kept, again.get(key, []), locks, open_days, runs.before, must_go_on=runs.goes_on
            )
            missed = sum(one.miss for one in repeats)
            yield from repeats
            if kept:
                yield from self._episodes(instance, key, seen.get((key[0], codes[key[1]]), []))
            if kept and instance.programmes[key[0]].after:
                yield from self._after(instance, key, kept, by_series, firsts)
            yield from self._series(instance, key, kept, runs, before.get(key), missed)
            each.append((key, runs, kept))
        for code, title, count, text in wrong_after_horizon(self, on_air, each, exceptions):
            yield self._measured(code, Aspect("after the horizon", title), count, 0, text)

    def _at_locks(
        self, instance: Instance, key: tuple[int, int], chosen: frozenset[int], exceptions: Exceptions
    ) -> Iterator[Measurement]:
        """Whether first runs at locks without a run are a possible choice."""
        if chosen in exceptions.choices(key):
            return
        programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
        text = msg(
            "'{title}' in {territory}: {count} of {all} locks without a run have first runs; all must, or none",
            title=programme.title,
            territory=code,
            count=len(chosen),
            all=len(exceptions.either[key]),
        )
        yield self._measured(code, Aspect("locks", programme.programme), len(chosen), 0, text)

    def _after(
        self,
        instance: Instance,
        key: tuple[int, int],
        kept: list[Shown],
        by_series: dict[tuple[int, int], list[Shown]],
        firsts: frozenset[tuple[int, int, int]],
    ) -> Iterator[Measurement]:
        """Whether a season begins after the previous season and in its slot."""
        programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
        if instance.past.last_episode(key[0], code):
            return
        before = instance.programme_index[programme.after or ""]
        theirs = by_series.get((before, key[1]), [])
        line = instance.placements.line
        free = [
            one
            for one in theirs
            if line[one.content, one.channel] >= 0 and (one.content, one.channel, one.start) not in firsts
        ]
        last, begins = max((one.day for one in free), default=None), min(one.day for one in kept)
        slots = {(channel, clock) for channel, _, clock in slots_of(instance, [one for one in free if one.day == last])}
        opening = [one for one in kept if one.day == begins]
        mine = {(channel, clock) for channel, _, clock in slots_of(instance, opening)}
        wrong = int(not mine <= starts_after_season(instance, before, code, theirs, slots, begins))
        text = msg(
            "'{title}' in {territory} begins before '{other}' has ended, or in another slot",
            title=programme.title,
            territory=code,
            other=instance.programmes[before].title,
        )
        yield self._measured(code, Aspect("after the season before", programme.programme), wrong, 0, text)

    def _episodes(
        self, instance: Instance, key: tuple[int, int], seen: list[tuple[int, int, int, bool]]
    ) -> Iterator[Measurement]:
        """How many first runs of a series show another episode than the one that is next.

        `seen` are all its runs that the territory sees, as (entry, episode, broadcast day, marked as first run).
        """
        programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
        due = instance.past.to_come(key[0], code, programme.episodes)
        shown = [episode for _, episode, _, first in seen if first]
        wrong = sum(episode != one for episode, one in zip_longest(shown, due[: len(shown)]))
        text = msg_n(
            "'{title}' in {territory}: {count} first run does not show the episode that is next",
            "'{title}' in {territory}: {count} first runs do not show the episode that is next",
            title=programme.title,
            territory=code,
            count=wrong,
        )
        if wrong:
            yield self._measured(code, Aspect("episodes", programme.programme), wrong, 0, text)

    def _followers(
        self,
        instance: Instance,
        key: tuple[int, int],
        kept: list[Shown],
        again: list[Shown],
        locks: set[tuple[int, int, int]],
        open_days: OpenDays,
        before: Slot | None,
        *,
        must_go_on: bool,
    ) -> list[Measurement]:
        """Repeats of a series that are missing, or that its followers do not require."""
        asked: set[tuple[int, int, int, int]] = set()
        slots = {(one.channel, one.content) for one in kept}
        runs = [FirstRun(one.start, one.day, one.episode) for one in kept]
        past: list[PastFirstRun] = []
        if not kept and again and not must_go_on:
            past = runs_of_last_slot(instance, key[0], list(instance.file.territories)[key[1]])
            slots = {(one.channel, one.content) for one in past}
        elif before is not None and slots == {(before.channel, before.content)}:
            past = runs_to_repeat(instance, key[0])
        first = instance.timeline.first_day
        runs += [
            FirstRun(one.start, first + timedelta(days=one.day), one.episode, one.repeats)
            for one in past
            if (one.channel, one.content) in slots
        ]
        if len(slots) == 1:
            (slot,) = slots
            asked = {(*slot, *one) for one in repeats_asked_for(instance, open_days, *slot, runs)}
        asked = {one for one in asked if (key[0], one[0], one[2]) not in locks}
        wrong = len(asked ^ {(one.channel, one.content, one.start, one.episode) for one in again})
        if asked or wrong:
            programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
            text = msg_n(
                "'{title}' in {territory}: {count} repeat is missing or is none that its followers ask for",
                "'{title}' in {territory}: {count} repeats are missing or are none that its followers ask for",
                title=programme.title,
                territory=code,
                count=wrong,
            )
            return [self._measured(code, Aspect("repeats", programme.programme), wrong, 0, text)]
        return []

    def _reruns(
        self,
        instance: Instance,
        locks: set[tuple[int, int, int]],
        territory: list[int],
        on_air: OnAir,
        free: set[int],
    ) -> Iterator[Measurement]:
        """By territory: reruns of placed series outside the slot that contains most of them.

        Repeats in `free` do not count.
        """
        by_series: dict[tuple[int, int], Counter[tuple[int, int, int]]] = {}
        single = exceptions_of(instance).airings["rerun"]
        for one in shown(self, on_air, range(len(instance.channels)), Selector(run="rerun")):
            placed = instance.placements.line[one.content, one.channel] >= 0 and one.entry not in free
            named = one.programme in instance.repeats and (one.programme, one.channel, one.start) in locks
            if placed and not one.past and not named and (one.content, one.channel, one.start) not in single:
                slot = one.channel, one.content, one.clock(instance.timeline.broadcast_start)
                by_series.setdefault((one.programme, territory[one.channel]), Counter())[slot] += 1
        for (programme, at), slots in sorted(by_series.items()):
            title, code = instance.programmes[programme], list(instance.file.territories)[at]
            off = slots.total() - max(slots.values())
            text = msg(
                "'{title}' in {territory}: {off} of {all} reruns are off their slot",
                title=title.title,
                territory=code,
                off=off,
                all=slots.total(),
            )
            yield self._measured(code, Aspect(RERUNS_IN_ONE_SLOT, title.programme), off, 0, text)

    def _series(
        self,
        instance: Instance,
        key: tuple[int, int],
        kept: list[Shown],
        runs: Expected,
        before: Slot | None,
        repeats: int,
    ) -> Iterator[Measurement]:
        """One series in one territory.

        `kept` are its placed first runs without locked ones, `runs` its required days, `repeats` the wrong repeats.
        """
        programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
        name, title = programme.programme, programme.title
        past = instance.past.last_episode(key[0], code)
        old = None if before is None else (before.channel, before.content, before.clock)
        slot, off, wrong = old or (0, 0, 0), 0, 0
        expected, days = runs, sorted({one.day for one in kept})
        if kept:
            expected, slot = sequence_of(runs, kept)
            off, wrong = wrong_places(expected, slot, kept)
        if runs.goes_on and old is not None:
            keeps = int(bool(kept) and off + wrong + repeats == 0)
            values = {
                "title": title,
                "territory": code,
                "channel": instance.channels[old[0]].id,
                "start": _clock_text(old[2] + instance.timeline.broadcast_start),
            }
            text = (
                msg("'{title}' in {territory} continues in its slot, {channel} {start}", **values)
                if keeps
                else msg("'{title}' in {territory} does not continue in its slot, {channel} {start}", **values)
            )
            yield self._measured(code, Aspect("goes on", name), keeps, 1, text)
        if kept:
            yield from self._in_slot(instance, key, slot, len(kept), off, wrong)
        begins = bool(kept) and not past and off + wrong == 0
        lost = expected.episodes_lost(slot, days, len(kept)) if begins else 0
        if lost:
            text = msg_n(
                "'{title}' in {territory}: the rights end before the last {count} episode",
                "'{title}' in {territory}: the rights end before the last {count} episodes",
                title=title,
                territory=code,
                count=lost,
            )
            yield self._measured(code, Aspect("finishes", name), lost, 0, text)
        short = self._short(expected, slot, days, len(kept), code) if begins and not lost else []
        yield from short
        if kept and off + wrong + lost + repeats + len(short) == 0:
            yield from self._free_starts(expected, slot, days)
            yield from self._slot_changes(expected, slot, old)

    def _in_slot(
        self, instance: Instance, key: tuple[int, int], slot: SlotKey, count: int, off: int, wrong: int
    ) -> Iterator[Measurement]:
        """How many of `count` first runs are off their slot, and how many days are wrong."""
        programme, code = instance.programmes[key[0]], list(instance.file.territories)[key[1]]
        clock = _clock_text(slot[2] + instance.timeline.broadcast_start)
        words = f"{instance.channels[slot[0]].id} {clock}"
        text = msg(
            "'{title}' in {territory}: {off} of {all} first runs are off its slot, {slot}",
            title=programme.title,
            territory=code,
            off=off,
            all=count,
            slot=words,
        )
        yield self._measured(code, Aspect(ONE_SLOT, programme.programme), off, 0, text)
        text = msg_n(
            "'{title}' in {territory}, {slot}: {count} day is missing or is not of its day set",
            "'{title}' in {territory}, {slot}: {count} days are missing or are not of its day set",
            title=programme.title,
            territory=code,
            slot=words,
            count=wrong,
        )
        yield self._measured(code, Aspect("days", programme.programme), wrong, 0, text)

    def _short(self, runs: Expected, slot: SlotKey, days: list[date], count: int, code: str) -> list[Measurement]:
        """Whether the run of a series that begins is shorter than its line asks for."""
        instance = runs.instance
        least = instance.placements.lines[int(instance.placements.line[slot[1], slot[0]])].weeks_at_least
        weeks = runs.weeks(slot, days, count) if least > 1 else least
        if weeks >= least:
            return []
        programme = instance.programmes[int(instance.contents.programme[slot[1]])]
        text = msg(
            "'{title}' in {territory}: its run lasts {weeks} of at least {least} weeks",
            title=programme.title,
            territory=code,
            weeks=weeks,
            least=least,
        )
        return [self._measured(code, Aspect("weeks", programme.programme), least - weeks, 0, text)]

    def _slot_changes(self, runs: Expected, slot: SlotKey, old: SlotKey | None) -> Iterator[Measurement]:
        """The changes of slot of a series, where they have a price."""
        instance, price, count = runs.instance, change_price(runs, slot), changes_of(runs, slot, old)
        if price and count:
            programme = instance.programmes[int(instance.contents.programme[slot[1]])]
            yield self.measured(
                subject=Subject("channel", instance.channels[slot[0]].id),
                period="horizon",
                aspect=Aspect("slot change", programme.programme),
                have=count,
                need=0,
                sense="most",
                unit="changes",
                soft_at=price,
                text=msg_n(
                    "'{title}': {count} change of slot on {channel}",
                    "'{title}': {count} changes of slot on {channel}",
                    title=programme.title,
                    channel=instance.channels[slot[0]].id,
                    count=count,
                ),
            )

    def _free_starts(self, runs: Expected, slot: tuple[int, int, int], days: list[date]) -> Iterator[Measurement]:
        """The places of a series (one on each of its days) that begin outside named slots, if they have a price."""
        instance, (channel, content, _) = runs.instance, slot
        price = instance.placements.lines[int(instance.placements.line[content, channel])].free_start_price
        programme = instance.programmes[int(instance.contents.programme[content])]
        free = sum(not runs.is_named(slot, day) for day in days)
        if price and free:
            yield self.measured(
                subject=Subject("channel", instance.channels[channel].id),
                period="horizon",
                aspect=Aspect("free start", programme.programme),
                have=free,
                need=0,
                sense="most",
                unit="places",
                soft_at=price,
                text=msg_n(
                    "'{title}': {count} place begins in no named slot of {channel}",
                    "'{title}': {count} places begin in no named slot of {channel}",
                    title=programme.title,
                    channel=instance.channels[channel].id,
                    count=free,
                ),
            )

    def _measured(self, code: str, aspect: Aspect, have: int, need: int, text: Message) -> Measurement:
        """A measurement: a hard row with a least of 1, or a rigid row with a most of 0."""
        return self.measured(
            subject=Subject("territory", code),
            period="horizon",
            aspect=aspect,
            have=have,
            need=need,
            sense="least" if need else "most",
            unit="airings",
            text=text,
            rigid=not need,
        )


def _add_priced(
    sheet: Sheet, airings: Airings, bundles: Bundles, of_bundle: Ints, name: str, count: Ints, of_line: list[int]
) -> None:
    """A soft row per series, channel and price:  Σ count_b · y_b ≤ 0 over its bundles b; prices by line."""
    instance = airings.instance
    prices = np.array([*of_line, 0], dtype=np.int64)
    head = bundles.airing[bundles.first[:-1]]
    price = prices[instance.placements.line[airings.content[head], airings.channel[head]]]
    at = np.flatnonzero((count > 0) & (price > 0))
    keys = np.stack([bundles.group[at], airings.channel[head[at]], price[at]])
    priced, row = np.unique(keys, axis=1, return_inverse=True)
    names, _ = _group_names(instance, bundles.group_key[priced[0]])
    rows = sheet.rows(
        ["horizon"] * len(names),
        subjects("channel", (instance.channels[number].id for number in priced[1].tolist())),
        [Aspect(name, title) for title in names],
        upper=0,
        soft_at=priced[2],
    )
    sheet.add(rows[row.ravel()], of_bundle[at], count[at])


def _add_locks(sheet: Sheet, bundles: Bundles, of_bundle: Ints) -> None:
    """Rigid rows that tie bundles to the first runs at locks without a run, in each group that has such locks.

    With E_l the first runs at lock l, b a bundle of the group and C_b the locks at which its choice has first runs:
    Σ_{a ∈ E_l} x_a ≥ Σ_{b: l ∈ C_b} y_b and Σ_{a ∈ E_l} x_a + Σ_{b: l ∉ C_b} y_b ≤ 1.
    """
    for one in bundles.at_locks:
        mine = np.flatnonzero((bundles.group_key[bundles.group] == one.key) & (bundles.choice >= 0))
        for at, airings in enumerate(one.places):
            beside = np.isin(bundles.choice[mine], [number for number, some in enumerate(one.choices) if at in some])
            where, name = Subject("own", str(one.key)), f"{at}"
            row = sheet.row("horizon", where, Aspect("first run at a lock", name), lower=0, rigid=True)
            sheet.add(row, airings)
            sheet.add(row, of_bundle[mine[beside]], -1)
            row = sheet.row("horizon", where, Aspect("no first run at a lock", name), upper=1, rigid=True)
            sheet.add(row, airings)
            sheet.add(row, of_bundle[mine[~beside]])


def _with_bundles(columns: AuxiliaryVariables | None, bundles: Bundles) -> BundleColumns | None:
    """The rule's own columns, with the bundles to which the first columns belong."""
    if columns is None:
        return None
    return BundleColumns(columns.lower, columns.upper, columns.value, columns.integer, columns.complete, bundles)


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"


def _group_names(instance: Instance, keys: Ints) -> tuple[list[str], list[str]]:
    """(programme, territory) of each group."""
    codes = list(instance.file.territories)
    names = [instance.programmes[key // len(codes)].programme for key in keys.tolist()]
    return names, [codes[key % len(codes)] for key in keys.tolist()]
