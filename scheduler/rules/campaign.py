"""A campaign: the channels of every party air a set of titles a number of times, with a share in prime."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from scheduler.instance import PRIME, Selector, opens_at_night, zone_clock
from scheduler.instance.model.field_marks import Parties, Relaxable
from scheduler.instance.model.field_types import Share
from scheduler.messages import Listed, Message, Percent, RefusedError, msg, msg_n
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.entries import Shown, in_horizon, shown
from scheduler.rules.framework.rest import with_rest
from scheduler.rules.framework.row_builder import Sheet, airings_of, of_horizon
from scheduler.rules.framework.subject import Subject
from scheduler.rules.framework.verdicts import Rest, due

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance import Instance, InstanceHead
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Campaign(Rule):
    """Selected titles on every party's channels: runs ≥ least_runs, prime minutes ≥ least_prime_share · minutes.

    A campaign with both `valid_from` and `valid_to` is judged once, in the horizon in which it ends, with its airings
    in history.csv. In earlier horizons `rest` states the part of its runs that is required, and what remains of them is
    reported. Without one of the dates it is judged in every horizon separately. An airing counts in full if it starts
    on a broadcast day of the campaign. Prime is that of each channel. Anchors do not count. Units: runs, minutes.
    """

    type: Literal["campaign"] = "campaign"
    example: ClassVar[str] = (
        "{type: campaign, id: tourism, select: {tag: tourism}, parties: [KZ, UZ], least_runs: 4, "
        "least_prime_share: 0.3, valid_from: 2026-12-10, valid_to: 2026-12-20}"
    )
    select: Selector = Field(description="the campaign's titles")
    parties: Parties = Field(min_length=1, description="on the channels of each of these")
    least_runs: Annotated[int, Relaxable("lower")] = Field(0, ge=0, description="runs on each party's channels")
    least_prime_share: Annotated[Share | None, Relaxable("lower")] = Field(
        None, description="prime minutes as a share of its minutes, 0.3 for 30 %"
    )

    rest: Rest = Field(
        "proportional",
        description="what of `least_runs` is asked while the campaign continues after the horizon: all of it, the share"
        " of the days that have passed, or none",
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Campaign:
        if not self.least_runs and self.least_prime_share is None:
            raise RefusedError(self.needs_one_of("least_runs", "least_prime_share"))
        return self

    def settles_after(self, file: InstanceHead) -> int:
        """One day, because the last broadcast day ends on the next morning."""
        return int(opens_at_night(file))

    def sentence(self) -> Message:
        """The rule in words."""
        prime = self.least_prime_share
        message = msg_n(
            "{rule}: {select} runs {count} time with {parties} from {first} to {last}",
            "{rule}: {select} runs {count} times with {parties} from {first} to {last}",
            rule=self.id,
            select=self.select.message(),
            count=self.least_runs,
            parties=Listed(self.parties),
            first=self.valid_from or msg("the start"),
            last=self.valid_to or msg("the end"),
        )
        return msg("{sentence}, {share} of it in prime", sentence=message, share=Percent(prime)) if prime else message

    def looks_back(self, start: date) -> date:
        """The campaign's first day if it also has a last one."""
        return self.valid_from - timedelta(days=2) if self.valid_from and self.valid_to else start

    def _period(self) -> str:
        """The name of the period of the rule's rows: its dates."""
        return f"{self.valid_from}/{self.valid_to}" if self.valid_from and self.valid_to else "horizon"

    def rows(self, airings: Airings) -> list[RuleRows]:
        """A row of runs and a row of prime minutes for every party."""
        instance = airings.instance
        runs, minutes = Sheet(self, "runs", len(airings)), Sheet(self, "minutes", len(airings))
        for party in self.parties:
            mine = airings_of(self, airings, instance.channels_of(party), self.select)
            if self._period() == "horizon":
                mine = of_horizon(airings, mine)
            if self.least_runs:
                asked = due(instance, self._period(), self.least_runs, self.rest, self.valid_to)
                row = runs.row(self._period(), Subject("party", party), "runs", lower=asked, need=max(asked, 1))
                runs.add(row, mine)
            if self.least_prime_share is not None:
                share, whose = self.least_prime_share, Subject("party", party)
                row = minutes.row(self._period(), whose, "prime", lower=0, need=60, step=share.denominator)
                prime = _prime_minutes(airings, mine)
                weight = share.denominator * prime - share.numerator * airings.column("minutes")[mine]
                minutes.add(row, mine, weight)
        return [*runs.blocks(), *minutes.blocks()]

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Runs and prime minutes on every party's channels."""
        instance = on_air.instance
        for party in self.parties:
            airs = shown(self, on_air, instance.channels_of(party), self.select)
            if self._period() == "horizon":
                airs = in_horizon(on_air, airs)
            least = due(instance, self._period(), self.least_runs, self.rest, self.valid_to)
            if self.least_runs:
                row = self.measured(
                    subject=Subject("party", party),
                    period=self._period(),
                    aspect="runs",
                    have=len(airs),
                    need=least,
                    sense="least",
                    unit="runs",
                    text=msg_n(
                        "{select} runs {count} time on {party} channels, at least {least}",
                        "{select} runs {count} times on {party} channels, at least {least}",
                        select=self.select.message(),
                        count=len(airs),
                        party=party,
                        least=least,
                    ),
                )
                yield with_rest(row, instance, self.least_runs, self.valid_to)
            if self.least_prime_share is not None:
                prime = sum(_in_prime(instance, run) for run in airs)
                need = Fraction(self.least_prime_share * sum(run.minutes for run in airs))
                yield self.measured(
                    subject=Subject("party", party),
                    period=self._period(),
                    aspect="prime",
                    have=prime,
                    need=need,
                    sense="least",
                    unit="minutes",
                    text=msg(
                        "{select} has {have} prime minutes on {party} channels, at least {least}",
                        select=self.select.message(),
                        have=prime,
                        party=party,
                        least=need,
                    ),
                )


def _prime_minutes(airings: Airings, mine: Ints) -> Ints:
    """Minutes of each airing in its channel's prime hours. Past airings are included."""
    instance, total = airings.instance, np.zeros(len(mine), dtype=np.int64)
    for number in np.unique(airings.channel[mine]).tolist():
        here = np.flatnonzero(airings.channel[mine] == number)
        channel = instance.channels[number]
        begin, end = instance.daypart_hours(channel, PRIME)
        clock = instance.timeline.clock(channel.zone).minute
        late, early = clock >= begin, clock < end
        until = np.concatenate([[0], np.cumsum((late & early) if begin < end else (late | early))])
        total[here] = until[airings.end_minute[mine[here]]] - until[airings.start_minute[mine[here]]]
    return total


def _in_prime(instance: Instance, run: Shown) -> int:
    """Minutes of one airing in prime, found by testing every minute."""
    channel = instance.channels[run.channel]
    begin, end = instance.daypart_hours(channel, PRIME)
    inside = 0
    for minute in range(run.start, run.end):
        local = instance.timeline.moment(minute).astimezone(zone_clock(channel.zone))
        clock = local.hour * 60 + local.minute
        inside += begin <= clock < end if begin < end else clock >= begin or clock < end
    return inside
