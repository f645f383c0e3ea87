"""The parameters of the engine for series in regular slots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import Count, NotNegative, Params, Positive, Share


class StrandParams(Params):
    """The strand engine: a program over bundles of airings."""

    whole_columns: Annotated[int, Field(ge=0)] = 80_000
    """With at most this many columns the whole program is solved while the other methods run."""
    relaxation_share: Share = 0.3
    """With more columns: share of the time left for the first-order method."""
    round_iterations: Count = 250
    """With more columns: iterations of one round of the first-order method with all columns."""
    few_rounds: Annotated[int, Field(ge=0)] = 2
    """Rounds with few columns after each round with all columns."""
    few_columns: Count = 60_000
    """Columns of such a round."""
    few_iterations: Count = 750
    """Iterations of such a round."""
    relaxation_rounds: Count = 7
    """Most rounds of the first-order method."""
    round_gain: NotNegative = 2e-3
    """The first-order method ends after a round with all columns that changes the bound by less than this share, or if
    bound and primal objective differ by less than this share."""
    round_closeness: Positive = 1e-5
    """A round ends when primal and dual objective differ by at most this share."""
    group_columns: Count = 1
    """With more columns: bundles per series and territory among the likely columns, where a start is searched."""
    likely_bundles: Count = 3_000
    """With more columns: bundles of least loss among the likely columns."""
    likely_airings: Count = 5_000
    """With more columns: airings outside bundles among the likely columns."""
    start_amount: Share = 0.99
    """The start contains all bundles with at least this amount in the first-order method, if this is possible."""
    start_seconds: Positive = 5.0
    """Seconds for the search of the start."""
    channel_columns: Count = 1_300
    """With more columns: bundles and airings of one channel, of least rank, where channels are planned in turn."""
    channel_seconds: Positive = 3.0
    """Seconds for one channel. One of more than the mean value in the relaxation gets more, in proportion to it."""
    channel_most: Annotated[float, Field(ge=1.0)] = 3.0
    """Most seconds for one channel, as a multiple of these."""
    channels_share: Share = 0.3
    """At most this share of the time left for all channels together."""
    hard_price: Positive = 0.3
    """First price of a hard row that is missed entirely, as a multiple of the bound, where hard rows may be missed."""
    hard_price_growth: Annotated[float, Field(ge=1.0)] = 1.2
    """After a turn with a missed hard row the price is this many times as high."""
    hard_price_fall: Annotated[float, Field(ge=1.0)] = 2.0
    """After a turn without a missed hard row it is divided by this."""
    least_hard_price: Positive = 0.05
    """The smallest price, as a multiple of the bound."""
    most_hard_price: Positive = 4.0
    """The largest price, as a multiple of the bound."""
    miss_cost: Share = 0.05
    """All misses together cost at least this share of the bound, so that the last small ones are not kept."""
    later_share: Share = 0.4
    """Share of a hard row's dual that counts in both directions while channels of the row are still to come."""
    draft_share: Share = 0.9
    """At most this share of the time left for a draft that misses hard rows if another timetable keeps them all."""
    surely_used: Share = 1e-3
    """With more columns: columns with more than this amount in the first-order method count as used by it."""
    sure: Share = 0.85
    """The dive fixes bundles with at least this amount in the relaxation."""
    at_least: Count = 8
    """If there are none, it fixes this number of bundles, those with the largest amounts."""
    back_ups: Annotated[int, Field(ge=0)] = 8
    """Most steps back of the dive. After them one program chooses the rest."""
    fill_seconds: Positive = 20.0
    """Seconds for the program of the columns that the dive left open."""
    fill_gap: NotNegative = 1e-3
    """Gap of this program, as a share of the fallback's audience."""
    channels: Count = 4
    """Channels of the first neighbourhood of channels."""
    most_channels: Count = 8
    """Channels of the largest neighbourhood of channels."""
    span: Share = 0.25
    """Share of the horizon in the first neighbourhood of a span."""
    turn_seconds: Positive = 12.0
    """Seconds for one neighbourhood."""
    turn_columns: Count = 8_000
    """Most columns of a neighbourhood. Those of largest regret are left out."""
    blur: Share = 0.5
    """Largest relative random change of the regrets before columns are left out."""
    search_channels: Count = 2
    """With more columns: channels of a turn of CP-SAT."""
    search_columns: Count = 1_000
    """Bundles and airings of each of these channels."""
    search_seconds: Positive = 3.0
    """Seconds for such a turn."""
    search_many: Share = 0.25
    """Share of the turns on a draft that misses hard rows that take more channels, with large neighbourhood search."""
    search_many_channels: Count = 4
    """Channels of such a turn."""
    search_many_seconds: Positive = 5.0
    """Seconds for such a turn."""
    search_rows: Share = 0.7
    """Share of the turns that take channels of a missed hard row."""
    search_memory: Share = 0.5
    """After such a turn without a gain its channels are drawn this many times as often as before."""
    part_work: Positive = 0.1
    """Counted work of a turn of CP-SAT beside its own, so that turns that are proven at once come to an end."""
    tie_blur: Share = 0.01
    """Largest random part of a column's value that is added to its loss, so that equal losses change places."""
    memory: Share = 0.7
    """Weight of earlier turns in the gain per second of a kind of neighbourhood."""
    least_rate: Share = 0.15
    """Every kind is sampled as if it gained at least this share of the best kind's gain per second."""
    turn_gap: NotNegative = 2e-5
    """Gap of a neighbourhood's program, as a share of the value."""
    node_rate: Positive = 20.0
    """Branch-and-bound nodes that stand for a second where work is counted."""
    alone_share: Share = 0.5
    """Share of the time left for the whole program if there is only one worker."""
