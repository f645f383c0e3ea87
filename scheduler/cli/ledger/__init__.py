"""`parity ledger`: the account of an agreement. A file for each of its commands."""

from __future__ import annotations

import click

from scheduler.cli.groups import HelpingGroup
from scheduler.cli.ledger.check import check
from scheduler.cli.ledger.export import export
from scheduler.cli.ledger.match import match
from scheduler.cli.ledger.post import post
from scheduler.cli.ledger.settle import settle
from scheduler.cli.ledger.show import show
from scheduler.cli.options import LANG_OF_GROUP

__all__ = ["ledger"]


@click.group(cls=HelpingGroup)
@LANG_OF_GROUP
def ledger() -> None:
    """Keep the account of each agreement: what was aired, confirmed, owed and settled.

    \b
    Examples:
      parity ledger post instances/toy out/toy/timetable.csv --as confirmed --ledger out/ledger
      parity ledger show instances/toy --ledger out/ledger
    """  # noqa: D301


for command in (post, show, check, settle, match, export):
    ledger.add_command(command)
