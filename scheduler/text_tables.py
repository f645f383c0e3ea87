"""Tables as text: aligned columns for a terminal, Markdown, or HTML. Cells are finished texts."""

from __future__ import annotations

import unicodedata
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def aligned_lines(
    head: Sequence[str], rows: Sequence[Sequence[str]], right: Sequence[bool], *, ruled: bool = False
) -> list[str]:
    """The head and the rows in aligned columns, two spaces apart.

    Parameters
    ----------
    right
        Per column whether it is aligned to the right, as numbers are.
    ruled
        Whether a line of dashes follows the head.
    """
    widths = [max(map(width_of, column)) for column in zip(head, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        blanks = (" " * (width - width_of(cell)) for cell, width in zip(cells, widths, strict=True))
        padded = (
            blank + cell if to_right else cell + blank
            for cell, blank, to_right in zip(cells, blanks, right, strict=True)
        )
        return "  ".join(padded).rstrip()

    rule = ["  ".join("-" * width for width in widths)] if ruled else []
    return [line(head), *rule, *map(line, rows)]


def width_of(text: str) -> int:
    """Width of a text in columns of a terminal."""
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(unicodedata.combining(sign) > 0 for sign in text)


def markdown_lines(
    head: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[bool] | None = None
) -> list[str]:
    """A Markdown table; `right` is whether each column is aligned to the right. Cells may have Markdown but no bar."""
    rule = ["---:" if to_right else "---" for to_right in right or [False] * len(head)]
    return [f"| {' | '.join(cells)} |" for cells in (head, rule, *rows)]


def without_bars(text: str) -> str:
    """The text with its bars escaped, for a cell of a Markdown table."""
    return text.replace("|", "\\|").replace("\n", " ")


def html_table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """An HTML table of plain texts."""
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
