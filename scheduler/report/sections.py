"""The tables of a report in the words of a language: titled columns and rows of plain values.

Each format of the report draws these tables; no format counts anything itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from scheduler.report.absence_words import place_words
from scheduler.report.cost_words import cost_message
from scheduler.rules import bilateral

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.report.tables import Tables

Kind = Literal["text", "long", "number", "verdict"]
Value = str | float | None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, and the kind of its values."""

    title: str
    kind: Kind = "text"


@dataclass(frozen=True, slots=True)
class Row:
    """One row; the page filters rows by channel and agreement."""

    values: tuple[Value, ...]
    channel: str = ""
    agreement: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One table with a title and a note. If it has no rows, the sentence `empty` is shown instead."""

    name: str
    title: str
    note: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str


REASON = 2
"""The column of the reason in the table of programmes that do not air."""


def groups_by(section: Section, column: int) -> list[tuple[str, Section]]:
    """The rows under each value of a column, in the order in which the values appear.

    A group has neither that column nor those in which all its rows are empty, and no note.
    """
    rows: dict[str, list[Row]] = {}
    for row in section.rows:
        rows.setdefault(str(row.values[column]), []).append(row)
    groups = []
    for heading, mine in rows.items():
        shown = [
            at
            for at in range(len(section.columns))
            if at != column and any(row.values[at] not in (None, "") for row in mine)
        ]
        cut = tuple(replace(row, values=tuple(row.values[at] for at in shown)) for row in mine)
        columns = tuple(section.columns[at] for at in shown)
        groups.append((heading, replace(section, title=heading, note="", columns=columns, rows=cut)))
    return groups


def _section(
    language: Language,
    name: str,
    title: str,
    note: str,
    columns: Sequence[tuple[str, Kind]],
    rows: Sequence[Row],
    empty: str = "nothing",
) -> Section:
    say = language.say
    shown = tuple(Column(say(key), kind) for key, kind in columns)
    return Section(name, say(title), say(note) if note else "", shown, tuple(rows), say(empty))


def _rows(
    frame: pd.DataFrame,
    values: dict[str, Callable[[Any], Value] | None],
    channel: str = "",
    agreement: str = "",
    agreements: frozenset[str] = frozenset(),
) -> list[Row]:
    """The named columns of a frame as rows, each through its function. `channel` and `agreement` serve filters."""
    columns = []
    for name, change in values.items():
        column = [None if value is None or value != value else value for value in frame[name].tolist()]
        columns.append(column if change is None else [None if value is None else change(value) for value in column])
    blank = [""] * len(frame)
    channels = frame[channel].tolist() if channel else blank
    named = frame[agreement].tolist() if agreement else blank
    if agreements:
        named = [name if name in agreements else "" for name in named]
        channels = ["" if name else channel for name, channel in zip(named, channels, strict=True)]
    return [
        Row(tuple(cells), tag, name)
        for cells, tag, name in zip(zip(*columns, strict=True), channels, named, strict=True)
    ]


def _agreements(tables: Tables) -> frozenset[str]:
    return frozenset(rule.id for rule in bilateral(tables.instance))


def parity_section(tables: Tables, language: Language) -> Section:
    """One row per agreement, measure and period: given, received, balance, allowed balance."""
    rows = _rows(
        tables.parity,
        {
            "agreement": None,
            "measure": language.measure,
            "period": language.period,
            "given": None,
            "received": None,
            "balance": None,
            "allowed": None,
            "widest": lambda ratio: f"{language.number(ratio, 2)} : 1",
            "next_carry_over": None,
            "catch_up": None,
            "unit": language.unit,
            "verdict": None,
        },
        agreement="agreement",
    )
    columns: list[tuple[str, Kind]] = [("agreement", "text"), ("measure", "text"), ("period", "text")]
    columns += [("given", "number"), ("received", "number"), ("balance", "number"), ("allowed", "number")]
    columns += [
        ("widest", "text"),
        ("next_carry_over", "number"),
        ("catch_up", "number"),
        ("unit", "text"),
        ("verdict", "verdict"),
    ]
    return _section(language, "parity_rows", "parity_rows", "parity_note", columns, rows, "no_parity")


def weeks_section(tables: Tables, language: Language) -> Section:
    """Given and received week by week and cumulative."""
    amounts = ["given", "received", "balance", "allowed", "cum_given", "cum_received", "cum_balance", "cum_allowed"]
    values: dict[str, Callable[[Any], Value] | None] = {
        "agreement": None,
        "measure": language.measure,
        "unit": language.unit,
        "week": language.period,
    }
    rows = _rows(tables.weeks, {**values, **dict.fromkeys(amounts)}, agreement="agreement")
    columns: list[tuple[str, Kind]] = [(name, "text") for name in values]
    columns += [(name, "number") for name in amounts]
    return _section(language, "parity_weeks", "parity_weeks", "", columns, rows, "no_parity")


def rules_section(tables: Tables, language: Language) -> Section:
    """One line per rule, channel and aspect: the period with the least slack."""
    tightest = tables.tightest
    words = zip(tightest["missed"], tightest["judged"], strict=True)
    frame = tightest.assign(
        verdict=["unjudged" if not judged else "missed" if missed else "met" for missed, judged in words]
    )
    return _compliance(tables, language, frame, "rules", "compliance", "compliance_note")


def compliance_section(tables: Tables, language: Language) -> Section:
    """Every rule row of every period."""
    return _compliance(tables, language, tables.compliance, "compliance", "compliance", "")


def missed_section(tables: Tables, language: Language) -> Section:
    """Every rule row that is missed, hard ones first."""
    missed = (tables.compliance["miss"] > 0) & tables.compliance["judged"]
    frame = tables.compliance[missed].sort_values("hard", ascending=False, kind="stable")
    return _compliance(tables, language, frame, "missed", "missed_rows", "missed_note")


def _compliance(tables: Tables, language: Language, frame: pd.DataFrame, name: str, title: str, note: str) -> Section:
    """Rule rows as a section. With the name `rules`, a line stands for several periods of a row."""
    columns: dict[str, tuple[str, Kind, Callable[[Any], Value] | None]] = {
        "rule": ("rule", "text", None),
        "channel": ("channel", "text", None),
        "aspect": ("aspect", "text", language.aspect),
        "period": ("tightest" if name == "rules" else "period", "text", language.period),
        "basis": ("basis", "number", None),
        "known": ("known_airtime", "number", None),
        "have": ("have", "number", None),
        "sense": ("limit", "text", language.bound),
        "need": ("need", "number", None),
        "unit": ("unit", "text", language.unit),
        "slack": ("slack", "number", None),
        "miss": ("miss", "number", None),
        "kind": ("kind", "text", language.say),
        "verdict": ("verdict", "verdict", None),
        "status": ("status", "text", language.status),
        "source": ("source", "long", None),
    }
    if name == "rules":
        del columns["miss"]
        columns = {**columns, "periods": ("periods", "number", None), "missed": ("rows_missed", "number", None)}
        order = ["rule", "channel", "aspect", "periods", "missed"]
        columns = {key: columns[key] for key in [*order, *(key for key in columns if key not in order)]}
    rows = _rows(
        frame,
        {key: change for key, (_, _, change) in columns.items()},
        channel="channel",
        agreement="rule",
        agreements=_agreements(tables) or frozenset({""}),
    )
    titles = [(title_, kind) for title_, kind, _ in columns.values()]
    return _section(language, name, title, note, titles, rows, "nothing" if name == "missed" else "no_rules")


def audience_section(tables: Tables, language: Language) -> Section:
    """Audience by channel, daypart and kind of content; only window airtime counts."""
    frame = tables.audience[tables.audience["kind"] != "anchor"]
    rows = _rows(
        frame,
        {
            "channel": None,
            "daypart": language.daypart,
            "kind": lambda kind: language.say(f"kind_{kind}"),
            "hours": None,
            "viewer_minutes": None,
            "average": None,
        },
        channel="channel",
    )
    columns: list[tuple[str, Kind]] = [("channel", "text"), ("daypart", "text"), ("content_kind", "text")]
    columns += [("hours", "number"), ("viewer_minutes", "number"), ("average", "number")]
    return _section(language, "audience", "audience_title", "audience_note", columns, rows)


def hours_section(tables: Tables, language: Language) -> Section:
    """Hours on screen by channel and origin."""
    origins = [str(origin) for origin in tables.hours.columns]
    frame = tables.hours.reset_index()
    rows = _rows(frame, dict.fromkeys(["channel", *origins]), channel="channel")
    say = language.say
    columns = (Column(say("channel")), *(Column(origin, "number") for origin in origins))
    return Section("hours", say("hours_title"), say("hours_note"), columns, tuple(rows), say("nothing"))


def clause_costs_section(tables: Tables, language: Language) -> Section:
    """The cost of each clause, as a proven interval."""
    costs = tables.known_costs
    value = tables.verification.value
    rows = [
        Row(
            (
                one.clause,
                language.render(cost_message(one, tables.instance, value)),
                one.at_least,
                one.at_most,
                one.estimate,
            ),
            agreement=one.clause,
        )
        for one in costs or ()
    ]
    columns: list[tuple[str, Kind]] = [("clause", "text"), ("cost_in_words", "long")]
    columns += [(f"cost_{name}", "number") for name in ("at_least", "at_most", "estimate")]
    return _section(language, "clause_costs", "costs_clauses", "costs_clauses_note", columns, rows, "unknown_cost")


def row_costs_section(tables: Tables, language: Language) -> Section:
    """The marginal cost of one more unit of each binding row."""
    frame = tables.row_costs
    rows = (
        []
        if frame is None
        else _rows(
            frame,
            {
                "rule": None,
                "channel": None,
                "aspect": language.aspect,
                "period": language.period,
                "unit": language.unit,
                "cost": None,
            },
            channel="channel",
            agreement="rule",
            agreements=_agreements(tables) or frozenset({""}),
        )
    )
    columns: list[tuple[str, Kind]] = [("rule", "text"), ("channel", "text"), ("aspect", "text"), ("period", "text")]
    columns += [("unit", "text"), ("cost", "number")]
    return _section(language, "row_costs", "costs_rows", "costs_rows_note", columns, rows, "unknown_cost")


def highest_costs_section(tables: Tables, language: Language) -> Section:
    """For each rule its row with the highest marginal cost, highest first."""
    section = row_costs_section(tables, language)
    highest: dict[Value, Row] = {}
    for row in sorted(section.rows, key=lambda row: -float(row.values[-1] or 0)):
        highest.setdefault(row.values[0], row)
    note = language.say("costs_highest_note")
    return replace(section, name="highest_costs", note=note, rows=tuple(highest.values()))


def runs_section(tables: Tables, language: Language) -> Section:
    """Runs and episodes that remain of the programmes that air."""
    names = ["aired", "first_runs", "episodes_left", "runs_left"]
    rows = _rows(
        tables.runs_left,
        {"programme": None, "title": None, "territory": language.country, **dict.fromkeys(names)},
    )
    columns: list[tuple[str, Kind]] = [("programme", "text"), ("title", "long"), ("territory", "text")]
    columns += [(name, "number") for name in names]
    return _section(language, "runs", "runs_title", "", columns, rows)


def not_placed_section(tables: Tables, language: Language) -> Section:
    """The programmes that do not air, and the reason of each; first those that would lose least."""
    frame = tables.not_placed
    sentences = tables.sentences
    instance = tables.instance
    values: dict[str, Callable[[Any], Value] | None] = {
        "programme": None,
        "title": None,
        "reason": lambda reason: language.reason(reason, sentences),
        "best_place": lambda place: place_words(instance, place, language),
        "brings": lambda place: place.brings - place.displaces,
        "overlaps": lambda place: ", ".join(_title(instance, one) for one in place.pushes_out),
        "then_missed": lambda place: ", ".join(place.misses),
        "loses_at_least": lambda place: place.loses_at_least,
        "loses_at_most": lambda place: place.loses_at_most,
    }
    places = [name for name in values if name not in ("programme", "title", "reason")]
    rows = [] if frame is None else _rows(frame.assign(**dict.fromkeys(places, frame["place"])), values)
    columns: list[tuple[str, Kind]] = [("programme", "text"), ("title", "long"), ("reason", "long")]
    columns += [("best_place", "text"), ("brings", "number"), ("overlaps", "long"), ("then_missed", "text")]
    columns += [("loses_at_least", "number"), ("loses_at_most", "number")]
    empty = "unknown_cost" if frame is None else "nothing"
    rows.sort(key=lambda row: math.inf if row.values[-1] is None else float(row.values[-1]))
    return _section(language, "not_placed", "not_placed", "not_placed_note", columns, rows, empty)


def without_effect_section(tables: Tables, language: Language) -> Section:
    """The windows, rules and genres that the timetable leaves without effect."""
    rows = [
        Row((language.say(f"part_{one.part}"), language.render(one.text)), channel=one.channel)
        for one in tables.without_effect
    ]
    columns: list[tuple[str, Kind]] = [("part", "text"), ("what_it_does", "long")]
    return _section(language, "without_effect", "without_effect_title", "", columns, rows)


def _title(instance: Instance, programme: str) -> str:
    return instance.programmes[instance.programme_index[programme]].title
