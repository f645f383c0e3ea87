"""The exact engine against every timetable of tiny instances: least weighted hard miss first, then value."""

from __future__ import annotations

import pytest

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.verify import verify
from tests.builders import anchor, choices, content, kz, programme, uz, window, write

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
    """(hard miss, −value) of the best of all admissible timetables, and how many there are."""
    airings = build_airings(instance, rules_of(instance))
    formulation = formulate(airings)
    found = []
    for chosen in choices(formulation, 5):
        point = formulation.point(chosen)
        if formulation.is_admissible(point):
            misses = formulation.misses(point)
            found.append((formulation.hard_miss(misses), formulation.penalty(misses) - formulation.audience(point)))
    return min(found), len(found)


@pytest.mark.parametrize("name", INSTANCES)
def test_exact_finds_the_best_of_all_timetables(name, tmp_path):
    instance = load(write(tmp_path, INSTANCES[name]))
    best, count = best_by_hand(instance)
    assert (best[0] > 0) == (name in OVER_CONSTRAINED)
    answer = solve(instance, Settings(strategy="exact", time_limit=60.0, workers=1))
    assert not answer.search.faults
    assert answer.search.best is not None
    assert (answer.search.best.hard_miss, -answer.search.best.value) == best, f"of {count} timetables"
    checked = verify(answer.timetable)
    assert answer.search.best.audience == checked.audience
    assert answer.search.best.penalty == checked.penalty
    assert (answer.status == "hard_missed") == (best[0] > 0)
    if best[0] == 0:
        assert answer.status == "optimal"
        assert answer.search.bound == answer.search.best.value
    else:
        assert answer.search.gap() is None
