"""How every programme version is placed on every channel (`placement` of instance.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.model.field_types import WEEKDAYS
from scheduler.instance.model.placement import ALONE, PLACEMENT_KINDS, Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.arrays import Flags, Ints
    from scheduler.instance.derived.contents import Contents
    from scheduler.instance.model.channel import Channel
    from scheduler.instance.model.programme import Programme


@dataclass(frozen=True, eq=False)
class Placements:
    """`line[content, channel]` is the index of the line of `lines` that holds, −1 if the title has no slot of its own.

    `episodes[content, channel]` is the number of episodes in a place, 1 if the title has no slot of its own.
    `rubric[content, channel]`: the title airs in named slots of the channel only.
    `hidden[number]` is the first line before a written one that fits all of its titles, so that it never holds.
    """

    lines: tuple[Placement, ...]
    line: Ints
    rubric: Flags
    hidden: tuple[int | None, ...] = ()

    @cached_property
    def episodes(self) -> Ints:
        """(versions, channels) number of episodes in a place."""
        of_line = np.array([*(line.episodes_per_place for line in self.lines), 1], dtype=np.int64)
        return np.asarray(of_line[self.line])

    def __bool__(self) -> bool:
        return bool((self.line >= 0).any())

    def weekdays(self, line: int) -> list[frozenset[int]]:
        """The day sets of a line as numbers of weekdays. Monday is 0."""
        return [frozenset(WEEKDAYS.index(day) for day in days) for days in self.lines[line].allowed_days()]


def build_placements(
    written: Sequence[Placement], channels: Sequence[Channel], programmes: Sequence[Programme], contents: Contents
) -> Placements:
    """Find the line of every programme version on every channel.

    If the programme states its own kind, the first line of that kind that fits it holds; if there is none, the defaults
    of the kind hold.
    """
    lines = (*written, *(Placement.model_validate({"as": kind}) for kind in PLACEMENT_KINDS))
    versions = contents.version_count
    owner = contents.programme[:versions]
    stated = np.array(
        [-1 if p.placement is None else PLACEMENT_KINDS.index(p.placement) for p in programmes], dtype=int
    )
    own = stated[owner] if versions else np.zeros(0, dtype=int)
    found = np.full((versions, len(channels)), -1, dtype=np.int64)
    open_ = np.ones((versions, len(channels)), dtype=bool)
    rubric = np.zeros((versions, len(channels)), dtype=bool)
    fitted = np.zeros((len(lines), versions, len(channels)), dtype=bool)
    for number, line in enumerate(lines):
        kind = PLACEMENT_KINDS.index(line.kind)
        wanted = own == kind if number >= len(written) else (own < 0) | (own == kind)
        for at, channel in enumerate(channels):
            if line.channels is None or channel.id in line.channels:
                fits = wanted & contents.matches(line.select, channel.territory)[:versions]
                fitted[number, :, at] = fits
                fits &= open_[:, at]
                found[fits, at] = -1 if line.kind in ALONE else number
                rubric[fits, at] = line.kind == "rubric"
                open_[fits, at] = False
    hidden = tuple(_hiding(fitted, number) for number in range(len(written)))
    return Placements(lines, found, rubric, hidden)


def _hiding(fitted: Flags, number: int) -> int | None:
    """The first line before one that fits all of its titles, (lines, versions, channels); None if it fits no title."""
    mine = fitted[number]
    hide = (other for other in range(number) if not (mine & ~fitted[other]).any())
    return next(hide, None) if mine.any() else None
