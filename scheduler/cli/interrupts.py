"""The first Ctrl-C or SIGTERM ends the search and keeps its result. The second one ends the process."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from scheduler.cli.failure import INTERRUPTED
from scheduler.cli.language import language_of_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType

    from scheduler.solve import Search

NOTHING_SAVED = "interrupted; nothing was saved"


@contextmanager
def interrupts_stop(search: Search) -> Iterator[None]:
    """While this is open an interrupt stops the search instead of the process."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        if search.interrupted:
            raise KeyboardInterrupt
        search.interrupt()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupts_end(before: Callable[[], None] = lambda: None) -> Iterator[None]:
    """While this is open an interrupt ends the process at once; `before` is called first.

    Compilers and libraries that are at work turn a KeyboardInterrupt into errors of their own and print them.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        before()
        end_now(text)

    text = nothing_saved(language_of_command())
    numbers = [number for number in (signal.SIGINT, signal.SIGTERM) if signal.getsignal(number) is not signal.SIG_IGN]
    handlers = {number: signal.signal(number, stop) for number in numbers}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def end_now(text: str) -> None:
    """End the process at once, as one that was interrupted and has nothing to save."""
    os.write(2, f"{text}\n".encode())
    os._exit(INTERRUPTED)


def interrupts_end_imports(language: str = "en") -> None:
    """From now on an interrupt that arrives during an import ends the process at once, with a line in this language.

    Libraries that are being loaded turn a KeyboardInterrupt into errors of their own and print them.
    """
    text = NOTHING_SAVED

    def stop(number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_filename.startswith("<frozen importlib"):
                end_now(text)
            frame = frame.f_back
        raise KeyboardInterrupt

    # A process that was started with interrupts ignored continues to ignore them.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, stop)
    if language != "en":
        text = nothing_saved(language)


def nothing_saved(language: str) -> str:
    """The line of an interrupted command that has nothing to save.

    It is rendered before any interrupt, because a signal handler must not load catalogues. Only the catalogues are
    imported for it.
    """
    from scheduler.messages import LANGUAGES, msg, translations

    key = msg("interrupted; nothing was saved").key
    return str(translations(language).gettext(key)) if language in LANGUAGES else key
