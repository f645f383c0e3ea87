"""A ceiling on the costs of a party: runs on its channels and the dubs made for them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from scheduler.instance.model.field_marks import Party, Relaxable
from scheduler.messages import Message, msg, msg_n
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.dubs import first_airings, unmade, work
from scheduler.rules.framework.entries import shown
from scheduler.rules.framework.row_builder import Sheet, airings_of, any_of
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir


class Budget(Rule):
    """Σ cost of the runs planned on a party's channels + dub_minute · Σ minutes of the dubs they need ≤ most.

    The cost of a run is `cost` in programmes.csv. A dub that does not exist yet (`to_dub`) is paid once, for all
    episodes, by every party on whose channels it airs. Unit: the currency's.
    """

    type: Literal["budget"] = "budget"
    example: ClassVar[str] = (
        "{type: budget, id: KZ-purse, party: KZ, most: 40000, currency: thousand KZT, dub_minute: 15}"
    )
    party: Party = Field(description="who pays: for the airings on the channels that belong to it")
    most: Annotated[int, Relaxable("higher")] = Field(
        ge=0, description="ceiling for the horizon, in whole units of the currency"
    )
    currency: str = Field("units", description="name of the currency, e.g. thousand KZT")
    dub_minute: int = Field(0, ge=0, description="cost of a minute of a dub that does not exist yet")

    def sentence(self) -> Message:
        """The rule in words."""
        return msg(
            "{rule}: {party} pays at most {most} {currency} for runs and dubs",
            rule=self.id,
            party=self.party,
            most=self.most,
            currency=self.currency,
        )

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row, with a column for every dub that may be paid."""
        instance = airings.instance
        sheet = Sheet(self, self.currency, len(airings))
        mine = airings_of(self, airings, instance.channels_of(self.party), None)
        aired = list(first_airings(instance, self.party))
        mine = mine[~airings.past[mine]]
        row = sheet.row("horizon", Subject("party", self.party), "cost", upper=self.most, need=max(self.most, 1))
        cost = np.array([programme.cost for programme in instance.programmes], dtype=np.int64)
        sheet.add(row, mine, cost[airings.programme[mine]])
        dubbed = mine[unmade(instance)[airings.content[mine]]] if self.dub_minute else mine[:0]
        dubbed = dubbed[~np.isin(airings.content[dubbed], aired)]
        dubs, dub = np.unique(airings.content[dubbed], return_inverse=True)
        own = sheet.columns(np.ones(len(dubs), dtype=np.int64))
        sheet.tie(dub, dubbed, own, "dubs", dubs)
        sheet.add(row, own, self.dub_minute * work(instance)[dubs])

        def complete(chosen: Flags) -> Ints:
            return any_of(dub, dubbed, len(dubs), chosen)

        return sheet.blocks(complete)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The costs of the party in a timetable."""
        instance = on_air.instance
        airs = shown(self, on_air, instance.channels_of(self.party), None)
        runs = [run for run in airs if not run.past]
        ours = {instance.channels[at].id for at in instance.channels_of(self.party)}
        aired = {
            (row.programme, row.version_language)
            for row in instance.history
            if row.channel in ours and row.version_kind == "dubbed"
        }
        paid = sum(instance.programmes[run.programme].cost for run in runs)
        dubs = set()
        for run in runs:
            item = instance.contents.items[run.content]
            if (item.identity, item.audio) in aired:
                continue
            if item.version_kind == "dubbed" and item.audio in instance.programmes[run.programme].to_dub:
                dubs.add((run.programme, item.audio))
        minutes = sum(instance.programmes[at].episodes * instance.programmes[at].minutes for at, _ in dubs)
        have = paid + self.dub_minute * minutes
        yield self.measured(
            subject=Subject("party", self.party),
            period="horizon",
            aspect="cost",
            have=have,
            need=self.most,
            sense="most",
            unit=self.currency,
            text=msg_n(
                "{party} pays {have} {currency}: {runs} for runs and {dubs} for {count} dub, at most {most}",
                "{party} pays {have} {currency}: {runs} for runs and {dubs} for {count} dubs, at most {most}",
                party=self.party,
                have=have,
                currency=self.currency,
                runs=paid,
                dubs=have - paid,
                count=len(dubs),
                most=self.most,
            ),
        )
