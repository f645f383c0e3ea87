"""The command line, `parity`: one short file per command. Heavy libraries are imported inside commands."""

import os
import signal
import threading

_handler = signal.getsignal(signal.SIGINT)
_starts = threading.current_thread() is threading.main_thread() and _handler is signal.default_int_handler
if _starts:  # an interrupt while the command line itself is imported ends the process without a traceback
    signal.signal(signal.SIGINT, lambda number, frame: os._exit(130))

from scheduler.cli.main import main  # noqa: E402

if _starts:
    signal.signal(signal.SIGINT, _handler)

__all__ = ["main"]
