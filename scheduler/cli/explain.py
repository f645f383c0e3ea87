"""`parity explain`: which clauses of an instance clash, in words, and the least that would have to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import DONE, ENGINE, NO, NOTHING, CommandFailed, load_or_fail, params_or_fail, refused
from scheduler.cli.options import INSTANCE, JSON, LANG, PARAMS, QUIET, Duration

if TYPE_CHECKING:
    from scheduler.messages import Message

EXIT_CODES = {"holds": DONE, "clash": NO, "undecided": NOTHING}


@click.command(
    epilog="""\b
Examples:
  parity explain instances/clash-rights-supply --lang kk
  parity explain instances/toy --time-limit 30 --json"""
)
@INSTANCE
@click.option("--time-limit", type=Duration(), default="60", show_default=True, help="90, 90s or 2m.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@PARAMS
@LANG
@JSON
@QUIET
def explain(
    instance: Path,
    time_limit: float,
    seed: int,
    workers: int,
    params: Path | None,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Find the clauses of INSTANCE that cannot hold together, and the smallest changes with which they can.

    Exit code 0: all hard rules can hold. 1: they clash. 3: the time was too short to decide.
    """
    import sys

    from scheduler.explain import explain as explained
    from scheduler.explain.params import ExplainTables
    from scheduler.explain.text import explanation_json, explanation_lines
    from scheduler.instance import InputError
    from scheduler.report.language import Language
    from scheduler.solve import Budget, EngineError, Settings

    loaded = load_or_fail(instance, quiet=quiet)
    shows = not quiet and sys.stderr.isatty()

    render = Language(lang).render

    def say(doing: Message) -> None:
        if shows:
            click.echo(f"… {render(doing)}", err=True)

    tables = params_or_fail(params, ExplainTables)
    settings = Settings(strategy="exact", time_limit=time_limit, seed=seed, workers=workers, params=tables)
    try:
        said = explained(loaded, settings, Budget.of_seconds(time_limit), say, tables.explain)
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    except EngineError as error:
        raise CommandFailed(f"the engine's answer does not hold: {error}", ENGINE) from None
    click.echo(explanation_json(loaded, said) if as_json else "\n".join(explanation_lines(loaded, said, render)))
    return EXIT_CODES[said.verdict]
