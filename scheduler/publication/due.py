"""What is due, by when and from whom: the deadlines of an instance over the airings of a timetable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from scheduler.instance import agreements_of
from scheduler.instance.model.deadline import BETWEEN_TWO, DeadlineKind, WorkCalendar
from scheduler.messages import Message, msg, msg_n
from scheduler.publication.words import statuses
from scheduler.timetable import timetable_frame

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.instance import Instance
    from scheduler.instance.model.deadline import Deadline
    from scheduler.publication.words import Status
    from scheduler.report.language import Language
    from scheduler.timetable import Timetable

DUE: Final[dict[DeadlineKind, frozenset[Status]]] = {
    "grid": frozenset({"draft", "proposed", "countered", "refused"}),
    "press": frozenset({"draft", "proposed", "accepted", "countered", "refused"}),
    "guide": frozenset({"draft", "proposed", "accepted", "countered", "refused"}),
    "notice": frozenset({"draft", "proposed", "accepted", "countered", "refused"}),
    "objection": frozenset({"proposed"}),
    "master": frozenset({"draft", "proposed", "accepted", "countered", "published", "frozen"}),
    "dub": frozenset({"draft", "proposed", "accepted", "countered", "published", "frozen"}),
}
"""The statuses of airings for which each deadline still asks; whether a master has come or a dub is made, only people
know, so these are asked for until they air."""


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is due: the same deadline, day, sides, channel and agreement."""

    due: date
    deadline: DeadlineKind
    of: str  # the party that has to act
    to: str  # the party for which; empty where it is for the public
    channel: str
    agreement: str  # empty where it is of the whole channel
    first: date  # broadcast dates of the airings
    last: date
    airings: int
    overdue: bool
    silence: str  # what no answer means; empty where nothing is asked


def due(timetable: Timetable, on: date, until: date, party: str | None = None) -> list[Due]:
    """All that is due up to a day, what is overdue before it; what has been done is left out.

    Parameters
    ----------
    on
        The day of the question: what was due before it is overdue. Broadcast dates before it are left out.
    until
        The last day that is asked for.
    party
        Only what this party has to do, or is done for it.

    Raises
    ------
    InputError
        Where the record of what was said and published is damaged.
    """
    instance = timetable.instance
    frame = timetable_frame(timetable)
    frame = frame.assign(status=statuses(instance, timetable))
    frame = frame[(frame["anchor"] == "") & (frame["broadcast_date"] >= on.isoformat())]
    names = "channel", "broadcast_date", "agreement", "direction", "status"
    counted: dict[tuple[date, DeadlineKind, str, str, str, str, str], list[date]] = {}
    for channel, day, served, ways, status in zip(*(frame[name].tolist() for name in names), strict=True):
        at = date.fromisoformat(day)
        for deadline in instance.file.deadlines:
            if status not in DUE[deadline.deadline] or (deadline.channels and channel not in deadline.channels):
                continue
            for agreement, of, to, sides in _asked(instance, deadline, channel, served, ways):
                if party is not None and party not in (of, to):
                    continue
                when = deadline.due(at, [instance.file.calendars.get(side, WorkCalendar()) for side in sides])
                if when <= until:
                    silence = deadline.silence if deadline.deadline == "objection" else ""
                    key = when, deadline.deadline, of, to, channel, agreement, silence
                    counted.setdefault(key, []).append(at)
    return [
        Due(when, kind, of, to, channel, agreement, min(days), max(days), len(days), when < on, silence)
        for (when, kind, of, to, channel, agreement, silence), days in sorted(counted.items())
    ]


def _asked(
    instance: Instance, deadline: Deadline, channel: str, served: str, ways: str
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """(agreement, who acts, for whom, whose calendars) of a deadline for an airing."""
    own = instance.channels[instance.channel_index[channel]].belongs_to
    pairs = [
        (agreement, *way.split(">"))
        for agreement, way in zip(served.split(";"), ways.split(";"), strict=True)
        if agreement and deadline.agreement in (None, agreement, agreement.partition("/")[0])
    ]
    if deadline.deadline not in BETWEEN_TWO:
        if deadline.agreement is None or pairs:
            parties = {party for rule in agreements_of(instance) for party in rule.parties}
            of = next((party for party in own if party in parties), own[0])
            yield "", of, "", (of, *(_partners(instance, own) if deadline.deadline == "grid" else ()))
        return
    for agreement, giver, airing in pairs:
        of, to = (giver, airing) if deadline.deadline == "master" else (airing, giver)
        yield agreement, of, to, (giver, airing)


def _partners(instance: Instance, own: tuple[str, ...]) -> tuple[str, ...]:
    """The other parties of the agreements of a channel's parties."""
    shared = (rule.parties for rule in agreements_of(instance) if set(rule.parties) & set(own))
    return tuple(dict.fromkeys(party for parties in shared for party in parties if party not in own))


def due_lines(found: Sequence[Due], language: Language) -> list[str]:
    """What is due as lines, day by day."""
    lines: list[str] = []
    for one in found:
        first, last = language.weekday(one.first), language.weekday(one.last)
        days = first if first == last else f"{first} – {last}"
        said = msg(
            "{what}, from {party}: {channel}, {days}, {airings}",
            what=_what(one.deadline),
            party=one.of,
            channel=one.channel,
            days=days,
            airings=msg_n("{count} airing", "{count} airings", count=one.airings),
        )
        if one.agreement:
            said = msg("{task} (for {party}, {agreement})", task=said, party=one.to, agreement=one.agreement)
        if one.silence in ("accepted", "refused"):
            means = msg("no answer means accepted") if one.silence == "accepted" else msg("no answer means refused")
            said = msg("{task}; {means}", task=said, means=means)
        day = language.weekday(one.due)
        whole = msg("{day} (overdue): {task}", day=day, task=said) if one.overdue else msg(
            "{day}: {task}", day=day, task=said
        )  # fmt: skip
        lines.append(language.render(whole))
    return lines or [language.render(msg("nothing is due"))]


def _what(kind: DeadlineKind) -> Message:
    said = {
        "grid": msg("agree on the grid"),
        "press": msg("send listings to the press"),
        "guide": msg("send data for the programme guide"),
        "notice": msg("inform the partner of the last changes"),
        "objection": msg("answer the offer"),
        "master": msg("deliver the material"),
        "dub": msg("dub or subtitle"),
    }
    return said[kind]
