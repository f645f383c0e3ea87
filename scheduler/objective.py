"""What a search maximises: the value, the audience, or a figure of an agreement that is a sum over airings.

With any other objective than the value the program is

    maximise  constant + Σ amount·x    subject to the rigid and the hard rows,

without the soft rows: nothing has a price. `amount` is what an airing adds to the figure over the whole horizon, and
`constant` what anchors add. All amounts are whole parts of 1 / `scale`. Bounds and certificates are of this program.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

import numpy as np

from scheduler.messages import Message, Term, msg
from scheduler.rules import SOFT
from scheduler.rules.framework.measures import ONCE, UNITS, exchanged, given
from scheduler.rules.parity import Parity, agreements_of
from scheduler.timetable import OnAir

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance, Selector
    from scheduler.rules.framework.measures import MeasureName
    from scheduler.timetable import Timetable
    from scheduler.verify import Verification

VALUE: Final = "value"
AUDIENCE: Final = "audience"
PERIOD = "horizon"


class ObjectiveError(Exception):
    """An objective that the instance does not have."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Objective:
    """A figure that is maximised, and how it is counted on a timetable."""

    name: str  # as `--y` and certificate.json name it
    unit: str = "viewer-minutes"
    scale: int = 1  # amounts are whole parts of 1 / scale
    agreement: Parity | None = None  # between two parties
    sides: tuple[tuple[str, str], ...] = ()  # (giver, taker): what the giver's programmes have on the taker's channels
    measure: MeasureName = "minutes"
    select: Selector | None = None

    @property
    def is_value(self) -> bool:
        """Whether it is the value, in which missed soft rows have a price."""
        return self.name == VALUE

    def applied_to(self, formulation: Formulation, airings: Airings) -> Formulation:
        """The formulation of the same timetables with this objective."""
        if self.is_value:
            return formulation
        found = formulation.only_rows(np.flatnonzero(formulation.kind != SOFT))
        if self.agreement is None:
            return found
        amount, constant = np.zeros(len(airings), dtype=np.int64), 0
        for giver, taker in self.sides:
            side = given(airings, self.agreement, giver, taker, self.measure, PERIOD, self.select)
            moves = side.airing >= 0
            np.add.at(amount, side.airing[moves], side.parts[moves])
            constant += int(side.parts[~moves].sum())
        nothing = np.zeros_like(formulation.column_value)
        return replace(found, value=amount, column_value=nothing, constant=constant)

    def counted(self, timetable: Timetable, checked: Verification) -> int:
        """The figure of a timetable, in parts, counted minute by minute."""
        if self.is_value:
            return checked.value
        if self.agreement is None:
            return checked.audience
        on_air, total = OnAir(timetable), 0
        for giver, taker in self.sides:
            by_period = exchanged(on_air, self.agreement, giver, taker, self.measure, PERIOD, self.select)
            total += sum(by_period.values())
        return total

    def amount(self, parts: int) -> int | Fraction:
        """An amount in the unit: a whole number where it is one."""
        found = Fraction(parts, self.scale)
        return int(found) if found.denominator == 1 else found

    def message(self) -> Message:
        """The objective in words."""
        if self.is_value:
            return msg("value of the timetable")
        if self.agreement is None:
            return msg("audience of the timetable")
        measure: Message | Term = Term("measure", self.measure)
        if self.select is not None:
            measure = msg("{measure} of {select}", measure=measure, select=self.select.message())
        if len(self.sides) > 1:
            return msg("{rule}: {measure}, both ways", rule=self.agreement.id, measure=measure)
        giver, taker = self.sides[0]
        return msg(
            "{rule}: {measure} that {giver} gives {taker}",
            rule=self.agreement.id,
            measure=measure,
            giver=giver,
            taker=taker,
        )


def objective_of(instance: Instance, name: str) -> Objective:
    """The objective `value`, `audience`, AGREEMENT.MEASURE (both ways) or AGREEMENT.PARTY.MEASURE (what it gives).

    Raises
    ------
    ObjectiveError
        There is no such objective; the message lists those that exist.
    """
    if name == VALUE:
        return Objective(VALUE)
    known = list(objectives(instance))
    for one in known:
        if one.name == name:
            return one
    names = ", ".join(one.name for one in known if len(one.sides) != 1)
    raise ObjectiveError(
        msg(
            "{name} cannot be maximised; there are: {known}. For what one party gives, write it before the measure, "
            "as in KZ-UZ.KZ.minutes. Titles and channels count once and are no sum over airings",
            name=name,
            known=names,
        )
    )


def objectives(instance: Instance) -> Iterator[Objective]:
    """All objectives of an instance."""
    yield Objective(VALUE)
    yield Objective(AUDIENCE)
    scale = instance.contents.share_scale
    for agreement in agreements_of(instance.file.agreements):
        declared = {(one.measure, one.select): one.name for one in agreement.measures}
        plain: dict[tuple[MeasureName, Selector | None], str] = {
            (one, None): one for one in UNITS if one != "audience_per_million"
        }
        for (measure, select), words in {**plain, **declared}.items():
            if measure in ONCE:
                continue
            for pair in agreement.between_two():
                both = pair.directions
                end = UNITS[measure], scale, pair
                yield Objective(f"{pair.id}.{words}", *end, both, measure, select)
                for side in both:
                    yield Objective(f"{pair.id}.{side[0]}.{words}", *end, (side,), measure, select)
