"""The clashes of a formulation that cannot hold, one after another."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.explain.clauses import BAN, RIGHTS, Clause, clause_rows
from scheduler.explain.conflict import deletion_filter
from scheduler.explain.feasible import FeasibilityOracle
from scheduler.explain.locks import line_of, locks_that_matter
from scheduler.explain.params import DEFAULTS, ExplainParams
from scheduler.explain.recheck import shown_minimal
from scheduler.explain.treaty import treaty_exemptions
from scheduler.messages import Message, Term, msg
from scheduler.rules import Rule
from scheduler.rules.framework.base import Part
from scheduler.rules.placement_rows import PLACEMENT
from scheduler.rules.sharing import SHARING

if TYPE_CHECKING:
    from scheduler.explain.clauses import ClauseRows, Key
    from scheduler.explain.relax import Keys
    from scheduler.instance import Instance
    from scheduler.instance.derived.aired import Lock
    from scheduler.solve import Settings
    from scheduler.solve.search.time_limit import Budget


IN_SLOTS = msg("series in regular slots, as `placement` says")
SHARED = msg("sister channels share titles as their rights state")
"""Placement as a fixed part of a clash."""


@dataclass(frozen=True, slots=True)
class Clash:
    """Clauses that cannot hold together. Without clauses: the fixed parts (locks, rights, anchors) already clash."""

    clauses: tuple[Clause, ...]
    minimal: bool  # every clause was shown to be needed, by a verified timetable that keeps the others
    confirmed: bool  # a second solver also proves that no timetable keeps them
    where: tuple[Message, ...]  # channels and periods of the rows that are sufficient for the clash
    channels: frozenset[str]
    because: tuple[Message, ...]  # fixed parts without which the clauses could hold: runs of rights, carry-over, locks
    locks: tuple[Lock, ...] = ()  # locks of one airing without which the clauses can hold
    licensed: tuple[str, ...] = ()  # programmes whose rights have a part in the clash, not by their runs
    exemptions: tuple[Message, ...] = ()  # rules among the clauses from which an international agreement exempts


@dataclass(slots=True)
class ClashSearch:
    """Finds the clashes of an instance whose hard rules cannot hold together."""

    instance: Instance
    rows: ClauseRows  # with bans in force
    oracle: FeasibilityOracle
    missed: frozenset[int]  # clauses that are missed where the least is missed; they are removed last
    hints: tuple[tuple[int, ...], ...]  # sets of clauses that are impossible by arithmetic
    settings: Settings
    budget: Budget
    params: ExplainParams = DEFAULTS

    def next_clash(self, left_out: Keys) -> Clash | None:
        """A clash among the clauses that are not left out. None if no clash is shown.

        First a clash is found with every ban in force. Then the bans that it does not need are lifted.
        """
        if any(clause_is_ban(self.rows, key) for key in left_out):
            return self._readmitted(left_out, None)
        every = [at for at, key in enumerate(self.rows.keys) if key not in left_out]
        start = self._small_start(set(every))
        if start is None:
            if left_out and self.oracle.holds(self.rows.rows_of(every)) is not False:
                return None
            start = every
        ordered = sorted(start, key=lambda at: (at in self.missed, at))
        filtered = deletion_filter(ordered, lambda kept: self.oracle.holds(self.rows.rows_of(kept)))
        return self._readmitted(left_out, filtered.items)

    def _small_start(self, allowed: set[int]) -> list[int] | None:
        """A few clauses that clash: those of the arithmetic, or some that are missed."""
        missed = sorted(self.missed)
        groups = [*self.hints, *((at,) for at in missed), tuple(missed)]
        for group in dict.fromkeys(groups):
            if group and allowed.issuperset(group) and self.oracle.holds(self.rows.rows_of(list(group))) is False:
                return list(group)
        return None

    def _readmitted(self, left_out: Keys, found: tuple[int, ...] | None) -> Clash | None:
        """Lift every ban that the clash does not need. Then find its rows and the fixed parts that it needs."""
        whole = clause_rows(self.instance, readmit=True)
        oracle = FeasibilityOracle(whole.formulation, self.settings, self.budget, self.params)
        keys = None if found is None else {self.rows.keys[at] for at in found}
        bans = {at for at, key in enumerate(whole.keys) if clause_is_ban(self.rows, key)}
        start = [
            at
            for at, key in enumerate(whole.keys)
            if key not in left_out and (keys is None or key in keys or at in bans)
        ]
        if keys is None and oracle.holds(whole.rows_of(start)) is not False:
            return None
        ordered = sorted(start, key=lambda at: (at not in bans, whole.keys[at][0] != RIGHTS, -at))
        filtered = deletion_filter(ordered, lambda kept: oracle.holds(whole.rows_of(kept)))
        items = sorted(filtered.items)
        if not items:
            locks = locks_that_matter(whole.airings, whole.formulation, oracle, whole.rows_of([]))
            messages = tuple(_locked(self.instance, lock) for lock in locks)
            return Clash((), filtered.minimal, False, where=messages, channels=frozenset(), because=(), locks=locks)
        where, channels, licensed = self._where(whole, oracle, items)
        locks = locks_that_matter(whole.airings, whole.formulation, oracle, whole.rows_of(items))
        return Clash(
            clauses=tuple(whole.clauses[at] for at in items),
            minimal=filtered.minimal and shown_minimal(whole, oracle, items),
            confirmed=oracle.confirms(whole.rows_of(items)),
            where=where,
            channels=channels,
            because=(
                *_because(whole, oracle, items),
                *self._carry_overs(whole, items),
                *(msg("the lock {lock}", lock=_locked(self.instance, lock)) for lock in locks),
            ),
            locks=locks,
            licensed=licensed,
            exemptions=treaty_exemptions(whole, items),
        )

    def _carry_overs(self, whole: ClauseRows, items: list[int]) -> list[Message]:
        """The carry-overs of the clauses, if the clauses could hold without them."""
        keys = {whole.keys[at] for at in items}
        messages: list[Message] = []
        for rule in self.rows.rules:
            for part, carry_over in rule.carry_overs.items():
                if (rule.id, part) not in keys:
                    continue
                even = without_carry_over(self.instance, rule.id, part)
                rows = clause_rows(even, readmit=True)
                kept = [number for number, one in enumerate(rows.keys) if one in keys]
                oracle = FeasibilityOracle(rows.formulation, self.settings, self.budget, self.params)
                if oracle.holds(rows.rows_of(kept)):
                    messages.append(msg("the carry-over of {amount} in {rule}", amount=carry_over, rule=rule.id))
        return messages

    def _where(
        self, whole: ClauseRows, oracle: FeasibilityOracle, items: list[int]
    ) -> tuple[tuple[Message, ...], frozenset[str], tuple[str, ...]]:
        """(the rows that are sufficient for a clash, in words; their channels; programmes that their rights bar)."""
        formulation = whole.formulation
        rows = np.flatnonzero(whole.rows_of(items))
        if 1 < len(rows) <= self.params.most_rows:

            def holds(kept: list[int]) -> bool | None:
                flags = np.zeros(len(formulation.lower), dtype=bool)
                flags[kept] = True
                return oracle.holds(flags)

            rows = np.array(deletion_filter(rows.tolist(), holds).items, dtype=np.int64)
        labels = formulation.labels.iloc[rows]
        places = dict.fromkeys(
            msg("{programme} on {channel}", programme=aspect.name, channel=subject.name)
            if aspect.code == BAN
            else msg("{channel}, {period}", channel=subject.name, period=Term("period", period))
            for subject, period, aspect in zip(labels["subject"], labels["period"], labels["aspect"], strict=True)
        )
        airings = np.unique(formulation.matrix[rows].tocoo().col)
        airings = airings[airings < formulation.airing_count]
        channels = np.unique(whole.airings.channel[airings])
        licensed = dict.fromkeys(aspect.name for aspect in labels["aspect"][labels["rule"].isin((RIGHTS, SHARING))])
        return tuple(places), frozenset(self.instance.channels[at].id for at in channels.tolist()), tuple(licensed)


def without_carry_over(instance: Instance, rule: str, part: Part) -> Instance:
    """The instance with no carry-over in one part of an agreement."""
    name = rule.partition("/")[0]
    written = tuple(
        one.without_carry_over(part) if one.id == name and isinstance(one, Rule) else one
        for one in instance.file.agreements
    )
    return replace(instance, file=instance.file.model_copy(update={"agreements": written}))


def _locked(instance: Instance, lock: Lock) -> Message:
    return msg("locks.csv:{line}: {lock}", line=str(line_of(instance, lock)), lock=lock.message())


def clause_is_ban(rows: ClauseRows, key: Key) -> bool:
    """Whether a clause has no row while its ban is in force."""
    return key not in rows.keys


def _because(whole: ClauseRows, oracle: FeasibilityOracle, items: list[int]) -> tuple[Message, ...]:
    """The fixed parts without which the clauses could hold."""
    rule = whole.formulation.labels["rule"].to_numpy()
    rows = whole.rows_of(items)
    fixed = {
        RIGHTS: msg("the runs that the rights allow"),
        PLACEMENT: IN_SLOTS,
        SHARING: SHARED,
    }
    messages: list[Message] = []
    for name, text in fixed.items():
        theirs = (rule == name) & (whole.owner < 0)
        if theirs.any() and oracle.holds(rows, without=theirs) is not False:
            messages.append(text)
    return tuple(messages)
