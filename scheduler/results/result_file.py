"""result.json: the settings of a search, its result and the proven bound. It does not depend on the clock."""

from __future__ import annotations

from typing import Final, Literal

from pydantic import Field, JsonValue

from scheduler.reasons import Reason
from scheduler.results.message_record import MessageRecord
from scheduler.results.record import MomentText, Record
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.dubs import Dub
from scheduler.timetable import Regularity, Runway

SCHEMA_VERSION: Final = 3
"""Of result.json, timings.json and costs.json. 3: what a clause costs is an interval, no difference of bounds."""

Status = Literal["optimal", "feasible", "hard_missed", "nothing"]

HardRules = Literal["kept", "impossible", "not_found"]
"""Whether all hard rules are kept, cannot be, or could not be kept in the time of the search."""


class Counts(Record):
    """The size of the problem, and the number of chosen airings."""

    airings: int = Field(ge=0, description="candidate airings")
    sample_of: int | None = Field(None, description="candidate airings of the instance, if those are a sample of them")
    rows: int = Field(ge=0, description="rule rows")
    windows: int = Field(ge=0, description="windows of the horizon")
    chosen: int = Field(ge=0, description="airings of the timetable")


class Miss(Record):
    """One rule row that the timetable misses."""

    rule: str = Field(description="id of the rule or agreement")
    channel: str = Field(description="what the row is of: a channel, a territory, a pair of parties")
    period: str = Field(description="2026-W50, 2026-12-07, horizon, …")
    aspect: Aspect = Field(description="what the row is about, as a code and values")
    sense: Literal["least", "most"] = Field(description="whether `need` is the least or the most")
    have: float = Field(description="what the timetable has, in `unit`")
    need: float = Field(description="what the row asks for, in `unit`")
    unit: str
    miss: int = Field(ge=0, description="whole units missed, rounded up")
    hard: bool
    price: int = Field(ge=0, description="viewer-minutes for each unit missed; 0 of a hard row")
    judged: bool = Field(True, description="false for a share of law over a period of which not all airtime is known")
    report_only: bool = Field(False, description="nothing is planned by its rule; a breach that is reported")
    text: str = Field(description="the miss as an English sentence")
    message: MessageRecord = Field(description="the same as a key and values, from which any language is made")


class RowCost(Record):
    """The marginal cost of a binding row: the gain of the relaxation if the row's need is one unit less (its dual)."""

    rule: str
    channel: str
    period: str
    aspect: Aspect
    unit: str
    cost: int = Field(ge=0, description="viewer-minutes for one unit")


class ClauseCost(Record):
    """The cost of a clause: the best value without it minus the best value with it, as a proven interval.

    at_least = max(0, value found without − bound with), at_most = bound without − value found with. If the clause
    is soft and missed, the value with it includes its penalty.
    """

    clause: str = Field(description="id of the agreement or rule")
    state: Literal["interval", "not_kept", "no_bound"] = Field(
        description="not_kept: the timetable misses a hard row, so there is no cost; no_bound: there is no bound yet"
    )
    at_least: int | None = Field(None, ge=0, description="viewer-minutes")
    at_most: int | None = Field(None, ge=0, description="viewer-minutes")
    estimate: int | None = Field(
        None,
        ge=0,
        description="value found without less value found with, where both were searched for; viewer-minutes",
    )


class Costs(Record):
    """The costs of clauses. An agreement without a bound in time is left out."""

    rows: tuple[RowCost, ...]
    clauses: tuple[ClauseCost, ...]


class PlaceRecord(Record):
    """The best place that a programme could have had, and what airing it there would change."""

    channel: str = Field(description="id of the channel")
    start_utc: MomentText = Field(description="start of the first airing, for example 2026-12-09T14:30Z")
    airings: int = Field(ge=1, description="number of airings there; of a series in a regular slot, one per episode")
    brings: int = Field(description="audience of these airings, viewer-minutes")
    displaces: int = Field(description="audience of the fallback in their place, viewer-minutes")
    loses_at_least: int = Field(
        ge=0, description="loss − (bound − value) at the certificate's multipliers; viewer-minutes"
    )
    loses_at_most: int | None = Field(
        None, description="by the exchange, if it keeps the hard rules; below 0 it gains; viewer-minutes"
    )
    pushes_out: tuple[str, ...] = Field((), description="ids of the programmes whose airings it overlaps")
    misses: tuple[str, ...] = Field((), description="ids of the rules that the exchange misses by more")
    hard: bool = Field(False, description="whether one of these is a hard rule")
    tried: bool = Field(description="whether the exchange was possible: no lock and no rigid row is against it")


class NotPlaced(Record):
    """A programme that is not in the timetable."""

    programme: str
    title: str
    reason: Reason = Field(description="why, as a code and, where a rule bars it, the id of the rule")
    place: PlaceRecord | None = Field(None, description="the best place of a programme that could air; none if unknown")


class CarriedPart(Record):
    """The confirmed bookings of one period of a ledger in one measure, exact: 52, 105/2."""

    period: str
    given: str = Field(description="by the first party on the second's channels")
    received: str
    other: str = Field(description="what openings, settlements, adjustments and the like add to the carry-over")
    carry_over: str = Field(description="what the first party may still take after the period")
    entries: tuple[int, ...] = Field(description="lines of the ledger")


class CarriedRecord(Record):
    """A carry-over that was taken from a ledger, and where each unit of it comes from."""

    agreement: str
    measure: str
    unit: str
    carry_over: str = Field(description="exact: 52, 105/2")
    ledger: str = Field(description="the file, seen from the instance's folder")
    head: str = Field(description="hash of its last line")
    periods: tuple[CarriedPart, ...]


class ObligationRecord(Record):
    """An open make-good of a ledger that is a row of the plan."""

    agreement: str
    entry: int = Field(description="line of the ledger")
    giver: str
    taker: str
    measure: str
    missing: str = Field(description="exact: 52, 105/2")
    due: str
    daypart: str = ""
    programme: str = ""


class ResultFile(Record):
    """The whole of result.json."""

    schema_version: Literal[3] = SCHEMA_VERSION
    format: int = Field(ge=1, description="format of the instance's files")
    instance: str = Field(description="name of the instance")
    instance_sha256: str
    timetable_sha256: str | None = Field(description="of timetable.csv; none where there is no timetable")
    timings_sha256: str | None = Field(None, description="of timings.json; none where runs are to repeat")
    versions: dict[str, str] = Field(description="of parity-scheduler and of its solvers")
    seed: int
    parameters: dict[str, JsonValue] = Field(description="the settings of the search")
    counts: Counts
    status: Status
    audience: int | None = Field(description="viewer-minutes of all window airtime")
    penalty: int | None = Field(description="viewer-minutes, the priced misses of soft rules")
    value: int | None = Field(description="audience minus penalty, viewer-minutes")
    bound: int | None = Field(description="no timetable that keeps the hard rules is worth more, viewer-minutes")
    certified_bound: int | None = Field(
        None, description="the bound that certificate.json proves: `parity certify` computes it without any solver"
    )
    bound_source: str | None = Field(description='who proved the bound: "ours: …", a solver, or two that agree')
    bounds: dict[str, int] = Field(description="the best bound of each source")
    gap: float | None = Field(description="(bound − value) / max(1, |bound|); none where a hard rule is missed")
    planned_gap: float | None = Field(
        None, description="the same of what is planned: (bound − value) / (bound − audience of the fallback alone)"
    )
    hard_rules: HardRules | None = Field(
        None, description="impossible: proven twice that no timetable keeps them all; none without a timetable"
    )
    misses: tuple[Miss, ...] = Field(description="every rule row that is missed, hard ones first")
    carried: tuple[CarriedRecord, ...] = Field((), description="carry-overs taken from ledgers, with their proof")
    obligations: tuple[ObligationRecord, ...] = Field((), description="open make-goods that are rows of the plan")
    costs: Costs | None = Field(description="what clauses cost; none where it was not computed")
    regularity: Regularity | None = Field(None, description="how regular the series are; none without a timetable")
    runway: tuple[Runway, ...] = Field((), description="when each series ends and what follows it in its slot")
    dubs: tuple[Dub, ...] = Field(description="dubs that the timetable needs and that do not exist yet")
    not_placed: tuple[NotPlaced, ...]
    faults: tuple[str, ...] = Field(description="what went wrong inside the engines")
