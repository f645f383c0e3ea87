"""The report as Markdown for a mail or a chat: the same tables without those of series and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.report.contents import parts_of
from scheduler.report.facts import facts, parameters, span_of, verdicts
from scheduler.report.language import Language
from scheduler.report.section_text import cell
from scheduler.report.sections import groups_by
from scheduler.text_tables import markdown_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.report.contents import Shown
    from scheduler.report.sections import Column, Section, Value
    from scheduler.report.tables import Tables

SIGNS = {"met": "✓", "missed": "✗", "unknown": "–"}


def sections_markdown(title: str, subtitle: str, sections: Sequence[Section], language: Language) -> str:
    """A title and tables, and nothing else."""
    return "\n\n".join([f"# {_text(title)}", _text(subtitle), *(_table(one, language) for one in sections)]) + "\n"


def markdown_report(tables: Tables, language_code: str) -> str:
    """The report in a language: kk, ru or en."""
    language = Language(language_code)
    say = language.say
    lines = [
        f"# {_text(say('report_of', name=tables.instance.file.name))}",
        span_of(tables, language),
        "\n".join(f"- {SIGNS[verdict]} {text}" for verdict, text in verdicts(tables, language)),
        "\n".join(
            f"- {fact.title}: **{_text(fact.text(language))}** {fact.unit}".rstrip() for fact in facts(tables, language)
        ),
    ]
    for part, shown in parts_of("md", tables, language):
        lines += [f"## {say(part.heading)}", *(_entry(one, language) for one in shown)]
    lines += [
        f"## {say('parameters')}",
        "\n".join(f"- {_text(fact.title)}: {_text(fact.text(language))}" for fact in parameters(tables, language)),
        say("recounted"),
    ]
    return "\n\n".join(lines) + "\n"


def _entry(shown: Shown, language: Language) -> str:
    """A table, or one for each value of the column that heads its rows."""
    section, heads = shown.section, shown.entry.heads
    if heads is None or not section.rows:
        return _table(section, language)
    return "\n\n".join([*(_table(group, language) for _, group in groups_by(section, heads)), section.note]).rstrip()


def _table(section: Section, language: Language) -> str:
    if not section.rows:
        return f"{section.title}: {section.empty}"
    head = [_text(column.title) for column in section.columns]
    cells = [
        [_cell(value, column, language) for value, column in zip(row.values, section.columns, strict=True)]
        for row in section.rows
    ]
    table = markdown_lines(head, cells, [column.kind == "number" for column in section.columns])
    return "\n".join([f"**{section.title}**", "", *table, "", section.note]).rstrip()


def _cell(value: Value, column: Column, language: Language) -> str:
    return _text(cell(value, column, language))


def _text(text: str) -> str:
    """The text with the signs escaped that have a meaning in Markdown."""
    escaped = text.replace("\\", "\\\\").replace("\n", " ")
    for sign in "|*_`[]<>#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped
