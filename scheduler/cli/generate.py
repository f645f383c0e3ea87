"""`parity generate`: a realistic seeded instance, with the options of a suite or with single ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from scheduler.cli.failure import INPUT, CommandFailed, params_or_fail, refuse_to_overwrite, wrote
from scheduler.cli.language import renderer
from scheduler.cli.options import FORCE, LANG_OF_MESSAGES, PARAMS, QUIET, SEED

OPTIONS: tuple[tuple[str, type, str], ...] = (
    ("territories", int, "Number of territories, Kazakhstan included."),
    ("channels", int, "Channels in all."),
    ("days", int, "Days of the horizon."),
    ("hours", float, "Hours of window a day on every channel."),
    ("grid", int, "Minutes of a grid step."),
    ("titles", int, "Programmes in the catalogue."),
    ("shortlist", int, "Titles that a channel picks from."),
    ("episodes", float, "Episodes of a series in four weeks, on average."),
    ("reruns", float, "Share of the titles that may run twice."),
    ("fill", float, "Share of the airtime that the hidden timetable tries to fill."),
    ("tightness", float, "Least amounts as a share of the hidden timetable's."),
)


def _generator_options(command: Callable[..., int]) -> Callable[..., int]:
    for name, kind, text in reversed(OPTIONS):
        command = click.option(f"--{name}", type=kind, help=f"{text} Default: that of the suite.")(command)
    return command


@click.command(
    epilog="""\b
Examples:
  parity generate build/month --suite month --seed 7
  parity generate build/small --suite smoke --seed 1 --channels 4 --days 7 --tightness 0.8"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option("--suite", "suite_name", default="smoke", show_default=True, help="Suite whose values are the defaults.")
@SEED
@_generator_options
@PARAMS
@LANG_OF_MESSAGES
@FORCE
@QUIET
def generate(
    folder: Path,
    suite_name: str,
    seed: int,
    params: Path | None,
    force: bool,
    quiet: bool,
    **options: float | int | None,
) -> int:
    """Write a generated instance into DIR. The same options and seed give the same bytes.

    The instance is built around a timetable that keeps every rule. It is written to DIR as hidden_timetable.csv. No
    command reads this file unless it is named.
    """
    from pydantic import ValidationError

    from scheduler.generate import FILES, HIDDEN_FILE, HISTORY_FILE, GeneratorOptions, instance_name, suites
    from scheduler.generate import generate as write
    from scheduler.generate.params import GenerateTables
    from scheduler.instance.files.named import there_is_no
    from scheduler.instance.files.validation import message_of
    from scheduler.messages import Listed, RefusedError, msg

    changed = params_or_fail(params, GenerateTables).world.changed()
    if suite_name not in suites():
        raise CommandFailed(there_is_no("suite", suite_name, suites()), INPUT)
    of_suite = suites()[suite_name].options
    refuse_to_overwrite([folder / name for name in (*FILES, HISTORY_FILE)], force=force)
    asked: dict[str, Any] = {"tightness": suites()[suite_name].tightness[-1]}
    asked |= {"world": {**of_suite.get("world", {}), **changed}} if changed else {}
    asked |= {name: value for name, value in options.items() if value is not None}
    try:
        drawn_by = GeneratorOptions.model_validate({**of_suite, **asked})
        write(folder, drawn_by, seed, instance_name(suite_name, seed, drawn_by.tightness))
    except ValidationError as error:
        messages = [Listed((*(f"--{name}" for name in one["loc"]), message_of(one)), ": ") for one in error.errors()]
        raise CommandFailed(Listed(tuple(messages), "\n"), INPUT) from None
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
    if not quiet:
        written = [name for name in (*FILES, HISTORY_FILE) if (folder / name).exists()]
        click.echo(f"{wrote([folder])}: {', '.join(written)}")
        click.echo(renderer()(msg("next: {command}", command=f"parity check {folder} {folder / HIDDEN_FILE}")))
    return 0
