"""Suggested values of runs after the horizon: what a run brings on the days that follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from scheduler.cli.failure import DONE, INPUT, NOTHING
from scheduler.cli.keep_values import variant_text
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.solve.keep_values import suggested_keep_values
from tests.builders import build, content, kz, programme, window, write
from tests.planned import command

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance

EVENING = window("19:00", "19:30")
FILM = programme("film", 30, genre="film", appeal=2)
STOPGAP = programme("talk", 30, runs=9, appeal="1.5")
SETTINGS = Settings(strategy="exact", time_limit=30, workers=1)


def viewers(monday: int, tuesday: int) -> list[dict[str, Any]]:
    """Viewers of two evenings, on every other day and hour 100."""
    evening = {"mon": monday, "tue": tuesday, "wed-sun": 100}
    return [
        {"channel": "Q.kz", "days": days, "hour": hour, "viewers": seen if hour == 19 else 100}
        for days, seen in evening.items()
        for hour in range(24)
    ]


def built(folder: Path, monday: int, tuesday: int, **film: Any) -> Instance:
    return build(folder, [kz(EVENING)], [{**FILM, **film}, STOPGAP], audience=viewers(monday, tuesday), days=1)


def is_between(values: dict[str, int] | None, least: int, most: int) -> bool:
    """Whether the film is worth 30 minutes of some viewers, and the talk nothing.

    Duals of a relaxation are not unique: each between what the run brings here and on the day after is right.
    """
    assert values is not None
    return 30 * least <= values["film"] <= 30 * most and values["talk"] == 0


def test_a_run_is_worth_no_more_than_on_the_day_after_and_no_less_than_here(tmp_path):
    """On Tuesday the film has 2 · 900 viewers and the talk in its place 1.5 · 900, on Monday 2 · 300 and 1.5 · 300."""
    assert is_between(suggested_keep_values(built(tmp_path, 300, 900), SETTINGS), 150, 450)


def test_a_second_run_left_for_tuesday_makes_the_first_free(tmp_path):
    assert suggested_keep_values(built(tmp_path, 300, 900, runs=2), SETTINGS) == {"film": 0, "talk": 0}


def test_no_run_is_kept_that_the_longer_horizon_uses_now(tmp_path):
    """Monday is better: the run is worth elsewhere what Tuesday would bring, less than it brings on Monday."""
    assert is_between(suggested_keep_values(built(tmp_path, 900, 300), SETTINGS), 150, 450)


def test_with_the_values_one_day_leaves_the_run_to_the_next(tmp_path):
    made = content([kz(EVENING)], [FILM, STOPGAP], audience=viewers(300, 900), days=1)
    instance = load(write(tmp_path, made))
    values = suggested_keep_values(instance, SETTINGS)
    assert values is not None
    variant = tmp_path / "keep.yaml"
    variant.write_text(variant_text(instance, values), encoding="utf-8")
    shown = {}
    for name, folder in (("without", load(tmp_path)), ("with", load(tmp_path, [variant]))):
        table = solve(folder, SETTINGS).timetable
        assert table is not None
        shown[name] = [folder.programmes[number].programme for number in table.programme.tolist()]
    assert shown == {"without": ["film"], "with": ["talk"]}


def test_series_in_slots_do_not_stand_in_the_way(tmp_path):
    series = programme("s", 30, episodes=9, appeal="0.1")
    instance = build(
        tmp_path,
        [kz(EVENING, window("10:00", "10:30"))],
        [FILM, STOPGAP, series],
        audience=viewers(300, 900),
        days=1,
        placement=[{"select": {"programme": "s"}, "as": "strand"}, {"as": "free"}],
    )
    values = suggested_keep_values(instance, SETTINGS)
    assert is_between({**values, "talk": 0}, 150, 450)
    assert values["s"] == 0


def test_a_value_of_before_is_not_part_of_a_new_one(tmp_path):
    assert is_between(suggested_keep_values(built(tmp_path, 300, 900, keep_value=10**6), SETTINGS), 150, 450)


def test_hard_rules_that_clash_give_no_values(tmp_path):
    rule = {"type": "quota", "id": "FILMS", "select": {"genre": "film"}, "least_count": 9, "period": "horizon"}
    folder = write(tmp_path, content([kz(EVENING)], [FILM, STOPGAP], days=1, rules=[rule]))
    assert suggested_keep_values(load(folder), SETTINGS) is None
    code, said = command("solve", folder, "--suggest-keep-values")
    assert code == NOTHING
    assert "no values" in said


def test_the_command_prints_a_variant(tmp_path):
    folder = write(tmp_path, content([kz(EVENING)], [FILM, STOPGAP], audience=viewers(300, 900), days=1))
    code, said = command("solve", folder, "--suggest-keep-values", "--quiet")
    assert code == DONE
    rows = yaml.safe_load(said)["tables"]["programmes"]
    assert is_between({"talk": 0, "film": rows["film"]["keep_value"]}, 150, 450)
    assert "talk" not in rows


def test_without_the_option_a_folder_for_the_answer_is_needed(tmp_path):
    folder = write(tmp_path, content([kz(EVENING)], [FILM], days=1))
    code, said = command("solve", folder)
    assert code == INPUT
    assert "--out" in said
