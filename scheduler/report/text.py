"""The report as text for a terminal or a mail, in aligned columns."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from scheduler.messages import Term, msg
from scheduler.report.absence_words import exchange_words, loss_words, place_words
from scheduler.report.checking import kind_of, verdict, worth
from scheduler.report.contents import text_sections
from scheduler.report.cost_words import cost_message
from scheduler.report.facts import span_of, verdicts
from scheduler.report.language import Language
from scheduler.report.section_text import WIDTH, section_lines, table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.report.sections import Section
    from scheduler.report.tables import Tables
    from scheduler.rules import Measurement

MOST_PLACES = 12
"""Number of titles whose best place the text names; the other formats name all."""
SIGNS = {"met": "✓", "missed": "✗", "unknown": "–"}


def text_report(tables: Tables, language_code: str = "en") -> str:
    """The report in a language: kk, ru or en."""
    language = Language(language_code)
    parts = [_part(one.title, _body(one, tables, language)) for one in text_sections(tables, language)]
    return "\n\n".join([_head(tables, language), *parts, language.say("recounted")]) + "\n"


def sections_text(title: str, subtitle: str, sections: Sequence[Section], language: Language) -> str:
    """A title and tables, and nothing else."""
    parts = ["\n".join(section_lines(one, language)) for one in sections]
    return "\n\n".join([f"{title}\n{subtitle}", *parts]) + "\n"


def _part(title: str, body: str) -> str:
    return f"{title}\n{'─' * min(len(title), WIDTH)}\n{body}"


def _table(section: Section, language: Language) -> str:
    """A section in aligned columns, without sources of law, which are too long for a line."""
    shown = [at for at, column in enumerate(section.columns) if column.title != language.say("source")]
    columns = tuple(section.columns[at] for at in shown)
    rows = tuple(replace(row, values=tuple(row.values[at] for at in shown)) for row in section.rows)
    return "\n".join(table_lines(replace(section, columns=columns, rows=rows), language))


def _body(section: Section, tables: Tables, language: Language) -> str:
    """A table, or the sentences that the text report prints in its place."""
    match section.name:
        case "parity_rows":
            return _parity(section, tables, language)
        case "missed":
            return _missed(tables, language)
        case "clause_costs":
            return _clause_costs(tables, language)
        case "not_placed":
            return _not_placed(tables, language)
    return _table(section, language)


def _head(tables: Tables, language: Language) -> str:
    """The name, size and value of the timetable, and the verdicts."""
    checked, anchors = tables.verification, int(tables.timetable.anchor.sum())
    counts = msg(
        "{span}; channels: {channels}, airings: {airings}, anchors: {anchors}",
        span=span_of(tables, language),
        channels=len(tables.instance.channels),
        airings=len(tables.timetable) - anchors,
        anchors=anchors,
    )
    lines = [tables.instance.file.name, *map(language.render, (counts, worth(checked)))]
    result = tables.result
    if result is None:
        unknown = msg("no result.json belongs to this timetable: bound, gap and costs are left out")
        lines.append(language.render(unknown))
    elif result.bound is not None and result.gap is not None:
        gap = msg("bound {bound}, gap {gap}", bound=result.bound, gap=language.percent(result.gap))
        lines.append(f"{language.render(gap)} ({language.say(f'search_{result.status}')})")
    lines.append(language.render(msg("rules: {verdict}", verdict=verdict(checked))))
    return "\n".join([*lines, *(f"{SIGNS[word]} {text}" for word, text in verdicts(tables, language))])


def _parity(section: Section, tables: Tables, language: Language) -> str:
    """The table of agreements, then a line for every period: who owes whom."""
    frame = tables.parity
    rows = zip(*(frame[name].tolist() for name in ("agreement", "measure", "period", "owed")), strict=True)
    lines = [
        language.render(
            msg(
                "{agreement}, {measure}, {period}: {owed}",
                agreement=agreement,
                measure=Term("measure", measure),
                period=Term("period", period),
                owed=owed,
            )
        )
        for agreement, measure, period, owed in rows
    ]
    return "\n".join([_table(section, language), *lines])


def _missed(tables: Tables, language: Language) -> str:
    """Every missed row in a sentence, hard ones first."""
    rows = sorted(tables.verification.missed, key=lambda row: (not row.judged, not row.hard))
    return "\n".join(_miss(row, language) for row in rows) or language.say("nothing")


def _miss(row: Measurement, language: Language) -> str:
    unit = Term("unit", row.unit)
    text = msg("{text}; missed by {miss} {unit}", text=row.text, miss=row.miss, unit=unit)
    if not row.judged or row.report_only:
        return f"{kind_of(row, language)}  {language.render(text)}"
    if row.hard:
        return f"{language.say('hard')}  {language.render(text)}"
    text = msg("{text}; price {price} viewer-minutes", text=text, price=row.price * row.miss)
    return f"{language.say('soft')}  {language.render(text)}"


def _clause_costs(tables: Tables, language: Language) -> str:
    costs = tables.known_costs
    if costs is None:
        return language.say("unknown_cost")
    value = tables.verification.value
    lines = (language.render(cost_message(one, tables.instance, value)) for one in costs)
    return "\n".join(lines) or language.say("nothing")


def _not_placed(tables: Tables, language: Language) -> str:
    """The titles that do not air, by reason; then the places of those that would lose least."""
    frame = tables.not_placed
    if frame is None:
        return language.say("unknown_cost")
    reasons = pd.Series([language.reason(reason, tables.sentences) for reason in frame["reason"]], dtype=object)
    groups = frame.assign(reason=reasons.to_numpy()).groupby("reason", sort=False)
    texts = [f"{reason}: {', '.join(group['title'])}" for reason, group in groups]
    known = [(title, place) for title, place in zip(frame["title"], frame["place"], strict=True) if place is not None]
    known.sort(key=lambda one: (one[1].loses_at_most is None, one[1].loses_at_most or 0, one[1].loses_at_least))
    texts += ["", language.say("best_places")] if known else []
    for title, place in known[:MOST_PLACES]:
        words = [place_words(tables.instance, place, language)]
        words += [language.render(one) for one in (*loss_words(place), *exchange_words(tables.instance, place))]
        texts.append(f"{title}: {'; '.join(words)}")
    return "\n".join(texts) or language.say("nothing")
