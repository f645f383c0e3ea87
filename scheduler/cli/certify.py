"""`parity certify`: confirm value and bound of an answer with whole numbers, without a solver."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.colours import echo_lines
from scheduler.cli.failure import (
    DONE,
    NO,
    load_or_fail,
    refuse_before_writing,
    refuse_two_on_standard_output,
    refused,
    timetable_or_fail,
    write_or_print,
)
from scheduler.cli.options import FORCE, INSTANCE, JSON, LANG, QUIET, prints

if TYPE_CHECKING:
    from scheduler.formulation import Formulation
    from scheduler.instance import Instance


@click.command(
    epilog="""\b
Examples:
  parity certify instances/toy out/toy
  parity certify instances/toy out/toy --write-program toy.json"""
)
@INSTANCE
@click.argument("answer", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--write-program",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write the integer program: FILE.json for checkers of others, any other name or - for solvers (MPS).",
)
@FORCE
@LANG
@JSON
@QUIET
def certify(
    instance: Path, answer: Path, write_program: Path | None, force: bool, lang: str, as_json: bool, quiet: bool
) -> int:
    """Confirm the value and the bound of ANSWER, a folder of `solve`, without any solver.

    certificate.json holds multipliers. The bound is computed from them and the rules of INSTANCE with whole numbers.
    Exit code 1 if the certificate proves nothing or the answer says something else.
    """
    from scheduler.airings import build_airings
    from scheduler.formulation import formulate
    from scheduler.instance import InputError
    from scheduler.report.certifying import confirm, confirmation_json, confirmation_lines
    from scheduler.report.language import Language
    from scheduler.results import TIMETABLE_FILE
    from scheduler.rules import rules_of

    if write_program is not None:
        refuse_two_on_standard_output(write_program=write_program, json=as_json)
        refuse_before_writing(write_program, force=force)
    loaded = load_or_fail(instance, quiet=quiet)
    rules = rules_of(loaded)
    timetable = timetable_or_fail(loaded, answer / TIMETABLE_FILE)
    airings = build_airings(loaded, rules)
    try:
        confirmation = confirm(airings, rules, timetable, answer)
    except InputError as error:
        raise refused(error.problems, str(answer)) from None
    if write_program is not None:
        objective = confirmation.objective
        formulation = objective.applied_to(formulate(airings, rules), airings)
        _write_program(formulation, loaded, objective.name, write_program, force=force)
    if as_json:
        click.echo(confirmation_json(confirmation))
    else:
        echo_lines(confirmation_lines(confirmation, Language(lang)), err=prints(write_program))
    return DONE if confirmation.holds else NO


def _write_program(formulation: Formulation, instance: Instance, objective: str, path: Path, *, force: bool) -> None:
    """Write the program with whole numbers as JSON, or for solvers as MPS."""
    from scheduler.certify import program_text
    from scheduler.solve.programs.mps import mps_text

    if path.suffix == ".json":
        text = program_text(formulation, instance.digest, objective)
    else:
        text = mps_text(formulation, instance.file.name)
    write_or_print(path, lambda: text, binary=False, force=force)
