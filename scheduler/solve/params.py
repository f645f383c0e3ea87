"""The parameters of all methods of `solve`: the meaning, range and default of each number that can change the answer.

A class per method, gathered in `SolveParams`. A TOML file with a table per method sets some of them:

    [annealing]
    first_temperature = 0.3

Shares are between 0 and 1. Seconds are seconds of the clock, or counted work where a search must repeat.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from scheduler.parameters import AllParams, Count, Factor, NotNegative, Params, Positive, Share
from scheduler.solve.strand_params import StrandAnnealingParams, StrandParams
from scheduler.solve.tree_params import TreeParams


class WorkParams(Params):
    """Counted work, in units of about a second, where a search must repeat and may not look at the clock."""

    iterations: Positive = 5_000.0
    """Simplex iterations of HiGHS that count as one unit."""
    least: NotNegative = 0.02
    """Smallest counted work of one program in HiGHS."""
    nodes: Positive = 10.0
    """Branch-and-bound nodes of a whole program in HiGHS that stand for one unit."""
    first_order: Positive = 3e-9
    """Counted work of an iteration of the first-order method, per number that is not zero in the matrix."""


class RunParams(Params):
    """Waiting times for an engine that does not stop."""

    grace: NotNegative = 10.0
    """Seconds beyond the limit, then an engine that still runs is abandoned."""
    interrupt_grace: NotNegative = 3.0
    """Seconds after an interrupt, then an engine that still runs is abandoned."""


class AutoParams(Params):
    """When the strategy `auto` runs the exact engine first, and when it runs HiGHS on the whole program."""

    exact_airings: Annotated[int, Field(ge=0)] = 1_000
    """With at most this many airings the exact engine runs first: it proves a few hundred in seconds."""
    exact_share: Share = 2 / 3
    """Largest share of the time left that it may take."""
    whole_airings: Annotated[int, Field(ge=0)] = 5_000
    """With at most this many airings the second of two workers gives the whole program to HiGHS."""
    whole_share: Share = 0.75
    """Share of that worker's time left for it. The rest is for blocks, which bound larger ones better."""


class CostParams(Params):
    """The cost of clauses, computed after the search."""

    share: Share = 0.1
    """Largest share of the time limit that it may take."""
    closeness: Positive = 1e-7
    """The relaxation is solved when bound and master differ by at most this share of the bound."""


class GreedyParams(Params):
    """The greedy start."""

    windows_share: Annotated[float, Field(gt=0.0, le=1.0)] = 0.25
    """The share of all windows that get one more airing before gains are computed again."""
    hard_factor: Positive = 3.0
    """Weight of a hard row missed as a whole, in mean values of the best airing of a window."""
    least_factor: Positive = 2.0
    """Rows with a lower side weigh this many times those that only cap. One party has to give first, although a parity
    row stays violated until the other party gives too.
    """
    keep: Share = 0.5
    """An airing is added while its gain is more than this share of the gain computed at the start of the round."""
    most_airings: Count = 500_000
    """With more candidates only a regular sample is used, because computing all gains takes too long."""


class SubgradientParams(Params):
    """The subgradient start of the bound (Adam)."""

    least_steps: Count = 400
    """Fewest steps."""
    most_steps: Count = 1_000
    """Most steps."""
    steps_per_window: NotNegative = 3.0
    """Steps per window between the fewest and the most."""
    sample_above: Count = 1_000_000
    """With more airings than this the method first runs on a sample."""
    sample: Count = 400_000
    """Airings in that sample."""
    full_steps: Count = 600
    """Steps on all airings after the run on the sample."""
    first_step: Positive = 1.0
    """Length of the first step, in scaled units, when all duals start at zero."""
    first_step_after: Positive = 0.1
    """Length of the first step when the duals start from an earlier run."""
    last_step: Positive = 0.003
    """Length of the last step; lengths shrink geometrically from the first to the last."""
    memory: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.97
    """Decay per step of the mean gradient and of the mean squared gradient."""
    keep_every: Count = 20
    """Patterns of every step whose number is a multiple of this are kept as columns."""
    keep_from: Share = 0.7
    """Patterns are kept only after this share of the steps."""


class RelaxationParams(Params):
    """Column generation over window patterns."""

    hard_row: Positive = 0.3
    """Price of a hard row missed as a whole, as a share of the value of all windows without any rule."""
    closeness: Positive = 2e-5
    """Column generation ends when bound and master differ by at most this share of the bound."""
    rounds: Count = 2_000
    """Most rounds."""
    smoothing: Share = 0.8
    """First weight of the stability centre in the duals (Wentges)."""
    most_smoothing: Share = 0.9
    """Largest weight."""
    smoothing_up: Share = 0.05
    """Added to the weight after a round that improved the bound."""
    smoothing_down: Share = 0.1
    """Subtracted from the weight after a round that did not improve the bound."""
    violated: Positive = 1e-6
    """A rule row enters the master where it is violated by more than this, in units of its largest coefficient."""
    regret_step: Positive = 1e-3
    """Regrets are ranked in steps of this share of the mean value of an airing; within a step the order is random."""
    work_per_solve: NotNegative = 0.02
    """Least counted work of one solution of the master."""


class CutParams(Params):
    """Chvátal–Gomory rounding of the rule rows."""

    rounds: Annotated[int, Field(ge=0)] = 4
    """Rounds of cuts, each followed by column generation."""
    violated: Positive = 1e-3
    """A cut is added where it is violated by this share of its right-hand side."""
    most_divisors: Count = 40
    """Divisors tried per row. Rows with more distinct coefficients are not rounded."""


class CertificateParams(Params):
    """The relaxation with cuts of our own, whose duals are the certificate of programs that are not too large."""

    rounds: Annotated[int, Field(ge=0)] = 30
    """Rounds of cuts, each followed by the simplex method."""
    violated: Positive = 1e-3
    """A cut is added where it is violated by this amount."""
    tight: NotNegative = 0.1
    """A row is rounded if its activity is off its side by at most this share of its largest coefficient."""
    divisors: Count = 60
    """Most divisors tried per row for a cut by mixed-integer rounding."""
    tableau_rows: Annotated[int, Field(ge=0)] = 100
    """Fractional columns of which a round rounds the row of the simplex tableau."""
    tableau_entries: Count = 5_000
    """Combined rows with more columns are left out: such cuts make the simplex method slow."""
    tableau_violated: Positive = 1e-4
    """A cut of combined rows is added where it is violated by this, in units of the length of its coefficients."""
    least_gain: NotNegative = 1e-4
    """A round of cuts is poor if it lowers the bound by less than this share."""
    poor_rounds: Count = 2
    """Rounds end after this many poor ones in a row."""
    most_columns: Annotated[int, Field(ge=0)] = 80_000
    """Programs with more columns are not solved; the engine's own duals are the certificate."""
    share: Share = 0.2
    """Share of the time left. Poor rounds end it earlier."""
    beyond: Positive = 5.0
    """Seconds or counted work after the limit for the certificate of an engine that has no duals."""


class SampleParams(Params):
    """Instances with series in slots whose rows do not fit into memory are searched among samples of the airings."""

    beyond: Count = 2_000_000
    """With more airings samples are searched."""
    first_runs: Count = 120_000
    """First runs of series in slots in a sample, with all days of a slot."""
    reruns: Count = 180_000
    """Reruns of series in slots. In the random sample, with all days of a slot."""
    others: Count = 60_000
    """Airings of other titles. In the random sample, with all starts of a day."""
    row_seconds: Positive = 4e-5
    """Seconds or counted work per airing to state the rows of all airings. If less is left, they are not stated, and
    there is no bound."""
    price_seconds: Positive = 4e-6
    """Seconds or counted work per airing to price all airings. If less is left, they are not priced. A next sample is
    counted as this work, too."""
    begin_share: Share = 0.1
    """Share of the time for the relaxation of the random sample."""
    generation_share: Share = 0.35
    """Share of the time left after that for samples whose relaxation only prices the next one."""
    round_share: Share = 0.06
    """Share of the time left for such a relaxation."""
    round_gain: Share = 0.01
    """If a sample lowers the bound by less than this share, the next one is the last."""
    round_iterations: Count = 100
    """`round_iterations` of the first-order method in a sample."""
    round_patience: Count = 3
    """`round_patience` of the first-order method in a sample."""


class PlaceParams(Params):
    """The best places of programmes that are not in the timetable."""

    tried: Count = 4
    """Places of each programme that are tried by exchange, those of least loss by the certificate."""
    most_entries: Annotated[int, Field(ge=0)] = 1_000_000_000
    """Fewer are tried if the number of trials times the entries of the matrix would be larger."""


class BoundingParams(Params):
    """Shares of the time for the bound, and when blocks are used."""

    relaxation_share: Share = 0.25
    """Share of the time left for the plain relaxation."""
    cut_share: Share = 0.25
    """Share of the time left for cuts."""
    most_windows: Annotated[int, Field(ge=0)] = 1_500
    """With more windows the master is not solved, because it would not end in time. The subgradient bound remains."""
    trial_share: Share = 0.15
    """Share of the time for blocks that a trial of small blocks gets."""
    small_share: Share = 0.5
    """Share of the time for blocks that small blocks get before large ones are tried."""
    attempt: Positive = 10.0
    """Seconds of one attempt at a block. Doubled when all other blocks are closed."""
    small_closeness: Positive = 1e-4
    """Small blocks are closed when the sum of their gaps is at most this share of the bound."""
    large_closeness: Positive = 1e-5
    """Large blocks are closed when the sum of their gaps is at most this share of the bound."""
    worthwhile: float = 5e-4
    """Large blocks are tried if small ones lowered the bound by at least this share."""


class BlockParams(Params):
    """Blocks of windows as mixed-integer programs for the bound."""

    small: Count = 10
    """Most windows of a small block: a week of a channel."""
    large: Count = 40
    """Most windows of a large block: a week of a few channels."""
    most_airings_by_runs: Count = 2_000
    """Rows with equal coefficients (runs) join windows only up to this many airings.

    A series would join all windows.
    """
    first_slack: Positive = 1e-2
    """First slack of a small block, as a share of its part of the bound."""
    first_slack_joined: Positive = 3.5e-3
    """First slack of a large block, as a share of its part of the bound, added to the gain of its small blocks."""
    least_slack: Positive = 1e-4
    """Least first slack, as a share of the bound per block."""
    first_seconds: Positive = 1.0
    """Limit of the first attempt at a block."""
    first_guess: Positive = 0.05
    """Expected duration of the first attempt, seconds."""
    spare: Factor = 1.2
    """A block is tried again if at least this many times the duration of its last attempt is left."""
    widen: Factor = 1.4
    """Growth of the slack after a proof."""
    widen_quick: Factor = 2.0
    """Growth of the slack after a proof in less than a quarter of the limit."""
    trial_branchings: Annotated[int, Field(ge=0)] = 2
    """Trials per column before HiGHS relies on what branching on it gained so far."""
    nodes_per_second: Positive = 100.0
    """Branch-and-bound nodes that stand for a second where work is counted."""


class BlockLnsParams(Params):
    """Large neighbourhood search over blocks, with coupling rows priced at their duals."""

    attempt: Positive = 2.0
    """Seconds for one block."""
    most_airings: Count = 2_500
    """Most airings of a block that may be chosen: those of least regret."""
    least_worth: NotNegative = 1e-4
    """Blocks whose best patterns have less than this share of the total value are skipped."""
    closeness: Positive = 1e-6
    """A block is solved when its gap is at most this share of the total value."""
    round_share: Share = 0.08
    """Share of the time left for one round over the blocks."""


class BlockReoptimiseParams(Params):
    """Blocks of the incumbent are solved again while everything else stays fixed."""

    first_seconds: Positive = 1.0
    """Limit of the first attempt at a block."""
    most_seconds: Positive = 2.0
    """Limit after an attempt that did not end."""
    first_guess: Positive = 0.5
    """Expected duration of the first attempt, seconds."""
    closeness: Positive = 1e-5
    """Gap of a block's program, as a share of the timetable's value."""
    least_gain: Positive = 5e-6
    """Least gain that is looked for, as a share of the timetable's value."""


class FixedCountParams(Params):
    """Programs with a fixed number of airings per channel and content. Only start times are chosen."""

    most_windows: Annotated[int, Field(ge=0)] = 250
    """With more windows these programs are not used, because they do not end in time."""
    merge_seconds: Positive = 5.0
    """Limit to choose the counts of two timetables block by block."""
    time_seconds: Positive = 10.0
    """Limit to choose all times for given counts."""
    step_seconds: Positive = 2.0
    """Limit to choose the times in some windows."""
    steps_in_vain: Count = 12
    """The search of start times ends after this many steps without gain."""
    windows: Positive = 30.0
    """Windows sampled in the first step."""
    grow: Factor = 1.05
    """Growth of that number after a step that ended in half its time."""
    shrink: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85
    """The same after a step that did not end."""
    relaxation_work: NotNegative = 0.3
    """Counted work of a relaxation."""
    nodes_per_second: Positive = 3.0
    """Branch-and-bound nodes that stand for a second. Most of the time passes before the first node."""
    least_promise: Positive = 2e-4
    """Times are chosen for merged counts if their relaxation exceeds the incumbent by this share of its value."""
    closeness: Positive = 3e-4
    """Gap of the program for all times, as a share of the value."""
    step_closeness: Positive = 5e-5
    """Gap of the program for some windows, as a share of the value."""
    least_gain: Positive = 5e-6
    """Least gain of such a step, as a share of the value."""
    reach: NotNegative = 1.6e-3
    """The first search of all times uses a floor this share of the value below the relaxation. With such a high floor
    HiGHS finds solutions where it finds none with the incumbent's value, far below, as the floor.
    """


class AnnealingParams(Params):
    """Simulated annealing. Temperatures are shares of the mean value of an airing."""

    first_temperature: Positive = 0.2
    """At the start of a search from a rough start solution, and after a restart."""
    next_temperature: Positive = 0.02
    """At the start of a cycle from a good start solution."""
    repair_temperature: Positive = 0.01
    """At the start of phase 2."""
    last_temperature: Positive = 0.007
    """At the end of both phases."""
    spread: NotNegative = 0.5
    """The temperature of a window is proportional to this power of (its value / mean value of a window)."""
    least_spread: Positive = 0.05
    """Windows below this share of the mean value get the temperature of this share."""
    by_regret: Share = 0.3
    """Share of the moves that start in an interval sampled by regret. The others start in a random interval."""
    candidates: Count = 150
    """Size of the candidate list of a window: airings of least regret."""
    seconds: Positive = 0.2
    """Seconds per interval in phase 1 of a long cycle."""
    repair_seconds: Positive = 0.08
    """Seconds per interval in phase 2 of a long cycle."""
    short: Share = 0.125
    """Short cycles, all after the first, take this share of the time of a long one."""
    longest: Positive = 110.0
    """Most seconds of both phases."""
    most_share: Share = 0.5
    """A long cycle, and any while a hard row is missed, takes at most this share of the time left."""
    repairs: Count = 3
    """Phase 2 is run at most this many times while a hard row is missed."""
    repair_again: Share = 0.5
    """A repeated phase 2 starts at this share of the phase."""
    stagnation: NotNegative = 1e-4
    """Restart if at most this share of the value was gained since the start of the last cycle."""
    infeasible: NotNegative = 0.005
    """Continue from an infeasible end point if its value exceeds the incumbent by this share."""
    offer_every: NotNegative = 1.0
    """Seconds between two offers of the best choice of a cycle."""
    work_per_move: Positive = 3.5e-5
    """Counted work of a move."""
    moves_per_interval: Count = 2
    """Moves per interval between two updates of the penalties."""
    least_moves: Count = 200
    """Fewest moves between two updates."""
    insert: Share = 0.6
    """Share of the moves that insert a sampled airing. The others only empty some intervals and refill them."""
    from_missed: Share = 0.33
    """Share of the moves that start at an airing of a missed row."""
    whole: Share = 0.5
    """Probability to empty a whole interval and not a part of it."""
    longest_part: Share = 0.6
    """Longest part that is emptied, as a share of the interval."""
    another: Share = 0.4
    """Probability to empty one more interval."""
    tabu: Share = 0.5
    """Probability that one of the removed airings is tabu in the same move."""
    blink: Share = 0.5
    """Largest probability that a refill skips an airing. The probability is this times u³, u uniform on [0, 1]."""
    intervals: Annotated[int, Field(ge=1, le=64)] = 4
    """Most intervals that one move empties."""
    sampled: Count = 3
    """Airings sampled for an insertion; the best per step of them is inserted."""
    refill_again: Share = 0.5
    """The longest path is computed again if an airing adds less than this share of its gain in the path."""


class PenaltyParams(Params):
    """The dynamic penalty schedule of the annealing. Shares of a phase count from its start."""

    few_windows: Count = 10
    """Rows over at most this many windows are local: a violation in a channel's week cannot be repaired elsewhere."""
    local_credit: NotNegative = 0.9
    """Share of the duals of local rows that is credited at the start of phase 1."""
    local_fades: Annotated[float, Field(gt=0.0, le=1.0)] = 0.9
    """This credit falls to zero at this share of phase 1."""
    hardens: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.3
    """From this share of phase 1 on the weights of local rows grow faster and never shrink."""
    coupling_credit: NotNegative = 0.95
    """Share of the duals of coupling rows that is credited in phase 1."""
    coupling_fades: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75
    """This credit falls to zero at this share of phase 2."""
    tolerance: NotNegative = 0.03
    """Tolerated violation of a coupling row in phase 1, as a share of the amount exchanged."""
    piece: NotNegative = 0.2
    """Least tolerated violation of a coupling row with a lower side, in its largest coefficients."""
    duals: NotNegative = 1.1
    """First weight of a row, as a multiple of its dual."""
    floor: Positive = 0.07
    """Least first weight: the largest coefficient of a row costs this share of the mean value of an airing."""
    hardness: Factor = 20.0
    """At the end every weight is at least this many times its floor."""
    local_hardness: NotNegative = 1.2
    """At the end a violated local row costs this many times the largest value that any airing gains by it."""
    local_rise: Factor = 30.0
    """Multiplier of the local rows' floor at the end of phase 2."""
    steps: Positive = 340.0
    """Update steps in phase 1."""
    coupling_steps: Positive = 140.0
    """Update steps in phase 2."""
    growth: Factor = 1.02
    """Growth of the weight of a violated row, per update step."""
    hard_growth: Factor = 1.03
    """Growth of the weight of a violated local row from `hardens` on, per update step."""
    shrinking: Annotated[float, Field(gt=0.0, le=1.0)] = 0.9995
    """Decay of the weight of a satisfied local row, per update step."""
    coupling_shrinking: Annotated[float, Field(gt=0.0, le=1.0)] = 0.99
    """Decay of the weight of a satisfied coupling row, per update step."""
    local_least: Share = 0.2
    """Least penalty of a local row after the credit is subtracted, as a share of its weight."""
    coupling_least: Share = 0.02
    """The same for coupling rows."""


class NeighbourhoodParams(Params):
    """Large neighbourhood search by CP-SAT."""

    attempt: Positive = 1.5
    """Seconds for one neighbourhood."""
    windows: Positive = 8.0
    """Free windows at first."""
    least_windows: Count = 3
    """Fewest free windows."""
    most_windows: Count = 40
    """Most free windows."""
    airings: Positive = 60.0
    """Free airings per window at first."""
    least_airings: Count = 25
    """Least free airings per window."""
    most_airings: Count = 400
    """Most free airings per window."""
    grow: Factor = 1.08
    """Growth of both sizes after a neighbourhood that was solved to the end."""
    shrink: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85
    """Growth of both sizes after one that was not."""
    helpful: Factor = 20.0
    """A window that can help a missed hard row gets this many times the sampling weight."""
    hard_price: Count = 2
    """Viewer-minutes per weighted miss of a hard row."""
    overhead: NotNegative = 0.05
    """Counted work of building a neighbourhood."""


class ExactParams(Params):
    """The whole formulation as one CP-SAT model."""

    first_stage_share: Share = 0.5
    """Largest share of the time left for the first stage, the least miss of the hard rows."""
    claim_share: Share = 0.3
    """Largest share of a stage's time for CP-SAT's claim. The rest is for the second proof."""
    least_second_proof: NotNegative = 5.0
    """Seconds that a second proof by CP-SAT may take even if the search took less."""
    second_proof_airings: Annotated[int, Field(ge=0)] = 20_000
    """With more airings CP-SAT is not used for a second proof, because it takes long to start."""


class ScaleParams(Params):
    """Shares of the time in the strategy `scale`."""

    block_bound_share: Share = 0.5
    """Share of the time left for bounds of blocks on one of two workers. A single worker takes half of this share."""
    reoptimise_share: Share = 0.5
    """Share of the time left for block re-optimisation in each round."""
    second_share: Share = 0.5
    """Share of the time left for fixed counts, and for block LNS, in each round of the second worker."""
    alone_share: Share = 0.1
    """The same if there is only one worker."""
    neighbourhood_share: Share = 0.1
    """Share of the time left for CP-SAT neighbourhoods in each round."""
    last: NotNegative = 10.0
    """In the last seconds a cycle of annealing would not end. The first worker chooses times in some windows
    instead.
    """


class KeepValueParams(Params):
    """Suggested values of runs that are left after the horizon (`--suggest-keep-values`)."""

    horizons: Annotated[int, Field(ge=2, le=8)] = 2
    """Length of the longer horizon that they are computed from, in horizons of the instance."""


class SolveParams(AllParams):
    """The parameters of all methods."""

    work: WorkParams = WorkParams()
    run: RunParams = RunParams()
    auto: AutoParams = AutoParams()
    costs: CostParams = CostParams()
    greedy: GreedyParams = GreedyParams()
    subgradient: SubgradientParams = SubgradientParams()
    relaxation: RelaxationParams = RelaxationParams()
    cuts: CutParams = CutParams()
    bounding: BoundingParams = BoundingParams()
    blocks: BlockParams = BlockParams()
    block_lns: BlockLnsParams = BlockLnsParams()
    block_reoptimise: BlockReoptimiseParams = BlockReoptimiseParams()
    fixed_counts: FixedCountParams = FixedCountParams()
    annealing: AnnealingParams = AnnealingParams()
    penalties: PenaltyParams = PenaltyParams()
    neighbourhoods: NeighbourhoodParams = NeighbourhoodParams()
    exact: ExactParams = ExactParams()
    scale: ScaleParams = ScaleParams()
    strands: StrandParams = StrandParams()
    strand_annealing: StrandAnnealingParams = StrandAnnealingParams()
    certificate: CertificateParams = CertificateParams()
    tree: TreeParams = TreeParams()
    sample: SampleParams = SampleParams()
    places: PlaceParams = PlaceParams()
    keep_values: KeepValueParams = KeepValueParams()


DEFAULTS = SolveParams()
