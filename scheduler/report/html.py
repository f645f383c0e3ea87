"""The report as one HTML page. It loads nothing else, is complete without its script, and prints on A4."""

from __future__ import annotations

import base64
import hashlib
from importlib import resources
from itertools import groupby
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scheduler.report.charts import audience_chart, parity_charts
from scheduler.report.comparison import comparison_sections
from scheduler.report.contents import parts_of
from scheduler.report.facts import facts, parameters, span_of, verdicts
from scheduler.report.grid_cells import grids
from scheduler.report.language import Language
from scheduler.report.section_text import cell
from scheduler.report.sections import groups_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.report.comparison import Plan
    from scheduler.report.contents import Part, Shown
    from scheduler.report.sections import Section
    from scheduler.report.tables import Tables


def html_report(tables: Tables, language_code: str) -> str:
    """The page in a language: kk, ru or en."""
    language = Language(language_code)
    environment = _environment(language)
    environment.filters["groups"] = lambda rows: [list(group) for _, group in groupby(rows, lambda row: row.values[0])]
    environment.filters["groups_by"] = groups_by
    script = _resource("filter.js")
    return environment.get_template("page.html").render(
        **_content(tables, language),
        language=language,
        say=language.say,
        style=Markup(_resource("style.css")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )


def comparison_page(plans: Sequence[Plan], language_code: str) -> str:
    """A page of several timetables side by side."""
    language = Language(language_code)
    names = " · ".join(plan.name for plan in plans)
    return sections_page(language.say("comparison"), names, comparison_sections(plans, language), language)


def sections_page(title: str, subtitle: str, sections: Sequence[Section], language: Language) -> str:
    """A page with a title and tables, and nothing else."""
    return (
        _environment(language)
        .get_template("sections.html")
        .render(
            title=title,
            subtitle=subtitle,
            sections=sections,
            language=language,
            say=language.say,
            style=Markup(_resource("style.css")),
        )
    )


def _environment(language: Language) -> Environment:
    """The templates of pages, with the filter that writes a cell."""
    environment = Environment(
        loader=PackageLoader("scheduler.report", "page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cell"] = lambda value, column: cell(value, column, language)
    return environment


def _resource(name: str) -> str:
    return (resources.files("scheduler.report") / "page" / name).read_text(encoding="utf-8")


def _content(tables: Tables, language: Language) -> dict[str, Any]:
    """The contents of the page; every number comes from the tables."""
    instance, weeks = tables.instance, grids(tables, language)
    parts = _parts(tables, language)
    return {
        "name": instance.file.name,
        "description": instance.file.description,
        "span": span_of(tables, language),
        "channels": [(channel.id, channel.name) for channel in instance.channels],
        "agreements": [agreement.id for agreement in instance.file.agreements],
        "verdicts": verdicts(tables, language),
        "facts": facts(tables, language),
        "parameters": parameters(tables, language),
        "parity_charts": parity_charts(tables, language),
        "audience_chart": audience_chart(tables, language),
        "grids": weeks,
        "days": sorted({day for week in weeks for day in week.days}),
        "day_begins": f"{instance.file.broadcast_day // 60:02d}:{instance.file.broadcast_day % 60:02d}",
        "sentences": _sentences(tables, language),
        "links": [part for part, _ in parts if part.link],
        "parts": parts,
    }


def _parts(tables: Tables, language: Language) -> list[tuple[Part, list[Shown]]]:
    """The parts of the page with their tables."""
    parts = parts_of("html", tables, language)
    return [(part, shown) for part, shown in parts if shown[0].section.rows or not part.optional]


def _sentences(tables: Tables, language: Language) -> dict[str, str]:
    """The sentence of every rule, without its id, which stands before it on the page."""
    words = ((id, language.render(sentence)) for id, sentence in tables.sentences.items())
    return {id: text.removeprefix(f"{id}: ") for id, text in words}
