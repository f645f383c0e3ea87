"""What a search shows on stderr while it runs."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.solve import Search

LEAST_SECONDS = {True: 0.2, False: 5.0}
"""Improvements that follow each other faster than this are not all shown, on a terminal and in a log file."""

MOST_SECONDS = 5.0
"""If nothing improves for this time, a line reports it."""


class Progress:
    """Prints time, value, bound, gap and missed rules: every improvement on a terminal, now and then in a log."""

    def __init__(self, *, quiet: bool) -> None:
        self._shows = not quiet
        self._least = LEAST_SECONDS[sys.stderr.isatty()]
        self._last = 0.0
        self._pending: str | None = None

    def say(self, doing: str) -> None:
        """Show the present step before the search begins."""
        if self._shows:
            click.echo(click.style(f"… {doing}", dim=True), err=True)

    def begin(self, airings: Airings, search: Search) -> None:
        """Say how large the instance is."""
        if self._shows:
            rows = len(search.formulation.lower)
            click.echo(f"{len(airings):,} airings, {rows:,} rows, seed {search.settings.seed}", err=True)
            click.echo("     time             value             bound     gap  missed  step", err=True)

    def show(self, search: Search) -> None:
        """Show the state of the search if enough time has passed."""
        if not self._shows:
            return
        line, now = _line(search), search.seconds()
        if now - self._last < self._least:
            self._pending = line
            return
        self._print(line, now)

    def wait(self, search: Search) -> None:
        """Show the state of the search if nothing was shown for a while."""
        now = search.seconds()
        if self._shows and now - self._last >= MOST_SECONDS:
            self._print(_line(search), now)

    def end(self) -> None:
        """Show the last improvement if it was not shown yet."""
        if self._pending is not None:
            click.echo(self._pending, err=True)

    def _print(self, line: str, now: float) -> None:
        self._last, self._pending = now, None
        click.echo(line, err=True)


def _line(search: Search) -> str:
    best, gap = search.best, search.gap()
    value = "–" if best is None else f"{best.value:,}"
    bound = "–" if search.bound is None else f"{search.bound:,}"
    missed = "–" if best is None else f"{best.hard_rows}+{best.soft_rows}"
    said = "–" if gap is None else f"{gap * 100:.2f} %"
    return f"{search.seconds():7.1f} s {value:>17} {bound:>17} {said:>7} {missed:>7}  {search.step}"
