"""`parity explain`: which clauses of an instance clash, in words, and the least that would have to change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    ENGINE,
    NO,
    NOTHING,
    CommandFailed,
    load_or_fail,
    params_or_fail,
    refuse_to_overwrite,
    refused,
    require_folder,
    timetable_or_fail,
    write_into,
    wrong_answer,
)
from scheduler.cli.options import FORCE, INSTANCE, JSON, LANG, PARAMS, QUIET, Duration

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.explain import Explanation, Start
    from scheduler.instance import Instance
    from scheduler.messages import Message, Value
    from scheduler.solve import Answer

EXIT_CODES = {"holds": DONE, "clash": NO, "undecided": NOTHING}


@click.command(
    epilog="""\b
Examples:
  parity explain instances/clash-rights-supply --lang kk
  parity explain instances/toy --time-limit 30 --json
  parity explain instances/toy out/toy/timetable.csv --out out/explained
  parity explain instances/clash-tolerance --variant-out out/remedy.yaml"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path), required=False)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the best timetable that was found."
)
@click.option(
    "--variant-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the first remedies, as a variant of INSTANCE: parity solve INSTANCE --variant FILE.",
)
@click.option("--time-limit", type=Duration(), default="60", show_default=True, help="90, 90s or 2m.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=1, show_default=True)
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True)
@PARAMS
@LANG
@FORCE
@JSON
@QUIET
def explain(
    instance: Path,
    timetable: Path | None,
    out: Path | None,
    variant_out: Path | None,
    time_limit: float,
    seed: int,
    workers: int,
    params: Path | None,
    lang: str,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Find the clauses of INSTANCE that cannot hold together, and the smallest changes with which they can.

    With TIMETABLE the search begins from it, and from what result.json in the same folder has proven. With --out the
    best timetable that was found is saved with its result.json and timings.json. With --variant-out the first remedy of
    every clash is saved as a variant, which other commands apply to INSTANCE with --variant.

    Exit code 0: all hard rules can hold. 1: they clash. 3: the time was too short to decide.
    """
    import sys

    from scheduler.explain import explain as explained
    from scheduler.explain.explanation_json import explanation_json
    from scheduler.explain.params import ExplainTables
    from scheduler.explain.text import explanation_lines
    from scheduler.instance import InputError
    from scheduler.report.language import Language
    from scheduler.solve import Budget, EngineError, Settings
    from scheduler.solve.answer_files import ANSWER_FILES

    loaded = load_or_fail(instance, quiet=quiet)
    if out is not None:
        require_folder(out)
        refuse_to_overwrite([out / name for name in ANSWER_FILES], force=force)
    if variant_out is not None:
        require_folder(variant_out.parent)
        refuse_to_overwrite([variant_out], force=force)
    start = None if timetable is None else _start(loaded, timetable)
    shows = not quiet and sys.stderr.isatty()

    render = Language(lang).render

    def say(doing: Message) -> None:
        if shows:
            click.echo(f"… {render(doing)}", err=True)

    tables = params_or_fail(params, ExplainTables)
    settings = Settings(strategy="exact", time_limit=time_limit, seed=seed, workers=workers, params=tables)
    try:
        explanation = explained(loaded, settings, Budget.of_seconds(time_limit), say, tables.explain, start)
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    except EngineError as error:
        raise CommandFailed(wrong_answer(error), ENGINE) from None
    lines = explanation_lines(loaded, explanation, render)
    if explanation.answer is not None:
        lines.append(render(_saved(explanation.answer, out, force=force)))
    if variant_out is not None:
        lines.append(render(_saved_variant(loaded, explanation, variant_out, render)))
    click.echo(explanation_json(loaded, explanation) if as_json else "\n".join(lines))
    return EXIT_CODES[explanation.verdict]


def _start(loaded: Instance, timetable: Path) -> Start:
    """The timetable to begin from, and whether its result.json states that no timetable keeps all hard rules."""
    import hashlib

    from scheduler.explain import Start
    from scheduler.instance import InputError
    from scheduler.results import RESULT_FILE, read_result

    read = timetable_or_fail(loaded, timetable)
    try:
        result = read_result(timetable.parent / RESULT_FILE, hashlib.sha256(timetable.read_bytes()).hexdigest())
    except InputError as error:
        raise refused(error.problems, str(timetable.parent)) from None
    same = result is not None and result.instance_sha256 == loaded.digest
    return Start(read, impossible=same and result is not None and result.hard_rules == "impossible")


def _saved(answer: Answer, out: Path | None, *, force: bool) -> Message:
    """Save the timetable that was found, and print its folder. Without a folder, print how to save it."""
    from scheduler.messages import Listed, msg
    from scheduler.solve.answer_files import answer_texts

    if out is None:
        return msg("the best timetable found is saved with --out FOLDER")
    texts = answer_texts(answer)
    write_into(out, texts, force=force)
    return msg("saved: {files}", files=Listed(tuple(str(out / name) for name in texts)))


def _saved_variant(loaded: Instance, explanation: Explanation, out: Path, render: Callable[[Value], str]) -> Message:
    """Save the first remedies as a variant, and say where; without a remedy nothing is written."""
    from scheduler.explain.remedy_variant import remedy_variant
    from scheduler.messages import msg
    from scheduler.whole_file import write_whole

    text = remedy_variant(loaded, [found[0] for found in explanation.remedies if found], render)
    if not text:
        return msg("there is no remedy to save: {file} is not written", file=str(out))
    write_whole(out, text)
    return msg(
        "the first remedies are saved: parity solve {instance} --variant {file}",
        instance=str(loaded.folder),
        file=str(out),
    )
