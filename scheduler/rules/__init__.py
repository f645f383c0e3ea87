"""All rules, one file each. The order here is the order of reports."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.instance import Instance, load_instance
from scheduler.rules.age_watershed import AgeWatershed
from scheduler.rules.airtime import Airtime
from scheduler.rules.allowance import Allowance
from scheduler.rules.anchors import Anchors
from scheduler.rules.budget import Budget
from scheduler.rules.calendar import Calendar
from scheduler.rules.campaign import Campaign
from scheduler.rules.cool_down import CoolDown
from scheduler.rules.dubbing import Dubbing
from scheduler.rules.either_or import EitherOr
from scheduler.rules.framework.base import Measurement, Rule, amount
from scheduler.rules.framework.dates import days_held
from scheduler.rules.framework.rows import (
    HARD,
    KEY,
    NO_BOUND,
    RIGID,
    SOFT,
    AuxiliaryVariables,
    RuleRows,
    StackedRows,
    stack_rows,
)
from scheduler.rules.from_ledger import is_period, make_goods, with_ledgers
from scheduler.rules.keep import KeepRule, has_keep_values
from scheduler.rules.languages import Languages
from scheduler.rules.law import prices_out_of_order
from scheduler.rules.lead_in import LeadIn
from scheduler.rules.link_up import LinkUp
from scheduler.rules.locks import Locks
from scheduler.rules.no_clash import NoClash
from scheduler.rules.order import Order
from scheduler.rules.pace import Pace
from scheduler.rules.parity import Exchange, Parity, agreements_of, band, carried_over, exchanges
from scheduler.rules.parity_measure import Measure
from scheduler.rules.placement import BundleColumns, PlacementRule
from scheduler.rules.premiere import Premiere
from scheduler.rules.quota import Quota
from scheduler.rules.relay import Relay
from scheduler.rules.renewal import Renewal
from scheduler.rules.repeat import Repeat
from scheduler.rules.rights import Rights
from scheduler.rules.rubric import RubricRule
from scheduler.rules.runs_per_day import RunsPerDay
from scheduler.rules.sharing import SharingRule, is_shared
from scheduler.rules.slots import SlotsRule, priced_slots
from scheduler.rules.strand import Strand
from scheduler.rules.supply import Supply
from scheduler.rules.variety import Variety

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

STRUCTURAL: tuple[type[Rule], ...] = (Airtime, Anchors, Locks, Rights)
"""Rules that every instance has."""

AGREEMENTS: tuple[type[Rule], ...] = (Parity,)
"""Kinds of agreement that a planner writes under `agreements`."""

RULES: tuple[type[Rule], ...] = (
    AgeWatershed,
    Languages,
    RunsPerDay,
    Quota,
    EitherOr,
    Renewal,
    LinkUp,
    Strand,
    Dubbing,
    Budget,
    Campaign,
    Supply,
    Premiere,
    Pace,
    Order,
    Repeat,
    CoolDown,
    Relay,
    Calendar,
    Variety,
    NoClash,
    LeadIn,
    Allowance,
)
"""Kinds of rule that a planner writes under `rules`."""


def load(folder: Path, variants: Sequence[Path] = (), *, ledgers: bool = True) -> Instance:
    """Load an instance folder with every kind of rule and apply variants. Raises InputError with every problem.

    `ledgers`: take carry-overs and obligations from the ledgers of the agreements.
    """
    instance = load_instance(folder, AGREEMENTS, RULES, variants)
    instance = with_ledgers(instance) if ledgers else instance
    warned = tuple(prices_out_of_order(instance))
    return replace(instance, warnings=tuple(sorted((*instance.warnings, *warned)))) if warned else instance


def bilateral(instance: Instance) -> list[Parity]:
    """The agreements of an instance, one for each pair of parties, in the file's order."""
    return [one for rule in agreements_of(instance.file.agreements) for one in rule.between_two()]


def rules_of(instance: Instance) -> tuple[Rule, ...]:
    """The rules of an instance: structural ones, agreements, rules, open make-goods, in this order.

    Rules without a day in the horizon are left out. An agreement of several parties becomes one for each pair.
    """
    held = (rule for rule in instance.written_rules if isinstance(rule, Rule) and days_held(rule, instance))
    written = (one for rule in held for one in rule.between_two())
    placement = (PlacementRule(),) if instance.placements else ()
    keep = (KeepRule(),) if has_keep_values(instance) else ()
    rubric = (RubricRule(),) if instance.placements.rubric.any() else ()
    slots = (SlotsRule(),) if priced_slots(instance) else ()
    sharing = (SharingRule(),) if is_shared(instance) else ()
    structural = (kind.model_validate({}) for kind in STRUCTURAL)
    return (*structural, *sharing, *placement, *rubric, *slots, *keep, *written, *make_goods(instance))


__all__ = [
    "AGREEMENTS",
    "HARD",
    "KEY",
    "NO_BOUND",
    "RIGID",
    "RULES",
    "SOFT",
    "STRUCTURAL",
    "AuxiliaryVariables",
    "BundleColumns",
    "Exchange",
    "Measure",
    "Measurement",
    "Parity",
    "PlacementRule",
    "Quota",
    "Rule",
    "RuleRows",
    "StackedRows",
    "agreements_of",
    "amount",
    "band",
    "bilateral",
    "carried_over",
    "exchanges",
    "is_period",
    "load",
    "rules_of",
    "stack_rows",
]
