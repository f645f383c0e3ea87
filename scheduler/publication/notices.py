"""The changes since a publication: as CSV, as calendar with updates and cancellations, and as a page."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
from icalendar import Calendar, Timezone

from scheduler.arrays import records
from scheduler.export.ics import DOMAIN, event_of
from scheduler.instance import zone_clock
from scheduler.messages import Message, msg
from scheduler.publication.state import CANCELLED, SHARED
from scheduler.text_tables import html_table

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.report.language import Language

CHANGES = ("change", "uid", "sequence", "channel", "programme", "title_before", "title_after")
"""First columns of a notice. The fields that other parties know of an airing follow, before and after."""

STYLE = (
    "body{font:15px/1.45 'Noto Sans',system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.25rem .5rem;text-align:left}"
    "@page{size:A4 landscape;margin:15mm}"
)


def changes_since(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """One row per change: `change` (added, changed, cancelled) and the columns of a state with _before and _after."""
    was = before[before["state"] != CANCELLED].set_index("uid", drop=False)
    now = after.set_index("uid", drop=False)
    gone = now.index[(now["state"] == CANCELLED)].intersection(was.index)
    there = now[now["state"] != CANCELLED]
    new = there.index.difference(was.index)
    both = there.index.intersection(was.index)
    raised = both[there.loc[both, "sequence"].to_numpy() != was.loc[both, "sequence"].to_numpy()]
    parts = []
    for change, uids in (("added", new), ("changed", raised), ("cancelled", gone)):
        rows = now.loc[uids].reset_index(drop=True).add_suffix("_after")
        known = was.reindex(uids).reset_index(drop=True).add_suffix("_before")
        parts.append(pd.concat([known, rows], axis=1).assign(change=change))
    joined = pd.concat(parts, ignore_index=True)
    order = ["start_utc_after", "channel_after", "uid_after"]
    return joined.sort_values(order, kind="stable", ignore_index=True).fillna("")


def notice_csv(changes: pd.DataFrame) -> str:
    """The changes as CSV: CHANGES, then the shared fields of each airing before and after."""
    columns = {
        "change": changes["change"],
        "uid": changes["uid_after"],
        "sequence": changes["sequence_after"],
        "channel": changes["channel_after"],
        "programme": changes["programme_after"],
    }
    for name in ("start_local", *SHARED):
        columns[f"{name}_before"] = changes[f"{name}_before"]
        after = changes[f"{name}_after"].astype(object)
        columns[f"{name}_after"] = after.where(changes["change"] != "cancelled", "")
    return pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")


def notice_ics(instance: Instance, changes: pd.DataFrame, on: date) -> str:
    """The changes as a calendar with the published uids and raised sequences. Cancelled airings are marked."""
    names = {channel.id: channel.name for channel in instance.channels}
    calendar = Calendar()
    calendar.add("prodid", f"-//{DOMAIN}//notice//EN")
    calendar.add("version", "2.0")
    first = instance.file.horizon.start
    span = first.replace(month=1, day=1), first + timedelta(days=366 + instance.file.horizon.days)
    for zone in sorted(set(changes["timezone_after"])):
        calendar.add_component(Timezone.from_tzinfo(zone_clock(zone), zone, *span))
    stamp = datetime.combine(on, time(), tzinfo=UTC)
    for row in records(changes):
        after = {name.removesuffix("_after"): value for name, value in row.items() if str(name).endswith("_after")}
        event = event_of({**after, "airing_id": row["uid_after"]}, names, stamp)
        event.add("sequence", int(row["sequence_after"]))
        event.add("status", "CANCELLED" if row["change"] == "cancelled" else "CONFIRMED")
        calendar.add_component(event)
    return str(calendar.to_ical(sorted=False), "utf-8")


def notice_page(
    instance: Instance, changes: pd.DataFrame, since: int, number: int, language: Language, whom: str
) -> str:  # fmt: skip
    """The changes as one HTML page that loads nothing else."""
    names = {channel.id: channel.name for channel in instance.channels}
    words = {"added": msg("added"), "changed": msg("changed"), "cancelled": msg("cancelled")}
    title = language.render(
        msg("Changes since publication {since}, publication {number}: {whom}", since=since, number=number, whom=whom)
    )
    heads: list[Message] = [msg("change"), msg("channel"), msg("title"), msg("before"), msg("now"), msg("episode")]
    lines = []
    for row in records(changes):
        gone = row["change"] == "cancelled"
        cells = [
            language.render(words[row["change"]]),
            names[row["channel_after"]],
            row["title_after"],
            _when(row["start_local_before"], language),
            "" if gone else _when(row["start_local_after"], language),
            " → ".join(dict.fromkeys(str(one) for one in (row["episode_before"], row["episode_after"]) if one != "")),
        ]
        lines.append([str(cell) for cell in cells])
    table = html_table([language.render(one) for one in heads], lines)
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>{table}</body></html>\n"
    )


def _when(local: str, language: Language) -> str:
    """A local start in words."""
    if not local:
        return ""
    return f"{language.weekday(date.fromisoformat(local[:10]))} {local[11:16]}"
