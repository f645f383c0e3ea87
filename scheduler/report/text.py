"""The report as text for a terminal or a mail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from scheduler.report.cost_words import cost_message
from scheduler.report.language import Language
from scheduler.report.regular_sections import regularity_section, runway_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.report.sections import Section
    from scheduler.report.tables import Tables

WIDTH = 118
UNKNOWN = "not known: no result.json of this timetable says it"


def text_report(tables: Tables) -> str:
    """All sections, one after the other."""
    sections = [
        _head(tables),
        _section("Parity", _parity(tables)),
        _section("Rules", _rules(tables)),
        _section("Missed", _missed(tables)),
        _section(
            "Hours on screen by channel and origin (anchors and fallback included)", _table(tables.hours.round(1))
        ),
        _section("Audience by channel and daypart", _audience(tables)),
        *_series(tables),
        _section("Runs left of what airs", _table(tables.runs_left.set_index("programme"))),
        _section("What each clause costs", _clause_costs(tables)),
        _section("Marginal prices of rows", _row_costs(tables)),
        _section("Not placed", _not_placed(tables)),
    ]
    return "\n\n".join(sections) + "\n"


def _section(title: str, body: str) -> str:
    return f"{title}\n{'─' * min(len(title), WIDTH)}\n{body}"


def _table(frame: pd.DataFrame) -> str:
    if frame.empty:
        return "nothing"
    shown = frame.map(_cell)
    numeric = [pd.api.types.is_numeric_dtype(frame[name]) for name in frame.columns]
    cells = [[*map(str, frame.columns)], *shown.to_numpy().tolist()]
    index = [str(frame.index.name or ""), *map(str, frame.index)]
    widths = [max(len(row[at]) for row in cells) for at in range(len(frame.columns))]
    first = max(map(len, index))
    lines = []
    for name, row in zip(index, cells, strict=True):
        aligned = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        lines.append("  ".join([name.ljust(first), *aligned]).rstrip())
    return "\n".join(lines)


def _cell(value: object) -> str:
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return str(value)


def _series(tables: Tables) -> list[str]:
    """Regularity and runway, where there are series."""
    shown = [section(tables, Language("en")) for section in (regularity_section, runway_section)]
    return [_section(one.title, f"{_of_section(one)}\n{one.note}") for one in shown if one.rows]


def _of_section(section: Section) -> str:
    frame = pd.DataFrame([row.values for row in section.rows], columns=[column.title for column in section.columns])
    return _table(frame.set_index(section.columns[0].title))


def _head(tables: Tables) -> str:
    checked, horizon = tables.verification, tables.instance.file.horizon
    lines = [
        tables.instance.file.name,
        f"{horizon.days} days from {horizon.start}, {len(tables.instance.channels)} channels,"
        f" {int((~tables.timetable.anchor).sum())} airings, {int(tables.timetable.anchor.sum())} anchors",
        f"audience {checked.audience:,} viewer-minutes, penalty {checked.penalty:,}, value {checked.value:,}",
    ]
    result = tables.result
    if result is None:
        lines.append("no result.json belongs to this timetable: bound, gap and costs are left out")
    elif result.gap is not None and result.bound is not None:
        lines.append(f"bound {result.bound:,}, gap {result.gap * 100:.2f} % ({result.status})")
    else:
        lines.append(f"no gap is stated ({result.status})")
    missed = checked.missed
    hard = sum(row.hard for row in missed)
    lines.append(
        f"{len(checked.measurements):,} rule rows measured: {hard} hard and {len(missed) - hard} soft ones missed"
    )
    return "\n".join(lines)


SIGN = (
    "given is what the first party's programmes have taken on the second's channels, received the other way; balance is"
    " given − ratio × received − carry-over, and the next carry-over is its opposite: 120 taken and 90 given leave -30"
)
"""How a planner reads the table of agreements."""


def _parity(tables: Tables) -> str:
    frame = tables.parity
    if frame.empty:
        return "no parity agreement"
    shown = pd.DataFrame(
        {
            "measure": frame["measure"],
            "period": frame["period"],
            "given": frame["given"],
            "received": frame["received"],
            "balance": frame["balance"],
            "permitted ±": frame["allowed"],
            "widest ratio": [_ratio(value) for value in frame["widest"]],
            "unit": frame["unit"],
            "who owes": frame["owed"],
            "to catch up": frame["catch_up"],
            "verdict": [_verdict(word) for word in frame["verdict"]],
        }
    )
    shown.index = pd.Index(frame["agreement"], name="agreement")
    return f"{_table(shown)}\n{SIGN}"


def _ratio(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.2f} : 1"


def _verdict(word: str) -> str:
    return {"interim": "… interim", "met": "✓ met", "unjudged": "? not judged"}.get(word, "✗ missed")


def _rules(tables: Tables) -> str:
    """One line per rule and channel: how many periods, how many missed, the least slack."""
    frame = tables.compliance
    if frame.empty:
        return "no rule"
    tightest = frame.loc[frame.groupby(["rule", "channel", "aspect"], sort=False)["slack"].idxmin()]
    counts = frame.assign(missed=frame["miss"] > 0).groupby(["rule", "channel", "aspect"], sort=False)["missed"]
    rows, missed = counts.size().to_numpy(), counts.sum().to_numpy()
    shown = pd.DataFrame(
        {
            "channel": tightest["channel"].to_numpy(),
            "row": tightest["aspect"].to_numpy(),
            "rows": rows,
            "missed": missed,
            "tightest": tightest["period"].to_numpy(),
            "have": tightest["have"].to_numpy(),
            "at": tightest["sense"].to_numpy(),
            "need": tightest["need"].to_numpy(),
            "unit": tightest["unit"].to_numpy(),
            "kind": ["hard" if hard else "soft" for hard in tightest["hard"]],
            "known": ["–" if known is None or known != known else f"{known:g} %" for known in tightest["known"]],
            "verdict": [
                _verdict("unjudged" if not judged else "missed" if count else "met")
                for count, judged in zip(missed.tolist(), tightest["judged"].tolist(), strict=True)
            ],
            "status": tightest["status"].map(Language("en").status).to_numpy(),
        },
        index=pd.Index(tightest["rule"], name="rule"),
    )
    return _table(shown)


def _missed(tables: Tables) -> str:
    rows = tables.verification.missed
    if not rows:
        return "nothing"
    return _lines(
        [
            f"{'hard' if row.hard else 'soft'}  {row.text}; missed by {row.miss:,} {row.unit}"
            + ("" if row.hard else f", priced {row.price * row.miss:,} viewer-minutes")
            for row in rows
        ]
    )


def _lines(lines: Sequence[str]) -> str:
    return "\n".join(lines) if lines else "nothing"


def _audience(tables: Tables) -> str:
    frame = tables.audience[tables.audience["kind"] != "anchor"]
    return _table(frame.set_index("channel")) if len(frame) else "no window airtime"


def _clause_costs(tables: Tables) -> str:
    costs, english = tables.known_costs, Language("en")
    if costs is None:
        return UNKNOWN
    value = tables.verification.value
    return _lines([english.render(cost_message(one, tables.instance, value)) for one in costs])


def _row_costs(tables: Tables) -> str:
    """The dearest row of every rule."""
    frame = tables.row_costs
    if frame is None:
        return UNKNOWN
    dearest = frame.sort_values("cost", ascending=False, kind="stable").drop_duplicates("rule")
    note = "viewer-minutes for one unit more or less of the rule's dearest row; marginal, from the relaxation's duals"
    return f"{_table(dearest.set_index('rule'))}\n{note}"


def _not_placed(tables: Tables) -> str:
    frame = tables.not_placed
    if frame is None:
        return UNKNOWN
    english = Language("en")
    reasons = [english.reason(reason, tables.sentences) for reason in frame["reason"]]
    counts = frame.assign(reason=reasons).groupby("reason", sort=False)
    return _lines([f"{reason}: {', '.join(group['title'])}" for reason, group in counts])
