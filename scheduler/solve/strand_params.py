"""The parameters of the engine for series in regular slots."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import Count, Factor, NotNegative, Params, Positive, Share


class StrandParams(Params):
    """The strand engine: a program over bundles of airings."""

    whole_columns: Annotated[int, Field(ge=0)] = 80_000
    """With at most this many columns the whole program is solved while the other methods run."""
    relaxation_share: Share = 0.25
    """With more columns: share of the time left for the first-order method."""
    first_instalment: Share = 0.6
    """The first-order method runs in two instalments, with the first cycles of annealing between them: the part of the
    first one."""
    round_iterations: Count = 200
    """With more columns: iterations of the first-order method after which it computes the bound again."""
    relaxation_rounds: Count = 30
    """Most rounds of the first-order method."""
    round_patience: Count = 6
    """Rounds over which the bound must fall."""
    round_gain: NotNegative = 1e-3
    """The first-order method ends if `round_patience` rounds have lowered the bound by less than this share."""
    scalings: Annotated[int, Field(ge=0)] = 8
    """Times that rows and columns are scaled by the roots of their largest coefficients."""
    step_growth: Positive = 0.6
    """Exponent a: after iteration k the step grows at most by the factor 1 + (k + 1)^−a (Applegate et al. 2021)."""
    step_reserve: Positive = 0.3
    """Exponent b: it is at most the factor 1 − (k + 1)^−b times the longest step that still converges."""
    check_iterations: Count = 40
    """Iterations after which the first-order method may restart."""
    restart_much: Share = 0.2
    """It restarts if the error has fallen to this share since the last restart."""
    restart_some: Share = 0.8
    """It also restarts if the error is below this share and rises again."""
    restart_late: Share = 0.36
    """It also restarts after this share of all iterations."""
    weight_share: Share = 0.5
    """Share of the error of the weight between primal and dual steps (in logarithms) that a restart corrects."""
    few_columns: Count = 60_000
    """Columns of the rounds with few columns, which alternate with those with all columns."""
    few_iterations: Count = 500
    """Iterations of such a round."""
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
    least_miss_share: Share = 0.5
    """Share of the time left for the least miss where no timetable was found that keeps all hard rows."""


class StrandAnnealingParams(Params):
    """Simulated annealing of a large strand program. Temperatures are multiples of a channel's value per column."""

    share: Share = 0.65
    """Share of the time left after the relaxation."""
    small_share: Share = 0.35
    """The same in a small program."""
    pace: Positive = 12_000.0
    """Columns of the program per second of a cycle: a larger program needs longer cycles."""
    sample_pace: Positive = 6_000.0
    """The same in a sample of the airings, where there is more time."""
    first_cycle: Annotated[float, Field(gt=0.0, le=1.0)] = 0.4
    """In a large program: length of the first cycle as a share of the others', for an early first timetable. It comes
    before the second instalment of the first-order method."""
    overtime: NotNegative = 1.0
    """A cycle that violates hard rows at its end goes on until it violates none, at most for this share of its
    length."""
    merged: Count = 12
    """Number of the latest annealed timetables whose columns are merged."""
    merge_seconds: Positive = 12.0
    """Seconds for the program of their columns."""
    merge_columns: Count = 6_000
    """With more columns in this program, CP-SAT frees parts of the timetable by itself instead of branching."""
    warm_seconds: Positive = 12.0
    """In a large program: seconds of the cycles from the best timetable that every second worker runs afterwards."""
    columns: Count = 130_000
    """Most bundles, and most airings outside bundles, that take part: those of the least loss."""
    strict_most: NotNegative = 3.0
    """A hard row that only limits a number of columns to at most this is kept by every move."""
    first_temperature: Positive = 0.5
    """First temperature."""
    last_temperature: Positive = 0.01
    """Last temperature."""
    sweep: Count = 2_000
    """Moves between two updates of weights and temperature."""
    first_share: Share = 0.45
    """Share of a cycle that is phase 1."""
    fade_share: Share = 0.65
    """The credit of duals has faded to 0 after this share of a cycle."""
    credit: Share = 0.95
    """Credit of the duals of joining rows in phase 1."""
    tolerance: NotNegative = 0.5
    """In phase 1 a joining row may be violated by this multiple of its largest coefficient before its weight grows."""
    least_weight: NotNegative = 0.004
    """The least weight of a whole hard row, as a share of the bound."""
    growth: Factor = 1.1
    """Factor by which a weight grows at an update while its row is violated."""
    joining_growth: Factor = 1.03
    """The same for joining rows in phase 1."""
    fall: Share = 0.97
    """Factor by which it falls otherwise."""
    last_growth: Factor = 1.3
    """Factor of growth after the credit has faded."""
    last_fall: Share = 0.99
    """Factor by which weights fall then."""
    from_missed: Share = 0.15
    """Share of the moves that set a column which brings a violated row nearer to its side."""
    remove: Share = 0.1
    """Share of the moves that remove a chosen column."""
    bundles: Share = 0.3
    """Share of bundles among the other moves."""
    likely: Positive = 2.0
    """Columns of a channel are drawn at the place u^likely of their order by loss, u uniform."""
    refills: Count = 2
    """Fewest attempts to fill the steps that a removed column leaves free."""
    refill_share: Share = 0.4
    """Attempts for a longer one, as a share of its steps."""
    sampled: Count = 8
    """Columns drawn per attempt; the one of largest gain is set. As many are drawn for a violated row."""
    offer_gain: NotNegative = 0.002
    """A timetable is offered if it is better by this share of its value, and at the end of a cycle."""
    work_per_move: Positive = 2e-5
    """Counted work of a move."""
