"""The page for a partner: the programmes of its agreements on both sides, changes, deadlines, balance, signatures."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from scheduler.brief import sentences as say
from scheduler.brief.ledgers import ledger_block
from scheduler.brief.minister import home_of
from scheduler.brief.page import Page, PageTable, formal_name
from scheduler.brief.shared import changes_block, due_block, exchange_block, owed_block
from scheduler.messages import Listed, msg
from scheduler.publication import offer_rows
from scheduler.report.facts import span_of
from scheduler.report.statuses import status_word

if TYPE_CHECKING:
    from scheduler.messages import Value
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables


def partner_page(tables: Tables, language: Language, party: str, on: date, days: int) -> Page:
    """The page for one party, without the other side's other agreements and internal figures."""
    instance = tables.instance
    rows = offer_rows(tables.timetable, party)
    theirs = {channel.id for channel in instance.channels if party in channel.belongs_to}
    home = home_of(instance)
    return Page(
        title=msg("Programmes exchanged: {country}", country=formal_name(instance, party, language)),
        about=msg("{span}; state of {day}", span=span_of(tables, language), day=on),
        blocks=[
            _airings(tables, language, [row for row in rows if row["channel"] not in theirs], mine=True),
            _airings(tables, language, [row for row in rows if row["channel"] in theirs], mine=False),
            changes_block(tables, language, party),
            due_block(tables, language, on, days, party),
            exchange_block(tables, language, home, party),
            owed_block(tables, language, party),
            ledger_block(tables, language, party),
            PageTable(say.SIGNATURES, (), [], msg("Names, dates and signatures of both sides:")),
        ],
        signatures=[formal_name(instance, side, language) for side in (home, party)],
    )


def _airings(tables: Tables, language: Language, rows: list[dict[str, Any]], *, mine: bool) -> PageTable:
    """Airings of one direction: a line for each title, channel, version, start and status, with its days."""
    instance = tables.instance
    names = {channel.id: channel.name for channel in instance.channels}
    ages = {one.title: one.age for one in instance.programmes}
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        key = tuple(str(row[name]) for name in ("channel", "title", "version", "start", "our_start", "status"))
        groups.setdefault(key, []).append(row)
    lines: list[list[Value]] = []
    for (channel, title, version, start, our_start, status), some in groups.items():
        shown = f"{title}, {ages[title]}+" if ages.get(title) else title
        dates = Listed(tuple(dict.fromkeys(language.weekday(date.fromisoformat(row["date"])) for row in some)))
        tongue, _, kind = version.partition(" ")
        text = f"{language.tongue(tongue)}, {language.say(kind)}"
        clocks = start if our_start == start else f"{start} / {our_start}"
        lines.append([names[channel], shown, _numbers(some), text, dates, clocks, status_word(status)])
    head = (say.CHANNEL, say.TITLE, say.EPISODES, say.VERSION, say.DAYS, say.CLOCKS, say.STATUS)
    return PageTable(say.THEIRS if mine else say.OURS, head, lines, say.NO_AIRINGS)


def _numbers(rows: list[dict[str, Any]]) -> str:
    """Episode numbers: 3–7 if they follow each other, else one by one."""
    found = sorted({int(row["episode"]) for row in rows if str(row["episode"]).isdigit() and int(row["episode"])})
    if len(found) > 2 and found == list(range(found[0], found[-1] + 1)):
        return f"{found[0]}–{found[-1]}"
    return ", ".join(map(str, found))
