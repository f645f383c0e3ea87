"""Import a log of past airings, in local times, into history.csv."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, time
from typing import TYPE_CHECKING

from scheduler.imports.anchors import table_text
from scheduler.imports.review import Change, left_out_lines, some
from scheduler.instance import FORMAT, InputError, Problem, read_csv, zone_clock
from scheduler.instance.derived.aired import HISTORY_COLUMNS, NEEDED_COLUMNS
from scheduler.instance.signs import as_read
from scheduler.messages import msg
from scheduler.moments import utc_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.imports.findings import Findings
    from scheduler.imports.slots import Slot
    from scheduler.instance import Instance, Programme

_EPISODE = re.compile(
    r"(.+?)[\s,.:–-]*(?:\(?(\d{1,4})\s*-?\s*(?:серия|с\.|бөлім|эпизод|qism|series?)\)?"
    r"|\(?(?:серия|эпизод|бөлім|episode|ep\.?|S\d+E|E)\s*(\d{1,4})\)?)",
    re.IGNORECASE,
)


def history_change(instance: Instance, slots: Sequence[Slot], findings: Findings) -> Change:
    """Add the airings before the horizon, of programmes of the catalogue, to history.csv.

    In the comparison of titles, case and invisible characters make no difference. The number of the episode may follow
    the title. Without numbers, episodes are counted in the order of airing. The first airing of an episode in a
    territory is its first run.

    Raises
    ------
    InputError
        No airing of a programme is left.
    """
    begin = datetime.combine(instance.file.horizon.start, time())
    programmes = {as_read(one.title): one for one in instance.programmes}
    programmes |= {as_read(one.programme): one for one in instance.programmes}
    unknown: Counter[str] = Counter()
    there = {(row.channel, row.start_utc): row for row in instance.history}
    aired, counted = _aired_before(instance), 0
    rows: list[dict[str, str]] = []
    for slot in sorted(slots, key=lambda slot: (slot.start, slot.channel)):
        channel = instance.channels[slot.channel]
        programme, episode = _programme(slot, programmes)
        if programme is None:
            unknown[slot.title] += 1
        elif slot.start.astimezone(zone_clock(channel.zone)).replace(tzinfo=None) >= begin:
            findings.left_out[msg("on or after the horizon's first day")] += 1
        elif (channel.id, slot.start) in there:
            findings.left_out[msg("that history.csv has already")] += 1
        else:
            counted += episode is None
            rows.append(_row(slot, programme, episode, channel.id, channel.territory, channel.languages[0], aired))
    findings.left_out[msg("of titles that are not in the catalogue")] += sum(unknown.values())
    findings.stop_on_errors()
    if not rows:
        message = msg(
            "no airing of a programme before {day} is left; not in the catalogue: {titles}",
            day=f"{begin:%Y-%m-%d}",
            titles=some(list(unknown)),
        )
        raise InputError([*findings.problems, Problem("history.csv", 1, 1, message)])
    if counted:
        message = msg("{number} airings have no episode; episodes are counted in the order of airing", number=counted)
        findings.warn(slots[0].file, slots[0].place, message)
    review = [
        msg("not in the catalogue: {title} ({number})", title=title, number=count)
        for title, count in unknown.most_common(5)
    ]
    review += left_out_lines(findings)
    text = table_text([*_rows_there(instance), *rows], HISTORY_COLUMNS)
    titles = len({row["programme"] for row in rows})
    summary = msg("airings added: {airings}, of {programmes} programmes", airings=len(rows), programmes=titles)
    return Change({"history.csv": text}, None, summary, tuple(review))


def _programme(slot: Slot, programmes: Mapping[str, Programme]) -> tuple[Programme | None, int | None]:
    """(programme of a slot, its episode or None if the log has none)."""
    fields = dict(slot.fields)
    episode_text = fields.get("episode", "")
    number = int(episode_text) if episode_text.isdigit() else None
    found = programmes.get(as_read(fields.get("programme", ""))) or programmes.get(as_read(slot.title))
    if found is not None:
        return found, number
    match = _EPISODE.fullmatch(slot.title)
    if match is None:
        return None, None
    return programmes.get(as_read(match[1])), number or int(match[2] or match[3])


def _aired_before(instance: Instance) -> dict[tuple[str, str], list[int]]:
    """The episodes that have aired, by programme and territory, in order."""
    territory = {channel.id: channel.territory for channel in instance.channels}
    found: dict[tuple[str, str], list[int]] = {}
    for row in sorted(instance.history, key=lambda row: row.start_utc):
        found.setdefault((row.programme, territory.get(row.channel, "")), []).append(row.episode)
    return found


def _row(
    slot: Slot,
    programme: Programme,
    episode: int | None,
    channel: str,
    territory: str,
    language: str,
    aired: dict[tuple[str, str], list[int]],
) -> dict[str, str]:
    """A row of history.csv. Its episode is added to `aired`."""
    before = aired.setdefault((programme.programme, territory), [])
    if episode is None:
        episode = len(before) % programme.episodes + 1
    run = "rerun" if episode in before else "first"
    before.append(episode)
    spoken = dict(slot.fields).get("audio", language)
    version = next((one for one in programme.versions if one.language == spoken), programme.versions[0])
    minutes = programme.minutes if slot.stop is None else int((slot.stop - slot.start).total_seconds() // 60)
    return {
        "channel": channel,
        "start_utc": utc_text(slot.start),
        "duration_min": str(minutes),
        "programme": programme.programme,
        "episode": str(episode),
        "run": run,
        "version_language": version.language,
        "version_kind": version.kind,
        "format": str(FORMAT),
    }


def _rows_there(instance: Instance) -> list[dict[str, str]]:
    path = instance.folder / "history.csv"
    return read_csv(path, path.name, frozenset(HISTORY_COLUMNS), NEEDED_COLUMNS).rows if path.is_file() else []
