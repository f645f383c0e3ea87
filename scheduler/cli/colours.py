"""Coloured marks at the beginning of lines, only on a terminal and only if NO_COLOR is not set."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable

COLOURS = {"✗": "red", "✓": "green", "·": "yellow"}


def echo_lines(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines, or write them to stderr; a mark at the beginning of one has its colour."""
    click.echo(
        "\n".join(_coloured(line) for line in lines), err=err, color=False if os.environ.get("NO_COLOR") else None
    )


def _coloured(line: str) -> str:
    mark = line.lstrip()[:1]
    return line if mark not in COLOURS else line.replace(mark, click.style(mark, fg=COLOURS[mark], bold=True), 1)
