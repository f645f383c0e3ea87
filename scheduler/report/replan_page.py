"""A replan as one HTML page, and the part of it that one party may see."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import agreements_of, served, zone_clock
from scheduler.messages import Message, msg
from scheduler.moments import moment_of
from scheduler.report.replanning import (
    balance_lines,
    figure_lines,
    hold_lines,
    missed_heading,
    missed_lines,
    slip_lines,
)
from scheduler.text_tables import html_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.results import ChangeRecord, ReplanFile

STYLE = (
    "body{font:15px/1.5 'Noto Sans',system-ui,sans-serif;max-width:75rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1b1b;background:#fff}table{border-collapse:collapse;width:100%;margin:.5rem 0 1.5rem}"
    "th,td{border:1px solid #767676;padding:.3rem .5rem;text-align:left;vertical-align:top}"
    "@media (prefers-color-scheme:dark){body{background:#161616;color:#eee}}"
    "@page{size:A4 landscape;margin:15mm}"
)

ADDITIVE = frozenset({"minutes", "airings", "runs", "titles", "channels"})
"""Units of agreements that both sides count alike. Viewer-minutes are one side's estimate."""

OPEN_CAUSES = frozenset(
    {
        "it did not air",
        "there is no longer a window at that time",
        "its series keeps one slot on all its days",
    }
)
"""Causes that say nothing about the other side's rules."""


def kind_words() -> dict[str, Message]:
    """The kinds of changes of airings."""
    return {
        "moved": msg("moved to another time"),
        "altered": msg("another version or run"),
        "dropped": msg("dropped from the timetable"),
        "added": msg("added to the timetable"),
    }


def replan_page(
    record: ReplanFile,
    instance: Instance,
    language: Language,
    cause: dict[int, Message],
    *,
    figures: bool = True,
    more: Sequence[str] = (),
) -> str:
    """The page: figures and bounds, changes by days to air, each change with its cause, slips, and the agreements.

    Parameters
    ----------
    cause
        What forced each change, by its number.
    figures
        Whether sums, weights, bounds and values are shown. A party's page does not have them.
    more
        Lines that follow the figures.
    """
    render = language.render
    title = render(msg("Changes of the published timetable: {name}", name=record.instance))
    spans = ("0-2", "3-7", "8-14", "later")
    kinds = kind_words()
    counted = [
        [render(word), *(str(_count(record.changes, kind, span)) for span in spans)] for kind, word in kinds.items()
    ]
    heads = [render(msg("change of an airing")), "0–2", "3–7", "8–14", render(msg("later"))]
    parts = [f"<h1>{escape(title)}</h1>"]
    if figures:
        heading = [missed_heading(record, language)] if record.hard_missed else []
        missed = [*heading, *missed_lines(record, language), *hold_lines(record, language)]
        parts.append(_list([*figure_lines(record, language), *missed, *more]))
    parts += [_head(msg("Changes by days to air"), language), html_table(heads, counted)]
    parts += [
        _head(msg("Every change and its cause"), language),
        _changes(record, instance, language, cause, kinds),
    ]
    slips = [*slip_lines(record, language), *(_not_aired(record, language))]
    if slips:
        parts += [_head(msg("Episodes"), language), _list(slips)]
    balance = balance_lines(record, language)
    if balance:
        parts += [_head(msg("Agreements before and after"), language), _list(balance)]
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head>'
        f"<body><main>{''.join(parts)}</main></body></html>\n"
    )


def _head(text: Message, language: Language) -> str:
    return f"<h2>{escape(language.render(text))}</h2>"


def _list(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _span(one: ChangeRecord) -> str:
    days = one.days_to_air or 0
    return next((name for name, last in (("0-2", 2), ("3-7", 7), ("8-14", 14)) if days <= last), "later")


def _count(changes: Iterable[ChangeRecord], kind: str, span: str) -> int:
    return sum(one.change == kind and _span(one) == span for one in changes)


def _not_aired(record: ReplanFile, language: Language) -> list[str]:
    return [
        language.render(
            msg(
                "{airing}, episode {episode}: {cause}",
                airing=one.airing,
                episode=one.episode,
                cause=Message(one.cause.key, one.cause.plural, ()),
            )
        )
        for one in record.not_aired
    ]


def _changes(
    record: ReplanFile,
    instance: Instance,
    language: Language,
    cause: dict[int, Message],
    kinds: dict[str, Message],
) -> str:
    """A table with a row per change."""
    render = language.render
    heads = [
        msg("no."),
        msg("days to air"),
        msg("change of an airing"),
        msg("title"),
        msg("channel"),
        msg("before the change"),
        msg("after the change"),
        msg("what forced it"),
    ]

    def local(moment: str | None, channel: str) -> str:
        if moment is None:
            return "–"
        zone = zone_clock(instance.channels[instance.channel_index[channel]].zone)
        at = moment_of(moment).astimezone(zone)
        return f"{language.weekday(at.date())} {at:%H:%M}"

    rows = []
    for one in sorted(record.changes, key=lambda one: (one.days_to_air or 0, one.number)):
        word = render(kinds[one.change])
        rows.append(
            [
                str(one.number),
                "–" if one.days_to_air is None else str(one.days_to_air),
                render(msg("{change} (proposed)", change=word)) if one.standing else word,
                one.title,
                one.channel,
                local(one.start_before, one.channel),
                local(one.start_after, one.channel),
                render(cause[one.number]),
            ]
        )
    return html_table([render(head) for head in heads], rows)


def replan_for(
    record: ReplanFile, instance: Instance, cause: dict[int, Message], party: str
) -> tuple[ReplanFile, dict[int, Message]]:
    """What a party may see of a replan: changes, slips and rows of its agreements, without figures of the other side.

    Weights, values, viewers and bounds are left out. A cause that names a rule is kept only if it is an agreement of
    the party.
    """
    own = {one.id for one in agreements_of(instance) if party in one.parties}
    shown = tuple(
        one.model_copy(update={"viewers": 0, "weight": 0, "status_before": ""})
        for one in record.changes
        if _serves(instance, one.programme, [one.channel], own)
    )
    numbers = {one.number for one in shown}
    reasons = {number: _open_cause(cause[number], own, numbers) for number in numbers}
    by_territory: dict[str, list[str]] = {}
    for channel in instance.channels:
        by_territory.setdefault(channel.territory, []).append(channel.id)
    kinds: list[str] = [one.change for one in shown]
    names = ("moved", "altered", "dropped", "added")
    return (
        record.model_copy(
            update={
                "counts": {**dict.fromkeys(record.counts, 0), **{kind: kinds.count(kind) for kind in names}},
                "changes": shown,
                "slips": tuple(
                    one.model_copy(update={"weight": 0})
                    for one in record.slips
                    if _serves(instance, one.programme, by_territory.get(one.territory, []), own)
                ),
                "not_aired": tuple(
                    one
                    for one in record.not_aired
                    if _serves(instance, one.programme, [one.airing.rsplit("/", 1)[0]], own)
                ),
                "gone": (),
                "gone_airings": (),
                "parity": tuple(
                    row for row in record.parity if row.agreement.split(":")[0] in own and row.unit in ADDITIVE
                ),
                "hard_missed": (),
                "hard_missed_messages": (),
                "holds": (),
            }
        ),
        reasons,
    )


def _serves(instance: Instance, programme: str, channels: list[str], own: set[str]) -> bool:
    """Whether a programme serves an agreement in `own` on one of some channels."""
    number = instance.programme_index.get(programme)
    versions = instance.contents.programme[: instance.contents.version_count]
    content = np.flatnonzero(versions == (-1 if number is None else number))[:1]
    at = np.array([instance.channel_index[name] for name in channels], dtype=np.int64)
    if not len(content) or not len(at):
        return False
    pairs = served(instance, at, np.repeat(content, len(at)))
    return any(agreement in own for one in pairs for agreement, _ in one)


def _open_cause(cause: Message, own: set[str], numbers: set[int]) -> Message:
    """A cause that a party may read."""
    values = dict(cause.values)
    if cause.key in OPEN_CAUSES or values.get("number") in numbers:
        return cause
    rule = str(values.get("rule", ""))
    return cause if rule and rule.split(":")[0] in own else msg("for a reason of the other side")
