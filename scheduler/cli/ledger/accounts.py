"""The agreements and ledgers that a command uses: the options that name them, and the errors in these."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import INPUT, CommandFailed, refused

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.ledger import Book
    from scheduler.messages import Message
    from scheduler.rules import Parity

LEDGER = click.option(
    "--ledger",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    show_default="that of the instance, INSTANCE/ledger",
    help="Folder of the ledgers.",
)
AGREEMENT = click.option("--agreement", help="Only this agreement. Default: all agreements between two parties.")
ONE_AGREEMENT = click.option("--agreement", required=True, help="The agreement.")
BY = click.option("--by", default="", help="Person who confirms or decides it; written into the ledger.")


def agreements(instance: Instance, named: str | None) -> list[Parity]:
    """The named agreement, or all between two parties; another name ends the command."""
    from scheduler.instance import did_you_mean
    from scheduler.messages import msg
    from scheduler.rules import bilateral

    found = bilateral(instance)
    if named is None:
        return found
    mine = [rule for rule in found if rule.id == named]
    if not mine:
        hint = did_you_mean(named, [rule.id for rule in found])
        raise CommandFailed(
            msg("there is no agreement '{name}' between two parties{hint}", name=named, hint=hint), INPUT
        )
    return mine


def parties_of(rule: Parity) -> tuple[str, str]:
    """The two parties of an agreement."""
    first, second = rule.parties
    return first, second


def no_party(rule: Parity, name: str) -> Message:
    """The error that an agreement has no such party, with its parties."""
    from scheduler.messages import msg

    return msg(
        "'{name}' is no party of {agreement}; its parties are {parties}",
        name=name,
        agreement=rule.id,
        parties=", ".join(rule.parties),
    )


def folder_of(instance: Instance, named: Path | None) -> Path:
    """The folder of the ledgers: the named one, else that of the instance."""
    return instance.folder / instance.file.ledger if named is None else named


def book_of(folder: Path, rule: Parity) -> Book:
    """Read the ledger of an agreement; its errors end the command."""
    from scheduler.instance import InputError
    from scheduler.ledger import ledger_path, read_book
    from scheduler.messages import msg

    try:
        return read_book(ledger_path(folder, rule.id))
    except InputError as error:
        raise refused(error.problems, msg("the ledger of {agreement}", agreement=rule.id)) from None
