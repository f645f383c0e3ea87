"""`parity cost`: what each clause costs, as a proven interval."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.executor import executor_failures, executor_or_fail, search_settings
from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    INTERRUPTED,
    CommandFailed,
    load_or_fail,
    not_written,
    refused,
    timetable_or_fail,
    wrong_answer,
)
from scheduler.cli.options import EXECUTOR, INSTANCE, JSON, LANG, QUIET, SEARCH, Duration
from scheduler.cli.steps import Steps

if TYPE_CHECKING:
    from scheduler.cells import Executor
    from scheduler.instance import Instance
    from scheduler.results import ClauseCost, CostsFile
    from scheduler.solve import Settings
    from scheduler.solve.cost_interval import BestWithAll
    from scheduler.timetable import Timetable


@click.command(
    epilog="""\b
Examples:
  parity cost instances/toy --answer out/toy
  parity cost instances/toy --answer out/toy --clause KZ-UZ --time-limit 30"""
)
@INSTANCE
@click.option(
    "--answer",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder of an answer of `parity solve` with all clauses. costs.json is written there.",
)
@click.option(
    "--clause", "clauses", multiple=True, help="Id of an agreement or rule, or `all`. Default: every agreement."
)
@click.option(
    "--time-limit", type=Duration(), default="60", show_default=True, help="Limit of each search: 90, 90s or 2m."
)
@SEARCH
@EXECUTOR
@LANG
@JSON
@QUIET
def cost(
    instance: Path,
    answer: Path,
    clauses: tuple[str, ...],
    time_limit: float,
    seed: int,
    workers: int,
    deterministic: bool,
    jobs: int,
    cluster: str | None,
    spool: Path | None,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Compute what each clause of INSTANCE costs: solve without it, starting from the timetable with it.

    The cost is at least (value found without the clause − bound with it), and at most (bound without it − value found
    with it). `parity report` on the same timetable shows the result.
    """
    from scheduler.cost import UnknownClauseError, clauses_of
    from scheduler.report.cost_words import cost_message
    from scheduler.report.language import Language
    from scheduler.results import COSTS_FILE
    from scheduler.whole_file import write_whole

    executor = executor_or_fail(jobs, cluster, spool)
    loaded = load_or_fail(instance, quiet=quiet)
    try:
        asked = clauses_of(loaded, clauses)
    except UnknownClauseError as error:
        raise CommandFailed(error.text, INPUT) from None
    planned, known, digest = _known(loaded, answer)
    settings = search_settings(time_limit, seed, workers, deterministic=deterministic)
    found = _solved(loaded, asked, planned, known, settings, executor, quiet=quiet or as_json)
    costs = _file(loaded, digest, known, settings, found)
    try:
        write_whole(answer / COSTS_FILE, costs.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise CommandFailed(not_written(answer / COSTS_FILE, error), ENGINE) from None
    if as_json:
        click.echo(costs.model_dump_json(indent=2))
    else:
        for one in found:
            click.echo(Language(lang).render(cost_message(one, loaded, known.value)))
    return DONE


def _known(loaded: Instance, answer: Path) -> tuple[Timetable, BestWithAll, str]:
    """The timetable of a folder, its known value and bound, and its hash."""
    import hashlib

    from scheduler.instance import InputError
    from scheduler.messages import msg
    from scheduler.results import RESULT_FILE, TIMETABLE_FILE, read_result
    from scheduler.solve.cost_interval import BestWithAll
    from scheduler.verify import verify

    if not (answer / TIMETABLE_FILE).is_file():
        missing = msg(
            "{answer} holds no {file}: parity solve {folder} --out {answer}",
            answer=str(answer),
            file=TIMETABLE_FILE,
            folder=str(loaded.folder),
        )
        raise CommandFailed(missing, INPUT)
    planned = timetable_or_fail(loaded, answer / TIMETABLE_FILE)
    digest = hashlib.sha256((answer / TIMETABLE_FILE).read_bytes()).hexdigest()
    try:
        result = read_result(answer / RESULT_FILE, digest)
    except InputError as error:
        raise refused(error.problems, str(answer)) from None
    if result is not None and result.instance_sha256 != loaded.digest:
        old = msg(
            "the answer in {answer} is of another state of the instance: parity solve {folder} --out {answer} --force",
            answer=str(answer),
            folder=str(loaded.folder),
        )
        raise CommandFailed(old, INPUT)
    checked = verify(planned)
    bound = None if result is None else result.bound
    return planned, BestWithAll(checked.value, bound, keeps=not checked.hard_missed), digest


def _solved(
    loaded: Instance,
    asked: list[str],
    planned: Timetable,
    known: BestWithAll,
    settings: Settings,
    executor: Executor,
    *,
    quiet: bool,
) -> list[ClauseCost]:
    """The cost of each clause, in the given order. After an interrupt the costs found so far are kept."""
    from scheduler.cost import clause_costs
    from scheduler.messages import msg
    from scheduler.solve import EngineError

    found: list[ClauseCost] = []
    limit = f"{settings.time_limit:g}"
    with contextlib.suppress(KeyboardInterrupt), executor_failures(executor.spool), Steps(quiet=quiet) as steps:
        steps.say(msg("searches without a clause: {count}, each within {seconds} s", count=len(asked), seconds=limit))
        try:
            for one in clause_costs(loaded, asked, planned, known, settings, executor=executor):
                found.append(one)
                done = msg(
                    "{number} of {all}: solved without {clause}",
                    number=len(found),
                    all=len(asked),
                    clause=one.clause,
                )
                steps.note(done)
        except EngineError as error:
            raise CommandFailed(wrong_answer(error), ENGINE) from None
    if not found and asked:
        raise CommandFailed(msg("interrupted before a cost was found"), INTERRUPTED)
    return sorted(found, key=lambda one: asked.index(one.clause))


def _file(loaded: Instance, digest: str, known: BestWithAll, settings: Settings, found: list[ClauseCost]) -> CostsFile:
    from scheduler.results import CostsFile

    return CostsFile(
        instance=loaded.file.name,
        instance_sha256=loaded.digest,
        timetable_sha256=digest,
        value=known.value,
        bound=known.bound,
        seconds=settings.time_limit,
        clauses=tuple(found),
    )
