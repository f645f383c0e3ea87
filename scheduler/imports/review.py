"""What an import would change, for a planner to look at before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.instance import zone_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from scheduler.imports.findings import Findings
    from scheduler.imports.merging import Merged
    from scheduler.imports.slots import Slot
    from scheduler.instance import Instance

SAMPLE = 5
NAMED = 5


@dataclass(frozen=True, slots=True)
class Change:
    """What an import makes of an instance: its files, what it replaces, and a review in lines.

    `files` are texts by name, an empty text takes a file away; `replaces` is empty where nothing is replaced.
    """

    files: Mapping[str, str]
    replaces: str
    summary: str
    review: tuple[str, ...] = ()


def some(names: Sequence[str]) -> str:
    """The first few names, and that there are more."""
    return ", ".join(names[:NAMED]) + (f", … ({len(names)})" if len(names) > NAMED else "")


def slots_review(instance: Instance, slots: Sequence[Slot], merged: Merged, findings: Findings) -> tuple[str, ...]:
    """Days, minutes and titles of every channel, a sample as read beside as written, what is replaced or left out."""
    lines = []
    for number in sorted({slot.channel for slot in slots}):
        channel = instance.channels[number]
        mine = [slot for slot in slots if slot.channel == number]
        zone = zone_clock(channel.zone)
        days = sorted({slot.start.astimezone(zone).date() for slot in mine})
        minutes = sum(int((slot.stop - slot.start).total_seconds() // 60) for slot in mine if slot.stop)
        titles = len({slot.title for slot in mine})
        lines.append(
            f"{channel.id}: {len(mine)} airings on {len(days)} days ({days[0]} to {days[-1]}), "
            f"{minutes:,} minutes, {titles} titles"
        )
    lines += _sample(instance, slots)
    if merged.replaced:
        lines.append(f"replaced: {len(merged.replaced)} anchors ({some(merged.replaced)})")
    if merged.shortened:
        lines.append(f"kept on other days only: {some(merged.shortened)}")
    lines.append(f"kept: {merged.kept} other anchors")
    lines += [f"left out: {count} entries {reason}" for reason, count in findings.left_out.items() if count]
    return tuple(lines)


def _sample(instance: Instance, slots: Sequence[Slot]) -> list[str]:
    """Some rows spread over the import, as read beside as written."""
    step = max(len(slots) // SAMPLE, 1)
    lines = []
    for slot in slots[::step][:SAMPLE]:
        zone = zone_clock(instance.channels[slot.channel].zone)
        begin = slot.start.astimezone(zone)
        end = f"{slot.stop.astimezone(zone):%H:%M}" if slot.stop else "?"
        read = f"{begin:%a %Y-%m-%d %H:%M}–{end} {slot.title}"
        lines.append(f"  {slot.file}:{slot.place[0]}: {read}   ← {slot.written or '(as read)'}")
    return lines
