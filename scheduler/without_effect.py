"""Parts of an instance that change nothing, before and after a solve.

These are windows, rules, genres, history, locks, lines of `placement` and named slots.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.airings import build_airings
from scheduler.formulation import formulate
from scheduler.instance import Selector
from scheduler.instance.files.named import named_in
from scheduler.instance.model.commitment import day_set_text
from scheduler.instance.model.field_types import clock_text
from scheduler.messages import Message, Term, msg, msg_n
from scheduler.moments import DAY
from scheduler.rules import Rule
from scheduler.rules.framework.selected import selected
from scheduler.strands.bundles import start_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.airings import Airings
    from scheduler.arrays import Flags, Ints
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance
    from scheduler.timetable import OnAir
    from scheduler.verify import Verification

HISTORY_FILE = "history.csv"
Part = Literal["window", "rule", "genre", "history", "lock", "placement", "slot"]


@dataclass(frozen=True, slots=True)
class NoEffect:
    """A part of an instance that changes nothing."""

    part: Part
    text: Message
    channel: str = ""


def before_solving(airings: Airings, formulation: Formulation, rules: Sequence[Rule]) -> list[NoEffect]:
    """What can change nothing in any timetable.

    These are windows in which no programme can air, rules without a day, a channel, fitting content or a candidate
    airing, genres that nothing names, history without which the program is the same, locks of what has aired, lines of
    `placement` that hold for no title, followers of titles whose rights allow no repeat, and named slots in which
    nothing can begin.
    """
    instance = airings.instance
    filled = np.zeros(len(instance.windows), dtype=bool)
    filled[np.unique(airings.column("window"))] = True
    found = []
    for channel, name in _windows_without(instance, filled):
        message = msg("no programme can air in the window {window} of {channel}", window=name, channel=channel)
        found.append(NoEffect("window", message, channel))
    found += _rules_without(airings, formulation, rules)
    found += _genres(instance)
    if instance.history and _same_program(airings, formulation, rules):
        message = msg("{file} changes nothing: candidate airings and rows are the same without it", file=HISTORY_FILE)
        found.append(NoEffect("history", message))
    for lock in dict.fromkeys(instance.locks):
        fitting = airings.fitting(lock)
        if len(fitting) and bool(np.all(airings.past[fitting])):
            found.append(NoEffect("lock", msg("the lock {lock} changes nothing: this has aired", lock=lock.message())))
    return [*found, *_placement_without(instance), *_slots_without(airings)]


def after_solving(on_air: OnAir, verification: Verification, rules: Sequence[Rule]) -> list[NoEffect]:
    """What a timetable leaves without effect: windows that it never uses, rules whose content it does not show, genres.

    A rule that asks for content which is not there is missed, and not listed here.
    """
    instance, table = on_air.instance, on_air.plan
    windows, width = instance.windows, instance.timeline.minutes + 1
    begins = windows.channel * width + np.clip(windows.start, 0, None)
    order = np.argsort(begins, kind="stable")
    mine = ~table.anchor
    place = table.channel[mine] * width + np.clip(table.start[mine], 0, None)
    used = np.zeros(len(windows), dtype=bool)
    if len(windows):
        used[order[np.maximum(np.searchsorted(begins[order], place, side="right") - 1, 0)]] = True
    found = []
    for channel, name in _windows_without(instance, used):
        message = msg("the window {window} of {channel} is never used", window=name, channel=channel)
        found.append(NoEffect("window", message, channel))
    found += _rules_not_shown(on_air, rules, {_written(row.rule) for row in verification.missed})
    return found + _genres(instance)


def unnamed_genres(instance: Instance) -> tuple[frozenset[str], set[str]]:
    """(genres that rules, windows or the audience curve name, genres of programmes that none of them names).

    Both are empty where nothing names a genre.
    """
    rules = [*instance.file.agreements, *instance.file.rules, *instance.channels]
    named = {word for rule in rules for _, ref, word in named_in(rule) if ref.kind == "genre"}
    named |= {row.genre for row in instance.audience if row.genre}
    return frozenset(named), {one.genre for one in instance.programmes} - named if named else set()


def _genres(instance: Instance) -> list[NoEffect]:
    """The genres that nothing names, the most frequent first."""
    _, unnamed = unnamed_genres(instance)
    counts = Counter(one.genre for one in instance.programmes if one.genre in unnamed)
    return [
        NoEffect(
            "genre",
            msg_n(
                "no rule, window or audience curve names the genre '{genre}' ({count} programme)",
                "no rule, window or audience curve names the genre '{genre}' ({count} programmes)",
                genre=Term("genre", genre),
                count=count,
            ),
        )
        for genre, count in counts.most_common()
    ]


def _windows_without(instance: Instance, used: Flags) -> Iterator[tuple[str, str]]:
    """(channel, window as it is written) of every window of which no planned day is used."""
    windows = instance.windows
    here = ~windows.past & (windows.record < 0)
    for number, channel in enumerate(instance.channels):
        for at, window in enumerate(channel.windows):
            mine = here & (windows.channel == number) & (windows.definition == at)
            if np.any(mine) and not np.any(used[mine]):
                days = day_set_text(window.days) if window.days else ", ".join(map(str, window.dates or ()))
                yield channel.id, f"{days} {clock_text(window.start)}–{clock_text(window.end)}"


def _placement_without(instance: Instance) -> Iterator[NoEffect]:
    """Written lines of `placement` that hold for no title, and lines whose followers repeat nothing."""
    placements = instance.placements
    programme = instance.contents.programme[: instance.contents.version_count]
    for number, line in enumerate(instance.file.written_placement):
        first = placements.hidden[number]
        if first is not None:
            message = msg(
                "line {number} of `placement` holds for no title: line {first} comes first and fits all of its titles;"
                " write it before that line",
                number=number + 1,
                first=first + 1,
            )
            yield NoEffect("placement", message)
        elif line.followers and not {*programme[(placements.line == number).any(axis=1)].tolist()} & {
            *instance.repeats
        }:
            message = msg(
                "the followers in line {number} of `placement` repeat nothing: none of its titles has"
                " `repeat_within_hours`",
                number=number + 1,
            )
            yield NoEffect("placement", message)


def _slots_without(airings: Airings) -> Iterator[NoEffect]:
    """Named slots with a day in the horizon on which nothing that they accept can begin."""
    instance, clock = airings.instance, start_clock(airings)
    first, begin = instance.timeline.first_day, instance.timeline.broadcast_start
    for number, channel in enumerate(instance.channels):
        mine = np.flatnonzero(airings.channel == number)
        for slot in channel.slots:
            days = [day for day in range(instance.timeline.days) if slot.holds_on(first + timedelta(days=day))]
            there = mine[(clock[mine] == (slot.start - begin) % DAY) & np.isin(airings.broadcast_day[mine], days)]
            fits = instance.contents.matches(slot.accept, channel.territory)[airings.content[there]]
            if days and not fits.any():
                message = msg(
                    "nothing that it accepts can begin in the slot '{slot}' of {channel}, {days} {start}",
                    slot=slot.name,
                    channel=channel.id,
                    days=day_set_text(slot.days),
                    start=clock_text(slot.start),
                )
                yield NoEffect("slot", message, channel.id)


def _rules_without(airings: Airings, formulation: Formulation, rules: Sequence[Rule]) -> list[NoEffect]:
    """Written rules that judge no timetable: no day, no channel, no content, no candidate airing."""
    instance, held = airings.instance, {_written(rule.id): rule for rule in _written_rules(airings.instance, rules)}
    names = formulation.labels["rule"].map(_written).to_numpy()
    entries = np.diff(formulation.matrix.indptr)
    asked, moved = set(names.tolist()), set(names[entries > 0].tolist())
    silent = [rule for name, rule in held.items() if name not in asked and not rule.report_only]
    bars = _barring(airings, silent, rules)
    found = []
    for rule in instance.written_rules:
        if isinstance(rule, Rule) and rule.report_only:
            continue  # it judges timetables, and never has rows
        here = held.get(rule.id)
        if here is None:
            message = msg("the rule '{rule}' has no day in the horizon", rule=rule.id)
        elif not here.scope(instance):
            message = msg("the rule '{rule}' applies to no channel", rule=rule.id)
        elif (select := _selector(here)) is not None and not _fits_any(here, instance, select):
            message = msg(
                "the rule '{rule}' counts nothing: no programme, anchor or fallback is {content}",
                rule=rule.id,
                content=select.message(),
            )
        elif rule.id not in asked and rule.id not in bars:
            message = msg(
                "the rule '{rule}' holds whatever airs: it bars nothing, and no airing can miss it", rule=rule.id
            )
        elif rule.id in asked and rule.id not in moved and rule.id not in bars:
            message = msg("no airing can change what the rule '{rule}' counts", rule=rule.id)
        else:
            continue
        found.append(NoEffect("rule", message))
    return found


def _written_rules(instance: Instance, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules among `rules` that are written in the instance."""
    written = {rule.id for rule in instance.written_rules}
    return tuple(rule for rule in rules if _written(rule.id) in written)


def _written(rule: str) -> str:
    """The id in instance.yaml: for an agreement between two parties of several, that of the whole agreement."""
    return rule.partition("/")[0]


def _selector(rule: Rule) -> Selector | None:
    select = getattr(rule, "select", None)
    return select if isinstance(select, Selector) else None


def _fits_any(rule: Rule, instance: Instance, select: Selector) -> bool:
    """Whether some content fits a rule's selector on one of its channels."""
    for channel in rule.scope(instance):
        fits = selected(instance, channel, select)
        if np.any(fits.first | fits.rerun | fits.fixed):
            return True
    return False


def _barring(airings: Airings, rules: list[Rule], all_rules: Sequence[Rule]) -> set[str]:
    """The ids of the rules among `rules` that exclude an airing."""
    if not rules:
        return set()
    rest = [rule for rule in all_rules if rule not in rules]
    if len(build_airings(airings.instance, rest)) == len(airings):
        return set()
    alone = {rule.id: [other for other in all_rules if other is not rule] for rule in rules}
    return {
        _written(name) for name, others in alone.items() if len(build_airings(airings.instance, others)) > len(airings)
    }


def _same_program(airings: Airings, formulation: Formulation, rules: Sequence[Rule]) -> bool:
    """Whether the instance has the same airings and rows without what aired before."""
    bare = replace(airings.instance, history=())
    other = build_airings(bare, rules)
    if len(airings) != len(other) or not all(map(np.array_equal, _as_aired(airings), _as_aired(other))):
        return False
    rows = formulate(other, rules)
    differ = formulation.matrix.shape != rows.matrix.shape or abs(formulation.matrix - rows.matrix).sum()
    return not differ and all(
        np.array_equal(getattr(formulation, name), getattr(rows, name))
        for name in ("lower", "upper", "kind", "price", "locked")
    )


def _as_aired(airings: Airings) -> list[Ints]:
    """What, where, when and how long. The line of minutes begins earlier where something aired before."""
    origin = int(airings.instance.timeline.origin.timestamp()) // 60
    names = ("content", "channel", "minutes", "run")
    return [airings.start_minute + origin, *(airings.column(name) for name in names)]


def _rules_not_shown(on_air: OnAir, rules: Sequence[Rule], missed: set[str]) -> list[NoEffect]:
    """Rules without a miss of whose content the timetable shows nothing."""
    instance, minutes = on_air.instance, on_air.minutes
    shown = np.unique(np.stack([minutes.channel, minutes.content, minutes.first.astype(np.int64)]), axis=1)
    found = []
    for rule in _written_rules(instance, rules):
        select = _selector(rule)
        if select is None or _written(rule.id) in missed:
            continue
        if not any(_airs(instance, channel, select, shown) for channel in rule.scope(instance)):
            message = msg("the rule '{rule}' judged nothing: what it counts does not air", rule=rule.id)
            found.append(NoEffect("rule", message))
    return found


def _airs(instance: Instance, channel: int, select: Selector, shown: Ints) -> bool:
    """Whether something of a selector is shown on a channel. `shown` (3, k): channel, content, whether a first run."""
    fits = selected(instance, channel, select)
    _, content, first = shown[:, shown[0] == channel]
    own = np.where(first == 1, fits.first[content], fits.rerun[content])
    return bool(np.any(np.where(content < instance.contents.version_count, own, fits.fixed[content])))
