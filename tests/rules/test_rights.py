"""The rights rows allow a set of numbered runs exactly when some assignment of episodes keeps the rights."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from tests.builders import aired, build, channel, choices, kz, programme, uz, window, write
from tests.rules.cases import RIGHTS

NIGHT = window("23:00", "24:00")
SERIES = {"two runs of two": {"runs": 2, "episodes": 2}, "three runs": {"runs": 3, "episodes": 2}}


def some_episodes_fit(airings, chosen):
    """Try every assignment of episodes to the chosen airings of the instance's one programme."""
    instance = airings.instance
    item = instance.programmes[0]
    at = np.flatnonzero(chosen)
    on_channel = [instance.past.on_channel(0, number) for number in range(len(instance.channels))]
    for number in airings.channel[at].tolist():
        on_channel[number] += 1
    used = set(airings.channel[at].tolist())
    if item.runs_channel is not None and any(on_channel[number] > item.runs_channel for number in used):
        return False
    if item.runs_total is not None and len(at) and instance.past.total(0) + len(at) > item.runs_total:
        return False
    for code in {instance.channels[number].territory for number in used}:
        here = [k for k in at.tolist() if instance.channels[airings.channel[k]].territory == code]
        here.sort(key=lambda k: (airings.broadcast_day[k], airings.start_minute[k], airings.channel[k]))
        tries = product(range(1, item.episodes + 1), repeat=len(here))
        if not any(_keeps(airings, here, episodes, instance.past.of(0, code), item) for episodes in tries):
            return False
    return True


def _keeps(airings, here, episodes, past, item):
    count = dict.fromkeys(range(1, item.episodes + 1), 0)
    last = {}
    for run in past:
        count[run.episode] += 1
        last[run.episode] = run.day
    reached = max((run.episode for run in past), default=0)
    for k, episode in zip(here, episodes, strict=True):
        day = int(airings.broadcast_day[k])
        count[episode] += 1
        if count[episode] != airings.run[k] or count[episode] > item.runs:
            return False
        if count[episode] == 1 and episode != reached + 1:
            return False
        if episode in last and day - last[episode] < item.days_between_runs:
            return False
        reached, last[episode] = max(reached, episode), day
    return True


def compare(instance, most):
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    yes = no = 0
    for chosen in choices(formulation, most):
        allowed = formulation.is_admissible(formulation.point(chosen))
        fits = some_episodes_fit(airings, chosen)
        assert allowed == fits, f"rows {allowed}, episodes {fits}:\n{airings.frame[chosen]}"
        yes, no = yes + allowed, no + (not allowed)
    assert yes
    return no


@pytest.mark.parametrize("gap", [1, 2, 3])
@pytest.mark.parametrize("name", SERIES)
def test_rows_allow_exactly_what_some_episodes_keep(tmp_path, name, gap):
    shown = [programme("series", 60, days_between_runs=gap, **SERIES[name])]
    assert compare(build(tmp_path, [kz(NIGHT)], shown, days=5), most=4)


def test_two_channels_of_one_territory(tmp_path):
    channels = [kz(NIGHT), channel("R.kz", "KZ", "Asia/Almaty", window("22:30", "23:30"))]
    shown = [programme("series", 60, days_between_runs=2, runs=2, episodes=2)]
    assert compare(build(tmp_path, channels, shown, days=3), most=4)


def test_two_territories_do_not_share_runs(tmp_path):
    shown = [programme("series", 60, runs=2, runs_total=3)]
    assert compare(build(tmp_path, [kz(NIGHT), uz(NIGHT)], shown, days=2), most=4)


@pytest.mark.parametrize("name", [name for name in RIGHTS if name.startswith("history")])
def test_history_goes_on(tmp_path, name):
    most, spec = RIGHTS[name]
    assert compare(load(write(tmp_path, spec)), most)


def test_first_runs_go_on_after_the_last_episode_that_aired(tmp_path):
    history = [aired("Q.kz", "2026-12-05T18:00Z", "series", 60, episode=2)]
    instance = build(tmp_path, [kz(NIGHT)], [programme("series", 60, episodes=3)], days=2, history=history)
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    one = np.array([True, False])
    assert formulation.is_admissible(formulation.point(one))
    assert not formulation.is_admissible(formulation.point(~np.array([False, False]))), "only episode 3 is left"
