"""Number the episodes of the chosen airings in air order.

In every territory, first runs show the episodes that history.csv marks as not aired, then the episodes after the last
one that has aired there. The j-th second run shows the episode of the j-th first run, the j-th third run that of the
j-th second run, and so on. Air order is by broadcast day first, because in a territory with several zones a later
moment may belong to an earlier day.

The rows of the rule on rights guarantee two invariants: there are always enough days between two runs of an episode,
and a channel that is seen in several territories shows the same episode in all of them. A simulcast (at one instant on
several channels) is one run. If the past runs of a series differ between the territories of a channel, `shared_numbers`
numbers the series. A repeat that uses no run has the run number REPEAT + k and shows the first run of k days before on
its channel.

"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.instance.derived.repeats import REPEAT
from scheduler.strands import past_first_runs
from scheduler.timetable.shared_numbers import shared_numbers

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance.derived.history import PastRun


def number_episodes(airings: Airings, at: Ints) -> Ints:
    """The episode of each airing in `at` (indices into the frame)."""
    again = airings.run[at] >= REPEAT
    episodes = np.zeros(len(at), dtype=np.int64)
    episodes[~again] = _of_runs(airings, at[~again])
    if again.any():
        episodes[again] = _of_repeats(airings, at[again], at[~again], episodes[~again])
    return episodes


def _of_repeats(airings: Airings, at: Ints, runs: Ints, episodes: Ints) -> list[int]:
    """The episodes of repeats: those of the first runs on their channel and day, in order.

    0 if there is no first run.
    """
    instance = airings.instance
    aired: dict[tuple[int, int, int], list[int]] = {}
    for programme in np.unique(airings.programme[at]).tolist():
        for one in past_first_runs(instance, programme):
            aired.setdefault((programme, one.channel, one.day), []).append(one.episode)
    frame = pd.DataFrame(
        {"programme": airings.programme, "channel": airings.channel, "start": airings.start_minute}, copy=False
    )
    first = airings.run[runs] == 1
    table = frame.iloc[runs[first]].assign(day=airings.broadcast_day[runs[first]], episode=episodes[first])
    for (programme, channel, day), group in table.sort_values("start").groupby(["programme", "channel", "day"]):
        aired.setdefault((programme, channel, day), []).extend(group["episode"].tolist())
    later = airings.run[at] - REPEAT
    again = frame.iloc[at].assign(day=airings.broadcast_day[at] - later, later=later).reset_index(drop=True)
    key = ["programme", "channel", "day"]
    place = again.sort_values("start").groupby([*key, "later"]).cumcount().sort_index()
    keys = zip(*(again[name].tolist() for name in key), strict=True)
    return [
        shown[number % len(shown)] if (shown := aired.get(of, [])) else 0
        for of, number in zip(keys, place.tolist(), strict=True)
    ]


def _of_runs(airings: Airings, at: Ints) -> Ints:
    """The episode of each run in `at`."""
    airing, territory = airings.seen_in(at)
    programme, start = airings.programme[airing], airings.start_minute[airing]
    simulcast = airings.instance.simulcasts[programme] if len(airing) else np.zeros(0, dtype=bool)
    frame = pd.DataFrame(
        {
            "programme": programme,
            "territory": territory,
            "run": airings.run[airing],
            "start": start,
            "channel": airings.channel[airing],
            "day": airings.broadcast_day[airing],
            "instant": np.where(simulcast, start, -1 - np.arange(len(airing))),
        }
    ).sort_values(["programme", "territory", "day", "start", "channel", "run"])
    one_run = ["programme", "territory", "run", "instant"]
    runs = frame.drop_duplicates(one_run).copy()
    runs["episode"] = runs.groupby(["programme", "territory", "run"]).cumcount() + 1
    codes = list(airings.instance.file.territories)
    for (number, code), past in airings.instance.past.runs.items():
        group = runs[(runs["programme"] == number) & (runs["territory"] == codes.index(code))]
        if len(group):
            episodes = airings.instance.programmes[number].episodes
            to_come = airings.instance.past.to_come(number, code, episodes)
            runs.loc[group.index, "episode"] = _continued(group, past, to_come, episodes)
    if len(runs) < len(frame):
        by_run = runs.set_index(one_run)["episode"]
        frame["episode"] = by_run.reindex(pd.MultiIndex.from_frame(frame[one_run])).to_numpy()
        runs = frame
    numbered = runs["episode"].sort_index().to_numpy(dtype=np.int64)[: len(at)].copy()
    for number in np.flatnonzero(airings.numbered_apart).tolist():
        mine = np.flatnonzero(airings.programme[at] == number)
        shared = shared_numbers(airings, at[mine]) if len(mine) else None
        if shared is not None:
            numbered[mine] = shared
    return numbered


def _continued(group: pd.DataFrame, past: tuple[PastRun, ...], to_come: list[int], episodes: int) -> list[int]:
    """The episodes of one programme's runs in one territory: first missed episodes, then those after the last aired."""
    runs = dict.fromkeys(range(1, episodes + 1), 0)
    last = dict.fromkeys(range(1, episodes + 1), -(10**9))
    for run in past:
        runs[run.episode] = runs.get(run.episode, 0) + 1
        last[run.episode] = max(last.get(run.episode, run.day), run.day)
    numbered = []
    for run_number, day in zip(group["run"].tolist(), group["day"].tolist(), strict=True):
        ready = [one for one, count in runs.items() if count == run_number - 1 and (one in to_come or count)]
        episode = min(ready, key=lambda episode: (last[episode], episode), default=0)
        if episode:
            runs[episode] += 1
            last[episode] = day
        numbered.append(episode)
    return numbered
