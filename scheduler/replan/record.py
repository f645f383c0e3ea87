"""The content of replan.json."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.derived.history import broadcast_day
from scheduler.messages import Message, msg
from scheduler.moments import utc_text
from scheduler.replan.causes import causes
from scheduler.replan.published import with_anchors
from scheduler.results import (
    ChangeRecord,
    GivenUpLock,
    GoneAiring,
    HoldRecord,
    NotAired,
    ParityRecord,
    ReplanFile,
    SlipRecord,
)
from scheduler.results.message_record import MessageRecord
from scheduler.rules import bilateral, rules_of
from scheduler.timetable import timetable_csv
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.replan.answer import Replan
    from scheduler.replan.changes import Entry
    from scheduler.replan.published import Gone
    from scheduler.timetable import Timetable

SPANS = (("0-2", 2), ("3-7", 7), ("8-14", 14))
"""Days to air by which changes are counted. What is later counts as `later`."""


def record(
    answer: Replan, published_sha256: str, frozen_until: str | None, statuses: Sequence[str] = ()
) -> tuple[ReplanFile, dict[int, Message]]:
    """The model of replan.json, and the cause of each change by its number.

    Parameters
    ----------
    statuses
        The status of every published airing, from draft to aired. Empty if no status is known.
    """
    entries, plan = answer.changes.entries, answer.published.timetable
    forced = causes(answer)
    changed = [entry for entry in entries if entry.kind != "kept"]
    changes = tuple(
        _change(answer, number, entry, forced[entry], statuses) for number, entry in enumerate(changed, start=1)
    )  # fmt: skip
    lost = np.flatnonzero(answer.frozen.lost & ~answer.open_)
    kinds = Counter(entry.kind for entry in entries)
    counts = {
        "kept": kinds["kept"] + int(answer.frozen.frozen.sum()),
        "renumbered": sum(entry.renumbered != 0 for entry in entries if entry.kind == "kept"),
        **{kind: kinds[kind] for kind in ("moved", "altered", "dropped", "added")},
        "slipped": len(answer.changes.slips),
        "not_aired": len(lost),
    }
    record = ReplanFile(
        instance=answer.instance.file.name,
        instance_sha256=answer.instance.digest,
        published_sha256=published_sha256,
        timetable_sha256=hashlib.sha256(timetable_csv(answer.timetable).encode()).hexdigest(),
        frozen_until=frozen_until,
        side=answer.side,
        parameters=answer.params.changed(),
        published=len(plan) + len(answer.published.gone),
        frozen=int(answer.frozen.frozen.sum()) + len(answer.held),
        counts=counts,
        by_days_to_air=_by_days(changes),
        most_minutes_moved=max((abs(one.minutes_moved) for one in changes), default=0),
        viewers_affected=sum(one.viewers for one in changes),
        searched=answer.found.change is not None,
        change=answer.changes.weight,
        change_bound=min(answer.change_bound, answer.changes.weight),
        number=answer.number,
        number_bound=min(answer.number_bound, answer.number),
        hard_missed=tuple(str(row.text) for row in answer.checked.hard_missed),
        hard_missed_messages=tuple(MessageRecord.of(row.text) for row in answer.checked.hard_missed),
        holds=tuple(
            HoldRecord(hold=name, hard_miss=round(least, 6), named=answer.held_by.get(name, ()))
            for name, least in answer.holds
        ),
        locks_given_up=tuple(GivenUpLock(line=line, lock=lock.words()) for line, lock in answer.given_up),
        hard_miss=round(answer.found.hard_miss, 6),
        hard_miss_bound=round(answer.found.hard_miss_bound, 6),
        value=answer.checked.value,
        value_bound=_value(answer, answer.found.value_bound),
        free_bound=_value(answer, answer.found.free_bound),
        changes=changes,
        slips=tuple(_slip(answer, number) for number in range(len(answer.changes.slips))),
        not_aired=tuple(_not_aired(answer, int(at)) for at in lost.tolist()),
        gone=tuple(f"{_airing_id(gone)}: {gone.why}" for gone in answer.published.gone),
        gone_airings=tuple(
            GoneAiring(airing=_airing_id(gone), why=MessageRecord.of(gone.why)) for gone in answer.published.gone
        ),
        parity=_parity(answer),
    )
    return record, {number: forced[entry] for number, entry in enumerate(changed, start=1)}


def _airing_id(gone: Gone) -> str:
    return f"{gone.row.channel}/{gone.row.start_utc:%Y%m%dT%H%MZ}"


def proposed_airings(answer: Replan) -> list[int]:
    """The airings of the new timetable on channels of other parties than `side` that are changes of the published one.

    They are only proposed: new ones, those at another time or in another version, and those with another episode.
    """
    ours = [answer.side in channel.belongs_to for channel in answer.instance.channels]
    return sorted(
        entry.new
        for entry in answer.changes.entries
        if entry.new >= 0
        and (entry.kind != "kept" or entry.renumbered)
        and not ours[int(answer.timetable.channel[entry.new])]
    )


def withdrawn_places(answer: Replan) -> set[tuple[str, str]]:
    """(channel, start in UTC) of published airings on channels of other parties than `side` that are dropped."""
    plan, instance = answer.published.timetable, answer.instance
    dropped = [entry.old for entry in answer.changes.entries if entry.kind == "dropped"]
    places = {
        (
            instance.channels[int(plan.channel[at])].id,
            instance.timeline.moment_text(int(plan.start[at])),
        )
        for at in dropped
    } | {(gone.row.channel, utc_text(gone.row.start_utc)) for gone in answer.published.gone}
    return {
        place
        for place in places
        if place[0] in instance.channel_index
        and answer.side not in instance.channels[instance.channel_index[place[0]]].belongs_to
    }


def _value(answer: Replan, bound: float | None) -> int | None:
    """A bound on the value, in viewer-minutes with the fallback's audience. Never below the value found."""
    if bound is None:
        return None
    return max(answer.checked.value, int(np.ceil(bound + answer.formulation.constant)))


def _moment(timetable: Timetable, at: int) -> str | None:
    return None if at < 0 else timetable.instance.timeline.moment_text(int(timetable.start[at]))


def _change(answer: Replan, number: int, entry: Entry, cause: Message, statuses: Sequence[str]) -> ChangeRecord:
    plan, whole, instance = answer.published.timetable, answer.timetable, answer.instance
    timetable, at = (plan, entry.old) if entry.old >= 0 else (whole, entry.new)
    programme = instance.programmes[int(timetable.programme[at])]
    channel = instance.channels[int(timetable.channel[at])]
    day = broadcast_day(instance.timeline, channel, int(timetable.start[at]))
    first = max(int(answer.frozen.last_day[int(timetable.channel[at])]) + 1, instance.timeline.planned_from)
    foreign = answer.side is not None and answer.side not in channel.belongs_to
    return ChangeRecord(
        number=number,
        change="moved" if entry.kind == "kept" else entry.kind,
        programme=programme.programme,
        title=programme.title,
        channel=channel.id,
        start_before=_moment(plan, entry.old),
        start_after=_moment(whole, entry.new),
        minutes_moved=entry.minutes,
        episode_before=int(plan.episode[entry.old]) if entry.old >= 0 else None,
        episode_after=int(whole.episode[entry.new]) if entry.new >= 0 else None,
        days_to_air=max(0, day - first),  # a night before the first broadcast day is of that day
        viewers=int(plan.audience[entry.old]) if entry.old >= 0 else 0,
        weight=entry.weight,
        standing="proposed" if foreign else "",
        status_before=statuses[entry.old] if statuses and entry.old >= 0 else "",
        cause=str(cause),
        message=MessageRecord.of(cause),
    )


def _slip(answer: Replan, number: int) -> SlipRecord:
    slip = answer.changes.slips[number]
    programme = answer.instance.programmes[slip.programme]
    return SlipRecord(
        programme=programme.programme,
        title=programme.title,
        territory=slip.territory,
        by=slip.by,
        airings=slip.airings,
        weight=slip.weight,
    )


def _not_aired(answer: Replan, at: int) -> NotAired:
    plan, instance = answer.published.timetable, answer.instance
    channel = instance.channels[int(plan.channel[at])]
    return NotAired(
        airing=f"{channel.id}/{instance.timeline.moment(int(plan.start[at])):%Y%m%dT%H%MZ}",
        programme=instance.programmes[int(plan.programme[at])].programme,
        episode=int(plan.episode[at]),
        cause=MessageRecord.of(msg("it did not air") if at in answer.not_aired else msg("it may not air any more")),
    )


def _by_days(changes: tuple[ChangeRecord, ...]) -> dict[str, int]:
    found = dict.fromkeys([*(name for name, _ in SPANS), "later"], 0)
    for one in changes:
        days = one.days_to_air or 0
        found[next((name for name, last in SPANS if days <= last), "later")] += 1
    return found


def _parity(answer: Replan) -> tuple[ParityRecord, ...]:
    """The rows of agreements in the published timetable and in the new one, both counted on the present instance."""
    agreements = {rule.id for rule in bilateral(answer.instance)}
    rules = [rule for rule in rules_of(answer.instance) if rule.id.split(":")[0] in agreements or rule.id in agreements]
    before, after = (
        {
            (row.rule, row.subject.name, row.period, row.aspect, row.sense): row
            for row in verify(timetable, rules).measurements
        }
        for timetable in (with_anchors(answer.published.timetable), answer.timetable)
    )
    return tuple(
        ParityRecord(
            agreement=row.rule,
            period=row.period,
            aspect=row.aspect,
            giver=row.subject.name.partition(">")[0] if ">" in row.subject.name else "",
            taker=row.subject.name.partition(">")[2],
            unit=row.unit,
            before=float(before[key].have) if key in before else 0.0,
            after=float(row.have),
            miss_before=before[key].miss if key in before else 0,
            miss_after=row.miss,
        )
        for key, row in after.items()
    )
