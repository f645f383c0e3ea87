"""Tiny instances with placed series, and every timetable of them."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highspy
import numpy as np
from scipy import sparse

from scheduler.rules import RIGID
from scheduler.solve.params import DEFAULTS
from scheduler.solve.programs.highs import QuietHighs
from scheduler.solve.search.time_limit import Budget, Meter
from scheduler.solve.strands.first_order import FirstOrder
from scheduler.solve.strands.program import StrandProgram
from scheduler.solve.strands.projection import Projection
from scheduler.solve.strands.restricted import RestrictedProgram
from tests.builders import aired, anchor, build, channel, choices, kz, programme, uz, window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.solve.strand_params import StrandParams
    from scheduler.solve.strands.relaxation import RelaxedColumns

EVENING = window("19:00", "20:00")
STRIP = [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all", "mon, tue"]}]
SERIES = programme("series", 30, episodes=3, appeal=1.5)
FILM = programme("film", 30, genre="film", appeal=2.5)
SOFT_LEAST = {
    "type": "quota",
    "id": "FILMS",
    "select": {"genre": "film"},
    "least_count": 2,
    "period": "horizon",
    "hard": False,
    "price": 3000,
}
PARITY = {
    "type": "parity",
    "id": "P",
    "parties": ["KZ", "UZ"],
    "measures": [
        {"measure": "minutes", "period": "horizon", "tolerance": 0.2, "least": 60},
        {"measure": "titles", "period": "horizon", "tolerance": 0.5, "least": 1},
    ],
}
THEIRS = programme("theirs", 30, episodes=2, origin="UZ", versions="uzb:original", appeal=1.7)

TWO_ZONES = {
    "channels": [kz(EVENING), channel("B.az", "AZ", "Asia/Baku", window("18:00", "18:30"))],
    "territories": {"KZ": {"name": "Kazakhstan"}, "AZ": {"name": "Azerbaijan"}},
    "days": 2,
}

CASES: dict[str, dict[str, Any]] = {
    "a series and a film": {"channels": [kz(EVENING)], "programmes": [SERIES, FILM], "days": 2, "rules": [SOFT_LEAST]},
    "sister channels": {
        "channels": [kz(window("19:00", "19:30")), channel("R.kz", "KZ", "Asia/Almaty", window("21:00", "21:30"))],
        "programmes": [SERIES, FILM],
        "days": 3,
    },
    "parity": {
        "channels": [kz(window("19:00", "19:30")), uz(window("19:00", "19:30"))],
        "programmes": [SERIES, THEIRS],
        "agreements": [PARITY],
        "days": 2,
    },
    "reruns in one slot": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [programme("series", 30, episodes=2, runs=2)],
        "days": 3,
    },
    # Reruns may air at 18:00 on the second and third day, at 18:30 on the first and third. Films fill the third day.
    # The rows of the slots admit half of each slot with its good day whole, but a series has one slot.
    "each slot of reruns has one good day": {
        "channels": [kz(window("18:00", "19:00"))],
        "programmes": [
            programme("series", 30, episodes=8, runs=2, appeal=3.0),
            *(programme(name, 30, genre="film", appeal=5.0, rights_from="2026-12-09") for name in "fg"),
        ],
        "history": [aired("Q.kz", f"2026-11-{day}T14:30Z", "series", 30, episode=day - 19) for day in range(20, 28)],
        "anchors": [
            anchor("one", "Q.kz", "18:00", "18:30", date="2026-12-07"),
            anchor("two", "Q.kz", "18:30", "19:00", date="2026-12-08"),
        ],
        "days": 3,
    },
    "a premiere in two zones": {
        **TWO_ZONES,
        "programmes": [SERIES, {**THEIRS, "episodes": 2}],
        "rules": [{"type": "premiere", "id": "J", "select": {"programme": "series"}, "parties": ["KZ", "AZ"]}],
    },
    "a strand that is a link-up": {
        **TWO_ZONES,
        "programmes": [SERIES, FILM],
        "rules": [
            {"type": "link_up", "id": "L", "programmes": ["series"], "channels": ["Q.kz", "B.az"], "times": 2},
        ],
    },
    "a lock off the slot": {
        "channels": [kz(EVENING)],
        "programmes": [SERIES, FILM],
        "locks": [aired("Q.kz", "2026-12-08T14:30Z", "series", 30)],
        "days": 3,
    },
    "an anchor in the slot": {
        "channels": [kz(EVENING)],
        "programmes": [SERIES, FILM],
        "anchors": [anchor("speech", "Q.kz", "19:00", "19:30", date="2026-12-08")],
        "days": 3,
    },
    "goes on, and its slot is gone": {
        "channels": [kz(EVENING)],
        "programmes": [programme("series", 30, episodes=9), FILM],
        "history": [aired("Q.kz", "2026-12-06T09:30Z", "series", 30)],
        "days": 2,
    },
    "goes on": {
        "channels": [kz(EVENING)],
        "programmes": [programme("series", 30, episodes=9, appeal=0.2), FILM],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "series", 30)],
        "days": 2,
    },
    "a named slot at the worse hour": {
        "channels": [kz(EVENING, slots=[{"name": "serial", "days": "all", "start": "19:00"}])],
        "programmes": [SERIES, FILM],
        "days": 2,
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "free_start_price": 5000}],
    },
    "two episodes in a place": {
        "channels": [kz(window("19:00", "20:00", start_every=60))],
        "programmes": [{**SERIES, "minutes": 25}, FILM],
        "days": 2,
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "episodes_per_place": 2}],
        "rules": [{"type": "runs_per_day", "id": "once", "most": 1}],
    },
    "a film of two steps": {
        "channels": [kz(EVENING)],
        "programmes": [{**SERIES, "episodes": 2}, FILM, programme("long", 60, genre="film", appeal=2.2)],
        "days": 2,
    },
    "a hard least out of reach": {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [SERIES, FILM],
        "rules": [{**SOFT_LEAST, "hard": True, "price": None, "least_count": 9}],
        "days": 2,
    },
}


def built(folder: Path, name: str) -> Instance:
    given = {"placement": STRIP, **CASES[name]}
    given["rules"] = [{k: v for k, v in rule.items() if v is not None} for rule in given.get("rules", ())]
    return build(folder, given.pop("channels"), given.pop("programmes"), **given)


def admissible(formulation: Formulation) -> list[np.ndarray]:
    """The points of all timetables that break no rigid row."""
    points = [formulation.point(chosen) for chosen in choices(formulation, 6)]
    return [point for point in points if formulation.is_admissible(point)]


def merit(formulation: Formulation, point: np.ndarray) -> tuple[int, int]:
    misses = formulation.misses(point)
    return formulation.hard_miss(misses), formulation.penalty(misses) - formulation.audience(point)


def first_order(
    program: StrandProgram,
    params: StrandParams = DEFAULTS.strands,
    budget: Budget | None = None,
    offer: Callable[[float], object] = lambda _: None,
    *,
    cuts: bool = True,
) -> RelaxedColumns:
    """The relaxation by the first-order method, in one instalment and one thread."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        method = FirstOrder(program, params, pool, cuts=cuts)
        method.run(budget or Budget(Meter(counted=True), math.inf), offer)
        return method.best


def relaxation(program: StrandProgram) -> float:
    """The optimum of the linear relaxation, by simplex."""
    highs, mip = QuietHighs(), RestrictedProgram(program)
    highs.setOptionValue("threads", 1)  # as everywhere: HiGHS refuses another number later in the same process
    highs.passModel(mip.lp(relaxed=True))
    highs.run()
    assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return mip.bound_of(highs.getInfo().objective_function_value)


def with_limits(program: StrandProgram) -> StrandProgram:
    """The program with a row x_a − s_k ≤ 0 for every rerun a of a slot k."""
    found = Projection.of(program, cuts=True)
    count, none = len(found.limits.column), np.zeros(len(found.limits.column))
    at = np.arange(count)
    entries = np.concatenate([none + 1, none - 1])
    columns = np.concatenate([found.limits.column, found.slot_column[found.limit_slot]])
    rows = sparse.csr_array((entries, (np.concatenate([at, at]), columns)), shape=(count, program.column_count))
    return replace(
        program,
        matrix=sparse.csr_array(sparse.vstack([program.matrix, rows])),
        lower=np.concatenate([program.lower, none - np.inf]),
        upper=np.concatenate([program.upper, none]),
        kind=np.concatenate([program.kind, np.full(count, RIGID, dtype=np.int8)]),
        miss_step=np.concatenate([program.miss_step, none + 1]),
        price=np.concatenate([program.price, none]),
        origin=np.concatenate([program.origin, none.astype(np.int64) - 1]),
    )
