"""What a command that works for a while shows on stderr: its steps, and a line every few seconds."""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING, Self

import click

from scheduler.cli.language import renderer

if TYPE_CHECKING:
    from types import TracebackType

    from scheduler.messages import Message

SECONDS_BETWEEN_LINES = 5.0
"""If a step takes longer than this, a line reports it again, with the seconds so far."""


class Steps:
    """Prints each step of a command from its start, on a terminal and in a log file; nothing if `quiet`."""

    def __init__(self, *, quiet: bool, seconds: float = SECONDS_BETWEEN_LINES) -> None:
        self._render = renderer()  # the thread knows no running command, so the language is taken here
        self._shows, self._seconds = not quiet, seconds
        self._begun, self._doing = time.monotonic(), ""
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._repeat, daemon=True)

    def __enter__(self) -> Self:
        if self._shows:
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._shows:
            self._thread.join()

    def say(self, doing: Message) -> None:
        """Show the step that begins now."""
        self._doing = self._render(doing)
        self._print(self._doing)

    def note(self, done: Message) -> None:
        """Show a line within the step."""
        self._print(self._render(done))

    def _repeat(self) -> None:
        from scheduler.messages import msg

        while not self._ended.wait(self._seconds):
            if self._doing:
                seconds = round(time.monotonic() - self._begun)
                self._print(self._render(msg("{doing}: {seconds} s", doing=self._doing, seconds=seconds)))

    def _print(self, line: str) -> None:
        if self._shows:
            click.echo(dimmed(f"… {line}"), err=True)


def dimmed(line: str) -> str:
    """A line in dim colour. click removes the colour if the output is no terminal. With NO_COLOR there is none."""
    return line if os.environ.get("NO_COLOR") else click.style(line, dim=True)
