"""Cases that the tests of the engines share: tiny instances of every kind of row, and what is built from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.solve import Budget, Settings
from scheduler.solve.annealing.simulated_annealing import Annealing
from scheduler.solve.greedy import greedy
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.linear_rows import linear_rows
from scheduler.solve.relaxation.lagrangian import hard_price, projected, relax
from scheduler.solve.relaxation.master import Master
from scheduler.solve.relaxation.pricing import Pricer
from scheduler.solve.relaxation.reduced_costs import ReducedCosts
from scheduler.solve.scale import shared_context
from scheduler.solve.search.incumbent import Search
from tests.builders import aired, anchor, choices, content, formulated, kept_choices, kz, programme, uz, window, write

PAIR = [kz(window("22:00", "23:30")), uz(window("22:00", "23:30"))]
SHOWN = [
    programme("ours", 45, appeal=1.3),
    programme("short", 30, genre="film", age=18, appeal=1.1),
    programme("theirs", 40, origin="UZ", versions="uzb:original", appeal=1.7),
    programme("joint", 60, origin="KZ:1/3;UZ:2/3", appeal=0.6),
]
DOMESTIC = {"type": "quota", "id": "DOM", "select": {"origin": "domestic"}, "least_share": 0.55, "period": "day"}
FILMS = {"type": "quota", "id": "FILM", "select": {"genre": "film"}, "least_minutes": 60, "period": "day"}
NO_FILM = {"type": "quota", "id": "NOFILM", "select": {"genre": "film"}, "most_minutes": 20, "period": "day"}
DRAMA = {"type": "quota", "id": "DRAMA", "select": {"genre": "drama"}, "least_count": 2, "period": "day"}
PRICED = {"hard": False, "price": 400}


def parity(*measures, **more):
    return {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": list(measures), **more}


MINUTES = {"measure": "minutes", "period": "horizon", "tolerance": 0.1, "least": 30}
TITLES = {"measure": "titles", "period": "horizon", "tolerance": 0, "least": 1}
AUDIENCE = {"measure": "audience", "period": "day", "tolerance": 0.2, "floor": 500}

INSTANCES = {
    "no rules": content(PAIR, SHOWN),
    "parity": content(PAIR, SHOWN, agreements=[parity(MINUTES, TITLES)]),
    "soft parity": content(PAIR, SHOWN, agreements=[parity(MINUTES, AUDIENCE, **PRICED)], rules=[DOMESTIC]),
    "prices against each other": content(
        PAIR, SHOWN, rules=[{**DOMESTIC, **PRICED}, {**FILMS, **PRICED, "price": 90}, {**DRAMA, **PRICED}]
    ),
    "over-constrained": content(PAIR, SHOWN, rules=[FILMS, NO_FILM, DOMESTIC]),
    "over-constrained parity": content(
        PAIR, SHOWN[:3], agreements=[parity({**MINUTES, "least": 200}, TITLES)], rules=[{**DRAMA, **PRICED}]
    ),
    "reruns": content(
        [kz(window("23:00", "24:00"))],
        [programme("series", 60, runs=2, episodes=2, days_between_runs=2, appeal=1.5)],
        days=4,
        rules=[{"type": "quota", "id": "FIRST", "select": {"run": "first"}, "most_count": 1, "period": "horizon"}],
    ),
    "anchors and dull programmes": content(
        [kz(window("22:00", "24:00"), fallback={"appeal": 1.2})],
        SHOWN[:3],
        anchors=[anchor("news", "Q.kz", "22:50", "23:10")],
        rules=[{**DRAMA, "least_count": 1}],
        grid=15,
    ),
    "nothing fits": content([kz(window("22:00", "23:00"))], [programme("ours", 45, territories="UZ")], rules=[DRAMA]),
}


OVER_CONSTRAINED = {"over-constrained", "over-constrained parity", "nothing fits"}


def best_by_hand(instance):
    """(hard miss, −value) of the best admissible timetable, and the number of admissible timetables."""
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    found = []
    for chosen in choices(formulation, 5):
        point = formulation.point(chosen)
        if formulation.is_admissible(point):
            misses = formulation.misses(point)
            found.append((formulation.hard_miss(misses), formulation.penalty(misses) - formulation.audience(point)))
    return min(found), len(found)


NAMES = [name for name in INSTANCES if name != "nothing fits"]
DAILY = {"type": "quota", "id": "FILM", "select": {"genre": "film"}, "least_minutes": 50, "period": "day"}
KNAPSACKS = content(
    [kz(window("21:00", "22:30")), uz(window("22:00", "23:00"))],
    [programme("a", 30, genre="film"), programme("b", 40, appeal=1.9), programme("c", 25, genre="film", appeal=0.5)],
    rules=[
        {**DAILY, "territories": ["KZ"]},
        {**DAILY, "id": "SOFT", "territories": ["UZ"], "hard": False, "price": 130},
    ],
)
SPECS = {**{name: INSTANCES[name] for name in NAMES}, "knapsacks": KNAPSACKS}
KEEPABLE = sorted(set(SPECS) - OVER_CONSTRAINED)
LOCKED = content(
    [kz(window("21:00", "23:30")), uz(window("22:00", "23:30"))],
    SHOWN,
    locks=[aired("Q.kz", "2026-12-07T17:00:00Z", "short", 30)],
    days=2,
)
LOCKABLE = {**INSTANCES, "locked": LOCKED}
ALL = {**SPECS, **LOCKABLE}
CLOSENESS = 1e-5
ENDLESS = Budget.of_seconds(1e9)
"""As good as no limit."""


def formulation_of(tmp_path, name):
    """The formulation of a named instance."""
    return formulated(load(write(tmp_path, ALL[name])))


def restart_with(search, settings):
    """Go on under other settings, from now on."""
    search.settings = settings
    search.restart()


class Left(Budget):
    """A budget whose `left()` is the result of a function."""

    def __init__(self, left):
        super().__init__(ENDLESS._meter, 1e9)
        self.left = left


def attempts(count):
    """A budget for a number of attempts: that often something is left, then nothing."""
    left = iter([1.0] * count)
    return Left(lambda: next(left, 0.0))


def best_without_hard_miss(formulation):
    """The best value over all timetables that miss no hard row; None where there is none."""
    return max((value for value, _ in kept_choices(formulation)), default=None)


def groupings(formulation):
    """Blocks from the rows, one block per window, one block for all."""
    windows = len(formulation.window_start)
    return [None, np.arange(windows), np.zeros(windows, dtype=np.int64)]


def some_duals(formulation, rows, pricer):
    """The relaxation's duals, none, and random ones of every size."""
    master = Master(formulation, rows, hard_price(formulation, pricer))
    yield relax(master, pricer, lambda bound: None, ENDLESS, closeness=1e-7).duals
    yield np.zeros(rows.count)
    random = np.random.default_rng(5)
    unit = np.abs(formulation.value).max(initial=1) / rows.size
    for size in (0.01, 0.1, 0.3, 1.0):
        yield projected(rows, size * unit * random.normal(size=rows.count))


def strengthened(blocks, count=1000):
    """Every bound that is offered within a number of attempts."""
    offered = []
    blocks.strengthen(offered.append, attempts(count), closeness=CLOSENESS)
    return offered


def params_of(**values):
    """The default parameters but for a dict of values per method."""
    return DEFAULTS.model_copy(update={name: getattr(DEFAULTS, name).but(**each) for name, each in values.items()})


FEW_WINDOWS = params_of(penalties={"few_windows": 2})
"""Where rows over three windows are coupling ones already."""


def context_of(formulation, params=DEFAULTS, settings=None):
    """The context of a search from the greedy start, with no duals: rewards are values."""
    settings = settings or Settings(deterministic=True, time_limit=0.5)
    search = Search(formulation, replace(settings, params=params))
    greedy(search)
    value = formulation.value.astype(np.float64)
    regret, best = Pricer(formulation).regrets(value)
    none = np.zeros(len(formulation.lower))
    unit = max(1.0, float(value.mean()))
    reduced_costs = ReducedCosts(none, value, regret, best, np.zeros(0, dtype=np.int64), none, best, unit)
    return shared_context(search, linear_rows(formulation), reduced_costs)


def annealing_of(formulation, seed=1, params=DEFAULTS):
    """An annealing from the greedy start, with no duals."""
    return Annealing(context_of(formulation, params), seed)
