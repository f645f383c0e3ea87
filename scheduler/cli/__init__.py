"""The command line, `parity`: one short file per command. Heavy libraries are imported inside commands."""

from scheduler.cli.main import main

__all__ = ["main"]
