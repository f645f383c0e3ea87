"""The contents of a report: its parts in order, and the tables of each part.

Every format of the report goes through these two tuples. A new table of the report is one entry of `SECTIONS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from scheduler.report.change_sections import changes_section
from scheduler.report.ledger_sections import carried_section, make_goods_section
from scheduler.report.period_sections import remains_section
from scheduler.report.regular_sections import regularity_section, runway_section, strands_section
from scheduler.report.sections import (
    REASON,
    audience_section,
    clause_costs_section,
    compliance_section,
    highest_costs_section,
    hours_section,
    missed_section,
    not_placed_section,
    parity_section,
    row_costs_section,
    rules_section,
    runs_section,
    weeks_section,
    without_effect_section,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from scheduler.report.language import Language
    from scheduler.report.sections import Section
    from scheduler.report.tables import Tables

Format = Literal["text", "md", "html", "xlsx"]


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter of the page and of the Markdown, a sheet of the workbook.

    `heading` and `link` are message keys; `link` is the short heading at the top of the page, empty for none.
    A page leaves out an optional part if its first table has no rows.
    """

    name: str
    heading: str
    link: str = ""
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the report.

    Attributes
    ----------
    part
        Name of the part to which it belongs.
    table
        Gives the table in a language.
    formats
        Formats in which it is shown.
    text_rank
        Its place in the text report, which has no parts: low ranks first, equal ranks in the order of the tuple.
    only_with_rows
        Formats that leave it out if it has no rows. Other formats then print its sentence for an empty table.
    by_rule
        The page groups the rows under the rule of their first column.
    heads
        The column whose values head the rows of a page and of Markdown: each value is given once. None for none.
    folded
        Whether the page shows it under a heading that opens and closes, and how that is at first.
    """

    part: str
    table: Callable[[Tables, Language], Section]
    formats: frozenset[Format]
    text_rank: int = 0
    only_with_rows: frozenset[Format] = frozenset()
    by_rule: bool = False
    heads: int | None = None
    folded: Literal["", "open", "closed"] = ""


ALL: frozenset[Format] = frozenset({"text", "md", "html", "xlsx"})
TABLES = ALL - {"text"}
NOT_MD = ALL - {"md"}

PARTS = (
    Part("parity", "parity", "parity"),
    Part("changes", "changes", "changes", optional=True),
    Part("rules", "compliance", "compliance"),
    Part("audience", "audience", "audience"),
    Part("costs", "costs", "costs_short"),
    Part("regularity", "regularity_title", "regular_short", optional=True),
    Part("not-placed", "not_placed", "not_placed_short"),
)
SECTIONS: tuple[Entry, ...] = (
    Entry("parity", parity_section, ALL, 1),
    Entry("parity", weeks_section, TABLES, folded="closed"),
    Entry("parity", carried_section, ALL, 1, only_with_rows=ALL, folded="open"),
    Entry("parity", make_goods_section, ALL, 1, only_with_rows=ALL, folded="open"),
    Entry("changes", changes_section, ALL - {"xlsx"}, 1, only_with_rows=ALL),
    Entry("rules", missed_section, ALL, 3, by_rule=True),
    Entry("rules", remains_section, NOT_MD, 6, only_with_rows=NOT_MD),
    Entry("rules", rules_section, ALL - {"xlsx"}, 2, by_rule=True, folded="closed"),
    Entry("rules", compliance_section, frozenset({"xlsx"})),
    Entry("audience", audience_section, ALL, 5, folded="closed"),
    Entry("audience", hours_section, ALL, 4),
    Entry("costs", clause_costs_section, ALL, 8),
    Entry("costs", row_costs_section, frozenset({"xlsx"})),
    Entry("costs", highest_costs_section, ALL - {"xlsx"}, 8),
    Entry("regularity", regularity_section, NOT_MD, 6, only_with_rows=frozenset({"text"})),
    Entry("regularity", strands_section, NOT_MD, 6, only_with_rows=frozenset({"text", "html"}), folded="closed"),
    Entry("regularity", runway_section, NOT_MD, 6, only_with_rows=frozenset({"text"}), folded="closed"),
    Entry("not-placed", not_placed_section, ALL, 9, heads=REASON),
    Entry("not-placed", runs_section, NOT_MD, 7, folded="closed"),
    Entry("not-placed", without_effect_section, ALL, 10, only_with_rows=ALL, folded="closed"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A table with its entry."""

    entry: Entry
    section: Section


def parts_of(form: Format, tables: Tables, language: Language) -> Iterator[tuple[Part, list[Shown]]]:
    """The parts of the report in a format, each with its tables; parts without tables are left out."""
    for part in PARTS:
        shown = list(_shown((one for one in SECTIONS if one.part == part.name), form, tables, language))
        if shown:
            yield part, shown


def text_sections(tables: Tables, language: Language) -> list[Section]:
    """The tables of the text report, in its order."""
    ranked = sorted(SECTIONS, key=lambda entry: entry.text_rank)
    return [one.section for one in _shown(ranked, "text", tables, language)]


def _shown(entries: Iterable[Entry], form: Format, tables: Tables, language: Language) -> Iterator[Shown]:
    """The tables of those entries that a format shows."""
    for entry in entries:
        if form in entry.formats:
            section = entry.table(tables, language)
            if section.rows or form not in entry.only_with_rows:
                yield Shown(entry, section)
