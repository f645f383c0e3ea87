"""The numbers of the generated world that are not options: a suite or a TOML file may set them.

[world]
local_chance = 0.5
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from scheduler.messages import RefusedError, msg
from scheduler.parameters import AllParams, Count, NotNegative, Params, Positive, Share

Genre = Literal["drama", "film", "documentary", "animation", "music", "talk"]
Kind = Literal["strand", "weekly", "event"]
Minutes = Annotated[int, Field(ge=0, le=240)]


class WorldParams(Params):
    """The generated world: viewers, windows, catalogue, hidden timetable and bounds of rules."""

    share_of_inhabitants: Positive = 0.012
    """Viewers in a channel's best hour, as a share of the inhabitants of a territory with `typical_inhabitants`."""
    typical_inhabitants: Count = 20_000_000
    """Inhabitants of a territory of typical size. Viewers grow with the square root of the inhabitants."""
    channel_spread: NotNegative = 0.4
    """Standard deviation of the logarithm of a channel's viewers."""
    genre_spread: NotNegative = 0.15
    """Standard deviation of the logarithm of a genre's factor on a channel."""

    news_minutes: Annotated[int, Field(ge=1, le=240)] = 30
    """Minutes of the news before a window."""
    weekend_earlier: Minutes = 120
    """Minutes by which another window at weekends begins earlier."""
    weekend_longer: Minutes = 60
    """Minutes by which it is longer."""
    holiday_earlier: Minutes = 180
    """Minutes by which the window of a holiday begins before the usual one."""
    holiday_rest: Annotated[int, Field(ge=1, le=240)] = 60
    """Minutes after the usual start at which it ends."""
    live_each: Count = 60
    """One live match for this many days of all channels."""

    genre_mix: dict[Genre, Share] = Field(
        {
            "drama": 0.32,
            "film": 0.2,
            "documentary": 0.16,
            "animation": 0.1,
            "music": 0.1,
            "talk": 0.12,
        }
    )
    """Shares of genres in the exchange: more series and films than in a channel's whole day."""
    series_length: dict[Genre, NotNegative] = Field(
        {
            "drama": 2.0,
            "film": 0.0,
            "documentary": 0.7,
            "animation": 1.4,
            "music": 0.3,
            "talk": 1.0,
        }
    )
    """Episodes as a multiple of the option `episodes`; a film is single."""
    shortest: Annotated[int, Field(ge=1, le=60)] = 13
    """Minutes of the shortest programme. Shorter ones are fillers, which are not exchanged."""
    appeal_spread: NotNegative = 0.2
    """Standard deviation of the logarithm of a title's appeal beyond that of the facts."""
    longest_series: Annotated[int, Field(ge=2)] = 60
    """Most episodes of a series that has a regular slot."""
    shortest_series: Annotated[int, Field(ge=2)] = 8
    """Least episodes of a series that has a regular slot; a title with fewer is an event."""
    least_event_parts: Annotated[int, Field(ge=2)] = 2
    """Least parts of an event, which airs on consecutive days."""
    most_event_parts: Annotated[int, Field(ge=2)] = 7
    """Most parts of an event."""
    event_chance: dict[Genre, Share] = Field({"drama": 0.2, "documentary": 0.3})
    """Chance that a title is an event, and no long series."""
    series: tuple[Genre, ...] = ("drama", "documentary", "animation", "talk")
    """Genres with episodes if series have regular slots; films and concerts are single."""
    strands: tuple[Genre, ...] = ("drama", "animation")
    """Genres whose series air on several days a week; the others are weekly shows."""

    local_chance: Share = 0.7
    """Chance that the version in the channel's language is used if there is a choice."""
    balance: Annotated[float, Field(gt=0.0, le=1.0)] = 0.08
    """Largest difference of weekly minutes between KZ and a partner, as a share of the exchange."""
    filled: dict[Kind, Share] = Field({"strand": 0.6, "weekly": 0.78, "event": 0.88})
    """A kind is no longer placed when this share of a week's airtime is filled."""
    tries: Count = 4
    """Number of rounds without a new series of a kind after which the next kind is placed."""
    ahead: Positive = 1.1
    """A side of an exchange places nothing more in a week if it exceeds the other side by this factor and `slack`."""
    slack: NotNegative = 90
    """Minutes that it may exceed the other side by as well."""
    least_premieres: Annotated[int, Field(ge=0)] = 2
    """Least number of strands of the first week that have no history, whatever the option `going` is."""
    most_premieres: Annotated[int, Field(ge=0)] = 3
    """Most such strands; between the two the number is drawn."""
    lean: Positive = 60
    """Minutes added to both sides of an exchange. A title's probability grows with the square of their ratio."""

    least_genre_minutes: Count = 30
    """Least minutes of a least amount of a genre; smaller ones are left out, because no planner would write them."""
    mourning_each: Count = 28
    """One day of mourning for this many days of the horizon. On it one territory bars some genres."""
    mourned: tuple[Genre, ...] = ("talk", "music")
    """The genres that it bars."""
    least_tolerance: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.04
    """Smallest tolerance of an agreement: about one airing as a share of a week."""

    @model_validator(mode="after")
    def _fits(self) -> WorldParams:
        total = sum(self.genre_mix.values())
        if abs(total - 1) > 1e-9:
            raise RefusedError(msg("genre_mix: the shares add up to {total}, not 1", total=f"{total:g}"))
        for low, high in (
            ("shortest_series", "longest_series"),
            ("least_event_parts", "most_event_parts"),
            ("least_premieres", "most_premieres"),
        ):
            if getattr(self, low) > getattr(self, high):
                raise RefusedError(msg("{low} is larger than {high}", low=low, high=high))
        return self


class GenerateTables(AllParams):
    """The tables that a file of parameters for `generate` may have."""

    world: WorldParams = WorldParams()
