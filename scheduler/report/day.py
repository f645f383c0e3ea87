"""The programme of a channel on one day, line by line."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from scheduler.moments import DAY
from scheduler.report.grid import channel_days
from scheduler.report.statuses import status_word
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    import pandas as pd

    from scheduler.report.language import Language
    from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Entry:
    """One airing, anchor or fallback on screen: clock times, title and details."""

    start: str
    end: str
    kind: str  # airing, anchor or fallback
    title: str
    details: tuple[str, ...]
    status: str = ""  # of an airing, where statuses are shown


@dataclass(frozen=True, slots=True)
class ChannelDay:
    """One broadcast day of one channel."""

    channel: str
    name: str
    zone: str
    day: date
    entries: tuple[Entry, ...]


def days_on_air(
    timetable: Timetable,
    channels: Sequence[int],
    language: Language,
    *,
    wanted: Callable[[date], bool] = lambda _: True,
    daypart: str | None = None,
    statuses: Sequence[str] = (),
    seen: pd.DataFrame | None = None,
) -> list[ChannelDay]:
    """The wanted broadcast days of channels.

    Parameters
    ----------
    channels
        Indices of the instance's channels, in the order in which they are shown.
    wanted
        Whether a broadcast day is shown.
    daypart
        Show only this daypart of the channel.
    statuses
        The status of every entry of the timetable. If empty, no status is shown.
    seen
        Rows of `timetable_frame` that a party may see. Then only these entries are shown, without viewers, and only
        days with such entries.
    """
    frame = timetable_frame(timetable)
    shown = None if seen is None else frozenset(seen.index.tolist())
    found = []
    for number in channels:
        channel = timetable.instance.channels[number]
        hours = (0, DAY) if daypart is None else timetable.instance.daypart_hours(channel, daypart)
        for day, blocks in sorted(channel_days(timetable, number).items()):
            if not wanted(day):
                continue
            begin = timetable.instance.timeline.broadcast_start
            entries = tuple(
                Entry(
                    _clock(block.start + begin),
                    _clock(block.end + begin),
                    _kind(frame, block.entry),
                    language.title(timetable.instance.contents.items[block.content].title),
                    _details(frame, block.entry, language, continued=block.continued, viewers=shown is None),
                    statuses[block.entry] if statuses and _kind(frame, block.entry) == "airing" else "",
                )
                for block in blocks
                if (daypart is None or _is_within(block.start + begin, block.end + begin, hours))
                and (shown is None or block.entry in shown)
            )
            if shown is not None and not entries:
                continue
            found.append(ChannelDay(channel.id, channel.name, channel.zone, day, entries))
    return found


def day_lines(days: Sequence[ChannelDay], language: Language) -> list[str]:
    """The lines of the days for a terminal, a heading above each day."""
    lines: list[str] = []
    for one in days:
        heading = f"{one.name} · {language.weekday(one.day)} · {one.zone}"
        lines += [*([""] if lines else []), heading, "─" * len(heading)]
        lines += [_line(entry, language) for entry in one.entries] or [language.say("not_planned")]
    return lines


def day_records(days: Sequence[ChannelDay]) -> list[dict[str, Any]]:
    """The same for JSON."""
    return [{**asdict(one), "day": one.day.isoformat()} for one in days]


def _line(entry: Entry, language: Language) -> str:
    mark = {"airing": " ", "anchor": "⚓", "fallback": "·"}[entry.kind]
    title = entry.title if entry.kind != "fallback" else f"{entry.title} ({language.say('fallback')})"
    status = [language.render(status_word(entry.status))] if entry.status else []
    return f"{entry.start}–{entry.end} {mark} {' · '.join([title, *entry.details, *status])}"


def _details(frame: pd.DataFrame, entry: int, language: Language, *, continued: bool, viewers: bool) -> tuple[str, ...]:
    if entry < 0:
        return ()
    row, say = frame.iloc[entry], language.say
    details = [say("episode_short", number=row["episode"])] if row["episode"] else []
    if not row["anchor"]:
        details.append(say("first_run" if row["run"] == "first" else "rerun"))
    details.append(f"{language.tongue(row['version_language'])}, {say(row['version_kind'])}")
    details += [say("live")] if row["live"] else []
    if viewers:
        details.append(say("viewers_count", number=language.number(int(row["expected_viewers"]))))
    return (*details, say("continued")) if continued else tuple(details)


def _kind(frame: pd.DataFrame, entry: int) -> str:
    if entry < 0:
        return "fallback"
    return "anchor" if frame["anchor"].iat[entry] else "airing"


def _is_within(start: int, end: int, hours: tuple[int, int]) -> bool:
    """Whether minutes of a broadcast day overlap hours of the clock; both may run past midnight."""
    return any(start < hours[1] + shift and end > hours[0] + shift for shift in (-DAY, 0, DAY))


def _clock(minute: int) -> str:
    return f"{minute // 60 % 24:02d}:{minute % 60:02d}"
