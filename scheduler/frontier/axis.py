"""What varies along a frontier: the permitted deviation or the least amount of one measure of an agreement."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

import yaml

from scheduler.messages import Message, msg
from scheduler.rules.framework.measures import period_labels
from scheduler.rules.framework.rows import HARD
from scheduler.rules.parity import Parity, agreements_of
from scheduler.rules.parity_rows import band_kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance import Instance
    from scheduler.rules.parity_measure import Measure

Field = Literal["tolerance", "least"]


class AxisError(Exception):
    """An axis that the instance does not have."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True, slots=True)
class Axis:
    """One field of one measure of an agreement."""

    agreement: Parity
    number: int  # of the measure in the agreement
    field: Field

    @property
    def measure(self) -> Measure:
        """The measure that varies."""
        return self.agreement.measures[self.number]

    @property
    def name(self) -> str:
        """The axis as `--x` names it."""
        return f"{self.agreement.id}.{self.measure.name}.{self.measure.period}.{self.field}"

    def tight_to_loose(self, values: Sequence[Fraction]) -> list[Fraction]:
        """The values in an order in which every timetable of one value is admissible at the next."""
        return sorted(set(values), reverse=self.field == "least")

    def spaced(self, begin: Fraction, end: Fraction, points: int) -> list[Fraction]:
        """Values at equal distances, from tight to loose; least amounts are whole."""
        steps = [begin + (end - begin) * number / (points - 1) for number in range(points)]
        if self.field == "least":
            steps = [Fraction(round(one)) for one in steps]
        return self.tight_to_loose(steps)

    def is_hard(self, instance: Instance) -> bool:
        """Whether a row of the field must hold: the agreement is hard, and the band of some period is final."""
        rule = self.agreement
        if not rule.hard or self.field == "least":
            return rule.hard
        labels = period_labels(instance, rule, self.measure.period)
        return any(band_kind(rule, self.measure, instance, label)[0] == HARD for label in labels)

    def variant(self, value: Fraction) -> str:
        """A variant of the instance in which the field has a value, as YAML."""
        measures = [one.model_dump(mode="json", exclude_unset=True, by_alias=True) for one in self.agreement.measures]
        measures[self.number][self.field] = int(value) if self.field == "least" else float(value)
        return yaml.safe_dump({"agreements": [{"id": self.agreement.id, "measures": measures}]}, sort_keys=False)


def axis_of(instance: Instance, words: str) -> Axis:
    """The axis AGREEMENT.MEASURE.FIELD or AGREEMENT.MEASURE.PERIOD.FIELD.

    Raises
    ------
    AxisError
        There is no such axis, or more than one; the message lists those that exist.
    """
    axes: list[Axis] = []
    for agreement in agreements_of(instance.file.agreements):
        for number, measure in enumerate(agreement.measures):
            axes += [Axis(agreement, number, "tolerance")] * (measure.tolerance is not None)
            axes += [Axis(agreement, number, "least")] * _whole(measure.least)
    short = [f"{one.agreement.id}.{one.measure.name}.{one.field}" for one in axes]
    fit = [one for one, name in zip(axes, short, strict=True) if words in (one.name, name)]
    if len(fit) != 1:
        known = ", ".join(one.name for one in axes) or "–"
        raise AxisError(
            msg("{words} is no single figure of an agreement; there are: {known}", words=words, known=known)
        )
    return fit[0]


def _whole(least: object) -> bool:
    """Whether a least amount is one number, above 0, for both parties."""
    return isinstance(least, int) and least > 0
