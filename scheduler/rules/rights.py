"""The licence of a programme: territories, dates, number of runs, and time between runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from scheduler.arrays import Flags
from scheduler.instance import zone_clock
from scheduler.messages import Listed, Message, Value, msg, msg_n
from scheduler.rules.framework.aspect import Aspect, about
from scheduler.rules.framework.base import Measurement, Part, Rule
from scheduler.rules.framework.rows import RuleRows
from scheduler.rules.framework.subject import Subject
from scheduler.rules.rights_rows import rows_of_rights
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.instance import Instance, Programme
    from scheduler.timetable import OnAir

EVERYWHERE = Subject("channels", "everywhere")


class Rights(Rule):
    """Rights hold in every territory in which a channel is seen and on the airing's dates. Runs are not exceeded.

    Per programme and territory, with d a broadcast day, g the smallest number of days between runs, and N_k(d) the
    number of k-th runs up to and including day d, past ones included: N_1 ≤ episodes left, and N_k(d) ≤ N_{k−1}(d − g)
    for k = 2 … runs. So every rerun has an episode that aired at least g days before. Airings of all episodes ≤
    runs_total on all channels and ≤ runs_channel on one channel.

    An airing uses a run in each territory in which its channel is seen. It is the same run of the same episode in all
    of them: if a channel of several territories shows first (second, …) runs of a series, all first (second, …) runs of
    the series in those territories are on this channel. If the past of the series differs between the territories,
    other channels may show such runs, too, and every airing has an episode of its own (`episode_columns`). A simulcast
    (a live event or a link-up, at one instant on several channels of a territory) is one run. Repeats that use no run
    (`repeat_within_hours`) do not count here.
    """

    type: Literal["rights"] = "rights"
    id: str = "rights"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("the rights do not cover its territories, dates or runs")

    def part_sentence(self, part: Part, instance: Instance) -> Message:
        """The rights as a clause."""
        return msg("rights: the territories and dates for which the programmes are licensed")

    def admit_contents(self, instance: Instance, channel: int) -> Flags | None:
        """Contents whose rights hold in every territory of the channel's coverage and in the horizon."""
        seen = set(instance.channels[channel].seen_in)
        allowed = np.array(
            [p.territories is None or seen <= set(p.territories) for p in instance.programmes], dtype=bool
        )
        programme = instance.contents.programme
        return np.where(programme >= 0, allowed[programme] if len(allowed) else False, True)

    def admit(self, airings: Airings) -> Flags | None:
        """Airings within the dates of the rights, on the channel's legal days."""
        instance = airings.instance
        first = instance.timeline.first_day
        never = 10**6
        begin = np.array([(p.rights_from - first).days if p.rights_from else -never for p in instance.programmes])
        end = np.array([(p.rights_to - first).days if p.rights_to else never for p in instance.programmes])
        from_day, to_day = np.zeros(len(airings), dtype=np.int64), np.zeros(len(airings), dtype=np.int64)
        for number, channel in enumerate(instance.channels):
            mine = airings.channel == number
            day = instance.timeline.clock(channel.zone).day
            from_day[mine] = day[airings.start_minute[mine]]
            to_day[mine] = day[airings.end_minute[mine] - 1]
        if not len(airings):
            return None
        return (from_day >= begin[airings.programme]) & (to_day <= end[airings.programme])

    def rows(self, airings: Airings) -> Iterator[RuleRows]:
        """Rows on first runs, on every further run by day, and on airings in total and per channel."""
        return rows_of_rights(self, airings)

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """Every airing outside its rights, and every programme with too many, too close or wrongly numbered runs."""
        yield from _outside(self, on_air)
        yield from _too_many(self, on_air)
        yield from _episodes(self, on_air)


def _broken(
    rule: Rights, subject: Subject, period: str, aspect: Aspect, have: int, most: int, text: Message
) -> Measurement:
    return rule.measured(
        subject=subject,
        period=period,
        aspect=aspect,
        have=have,
        need=most,
        sense="most",
        unit="runs",
        text=text,
        rigid=True,
        named=True,
    )


def _outside(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    table, instance = on_air.timetable, on_air.instance
    for at in table.planned.tolist():
        programme = instance.programmes[table.programme[at]]
        channel = instance.channels[table.channel[at]]
        moment = instance.timeline.moment_text(table.start[at])
        start = on_air.starts.local.iloc[at]
        end = instance.timeline.moment(table.start[at] + table.minutes[at] - 1)
        last = end.astimezone(zone_clock(channel.zone)).date()
        closed = [
            code for code in channel.seen_in if programme.territories is not None and code not in programme.territories
        ]
        early = programme.rights_from is not None and start.date() < programme.rights_from
        late = programme.rights_to is not None and last > programme.rights_to
        if closed or early or late:
            where: dict[str, Value] = {"title": programme.title, "channel": channel.id, "moment": moment}
            text = (
                msg(
                    "rights: '{title}' on {channel} at {moment} has no rights in {territories}",
                    **where,
                    territories=Listed(tuple(closed)),
                )
                if closed
                else msg("rights: '{title}' on {channel} at {moment} lies outside the dates of its rights", **where)
            )
            yield _broken(rule, Subject("channel", channel.id), moment, about(programme.programme), 1, 0, text)


def _too_many(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    table, instance = on_air.timetable, on_air.instance
    airs = np.setdiff1d(table.planned, [*repeats_of(table)])
    in_all = Counter(table.programme[airs].tolist())
    on_channel = Counter(zip(table.programme[airs].tolist(), table.channel[airs].tolist(), strict=True))
    for programme, now in sorted(in_all.items()):
        item, have = instance.programmes[programme], now + instance.past.total(programme)
        if item.runs_total is not None and have > item.runs_total:
            aspect = Aspect("all runs", item.programme)
            text = msg_n(
                "rights: '{title}' airs {count} time in all, its rights allow {most}",
                "rights: '{title}' airs {count} times in all, its rights allow {most}",
                title=item.title,
                count=have,
                most=item.runs_total,
            )
            yield _broken(rule, EVERYWHERE, "horizon", aspect, have, item.runs_total, text)
    for (programme, number), now in sorted(on_channel.items()):
        item, channel = instance.programmes[programme], instance.channels[number]
        have = now + instance.past.on_channel(programme, number)
        if item.runs_channel is not None and have > item.runs_channel:
            text = msg_n(
                "rights: '{title}' airs {count} time on {channel}, its rights allow {most}",
                "rights: '{title}' airs {count} times on {channel}, its rights allow {most}",
                title=item.title,
                count=have,
                channel=channel.id,
                most=item.runs_channel,
            )
            yield _broken(
                rule,
                Subject("channel", channel.id),
                "horizon",
                Aspect("runs", item.programme),
                have,
                item.runs_channel,
                text,
            )


def _episodes(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    """Problems of the runs of every episode in every territory: number of runs, days between them, first run."""
    instance = on_air.instance
    for (number, code), runs in sorted(seen_runs(on_air).items()):
        item = instance.programmes[number]
        past = [(run.episode, run.day, False) for run in instance.past.of(number, code)]
        known = [(episode, day, first) for _, episode, day, first in runs]
        late = {run.episode for run in instance.past.not_aired.get((number, code), ())}
        gap = instance.days_between_runs(number)
        for aspect, text in _wrong_runs(past, known, late, item.episodes, item.runs, gap):
            yield _wrong_run(rule, item, code, aspect, text)
    table = on_air.timetable
    for at in sorted({*repeats_of(table)} & set(table.planned[table.first[table.planned]].tolist())):
        item = instance.programmes[table.programme[at]]
        text = msg("episode {episode} is called a first run and is not", episode=int(table.episode[at]))
        for code in instance.channels[table.channel[at]].seen_in:
            yield _wrong_run(rule, item, code, "first runs", text)
    yield from _apart(rule, on_air)


def _wrong_run(rule: Rights, item: Programme, code: str, aspect: str, text: Message) -> Measurement:
    message = msg("rights: '{title}' in {territory}: {what}", title=item.title, territory=code, what=text)
    return _broken(rule, Subject("territory", code), "horizon", Aspect(aspect, item.programme), 1, 0, message)


def seen_runs(on_air: OnAir) -> dict[tuple[int, str], list[tuple[int, int, int, bool]]]:
    """(entry, episode, broadcast day, marked as first run) by programme and territory. A simulcast is one run."""
    table, instance = on_air.timetable, on_air.instance
    shift = pd.Timedelta(minutes=instance.timeline.broadcast_start)
    dates = (on_air.starts.local - shift).dt.date
    aired: dict[tuple[int, str], list[tuple[int, int, int, bool]]] = {}
    seen_at: set[tuple[int, str, int, int, bool]] = set()
    planned = set(table.planned.tolist()) - set(repeats_of(table))
    for at in np.lexsort((table.channel, table.start, pd.to_datetime(dates).to_numpy())).tolist():
        if at not in planned:
            continue
        programme, episode, first = int(table.programme[at]), int(table.episode[at]), bool(table.first[at])
        day = (dates.iloc[at] - instance.timeline.first_day).days
        for code in instance.channels[table.channel[at]].seen_in:
            instant = programme, code, int(table.start[at]), episode, first
            if instance.simulcasts[programme] and instant in seen_at:
                continue
            seen_at.add(instant)
            aired.setdefault((programme, code), []).append((at, episode, day, first))
    return aired


@dataclass(slots=True)
class _Counted:
    """The runs of all programmes, counted in each territory that sees them."""

    runs: dict[int, set[int]] = field(default_factory=dict)  # by entry: k, if it is the k-th run of its episode
    ahead: dict[int, set[int]] = field(default_factory=dict)  # by entry: its positions among the episodes to come
    channels: dict[tuple[int, int], set[int]] = field(default_factory=dict)  # by (programme of episodes, k)


def _counted(on_air: OnAir) -> _Counted:
    table, instance = on_air.timetable, on_air.instance
    found = _Counted()
    for (programme, code), runs in seen_runs(on_air).items():
        count = Counter(run.episode for run in instance.past.of(programme, code))
        to_come = instance.past.to_come(programme, code, instance.programmes[programme].episodes)
        for at, episode, _, _ in runs:
            if not count[episode]:
                found.ahead.setdefault(at, set()).add(to_come.index(episode) if episode in to_come else -1)
            to_come = [one for one in to_come if one != episode]
            count[episode] += 1
            found.runs.setdefault(at, set()).add(count[episode])
            if instance.programmes[programme].episodes > 1:
                found.channels.setdefault((programme, count[episode]), set()).add(int(table.channel[at]))
    return found


def _apart(rule: Rights, on_air: OnAir) -> Iterator[Measurement]:
    """Problems of channels of several territories: runs differ between the territories, or other channels have some."""
    table, instance, counted = on_air.timetable, on_air.instance, _counted(on_air)
    for at, numbers in sorted(counted.runs.items()):
        item, channel = instance.programmes[table.programme[at]], instance.channels[table.channel[at]].id
        if len(numbers) > 1:
            text = msg(
                "rights: '{title}' on {channel} is not the same run in all territories that see it",
                title=item.title,
                channel=channel,
            )
        elif len(counted.ahead.get(at, ())) > 1:
            text = msg(
                "rights: '{title}' on {channel} leaves out episodes in one of the territories that see it",
                title=item.title,
                channel=channel,
            )
        else:
            continue
        yield _broken(rule, Subject("channel", channel), "horizon", Aspect("together", item.programme), 1, 0, text)
    wide = {at for at, channel in enumerate(instance.channels) if len(channel.seen_in) > 1}
    for (programme, _), channels in sorted(counted.channels.items()):
        item = instance.programmes[programme]
        alike = [at for at in channels & wide if instance.past.agrees(programme, instance.channels[at].seen_in)]
        for number in sorted(alike):
            seen = set(instance.channels[number].seen_in)
            others = [instance.channels[at].id for at in sorted(channels - {number})]
            shared = [name for name in others if seen & set(instance.channels[instance.channel_index[name]].seen_in)]
            if shared:
                where = instance.channels[number].id
                text = msg(
                    "rights: '{title}' has the same runs on {channel} and on {others}, seen there too",
                    title=item.title,
                    channel=where,
                    others=Listed(tuple(shared)),
                )
                yield _broken(
                    rule, Subject("channel", where), "horizon", Aspect("together", item.programme), 1, 0, text
                )


def _wrong_runs(
    past: list[tuple[int, int, bool]],
    runs: list[tuple[int, int, bool]],
    late: set[int],
    episodes: int,
    most: int,
    gap: int,
) -> Iterator[tuple[str, Message]]:
    """(aspect, problem) of the runs (episode, broadcast day, marked as first run) after the past ones.

    Episodes in `late` did not air on their day. Their first run may be after that of a later episode.
    """
    days: dict[int, list[int]] = {}
    for episode, day, _ in past:
        days.setdefault(episode, []).append(day)
    highest = max(days, default=0)
    for episode, day, first in runs:
        if not 1 <= episode <= episodes:
            yield "episodes", msg("there is no episode {episode} of {all}", episode=episode, all=episodes)
        if first != (episode not in days):
            called = (
                msg("episode {episode} is called a first run and is not", episode=episode)
                if first
                else msg("episode {episode} is called a rerun and is not", episode=episode)
            )
            yield "first runs", called
        if first and episode < highest and episode not in late:
            yield (
                "order",
                msg("episode {episode} has its first run after episode {later}", episode=episode, later=highest),
            )
        highest = max(highest, episode)
        days.setdefault(episode, []).append(day)
        if len(days[episode]) > most:
            count = len(days[episode])
            yield (
                "runs",
                msg_n(
                    "episode {episode} runs {count} time, the rights allow {most}",
                    "episode {episode} runs {count} times, the rights allow {most}",
                    episode=episode,
                    count=count,
                    most=most,
                ),
            )
        if len(days[episode]) > 1 and day - days[episode][-2] < gap:
            yield (
                "gap",
                msg_n(
                    "runs of episode {episode} are {count} day apart, at least {least}",
                    "runs of episode {episode} are {count} days apart, at least {least}",
                    episode=episode,
                    count=day - days[episode][-2],
                    least=gap,
                ),
            )
