"""Tasks that are due, with date and party: the deadlines of an instance applied to the airings of a timetable."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

import pandas as pd

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
"""The statuses of airings for which each deadline is still open.

The program does not know whether a master was delivered or a dub was made, so these deadlines stay open until the
airing.
"""

ASKED_FOR: Final = pd.DataFrame([(kind, status) for kind, those in DUE.items() for status in sorted(those)],
                                columns=["kind", "status"])  # fmt: skip
"""DUE as a table of pairs."""

SERVED: Final = ["channel", "agreement", "direction"]
"""Columns of a timetable on which the tasks of a deadline depend."""

TASK: Final = ["deadline", "kind", *SERVED, "of_agreement", "of", "to", "sides", "silence"]
"""A deadline's index and kind; its airings; the agreement ("" for the whole channel), who acts, for whom, whose
calendars count, and the meaning of no answer."""

KEYS: Final = ["due", "kind", "of", "to", "channel", "of_agreement", "silence"]
"""Airings with the same values are one task."""


@dataclass(frozen=True, slots=True)
class Due:
    """One task: airings with the same deadline, date, parties, channel and agreement."""

    due: date
    deadline: DeadlineKind
    of: str  # the party that has to act
    to: str  # the party that receives; empty for the public
    channel: str
    agreement: str  # empty for a task of the whole channel
    first: date  # broadcast dates of the airings
    last: date
    airings: int
    overdue: bool
    silence: str  # meaning of no answer; empty if no answer is expected


def due(timetable: Timetable, on: date, until: date, party: str | None = None) -> list[Due]:
    """All tasks that are due up to a day, and overdue ones. Tasks that are done are left out.

    Parameters
    ----------
    on
        The present day. Tasks with an earlier date are overdue. Airings with an earlier broadcast date are left out.
    until
        The last date of a task.
    party
        Only tasks that this party has to do or that are done for it.

    Raises
    ------
    InputError
        If the record of answers and publications is damaged.
    """
    instance = timetable.instance
    frame = timetable_frame(timetable)
    frame = frame.assign(status=statuses(instance, timetable))
    frame = frame[(frame["anchor"] == "") & (frame["broadcast_date"] >= on.isoformat())]
    tasks = _tasks(instance, frame[SERVED].drop_duplicates())
    tasks = tasks if party is None else tasks[(tasks["of"] == party) | (tasks["to"] == party)]
    asked = tasks.merge(frame[[*SERVED, "broadcast_date", "status"]], on=SERVED).merge(ASKED_FOR, on=["kind", "status"])
    if asked.empty:
        return []
    asked = _with_dates(instance, asked)
    asked = asked[asked["due"] <= until.isoformat()]
    days = asked.groupby(KEYS)["broadcast_date"].agg(["min", "max", "size"]).reset_index()
    return [
        Due(when, kind, of, to, channel, agreement, date.fromisoformat(first), date.fromisoformat(last), airings,
            when < on, silence)
        for day, kind, of, to, channel, agreement, silence, first, last, airings in days.to_numpy().tolist()
        for when in [date.fromisoformat(day)]
    ]  # fmt: skip


def _tasks(instance: Instance, served: pd.DataFrame) -> pd.DataFrame:
    """Columns TASK: the tasks of each deadline for the airings with the same columns SERVED."""
    deadlines = instance.file.deadlines
    rows = [
        (number, one.deadline, *names, *task, one.silence if one.deadline == "objection" else "")
        for names in served.to_numpy().tolist()
        for number, one in enumerate(deadlines)
        if not one.channels or names[0] in one.channels
        for task in _asked(instance, one, *names)
    ]
    return pd.DataFrame(rows, columns=TASK, dtype=object)


def _with_dates(instance: Instance, asked: pd.DataFrame) -> pd.DataFrame:
    """The tasks with the column `due`, each date counted once by the calendars of its sides."""
    calendars, deadlines = instance.file.calendars, instance.file.deadlines
    of = ["deadline", "sides", "broadcast_date"]
    dates = asked[of].drop_duplicates()
    due = [
        deadlines[number].due(date.fromisoformat(day), [calendars.get(side, WorkCalendar()) for side in sides])
        for number, sides, day in dates.to_numpy().tolist()
    ]
    return asked.merge(dates.assign(due=[day.isoformat() for day in due]), on=of)


def _asked(
    instance: Instance, deadline: Deadline, channel: str, served: str, ways: str
) -> Iterator[tuple[str, str, str, tuple[str, ...]]]:
    """(agreement, who acts, for whom, whose calendars count) of a deadline for an airing."""
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
    """The tasks as lines, in order of date."""
    lines: list[str] = []
    for one in found:
        first, last = language.weekday(one.first), language.weekday(one.last)
        days = first if first == last else f"{first} – {last}"
        message = msg(
            "{what}, from {party}: {channel}, {days}, {airings}",
            what=deadline_words(one.deadline),
            party=one.of,
            channel=one.channel,
            days=days,
            airings=msg_n("{count} airing", "{count} airings", count=one.airings),
        )
        if one.agreement:
            message = msg("{task} (for {party}, {agreement})", task=message, party=one.to, agreement=one.agreement)
        if one.silence in ("accepted", "refused"):
            means = msg("no answer means accepted") if one.silence == "accepted" else msg("no answer means refused")
            message = msg("{task}; {means}", task=message, means=means)
        day = language.weekday(one.due)
        whole = msg("{day} (overdue): {task}", day=day, task=message) if one.overdue else msg(
            "{day}: {task}", day=day, task=message
        )  # fmt: skip
        lines.append(language.render(whole))
    return lines or [language.render(msg("nothing is due"))]


def deadline_words(kind: DeadlineKind) -> Message:
    """The task of a deadline in words."""
    fields = {
        "grid": msg("agree on the grid"),
        "press": msg("send listings to the press"),
        "guide": msg("send data for the programme guide"),
        "notice": msg("inform the partner of the last changes"),
        "objection": msg("answer the offer"),
        "master": msg("deliver the material"),
        "dub": msg("dub or subtitle"),
    }
    return fields[kind]
