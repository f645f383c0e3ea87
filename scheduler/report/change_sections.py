"""The table of changes: what differs from an earlier timetable, from the week before, and from what is published."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from scheduler.report.sections import Column, Row, Section

if TYPE_CHECKING:
    from collections.abc import Hashable

    from scheduler.report.language import Language
    from scheduler.report.sections import Kind
    from scheduler.report.tables import Tables


def changes_section(tables: Tables, language: Language) -> Section:
    """Per comparison and changed airing: where and when it aired before, and where and when it airs now."""
    say = language.say
    rows = []
    for comparison in tables.comparisons:
        since = language.render(comparison.since)
        if comparison.changes.empty:
            rows.append(Row((since, say("no_change"), "", "", "", "")))
        for row in comparison.changes.to_dict("records"):
            where = row["channel_after"] or row["channel_before"]
            was, now = (_place(tables, language, row, side) for side in ("before", "after"))
            episode = str(row["episode"] or "")
            rows.append(Row((since, say(row["change"]), row["title"], episode, was, now), channel=where))
    columns: list[tuple[str, Kind]] = [("compared_with", "text"), ("change", "text"), ("title", "long")]
    columns += [("episode", "text"), ("before", "text"), ("after", "text")]
    titles = tuple(Column(say(key), kind) for key, kind in columns)
    return Section("changes", say("changes"), say("changes_note"), titles, tuple(rows), say("nothing"))


def _place(tables: Tables, language: Language, row: dict[Hashable, str], side: str) -> str:
    """Channel, weekday and time of one side; empty where it does not air."""
    local = row[f"start_{side}"]
    if not local:
        return ""
    names = {channel.id: channel.name for channel in tables.instance.channels}
    channel = row[f"channel_{side}"]
    return f"{names.get(channel, channel)}, {language.weekday(date.fromisoformat(local[:10]))} {local[11:16]}"
