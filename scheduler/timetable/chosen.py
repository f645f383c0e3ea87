"""A timetable as chosen airings: the inverse of `timetable_of`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.instance.derived.history import broadcast_day
from scheduler.instance.derived.repeats import REPEAT
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import Instance
    from scheduler.timetable.timetable import Timetable


def chosen_of(airings: Airings, timetable: Timetable) -> Flags:
    """(n,) which airings a timetable has: for a start solution, for locks, or for a comparison.

    Entries without a candidate among the airings are left out, so a timetable of another state of the instance can be
    used, too. To detect this, compare the number of chosen airings with the timetable's. Anchors are not airings. The
    airings on record, which every choice contains and no timetable lists, are chosen.
    """
    entry = np.flatnonzero(~timetable.anchor)
    at = airings.find(
        timetable.content[entry],
        timetable.channel[entry],
        timetable.start[entry],
        _run_numbers(airings, timetable, entry),
    )
    chosen = airings.past.copy()
    chosen[at[at >= 0]] = True
    return chosen


def _run_numbers(airings: Airings, timetable: Timetable, entry: Ints) -> Ints:
    """The run number of each entry: 1 + the number of earlier runs of its episode in its territory.

    An airing on a channel that is seen in several territories uses a run in each of them. A simulcast (at one instant
    on several channels) is one run.
    """
    instance = airings.instance
    codes = list(instance.file.territories)
    order = {code: at for at, code in enumerate(codes)}
    which, territory = _seen_in(instance, timetable.channel[entry], order)
    own, entry = len(entry), entry[which]
    programme = timetable.programme[entry]
    simulcast = instance.simulcasts[programme] if len(entry) else np.zeros(0, dtype=bool)
    frame = pd.DataFrame(
        {
            "programme": programme,
            "territory": territory,
            "episode": timetable.episode[entry],
            "day": airings.day_of(timetable.channel[entry], timetable.start[entry]),
            "start": timetable.start[entry],
            "channel": timetable.channel[entry],
            "instant": np.where(simulcast, timetable.start[entry], -1 - np.arange(len(entry))),
        }
    ).sort_values(["programme", "territory", "day", "start", "channel"])
    key = ["programme", "territory", "episode"]
    another = ~frame.duplicated([*key, "instant"])
    repeats = repeats_of(timetable)
    another &= ~np.isin(entry, [*repeats])[frame.index]
    run = another.groupby([frame[name] for name in key]).cumsum().astype(np.int64)
    past = [
        (programme, order[code], each.episode)
        for (programme, code), runs in instance.past.runs.items()
        for each in runs
    ]
    if past:
        before = pd.Series(1, index=pd.MultiIndex.from_tuples(past, names=key)).groupby(level=[0, 1, 2]).sum()
        run += before.reindex(pd.MultiIndex.from_frame(frame[key])).fillna(0).to_numpy(dtype=np.int64)
    numbers = run.sort_index().to_numpy(dtype=np.int64)[:own].astype(np.int64)
    for place, at in enumerate(entry[:own].tolist()):
        if at in repeats:
            channel = instance.channels[timetable.channel[at]]
            days = [broadcast_day(instance.timeline, channel, one) for one in (repeats[at], int(timetable.start[at]))]
            numbers[place] = REPEAT + days[1] - days[0]
    return numbers


def _seen_in(instance: Instance, channel: Ints, order: dict[str, int]) -> tuple[Ints, Ints]:
    """(entry, territory) for every entry and every territory that sees its channel, licensing territories first."""
    own = np.array([order[one.territory] for one in instance.channels], dtype=np.int64)
    which, territory = [np.arange(len(channel))], [own[channel]]
    for number, one in enumerate(instance.channels):
        mine = np.flatnonzero(channel == number)
        for code in dict.fromkeys(one.seen_in):
            if code != one.territory:
                which.append(mine)
                territory.append(np.full(len(mine), order[code]))
    return np.concatenate(which), np.concatenate(territory)
