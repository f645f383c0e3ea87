"""The parameters of a replan's search."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import AllParams, Count, NotNegative, Params, Positive, Share


class ReplanParams(Params):
    """How a replan divides its time."""

    time_limit: Positive = 20.0
    """Total seconds, from the reading of the published timetable to the checked answer."""
    check_factor: NotNegative = 1.2
    """Time that is kept for the check of the answer, as a multiple of the time that stating the program took."""
    search_least: Share = 0.2
    """The search has at least this share of the limit, even if the rest of the work then ends after the limit."""
    relaxation_share: Share = 0.5
    """Largest share of the time of the search for the relaxation of the least change."""
    change_share: Share = 0.6
    """Largest share of the time for the least change. The rest is for the most value and the second bound."""
    support_share: Share = 0.5
    """Share of the time for the least change in which the part that the relaxation uses is searched."""
    count_share: Share = 0.4
    """Share of the time then left for the bound on the number of changes."""
    value_share: Share = 0.7
    """Share of the time left after that for the value. The rest is for the bound on the value with any change."""
    hold_kept: Share = 0.25
    """If hard rows are missed: share of the time left that is kept for the programs without a hold."""
    hold_share: Share = 0.5
    """Share of the time then left for each program without a hold. Of the others, later ones have less time."""
    most_locks: Annotated[int, Field(ge=0)] = 20
    """If hard rows are missed: most lines of locks.csv that are left out one by one to name those that are a cause."""
    first_part: Count = 20
    """The second part has the columns with a reduced cost of at most this weight. Later parts allow more."""
    change_budget: Annotated[int, Field(ge=0)] = 0
    """Additional weight of changes, above the least change, that may be used to increase the value."""
    part_columns: Count = 100_000
    """Most columns of a part for the value or the number of changes. With more, HiGHS has no answer in a minute."""
    value_gap: NotNegative = 1e-5
    """Relative gap at which the search of the value stops."""
    sifted: Count = 5000
    """Most columns that become free in one round of a relaxation. Each round is solved from scratch."""
    whole_gap: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.99
    """Changes are whole numbers: the search of the bound on their number stops at this absolute gap."""
    weight_gap: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.99
    """The search of the least change stops at this part of the greatest common divisor of all weights."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of HiGHS."""


class ReplanTables(AllParams):
    """The tables of a file of parameters."""

    replan: ReplanParams = ReplanParams()
