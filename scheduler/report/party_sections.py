"""The tables of a report that one party may see: its airings, its agreements, and nothing of any other side.

A party's tables are chosen one by one. So a new table of the report is not shown to a party until it is added here.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from scheduler.instance import agreements_of
from scheduler.report.replan_page import ADDITIVE
from scheduler.report.sections import Column, Row, Section, parity_section, weeks_section

if TYPE_CHECKING:
    import pandas as pd

    from scheduler.report.language import Language
    from scheduler.report.sections import Kind
    from scheduler.report.tables import Tables

AIRING: tuple[tuple[str, Kind], ...] = (
    ("channel", "text"), ("date", "text"), ("start", "text"), ("end", "text"), ("minutes", "number"),
    ("title", "long"), ("episode", "text"), ("run", "text"), ("language", "text"), ("version", "text"),
    ("agreement", "text"), ("direction", "text"),
)  # fmt: skip
"""Message key and kind of each column of the airings."""


def party_sections(tables: Tables, airings: pd.DataFrame, party: str, language: Language) -> list[Section]:
    """Given and received by its agreements, what is missed of them, and its airings.

    Amounts of viewers are left out: they are modelled by one side.

    Parameters
    ----------
    airings
        The rows of timetable.csv that the party may see.
    """
    own = {one.id for one in agreements_of(tables.instance) if party in one.parties}
    mine = replace(
        tables,
        parity=_of(tables.parity, "agreement", own),
        weeks=_of(tables.weeks, "agreement", own),
        compliance=_of(tables.compliance, "rule", own),
    )
    weeks = weeks_section(mine, language)
    return [
        parity_section(mine, language),
        *([weeks] if weeks.rows else []),
        _missed(mine, language),
        _airings(airings, language),
    ]


def _of(frame: pd.DataFrame, column: str, own: set[str]) -> pd.DataFrame:
    """The rows of agreements of a party, in units that both sides count."""
    names = frame[column].astype(str).str.partition(":")[0]
    return frame[names.isin(own) & frame["unit"].isin(ADDITIVE)]


def _missed(tables: Tables, language: Language) -> Section:
    """The rows of the agreements that are missed, without prices, sources and notes."""
    frame = tables.compliance[(tables.compliance["miss"] > 0) & tables.compliance["judged"]]
    rows = tuple(
        Row(
            (
                row["rule"], language.aspect(row["aspect"]), language.period(row["period"]), row["have"],
                language.bound(row["sense"]), row["need"], language.unit(row["unit"]), row["miss"],
            ),
            agreement=row["rule"],
        )
        for row in frame.to_dict("records")
    )  # fmt: skip
    names: tuple[tuple[str, Kind], ...] = (
        ("agreement", "text"), ("aspect", "text"), ("period", "text"), ("have", "number"), ("limit", "text"),
        ("need", "number"), ("unit", "text"), ("miss", "number"),
    )  # fmt: skip
    columns = tuple(Column(language.say(name), kind) for name, kind in names)
    return Section("missed", language.say("missed_rows"), "", columns, rows, language.say("nothing"))


def _airings(airings: pd.DataFrame, language: Language) -> Section:
    """The party's airings on the clocks of their channels."""
    say = language.say
    rows = tuple(
        Row(
            (
                row["channel"], language.weekday(date.fromisoformat(row["start_local"][:10])),
                row["start_local"][11:16], row["end_local"][11:16], float(row["duration_min"]), row["title"],
                str(row["episode"]), say("first_run" if row["run"] == "first" else "rerun"),
                language.tongue(row["version_language"]), say(row["version_kind"]), row["agreement"],
                row["direction"],
            ),
            channel=row["channel"],
            agreement=row["agreement"],
        )
        for row in airings.to_dict("records")
    )  # fmt: skip
    columns = tuple(Column(say(name), kind) for name, kind in AIRING)
    return Section("listing", say("listing"), "", columns, rows, say("nothing"))
