"""A sample of the candidate airings of a very large instance.

Series in slots are sampled by slots, that is by version, channel and clock time, with all days. So every bundle of the
sample is a bundle of the instance, because both have the same open days. Other titles are sampled by days, with all
starts on all channels, so that airings at one instant stay together and any sequence of lengths fits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.repeats import REPEAT
from scheduler.moments import DAY
from scheduler.strands.bundles import start_clock
from scheduler.strands.exceptions import at_exceptions, exceptions_of
from scheduler.strands.ongoing import slots_before

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints, Reals


def sampled(airings: Airings, *, first_runs: int, reruns: int, others: int, seed: int) -> Airings:
    """A sample of the candidate airings.

    Airings that locks name by title, channel and start, repeats of followers and airings in the slot that a series had
    before the horizon are always in it.

    Parameters
    ----------
    first_runs, reruns
        About this number of first runs and of reruns of series in slots is drawn.
    others
        About this number of other airings is drawn.
    seed
        Of the draw.
    """
    of_slot = _slot(airings, airings.content, airings.channel, start_clock(airings))
    of_day = airings.programme * (airings.instance.timeline.days + 2) + airings.start_minute // DAY
    first, again, other = _kinds(airings)
    random = np.random.default_rng(seed)
    drawn = [
        _drawn(np.flatnonzero(part), key, most, random)
        for part, key, most in ((first, of_slot, first_runs), (again, of_slot, reruns), (other, of_day, others))
    ]
    return _with_needed(airings, np.concatenate(drawn), of_slot)


def sampled_by_loss(airings: Airings, loss: Reals, *, first_runs: int, reruns: int, others: int) -> Airings:
    """The airings of least loss. The other parameters are those of `sampled`.

    Of first runs of series in slots whole slots are taken, a slot's loss being the least of its airings. Those that are
    always in a sample are in this one, too.

    Parameters
    ----------
    loss
        (n,) By how much a bound falls if the airing airs. Negative for airings that should be in the sample anyway.
    """
    every = np.arange(len(airings))
    of_slot = _slot(airings, airings.content, airings.channel, start_clock(airings))
    first, again, other = _kinds(airings)
    taken = [
        _least(np.flatnonzero(part), key, loss, most)
        for part, key, most in ((first, of_slot, first_runs), (again, every, reruns), (other, every, others))
    ]
    return _with_needed(airings, np.concatenate(taken), of_slot)


def _kinds(airings: Airings) -> tuple[Flags, Flags, Flags]:
    """First runs of series in slots, other runs of them, and airings of other titles, (n,) each."""
    series = airings.instance.placements.line[airings.content, airings.channel] >= 0
    first = series & (airings.run == 1)
    return first, series & ~first, ~series


def _with_needed(airings: Airings, taken: Ints, of_slot: Ints) -> Airings:
    """The taken airings, later episodes of their places, and those that are always in a sample.

    Parameters
    ----------
    taken
        (k,) Numbers of airings.
    of_slot
        (n,) As from `_slot`.
    """
    first, kept = _kinds(airings)[0], np.zeros(len(airings), dtype=bool)
    kept[taken] = True
    before, clock = _in_slots_before(airings, of_slot), start_clock(airings)
    needed = first & _later_in_places(airings, np.flatnonzero(kept & first), of_slot, clock)
    # A place that makes up for a lost one has up to twice as many episodes.
    needed |= first & _later_in_places(airings, np.flatnonzero(before & first), of_slot, clock, times=2)
    needed |= airings.locked | (airings.run >= REPEAT) | before
    locks = exceptions_of(airings.instance)
    needed |= at_exceptions(airings, locks, "first") | at_exceptions(airings, locks, "rerun")
    at = np.flatnonzero(kept | needed)
    frame = airings.frame.iloc[at].reset_index(drop=True)
    return replace(airings, frame=frame, locked=airings.locked[at])


def _slot(airings: Airings, content: Ints, channel: Ints, clock: Ints) -> Ints:
    """One number per version, channel and clock time, (k,), from arrays of the same shape."""
    return (content * len(airings.instance.channels) + channel) * DAY + clock


def _drawn(at: Ints, key: Ints, most: int, random: np.random.Generator) -> Ints:
    """Those of the airings `at` whose keys are drawn. Every key is drawn with the share that keeps about `most`."""
    keys, of = np.unique(key[at], return_inverse=True)
    return at[(random.random(len(keys)) * len(at) < most)[of]]


def _least(at: Ints, key: Ints, loss: Reals, most: int) -> Ints:
    """Those of the airings `at` whose keys have the least loss, about `most`, and those with a negative one."""
    _, of = np.unique(key[at], return_inverse=True)
    size = np.bincount(of)
    least = np.full(len(size), np.inf)
    np.minimum.at(least, of, loss[at])
    order = np.argsort(least, kind="stable")
    wanted = (np.cumsum(size[order]) <= most) | (least[order] < 0)
    kept = np.zeros(len(size), dtype=bool)
    kept[order[wanted]] = True
    return at[kept[of]]


def _later_in_places(airings: Airings, heads: Ints, of_slot: Ints, clock: Ints, *, times: int = 1) -> Flags:
    """The slots of the later episodes of places that begin with the airings `heads`, (n,).

    Parameters
    ----------
    times
        The places have up to this many times the episodes that `placement` asks for.
    """
    instance = airings.instance
    episodes = times * instance.placements.episodes[airings.content[heads], airings.channel[heads]]
    length = instance.timeline.grid * airings.column("steps")[heads]
    wanted = [np.zeros(0, dtype=np.int64)]
    for position in range(1, int(episodes.max(initial=1))):
        at, later = heads[episodes > position], position * length[episodes > position]
        wanted.append(_slot(airings, airings.content[at], airings.channel[at], (clock[at] + later) % DAY))
    return np.isin(of_slot, np.concatenate(wanted))


def _in_slots_before(airings: Airings, of_slot: Ints) -> Flags:
    """The airings in the slot that their series had before the horizon, (n,)."""
    before = list(slots_before(airings.instance).values())
    content, channel, clock = (
        np.array([getattr(slot, name) for slot in before], dtype=np.int64) for name in ("content", "channel", "clock")
    )
    return np.isin(of_slot, _slot(airings, content, channel, clock))
