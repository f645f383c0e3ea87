"""A brief as one HTML page of A4 that loads nothing else."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib import resources
from math import ceil
from typing import TYPE_CHECKING

from scheduler.text_tables import html_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance import Instance
    from scheduler.messages import Message, Value
    from scheduler.report.language import Language

STYLE = (
    ":root{color-scheme:light}body{font:13px/1.35 'Noto Sans',system-ui,sans-serif;color:#111;background:#fff;"
    "max-width:190mm;margin:0 auto;padding:8mm}"
    "h1{font-size:1.7em;margin:0 0 .2em}h2{font-size:1.15em;margin:.7em 0 .2em;break-after:avoid}"
    "p{margin:.2rem 0}.wide{overflow-x:auto}"
    "table{border-collapse:collapse;width:100%;font-size:.88em}thead{display:table-header-group}"
    "th,td{border-bottom:1px solid #999;padding:.1rem .35rem;text-align:left;vertical-align:top}tr{break-inside:avoid}"
    ".sign{display:flex;gap:2rem;margin-top:3em}.sign p{flex:1;border-top:1px solid #111;padding-top:.2rem}"
    "@media(max-width:600px){body{padding:1rem}}"
    "@page{size:A4 portrait;margin:8mm}@media print{body{padding:0;font-size:8.5pt;max-width:none}"
    ".full{font-size:7.5pt;line-height:1.2}.fuller{font-size:6.5pt;line-height:1.15}"
    ".full .sign,.fuller .sign{margin-top:1.5em}.full td,.full th,.fuller td,.fuller th{padding:0 .3rem}}"
)
DENSITIES = ((62, "fuller"), (42, "full"))
"""More lines than these are printed in smaller letters, so that a page fits on one sheet."""
LINE = 100
"""Characters that a line of a printed table holds, about."""
HEADING = 2.6
"""Lines that a block's heading and its row of column names or its spaces take, about."""


@dataclass(frozen=True, slots=True)
class PageTable:
    """One table under a heading, or a sentence if it has no rows."""

    heading: Message
    head: Sequence[Message]
    rows: Sequence[Sequence[Value]]
    empty: Message


@dataclass(frozen=True, slots=True)
class Page:
    """A brief: title, what it is of, its blocks, and who signs it."""

    title: Message
    about: Message
    blocks: Sequence[PageTable]
    signatures: Sequence[str] = ()


def page_html(page: Page, language: Language) -> str:
    """The page in a language."""
    title, about = escape(language.render(page.title)), escape(language.render(page.about))
    parts = [_block(block, language) for block in page.blocks]
    lines = sum(_lines(block, language) for block in page.blocks)
    density = next((name for most, name in DENSITIES if lines > most), "")
    if page.signatures:
        parts.append(f'<div class="sign">{"".join(f"<p>{escape(one)}</p>" for one in page.signatures)}</div>')
    return (
        f'<!doctype html><html lang="{language.code}"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f'<body class="{density}"><main><h1>{title}</h1><p>{about}</p>{"".join(parts)}</main></body></html>\n'
    )


def _lines(block: PageTable, language: Language) -> float:
    """About how many printed lines a block takes: a row with much text is broken into several."""
    texts = [sum(len(language.render(cell)) for cell in row) for row in block.rows]
    return HEADING + sum(max(1, ceil(length / LINE)) for length in texts)


def _block(block: PageTable, language: Language) -> str:
    heading = escape(language.render(block.heading))
    if not block.rows:
        return f"<h2>{heading}</h2><p>{escape(language.render(block.empty))}</p>"
    cells = [[language.render(cell) for cell in row] for row in block.rows]
    if not block.head:
        return f"<h2>{heading}</h2>" + "".join(f"<p>{escape(row[0])}</p>" for row in cells)
    table = html_table([language.render(one) for one in block.head], cells)
    return f'<h2>{heading}</h2><div class="wide" role="group" aria-label="{heading}" tabindex="0">{table}</div>'


def formal_name(instance: Instance, party: str, language: Language) -> str:
    """A party as diplomats write it: a state by its formal name, another party as the instance calls it."""
    found = _names().get(party, {}).get(language.code)
    if found:
        return found
    known = instance.file.territories.get(party)
    return party if known is None else known.name


@lru_cache(maxsize=1)
def _names() -> dict[str, dict[str, str]]:
    text = (resources.files("scheduler.brief") / "names.csv").read_text(encoding="utf-8")
    return {row["code"]: row for row in csv.DictReader(text.splitlines())}
