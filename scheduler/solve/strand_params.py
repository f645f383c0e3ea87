"""The parameters of the engine for series in regular slots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import Count, NotNegative, Params, Positive, Share


class StrandParams(Params):
    """The strand engine: a program over bundles of airings."""

    whole_columns: Annotated[int, Field(ge=0)] = 80_000
    """With at most this many columns the whole program is solved while the other methods run."""
    relaxation_share: Share = 0.2
    """With more columns: share of the time left for the first-order method."""
    round_iterations: Count = 250
    """With more columns: iterations of one round of the first-order method."""
    relaxation_rounds: Count = 5
    """Most rounds of the first-order method."""
    round_gain: NotNegative = 1e-3
    """The first-order method ends after a round that lowers the bound by less than this share."""
    round_closeness: Positive = 1e-5
    """A round ends when primal and dual objective differ by at most this share."""
    group_columns: Count = 20
    """With more columns: bundles per series and territory among the likely columns of the first timetable."""
    likely_bundles: Count = 10_000
    """With more columns: bundles of least regret among the likely columns."""
    likely_airings: Count = 14_000
    """With more columns: airings outside bundles among the likely columns."""
    start_bundles: Count = 3_000
    """With more columns: bundles of least loss among which a start is searched before the dive."""
    start_airings: Count = 5_000
    """With more columns: airings outside bundles among which the start is searched."""
    start_amount: Share = 0.99
    """The start contains all bundles with at least this amount in the first-order method, if this is possible."""
    start_seconds: Positive = 15.0
    """Seconds for the search of the start."""
    channel_columns: Count = 2_500
    """With more columns: bundles and airings of one channel, of least rank, where channels are planned in turn."""
    channel_seconds: Positive = 3.0
    """Seconds for one channel."""
    channels_share: Share = 0.3
    """At most this share of the time left for all channels together."""
    hard_price: Positive = 3.0
    """Price of a hard row that is missed entirely, as a multiple of the bound, where hard rows may be missed."""
    later_price: Positive = 2.0
    """The same for a row of channels that are still to come: a multiple of the row's dual in the first-order method."""
    surely: Share = 0.5
    """With more columns: the dive first fixes the bundles with at least this amount in the first-order method."""
    surely_used: Share = 1e-3
    """With more columns: columns with more than this amount in the first-order method count as used by the dive."""
    sure: Share = 0.85
    """The dive fixes bundles with at least this amount in the relaxation."""
    at_least: Count = 8
    """If there are none, it fixes this number of bundles, those with the largest amounts."""
    back_ups: Annotated[int, Field(ge=0)] = 8
    """Most steps back of the dive. After them one program chooses the rest."""
    dive_seconds: Positive = 15.0
    """With more columns: seconds after which the first step back ends the dive."""
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
    search_columns: Count = 8_000
    """With more columns: bundles and airings of all channels in a turn of CP-SAT while a hard row is missed."""
    search_seconds: Positive = 8.0
    """Seconds for such a turn."""
    search_channels: Count = 2
    """Channels of a turn of CP-SAT when all hard rows hold."""
    search_channel_columns: Count = 1_500
    """Bundles and airings of each of these channels."""
    search_channel_seconds: Positive = 5.0
    """Seconds for such a turn."""
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
