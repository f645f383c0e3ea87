"""The page of a ratings fit: the fitted values, and the errors of forecasts of held-out weeks."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from scheduler.ratings.fit import WEEKDAY_KINDS
from scheduler.text_tables import html_table, markdown_lines, without_bars

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.ratings.apply import Applied, Fitted
    from scheduler.ratings.evaluate import Evaluation

Section = tuple[str, list[str], list[str], list[list[str]]]  # heading, sentences, table head, table rows

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #bbb}"
    "th:first-child,td:first-child{text-align:left}@media print{body{margin:0}}"
)


def _sections(channel: str, fitted: Fitted) -> list[Section]:
    fit, held = fitted.fit, next(iter(fitted.held_out), None)
    days = f"{fit.first:%Y-%m-%d} to {fit.last:%Y-%m-%d}"
    share = fit.params.season_share
    season = (
        f"Season: the weeks planned are expected at {fit.season:.0%} of that level, as a year ago"
        f"{'' if share == 1 else f' (to the power {share:g})'}; one year is a weak sample."
        if fit.season_known and share
        else "Season: the log does not reach back a year, so none is applied."
        if share
        else "Season: none is applied."
    )
    sections: list[Section] = [
        (
            f"Viewers of {channel} from ratings",
            [
                f"{fit.airings:,} airings, {days}. Every figure below is fitted, not measured.",
                "Forecast of an airing = viewers of the hour × appeal of the title.",
                f"Level: the last {fit.params.level_days} days had {fit.level:.0%} of what curve and appeals say.",
                season,
                f"Carry-over: {fit.carry_over:.2f} of the viewers of the programme before stay. It is reported only;"
                " the plan does not count it.",
                fit.params.in_words(),
            ],
            [],
            [],
        ),
        _forecast_section(held),
        *_earlier_section(fitted.held_out),
    ]
    if held is not None:
        rows = [
            [row["title"], f"{row['airings']}", f"{row['viewers']:,.0f}", f"{row['forecast']:,.0f}"]
            for row in held.missed_most.to_dict("records")
        ]
        sections.append(("Titles forecast worst", [], ["title", "airings", "viewers", "forecast"], rows))
    hours = [
        [f"{hour:02d}:00", *(f"{fit.factor * fit.curve[kind, hour]:,.0f}" for kind in range(len(WEEKDAY_KINDS)))]
        for hour in range(24)
    ]
    genres = [[str(name) or "–", f"{appeal:.2f}"] for name, appeal in fit.genres.sort_values(ascending=False).items()]
    titles = fit.titles.sort_values("airings", ascending=False).head(40)
    shown = [
        [row["title"], row["genre"] or "–", f"{row['airings']}", f"{row['appeal']:.2f}", f"± {row['error']:.2f}"]
        for row in titles.to_dict("records")
    ]
    sections += [
        ("Viewers by hour", ["An average title, persons."], ["hour", *WEEKDAY_KINDS], hours),
        ("Appeal by genre", ["1 is as usual for the hour."], ["genre", "appeal"], genres),
        (
            "Appeal by title",
            ["The 40 titles with the most airings; ± is the standard error."],
            ["title", "genre", "airings", "appeal", "error"],
            shown,
        ),
        ("In the catalogue", list(_catalogue_words(fitted.applied)), [], []),
    ]
    return sections


def _forecast_section(held: Evaluation | None) -> Section:
    heading = "How well it forecasts"
    if held is None:
        return heading, ["The log is too short to hold weeks out; nothing is known of the forecast's error."], [], []
    weeks = f"{held.first:%Y-%m-%d} to {held.last:%Y-%m-%d}"
    words = [
        f"The fit was repeated without the last weeks ({weeks}, {held.airings:,} airings) and had to forecast them.",
        "Error is the sum of all differences over the sum of viewers; bias is how much the sum is forecast too high.",
    ]
    rows = [
        ["hour alone", f"{held.error_hour:.3f}", f"{held.bias_hour:+.1%}"],
        ["hour, level, season, appeal", f"{held.error:.3f}", f"{held.bias:+.1%}"],
        ["with the carry-over as forecast", f"{held.error_carried:.3f}", ""],
    ]
    return heading, words, ["forecast by", "error", "bias"], rows


def _earlier_section(held: Sequence[Evaluation]) -> list[Section]:
    """The same test at earlier ends of the log, because one test may be a chance result."""
    if len(held) < 2:
        return []
    rows = [[f"{one.first:%Y-%m-%d} to {one.last:%Y-%m-%d}", *_written(_figures(one), signed=True)] for one in held]
    means = [sum(numbers) / len(held) for numbers in zip(*map(_figures, held), strict=True)]
    means[1], means[3] = (sum(abs(_figures(one)[at]) for one in held) / len(held) for at in (1, 3))
    rows.append(["mean, of biases the size", *_written(means, signed=False)])
    head = ["weeks held out", "hour alone: error", "bias", "ours: error", "bias"]
    words = ["Each row knows only what aired before its weeks."]
    return [("How well it would have forecast earlier weeks", words, head, rows)]


def _figures(one: Evaluation) -> tuple[float, float, float, float]:
    return one.error_hour, one.bias_hour, one.error, one.bias


def _written(figures: Sequence[float], *, signed: bool) -> list[str]:
    """Two pairs of (error, bias) as cells."""
    sign = "+" if signed else ""
    return [f"{figure:{sign}.1%}" if at % 2 else f"{figure:.3f}" for at, figure in enumerate(figures)]


def _catalogue_words(applied: Applied) -> Iterable[str]:
    yield f"{len(applied.by_title)} programmes take the appeal of their title."
    if applied.by_genre:
        yield f"{len(applied.by_genre)} are not in the log and had no appeal: they take that of their genre."
    if applied.kept:
        yield f"{len(applied.kept)} are not in the log and keep the appeal they had: {_some(applied.kept)}."
    if applied.log_only:
        yield f"{len(applied.log_only)} titles of the log are no programme of the catalogue: {_some(applied.log_only)}."


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def page_text(channel: str, fitted: Fitted) -> str:
    """The page as Markdown."""
    parts = []
    for heading, words, head, rows in _sections(channel, fitted):
        parts.append(f"## {heading}\n")
        parts += [f"{sentence}\n" for sentence in words]
        if rows:
            cells = [[without_bars(cell) for cell in row] for row in rows]
            parts.append("\n".join(markdown_lines(head, cells, [False] + [True] * (len(head) - 1))) + "\n")
    return "\n".join(parts)


def page_html(channel: str, fitted: Fitted) -> str:
    """The page as one HTML file without scripts."""
    parts = []
    for number, (heading, words, head, rows) in enumerate(_sections(channel, fitted)):
        level = 2 if number else 1
        parts.append(f"<h{level}>{escape(heading)}</h{level}>")
        parts += [f"<p>{escape(sentence)}</p>" for sentence in words]
        if rows:
            parts.append(html_table(head, rows))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Viewers of {escape(channel)} from ratings</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )
