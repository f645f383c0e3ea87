"""The command line, `parity`: one short file per command. Heavy libraries are imported inside commands.

`main` is the group of commands, `options` and `executor` have shared options, and `failure` has the exit codes.
`language` and `help_texts` translate help. `steps`, `progress`, `streams`, `colours` and `interrupts` handle the
terminal.
"""

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
