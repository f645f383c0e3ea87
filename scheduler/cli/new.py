"""`parity new`: a small commented instance to begin with."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.failure import INPUT, CommandFailed, wrote
from scheduler.cli.language import renderer
from scheduler.cli.options import LANG_OF_MESSAGES


@click.command(
    epilog="""\b
Examples:
  parity new next-week
  parity new plans/week-50"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@LANG_OF_MESSAGES
def new(folder: Path) -> int:
    """Write a small commented instance into DIR, which must not exist. It can be solved without changes."""
    from importlib import resources

    from scheduler.messages import msg

    if folder.exists():
        there = msg("{folder} exists; `parity new` never overwrites, name another folder", folder=str(folder))
        raise CommandFailed(there, INPUT)
    template = resources.files("scheduler") / "new_instance"
    files = sorted(
        (entry for entry in template.iterdir() if entry.name.endswith((".yaml", ".csv"))), key=lambda e: e.name
    )
    folder.mkdir(parents=True)
    for entry in files:
        (folder / entry.name).write_bytes(entry.read_bytes())
    click.echo(f"{wrote([folder])}: {', '.join(entry.name for entry in files)}")
    click.echo(renderer()(msg("next: {command}", command=f"parity solve {folder} --out {folder}-out")))
    return 0
