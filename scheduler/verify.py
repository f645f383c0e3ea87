"""Recheck a timetable from the instance alone: no solver, no formulation, minute by minute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.rules import Measurement, rules_of
from scheduler.timetable import OnAir

if TYPE_CHECKING:
    from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Verification:
    """Every rule row measured on a timetable, and what the timetable is worth in viewer-minutes."""

    measurements: tuple[Measurement, ...]
    audience: int

    @property
    def missed(self) -> tuple[Measurement, ...]:
        """The rows that are missed, hard ones first."""
        found = [row for row in self.measurements if row.miss]
        return tuple(sorted(found, key=lambda row: (not row.rigid, not row.hard)))

    @property
    def broken(self) -> tuple[Measurement, ...]:
        """What no timetable of ours may ever show: overlaps, lost anchors, exceeded rights."""
        return tuple(row for row in self.missed if row.rigid)

    @property
    def hard_missed(self) -> tuple[Measurement, ...]:
        """The hard rows that are missed, broken ones among them."""
        return tuple(row for row in self.missed if row.hard)

    @property
    def penalty(self) -> int:
        """Priced misses of the soft rows, viewer-minutes."""
        return sum(row.price * row.miss for row in self.missed if not row.hard)

    @property
    def value(self) -> int:
        """Audience minus penalty, viewer-minutes."""
        return self.audience - self.penalty


def verify(timetable: Timetable) -> Verification:
    """Measure every rule of the instance on a timetable."""
    return verify_on_air(OnAir(timetable))


def verify_on_air(on_air: OnAir) -> Verification:
    """The same for a timetable whose minutes are laid out already."""
    measured = tuple(row for rule in rules_of(on_air.instance) for row in rule.check(on_air))
    return Verification(measured, window_audience(on_air))


def window_audience(on_air: OnAir) -> int:
    """Viewer-minutes of all window airtime, airings and fallback; anchors add nothing, whether listed or not."""
    minutes, contents = on_air.minutes, on_air.instance.contents
    first = contents.anchor_offset
    anchored = (minutes.content >= first) & (minutes.content < first + len(on_air.instance.anchors))
    return int(minutes.viewers[~anchored].sum())
