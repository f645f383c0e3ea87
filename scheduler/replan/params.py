"""The parameters of a replan's search."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.solve.params import Count, NotNegative, Params, Positive, Share


class ReplanParams(Params):
    """How a replan divides its time."""

    time_limit: Positive = 20.0
    """Seconds in all."""
    change_share: Share = 0.6
    """At most this share of the time goes to the least change; the rest is for the most value and the second bound."""
    count_share: Share = 0.4
    """Of the time that is left then, the share of the bound on the number of changes."""
    value_share: Share = 0.7
    """Of the time that is left after that, the share of the value; the rest is for the bound on it with any change."""
    first_part: Count = 200
    """The first part holds the columns with a reduced cost of at most so much weight, further parts those of more."""
    change_budget: Annotated[int, Field(ge=0)] = 0
    """Weight beyond the least change that may be spent on value."""
    value_gap: NotNegative = 1e-5
    """The value is searched to this share of it."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Of HiGHS."""
