"""The changes between a published timetable and another one, counted only from the two timetables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.optimize import linear_sum_assignment

from scheduler.replan.places import Places, in_slots
from scheduler.replan.slips import first_of_series
from scheduler.replan.weights import drop_weights, move_weights, moves, new_weights

if TYPE_CHECKING:
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.instance.model.change import Change
    from scheduler.replan.steps import Steps
    from scheduler.timetable import Timetable

Kind = Literal["kept", "moved", "altered", "dropped", "added"]


@dataclass(frozen=True, slots=True)
class Entry:
    """The change of one published airing, or a new airing."""

    kind: Kind
    old: int  # index in the published timetable, −1 if it is new
    new: int  # index in the other timetable, −1 if it is dropped
    minutes: int  # minutes by which it starts later or earlier
    weight: int
    renumbered: int = 0  # new episode number − old episode number


@dataclass(frozen=True, slots=True)
class Slip:
    """A series in a territory whose kept airings show other episodes."""

    programme: int
    territory: str
    by: int | None  # episodes by which all of them are later; None if they differ
    airings: int
    weight: int


@dataclass(frozen=True)
class Changes:
    """All changes of a published timetable."""

    entries: tuple[Entry, ...]
    slips: tuple[Slip, ...]

    @property
    def weight(self) -> int:
        """The weighted change."""
        return sum(one.weight for one in self.entries) + sum(one.weight for one in self.slips)

    @property
    def number(self) -> int:
        """The number of changes. A slip counts as one."""
        return sum(one.kind != "kept" for one in self.entries) + len(self.slips)


def places_in(instance: Instance, timetable: Timetable, at: Ints, day: Ints, draft: Flags) -> Places:
    """The places of some airings of a timetable.

    Parameters
    ----------
    at
        (k,) Indices of the airings in the timetable.
    day
        (k,) Their broadcast days, from the line's first day.
    draft
        (k,) Whether a change of the airing has no weight.
    """
    return Places(
        programme=timetable.programme[at],
        channel=timetable.channel[at],
        content=timetable.content[at],
        start=timetable.start[at],
        minutes=timetable.minutes[at],
        first=timetable.first[at],
        day=day,
        strand=in_slots(instance, timetable.content[at], timetable.channel[at]),
        draft=draft,
    )


def count_changes(
    change: Change, old: Timetable, old_places: Places, old_at: Ints, new: Timetable, new_places: Places, new_at: Ints,
    now: Steps,
) -> Changes:  # fmt: skip
    """Match both timetables with the least weight.

    Parameters
    ----------
    old, new
        The published timetable and the other one.
    old_places, new_places
        The places of the airings that are compared.
    old_at, new_at
        Indices of these airings in their timetables.
    now
        The factors of weights on the day of the replan.
    """
    names = ("content", "channel", "start", "minutes", "first")

    def keys(places: Places) -> list[tuple[int, ...]]:
        return list(zip(*(getattr(places, name).tolist() for name in names), strict=True))

    where = {key: at for at, key in enumerate(keys(new_places))}
    same = {at: where[key] for at, key in enumerate(keys(old_places)) if key in where}
    left = np.array([at for at in range(len(old_at)) if at not in same], dtype=np.int64)
    fresh = np.setdiff1d(np.arange(len(new_at)), np.array(list(same.values()), dtype=np.int64))
    matched = _matched(change, old_places, left, new_places, fresh, now)
    drops = drop_weights(change, old_places, now, counted=False)
    news = new_weights(change, new_places, now, counted=False)
    entries = []
    for one, other in same.items():
        by = int(new.episode[new_at[other]]) - int(old.episode[old_at[one]])
        entries.append(Entry("kept", int(old_at[one]), int(new_at[other]), 0, 0, by))
    for one, other in matched.items():
        weight = int(
            move_weights(change, old_places, np.array([one]), new_places, np.array([other]), now, counted=False)[0]
        )
        minutes = int(new_places.start[other] - old_places.start[one])
        by = int(new.episode[new_at[other]]) - int(old.episode[old_at[one]])
        entries.append(
            Entry("moved" if minutes else "altered", int(old_at[one]), int(new_at[other]), minutes, weight, by)
        )
    taken = set(matched.values())
    entries += [
        Entry("dropped", int(old_at[one]), -1, 0, int(drops[one])) for one in left.tolist() if one not in matched
    ]
    entries += [Entry("added", -1, int(new_at[one]), 0, int(news[one])) for one in fresh.tolist() if one not in taken]
    return Changes(tuple(entries), _slips(change, old, old_places, old_at, entries, now))


def _matched(change: Change, old: Places, left: Ints, new: Places, fresh: Ints, now: Steps) -> dict[int, int]:
    """The moves: pairs of a dropped and a new airing that together save the most weight."""
    if not len(left) or not len(fresh):
        return {}
    some_old, some_new = _only(old, left), _only(new, fresh)
    one, other, saving = moves(change, some_old, some_new, now, counted=False)
    table = np.zeros((len(left), len(fresh)))
    table[one, other] = saving
    rows, columns = linear_sum_assignment(table, maximize=True)
    allowed = set(zip(one.tolist(), other.tolist(), strict=True))
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {int(left[row]): int(fresh[column]) for row, column in pairs if (row, column) in allowed}


def _only(places: Places, at: Ints) -> Places:
    return Places(**{name: getattr(places, name)[at] for name in Places.__dataclass_fields__})


def _slips(
    change: Change, old: Timetable, places: Places, old_at: Ints, entries: list[Entry], now: Steps
) -> tuple[Slip, ...]:
    """Every series in a territory of which a kept airing shows another episode, weighted at its first open airing."""
    instance = old.instance
    order, factor = np.lexsort((places.channel, places.start, places.day)), now.of(places)
    firsts = first_of_series(old, old_at[order])
    groups: dict[tuple[int, str], list[Entry]] = {}
    for entry in entries:
        if entry.kind == "kept":
            key = int(old.programme[entry.old]), instance.channels[int(old.channel[entry.old])].territory
            groups.setdefault(key, []).append(entry)
    found = []
    for (programme, code), kept in sorted(groups.items()):
        changed = [entry for entry in kept if entry.renumbered]
        if instance.programmes[programme].episodes > 1 and changed:
            first = int(order[firsts[programme, code]])
            weight = 0 if places.draft[first] else change.slipped * int(factor[first])
            later = {entry.renumbered for entry in changed}
            by = -later.pop() if len(later) == 1 else None
            found.append(Slip(programme, code, by, len(changed), weight))
    return tuple(found)
