"""The measures of agreements: how much each airing counts, in which unit, for rows and for checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scheduler.arrays import ranges
from scheduler.instance import PRIME, Cells, given_parts
from scheduler.rules.framework.selected import selected
from scheduler.timetable.minutes import last_day, period_name

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.instance import AgreementModel, Instance, Selector
    from scheduler.timetable import Moments, OnAir

MeasureName = Literal[
    "minutes", "prime_minutes", "audience", "audience_per_million", "first_run_minutes", "runs", "titles", "channels"
]
UNITS: dict[MeasureName, str] = {
    "minutes": "minutes",
    "prime_minutes": "minutes",
    "audience": "viewer-minutes",
    "first_run_minutes": "minutes",
    "runs": "runs",
    "titles": "titles",
    "audience_per_million": "viewer-minutes per million",
    "channels": "channels",
}
ONCE: tuple[MeasureName, ...] = ("titles", "channels")
"""Measures that count a title or channel once, independent of the number of airings."""

STARTS: tuple[MeasureName, ...] = ("runs", *ONCE)
"""Measures that belong to the start of an airing."""

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Given:
    """The amounts that one party gives on another's channels: entry k adds `parts[k]` in period `labels[period[k]]`.

    Parts are multiples of 1 / share_scale of the contents. `airing` is an index into the frame, −1 for anchors. `title`
    numbers programmes and anchors, or channels if the measure counts channels.
    """

    airing: Ints
    period: Ints
    parts: Ints
    title: Ints


def _counted_by(period: str) -> str:
    """The period in which a measure is counted: a cumulative one is summed over weeks."""
    return "week" if period == "cumulative" else period


def period_labels(instance: Instance, agreement: AgreementModel, period: str, *, closed: bool = False) -> list[str]:
    """The periods of the horizon in which an agreement holds, in time order; with `closed` also those before it."""
    base = _counted_by(period)
    found: set[str] = set()
    for number in (at for party in agreement.parties for at in instance.channels_of(party)):
        zone = instance.channels[number].zone
        cells = instance.timeline.cells(zone, base, None, agreement.valid_from, agreement.valid_to, closed=closed)
        found |= set(cells.labels)
    return sorted(found)


def given(
    airings: Airings,
    agreement: AgreementModel,
    giver: str,
    taker: str,
    measure: MeasureName,
    period: str,
    select: Selector | None = None,
    *,
    daypart: str | None = None,
    closed: bool = False,
) -> Given:
    """The amount that every airing and anchor adds to a measure.

    Parameters
    ----------
    giver, taker
        Parties: programmes of `giver` on channels of `taker` count.
    measure
        The measure, which determines the unit.
    period
        Kind or name of the period.
    select
        Only content that fits it counts. None for all content.
    daypart
        Only what is in this daypart counts. None for all hours, or for those of the measure.
    closed
        Whether periods that were over before the horizon count, too.
    """
    instance = airings.instance
    base = _counted_by(period)
    labels = {label: at for at, label in enumerate(period_labels(instance, agreement, period, closed=closed))}
    share = given_parts(instance, agreement, giver)
    anchors = instance.dated_anchors
    # Rows of each entry: airing (−1 for an anchor), period, parts, title. One column per airing or anchor and period.
    entries = [np.zeros((4, 0), dtype=np.int64)]
    for number in instance.channels_of(taker):
        taken = selected(instance, number, select)
        mine = np.flatnonzero(airings.channel == number)
        mine = mine[taken.of(airings.content[mine], airings.run[mine]) & (share[airings.content[mine]] > 0)]
        fixed = np.flatnonzero((anchors.channel == number) & (taken.fixed & (share > 0))[anchors.content])
        first_anchors = instance.contents.first[anchors.content]
        cells = _cells(instance, number, agreement, daypart_of(measure, daypart), base, closed=closed)
        content = np.concatenate([airings.content[mine], anchors.content[fixed]])
        start = np.concatenate([airings.start_minute[mine], anchors.start[fixed]])
        end = np.concatenate([airings.end_minute[mine], anchors.end[fixed]])
        first = np.concatenate([airings.run[mine] == 1, first_anchors[fixed]])
        item, of_period, amount = _amounts(instance, number, cells, measure, content, start, end)
        if measure == "first_run_minutes":
            amount = amount * first[item]
        here = np.array([labels[label] for label in cells.labels], dtype=np.int64)
        who = np.concatenate([mine, np.full(len(fixed), -1)])[item]
        what = titles(instance)[content[item]]
        parts = amount * share[content[item]]
        if measure == "channels":
            what, parts = np.full(len(item), number), np.full(len(item), instance.contents.share_scale)
        columns = np.stack([who, here[of_period], parts, what])
        entries.append(columns[:, amount > 0])
    found = Given(*np.concatenate(entries, axis=1))
    if period == "cumulative":
        found = _accumulated(found, len(labels))
    return _without_anchored(found) if measure == "channels" else found


def _without_anchored(found: Given) -> Given:
    """Remove airings on channels that an anchor reaches in the same period."""
    place = found.period * 10**6 + found.title
    keep = (found.airing < 0) | ~np.isin(place, place[found.airing < 0])
    return Given(found.airing[keep], found.period[keep], found.parts[keep], found.title[keep])


def _accumulated(found: Given, periods: int) -> Given:
    """Let every entry count in its own period and in all later ones."""
    count = periods - found.period
    entry = np.repeat(np.arange(len(count)), count)
    later = ranges(count)
    return Given(found.airing[entry], found.period[entry] + later, found.parts[entry], found.title[entry])


def _cells(
    instance: Instance, number: int, agreement: AgreementModel, daypart: str | None, period: str, *, closed: bool
) -> Cells:
    channel = instance.channels[number]
    hours = None if daypart is None else instance.daypart_hours(channel, daypart)
    return instance.timeline.cells(channel.zone, period, hours, agreement.valid_from, agreement.valid_to, closed=closed)


def _amounts(
    instance: Instance, number: int, cells: Cells, measure: MeasureName, content: Ints, start: Ints, end: Ints
) -> tuple[Ints, Ints, Ints]:
    """(interval, period, amount) for intervals on one channel, parallel arrays."""
    if measure in STARTS:
        period = cells.at(start)
        inside = np.flatnonzero(period >= 0)
        return inside, period[inside], np.ones(len(inside), dtype=np.int64)
    if not measure.startswith("audience"):
        return cells.split(start, end)
    item, segment = cells.pieces(start, end)
    begin = np.maximum(start[item], cells.start[segment])
    until = np.minimum(end[item], cells.end[segment])
    viewers = instance.viewing.audience(number, content[item], begin, until)
    if measure == "audience":
        return item, cells.period[segment], viewers
    span = len(cells.labels)
    keys, group = np.unique(item * span + cells.period[segment], return_inverse=True)
    total = np.zeros(len(keys), dtype=np.int64)
    np.add.at(total, group, viewers)
    return keys // span, keys % span, total * MILLION // inhabitants(instance, number)


def inhabitants(instance: Instance, channel: int) -> int:
    """Inhabitants of all territories in which a channel is seen.

    Loading has checked that each territory states them.
    """
    return sum(instance.file.territories[code].population or 0 for code in instance.channels[channel].seen_in)


def exchanged(
    on_air: OnAir,
    agreement: AgreementModel,
    giver: str,
    taker: str,
    measure: MeasureName,
    period: str,
    select: Selector | None = None,
    *,
    daypart: str | None = None,
    closed: bool = False,
) -> dict[str, int]:
    """The amount of a measure in a timetable by period, counted minute by minute. Periods without any have 0.

    Parameters
    ----------
    giver, taker
        Parties: programmes of `giver` on channels of `taker` count.
    measure
        The measure, which determines the unit.
    period
        Kind or name of the period.
    select
        Only content that fits it counts. None for all content.
    daypart
        Only what is in this daypart counts. None for all hours, or for those of the measure.
    closed
        Whether periods that were over before the horizon count, too.

    Returns
    -------
    dict
        Period label → amount, in parts of the contents' share_scale.
    """
    instance = on_air.instance
    base = _counted_by(period)
    moments = on_air.starts if measure in STARTS else on_air.minutes
    share = given_parts(instance, agreement, giver)
    every_name = moments.periods(base, closed=closed).to_numpy()
    # Most minutes are fallback, or of other channels and origins. The rest is asked of the few that remain.
    on_channels = np.zeros(len(instance.channels), dtype=bool)
    on_channels[list(instance.channels_of(taker))] = True
    some = on_channels[moments.channel] & (share > 0)[moments.content] & (moments.entry >= 0)
    names, moments = every_name[some], moments.only(some)
    share = share[moments.content]
    here = moments.within(None, agreement.valid_from, agreement.valid_to) & (names != "")
    if select is not None:
        here &= selected_moments(on_air, moments, select)
    here &= in_daypart(on_air, moments, daypart_of(measure, daypart))
    if measure == "first_run_minutes":
        here &= moments.first
    amount = moments.viewers if measure.startswith("audience") else np.ones(len(share), dtype=np.int64)
    title = titles(instance)[moments.content]
    if measure == "channels":
        title, share = moments.channel, np.full(len(share), instance.contents.share_scale)
    found = pd.DataFrame({"period": names[here], "parts": (amount * share)[here], "title": title[here]})
    if measure == "audience_per_million":
        found["amount"], found["share"] = amount[here], share[here]
        found["entry"], found["channel"] = moments.entry[here], moments.channel[here]
        found = _per_million(instance, found)
    return {label: _total(found, label, measure, period) for label in _days_as(on_air, agreement, base, closed=closed)}


def _total(found: pd.DataFrame, label: str, measure: MeasureName, period: str) -> int:
    inside = found[found["period"] <= label] if period == "cumulative" else found[found["period"] == label]
    return int((inside.drop_duplicates("title") if measure in ONCE else inside)["parts"].sum())


def selected_moments(on_air: OnAir, moments: Moments, select: Selector) -> Flags:
    """Which moments show content that fits a selector."""
    found = np.zeros(len(moments.content), dtype=bool)
    for number, channel in enumerate(on_air.instance.channels):
        fits = on_air.instance.contents.matches(select, channel.territory)
        found |= (moments.channel == number) & fits[moments.content]
    return found & moments.of_run(select.run)


def _per_million(instance: Instance, found: pd.DataFrame) -> pd.DataFrame:
    """One row per airing and period: viewer-minutes per million inhabitants, rounded down, times the share."""
    rows = found.groupby(["period", "entry", "channel", "share"], as_index=False)["amount"].sum()
    people = np.array([inhabitants(instance, int(channel)) for channel in rows["channel"].tolist()], dtype=np.int64)
    parts = rows["amount"].to_numpy(dtype=np.int64) * MILLION // people * rows["share"].to_numpy(dtype=np.int64)
    return pd.DataFrame({"period": rows["period"], "parts": parts})


def _days_as(on_air: OnAir, agreement: AgreementModel, period: str, *, closed: bool) -> list[str]:
    """The names of the periods that contain the days on which the agreement holds; with `closed` also of past ones."""
    line, starts = on_air.instance.timeline, pd.Timestamp(on_air.instance.file.horizon.start)
    days = pd.Series(pd.date_range(line.first_day, periods=line.days))
    if agreement.valid_from is not None:
        days = days[days >= pd.Timestamp(agreement.valid_from)]
    if agreement.valid_to is not None:
        days = days[days <= pd.Timestamp(agreement.valid_to)]
    if period == "horizon":
        return ["horizon"] if (days >= starts).any() else []
    reached = {period_name(period, day, line.named): day for day in days}
    return sorted(
        name for name, day in reached.items() if name and (closed or last_day(period, day, line.named) >= starts)
    )


def titles(instance: Instance) -> Ints:
    """The title of each content: a number per programme or anchor."""
    programme = instance.contents.programme
    return np.where(programme >= 0, programme, len(instance.programmes) + np.arange(len(programme)))


def daypart_of(measure: MeasureName, daypart: str | None) -> str | None:
    """The daypart in which a measure counts: prime for `prime_minutes`, else the one that is asked for."""
    return PRIME if measure == "prime_minutes" else daypart


def in_daypart(on_air: OnAir, moments: Moments, daypart: str | None) -> Flags:
    """Which moments lie in a daypart on their channel's clock, (moments,). All of them if it is None."""
    if daypart is None:
        return np.ones(len(moments.channel), dtype=bool)
    inside = np.zeros(len(moments.channel), dtype=bool)
    for number, channel in enumerate(on_air.instance.channels):
        hours = on_air.instance.daypart_hours(channel, daypart)
        inside |= (moments.channel == number) & moments.within(hours, None, None)
    return inside
