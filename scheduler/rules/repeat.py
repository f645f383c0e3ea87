"""A planned repeat: every first run is repeated on the same channel within a number of hours."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.arrays import ranges
from scheduler.instance import Selector
from scheduler.instance.derived.timeline import day_reached, moment_on_clock
from scheduler.instance.model.field_marks import Relaxable
from scheduler.messages import Message, Value, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, ScopedRule
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.framework.row_builder import Sheet, airings_of
from scheduler.rules.framework.subject import Subject
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Repeat(ScopedRule):
    """If a first run starts at t on a channel, the second run of its episode starts there by t + h.

    Rows per title, channel and instant t whose limit t + h is in the horizon. The j-th second run in a territory shows
    the episode of the j-th first run. N_k is the number of k-th runs, o the number of episodes with one run before the
    horizon:

    - a title that no other channel of the territory can air:  N_1(≤ t) + o − N_2(≤ t + h) ≤ M·(1 − x(t));
    - else x(t) ≤ Σ z(t, s), with z(t, s) = 1 only if the first run at t and the second run at s in (t, t + h] on the
      channel have the same number in the territory: N_1(≤ t) + o = N_2(≤ s).

    If the rule has dates, only first runs on these dates are judged; the repeat may be later. Unit: first runs without
    a repeat.
    """

    type: Literal["repeat"] = "repeat"
    example: ClassVar[str] = (
        "{type: repeat, id: next-morning, select: {tag: prime-drama}, channels: [Qazaqstan.kz], within_hours: 18}"
    )
    first_runs_of: ClassVar[tuple[str, ...]] = ("select",)
    select: Selector = Field(description="titles whose first runs are repeated")
    within_hours: Annotated[int, Relaxable("higher")] = Field(
        ge=1, le=24 * 60, description="hours from the start of the first run, 24 for a day"
    )

    @property
    def repeats_of(self) -> Selector:
        """The titles whose first runs are repeated."""
        return self.select

    def settled_on(self, last: date, file: InstanceHead) -> date:
        """The day of the latest repeat of a first run in the last minute."""
        return day_reached({channel.zone for channel in file.channels}, last, self.within_hours * 60 - 1)

    def sentence(self) -> Message:
        """The rule in words."""
        return msg_n(
            "{rule}: every first run of {select} {scope} is repeated there within {count} hour",
            "{rule}: every first run of {select} {scope} is repeated there within {count} hours",
            rule=self.id,
            select=self.select.message(),
            scope=self.scope_words(),
            count=self.within_hours,
        )

    def _limit(self, instance: Instance, channel: int) -> int:
        """The last minute of the line at which a repeat on a channel is in the horizon."""
        zone = instance.channels[channel].zone
        return instance.timeline.local_minute(zone, instance.timeline.days, 0) - self.within_hours * 60

    def looks_back(self, start: date) -> date:
        """All days on record, because the numbers of repeats and first runs count from a title's first airing."""
        return date.min

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title, channel and instant of a first run."""
        instance, sheet = airings.instance, Sheet(self, "runs", len(airings))
        judged = airings_of(self, airings, self.scope(instance), self.select.model_copy(update={"run": "first"}))
        titles = len(instance.programmes)
        completed: list[Callable[[Flags], Ints]] = []
        for key in np.unique(airings.channel[judged] * titles + airings.programme[judged]).tolist():
            channel, title = divmod(key, titles)
            mine = judged[(airings.channel[judged] == channel) & (airings.programme[judged] == title)]
            mine = mine[airings.start_minute[mine] < self._limit(instance, channel)]
            runs = _in_territory(airings, channel, title)
            own = airings.channel[runs.airing] == channel
            past = instance.past.of(title, instance.channels[channel].territory)
            count = [run.episode for run in past]
            # past runs on the line are left out, because the frame has them as airings
            owed = sum(run.day < 0 and count.count(run.episode) == 1 for run in past)
            if own.all():
                self._count(sheet, airings, mine, runs, owed)
            else:
                completed.append(self._pair(sheet, airings, mine, runs, own, owed))
        return sheet.blocks(lambda chosen: np.concatenate([complete(chosen) for complete in completed]))

    def _heads(self, sheet: Sheet, airings: Airings, mine: Ints, instants: Ints, upper: Ints, step: Ints) -> Ints:
        instance = airings.instance
        labels = [instance.timeline.moment_text(minute) for minute in instants.tolist()]
        channel, title = (int(of[mine[0]]) for of in (airings.channel, airings.programme)) if len(mine) else (0, 0)
        name = about(instance.programmes[title].programme)
        return sheet.rows(labels, Subject("channel", instance.channels[channel].id), name, upper=upper, step=step)

    def _count(self, sheet: Sheet, airings: Airings, mine: Ints, runs: _Runs, owed: int) -> None:
        """The rows of a title that only one channel of the territory can air. Counts of runs suffice."""
        start = airings.start_minute
        first, second = (runs.airing[runs.number == number] for number in (1, 2))
        first, second = (at[np.argsort(start[at], kind="stable")] for at in (first, second))
        instants, row = np.unique(start[mine], return_inverse=True)
        sooner = np.searchsorted(start[first], instants, side="right")
        until = np.searchsorted(start[second], instants + self.within_hours * 60, side="right")
        rows = self._heads(sheet, airings, mine, instants, sooner, np.maximum(sooner + owed, 1))
        sheet.add(np.repeat(rows, sooner), first[ranges(sooner)])
        sheet.add(np.repeat(rows, until), second[ranges(until)], -1)
        sheet.add(rows[row], mine, sooner[row] + owed)

    def _pair(
        self, sheet: Sheet, airings: Airings, mine: Ints, runs: _Runs, own: Flags, owed: int
    ) -> Callable[[Flags], Ints]:
        """The rows of a title that several channels can air: a first run is paired with the second run of its number.

        Columns: N₁(t), the number of first runs up to instant t; N₂(s), that of second runs up to instant s; and z for
        every pair (t, s) with s within the hours after t. Episodes air in order, so the first run at t and the second
        run at s are of one episode if N₁(t) + owed = N₂(s). z may be 1 only if both air and the numbers agree:

            z ≤ Σ first runs at t,  z ≤ Σ second runs at s,  ±(N₁(t) − N₂(s)) + 2·most·z ≤ 2·most ∓ owed.

        The row of instant t asks that Σ first runs at t − Σ z ≤ 0. `owed` are first runs before the line whose second
        run is still to come, and 2·most is at least any difference of the numbers.
        """
        start = airings.start_minute
        rank = {1: runs.rank[runs.number == 1], 2: runs.rank[runs.number == 2]}
        all_of = {number: runs.airing[runs.number == number] for number in (1, 2)}
        instants, row = np.unique(start[mine], return_inverse=True)
        again = runs.airing[own & (runs.number == 2)]
        seconds, of_second = np.unique(start[again], return_inverse=True)
        at_first = np.array([runs.rank_of(mine[row == at]) for at in range(len(instants))], dtype=np.int64)
        at_second = np.array([runs.rank_of(again[of_second == at]) for at in range(len(seconds))], dtype=np.int64)
        until = instants + self.within_hours * 60
        near = (seconds[None, :] > instants[:, None]) & (seconds[None, :] <= until[:, None])
        pair_first, pair_second = np.nonzero(near)
        most = len(runs.airing) + owed
        numbers = []
        for here, number, places in ((at_first, 1, instants), (at_second, 2, seconds)):
            column = sheet.columns(np.full(len(places), most))
            labels = [str(at) for at in places.tolist()]
            ties = sheet.rows(labels, Subject("own", f"number {number}"), "counted", lower=0, upper=0, rigid=True)
            entry, which = np.nonzero(rank[number][:, None] <= here[None, :])
            sheet.add(ties[which], all_of[number][entry])
            sheet.add(ties, column, -1)
            numbers.append(column)
        z = sheet.columns(np.ones(len(pair_first), dtype=np.int64))
        labels = [str(at) for at in range(len(z))]
        airs = sheet.rows(labels, Subject("own", "pair"), "first airs", lower=0, rigid=True)
        sheet.add(airs, z, -1)
        comes = sheet.rows(labels, Subject("own", "pair"), "second airs", lower=0, rigid=True)
        sheet.add(comes, z, -1)
        for rows, at, which, pair in ((airs, mine, row, pair_first), (comes, again, of_second, pair_second)):
            entry, of_pair = np.nonzero(which[:, None] == pair[None, :])
            sheet.add(rows[of_pair], at[entry])
        for aspect, sign in (("not behind", 1), ("not ahead", -1)):
            rows = sheet.rows(labels, Subject("own", "pair"), aspect, upper=2 * most - sign * owed, rigid=True)
            sheet.add(rows, numbers[0][pair_first], sign)
            sheet.add(rows, numbers[1][pair_second], -sign)
            sheet.add(rows, z, 2 * most)
        ones = np.ones(len(instants), dtype=np.int64)
        heads = self._heads(sheet, airings, mine, instants, 0 * ones, ones)
        sheet.add(heads[row], mine)
        sheet.add(heads[pair_first], z, -1)

        def complete(chosen: Flags) -> Ints:
            counted = [
                (chosen[all_of[number]][:, None] & (rank[number][:, None] <= here[None, :])).sum(axis=0)
                for number, here in ((1, at_first), (2, at_second))
            ]
            first, second = np.zeros(len(instants), dtype=bool), np.zeros(len(seconds), dtype=bool)
            first[row[chosen[mine]]] = True
            second[of_second[chosen[again]]] = True
            same = counted[0][pair_first] + owed == counted[1][pair_second]
            paired = first[pair_first] & second[pair_second] & same
            return np.concatenate([*counted, paired.astype(np.int64)])

        return complete

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every first run whose limit is in the horizon, and whether its episode is repeated on the channel."""
        instance, table = on_air.instance, on_air.timetable
        after = instance.file.horizon.start + timedelta(days=instance.file.horizon.days)
        for run in shown(self, on_air, self.scope(instance), self.select.model_copy(update={"run": "first"})):
            ends = moment_on_clock(instance.channels[run.channel].zone, after, 0)
            if instance.timeline.moment(run.start) + timedelta(hours=self.within_hours) >= ends:
                continue
            episode, programme = int(table.episode[run.entry]), instance.programmes[run.programme]
            again = self._second(on_air, run)
            kept = again is not None and again.channel == run.channel
            kept &= again is not None and again.start <= run.start + self.within_hours * 60
            channel, moment = instance.channels[run.channel].id, instance.timeline.moment_text(run.start)
            where: dict[str, Value] = {
                "episode": episode,
                "title": programme.title,
                "channel": channel,
                "moment": moment,
                "hours": self.within_hours,
            }
            yield self.measured(
                subject=Subject("channel", channel),
                period=moment,
                aspect=about(programme.programme),
                have=int(not kept),
                need=0,
                sense="most",
                unit="runs",
                text=msg(
                    "episode {episode} of '{title}', first on {channel} at {moment}, comes again there within {hours}"
                    " hours",
                    **where,
                )
                if kept
                else msg(
                    "episode {episode} of '{title}', first on {channel} at {moment}, does not come again there within"
                    " {hours} hours",
                    **where,
                ),
            )

    def _second(self, on_air: OnAir, run: Shown) -> Shown | None:
        """The second run of an episode in its channel's territory.

        It is the episode's earliest airing that is neither a first run nor a repeat that uses no run.
        """
        instance, table = on_air.instance, on_air.timetable
        code = instance.channels[run.channel].territory
        seen = [at for at, channel in enumerate(instance.channels) if code in channel.seen_in]
        title = Selector(programme=(instance.programmes[run.programme].programme,))
        free = repeats_of(table)
        same = [
            one
            for one in shown(self, on_air, seen, title, any_date=True)
            if table.episode[one.entry] == table.episode[run.entry] and not one.first and one.entry not in free
        ]
        return min(same, key=lambda one: (one.day, one.start, one.channel), default=None)


@dataclass(frozen=True, slots=True)
class _Runs:
    """The first and second runs of a title that a channel's territory sees, in the order in which they are numbered."""

    airing: Ints
    number: Ints
    rank: Ints

    def rank_of(self, airing: Ints) -> int:
        """The rank of airings at one instant on one channel."""
        return int(self.rank[np.isin(self.airing, airing)].max())


def _in_territory(airings: Airings, channel: int, title: int) -> _Runs:
    instance = airings.instance
    code = instance.channels[channel].territory
    seen = [at for at, one in enumerate(instance.channels) if code in one.seen_in]
    here = np.flatnonzero((airings.programme == title) & np.isin(airings.channel, seen) & (airings.run <= 2))
    order = (airings.broadcast_day, airings.start_minute, airings.channel)
    span = 10**7  # larger than the number of minutes of any line
    place = (order[0][here] + 1) * span * 1000 + order[1][here] * 1000 + order[2][here]
    rank = np.unique(place, return_inverse=True)[1].astype(np.int64)
    return _Runs(here, airings.run[here], rank)
