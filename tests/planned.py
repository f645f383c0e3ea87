"""A small instance with everything that reports and exports show, and its timetable."""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from functools import lru_cache
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import CommandFailed
from scheduler.cli.main import parity
from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.solve.answer_files import result_text
from scheduler.timetable import read_timetable, timetable_csv
from tests.builders import anchor, content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.timetable import Timetable

PROGRAMMES = [
    programme(
        "k1", 45, versions="kaz:original;uzb:dubbed", episodes=4, runs=2, titles="uzb:Bir;rus:Один", appeal="2.5"
    ),
    programme("k2", 100, genre="film", age=18, versions="kaz:original;uzb:subtitled"),
    programme("u1", 47, origin="UZ", versions="uzb:original;kaz:dubbed", episodes=9, title="<b>Ўзбек & ко</b>"),
    programme("u2", 30, origin="UZ:0.5;KZ:0.5", versions="uzb:original;kaz:dubbed", episodes=3, genre="documentary"),
]
RULES = [
    {"type": "quota", "id": "DOM", "territories": ["KZ"], "select": {"origin": "domestic"}, "least_share": 0.4,
     "period": "day", "source": "a law, art. 1", "text": "official", "reading": "plain",
     "in_force_checked": "2026-11-27"},
    {"type": "quota", "id": "SOFT", "territories": ["UZ"], "select": {"genre": "film"}, "least_minutes": 900,
     "period": "day", "hard": False, "price": 10},
]  # fmt: skip
AGREEMENTS = [
    {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [
        {"measure": "minutes", "period": "week", "tolerance": 0.2, "floor": 10, "least": 40},
        {"measure": "titles", "period": "horizon", "tolerance": 0.5, "least": 1},
        {"measure": "audience", "period": "cumulative", "tolerance": 0.9}]},
]  # fmt: skip


def plan(folder: Path, days: int = 2) -> Path:
    """Write the instance and its timetable into a folder; the timetable is in `out`."""
    channels = [
        kz(window("18:00", "20:00"), window("23:00", "25:30")),
        uz(window("21:00", "24:00")),
    ]
    anchors = [
        anchor("news", "Q.kz", "20:00", "20:30", age=6, title="=1+1"),
        anchor("feed", "O.uz", "20:00", "20:40", origin="RU", audio="rus", delivery="relay", date="2026-12-07"),
    ]
    spec = content(channels, PROGRAMMES, rules=RULES, agreements=AGREEMENTS, anchors=anchors, days=days, grid=15)
    write(folder, spec)
    answer = solve(load(folder), Settings(strategy="exact", time_limit=20.0))
    assert answer.timetable is not None
    (folder / "out").mkdir()
    (folder / "out" / "timetable.csv").write_text(timetable_csv(answer.timetable), encoding="utf-8")
    (folder / "out" / "result.json").write_text(result_text(answer), encoding="utf-8")
    return folder


@lru_cache(maxsize=4)
def timetable_at(folder: Path) -> Timetable:
    """The timetable in `out` of an instance's folder."""
    return read_timetable(load(folder), folder / "out" / "timetable.csv")


def command(*words: object) -> tuple[int, str]:
    """Run `parity` in this process. Returns its exit code and its whole output."""
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as err:
        try:
            code = parity.main([str(word) for word in words], standalone_mode=False)
        except CommandFailed as failure:
            code = failure.exit_code
            err.write(failure.message)
        except click.ClickException as error:
            code = 2
            err.write(error.format_message())
    return code, out.getvalue() + err.getvalue()
