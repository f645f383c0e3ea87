"""A review of an import: the changes are shown to the planner before files are written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.instance import zone_clock
from scheduler.messages import Listed, Term, msg

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.imports.findings import Findings
    from scheduler.imports.merging import Merged
    from scheduler.imports.slots import Slot
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value

SAMPLE = 5
NAMED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """The changes of an import: files, replaced airings, and the lines of the review.

    `files` are texts by name. An empty text removes the file. `replaces` is None if nothing is replaced.
    """

    files: Mapping[str, str]
    replaces: Value | None
    summary: Message
    review: tuple[Value, ...] = ()


def some(names: Sequence[str]) -> str:
    """The first NAMED names, and the total number if there are more."""
    return ", ".join(names[:NAMED]) + (f", … ({len(names)})" if len(names) > NAMED else "")


def left_out_lines(findings: Findings) -> list[Message]:
    """The number of entries that are left out, by reason."""
    return [
        msg("left out: {number} entries {reason}", number=count, reason=reason)
        for reason, count in findings.left_out.items()
        if count
    ]


def slots_review(instance: Instance, slots: Sequence[Slot], merged: Merged, findings: Findings) -> tuple[Value, ...]:
    """Days, minutes and titles of every channel, some rows as read and as written, and replaced or omitted entries."""
    lines: list[Value] = []
    for number in sorted({slot.channel for slot in slots}):
        channel = instance.channels[number]
        mine = [slot for slot in slots if slot.channel == number]
        zone = zone_clock(channel.zone)
        days = sorted({slot.start.astimezone(zone).date() for slot in mine})
        minutes = sum(int((slot.stop - slot.start).total_seconds() // 60) for slot in mine if slot.stop)
        titles = len({slot.title for slot in mine})
        lines.append(
            msg(
                "{channel}: {airings} airings on {days} days ({first} to {last}), {minutes} minutes, {titles} titles",
                channel=channel.id,
                airings=len(mine),
                days=len(days),
                first=str(days[0]),
                last=str(days[-1]),
                minutes=minutes,
                titles=titles,
            )
        )
    lines += _sample(instance, slots)
    if merged.replaced:
        number, names = len(merged.replaced), some(merged.replaced)
        lines.append(msg("replaced: {number} anchors ({names})", number=number, names=names))
    if merged.shortened:
        lines.append(msg("kept on other days only: {names}", names=some(merged.shortened)))
    lines.append(msg("kept: {number} other anchors", number=merged.kept))
    lines += left_out_lines(findings)
    return tuple(lines)


def _sample(instance: Instance, slots: Sequence[Slot]) -> list[Value]:
    """Some rows from all parts of the import, as read and as written."""
    step = max(len(slots) // SAMPLE, 1)
    lines: list[Value] = []
    for slot in slots[::step][:SAMPLE]:
        zone = zone_clock(instance.channels[slot.channel].zone)
        begin = slot.start.astimezone(zone)
        end = f"{slot.stop.astimezone(zone):%H:%M}" if slot.stop else "?"
        read = f"{begin:%Y-%m-%d %H:%M}–{end} {slot.title}"
        written = f"   ← {slot.written}" if slot.written else ""
        day = Term("kind", f"{begin:%A}")
        lines.append(Listed((f"  {slot.file}:{slot.place[0]}: ", day, f" {read}{written}"), ""))
    return lines
