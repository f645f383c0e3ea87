"""Groups of commands."""

from __future__ import annotations

from typing import Any

import click


class HelpingGroup(click.Group):
    """A group that prints its help if its command line names no command, even if it has options.

    click prints the help only if there is no word at all.
    """

    def __init__(self, *args: Any, **attrs: Any) -> None:
        super().__init__(*args, **attrs)
        self.invoke_without_command = True

    def invoke(self, ctx: click.Context) -> Any:
        """Call the named command, or print the help. The exit code is the one for a line without any word."""
        found = super().invoke(ctx)
        if ctx.invoked_subcommand is None:
            raise click.exceptions.NoArgsIsHelpError(ctx)
        return found
