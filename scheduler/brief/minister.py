"""The page for a minister: what is exchanged, owed, required by law, due and changed, on all agreements."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from scheduler.brief import sentences as say
from scheduler.brief.ledgers import ledger_block
from scheduler.brief.page import Page, PageTable, formal_name
from scheduler.brief.shared import changes_block, due_block, exchange_block, owed_block
from scheduler.instance import agreements_of
from scheduler.messages import msg
from scheduler.publication import statuses
from scheduler.report.facts import span_of
from scheduler.report.statuses import status_word

if TYPE_CHECKING:
    from datetime import date

    from scheduler.instance import Instance
    from scheduler.messages import Value
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables


def home_of(instance: Instance) -> str:
    """The party that has most of the agreements; the first one if several have."""
    count = Counter(party for one in agreements_of(instance) for party in one.parties)
    return max(count, key=lambda party: count[party], default="")


def minister_page(tables: Tables, language: Language, on: date, days: int) -> Page:
    """The page for the minister of the country that has most of the agreements."""
    instance = tables.instance
    home = home_of(instance)
    return Page(
        title=msg("Exchange of airtime: {country}", country=formal_name(instance, home, language)),
        about=msg("{span}; state of {day}", span=span_of(tables, language), day=on),
        blocks=[
            exchange_block(tables, language, home),
            owed_block(tables, language),
            ledger_block(tables, language),
            _law(tables, language, home),
            _prime(tables, language, home),
            _state(tables),
            due_block(tables, language, on, days),
            changes_block(tables, language),
        ],
    )


def _law(tables: Tables, language: Language, home: str) -> PageTable:
    """The legal share of each channel of the country with the least margin, and every one that is not kept."""
    law = {rule.id for rule in tables.rules if rule.is_law}
    ours = {channel.id: channel.name for channel in tables.instance.channels if channel.territory == home}
    frame = tables.tightest
    frame = frame[
        frame["rule"].isin(law) & frame["channel"].isin(list(ours)) & (frame["unit"] == "minutes") & (frame["need"] > 0)
    ]
    frame = frame.assign(share=frame["slack"] / frame["need"])
    tightest = frame.groupby("channel", sort=False)["share"].transform("min") == frame["share"]
    shown = frame[tightest | (frame["verdict"] == "missed")].drop_duplicates(["channel", "share"])
    rows: list[list[Value]] = []
    for row in shown.to_dict("records"):
        known = "–" if row["known"] != row["known"] or row["known"] is None else f"{language.number(row['known'])} %"
        amounts = [language.number(row[name]) for name in ("have", "need", "slack")]
        verdict = language.verdict(row["verdict"])
        standing = language.status(row["status"])
        rows.append(
            [ours[row["channel"]], row["rule"], language.period(row["period"]), *amounts, known, verdict, standing]
        )
    head = (say.CHANNEL, say.RULE, say.PERIOD, say.HAVE, say.NEED, say.MARGIN, say.KNOWN, say.VERDICT, say.READING)
    return PageTable(say.LAW, head, rows, say.NO_LAW)


def _prime(tables: Tables, language: Language, home: str) -> PageTable:
    """Prime time of the country's channels: programmes of the exchange, and what is left for their own."""
    frame = tables.audience
    frame = frame[frame["daypart"] == "prime"]
    hours = {
        (channel, kind): amount for channel, kind, amount in frame[["channel", "kind", "hours"]].to_numpy().tolist()
    }
    rows: list[list[Value]] = [
        [channel.name, *(language.number(hours.get((channel.id, kind), 0.0)) for kind in KINDS)]
        for channel in tables.instance.channels
        if channel.territory == home and any((channel.id, kind) in hours for kind in KINDS)
    ]
    return PageTable(say.PRIME, (say.CHANNEL, say.PARTNERS, say.OWN_FIXED, say.OWN_FREE), rows, say.NO_AIRINGS)


KINDS = ("programme", "anchor", "fallback")


def _state(tables: Tables) -> PageTable:
    """How many planned airings are proposed, accepted, published and so on."""
    fixed = tables.timetable.anchor.tolist()
    known = statuses(tables.instance, tables.timetable)
    count = Counter(str(one) for one, is_fixed in zip(known, fixed, strict=True) if not is_fixed)
    rows: list[list[Value]] = [[status_word(name), number] for name, number in count.items()]
    return PageTable(say.STATE, (say.STATUS, say.AIRINGS), rows, say.NO_AIRINGS)
