"""`parity explain`: which clauses of an instance clash, in words, and the least that would have to change."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    NO,
    NOTHING,
    CommandFailed,
    load_or_fail,
    params_or_fail,
    refuse_before_writing,
    refuse_to_overwrite,
    refuse_two_on_standard_output,
    refused,
    require_folder,
    timetable_or_fail,
    write_into,
    write_or_print,
    wrong_answer,
)
from scheduler.cli.options import (
    FORCE,
    INSTANCE,
    JSON,
    LANG,
    MOMENT,
    PARAMS,
    QUIET,
    SEED,
    WORKERS,
    Duration,
    OutFolder,
    prints,
)
from scheduler.cli.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

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
  parity explain instances/clash-tolerance --variant-out out/remedy.yaml
  parity explain instances/toy --published out/toy/timetable.csv --frozen-until 2026-12-09 --side KZ"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path), required=False)
@click.option("--out", type=OutFolder(), help="Folder for the best timetable that was found.")
@click.option(
    "--variant-out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File for the first remedies, as a variant of INSTANCE: parity solve INSTANCE --variant FILE. With - the"
    " variant goes to standard output.",
)
@click.option(
    "--published",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Published timetable.csv: which locks, frozen and accepted airings prevent a replan from keeping hard rules.",
)
@click.option(
    "--frozen-until", type=MOMENT, help="With --published: what starts before it does not change, as in `replan`."
)
@click.option("--side", metavar="PARTY", help="With --published: airings on channels of other parties do not change.")
@click.option("--time-limit", type=Duration(), default="60", show_default=True, help="90, 90s or 2m.")
@SEED
@WORKERS
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
    published: Path | None,
    frozen_until: date | datetime | None,
    side: str | None,
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

    With --published the replan of a published timetable is explained: locks, the freeze and acceptances of other
    parties are named if hard rules are missed because of them, each with the airings or locks that are the cause.

    Exit code 0: all hard rules can hold. 1: they clash. 3: the time was too short to decide.
    """
    from scheduler.explain import explain as explained
    from scheduler.explain.explanation_json import explanation_json
    from scheduler.explain.params import ExplainTables
    from scheduler.explain.text import explanation_lines
    from scheduler.instance import InputError
    from scheduler.report.language import Language
    from scheduler.solve import Budget, EngineError, Settings
    from scheduler.solve.answer_files import ANSWER_FILES

    refuse_two_on_standard_output(variant_out=variant_out, json=as_json)
    loaded = load_or_fail(instance, quiet=quiet)
    of_search = timetable is not None or out is not None or variant_out is not None
    _refuse_both(published, of_search=of_search, of_replan=frozen_until is not None or side is not None)
    if published is not None:
        return _of_replan(loaded, published, frozen_until, side, time_limit, lang, as_json=as_json)
    if out is not None:
        require_folder(out)
        refuse_to_overwrite([out / name for name in ANSWER_FILES], force=force)
    if variant_out is not None:
        refuse_before_writing(variant_out, force=force)
    start = None if timetable is None else _start(loaded, timetable)

    render = Language(lang).render

    tables = params_or_fail(params, ExplainTables)
    settings = Settings(strategy="exact", time_limit=time_limit, seed=seed, workers=workers, params=tables)
    try:
        with Steps(quiet=quiet or as_json) as steps:
            explanation = explained(loaded, settings, Budget.of_seconds(time_limit), steps.say, tables.explain, start)
    except InputError as error:
        raise refused(error.problems, str(instance)) from None
    except EngineError as error:
        raise CommandFailed(wrong_answer(error), ENGINE) from None
    lines = explanation_lines(loaded, explanation, render)
    if explanation.answer is not None:
        lines.append(render(_saved(explanation.answer, out, force=force)))
    if variant_out is not None:
        lines.append(render(_saved_variant(loaded, explanation, variant_out, render, force=force)))
    click.echo(explanation_json(loaded, explanation) if as_json else "\n".join(lines), err=prints(variant_out))
    return EXIT_CODES[explanation.verdict]


def _refuse_both(published: Path | None, *, of_search: bool, of_replan: bool) -> None:
    """Refuse options of the other question: whether all rules can hold, or why a replan misses some."""
    from scheduler.messages import msg

    if published is None and of_replan:
        raise CommandFailed(msg("--frozen-until and --side need --published"), INPUT)
    if published is not None and of_search:
        raise CommandFailed(msg("with --published there is no TIMETABLE, --out or --variant-out"), INPUT)


def _of_replan(
    loaded: Instance,
    published: Path,
    until: date | datetime | None,
    side: str | None,
    seconds: float,
    lang: str,
    *,
    as_json: bool,
) -> int:
    """Print what prevents a replan of a published timetable from keeping all hard rules."""
    from scheduler.cli.replan import published_or_fail, replanned_or_fail
    from scheduler.messages import msg
    from scheduler.replan import record
    from scheduler.replan.params import ReplanParams
    from scheduler.report.language import Language
    from scheduler.report.replanning import given_up_lines, hold_lines, missed_heading, missed_lines, search_lines

    language = Language(lang)
    answer = replanned_or_fail(
        loaded, published_or_fail(loaded, published), until, [], side, ReplanParams(time_limit=seconds)
    )
    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    found, _ = record(answer, digest, None if until is None else until.isoformat())
    if as_json:
        click.echo(
            found.model_dump_json(
                include={"searched", "hard_missed", "hard_miss", "hard_miss_bound", "holds"}, indent=2
            )
        )
        return NO if found.hard_missed else DONE
    lines = given_up_lines(answer.given_up, language)
    if not found.hard_missed:
        lines.append(language.render(msg("✓ a replan keeps all hard rules")))
    else:
        lines.append(language.render(msg("✗ a replan misses hard rules:")))
        lines += [*search_lines(found, language), missed_heading(found, language)]
        lines += [f"  {row}" for row in missed_lines(found, language)]
        lines += hold_lines(found, language)
        if not any(one.hard_miss == 0 for one in found.holds):
            more = msg("None of these alone is enough. Explain the rules themselves: parity explain INSTANCE")
            lines.append(language.render(more))
    click.echo("\n".join(lines))
    return NO if found.hard_missed else DONE


def _start(loaded: Instance, timetable: Path) -> Start:
    """The timetable to begin from, and whether its result.json states that no timetable keeps all hard rules."""
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


def _saved_variant(
    loaded: Instance, explanation: Explanation, out: Path, render: Callable[[Value], str], *, force: bool
) -> Message:
    """Save the first remedies as a variant, and say where; without a remedy nothing is written."""
    from scheduler.explain.remedy_variant import remedy_variant
    from scheduler.messages import msg

    text = remedy_variant(loaded, [found[0] for found in explanation.remedies if found], render)
    if not text:
        return msg("there is no remedy to save: {file} is not written", file=str(out))
    write_or_print(out, lambda: text, binary=False, force=force)
    return msg(
        "the first remedies are saved: parity solve {instance} --variant {file}",
        instance=str(loaded.folder),
        file=str(out),
    )
