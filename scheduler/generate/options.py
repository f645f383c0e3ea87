"""The options of a generated instance, and the suites, which are named sets of all options."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from scheduler.generate.params import WorldParams
from scheduler.messages import RefusedError, msg

Share = Annotated[float, Field(ge=0, le=1)]


class GeneratorOptions(BaseModel):
    """All options of a generated instance. The seed determines the random draws."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    territories: int = Field(ge=2, le=9, description="number of territories, Kazakhstan included")
    channels: int = Field(ge=2, le=38, description="channels in all")
    home_share: Share = Field(description="share of the channels that belong to KZ")
    days: int = Field(ge=1, le=364, description="days of the horizon, which begins on a Monday")
    hours: float = Field(ge=1, le=12, description="hours of one window a day on every channel")
    grid: int = Field(description="minutes of a grid step, 5, 10, 15 or 30")
    titles: int = Field(ge=4, le=20_000, description="programmes in the catalogue")
    home_titles: Share = Field(description="share of the catalogue that is from KZ")
    shortlist: int = Field(ge=3, description="titles from which a channel may choose")
    episodes: float = Field(gt=0, description="episodes of a series that a channel could air in four weeks, on average")
    local_dub: Share = Field(description="chance that a title is dubbed into a territory's language")
    russian_dub: Share = Field(description="chance that a title is dubbed into Russian too")
    reruns: Share = Field(description="share of the titles whose episodes may run twice in a territory")
    days_between_runs: int = Field(ge=1, description="least days between two runs of an episode")
    dated: Share = Field(description="share of the titles whose rights cover only part of the horizon")
    fill: Share = Field(description="share of the airtime that the hidden timetable tries to fill")
    tightness: Annotated[float, Field(gt=0, le=1)] = Field(
        description="least amounts as a share of what the hidden timetable has"
    )
    price: float = Field(gt=0, description="price of a missed genre minute, as a multiple of a channel's mean viewers")

    regular: bool = Field(
        False, description="whether series have regular slots; if so, the next two options apply, and series are longer"
    )
    varied: Share = Field(0, description="share of the channels with other windows at weekends or rarer starts")
    going: Share = Field(0, description="share of the first week's series that began before the horizon")

    world: WorldParams = Field(WorldParams(), description="the numbers of the generated world that are not options")

    @model_validator(mode="after")
    def _fits(self) -> GeneratorOptions:
        if self.grid not in (5, 10, 15, 30):
            raise RefusedError(msg("grid: {number} is not 5, 10, 15 or 30", number=self.grid))
        if self.channels < self.territories:
            few = msg(
                "channels: {number} is less than one for each of {territories} territories",
                number=self.channels,
                territories=self.territories,
            )
            raise RefusedError(few)
        if self.hours * 60 % self.grid:
            uneven = msg(
                "hours: {number} is not a whole number of steps of {minutes} minutes",
                number=f"{self.hours:g}",
                minutes=self.grid,
            )
            raise RefusedError(uneven)
        return self


class Suite(BaseModel):
    """A benchmark suite: its options, and the seeds and tightnesses that it is run with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str
    time_limit: float = Field(gt=0, description="seconds that every engine gets")
    memory: float = Field(gt=0, description="GB that every engine gets")
    seeds: tuple[int, ...] = Field(min_length=1)
    tightness: tuple[float, ...] = Field(min_length=1)
    options: dict[str, Any]

    def options_at(self, tightness: float) -> GeneratorOptions:
        """The suite's options at one tightness."""
        return GeneratorOptions.model_validate({**self.options, "tightness": tightness})


def instance_name(suite_name: str, seed: int, tightness: float) -> str:
    """The name of a suite's instance, in its file and in every row."""
    return f"{suite_name}-{seed}-{tightness:g}"


@lru_cache(maxsize=1)
def suites() -> dict[str, Suite]:
    """All suites by name, from suites.yaml beside this file."""
    text = (resources.files("scheduler.generate") / "suites.yaml").read_text(encoding="utf-8")
    return {name: Suite.model_validate(fields) for name, fields in yaml.safe_load(text).items()}


def suite(name: str) -> Suite:
    """A suite by name. Raises LookupError for an unknown name."""
    return suites()[name]
