"""The charts of a page, as coordinates for SVG. Every number in them is also in a table of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from scheduler.report.language import Language
    from scheduler.report.tables import Tables

WIDTH, HEIGHT, LEFT, TOP, BASE = 320, 176, 58, 22, 106
LOWER_TOP, LOWER_BASE = 122, 158


@dataclass(frozen=True, slots=True)
class Bar:
    """A rectangle with its name for CSS."""

    name: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A text at a point."""

    x: float
    y: float
    text: str
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart: title, description in words, bars, texts and horizontal lines."""

    title: str
    text: str
    agreement: str
    width: int
    height: int
    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    lines: tuple[float, ...]
    left: int = LEFT


def parity_charts(tables: Tables, language: Language) -> list[Chart]:
    """One chart per agreement and measure: above, given and received by week; below, the balance and its tolerance."""
    groups = tables.weeks.groupby(["agreement", "measure"], sort=False)
    return [_parity_chart(frame, language) for _, frame in groups]


def _parity_chart(frame: pd.DataFrame, language: Language) -> Chart:
    head = frame.iloc[0]
    measure = language.measure(head["measure"])
    title = language.say("chart_of", agreement=head["agreement"], measure=measure)
    most = max(float(frame[["given", "received"]].max().max()), 1.0)
    balances, allowed = frame["balance"].tolist(), frame["allowed"].tolist()
    widest = max([1.0, *map(abs, balances), *(limit for limit in allowed if _is(limit))])
    step = (WIDTH - LEFT) / len(frame)
    zero = (LOWER_TOP + LOWER_BASE) / 2
    bars: list[Bar] = []
    marks = [
        Mark(LEFT - 5, TOP + 4, _short(most, language), "end"),
        Mark(LEFT - 5, BASE + 3, "0", "end"),
        Mark(LEFT - 5, LOWER_TOP + 4, f"+{_short(widest, language)}", "end"),
        Mark(LEFT - 5, LOWER_BASE + 3, f"−{_short(widest, language)}", "end"),
    ]
    for at, (given, received) in enumerate(zip(frame["given"].tolist(), frame["received"].tolist(), strict=True)):
        x, width = LEFT + at * step + step * 0.14, step * 0.34
        for number, (name, amount) in enumerate((("given", given), ("received", received))):
            height = amount / most * (BASE - TOP)
            bars.append(Bar(name, x + number * step * 0.38, BASE - height, width, height))
        if _is(allowed[at]):
            reach = allowed[at] / widest * (LOWER_BASE - LOWER_TOP) / 2
            bars.append(Bar("band", LEFT + at * step, zero - reach, step, 2 * reach))
        height = abs(balances[at]) / widest * (LOWER_BASE - LOWER_TOP) / 2
        inside = not _is(allowed[at]) or abs(balances[at]) <= allowed[at]
        y = zero - height if balances[at] > 0 else zero
        bars.append(Bar("balance" if inside else "outside", x + step * 0.19, y, width, max(height, 0.8)))
        week = str(frame["week"].iloc[at])[-3:]
        marks.append(Mark(LEFT + (at + 0.5) * step, HEIGHT - 4, week if inside else f"{week} ✗"))
    return Chart(
        title, _description(frame, language), head["agreement"], WIDTH, HEIGHT, tuple(bars), tuple(marks), (BASE, zero)
    )


def _description(frame: pd.DataFrame, language: Language) -> str:
    parts = []
    for row in frame.to_dict("records"):
        text = language.say(
            "chart_text",
            week=language.period(row["week"]),
            first=row["first"],
            given=language.number(row["given"]),
            received=language.number(row["received"]),
            balance=language.number(row["balance"]),
        )
        band = language.say("chart_band", allowed=language.number(row["allowed"])) if _is(row["allowed"]) else ""
        parts.append(f"{text} {band}".strip())
    return " ".join(parts)


def audience_chart(tables: Tables, language: Language) -> Chart | None:
    """A bar per channel, divided into prime and other hours. Only window airtime counts. None if there is none."""
    frame = tables.audience[tables.audience["kind"] != "anchor"]
    if frame.empty:
        return None
    prime = frame["daypart"] == "prime"
    sums = frame.assign(part=["prime" if flag else "rest" for flag in prime.tolist()])
    pivot = sums.pivot_table(index="channel", columns="part", values="viewer_minutes", aggfunc="sum", fill_value=0)
    pivot = pivot.reindex([channel.id for channel in tables.instance.channels if channel.id in pivot.index])
    most = max(float(pivot.sum(axis=1).max()), 1.0)
    left, width, line = 168, 760, 22
    bars, marks = [], []
    for at, (channel, row) in enumerate(pivot.to_dict("index").items()):
        y, x = 4.0 + at * line, float(left)
        marks.append(Mark(left - 8, y + 12, str(channel), "end"))
        for part in ("prime", "rest"):
            length = float(row.get(part, 0)) / most * (width - left - 78)
            bars.append(Bar(part, x, y, length, line - 7))
            x += length
        marks.append(Mark(x + 6, y + 12, language.number(float(sum(row.values())) / 1e6, 2), "start"))
    title = language.say("audience_chart")
    names = {"prime": language.daypart("prime"), "rest": language.daypart("other")}
    text = f"{names['prime']} / {names['rest']}"
    return Chart(title, text, "", width, len(pivot) * line + 6, tuple(bars), tuple(marks), (), left)


def _is(value: float | None) -> bool:
    return value is not None and value == value


def _short(value: float, language: Language) -> str:
    """A number short enough for an axis."""
    return language.short_number(value) if value >= 1e4 else language.number(value, 0)
