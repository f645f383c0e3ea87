"""The blocks that both pages have: balances, tasks that are due, changes since the last publication."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from scheduler.brief import sentences as say
from scheduler.brief.page import PageTable, formal_name
from scheduler.instance import agreements_of
from scheduler.messages import msg
from scheduler.publication import changes_since, deadline_words, due, not_yet_published

if TYPE_CHECKING:
    from scheduler.instance.model.deadline import DeadlineKind
    from scheduler.messages import Value
    from scheduler.publication import Due
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables

MOST_LISTED = 8
"""Lines of a list on a page that has to fit on one sheet."""


def exchange_block(tables: Tables, language: Language, home: str, party: str | None = None) -> PageTable:
    """Given, received and permitted deviation of every agreement: minutes, and every other measure that is not kept."""
    rows: list[list[Value]] = []
    for row in _agreements(tables, party):
        if row["measure"] != "minutes" and row["verdict"] == "met":
            continue
        amounts = [language.number(row[name]) for name in ("given", "received")]
        if row["second"] == home:
            amounts.reverse()
        permitted = "–" if row["allowed"] is None else f"± {language.number(row['allowed'])}"
        what = [_others(tables, row, home, language), language.measure(row["measure"]), language.period(row["period"])]
        rows.append([*what, *amounts, permitted, language.verdict(row["verdict"])])
    head = (say.COUNTRY, say.MEASURE, say.PERIOD, say.GIVEN, say.RECEIVED, say.PERMITTED, say.VERDICT)
    return PageTable(say.EXCHANGE, head, rows, say.NO_AIRINGS)


def _others(tables: Tables, row: dict[str, Any], home: str, language: Language) -> str:
    """The parties of an agreement without the one whose page it is."""
    parties = [party for party in (row["first"], row["second"]) if party != home]
    return " – ".join(formal_name(tables.instance, party, language) for party in parties)


def owed_block(tables: Tables, language: Language, party: str | None = None) -> PageTable:
    """The balances of minutes after the last period of each agreement."""
    last: dict[str, list[Value]] = {}
    for row in _agreements(tables, party):
        if row["measure"] == "minutes" and row["balance"]:
            sides = [formal_name(tables.instance, row[name], language) for name in ("first", "second")]
            if row["next_carry_over"] > 0:
                sides.reverse()
            last[row["agreement"]] = [*sides, language.number(abs(row["balance"])), language.period(row["period"])]
    head = (say.DEBTOR, say.CREDITOR, say.MINUTES, say.AFTER)
    return PageTable(say.OWED, head, list(last.values()), say.NOTHING_OWED)


def _agreements(tables: Tables, party: str | None) -> list[dict[str, Any]]:
    frame = tables.parity
    if party is not None:
        frame = frame[(frame["first"] == party) | (frame["second"] == party)]
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(key): value for key, value in row.items()} for row in plain.to_dict("records")]


def due_block(tables: Tables, language: Language, on: date, days: int, party: str | None = None) -> PageTable:
    """Tasks of the next days and overdue ones by kind and first date, with the airings of each party."""
    tasks: dict[tuple[DeadlineKind, str], list[Due]] = {}
    for one in due(tables.timetable, on, on + timedelta(days=days - 1), party):
        tasks.setdefault((one.deadline, one.of), []).append(one)
    together: dict[tuple[date, DeadlineKind], dict[str, int]] = {}
    for (deadline, of), some in sorted(tasks.items(), key=lambda item: min(one.due for one in item[1])):
        mine = together.setdefault((min(one.due for one in some), deadline), {})
        mine[formal_name(tables.instance, of, language)] = sum(one.airings for one in some)
    rows: list[list[Value]] = []
    for (first, deadline), airings in together.items():
        day = language.weekday(first)
        when_due: Value = msg("{day}, overdue", day=day) if first < on else day
        each = airings if len(airings) == 1 else [f"{name} ({number})" for name, number in airings.items()]
        rows.append([when_due, deadline_words(deadline), "; ".join(each), sum(airings.values())])
    if len(rows) > MOST_LISTED:
        rows = [*rows[:MOST_LISTED], [msg("… and {number} more", number=len(rows) - MOST_LISTED), "", "", ""]]
    return PageTable(say.DUE, (say.UNTIL, say.WHAT, say.WHO, say.AIRINGS), rows, say.NOTHING_DUE)


def changes_block(tables: Tables, language: Language, party: str | None = None) -> PageTable:
    """The airings that are no longer as they were published last."""
    instance = tables.instance
    states = not_yet_published(instance, tables.timetable)
    if states is None:
        return PageTable(say.CHANGES, (), [], say.NOT_PUBLISHED)
    found = changes_since(*states)
    if party is not None:
        own = {one.id for one in agreements_of(instance) if party in one.parties}
        served = found["agreement_before"] + ";" + found["agreement_after"]
        found = found[[bool(own & set(names.split(";"))) for names in served]]
    names = {channel.id: channel.name for channel in instance.channels}
    words = {"added": msg("added"), "changed": msg("changed"), "cancelled": msg("cancelled")}
    rows: list[list[Value]] = []
    for row in found.head(MOST_LISTED).to_dict("records"):
        now = "" if row["change"] == "cancelled" else when(row["start_local_after"], language)
        title, before = row["title_after"], when(row["start_local_before"], language)
        rows.append([words[row["change"]], names[row["channel_after"]], title, before, now])
    if len(found) > MOST_LISTED:
        rows.append([msg("… and {number} more", number=len(found) - MOST_LISTED), "", "", "", ""])
    return PageTable(say.CHANGES, (say.CHANGE, say.CHANNEL, say.TITLE, say.BEFORE, say.NOW), rows, say.NO_CHANGES)


def when(local: str, language: Language) -> str:
    """A local start in words."""
    return f"{language.weekday(date.fromisoformat(local[:10]))} {local[11:16]}" if local else ""
