"""Commitments: series of a timetable that continue after the horizon, with the slots that must be kept."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from scheduler.instance import Commitment, Selector, day_sets_text
from scheduler.instance.model.field_types import WEEKDAYS, clock_text
from scheduler.moments import DAY
from scheduler.rules.expected_days import expected_days
from scheduler.rules.framework.entries import Shown, shown
from scheduler.rules.open_days import OpenDays
from scheduler.rules.placement import PlacementRule
from scheduler.rules.slot_sequence import sequence_of
from scheduler.strands import exceptions_of, slots_before
from scheduler.timetable import OnAir

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable


def commitments_of(timetable: Timetable) -> tuple[Commitment, ...]:
    """Rows of the next horizon's commitments.csv: every placed series with episodes left, by programme and territory.

    The slot is that of its first runs in this timetable, without locked ones; after a change, the later one.
    Its day sets are all day sets that require exactly the days on which it airs. A series without a first run in this
    timetable keeps the commitment of the instance.
    """
    instance, open_days = timetable.instance, OpenDays(timetable.instance)
    codes = list(instance.file.territories)
    here = {
        (instance.programme_index[line.programme], _territory(instance, line)): line for line in instance.commitments
    }
    before, found = slots_before(instance), []
    series, locks = _first_runs(timetable), exceptions_of(instance)
    for key in sorted({*series, *here}, key=lambda key: (key[0], codes.index(key[1]))):
        airs, programme = series.get(key, []), instance.programmes[key[0]]
        at_locks = [one for one in airs if (one.content, one.channel, one.start) in locks.airings["first"]]
        kept = [one for one in airs if one not in at_locks]
        past = instance.past.last_episode(*key)
        following = max((past, *(one.episode for one in airs))) + 1
        if following > programme.episodes:
            continue
        if not kept:
            if key in here:
                found.append(here[key].model_copy(update={"next_episode": following}))
            continue
        place = key[0], codes.index(key[1])
        chosen = locks.chosen(place, ((one.channel, one.start) for one in at_locks))
        runs = expected_days(instance, open_days, place, locks, before.get(place), chosen)
        expected, slot = sequence_of(runs, kept)
        days = sorted({one.day for one in kept})
        sets = expected.day_sets_of(slot, days)
        slot = slot[0], slot[1], expected.start_on(slot, days[-1])
        if sets:
            found.append(_line(instance, programme.programme, slot, sets, following))
    return tuple(found)


def _territory(instance: Instance, line: Commitment) -> str:
    return instance.channels[instance.channel_index[line.channel]].territory


def _first_runs(timetable: Timetable) -> dict[tuple[int, str], list[Shown]]:
    """The planned first runs of placed series, by programme and territory."""
    instance = timetable.instance
    found: dict[tuple[int, str], list[Shown]] = {}
    for one in shown(PlacementRule(), OnAir(timetable), range(len(instance.channels)), Selector(run="first")):
        if not one.past and instance.placements.line[one.content, one.channel] >= 0:
            found.setdefault((one.programme, instance.channels[one.channel].territory), []).append(one)
    return found


def _line(
    instance: Instance, programme: str, slot: tuple[int, int, int], sets: list[frozenset[int]], episode: int
) -> Commitment:
    channel, content, clock = slot
    item = instance.contents.items[content]
    version = instance.programmes[item.programme].versions[item.version]
    return Commitment(
        programme=programme,
        channel=instance.channels[channel].id,
        start=clock_text((clock + instance.timeline.broadcast_start) % DAY),
        days=tuple(frozenset(WEEKDAYS[day] for day in days) for days in sets),
        version_language=version.language,
        version_kind=version.kind,
        next_episode=episode,
    )


def commitments_csv(lines: Iterable[Commitment]) -> str:
    """The text of commitments.csv."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, list(Commitment.model_fields), lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({**line.model_dump(), "start": clock_text(line.start), "days": day_sets_text(line.days)})
    return stream.getvalue()
