"""Clashes by arithmetic alone: rights or windows that supply too little, anchors that add too much.

The amount that a hard row asks for is compared with an upper limit of what its airings can add. No solver is used. A
finding is certain; a row without a finding may still be impossible.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from scheduler.messages import Listed, Message, Term, msg
from scheduler.rules import HARD, NO_BOUND
from scheduler.rules.framework.aspect import Aspect
from scheduler.rules.framework.verdicts import span_in

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.explain.clauses import ClauseRows
    from scheduler.instance import Instance

Floats = np.ndarray[tuple[int], np.dtype[np.float64]]
Reason = Literal["rights", "windows", "anchors", "together"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One clash that needs no solver: its clauses, and the arithmetic in a sentence."""

    reason: Reason
    clauses: tuple[int, ...]  # indices into ClauseRows.clauses
    text: Message


@dataclass(frozen=True, eq=False)
class _Rows:
    """Hard rows, rewritten as Σ amount·x ≥ lack over airings, in units of the row."""

    row: Ints  # (k,) row of the formulation
    lack: Ints  # (k,)
    entry: Ints  # (e,) which of the k rows
    airing: Ints  # (e,)
    amount: Ints  # (e,) contribution of the airing, may be negative
    free: Ints  # (k,) upper limit of what columns other than airings add


def findings(instance_rows: ClauseRows) -> list[Finding]:
    """Every clash that arithmetic finds. Rows that fail alone come before rows that fail together.

    A row that fails alone is not combined with others.
    """
    rows = _turned(instance_rows)
    if not len(rows.row):
        return []
    by_rights, by_windows = _most_by_rights(rows, instance_rows.airings), _most_by_windows(rows, instance_rows)
    alone = (by_rights < rows.lack) | (by_windows < rows.lack)
    found: dict[tuple[int, Reason], Finding] = {}
    for at in np.flatnonzero(alone).tolist():
        one = _alone(instance_rows, rows, at, float(by_rights[at]), float(by_windows[at]))
        found.setdefault((one.clauses[0], one.reason), one)
    return [*found.values(), *_together(instance_rows, rows, np.flatnonzero(~alone))]


def _turned(instance_rows: ClauseRows) -> _Rows:
    """Hard rows in the form Σ amount·x ≥ lack. Rows that lack nothing are left out."""
    formulation = instance_rows.formulation
    n = formulation.airing_count
    hard = np.flatnonzero((formulation.kind == HARD) & (instance_rows.owner >= 0))
    low = hard[(formulation.lower[hard] > -NO_BOUND) & (formulation.lower[hard] > 0)]
    high = hard[(formulation.upper[hard] < NO_BOUND) & (formulation.upper[hard] < 0)]
    row = np.concatenate([low, high])
    sign = np.concatenate([np.ones(len(low), dtype=np.int64), -np.ones(len(high), dtype=np.int64)])
    lack = np.where(sign > 0, formulation.lower[row], -formulation.upper[row])
    turned = formulation.matrix[row].tocoo()
    entry, column = turned.row.astype(np.int64), turned.col.astype(np.int64)
    amount = turned.data * sign[entry]
    own = column >= n
    free = np.zeros(len(row), dtype=np.int64)
    reach = np.concatenate([formulation.column_lower, formulation.column_upper]).reshape(2, -1)
    most = np.where(amount[own] > 0, reach[1][column[own] - n], reach[0][column[own] - n]) * amount[own]
    np.add.at(free, entry[own], most)
    return _Rows(row, lack, entry[~own], column[~own], amount[~own], free)


def _most_by_rights(rows: _Rows, airings: Airings) -> Floats:
    """Upper limit by rights: each remaining run of a programme in a territory adds the most it can."""
    instance, codes = airings.instance, list(airings.instance.file.territories)
    gain = rows.amount > 0
    entry, airing, amount = rows.entry[gain], rows.airing[gain], rows.amount[gain]
    group = airings.programme[airing] * len(codes) + airings.territory[airing]
    keys, at = np.unique(entry * (len(instance.programmes) * len(codes)) + group, return_inverse=True)
    best, count = np.zeros(len(keys), dtype=np.int64), np.bincount(at, minlength=len(keys))
    np.maximum.at(best, at, amount)
    owner, group = np.divmod(keys, len(instance.programmes) * len(codes))
    left = np.array([_runs_left(airings, key // len(codes), codes[key % len(codes)]) for key in group.tolist()])
    total = rows.free.astype(np.float64)
    np.add.at(total, owner, np.minimum(left, count) * best)
    return total


def _runs_left(airings: Airings, number: int, code: str) -> int:
    """The airings of a programme that its rights still allow on the channels of a territory.

    A run of a simulcast may be an airing on each of them.
    """
    instance = airings.instance
    programme, past = instance.programmes[number], instance.past
    aired = Counter(run.episode for run in past.of(number, code))
    channels = [at for at, channel in enumerate(instance.channels) if channel.territory == code]
    at_once = len(channels) if instance.simulcasts[number] else 1
    runs_left = programme.episodes * programme.runs - sum(min(runs, programme.runs) for runs in aired.values())
    left = [at_once * runs_left]
    if programme.runs_total is not None:
        left.append(programme.runs_total - past.total(number))
    if programme.runs_channel is not None:
        left.append(sum(max(0, programme.runs_channel - past.on_channel(number, at)) for at in channels))
    return max(0, min(left))


def _most_by_windows(rows: _Rows, instance_rows: ClauseRows) -> Floats:
    """Upper limit by windows: all steps of every window, used for the airing with the largest contribution per step."""
    formulation = instance_rows.formulation
    gain = rows.amount > 0
    entry, airing = rows.entry[gain], rows.airing[gain]
    density = rows.amount[gain] / formulation.steps[airing]
    windows = len(formulation.window_start)
    keys, at = np.unique(entry * windows + formulation.window[airing], return_inverse=True)
    best = np.zeros(len(keys))
    np.maximum.at(best, at, density)
    owner, window = np.divmod(keys, max(1, windows))
    total = rows.free.astype(np.float64)
    np.add.at(total, owner, best * (formulation.window_end - formulation.window_start)[window])
    return np.floor(total + 1e-6)


def _alone(instance_rows: ClauseRows, rows: _Rows, at: int, by_rights: float, by_windows: float) -> Finding:
    """The finding of a row that no timetable can keep."""
    formulation, row = instance_rows.formulation, int(rows.row[at])
    label = formulation.labels.iloc[row]
    clause = int(instance_rows.owner[row])
    step, unit = int(formulation.miss_step[row]), str(label["unit"])
    lack, most = int(rows.lack[at]) / step, max(0.0, min(by_rights, by_windows)) / step
    share = step > 1 and formulation.upper[row] >= NO_BOUND and label["aspect"] in (Aspect("least"), Aspect("most"))
    reason: Reason = "anchors" if share or most <= 0 else "rights" if by_rights < by_windows else "windows"
    text = msg(
        "{clause}; {channel}, {period}: without programmes in the windows {lack} {unit} are missing; {supply}",
        clause=instance_rows.clauses[clause].words,
        channel=str(label["subject"]),
        period=Term("period", str(label["period"])),
        lack=round(lack),
        unit=Term("unit", unit),
        supply=_supply(reason, round(most)),
    )
    return Finding(reason, (clause,), _of_open_period(instance_rows.airings.instance, label, text))


def _of_open_period(instance: Instance, label: Any, text: Message) -> Message:
    """A finding with the part of the period that the horizon covers, if the period continues after it."""
    span, horizon = span_in(instance, str(label["period"]), label["subject"]), instance.file.horizon
    ends = horizon.start + timedelta(days=horizon.days - 1)
    if span is None or span[1] <= ends:
        return text
    first, last = span
    return msg(
        "{finding}; the horizon ends on day {held} of the {days} days of the period",
        finding=text,
        held=(ends - first).days + 1,
        days=(last - first).days + 1,
    )


def _supply(reason: Reason, most: int) -> Message:
    """The most that the rights or the windows can add."""
    if reason == "rights":
        return msg("the remaining rights supply at most {most}", most=most)
    if reason == "windows":
        return msg("the windows hold at most {most}", most=most)
    return msg("programmes in the windows can supply at most {most}", most=most)


def _together(instance_rows: ClauseRows, rows: _Rows, which: Ints) -> list[Finding]:
    """Rows of least minutes that together need more than the windows of some channels hold."""
    formulation = instance_rows.formulation
    labels = formulation.labels
    pool: dict[str, list[tuple[int, int, frozenset[int], frozenset[int]]]] = defaultdict(list)
    for at in which.tolist():
        row = int(rows.row[at])
        mine = rows.entry == at
        plain = bool(np.all(rows.amount[mine] > 0)) and not rows.free[at] and labels["unit"].iloc[row] == "minutes"
        if plain:
            used = frozenset(rows.airing[mine].tolist())
            windows = frozenset(np.unique(formulation.window[rows.airing[mine]]).tolist())
            need = -(-int(rows.lack[at]) // int(formulation.miss_step[row]))
            pool[str(labels["period"].iloc[row])].append((need, row, windows, used))
    found: dict[tuple[int, ...], Finding] = {}
    for period, members in pool.items():
        for _, _, union, _ in members:
            one = _overfull(instance_rows, period, [member for member in members if member[2] <= union])
            if one is not None:
                found.setdefault(one.clauses, one)
    return list(found.values())


def _overfull(
    instance_rows: ClauseRows, period: str, members: list[tuple[int, int, frozenset[int], frozenset[int]]]
) -> Finding | None:
    """Rows without a common airing whose needs exceed the minutes of their windows. Rows of larger needs come first."""
    formulation = instance_rows.formulation
    minutes = formulation.window_end - formulation.window_start
    taken: list[int] = []
    seen: frozenset[int] = frozenset()
    windows: frozenset[int] = frozenset()
    total = 0
    for need, row, inside, used in sorted(members, key=lambda member: (-member[0], member[1])):
        if used & seen:
            continue
        taken, seen, windows, total = [*taken, row], seen | used, windows | inside, total + need
        capacity = int(minutes[sorted(windows)].sum()) * instance_rows.grid
        if len(taken) > 1 and total > capacity:
            clauses = tuple(sorted({int(instance_rows.owner[row]) for row in taken}))
            text = msg(
                "{clauses}; {period}: together they need {need} minutes, their windows hold {most}",
                clauses=Listed(tuple(instance_rows.clauses[clause].words for clause in clauses), " and "),
                period=Term("period", period),
                need=total,
                most=capacity,
            )
            return Finding("together", clauses, text)
    return None
