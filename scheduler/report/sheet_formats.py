"""How cells of a workbook look."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook

TINTS = ("#DBEAFA", "#FDEBD3", "#D9F2EA", "#F9E0EE", "#FBF5C9", "#E6E1FA", "#E4E9EC")
EDGES = ("#0072B2", "#C25700", "#007A58", "#A8447E", "#8A7A00", "#6150B8", "#56646E")
AROUND_ZERO: dict[str, Any] = {
    "mid_type": "num",
    "mid_value": 0,
    "min_color": "#F4A582",
    "mid_color": "#FFFFFF",
    "max_color": "#92C5DE",
}
"""The colour scale of numbers around zero."""


class Formats:
    """The formats of one workbook, each created at its first use."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._verdicts: dict[str, Format] = {}
        self._cells: dict[tuple[str, int], Format] = {}

    def _of(self, **more: Any) -> Format:
        return self._book.add_format({"font_name": "Calibri", "font_size": 10, "valign": "top", **more})

    @cached_property
    def title(self) -> Format:
        """The title of a sheet or a table."""
        return self._of(bold=True, font_size=14, font_color="#10324A")

    @cached_property
    def head(self) -> Format:
        """A column's title."""
        return self._of(bold=True, bg_color="#10324A", font_color="#FFFFFF", text_wrap=True, border=1)

    @cached_property
    def label(self) -> Format:
        """A row's title."""
        return self._of(bold=True)

    @cached_property
    def text(self) -> Format:
        """Plain text."""
        return self._of(num_format="@")

    @cached_property
    def note(self) -> Format:
        """A remark."""
        return self._of(italic=True, font_color="#51606F")

    @cached_property
    def number(self) -> Format:
        """A number with thousands separated; decimals only if there are any."""
        return self._of(num_format="#,##0.##;-#,##0.##;0")

    @cached_property
    def whole(self) -> Format:
        """A whole number."""
        return self._of(num_format="#,##0")

    @cached_property
    def percent(self) -> Format:
        """A share in per cent."""
        return self._of(num_format="0.00%", align="right")

    @cached_property
    def date(self) -> Format:
        """A real date."""
        return self._of(num_format="yyyy-mm-dd")

    @cached_property
    def clock(self) -> Format:
        """A real time of day."""
        return self._of(num_format="hh:mm")

    @cached_property
    def time_of_row(self) -> Format:
        """The clock time of a grid's row; it may be later than 24:00."""
        return self._of(num_format="[hh]:mm", font_color="#51606F", font_size=8)

    def verdict(self, verdict: str) -> Format:
        """A verdict. The word and the sign carry the meaning; the colour only supports it."""
        if verdict not in self._verdicts:
            colour = {"met": "#12633A", "missed": "#A11D12"}.get(verdict, "#51606F")
            self._verdicts[verdict] = self._of(bold=verdict == "missed", font_color=colour)
        return self._verdicts[verdict]

    def cell(self, kind: str, colour: int) -> Format:
        """A cell of a grid."""
        key = kind, colour if kind == "airing" else 0
        if key not in self._cells:
            look: dict[str, Any] = {"text_wrap": True, "font_size": 8, "border": 1, "border_color": "#B8C2CB"}
            if kind == "airing":
                look |= {"bg_color": TINTS[colour], "left": 5, "left_color": EDGES[colour]}
            elif kind == "anchor":
                look |= {"text_wrap": False}
            elif kind == "fallback":
                look |= {"italic": True, "font_color": "#51606F"}
            self._cells[key] = self._of(**look)
        return self._cells[key]
