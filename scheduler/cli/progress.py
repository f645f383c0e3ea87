"""What a search shows on stderr while it runs."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import TYPE_CHECKING

import click

from scheduler.cli.language import known_language
from scheduler.cli.steps import dimmed

if TYPE_CHECKING:
    from scheduler.airings import Airings
    from scheduler.messages import Message
    from scheduler.report.language import Language
    from scheduler.solve import Search

LEAST_SECONDS = {True: 0.2, False: 5.0}
"""Improvements that follow each other faster than this are not all shown, on a terminal and in a log file."""

MOST_SECONDS = 5.0
"""If nothing improves for this time, a line reports it."""


class Progress:
    """Prints time, value, bound, gap and missed rules: every improvement on a terminal, now and then in a log."""

    def __init__(self, *, quiet: bool) -> None:
        from scheduler.report.language import Language

        self._language = Language(known_language())
        self._shows = not quiet
        self._least = LEAST_SECONDS[sys.stderr.isatty()]
        self._last = 0.0
        self._pending: str | None = None

    def say(self, doing: Message) -> None:
        """Show the present step before the search begins."""
        if self._shows:
            click.echo(dimmed(f"… {self._language.render(doing)}"), err=True)

    def begin(self, airings: Airings, search: Search) -> None:
        """Say how large the instance is."""
        from scheduler.messages import msg, msg_n

        if not self._shows:
            return
        candidates = msg_n("{count} candidate airing", "{count} candidate airings", count=len(airings))
        if search.sample_of is not None:
            candidates = msg(
                "a sample of {number} of {count} airings", number=len(airings), count=len(search.sample_of)
            )
        message = msg(
            "{airings}, {rows}, seed {seed}",
            airings=candidates,
            rows=msg_n("{count} row", "{count} rows", count=len(search.formulation.lower)),
            seed=str(search.settings.seed),
        )
        click.echo(self._language.render(message), err=True)
        columns = (msg("time"), msg("value"), msg("bound"), msg("gap"), msg("missed"), msg("step"))
        click.echo(_columns([self._language.render(column) for column in columns]), err=True)

    def show(self, search: Search) -> None:
        """Show the state of the search if enough time has passed."""
        if not self._shows:
            return
        line, now = _line(search, self._language), search.seconds()
        if now - self._last < self._least:
            self._pending = line
            return
        self._print(line, now)

    def wait(self, search: Search) -> None:
        """Show the state of the search if nothing was shown for a while."""
        now = search.seconds()
        if self._shows and now - self._last >= MOST_SECONDS:
            self._print(_line(search, self._language), now)

    def end(self) -> None:
        """Show the last improvement if it was not shown yet."""
        if self._pending is not None:
            click.echo(self._pending, err=True)

    def _print(self, line: str, now: float) -> None:
        self._last, self._pending = now, None
        click.echo(line, err=True)


def _line(search: Search, language: Language) -> str:
    from scheduler.messages import msg

    best, gap = search.best, search.gap()
    return _columns(
        [
            language.render(msg("{seconds} s", seconds=Fraction(round(search.seconds() * 10), 10))),
            "–" if best is None else language.number(best.value),
            "–" if search.bound is None else language.number(search.bound),
            "–" if gap is None else language.percent(gap),
            "–" if best is None else f"{best.hard_rows}+{best.soft_rows}",
            language.step(search.step),
        ]
    )


def _columns(words: list[str]) -> str:
    time, value, bound, gap, missed, step = words
    return f"{time:>9} {value:>17} {bound:>17} {gap:>7} {missed:>7}  {step}"
