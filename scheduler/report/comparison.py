"""Several timetables side by side: values, balances, misses, audience and the differences of their instances.

A plan is a timetable of an instance, or of a variant of it. Every table has a column for each plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from scheduler.report.sections import Column, Row, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.report.sections import Value
    from scheduler.report.tables import Tables

KEYS = ("id", "programme", "anchor")
"""Fields that name an item of a list. Items of the same name are compared."""
THERE = "✓"
"""Shown for an item that another instance does not have."""
WHOLE = 60
"""Number of characters of a value that are shown."""


@dataclass(frozen=True, eq=False)
class Plan:
    """One timetable, and its name in the tables."""

    name: str
    tables: Tables


def comparison_sections(plans: Sequence[Plan], language: Language) -> list[Section]:
    """All tables of a comparison, in order."""
    return [
        _worth(plans, language),
        _parity(plans, language),
        _missed(plans, language),
        _audience(plans, language),
        _differences(plans, language),
    ]


def comparison_records(plans: Sequence[Plan], language: Language) -> dict[str, list[dict[str, Value]]]:
    """The same for JSON: a list of rows under the name of each table."""
    return {
        section.name: [
            dict(zip([column.title for column in section.columns], row.values, strict=True)) for row in section.rows
        ]
        for section in comparison_sections(plans, language)
    }


def _section(
    name: str, heads: Sequence[str], plans: Sequence[Plan], rows: Sequence[tuple[Value, ...]], language: Language
) -> Section:
    """A table with the columns `heads` and one for each plan."""
    say = language.say
    note = name != "differences"
    columns = (*(Column(say(head)) for head in heads), *(Column(plan.name, "number") for plan in plans))
    shown = tuple(Row(values) for values in rows)
    return Section(
        name, say(f"compare_{name}"), say(f"compare_{name}_note") if note else "", columns, shown, say("nothing")
    )


def _worth(plans: Sequence[Plan], language: Language) -> Section:
    say = language.say
    checked = [plan.tables.verification for plan in plans]
    results = [plan.tables.result for plan in plans]
    rows: list[tuple[Value, ...]] = [
        (say("value"), *(one.value for one in checked)),
        (say("audience"), *(one.audience for one in checked)),
        (say("penalty"), *(one.penalty for one in checked)),
        (say("bound"), *(None if one is None else one.bound for one in results)),
        (say("gap"), *(None if one is None or one.gap is None else language.percent(one.gap) for one in results)),
        (say("airings"), *(int((~plan.tables.timetable.anchor).sum()) for plan in plans)),
        (say("hard_rows_missed"), *(one.tally.hard for one in checked)),
        (say("soft_rows_missed"), *(one.tally.soft for one in checked)),
    ]
    return _section("worth", ["figure"], plans, rows, language)


def _side_by_side(frames: Sequence[pd.DataFrame], keys: list[str], figure: str) -> pd.DataFrame:
    """One figure of all frames, a column for each: a row for each combination of keys that any frame has."""
    columns = [frame.groupby(keys, sort=False)[figure].first() for frame in frames]
    joined = pd.concat(columns, axis=1, keys=range(len(frames)), sort=False)
    return joined.reset_index(names=keys)


def _numbers(values: Sequence[Any]) -> tuple[Value, ...]:
    return tuple(None if value is None or value != value else float(value) for value in values)


def _parity(plans: Sequence[Plan], language: Language) -> Section:
    keys = ["agreement", "measure", "period", "unit"]
    joined = _side_by_side([plan.tables.parity for plan in plans], keys, "balance")
    rows: list[tuple[Value, ...]] = [
        (agreement, language.measure(measure), language.period(period), language.unit(unit), *_numbers(balances))
        for agreement, measure, period, unit, *balances in joined.to_numpy().tolist()
    ]
    return _section("balance", keys, plans, rows, language)


def _missed(plans: Sequence[Plan], language: Language) -> Section:
    """The rule rows that any plan misses, with the miss of each plan; a dash if a plan has no such row."""
    keys = ["rule", "channel", "period", "aspect", "unit"]
    frames = [plan.tables.compliance for plan in plans]
    joined = _side_by_side(frames, keys, "miss")
    some = joined[list(range(len(plans)))].fillna(0).to_numpy(dtype=float).max(axis=1, initial=0.0) > 0
    rows: list[tuple[Value, ...]] = [
        (rule, channel, language.period(period), language.aspect(aspect), language.unit(unit), *_numbers(misses))
        for rule, channel, period, aspect, unit, *misses in joined[some].to_numpy().tolist()
    ]
    return _section("missed", keys, plans, rows, language)


def _audience(plans: Sequence[Plan], language: Language) -> Section:
    """Viewer-minutes of airings and fallback, by channel and daypart. Anchors, the same in all, are left out."""
    keys = ["channel", "daypart"]
    frames = []
    for plan in plans:
        frame = plan.tables.audience
        planned = frame[frame["kind"] != "anchor"]
        frames.append(planned.groupby(keys, sort=False)["viewer_minutes"].sum().reset_index())
    joined = _side_by_side(frames, keys, "viewer_minutes")
    rows: list[tuple[Value, ...]] = [
        (channel, language.daypart(daypart), *_numbers(viewers))
        for channel, daypart, *viewers in joined.to_numpy().tolist()
    ]
    return _section("audience", keys, plans, rows, language)


def _differences(plans: Sequence[Plan], language: Language) -> Section:
    """The differences of the instances: a path, and the value of each plan."""
    flat = [dict(_leaves(plan.tables.instance)) for plan in plans]
    paths = list(dict.fromkeys(path for one in flat for path in one))
    different = [path for path in paths if len({one.get(path) for one in flat}) > 1]
    absent = tuple(path for path in different if any(one.get(path) == THERE for one in flat))
    different = [path for path in different if path in absent or not path.startswith(absent)]
    rows = [(path, *(_shortened(one.get(path)) for one in flat)) for path in different]
    section = _section("differences", ["path"], plans, rows, language)
    columns = (section.columns[0], *(Column(plan.name, "long") for plan in plans))
    return Section(
        section.name, section.title, section.note, columns, section.rows, language.say("compare_differences_none")
    )


def _leaves(instance: Instance) -> Iterator[tuple[str, str]]:
    """(path, value) of every field of an instance."""
    yield from _walk(instance.file.model_dump(mode="json", exclude_defaults=True), "")
    tables: Mapping[str, Sequence[Any]] = {
        "programmes": instance.programmes,
        "audience": instance.audience,
        "anchors": instance.anchors,
        "history": instance.history,
        "locks": instance.locks,
    }
    for name, rows in tables.items():
        records = [row.model_dump(mode="json", exclude_defaults=True) for row in rows]
        yield from _walk(records if _named(records) else {_row_name(row): row for row in records}, name)


def _shortened(text: str | None) -> str | None:
    """A value as a table shows it."""
    return text if text is None or len(text) <= WHOLE else f"{text[: WHOLE - 1]}…"


def _row_name(row: dict[str, Any]) -> str:
    return " ".join(str(row[name]) for name in ("channel", "days", "hour", "start_utc") if row.get(name) is not None)


def _named(value: Any) -> str:
    """The field that names every item of a list; empty where there is none."""
    if not isinstance(value, list) or not value or not all(isinstance(item, dict) for item in value):
        return ""
    return next((name for name in KEYS if all(name in item for item in value)), "")


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    name = _named(value)
    if name:
        for item in value:
            yield f"{path}[{item[name]}]", THERE
            yield from _walk({key: inner for key, inner in item.items() if key != name}, f"{path}[{item[name]}]")
    elif isinstance(value, dict):
        for key, inner in value.items():
            here = f"{path}.{key}" if path else str(key)
            if inner in ([], {}):  # what is dumped is not the default, so an empty list says something
                yield here, str(inner)
            yield from _walk(inner, here)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for number, item in enumerate(value, 1):
            yield f"{path}[{number}]", THERE
            yield from _walk(item, f"{path}[{number}]")
    elif value != []:
        yield path, str(value)
