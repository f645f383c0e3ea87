"""Tables as text: columns in line, Markdown that a reader parses back, HTML with every sign escaped."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import scheduler
from scheduler.text_tables import aligned_lines, html_table, markdown_lines, width_of, without_bars


def test_columns_are_in_line_whatever_signs_they_hold():
    head, rows = ["title", "n"], [["中文", "1"], ["e\u0301", "1,000"]]  # two wide signs; one sign of two code points
    lines = aligned_lines(head, rows, [False, True], ruled=True)
    assert lines == ["title      n", "-----  -----", "中文       1", "e\u0301      1,000"]
    assert {width_of(line) for line in lines} == {12}


def test_a_table_without_rows_is_its_head():
    assert aligned_lines(["a", "b"], [], [False, True]) == ["a  b"]


def test_markdown_keeps_its_columns_where_a_cell_has_a_bar_or_a_line_break():
    lines = markdown_lines(["a", "b"], [[without_bars("x|y\nz"), "2"]], [False, True])
    assert lines == ["| a | b |", "| --- | ---: |", "| x\\|y z | 2 |"]
    assert all(len(re.split(r"(?<!\\)\|", line)) == 4 for line in lines)


def test_html_shows_every_sign_as_it_is():
    table = ElementTree.fromstring(html_table(["<b>"], [["a & b"], ["'\""]]))
    assert [cell.text for cell in table.iter("th")] == ["<b>"]
    assert [cell.text for cell in table.iter("td")] == ["a & b", "'\""]


def test_no_other_module_draws_tables():
    package = Path(scheduler.__file__).parent
    own = re.compile(r"<table|\"---|\.ljust\(")
    drawing = [path.name for path in package.rglob("*.py") if own.search(path.read_text(encoding="utf-8"))]
    assert drawing == ["text_tables.py"]
