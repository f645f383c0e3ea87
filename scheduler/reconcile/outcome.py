"""Every planned airing with its evidence and its class, and the airings that were not planned."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from scheduler.instance import agreements_of, served, zone_clock
from scheduler.instance.model.as_aired import AsAired
from scheduler.instance.signs import as_read
from scheduler.reconcile.assign import assign, candidates, costs
from scheduler.reconcile.covered import covered, cut_off, outranked, spans_of
from scheduler.reconcile.decisions import UNPLANNED, Decisions
from scheduler.reconcile.evidence import RANKS
from scheduler.reconcile.items import items_of
from scheduler.reconcile.known import Names
from scheduler.reconcile.params import ReconcileParams
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.arrays import Ints, Reals
    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

    Record = Mapping[Any, Any]

CLASSES = (
    "not_aired", "replaced", "wrong_episode", "wrong_day", "partial", "joined_in_progress", "short", "late", "early",
    "unplanned", "aired",
)  # fmt: skip
"""Classes of an airing, the most serious first."""
AIRED = frozenset(CLASSES) - {"not_aired", "replaced"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a reconciliation.

    `lines` has a row per planned airing that the evidence covers, and per unplanned airing of a known programme or in
    a planned place: `status` (CLASSES), the planned `airing`, `identity`, `episode`, `start`, `seconds`, and of the
    item `aired` (start), `aired_seconds`, `aired_episode`, `parts`, `file`, `rows`, `sha256` (NaN or "" without one).
    """

    lines: pd.DataFrame
    ambiguous: tuple[dict[str, str], ...]
    uncovered: Mapping[str, int]  # planned airings at a time that no evidence covers, by agreement ("" for none)
    others: int  # items that are not in the plan: promotion, advertising, the channel's own programme
    outranked: int  # items replaced by evidence of a higher rank
    params: ReconcileParams  # with which the matches were made
    settled: tuple[Mapping[str, str], ...] = ()  # rows of decisions.csv that were given
    partial: tuple[str, ...] = ()  # files that cover only some hours of the days of which they have rows


def counted(outcome: Outcome) -> dict[str, int]:
    """The number of lines of each class that has one, the most serious class first."""
    found = outcome.lines["status"].value_counts().to_dict() if len(outcome.lines) else {}
    return {name: found[name] for name in CLASSES if name in found}


def planned_of(timetable: Timetable) -> pd.DataFrame:
    """The planned airings and anchors as a frame for the matching, in the timetable's order."""
    frame = timetable_frame(timetable)
    serving = served(timetable.instance, timetable.channel, timetable.content)
    names = Names(timetable.instance)
    identity = [
        names.of_anchor(name) if anchor else name
        for name, anchor in zip(frame["programme"], timetable.anchor.tolist(), strict=True)
    ]
    return pd.DataFrame(
        {
            "airing": frame["airing_id"],
            "channel": timetable.channel,
            "start": timetable.start * 60.0,
            "seconds": timetable.minutes * 60.0,
            "identity": identity,
            "episode": np.where(timetable.anchor, 0, timetable.episode),
            "title": [as_read(title) for title in frame["title"]],
            "shown": frame["title"],
            "anchor": timetable.anchor,
            "agreement": [pairs[0][0] if pairs else "" for pairs in serving],
        }
    )


def reconcile(
    timetable: Timetable,
    rows: pd.DataFrame,
    params: ReconcileParams | None = None,
    decisions: Decisions | None = None,
    hours: Mapping[str, tuple[int, int]] | None = None,
) -> Outcome:
    """Match a timetable with rows of evidence (`read_evidence`) and class every airing.

    `hours` are the stated hours that a file covers, by its name, in minutes since midnight on the channel's clock.
    """
    params, decisions = params or ReconcileParams(), decisions or Decisions()
    instance = timetable.instance
    planned = planned_of(timetable)
    every = _dated(instance, items_of(instance, rows, params), planned)
    days = broadcast_days(instance, planned["channel"].to_numpy(np.int64), planned["start"].to_numpy(float))
    spans = spans_of(instance, every, hours or {}, planned.assign(day=days), params.cut_airings)
    lower = outranked(every, spans)
    items = every[~lower].reset_index(drop=True)
    touched, inside = covered(planned, days, items, spans, params.edge_seconds)
    planned = planned.assign(covered=inside)
    unknown: list[str] = planned.loc[~touched, "agreement"].tolist()
    parts: list[pd.DataFrame] = []
    ambiguous: list[dict[str, str]] = []
    others = 0
    for channel in sorted(set(planned.loc[touched, "channel"]) | set(items["channel"])):
        mine = planned[touched & (planned["channel"] == channel)].reset_index(drop=True)
        shown = items[items["channel"] == channel].reset_index(drop=True)
        able = candidates(mine, shown, params)
        close = shown[able].reset_index(drop=True)
        cost = _settled(mine, close, costs(mine, close, params), decisions)
        pairs = assign(cost, params.unmatched)
        ambiguous += _ambiguous(instance, mine, close, cost, pairs, params, decisions)
        lines, left, unseen = _lines(instance, mine, close, shown[~able], pairs, params, spans)
        parts.append(lines)
        others += left
        unknown += unseen
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    cut = np.isfinite(spans["begin"]) | np.isfinite(spans["until"])
    partial = tuple(sorted(set(spans.loc[cut, "file"])))
    return Outcome(found, tuple(ambiguous), Counter(unknown), others, int(lower.sum()), params, decisions.rows, partial)


def broadcast_days(instance: Instance, channel: Ints, seconds: Reals) -> Ints:
    """The broadcast day of each moment on its channel's clock, as an ordinal of `date`, (k,).

    Parameters
    ----------
    channel
        (k,) Index of the channel.
    seconds
        (k,) Seconds since the origin of the instance's line.
    """
    shift = timedelta(minutes=instance.timeline.broadcast_start)
    zones = [zone_clock(one.zone) for one in instance.channels]
    origin = instance.timeline.origin
    found = [
        ((origin + timedelta(seconds=at)).astimezone(zones[of]).replace(tzinfo=None) - shift).date().toordinal()
        for of, at in zip(channel.tolist(), seconds.tolist(), strict=True)
    ]
    return np.array(found, dtype=np.int64)


def _dated(instance: Instance, items: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """The items with their broadcast `day`, and whether they show a programme that is `exchanged`.

    A certificate covers only exchanged programmes. For the rest of the day the next rank decides.
    """
    exchanged = set(planned.loc[planned["agreement"] != "", "identity"])
    return items.assign(
        day=broadcast_days(instance, items["channel"].to_numpy(np.int64), items["start"].to_numpy(float)),
        exchanged=items["identity"].isin(exchanged) | (items["rank"] == RANKS["certificate"]),
    )


def _settled(planned: pd.DataFrame, items: pd.DataFrame, cost: Reals, decisions: Decisions) -> Reals:
    """The costs with the planner's decisions applied: a pair is fixed, or an item matches nothing."""
    cost = cost.copy()
    numbers = {airing: at for at, airing in enumerate(planned["airing"])}
    for of, key in enumerate(zip(items["file"], items["rows"], strict=True)):
        decision = decisions.of.get(key)
        if decision is None:
            continue
        cost[:, of] = np.inf
        if decision in numbers:
            cost[numbers[decision], of] = -1e6
    return cost


def _ambiguous(
    instance: Instance,
    planned: pd.DataFrame,
    items: pd.DataFrame,
    cost: Reals,
    pairs: Sequence[tuple[int, int]],
    params: ReconcileParams,
    decisions: Decisions,
) -> list[dict[str, str]]:
    """Items that fit another planned airing almost as well, or that match only by a similar title."""
    found = []
    for at, of in pairs:
        key = items["file"][of], items["rows"][of]
        near = np.flatnonzero(cost[:, of] <= cost[at, of] + params.ambiguous)
        certain = bool(items["identity"][of]) or items["airing"][of] == planned["airing"][at]
        if key in decisions.of or (certain and len(near) < 2):
            continue
        order = near[np.argsort(cost[near, of], kind="stable")]
        found.append(
            {
                "evidence": key[0],
                "row": key[1],
                "channel": instance.channels[items["channel"][of]].id,
                "aired": local_text(instance, int(items["channel"][of]), float(items["start"][of])),
                "title": items["shown"][of],
                "candidates": ";".join([*planned["airing"].iloc[order], UNPLANNED]),
                "decision": planned["airing"][at],
            }
        )
    return found


def local_text(instance: Instance, channel: int, seconds: float) -> str:
    """A moment on the channel's clock as text, to the second. `seconds` are counted from the origin of the line."""
    moment = instance.timeline.origin + timedelta(seconds=seconds)
    return moment.astimezone(zone_clock(instance.channels[channel].zone)).strftime("%Y-%m-%dT%H:%M:%S")


def _lines(
    instance: Instance,
    planned: pd.DataFrame,
    items: pd.DataFrame,
    strangers: pd.DataFrame,
    pairs: Sequence[tuple[int, int]],
    params: ReconcileParams,
    spans: pd.DataFrame,
) -> tuple[pd.DataFrame, int, list[str]]:
    """The lines of one channel, the number of items that are not in the plan, and the agreements of airings unknown.

    An airing is unknown if the evidence does not cover its time, or covers only a part of it.
    """
    of_plan = dict(pairs)
    days = broadcast_days(instance, planned["channel"].to_numpy(np.int64), planned["start"].to_numpy(float))
    free = items.drop(index=list(of_plan.values()))
    loose = pd.concat([free, strangers], ignore_index=True)
    lines, unknown = [], []
    for at, plan in enumerate(planned.to_dict("records")):
        terms = terms_of(instance, plan["agreement"])
        if at in of_plan:
            item = items.iloc[of_plan[at]].to_dict()
            if not plan["covered"] and cut_off(plan, item, spans, params.edge_seconds):
                unknown.append(plan["agreement"])
                continue
            seconds = item["net"] if terms.minutes == "net" else item["end"] - item["start"]
            status = class_of(plan, item, seconds, terms, int(days[at]) == item["day"], params)
            lines.append(_line(status, plan, item, seconds))
        elif not plan["covered"]:
            unknown.append(plan["agreement"])
        else:
            other = _in_place(plan, loose)
            lines.append(_line("not_aired" if other is None else "replaced", plan, None, np.nan, other))
    known = free[free["identity"] != ""]
    for item in known.to_dict("records"):
        lines.append(_line("unplanned", None, item, item["net"]))
    return pd.DataFrame(lines), len(loose) - len(known), unknown


def class_of(
    plan: Record, item: Record, seconds: float, terms: AsAired, same_day: bool, params: ReconcileParams
) -> str:
    """The most serious class that applies to a matched airing.

    An airing is joined in progress if its beginning is missing and its end is at the planned time.

    Parameters
    ----------
    plan, item
        The planned airing, and the item of evidence that shows it.
    seconds
        Aired length that counts.
    terms
        The tolerances of the agreement.
    same_day
        Whether both are on the same broadcast day.
    """
    start, length, aired = float(plan["start"]), float(plan["seconds"]), float(item["start"])
    off = (aired - start) / 60
    end_off = (float(item["end"]) - start - length) / 60
    missing = (length - seconds) / 60
    is_short = missing > max(terms.short_minutes, terms.short_share * length / 60)
    if plan["episode"] and item["episode"] and plan["episode"] != item["episode"]:
        return "wrong_episode"
    if not same_day:
        return "wrong_day"
    if is_short and seconds < params.partial_share * length:
        return "partial"
    if is_short and off > terms.late_minutes and abs(end_off) <= terms.late_minutes:
        return "joined_in_progress"
    if is_short:
        return "short"
    if abs(off) > terms.late_minutes:
        return "late" if off > 0 else "early"
    return "aired"


def terms_of(instance: Instance, agreement: str) -> AsAired:
    """The tolerances of an agreement. The defaults if an airing serves no agreement."""
    found = next((one.as_aired for one in agreements_of(instance) if one.id == agreement), None)
    return found or AsAired()


def _in_place(plan: Record, loose: pd.DataFrame) -> Record | None:
    """The item that fills at least half of a planned place without its own airing. None if there is none."""
    start, length = float(plan["start"]), float(plan["seconds"])
    ends, starts = loose["end"].to_numpy(float), loose["start"].to_numpy(float)
    shared = np.minimum(ends, start + length) - np.maximum(starts, start)
    if not len(loose) or shared.max() < length / 2:
        return None
    return loose.iloc[int(shared.argmax())].to_dict()


def _line(
    status: str,
    plan: Record | None,
    item: Record | None,
    seconds: float,
    other: Record | None = None,
) -> dict[str, Any]:
    one, shown = plan or item or {}, item or other or {}
    return {
        "status": status,
        "channel": one["channel"],
        "airing": plan["airing"] if plan else "",
        "identity": one["identity"],
        "title": one["shown"],
        "anchor": bool(plan and plan["anchor"]),
        "agreement": plan["agreement"] if plan else "",
        "episode": plan["episode"] if plan else 0,
        "start": plan["start"] if plan else np.nan,
        "seconds": plan["seconds"] if plan else np.nan,
        "aired": item["start"] if item else np.nan,
        "aired_seconds": seconds,
        "aired_episode": (item["episode"] or (plan["episode"] if plan else 0)) if item else 0,
        "parts": item["parts"] if item else 0,
        "instead": other["shown"] if other else "",
        "file": shown.get("file", ""),
        "rows": shown.get("rows", ""),
        "sha256": shown.get("sha256", ""),
    }
