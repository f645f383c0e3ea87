"""Why a programme has no airing at all."""

from scheduler.airings import build_airings
from scheduler.reasons import Reason
from scheduler.rules import load, rules_of
from tests.builders import aired, content, kz, programme, window, write


def reasons(folder, **spec):
    instance = load(write(folder, content(**spec)))
    return {item.programme: item.reason for item in build_airings(instance, rules_of(instance)).unplaceable}


def test_every_programme_without_an_airing_has_its_own_reason(tmp_path):
    windows = window("20:00", "21:00", accept={"genre": "drama"}), window("22:00", "24:00", accept={"genre": "film"})
    said = reasons(
        tmp_path,
        channels=[kz(*windows)],
        programmes=[
            programme("fits", 60),
            programme("long", 90),
            programme("news", 30, genre="news"),
            programme("aired", 60),
            programme("again", 60, runs=2),
            programme("adult", 60, age=18, genre="film"),
        ],
        history=[aired("Q.kz", f"2026-11-0{day}T15:00Z", name, 60) for day, name in ((2, "aired"), (3, "again"))],
        rules=[{"type": "age_watershed", "id": "AGE", "territories": ["KZ"], "age": 18, "barred": ["06:00", "24:00"]}],
    )
    assert set(said) == {"long", "news", "aired", "adult"}
    assert said["news"] == Reason("no_window")
    assert said["long"] == Reason("too_long")
    assert said["aired"] == Reason("runs_used")
    assert said["adult"] == Reason("rule", "AGE")
