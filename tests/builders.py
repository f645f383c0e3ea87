"""Tiny instances in a few lines: the folder of an instance is written, then loaded."""

from __future__ import annotations

import csv
import io
import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.generate import generate, suite
from scheduler.rules import load, rules_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from scheduler.formulation import Formulation
    from scheduler.instance import Instance

TERRITORIES = {"KZ": {"name": "Kazakhstan"}, "UZ": {"name": "Uzbekistan"}}


def window(start: str, end: str, days: str = "all", **more: Any) -> dict[str, Any]:
    return {"days": days, "start": start, "end": end, **more}


def channel(id_: str, territory: str, zone: str, *windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "id": id_,
        "name": id_,
        "territory": territory,
        "zone": zone,
        "languages": ["kaz" if territory == "KZ" else "uzb"],
        "windows": list(windows),
        **more,
    }


def kz(*windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return channel("Q.kz", "KZ", "Asia/Almaty", *windows, **more)


def uz(*windows: dict[str, Any], **more: Any) -> dict[str, Any]:
    return channel("O.uz", "UZ", "Asia/Tashkent", *windows, **more)


def programme(id_: str, minutes: int, **more: Any) -> dict[str, Any]:
    row = {
        "programme": id_,
        "title": id_.upper(),
        "genre": "drama",
        "origin": "KZ",
        "minutes": minutes,
        "versions": "kaz:original",
    }
    return {**row, **more}


def anchor(id_: str, channel_: str, start: str, end: str, **more: Any) -> dict[str, Any]:
    row = {"anchor": id_, "channel": channel_, "start": start, "end": end, "title": id_.upper(), "genre": "news"}
    when = {} if "date" in more else {"days": "all"}
    return {**row, "origin": "KZ", "audio": "kaz", **when, **more}


def aired(channel_: str, start_utc: str, programme_: str, minutes: int, **more: Any) -> dict[str, Any]:
    row = {"channel": channel_, "start_utc": start_utc, "duration_min": minutes, "programme": programme_}
    return {**row, "episode": 1, "run": "first", "version_language": "kaz", "version_kind": "original", **more}


def curve(channels: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Viewers that differ by channel and hour and are not multiples of one another."""
    return [
        {"channel": one["id"], "days": "all", "hour": hour, "viewers": 100 + 37 * number + 11 * hour}
        for number, one in enumerate(channels)
        for hour in range(24)
    ]


def table_text(rows: Iterable[dict[str, Any]], header: Iterable[str] = ()) -> str:
    rows = list(rows)
    names = list(dict.fromkeys([*header, *(name for row in rows for name in row)]))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue()


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> Path:
    """Write rows as a CSV file, with the columns of all of them."""
    path.write_text(table_text(rows), encoding="utf-8")
    return path


def content(
    channels: list[dict[str, Any]],
    programmes: list[dict[str, Any]],
    *,
    rules: Iterable[dict[str, Any]] = (),
    agreements: Iterable[dict[str, Any]] = (),
    anchors: Iterable[dict[str, Any]] = (),
    history: Iterable[dict[str, Any]] = (),
    locks: Iterable[dict[str, Any]] = (),
    audience: list[dict[str, Any]] | None = None,
    start: str = "2026-12-07",
    days: int = 1,
    grid: int = 30,
    territories: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An instance as plain values: the yaml file and a list of rows per table."""
    file = {
        "format": 2,
        "name": "tiny",
        "horizon": {"start": start, "days": days},
        "grid_minutes": grid,
        "territories": territories or TERRITORIES,
        "placement": [{"as": "free"}],
        "channels": channels,
        "agreements": [_of_the_sum(one) for one in agreements],
        "rules": list(rules),
        **more,
    }
    return {
        "instance.yaml": file,
        "programmes.csv": programmes,
        "audience.csv": curve(channels) if audience is None else audience,
        "anchors.csv": list(anchors),
        "history.csv": list(history),
        "locks.csv": list(locks),
    }


def _of_the_sum(agreement: dict[str, Any]) -> dict[str, Any]:
    """An agreement. If a tolerance has no `tolerance_of`, it is a share of the sum of both sides."""
    measures = [
        {**one, "tolerance_of": "sum"} if one.get("tolerance") is not None and "tolerance_of" not in one else one
        for one in agreement.get("measures", [])
    ]
    return {**agreement, "measures": measures} if measures else agreement


def write(folder: Path, spec: dict[str, Any]) -> Path:
    """Write an instance folder; JSON is YAML."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(spec["instance.yaml"], indent=1, ensure_ascii=False)
    (folder / "instance.yaml").write_text(text, encoding="utf-8")
    for name in ("programmes.csv", "audience.csv", "anchors.csv", "history.csv", "locks.csv"):
        header = ("programme", "title", "genre", "origin", "minutes", "versions") if name == "programmes.csv" else ()
        if spec[name] or header:
            (folder / name).write_text(table_text(spec[name], header), encoding="utf-8")
    return folder


def build(folder: Path, *args: Any, **kwargs: Any) -> Instance:
    """Write an instance (arguments of `content`) into a folder and load it."""
    return load(write(folder, content(*args, **kwargs)))


def smoke(folder: Path, tightness: float, seed: int) -> Instance:
    """An instance of the smoke suite."""
    generate(folder, suite("free-smoke").options_at(tightness), seed)
    return load(folder)


def formulated(instance: Instance) -> Formulation:
    return formulate(build_airings(instance, rules_of(instance)))


def kept_choices(formulation: Formulation) -> list[tuple[int, np.ndarray]]:
    """(value, flags) of every timetable of up to five airings that breaks no rigid row and misses no hard one."""
    found = []
    for chosen in choices(formulation, 5):
        point = formulation.point(chosen)
        misses = formulation.misses(point)
        if formulation.is_admissible(point) and formulation.hard_miss(misses) == 0:
            found.append((formulation.audience(point) - formulation.penalty(misses), chosen))
    return found


def choices(formulation: Formulation, most: int) -> Iterator[np.ndarray]:
    """All sets of at most `most` airings without overlaps in a window, as flags. The empty set is first."""
    count = formulation.airing_count
    end = formulation.start + formulation.steps
    apart = (
        (formulation.window[:, None] != formulation.window[None, :])
        | (end[:, None] <= formulation.start[None, :])
        | (end[None, :] <= formulation.start[:, None])
    )
    for size in range(most + 1):
        for picked in combinations(range(count), size):
            at = list(picked)
            if all(apart[one, other] for one, other in combinations(at, 2)):
                chosen = np.zeros(count, dtype=bool)
                chosen[at] = True
                yield chosen
