"""The page of a ratings fit: the fitted values, and the errors of forecasts of held-out weeks."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from babel.numbers import format_decimal

from scheduler.messages import Message, Percent, Term, msg, msg_n
from scheduler.ratings.fit import WEEKDAY_KINDS
from scheduler.report.language import Language
from scheduler.text_tables import html_table, markdown_lines, without_bars

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.ratings.apply import Applied, Fitted
    from scheduler.ratings.evaluate import Evaluation
    from scheduler.ratings.fit import Fit


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: its heading, its sentences and its table, with cells as texts."""

    heading: Message
    sentences: list[Message]
    head: list[Message | str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


MOST_TITLES = 40
"""Titles that the page lists; the tables of the instance have all."""

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse}th,td{padding:.2rem .8rem;text-align:right;border-bottom:1px solid #bbb}"
    "th:first-child,td:first-child{text-align:left}@media print{body{margin:0}}"
)


def _sections(channel: str, fitted: Fitted, language: Language) -> list[Section]:
    fit, held = fitted.fit, next(iter(fitted.held_out), None)
    sections = [
        Section(
            msg("Viewers of {channel} from ratings", channel=channel),
            [
                msg_n(
                    "{count} airing, {first} to {last}. Every figure below is fitted, not measured.",
                    "{count} airings, {first} to {last}. Every figure below is fitted, not measured.",
                    count=fit.airings,
                    first=fit.first.date(),
                    last=fit.last.date(),
                ),
                msg("Forecast of an airing = viewers of the hour × appeal of the title."),
                msg(
                    "Level: the last {days} days had {share} of the viewers that curve and appeals give.",
                    days=fit.params.level_days,
                    share=_whole_percent(fit.level),
                ),
                _season_words(fit),
                msg(
                    "Carry-over: {share} of the viewers of the programme before stay. It is reported only;"
                    " the plan does not count it.",
                    share=_decimals(language, fit.carry_over, 2),
                ),
                fit.params.in_words(),
            ],
        ),
        _forecast_section(held, language),
        *_earlier_section(fitted.held_out, language),
    ]
    if held is not None:
        rows = [
            [row["title"], *(_decimals(language, row[name], 0) for name in ("airings", "viewers", "forecast"))]
            for row in held.missed_most.to_dict("records")
        ]
        head = [msg("title"), msg("airings"), msg("viewers"), msg("forecast")]
        sections.append(Section(msg("Titles forecast worst"), [], [*head], rows))
    return [*sections, *_fit_sections(fit, language), _catalogue_section(fitted.applied)]


def _season_words(fit: Fit) -> Message:
    share = fit.params.season_share
    if not share:
        return msg("Season: none is applied.")
    if not fit.season_known:
        return msg("Season: the log does not reach back a year, so none is applied.")
    expected = _whole_percent(fit.season)
    if share == 1:
        return msg(
            "Season: the weeks planned are expected at {share} of that level, as a year ago;"
            " one year is a weak sample.",
            share=expected,
        )
    return msg(
        "Season: the weeks planned are expected at {share} of that level, as a year ago (to the power {power});"
        " one year is a weak sample.",
        share=expected,
        power=f"{share:g}",
    )


def _fit_sections(fit: Fit, language: Language) -> list[Section]:
    """The curve, and the appeals of genres and titles."""
    hours = [
        [f"{hour:02d}:00", *(_decimals(language, viewers, 0) for viewers in (fit.factor * fit.curve[:, hour]).tolist())]
        for hour in range(24)
    ]
    genres = [
        [language.render(Term("genre", str(name))) or "–", _decimals(language, appeal, 2)]
        for name, appeal in fit.genres.sort_values(ascending=False).items()
    ]
    titles = fit.titles.sort_values("airings", ascending=False).head(MOST_TITLES)
    shown = [
        [
            row["title"],
            language.render(Term("genre", row["genre"])) or "–",
            _decimals(language, row["airings"], 0),
            _decimals(language, row["appeal"], 2),
            f"± {_decimals(language, row['error'], 2)}",
        ]
        for row in titles.to_dict("records")
    ]
    appeal, genre = msg("appeal"), msg("genre")
    most = msg("The {number} titles with the most airings; ± is the standard error.", number=MOST_TITLES)
    return [
        Section(msg("Viewers by hour"), [msg("An average title, persons.")], [msg("hour"), *WEEKDAY_KINDS], hours),
        Section(msg("Appeal by genre"), [msg("1 is as usual for the hour.")], [genre, appeal], genres),
        Section(msg("Appeal by title"), [most], [msg("title"), genre, msg("airings"), appeal, msg("error")], shown),
    ]


def _forecast_section(held: Evaluation | None, language: Language) -> Section:
    heading = msg("How well it forecasts")
    if held is None:
        short = msg("The log is too short to hold weeks out; nothing is known of the forecast's error.")
        return Section(heading, [short])
    words = [
        msg_n(
            "The fit was repeated without the last weeks ({first} to {last}, {count} airing) and had to forecast them.",
            "The fit was repeated without the last weeks ({first} to {last}, {count} airings)"
            " and had to forecast them.",
            first=held.first.date(),
            last=held.last.date(),
            count=held.airings,
        ),
        msg(
            "Error is the sum of all differences over the sum of viewers;"
            " bias is how much the sum is forecast too high."
        ),
    ]
    tests = [
        (msg("hour alone"), held.error_hour, held.bias_hour),
        (msg("hour, level, season, appeal"), held.error, held.bias),
    ]
    rows = [
        [language.render(name), _decimals(language, error, 3), _signed_percent(language, bias)]
        for name, error, bias in tests
    ]
    carried = language.render(msg("with the carry-over as forecast"))
    rows.append([carried, _decimals(language, held.error_carried, 3), ""])
    return Section(heading, words, [msg("forecast by"), msg("error"), msg("bias")], rows)


def _earlier_section(held: Sequence[Evaluation], language: Language) -> list[Section]:
    """The same test at earlier ends of the log, because one test may be a chance result."""
    if len(held) < 2:
        return []
    rows = []
    for one in held:
        weeks = msg("{first} to {last}", first=one.first.date(), last=one.last.date())
        rows.append([language.render(weeks), *_written(language, _figures(one))])
    means = [sum(numbers) / len(held) for numbers in zip(*map(_figures, held), strict=True)]
    means[1], means[3] = (sum(abs(_figures(one)[at]) for one in held) / len(held) for at in (1, 3))
    sizes = [sign.removeprefix("+") for sign in _written(language, means)]
    rows.append([language.render(msg("mean (of biases: the absolute values)")), *sizes])
    bias = msg("bias")
    head = [msg("weeks held out"), msg("hour alone: error"), bias, msg("ours: error"), bias]
    words = msg("Each row knows only what aired before its weeks.")
    return [Section(msg("How well it would have forecast earlier weeks"), [words], [*head], rows)]


def _figures(one: Evaluation) -> tuple[float, float, float, float]:
    return one.error_hour, one.bias_hour, one.error, one.bias


def _written(language: Language, figures: Sequence[float]) -> list[str]:
    """Two pairs of (error, bias) as cells."""
    return [
        _signed_percent(language, figure) if at % 2 else _decimals(language, figure, 3)
        for at, figure in enumerate(figures)
    ]


def _decimals(language: Language, value: float, places: int) -> str:
    """A number with all its decimal places, so that columns are aligned."""
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return str(format_decimal(round(value, places) + 0.0, format=pattern, locale=language.locale))


def _signed_percent(language: Language, share: float) -> str:
    """A share in per cent with one decimal, behind its sign."""
    return f"{'-' if share < 0 else '+'}{_decimals(language, 100 * abs(share), 1)}%"


def _whole_percent(share: float) -> Percent:
    return Percent(Fraction(round(100 * share), 100))


def _catalogue_section(applied: Applied) -> Section:
    """By which source the programmes of the catalogue got their appeal."""
    words = [
        msg_n(
            "{count} programme takes the appeal of its title.",
            "{count} programmes take the appeal of their title.",
            count=len(applied.by_title),
        )
    ]
    if applied.by_genre:
        words.append(
            msg_n(
                "{count} programme is not in the log and had no appeal: it takes that of its genre.",
                "{count} programmes are not in the log and had no appeal: they take that of their genre.",
                count=len(applied.by_genre),
            )
        )
    if applied.kept:
        words.append(
            msg_n(
                "{count} programme is not in the log and keeps the appeal it had: {names}.",
                "{count} programmes are not in the log and keep the appeal they had: {names}.",
                count=len(applied.kept),
                names=_some(applied.kept),
            )
        )
    if applied.log_only:
        words.append(
            msg_n(
                "{count} title of the log is no programme of the catalogue: {names}.",
                "{count} titles of the log are no programme of the catalogue: {names}.",
                count=len(applied.log_only),
                names=_some(applied.log_only),
            )
        )
    return Section(msg("In the catalogue"), words)


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (", …" if len(names) > 5 else "")


def page_text(channel: str, fitted: Fitted, lang: str = "en") -> str:
    """The page as Markdown in a language."""
    language, parts = Language(lang), []
    for section in _sections(channel, fitted, language):
        parts.append(f"## {language.render(section.heading)}\n")
        parts += [f"{language.render(sentence)}\n" for sentence in section.sentences]
        if section.rows:
            cells = [[without_bars(cell) for cell in row] for row in section.rows]
            right = [False] + [True] * (len(section.head) - 1)
            parts.append("\n".join(markdown_lines(list(map(language.render, section.head)), cells, right)) + "\n")
    return "\n".join(parts)


def page_html(channel: str, fitted: Fitted, lang: str = "en") -> str:
    """The page in a language, as one HTML file without scripts."""
    language, parts = Language(lang), []
    for number, section in enumerate(_sections(channel, fitted, language)):
        level = 2 if number else 1
        parts.append(f"<h{level}>{escape(language.render(section.heading))}</h{level}>")
        parts += [f"<p>{escape(language.render(sentence))}</p>" for sentence in section.sentences]
        if section.rows:
            parts.append(html_table(map(language.render, section.head), section.rows))
    title = language.render(msg("Viewers of {channel} from ratings", channel=channel))
    return (
        f'<!doctype html>\n<html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>\n"
        f"<body><main>\n{chr(10).join(parts)}\n</main></body></html>\n"
    )
