"""Number the episodes of the chosen airings in air order.

In every territory that sees them first runs go on from the last episode that has aired there, after those before it
that history.csv says did not air; the j-th second run
repeats the episode of the j-th first run, the j-th third run that of the j-th second, and so on. Air order goes by
broadcast day first: in a territory of several zones a later moment may belong to an earlier day. The rows of the
rights rule count runs so that this always leaves the least days between two runs of an episode, and that a channel
seen in several territories shows the same episode in each. A simulcast, at one instant on several channels, is one
run. A series whose past differs between the territories of a channel is numbered by `shared_numbers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from scheduler.timetable.shared_numbers import shared_numbers

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Ints
    from scheduler.instance.derived.history import PastRun


def number_episodes(airings: Airings, at: Ints) -> Ints:
    """The episode of each airing in `at` (indices into the frame)."""
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
    """The episodes of one programme in one territory, going on from what has aired there, first the missed ones."""
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
