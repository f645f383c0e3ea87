"""`parity solve --suggest-keep-values`: a variant with what runs are worth after the horizon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import yaml

from scheduler.cli.failure import DONE, NOTHING, load_or_fail
from scheduler.cli.interrupts import interrupts_end
from scheduler.cli.language import renderer
from scheduler.cli.steps import Steps
from scheduler.messages import msg

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.solve import Settings


def print_keep_values(folder: Path, settings: Settings, *, quiet: bool) -> int:
    """Print the rows of programmes.csv that a suggested `keep_value` changes, as a variant of the instance."""
    from scheduler.solve.keep_values import suggested_keep_values

    with interrupts_end():
        instance = load_or_fail(folder, quiet=quiet)
        days = instance.file.horizon.days * settings.params.keep_values.horizons
        with Steps(quiet=quiet) as steps:
            steps.say(msg("solving the relaxation of {days} days", days=days))
            values = suggested_keep_values(instance, settings)
    if values is None:
        message = msg(
            "no values: the relaxation of {days} days did not end within the time limit, or its hard rules cannot all"
            " hold",
            days=days,
        )
        click.echo(renderer()(message), err=True)
        return NOTHING
    if not quiet:
        message = msg(
            "values of runs left after the horizon, from {days} days; save them and use them with {option}",
            days=days,
            option="--variant FILE",
        )
        click.echo(renderer()(message), err=True)
    click.echo(variant_text(instance, values), nl=False)
    return DONE


def variant_text(instance: Instance, values: dict[str, int]) -> str:
    """The values that differ from those of the instance, as the YAML text of a variant."""
    rows = {
        item.programme: {"keep_value": values[item.programme]}
        for item in instance.programmes
        if values[item.programme] != item.keep_value
    }
    return yaml.safe_dump({"tables": {"programmes": rows}}, allow_unicode=True, sort_keys=False)
