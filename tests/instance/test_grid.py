"""Starts that a window asks for, and the clock of a channel, must fit the grid: nothing could air there otherwise."""

from __future__ import annotations

import pytest

from scheduler.instance import InputError
from tests.builders import build, channel, kz, programme, window


def refusal(folder, *channels, grid):
    with pytest.raises(InputError) as caught:
        build(folder, list(channels), [programme("a", 60)], grid=grid)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("grid", "every", "said"),
    [
        (10, 15, "start_every: 15 is no multiple of grid_minutes: 10; write 10, 20, 30 or 60, or grid_minutes: 5"),
        (12, 20, "start_every: 20 is no multiple of grid_minutes: 12; write 12 or 60, or grid_minutes: 4"),
        (5, 1, "start_every: 1 is no multiple of grid_minutes: 5; write 5, 10, 15, 20, 30 or 60, or grid_minutes: 1"),
        (60, 30, "start_every: 30 is no multiple of grid_minutes: 60; write 60, or grid_minutes: 30"),
    ],
)
def test_starts_that_are_no_grid_steps_are_refused_at_their_place(tmp_path, grid, every, said):
    (problem,) = refusal(tmp_path, kz(window("18:00", "20:00", start_every=every)), grid=grid)
    assert problem.startswith("instance.yaml:")
    assert problem.endswith(said)
    line = int(problem.split(":")[1])
    assert "start_every" in (tmp_path / "instance.yaml").read_text().splitlines()[line - 1]


@pytest.mark.parametrize(
    ("zone", "grid", "said"),
    [
        ("Asia/Kathmandu", 10, "(UTC+5:45) no programme could start on grid_minutes: 10; write grid_minutes: 3 or 5"),
        ("Asia/Kathmandu", 30, "(UTC+5:45) no programme could start on grid_minutes: 30; write grid_minutes: 5 or 15"),
        ("Asia/Kolkata", 60, "(UTC+5:30) no programme could start on grid_minutes: 60; write grid_minutes: 15 or 30"),
        ("America/St_Johns", 60, "(UTC-3:30) no programme could start on grid_minutes: 60; write"),
    ],
)
def test_a_clock_that_no_grid_step_fits_is_refused_at_its_zone(tmp_path, zone, grid, said):
    (problem,) = refusal(tmp_path, channel("N", "KZ", zone, window("18:00", "20:00")), grid=grid)
    assert said in problem
    line = int(problem.split(":")[1])
    assert zone in (tmp_path / "instance.yaml").read_text().splitlines()[line - 1]


@pytest.mark.parametrize(("zone", "grid"), [("Asia/Kathmandu", 15), ("Asia/Kolkata", 30), ("Asia/Almaty", 60)])
def test_a_clock_that_fits_has_starts(tmp_path, zone, grid):
    instance = build(tmp_path, [channel("N", "KZ", zone, window("18:00", "20:00"))], [programme("a", 60)], grid=grid)
    windows = instance.windows
    assert (windows.first_start < windows.last_step).all()
    assert (windows.every > 0).all()


def test_a_channel_without_windows_may_have_any_clock(tmp_path):
    build(tmp_path, [kz(window("18:00", "20:00")), channel("N", "KZ", "Asia/Kathmandu")], [programme("a", 60)], grid=10)
