"""The numbers that a planner could relax: tolerances, least and most amounts, hours of a ban, edges of windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from annotated_types import Le
from pydantic import BaseModel, ValidationError

from scheduler.explain.clauses import path_of
from scheduler.explain.number_words import number_words
from scheduler.instance.model.commitment import day_set_text
from scheduler.instance.model.field_marks import relaxable_of
from scheduler.instance.model.field_types import MAX_CLOCK, WEEKDAYS, clock_text
from scheduler.messages import msg

if TYPE_CHECKING:
    from scheduler.explain.clauses import Clause, Path_
    from scheduler.explain.params import ExplainParams
    from scheduler.instance import Channel, Instance, Window
    from scheduler.instance.derived.aired import Lock
    from scheduler.messages import Message, Value
    from scheduler.rules import Rule


DAY_SETS = "day_sets"
"""The field of a line of placement."""


@dataclass(frozen=True, eq=False)
class RelaxableValue:
    """One value in instance.yaml, or a lock, and other values it could have, the nearest first."""

    path: Path_
    old: Any
    values: Sequence[Any]
    subject: Value  # "KZ–CN, minutes per week"
    clause: Clause | None  # None for the edge of a window
    rule: Rule | None = None  # the rule, if it is a number of one; `path` then begins with the place of the rule
    lock: Lock | None = None  # the lock that could be dropped
    programme: int | None = None  # index of the programme whose rights it is about

    @property
    def monotone(self) -> bool:
        """Whether every further value only allows more. Another time of an event does not."""
        return not isinstance(self.old, datetime)

    @property
    def field(self) -> str:
        """The name of the field."""
        return str(next(step for step in reversed(self.path) if isinstance(step, str) and not step.isupper()))

    def with_value(self, instance: Instance, value: Any) -> Instance:
        """The instance with another value in this place."""
        if self.lock is not None:
            return replace(instance, locks=tuple(one for one in instance.locks if one != self.lock))
        if self.programme is not None:
            at, field = self.programme, str(self.path[-1])
            changed = instance.programmes[at].model_copy(update={field: value})
            return replace(instance, programmes=(*instance.programmes[:at], changed, *instance.programmes[at + 1 :]))
        return replace(instance, file=_replaced(instance.file, self.path, value))

    def words(self, value: Any) -> Message:
        """The effect of the value in words."""
        if self.lock is not None:
            return msg("drop the lock: {lock}", lock=self.subject)
        if self.field == DAY_SETS:
            more = ", ".join(f"[{day_set_text(days)}]" for days in value if days not in self.old)
            return msg("placement of {subject}: the day sets {words} as well", subject=self.subject, words=more)
        if self.clause is None and self.programme is None:
            return self._opened(value)
        if isinstance(self.old, tuple) and all(isinstance(word, str) for word in self.old):
            more = ", ".join(word for word in value if word not in self.old)
            return msg("{subject}: {field} {words} as well", subject=self.subject, field=self.field, words=more)
        own = None if self.rule is None else self.rule.relaxed_words(self.path[2:], self.old, value)
        return own or msg(
            "{subject}: {field} {old} cannot hold, {new} can",
            subject=self.subject,
            field=self.field,
            old=number_words(self.field, self.old),
            new=number_words(self.field, value),
        )

    def _opened(self, value: int) -> Message:
        """The effect on a window's edge: the added minutes, and the new start or end."""
        minutes, moment = abs(value - self.old), clock_text(value)
        if self.field == "start":
            return msg(
                "open {minutes} more minutes on {window}: begin at {moment}",
                minutes=minutes,
                window=self.subject,
                moment=moment,
            )
        return msg(
            "open {minutes} more minutes on {window}: end at {moment}",
            minutes=minutes,
            window=self.subject,
            moment=moment,
        )


def values_of_clause(instance: Instance, rule: Rule, clause: Clause, params: ExplainParams) -> Iterator[RelaxableValue]:
    """Every number of a clause of a rule that could be relaxed."""
    path = path_of(instance, rule.id)
    if not path:
        return
    for inner, old, values in _numbers(rule, (), instance, params):
        carry_over = inner[-1] == "carry_over" and (*inner[:-1], "tolerance") == clause.part
        if carry_over or inner[: len(clause.part)] == clause.part:
            yield RelaxableValue((*path, *inner), old, values, rule.number_subject(inner), clause, rule)


def values_of_locks(locks: Sequence[Lock]) -> Iterator[RelaxableValue]:
    """Locks that could be dropped."""
    for lock in locks:
        yield RelaxableValue(("locks", lock.words()), lock.words(), [None], lock.message(), None, lock=lock)


def values_of_placement(instance: Instance) -> Iterator[RelaxableValue]:
    """The day sets of series, and more of them: each day set of a line in two parts, the most equal parts first."""
    for number, line in enumerate(instance.file.written_placement):
        old = line.allowed_days() if line.kind != "free" else ()
        values: list[tuple[frozenset[str], ...]] = []
        for days in old:
            ordered = sorted(days, key=WEEKDAYS.index)
            for cut in _cuts(len(ordered)):
                so_far = values[-1] if values else old
                parts = (frozenset(ordered[:cut]), frozenset(ordered[cut:]))
                values.append((*so_far, *(part for part in parts if part not in so_far)))
        if values:
            path: Path_ = ("placement", number, DAY_SETS)
            yield RelaxableValue(path, old, values, line.select.message(), None)


def _cuts(count: int) -> list[int]:
    """The sizes of the first part of a day set in two parts: the most equal parts first, then those with it larger."""
    return sorted(range(count - 1, 0, -1), key=lambda cut: abs(cut - count / 2))


def values_of_rights(
    instance: Instance, clause: Clause, names: Sequence[str], channels: set[str]
) -> Iterator[RelaxableValue]:
    """The dates of the rights of some programmes, day by day to the edge of the horizon, and their territories."""
    first = instance.file.horizon.start
    last = first + timedelta(days=instance.file.horizon.days)
    seen = {code for channel in instance.channels if channel.id in channels for code in channel.seen_in}
    for name in names:
        at = instance.programme_index[name]
        programme = instance.programmes[at]
        changes: list[tuple[str, Any, Sequence[Any]]] = []
        if programme.rights_to is not None and programme.rights_to < last:
            changes.append(("rights_to", programme.rights_to, _days(max(programme.rights_to, first), last)))
        if programme.rights_from is not None and programme.rights_from > first:
            changes.append(("rights_from", programme.rights_from, _days(min(programme.rights_from, last), first)))
        if programme.territories is not None:
            lacking = sorted(seen - set(programme.territories))
            changes += [("territories", programme.territories, [(*programme.territories, code)]) for code in lacking]
        for field, old, values in changes:
            yield RelaxableValue(("programmes", name, field), old, values, name, clause, programme=at)


def values_of_sharing(instance: Instance, clause: Clause | None, names: Sequence[str]) -> Iterator[RelaxableValue]:
    """How some programmes are shared between channels.

    Fewer days of a holdback, an earlier end of what one channel has alone, more channels that have it, an earlier first
    day in a territory.
    """
    first = instance.file.horizon.start
    last = first + timedelta(days=instance.file.horizon.days)
    for name in names:
        at = instance.programme_index[name]
        programme = instance.programmes[at]
        changes: list[tuple[str, Any, Sequence[Any]]] = []
        for field, mark in relaxable_of(type(programme)).items():
            old = getattr(programme, field)
            if mark.way == "lower" and old is not None:
                changes.append((field, old, range(old - 1, 0, -1)))
        if clause is not None and programme.exclusive:
            others = [one.id for one in instance.channels if one.id not in programme.exclusive]
            changes += [("exclusive", programme.exclusive, [(*programme.exclusive, one)]) for one in others]
            if programme.exclusive_until is not None:
                ends = min(programme.exclusive_until, last)
                changes.append(("exclusive_until", programme.exclusive_until, _days(ends, first - timedelta(days=1))))
        for number, (code, day) in enumerate(programme.not_before if clause is not None else ()):
            begin, end = programme.not_before[:number], programme.not_before[number + 1 :]
            sooner = [(*begin, (code, one), *end) for one in _days(min(day, last), first)] if day > first else []
            changes.append(("not_before", programme.not_before, sooner))
        for field, old, values in changes:
            yield RelaxableValue(("programmes", name, field), old, values, name, clause, programme=at)


def _days(old: date, new: date) -> list[date]:
    """The days after one day up to another, in either direction."""
    step = 1 if new > old else -1
    return [old + timedelta(days=step * at) for at in range(1, abs((new - old).days) + 1)]


def values_of_windows(instance: Instance, channels: set[str], params: ExplainParams) -> Iterator[RelaxableValue]:
    """The edges of the windows of some channels, moved towards the neighbouring windows."""
    for number, channel in enumerate(instance.channels):
        if channel.id not in channels:
            continue
        for at, window in enumerate(channel.windows):
            earliest, latest = _room(channel, window, params.most_opened)
            path: Path_ = ("channels", number, "windows", at)
            message = msg(
                "{channel} in the window {start}–{end}",
                channel=channel.id,
                start=clock_text(window.start),
                end=clock_text(window.end),
            )
            grid = instance.file.grid_minutes
            ends = range(window.end // grid * grid + grid, latest + 1, grid)  # airings end with a step of the grid
            starts = range(-(-window.start // grid) * grid - grid, earliest - 1, -grid)
            if ends:
                yield RelaxableValue((*path, "end"), window.end, ends, message, None)
            if starts:
                yield RelaxableValue((*path, "start"), window.start, starts, message, None)


def _room(channel: Channel, window: Window, most: int) -> tuple[int, int]:
    """The earliest start and the latest end that a window could have between the channel's other windows."""
    earliest = max(0, window.start - most, window.end - 24 * 60)
    latest = min(MAX_CLOCK, window.end + most, window.start + 24 * 60)
    for other in channel.windows:
        for shift in (-24 * 60, 0, 24 * 60):
            start, end = other.start + shift, other.end + shift
            if other is window and not shift:
                continue
            if end <= window.start:
                earliest = max(earliest, end)
            if start >= window.end:
                latest = min(latest, start)
    return earliest, latest


def _numbers(
    model: BaseModel, path: Path_, instance: Instance, params: ExplainParams
) -> Iterator[tuple[Path_, Any, Sequence[Any]]]:
    """(path, old value, values to try) of every field of a rule that its type declares relaxable."""
    relaxable = relaxable_of(type(model))
    for name in type(model).model_fields:
        value, here, mark = getattr(model, name), (*path, name), relaxable.get(name)
        if isinstance(value, tuple) and value and all(isinstance(item, BaseModel) for item in value):
            for at, item in enumerate(value):
                yield from _numbers(item, (*here, at), instance, params)
        elif mark is None or value is None:
            continue
        elif mark.way == "lower":
            yield from _lower(here, value, 0 if _may_be(model, name, 0) else 1)
        elif mark.way == "higher":
            yield from _higher(here, value, mark.most, _limit(model, name), params.most_raised)
        elif mark.way == "nearer 0" and value and isinstance(value, int):
            yield here, value, range(value - 1, -1, -1) if value > 0 else range(value + 1, 1)
        elif mark.way == "shorter hours" and _bars(model):
            yield from _shorter(here, value)
        elif mark.way == "other time":
            yield here, value, _instants(value, instance.file.grid_minutes, params.most_opened)
        elif mark.way == "more words":
            known = {getattr(item, mark.of) for item in instance.contents.items if item.programme >= 0}
            yield from ((here, value, [(*value, word)]) for word in sorted(known - set(value)))


def _instants(value: datetime, grid: int, most: int) -> list[datetime]:
    """Other times of an event, the nearest first, later before earlier."""
    return [value + timedelta(minutes=sign * more) for more in range(grid, most + 1, grid) for sign in (1, -1)]


def _bars(model: BaseModel) -> bool:
    """Whether a rule bans something completely in its hours: none of its bounds is above 0."""
    bounds = [name for name, mark in relaxable_of(type(model)).items() if mark.way in ("lower", "higher")]
    return not any(getattr(model, name) for name in bounds)


def _limit(model: BaseModel, name: str) -> int:
    """The largest integer that a field accepts."""
    limits = [int(str(one.le)) for one in type(model).model_fields[name].metadata if isinstance(one, Le)]
    return min(limits, default=2**62)


def _may_be(model: BaseModel, name: str, value: Any) -> bool:
    """Whether a model accepts another value in a field together with its other values."""
    others = {field: getattr(model, field) for field in type(model).model_fields}
    try:
        type(model).model_validate({**others, name: value}, by_name=True)
    except ValidationError:
        return False
    return True


def _lower(path: Path_, value: Any, last: int) -> Iterator[tuple[Path_, Any, Sequence[Any]]]:
    if isinstance(value, dict):
        for key, one in value.items():
            yield from _lower((*path, key), one, 0)
    elif isinstance(value, Fraction) and value > 0:
        first = -(-value.numerator * 100 // value.denominator) - 1
        yield path, value, [Fraction(at, 100) for at in range(first, -1, -1)]
    elif isinstance(value, int) and value > 0:
        yield path, value, range(value - 1, last - 1, -1)


def _higher(
    path: Path_, value: Any, most: Fraction, limit: int, far: int
) -> Iterator[tuple[Path_, Any, Sequence[Any]]]:
    if isinstance(value, Fraction):
        yield path, value, _percents(value, most)
    elif isinstance(value, int):
        yield path, value, range(value + 1, min(2 * value + far, limit + 1))


def _percents(value: Fraction, last: Fraction) -> list[Fraction]:
    """Whole percentages above a value, up to the last."""
    first = value.numerator * 100 // value.denominator + 1
    return [Fraction(at, 100) for at in range(first, int(last * 100) + 1)]


def _shorter(path: Path_, hours: tuple[int, int]) -> Iterator[tuple[Path_, Any, Sequence[Any]]]:
    """Hours that end earlier, and hours that start later. By the minute, because programmes end at any minute."""
    start, end = hours
    length = (end - start) % 1440 or 1440
    yield path, hours, [(start, _clock(start + length - less)) for less in range(1, length)]
    yield path, hours, [(_clock(start + less) % 1440, end) for less in range(1, length)]


def _clock(minute: int) -> int:
    return minute if minute <= 1440 else minute - 1440


def _replaced(node: Any, path: Path_, value: Any) -> Any:
    """A tree of models, tuples and dicts with another value at a path."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    if isinstance(node, BaseModel):
        return node.model_copy(update={str(step): _replaced(getattr(node, str(step)), rest, value)})
    if isinstance(node, dict):
        return {**node, step: _replaced(node[step], rest, value)}
    at = int(step)
    return (*node[:at], _replaced(node[at], rest, value), *node[at + 1 :])
