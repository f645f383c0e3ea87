"""The table of long periods: the amounts that a year or a quarter still needs after the horizon."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scheduler.report.sections import Column, Row, Section

if TYPE_CHECKING:
    from scheduler.report.language import Language
    from scheduler.report.sections import Kind
    from scheduler.report.tables import Tables


def remains_section(tables: Tables, language: Language) -> Section:
    """Per least amount of an open period: have, need by the end of the horizon, the rest, in all and per week."""
    say, instance = language.say, tables.instance
    horizon = instance.file.horizon
    ends = horizon.start + timedelta(days=horizon.days - 1)
    rows = []
    for row in tables.verification.measurements:
        if row.remains is None or row.open_until is None:
            continue
        weekly = float(row.remains) * 7 / (row.open_until - ends).days
        amounts = (float(row.have), float(row.need), float(row.remains), round(weekly, 1), language.unit(row.unit))
        title = None if row.aspect.measure else instance.programme_index.get(row.aspect.name)
        rule = row.rule if title is None else f"{row.rule}: {instance.programmes[title].title}"
        head = (rule, row.subject.name, language.period(row.period))
        channel = row.subject.name if row.subject.kind == "channel" else ""
        rows.append(Row((*head, *amounts, language.day(row.open_until)), channel=channel))
    columns: list[tuple[str, Kind]] = [("rule", "text"), ("channel", "text"), ("period", "text"), ("have", "number")]
    columns += [("need_by_now", "number"), ("remains", "number"), ("remains_weekly", "number"), ("unit", "text")]
    titles = tuple(Column(say(key), kind) for key, kind in (*columns, ("period_ends", "text")))
    return Section("remains", say("remains_title"), say("remains_note"), titles, tuple(rows), say("nothing"))
