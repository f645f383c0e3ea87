"""The parameters of every method: each number that can change the answer, with its meaning, range and default.

A class per method, gathered in `SolveParams`. A TOML file with a table per method sets some of them:

    [annealing]
    first_temperature = 0.3

Shares are between 0 and 1. Seconds are seconds of the clock, or counted work where a search must repeat.
"""

from __future__ import annotations

import difflib
import tomllib
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

if TYPE_CHECKING:
    from pathlib import Path

Share = Annotated[float, Field(ge=0.0, le=1.0)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0.0, allow_inf_nan=False)]
Factor = Annotated[float, Field(ge=1.0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


class Params(BaseModel):
    """Parameters of one method: frozen, checked, and documented field by field."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def changed(self) -> dict[str, Any]:
        """The values that differ from their defaults, by name."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def but(self, **values: Any) -> Self:
        """A checked copy with some other values."""
        return type(self).model_validate({**dict(self), **values})


class RunParams(Params):
    """How long an engine that does not stop is waited for."""

    grace: NotNegative = 10.0
    """Seconds beyond the limit before an engine that still runs is left behind."""
    interrupt_grace: NotNegative = 3.0
    """Seconds after an interrupt before an engine that still runs is left behind."""


class AutoParams(Params):
    """When the strategy `auto` tries the exact engine first."""

    exact_airings: Annotated[int, Field(ge=0)] = 1_000
    """Up to this many airings the exact engine comes first: it proves some hundreds in seconds."""
    exact_share: Share = 2 / 3
    """At most this share of the time left goes to it."""


class CostParams(Params):
    """What clauses cost, found after the search."""

    share: Share = 0.1
    """At most this share of the time limit."""
    closeness: Positive = 1e-7
    """The bound has met the master where they differ by no more than this share of the bound."""


class GreedyParams(Params):
    """The greedy start."""

    windows_share: Annotated[float, Field(gt=0.0, le=1.0)] = 0.25
    """The share of all windows that get one more airing before gains are computed again."""
    hard_factor: Positive = 3.0
    """A hard row missed as a whole weighs this many times the mean best airing of a window."""
    least_factor: Positive = 2.0
    """Rows with a lower side weigh this many times those that only cap: one party has to give first, although a band of
    parity is violated until the other gives too."""
    keep: Share = 0.5
    """An airing is taken while its gain is more than this share of the gain computed before others were taken."""
    most_airings: Count = 500_000
    """Of more candidates a regular sample is looked at: computing all gains takes too long."""


class SubgradientParams(Params):
    """The subgradient start of the bound (Adam)."""

    least_steps: Count = 400
    """Fewest steps."""
    most_steps: Count = 1_000
    """Most steps."""
    steps_per_window: NotNegative = 3.0
    """Steps per window between the fewest and the most."""
    sample_above: Count = 1_000_000
    """Of more airings than this the first descent runs on a sample."""
    sample: Count = 400_000
    """Airings in that sample."""
    full_steps: Count = 600
    """Steps on all airings after the descent on the sample."""
    first_step: Positive = 1.0
    """Length of the first step, in scaled units, of a descent from zero duals."""
    first_step_after: Positive = 0.1
    """The same of a descent that goes on from another one."""
    last_step: Positive = 0.003
    """Length of the last step; lengths shrink geometrically from the first to the last."""
    memory: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.97
    """Decay per step of the mean gradient and of the mean squared gradient."""
    keep_every: Count = 20
    """The patterns of every step with this number or a multiple are kept as columns."""
    keep_from: Share = 0.7
    """After this share of the steps."""


class RelaxationParams(Params):
    """Column generation over window patterns."""

    hard_row: Positive = 0.3
    """Price of a hard row missed as a whole, as a share of the value of all windows without any rule."""
    closeness: Positive = 2e-5
    """The bound has met the master where they differ by no more than this share of the bound."""
    rounds: Count = 2_000
    """Most rounds."""
    smoothing: Share = 0.8
    """First weight of the stability centre in the duals (Wentges)."""
    most_smoothing: Share = 0.9
    """Largest weight."""
    smoothing_up: Share = 0.05
    """Added to it after a round that improved the bound."""
    smoothing_down: Share = 0.1
    """Subtracted from it after a round that did not."""
    violated: Positive = 1e-6
    """A rule row enters the master where it is violated by more than this, in units of its largest coefficient."""
    regret_step: Positive = 1e-3
    """Regrets are ranked in steps of this share of the mean value of an airing; within a step the order is random."""
    work_per_solve: NotNegative = 0.02
    """Counted work of one solution of the master, however small."""


class CutParams(Params):
    """Chvátal–Gomory rounding of the rule rows."""

    rounds: Annotated[int, Field(ge=0)] = 4
    """Rounds of cuts, each followed by column generation."""
    violated: Positive = 1e-3
    """A cut is added where it is violated by this share of its right-hand side."""
    most_divisors: Count = 40
    """Divisors that are tried per row; rows with more distinct coefficients are not rounded."""


class BoundingParams(Params):
    """Shares of the time for the bound, and when blocks are worth it."""

    relaxation_share: Share = 0.25
    """Of the time left, for the plain relaxation."""
    cut_share: Share = 0.25
    """Of the time left, for cuts."""
    most_windows: Annotated[int, Field(ge=0)] = 1_500
    """With more windows the master is not solved: it would not end in time. The subgradient bound remains."""
    trial_share: Share = 0.15
    """Of the time for blocks, for small ones before it is asked whether they gain anything."""
    small_share: Share = 0.5
    """Of the time for blocks, for small ones before large ones are tried."""
    attempt: Positive = 10.0
    """Seconds of one attempt at a block; doubled where nothing else is left to try."""
    small_closeness: Positive = 1e-4
    """Small blocks are closed where together they leave no more than this share of the bound open."""
    large_closeness: Positive = 1e-5
    """The same of large blocks."""
    worthwhile: float = 5e-4
    """Large blocks are tried where small ones have lowered the bound by this share of it."""


class BlockParams(Params):
    """Blocks of windows as merged-integer programs behind the bound."""

    small: Count = 10
    """Most windows of a small block: a week of a channel."""
    large: Count = 40
    """Most windows of a large block: a week of a few channels."""
    most_airings_by_runs: Count = 2_000
    """Rows with equal coefficients (runs) join windows up to this many airings; a series would join everything."""
    first_slack: Positive = 1e-2
    """First slack of a small block, as a share of its part of the bound."""
    first_slack_joined: Positive = 3.5e-3
    """The same of a large block, beyond what the small blocks in it have gained."""
    least_slack: Positive = 1e-4
    """Least first slack, as a share of the bound per block."""
    first_seconds: Positive = 1.0
    """Limit of the first attempt at a block."""
    first_guess: Positive = 0.05
    """Expected duration of the first attempt, seconds."""
    spare: Factor = 1.2
    """A block is tried again where at least this many times the duration of its last attempt is left."""
    widen: Factor = 1.4
    """Growth of the slack after a proof."""
    widen_quick: Factor = 2.0
    """The same where the proof took less than a quarter of its limit."""
    nodes_per_second: Positive = 100.0
    """Branch-and-bound nodes that stand for a second where work is counted."""


class BlockLnsParams(Params):
    """Large neighbourhood search over blocks, with coupling rows priced at their duals."""

    attempt: Positive = 2.0
    """Seconds for one block."""
    most_airings: Count = 2_500
    """Most airings of a block that may be chosen: those of least regret."""
    least_worth: NotNegative = 1e-4
    """Blocks whose best patterns are worth less than this share of all are left alone."""
    closeness: Positive = 1e-6
    """A block is solved where no more than this share of the whole value is open."""
    round_share: Share = 0.08
    """Of the time left, for one round over the blocks."""


class BlockReoptimiseParams(Params):
    """Blocks of the incumbent solved again while everything else stays."""

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
    """Programs in which the number of airings per channel and content is fixed and only times are chosen."""

    most_windows: Annotated[int, Field(ge=0)] = 250
    """With more windows these programs do not end in time and are left out."""
    merge_seconds: Positive = 5.0
    """Limit to choose the counts of two timetables block by block."""
    time_seconds: Positive = 10.0
    """Limit to choose all times for given counts."""
    step_seconds: Positive = 2.0
    """Limit to choose the times in some windows."""
    steps_in_vain: Count = 12
    """Steps without gain after which no other is tried."""
    windows: Positive = 30.0
    """Windows drawn in the first step."""
    grow: Factor = 1.05
    """Growth of that number after a step that ended in half its time."""
    shrink: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85
    """The same after a step that did not end."""
    relaxation_work: NotNegative = 0.3
    """Counted work of a relaxation."""
    nodes_per_second: Positive = 3.0
    """Branch-and-bound nodes that stand for a second: most of the time passes before the first of them."""
    least_promise: Positive = 2e-4
    """Times are chosen for merged counts whose relaxation exceeds the incumbent's by this share of its value."""
    closeness: Positive = 3e-4
    """Gap of the program for all times, as a share of the value."""
    step_closeness: Positive = 5e-5
    """Gap of the program for some windows, as a share of the value."""
    least_gain: Positive = 5e-6
    """Least gain of such a step, as a share of the value."""
    reach: NotNegative = 1.6e-3
    """All times are first sought within this share of the value below the relaxation: with so high a floor HiGHS finds
    some where it finds none above an incumbent far below."""


class AnnealingParams(Params):
    """Simulated annealing. Temperatures are shares of the mean value of an airing."""

    first_temperature: Positive = 0.2
    """At the begin of a search from a rough start, and of a restart."""
    next_temperature: Positive = 0.02
    """At the begin of a cycle from a good start."""
    repair_temperature: Positive = 0.01
    """At the begin of phase 2."""
    last_temperature: Positive = 0.007
    """At the end of either phase."""
    spread: NotNegative = 0.5
    """The temperature of a window goes with this power of its value relative to the mean window."""
    least_spread: Positive = 0.05
    """Windows worth less than this share of the mean have the temperature of that share."""
    by_regret: Share = 0.3
    """Share of the moves that begin in an interval sampled by its regret; the others begin anywhere."""
    candidates: Count = 150
    """Airings of a window that may be chosen: those of least regret."""
    seconds: Positive = 0.2
    """Of phase 1 of a long cycle, per interval."""
    repair_seconds: Positive = 0.08
    """Of phase 2 of a long cycle, per interval."""
    short: Share = 0.125
    """Short cycles, all after the first, take this share of both."""
    longest: Positive = 110.0
    """Most seconds of both phases."""
    most_share: Share = 0.5
    """A long cycle, and any while a hard row is missed, takes at most this share of the time left."""
    repairs: Count = 3
    """Phase 2 is run at most this often while a hard row is missed."""
    repair_again: Share = 0.5
    """Where phase 2 begins again."""
    stagnation: NotNegative = 1e-4
    """Restart where no more than this share of the value was gained since the last cycle began."""
    infeasible: NotNegative = 0.005
    """Continue an infeasible end point where its value exceeds the incumbent's by this share."""
    offer_every: NotNegative = 1.0
    """Seconds between two offers of a cycle's best choice."""
    work_per_move: Positive = 3.5e-5
    """Counted work of a move."""
    moves_per_interval: Count = 2
    """Moves per interval between two updates of the penalties."""
    least_moves: Count = 200
    """Fewest moves between two updates."""
    insert: Share = 0.6
    """Share of the moves that insert a sampled airing; the others only empty some intervals and refill them."""
    from_missed: Share = 0.33
    """Share of the moves that begin where an airing touches a missed row."""
    whole: Share = 0.5
    """Chance to empty the whole of an interval in place of a part."""
    longest_part: Share = 0.6
    """Longest part that is emptied, as a share of the interval."""
    another: Share = 0.4
    """Chance to empty one more interval."""
    tabu: Share = 0.5
    """Chance that one of the removed airings may not return in the same move."""
    blink: Share = 0.5
    """Largest chance by which a refill passes over an airing; the chance is this times the cube of a uniform number."""
    sampled: Count = 3
    """Airings sampled for an insertion; the best per step of them is inserted."""
    refill_again: Share = 0.5
    """The longest path is computed again where an airing adds less than this share of what it added in the path."""


class PenaltyParams(Params):
    """The dynamic penalty schedule of the annealing. Shares of a phase count from its begin."""

    few_windows: Count = 10
    """Rows over no more windows are local: what is left of a channel's week cannot be repaired elsewhere."""
    local_credit: NotNegative = 0.9
    """Share of the duals of local rows that is credited for their slack at first."""
    local_fades: Annotated[float, Field(gt=0.0, le=1.0)] = 0.9
    """This credit is zero after this share of phase 1."""
    hardens: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.3
    """From this share of phase 1 on the weights of local rows grow faster and do not shrink."""
    coupling_credit: NotNegative = 0.95
    """Share of the duals of coupling rows that is credited in phase 1."""
    coupling_fades: Annotated[float, Field(gt=0.0, le=1.0)] = 0.75
    """This credit is zero after this share of phase 2."""
    tolerance: NotNegative = 0.03
    """Violation of a coupling row that is tolerated in phase 1, as a share of what is exchanged."""
    piece: NotNegative = 0.2
    """Violation that is tolerated in any case of a coupling row with a lower side, in its largest coefficients."""
    duals: NotNegative = 1.1
    """First weight of a row, in its duals."""
    floor: Positive = 0.07
    """Least first weight: the largest coefficient of a row costs this share of the mean value of an airing."""
    hardness: Factor = 20.0
    """No weight is below this many floors at the end."""
    local_hardness: NotNegative = 1.2
    """To violate a local row costs this many times the most that any airing brings for it at the end."""
    local_rise: Factor = 30.0
    """Multiplier of the local rows' floor at the end of phase 2."""
    steps: Positive = 340.0
    """Update steps in phase 1."""
    coupling_steps: Positive = 140.0
    """Update steps in phase 2."""
    growth: Factor = 1.02
    """Growth of the weight of a violated row, per update step."""
    hard_growth: Factor = 1.03
    """The same of rows that harden."""
    shrinking: Annotated[float, Field(gt=0.0, le=1.0)] = 0.9995
    """Decay of the weight of a local row that is kept, per update step."""
    coupling_shrinking: Annotated[float, Field(gt=0.0, le=1.0)] = 0.99
    """The same of coupling rows."""
    local_least: Share = 0.2
    """With the credit subtracted, a local row still costs this share of its weight."""
    coupling_least: Share = 0.02
    """The same of coupling rows."""


class NeighbourhoodParams(Params):
    """Large neighbourhood search by CP-SAT."""

    attempt: Positive = 1.5
    """Seconds for one neighbourhood."""
    windows: Positive = 8.0
    """Windows that are free at first."""
    least_windows: Count = 3
    """Fewest free windows."""
    most_windows: Count = 40
    """Most free windows."""
    airings: Positive = 60.0
    """Free airings of a window at first."""
    least_airings: Count = 25
    """Fewest free airings of a window."""
    most_airings: Count = 400
    """Most free airings of a window."""
    grow: Factor = 1.08
    """Growth of both sizes after a neighbourhood that was solved."""
    shrink: Annotated[float, Field(gt=0.0, le=1.0)] = 0.85
    """The same after one that was not."""
    helpful: Factor = 20.0
    """A window that can help a missed hard row is drawn this many times more often."""
    hard_price: Count = 2
    """Viewer-minutes per weighted miss of a hard row."""
    overhead: NotNegative = 0.05
    """Counted work of building a neighbourhood."""


class ExactParams(Params):
    """The whole formulation as one CP-SAT model."""

    first_stage_share: Share = 0.5
    """At most this share of the time left goes to the least miss of the hard rows."""
    claim_share: Share = 0.3
    """At most this share of a stage's time goes into CP-SAT's claim; the rest is for the second proof."""
    least_second_proof: NotNegative = 5.0
    """A second proof by CP-SAT may take so many seconds even where the search took less."""
    second_proof_airings: Annotated[int, Field(ge=0)] = 20_000
    """With more airings CP-SAT is not asked for a second proof: it takes long to begin."""


class ScaleParams(Params):
    """Shares of the time in the strategy `scale`."""

    block_bound_share: Share = 0.5
    """Of the time left, for bounds of blocks on one of two workers; half of it where one worker does all."""
    reoptimise_share: Share = 0.5
    """Of the time left, for the re-optimisation of blocks in each round."""
    second_share: Share = 0.5
    """Of the time left, for times with fixed counts, and for block LNS, in each round of the second worker."""
    alone_share: Share = 0.1
    """The same where one worker does all."""
    neighbourhood_share: Share = 0.1
    """Of the time left, for CP-SAT neighbourhoods in each round."""
    last: NotNegative = 10.0
    """In the last seconds a cycle of annealing and what follows it would not end: the first worker chooses times, some
    windows at a time."""


class StrandParams(Params):
    """The strand engine: a program over bundles of airings."""

    whole_columns: Annotated[int, Field(ge=0)] = 80_000
    """Up to this many columns the whole program is searched beside everything else."""
    relaxation_share: Share = 0.2
    """With more columns, of the time left for the first-order method."""
    round_iterations: Count = 250
    """With more columns, iterations of one round of the first-order method."""
    relaxation_rounds: Count = 5
    """Its rounds at most."""
    round_gain: NotNegative = 1e-3
    """It ends where a round lowers the bound by less than this share."""
    round_closeness: Positive = 1e-5
    """A round ends where primal and dual differ by no more than this share."""
    group_columns: Count = 20
    """With more columns, bundles of a series in a territory among which the first timetable is looked for."""
    likely_bundles: Count = 14_000
    """With more columns, bundles of the least loss among which it is looked for."""
    likely_airings: Count = 8_000
    """With more columns, airings that may air by themselves among which it is looked for."""
    sure: Share = 0.85
    """The dive holds bundles that the relaxation has at least this much of."""
    at_least: Count = 8
    """Where there are none, it holds this many of the largest."""
    back_ups: Annotated[int, Field(ge=0)] = 8
    """How often the dive takes a step back before the rest is chosen by one program."""
    fill_seconds: Positive = 20.0
    """For the program of what the dive has left open."""
    fill_gap: NotNegative = 1e-3
    """It is solved to this share of the fallback's audience."""
    channels: Count = 4
    """Channels of the first neighbourhood of channels."""
    most_channels: Count = 8
    """Channels of the largest neighbourhood of channels."""
    span: Share = 0.25
    """Of the horizon, the first neighbourhood of a span."""
    turn_seconds: Positive = 12.0
    """For one neighbourhood."""
    turn_columns: Count = 8_000
    """Columns of a neighbourhood at most; those that lose most are left out."""
    blur: Share = 0.5
    """By this share at most losses are changed at random before."""
    memory: Share = 0.7
    """Weight of earlier turns in the value gained per second of a kind of neighbourhood."""
    least_rate: Share = 0.15
    """Every kind is drawn as if it gained at least this share of the best one's gain per second."""
    turn_gap: NotNegative = 2e-5
    """A neighbourhood is solved to this share of the value."""
    node_rate: Positive = 20.0
    """Branch-and-bound nodes that count as a second of work where the search must repeat."""
    alone_share: Share = 0.5
    """Of the time left for the whole program where one worker does all."""


class SolveParams(Params):
    """The parameters of all methods."""

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

    def changed(self) -> dict[str, Any]:
        """The values that differ from their defaults: per method a dict by name, methods without any left out."""
        return {name: different for name, params in self if (different := params.changed())}


DEFAULTS = SolveParams()


class ParamsError(ValueError):
    """Every problem of a file of parameters, one per line."""


def params_from_toml(path: Path) -> SolveParams:
    """Read a TOML file with a table per method; what it does not name keeps its default.

    Raises
    ------
    ParamsError
        With every problem: not TOML, unknown names with the nearest known one, values out of range.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: not TOML: {error}") from None
    try:
        return SolveParams.model_validate(tables)
    except ValidationError as error:
        raise ParamsError("\n".join(f"{path}: {_problem(details)}" for details in error.errors())) from None


def _problem(details: Any) -> str:
    """One problem in words: the name, what is wrong with it, and the nearest known name where it is unknown."""
    place = [str(part) for part in details["loc"]]
    name = ".".join(place)
    if details["type"] != "extra_forbidden":
        return f"{name} = {details['input']!r}: {details['msg'].removeprefix('Input ').lower()}"
    fields = SolveParams.model_fields
    known = list(fields) if len(place) == 1 else list(type(getattr(DEFAULTS, place[0])).model_fields)
    near = difflib.get_close_matches(place[-1], known, n=1)
    return f"there is no {name}" + (f"; did you mean {'.'.join([*place[:-1], near[0]])}?" if near else "")
