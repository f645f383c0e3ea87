"""The tables of a report: every figure that any report shows, recounted from timetable and instance.

Figures of the search (bound, gap, costs of clauses) come from result.json in the timetable's folder, if it belongs to
this timetable. If not, these tables are None, and reports state that the figures are unknown.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.messages import Message
from scheduler.report.exchange_weeks import exchange_weeks
from scheduler.results import (
    COSTS_FILE,
    RESULT_FILE,
    TIMINGS_FILE,
    ClauseCost,
    RowCost,
    check_names,
    read_costs,
    read_result,
    read_timings,
)
from scheduler.rules import Rule, bilateral, exchanges, rules_of
from scheduler.rules.placement_rows import PLACEMENT
from scheduler.timetable import OnAir, frame_csv, timetable_frame
from scheduler.verify import Verification, verify_on_air
from scheduler.without_effect import after_solving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic import BaseModel

    from scheduler.instance import Instance
    from scheduler.results import CostsFile, ResultFile, TimingsFile
    from scheduler.timetable import Timetable
    from scheduler.without_effect import NoEffect


@dataclass(frozen=True, eq=False)
class Comparison:
    """What is different from another plan. `changes` has the columns of `scheduler.diff.CHANGES`."""

    since: Message  # the other plan in words
    changes: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Tables:
    """All tables of one report. The function that builds a table describes its columns."""

    instance: Instance
    timetable: Timetable
    rules: tuple[Rule, ...]  # that are measured
    verification: Verification
    listing: pd.DataFrame
    parity: pd.DataFrame
    weeks: pd.DataFrame
    compliance: pd.DataFrame
    hours: pd.DataFrame
    audience: pd.DataFrame
    runs_left: pd.DataFrame
    digest: str  # SHA-256 of timetable.csv
    result: ResultFile | None  # None where none was written for this timetable
    timings: TimingsFile | None
    costs: CostsFile | None  # of `parity cost`
    without_effect: tuple[NoEffect, ...]
    comparisons: tuple[Comparison, ...] = ()

    @property
    def sentences(self) -> dict[str, Message]:
        """The sentence of every rule, by its id."""
        return {rule.id: rule.sentence() for rule in self.rules}

    @property
    def tightest(self) -> pd.DataFrame:
        """Columns of compliance, periods and missed: per rule, channel and aspect the period with the least slack.

        The rows of `placement` that are met are together, too: one line for all series of a territory.
        """
        keys = ["rule", "channel", "aspect", "unit"]
        missed = (self.compliance["miss"] > 0) & self.compliance["judged"]
        of_all = (self.compliance["rule"] == PLACEMENT) & ~missed
        aspects = [
            replace(aspect, name="") if together else aspect
            for aspect, together in zip(self.compliance["aspect"], of_all, strict=True)
        ]
        counted = self.compliance.assign(missed=missed, aspect=pd.Series(aspects, self.compliance.index, dtype=object))
        grouped = counted.groupby(keys, sort=False)
        counts = grouped.agg(periods=("miss", "size"), missed=("missed", "sum"))
        least = counted.loc[grouped["slack"].idxmin()] if len(counted) else counted
        least = least.drop(columns="missed")
        return least.merge(counts.reset_index(), on=keys, how="left")

    @property
    def not_placed(self) -> pd.DataFrame | None:
        """Columns programme, title, reason (a Reason), place (a PlaceRecord or None) of programmes that do not air.

        None without result.json.
        """
        if self.result is None:
            return None
        rows = [(one.programme, one.title, one.reason, one.place) for one in self.result.not_placed]
        return pd.DataFrame(rows, columns=["programme", "title", "reason", "place"], dtype=object)

    @property
    def clause_costs(self) -> pd.DataFrame | None:
        """Columns of ClauseCost, viewer-minutes; None if unknown."""
        known = self.known_costs
        return None if known is None else _frame(known, ClauseCost)

    @property
    def known_costs(self) -> tuple[ClauseCost, ...] | None:
        """The costs of clauses, from costs.json if there is one, otherwise from result.json; None if unknown."""
        if self.costs is not None:
            return self.costs.clauses
        costs = None if self.result is None else self.result.costs
        return None if costs is None else costs.clauses

    @property
    def row_costs(self) -> pd.DataFrame | None:
        """Fields of RowCost: the marginal cost of one more unit of a row, viewer-minutes; None if unknown."""
        costs = None if self.result is None else self.result.costs
        return None if costs is None else _frame(costs.rows, RowCost)


def _frame(records: Sequence[BaseModel], kind: type[BaseModel]) -> pd.DataFrame:
    """Records of one kind as a frame: a column per field."""
    columns = list(kind.model_fields)
    return pd.DataFrame([[getattr(one, name) for name in columns] for one in records], columns=columns)


def build_tables(timetable: Timetable, folder: Path | None = None, rules: Sequence[Rule] | None = None) -> Tables:
    """Count all tables of a timetable; `folder` is the one that may have result.json and timings.json.

    `rules` replace the instance's.

    Raises InputError if one of these files belongs to this timetable and cannot be read.
    """
    instance, on_air = timetable.instance, OnAir(timetable)
    rules = rules_of(instance) if rules is None else rules
    verification = verify_on_air(on_air, rules)
    listing = timetable_frame(timetable)
    digest = hashlib.sha256(frame_csv(listing).encode()).hexdigest()
    result = None if folder is None else read_result(folder / RESULT_FILE, digest)
    if result is not None and result.instance_sha256 != instance.digest:
        result = None
    if folder is not None and result is not None:
        check_names(folder / RESULT_FILE, result, instance.channel_index, instance.programme_index)
    costs = None if folder is None else read_costs(folder / COSTS_FILE, digest)
    if costs is not None and costs.instance_sha256 != instance.digest:
        costs = None
    shown = _shown(instance, on_air)
    return Tables(
        instance=instance,
        timetable=timetable,
        rules=tuple(rules),
        verification=verification,
        listing=listing,
        parity=_parity(instance, on_air),
        weeks=exchange_weeks(instance, on_air),
        compliance=_compliance(rules, verification),
        hours=_hours(instance, shown),
        audience=_audience(shown),
        runs_left=_runs_left(instance, timetable),
        digest=digest,
        result=result,
        timings=None if folder is None else read_timings(folder / TIMINGS_FILE, digest),
        costs=costs,
        without_effect=tuple(after_solving(on_air, verification, rules)),
    )


def _parity(instance: Instance, on_air: OnAir) -> pd.DataFrame:
    """One row per agreement, measure and period: amounts, allowed balance, who owes whom, and the verdict."""
    columns = ["agreement", "first", "second", "measure", "period", "unit", "given", "received", "target", "balance"]
    columns += ["allowed", "widest", "permitted", "owed", "next_carry_over", "catch_up", "verdict"]
    rows = []
    for rule in bilateral(instance):
        first, second = rule.parties
        for item in exchanges(rule, on_air):
            inside = item.allowed is None or abs(item.balance) <= item.allowed
            verdict = "interim" if item.interim else "met" if inside else "missed"
            widest = None if item.widest is None else float(item.widest)
            head = (item.agreement, first, second, item.measure, item.period, item.unit)
            amounts = (float(item.given), float(item.received), float(item.ratio), float(item.balance))
            allowed = None if item.allowed is None else float(item.allowed)
            owed = (item.permitted, item.owed, -float(item.balance), float(item.catch_up))
            rows.append((*head, *amounts, allowed, widest, *owed, verdict))
    return pd.DataFrame(rows, columns=columns)


def _compliance(rules: Sequence[Rule], verification: Verification) -> pd.DataFrame:
    """One row per rule row: have, need, the known share of the period's airtime in per cent, and the verdict."""
    written = {rule.id: rule for rule in rules}
    rows = [
        {
            "rule": row.rule,
            "channel": row.subject.name,
            "period": row.period,
            "aspect": row.aspect,
            "sense": row.sense,
            "have": float(row.have),
            "need": float(row.need),
            "unit": row.unit,
            "basis": None if row.basis is None else float(row.basis),
            "slack": float(row.have - row.need if row.sense == "least" else row.need - row.have),
            "miss": row.miss,
            "hard": row.hard,
            "kind": "breach" if row.report_only else "hard" if row.hard else "soft",
            "price": row.price,
            "known": None if row.known is None else round(float(row.known) * 100, 1),
            "judged": row.judged,
            "verdict": "unjudged" if not row.judged else "missed" if row.miss else "met",
            "status": " ".join(written[row.rule].standing),
            "source": written[row.rule].source,
        }
        for row in verification.measurements
    ]
    columns = ["rule", "channel", "period", "aspect", "sense", "have", "need", "unit", "basis", "slack", "miss", "hard"]
    columns += ["kind", "known", "judged"]
    return pd.DataFrame(rows, columns=[*columns, "price", "verdict", "status", "source"])


def _shown(instance: Instance, on_air: OnAir) -> pd.DataFrame:
    """One row per minute on screen: channel, origin, kind (programme, anchor or fallback), daypart and viewers."""
    minutes = on_air.minutes
    origin = np.array(["+".join(code for code, _ in item.origin) for item in instance.contents.items], dtype=object)
    anchored = (minutes.entry >= 0) & on_air.timetable.anchor[minutes.entry] if len(on_air.timetable) else False
    kind = np.where(anchored, "anchor", np.where(minutes.entry >= 0, "programme", "fallback"))
    daypart = np.full(len(kind), "other", dtype=object)
    for name in instance.file.dayparts:
        for number, channel in enumerate(instance.channels):
            inside = minutes.within(instance.daypart_hours(channel, name), None, None) & (minutes.channel == number)
            daypart[inside & (daypart == "other")] = name
    ids = np.array([channel.id for channel in instance.channels], dtype=object)
    return pd.DataFrame(
        {
            "channel": ids[minutes.channel],
            "origin": origin[minutes.content],
            "kind": kind,
            "daypart": daypart,
            "viewers": minutes.viewers,
        }
    )


def _hours(instance: Instance, shown: pd.DataFrame) -> pd.DataFrame:
    """Hours on screen by channel (rows) and origin (columns), anchors and fallback included."""
    table = shown.groupby(["channel", "origin"]).size().unstack(fill_value=0) / 60
    return table.reindex([channel.id for channel in instance.channels if channel.id in table.index])


def _audience(shown: pd.DataFrame) -> pd.DataFrame:
    """By channel, daypart and kind: hours, viewer-minutes and average viewers."""
    grouped = shown.groupby(["channel", "daypart", "kind"])["viewers"].agg(["size", "sum"]).reset_index()
    grouped["average"] = (grouped["sum"] / grouped["size"]).round().astype("int64")
    grouped["hours"] = grouped["size"] / 60
    renamed = grouped.rename(columns={"sum": "viewer_minutes"})
    return renamed[["channel", "daypart", "kind", "hours", "viewer_minutes", "average"]]


def _runs_left(instance: Instance, timetable: Timetable) -> pd.DataFrame:
    """By programme that airs and territory that sees it: airings, first runs, episodes and runs that remain."""
    codes = np.empty(len(instance.channels), dtype=object)
    codes[:] = [list(dict.fromkeys(channel.seen_in)) for channel in instance.channels]
    airs = ~timetable.anchor
    aired = pd.DataFrame(
        {"programme": timetable.programme, "territory": codes[timetable.channel], "first": timetable.first}
    )[airs].explode("territory")
    aired["first"] = aired["first"].astype(bool)
    grouped = aired.groupby(["programme", "territory"])["first"].agg(["size", "sum"]).reset_index()
    rows = []
    for number, territory, size, first in grouped.to_numpy().tolist():
        item = instance.programmes[number]
        past = len(instance.past.of(number, territory))
        premiered = item.episodes - instance.past.left(number, territory, item.episodes) + first
        left = item.episodes * item.runs - past - size
        rows.append((item.programme, item.title, territory, size, int(first), item.episodes - premiered, left))
    columns = ["programme", "title", "territory", "aired", "first_runs", "episodes_left", "runs_left"]
    return pd.DataFrame(rows, columns=columns)
