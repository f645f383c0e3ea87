"""Builds the rows of one rule: first heads, then entries, then auxiliary variables."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.arrays import Flags, Ints
from scheduler.rules.framework.aspect import Aspect, aspect_from
from scheduler.rules.framework.dates import holds_on
from scheduler.rules.framework.rows import NO_BOUND, RIGID, SOFT, AuxiliaryVariables, RuleRows, texts
from scheduler.rules.framework.selected import selected
from scheduler.rules.framework.subject import Subject

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Selector
    from scheduler.rules.framework.base import Rule

Number = int | Ints
Subjects = Subject | Sequence[Subject]
Aspects = Aspect | str | Sequence[Aspect | str]


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of the next `rows` rows, which are numbered from 0 here."""

    rows: int
    row: Ints
    column: Ints
    coefficient: Ints


@dataclass(slots=True)
class Sheet:
    """Rows of one rule and unit. `first_own` is the number of airings; auxiliary variables follow."""

    rule: Rule
    unit: str
    first_own: int
    heads: list[tuple[list[Ints], list[list[Any]]]] = field(default_factory=list)
    entries: list[tuple[Ints, Ints, Ints]] = field(default_factory=list)
    later: list[tuple[Ints, Callable[[], Iterator[Part]]]] = field(default_factory=list)
    own_upper: list[int] = field(default_factory=list)
    count: int = 0

    def rows(
        self,
        periods: Sequence[str],
        subject: Subjects,
        aspect: Aspects,
        *,
        lower: Number = -NO_BOUND,
        upper: Number = NO_BOUND,
        need: Number = 1,
        step: Number = 1,
        rigid: bool = False,
        soft_at: Number | None = None,
        coming: Number = 0,
    ) -> Ints:
        """Add one row per period.

        Parameters
        ----------
        periods, subject, aspect
            The names of the rows.
        lower, upper
            The sides of the rows. ±NO_BOUND for none.
        need
            Amount that the row asks for, in the rule's unit. Hard misses are divided by it.
        step
            Change of the activity per missed unit.
        rigid
            Whether the rows may not be missed at all.
        soft_at
            Prices of the rows although the rule is hard. −1 stands for the kind of the rule itself.
        coming
            As in `RuleRows`.

        Returns
        -------
        (k,)
            The indices of the rows.
        """
        size = len(periods)
        own = np.broadcast_to(np.asarray(-1 if soft_at is None else soft_at, dtype=np.int64), size)
        kind = RIGID if rigid else np.where(own < 0, self.rule.kind, SOFT)
        price = 0 if rigid else np.where(own < 0, self.rule.price or 0, own)
        values = (lower, upper, step, need, kind, price, coming)
        numbers = [np.broadcast_to(np.asarray(value, dtype=np.int64), size) for value in values]
        whose = [subject] * size if isinstance(subject, Subject) else list(subject)
        aspects = (
            [aspect_from(aspect)] * size if isinstance(aspect, Aspect | str) else [aspect_from(one) for one in aspect]
        )
        self.heads.append((numbers, [whose, list(periods), aspects]))
        self.count += size
        return np.arange(self.count - size, self.count)

    def row(
        self,
        period: str,
        subject: Subject,
        aspect: Aspect | str,
        *,
        lower: int = -NO_BOUND,
        upper: int = NO_BOUND,
        need: int = 1,
        step: int = 1,
        rigid: bool = False,
    ) -> int:
        """Add one row and return its index. The parameters are those of `rows`."""
        at = self.rows([period], subject, aspect, lower=lower, upper=upper, need=need, step=step, rigid=rigid)
        return int(at[0])

    def add(self, row: Number, column: Ints, coefficient: Number = 1) -> None:
        """Add entries: `coefficient` of `column` to `row`, element by element. A single number is used for all."""
        column = np.asarray(column, dtype=np.int64)
        spread = [np.broadcast_to(np.asarray(value, dtype=np.int64), column.shape) for value in (row, coefficient)]
        self.entries.append((spread[0], column, spread[1]))

    def add_in_parts(self, rows: Ints, parts: Callable[[], Iterator[Part]]) -> None:
        """Let the entries of consecutive rows be made part by part, when `blocks_in_parts` comes to them.

        Parameters
        ----------
        rows
            Consecutive rows, to which nothing else adds entries.
        parts
            Makes the parts in the order of their rows. Together they have all of them.
        """
        if len(rows):
            self.later.append((rows, parts))

    def columns(self, upper: Ints | Sequence[int]) -> Ints:
        """Add integer auxiliary variables from 0 to `upper`, and return their column indices."""
        begin = self.first_own + len(self.own_upper)
        self.own_upper += [int(value) for value in upper]
        return np.arange(begin, self.first_own + len(self.own_upper))

    def tie(self, row: Ints, airing: Ints, own: Ints, label: str, keys: Ints | None = None) -> None:
        """Tie binary auxiliary variables to airings in both directions: 1 if an airing of the group is chosen, else 0.

        Parameters
        ----------
        row
            (k,) Group of entry k.
        airing
            (k,) Airing of entry k.
        own
            (g,) Column of each group.
        label
            Aspect of the tying rows.
        keys
            (g,) A number of each group that is the same over a sample of the airings, by default its position.
        """
        size = np.bincount(row, minlength=len(own))
        names = [str(key) for key in (np.arange(len(own)) if keys is None else keys).tolist()]
        own_rows = Subject("own", label)
        airs = self.rows(names, own_rows, "airs", upper=0, rigid=True)
        silent = self.rows(names, own_rows, "silent", lower=0, rigid=True)
        for rows, weight in ((airs, size), (silent, np.ones_like(size))):
            self.add(rows[row], airing)
            self.add(rows, own, -weight)

    def blocks(self, complete: Callable[[Flags], Ints] | None = None) -> list[RuleRows]:
        """The rows as a block, or no block if there are no rows.

        Parameters
        ----------
        complete
            Computes the auxiliary variables from the chosen airings.
        """
        return list(self.blocks_in_parts(complete))

    def blocks_in_parts(self, complete: Callable[[Flags], Ints] | None = None) -> Iterator[RuleRows]:
        """The rows in order, as one block; with `add_in_parts` as several blocks, made one at a time.

        It can be called once: the sheet then releases its entries.

        Parameters
        ----------
        complete
            As in `blocks`.
        """
        if not self.count:
            return
        numbers = (np.concatenate([head[0][at] for head in self.heads]) for at in range(7))
        lower, upper, step, need, kind, price, coming = numbers
        subject, period, aspect = (texts([name for head in self.heads for name in head[1][at]]) for at in range(3))
        empty = np.zeros(0, dtype=np.int64)
        row, column, coefficient = (np.concatenate([empty, *(entry[at] for entry in self.entries)]) for at in range(3))
        self.entries.clear()
        own = np.array(self.own_upper, dtype=np.int64)
        columns = None
        if complete is not None and len(own):
            zeros = np.zeros_like(own)
            columns = AuxiliaryVariables(
                lower=zeros, upper=own, value=zeros, integer=np.ones(len(own), dtype=bool), complete=complete
            )
        whole = RuleRows(
            rule=self.rule.id,
            kind=kind,
            price=price,
            unit=self.unit,
            row=row,
            column=column,
            coefficient=coefficient,
            lower=lower,
            upper=upper,
            miss_step=step,
            need=need,
            subject=subject,
            period=period,
            aspect=aspect,
            columns=columns,
            coming=coming,
        )
        begin = 0
        for rows, parts in self.later:
            if begin < rows[0]:
                yield _between(whole, begin, int(rows[0]))
            begin = int(rows[0])
            for part in parts():
                block = _between(whole, begin, begin + part.rows)
                yield replace(block, row=part.row, column=part.column, coefficient=part.coefficient)
                begin += part.rows
        if begin < self.count:
            yield whole if not begin else _between(whole, begin, self.count)


def _between(block: RuleRows, begin: int, end: int) -> RuleRows:
    """The rows of a block from `begin` to before `end`, with their entries."""
    mine = np.flatnonzero((block.row >= begin) & (block.row < end))
    size, rows = len(block), slice(begin, end)
    return replace(
        block,
        row=block.row[mine] - begin,
        column=block.column[mine],
        coefficient=block.coefficient[mine],
        kind=np.broadcast_to(block.kind, size)[rows],
        price=np.broadcast_to(block.price, size)[rows],
        coming=np.broadcast_to(block.coming, size)[rows],
        lower=block.lower[rows],
        upper=block.upper[rows],
        miss_step=block.miss_step[rows],
        need=block.need[rows],
        subject=block.subject[rows],
        period=block.period[rows],
        aspect=block.aspect[rows],
    )


def any_of(group: Ints, airing: Ints, groups: int, chosen: Flags) -> Ints:
    """1 for every group with a chosen airing, else 0, (g,). These are the values of tied variables.

    Parameters
    ----------
    group, airing
        (k,) Entry k puts `airing[k]` into `group[k]`.
    groups
        g, the number of groups.
    chosen
        (n,) Whether each airing is chosen.
    """
    found = np.zeros(groups, dtype=np.int64)
    found[group[chosen[airing]]] = 1
    return found


def airings_of(
    rule: Rule, airings: Airings, channels: Sequence[int], select: Selector | None, *, any_date: bool = False
) -> Ints:
    """The airings on some channels that fit a selector, on broadcast days on which the rule holds, or on any day."""
    hit = np.zeros(len(airings), dtype=bool)
    for channel in channels:
        taken = selected(airings.instance, channel, select)
        hit |= (airings.channel == channel) & taken.of(airings.content, airings.run)
    if not any_date and (rule.valid_from or rule.valid_to):
        hit &= in_force(rule, airings)
    return np.flatnonzero(hit)


def of_horizon(airings: Airings, at: Ints) -> Ints:
    """The airings among `at` that are planned, or on record inside the horizon."""
    inside: Ints = at[~airings.past[at] | (airings.broadcast_day[at] >= airings.instance.timeline.planned_from)]
    return inside


def in_force(rule: Rule, airings: Airings) -> Flags:
    """Airings that start on a broadcast day on which the rule holds."""
    return holds_on(rule, airings.instance, airings.broadcast_day)
