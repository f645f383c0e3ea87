"""The facts of facts.yaml, and random draws from their percentiles."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import numpy.typing as npt


Curve = np.ndarray[tuple[int], np.dtype[np.float64]]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Land(_Read):
    """A territory: inhabitants and the language of its channels."""

    name: str
    population: int
    language: str


class Station(_Read):
    """A real channel's id, name, territory and time zone."""

    id: str
    name: str
    territory: str
    zone: str


class _Lands(_Read):
    source: str
    rows: dict[str, Land]


class _Stations(_Read):
    source: str
    rows: tuple[Station, ...]


class AudienceByHour(_Read):
    """Mean audience by local hour, peak = 100."""

    source: str
    weekday: tuple[float, ...]
    weekend: tuple[float, ...]


class _AudienceByTwoHours(_Read):
    """Shares of a territory's viewers by two-hour slots from `first_hour` on."""

    source: str
    first_hour: int
    shares: dict[str, tuple[float, ...]]


class _Lengths(_Read):
    source: str
    percentiles: tuple[float, ...]
    minutes: dict[str, tuple[float, ...]]


class _Appeal(_Read):
    source: str
    factor: dict[str, tuple[float, ...]]


class _Series(_Read):
    source: str
    title_weeks: dict[str, int]
    other_sets: tuple[str, ...]
    other_weeks: int

    @property
    def day_sets(self) -> dict[str, float]:
        """Frequency of each day set, in title-weeks."""
        each = self.other_weeks / len(self.other_sets)
        return {
            **{name: float(weeks) for name, weeks in self.title_weeks.items()},
            **dict.fromkeys(self.other_sets, each),
        }


class RealRegularity(_Read):
    """Figures of regularity of a real channel's serials: shares from 0 to 1, and weeks that a serial lasts."""

    source: str
    days_in_slot: float
    slot_kept: float
    days_repeated: float
    weeks_median: int
    weeks_most: int


class Holiday(_Read):
    """A public holiday of a territory."""

    territory: str
    date: date
    name: str


class _Holidays(_Read):
    source: str
    rows: tuple[Holiday, ...]


class Facts(_Read):
    """All facts for generated instances, each with its source."""

    territories: _Lands
    channels: _Stations
    audience_by_hour: AudienceByHour
    audience_by_two_hours: _AudienceByTwoHours
    lengths: _Lengths
    appeal: _Appeal
    series: _Series
    regularity: RealRegularity
    holidays: _Holidays

    @property
    def genres(self) -> list[str]:
        """Genres for which lengths and appeal are known."""
        return list(self.lengths.minutes)

    def audience_curves(self, territory: str) -> tuple[Curve, Curve]:
        """Audience index by local hour on weekdays and at weekends in a territory, two arrays of (24,).

        It is the curve of `audience_by_hour`. If a survey has the shares s of two-hour slots k, the hours of a slot are
        scaled so that its part of the sum of all slots is s_k / Σ s: x'[h] = x[h] · (s_k / Σ s) · Σ x / Σ_{slot k} x.
        """
        weekday, weekend = (np.array(curve) for curve in (self.audience_by_hour.weekday, self.audience_by_hour.weekend))
        shares = np.array(self.audience_by_two_hours.shares.get(territory, ()))
        if len(shares):
            hours = slice(
                self.audience_by_two_hours.first_hour, self.audience_by_two_hours.first_hour + 2 * len(shares)
            )
            for curve in (weekday, weekend):
                slots = curve[hours].reshape(-1, 2)
                curve[hours] = (slots * (shares / shares.sum() * slots.sum() / slots.sum(axis=1))[:, None]).ravel()
        return weekday, weekend

    def draw(self, values: tuple[float, ...], count: int, rng: np.random.Generator) -> npt.NDArray[np.float64]:
        """Draw from a distribution that is linear between the known percentiles and constant outside."""
        percentiles = np.array(self.lengths.percentiles) / 100
        drawn: npt.NDArray[np.float64] = np.interp(rng.random(count), percentiles, np.array(values))
        return drawn


@lru_cache(maxsize=1)
def facts() -> Facts:
    """The facts of facts.yaml beside this file."""
    text = (resources.files("scheduler.generate") / "facts.yaml").read_text(encoding="utf-8")
    return Facts.model_validate(yaml.safe_load(text))
