"""`parity bench`: run the benchmark suites, and summarise results."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.executor import executor_failures, executor_or_fail
from scheduler.cli.failure import DONE, INPUT, INTERRUPTED, NO, CommandFailed
from scheduler.cli.groups import HelpingGroup
from scheduler.cli.language import known_language, renderer
from scheduler.cli.options import (
    EXECUTOR,
    JSON,
    LANG_OF_GROUP,
    LANG_OF_MESSAGES,
    QUIET,
    SEED_NUMBER,
    WORKERS,
    Duration,
    Listed,
    Number,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.bench.best_known import BestKnown
    from scheduler.bench.row import BenchRow
    from scheduler.bench.tables import ReferenceValues
    from scheduler.messages import Message

DEFAULT_WORK = Path("build") / "bench"
DEFAULT_ENGINES = "scale,greedy,cp-sat,highs,scip"
BEST_KNOWN = click.option(
    "--best-known",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="A file of best known values to compare with.",
)


@click.group(
    cls=HelpingGroup,
    epilog="""\b
Examples:
  parity bench run smoke --engines greedy,cp-sat --seeds 1
  parity bench summary build/bench/smoke.jsonl""",
)
@LANG_OF_GROUP
def bench() -> None:
    """Run the benchmark suites with the engines of parity and with peers, and read the results."""


@bench.command(
    epilog="""\b
Examples:
  parity bench run smoke --engines exact,greedy --seeds 1
  parity bench run smoke --engines greedy --time-limit 10s --out build/bench/quick.jsonl
  parity bench run smoke --engines greedy --deterministic --jobs 2 --out build/bench/counted.jsonl"""
)
@click.argument("suite")
@click.option(
    "--engines",
    type=Listed(click.STRING),
    default=DEFAULT_ENGINES,
    show_default=True,
    help="Names, separated by commas.",
)
@click.option(
    "--seeds",
    type=Listed(SEED_NUMBER),
    help="Seeds of the instances, separated by commas. Default: those of the suite.",
)
@click.option(
    "--tightness",
    type=Listed(Number(0, 1, min_open=True)),
    help="Tightness of the instances, separated by commas. Default: those of the suite.",
)
@click.option("--time-limit", type=Duration(), help="Seconds of each search. Default: that of the suite.")
@click.option(
    "--memory", type=Number(0, min_open=True), help="Most GB of memory of a solve. Default: that of the suite."
)
@WORKERS
@click.option("--engine-seed", type=SEED_NUMBER, default=1, show_default=True)
@click.option(
    "--deterministic", is_flag=True, help="Count work instead of seconds: the same rows on every machine but for times."
)
@EXECUTOR
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File of the results. Default: build/bench/SUITE.jsonl.",
)
@click.option("--work", type=click.Path(path_type=Path, file_okay=False), default=DEFAULT_WORK, show_default=True)
@click.option(
    "--update",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write better values and bounds into this file of best known values.",
)
@LANG_OF_MESSAGES
@QUIET
def run(
    suite: str,
    engines: list[str],
    seeds: list[int] | None,
    tightness: list[float] | None,
    time_limit: float | None,
    memory: float | None,
    workers: int,
    engine_seed: int,
    deterministic: bool,
    jobs: int,
    cluster: str | None,
    spool: Path | None,
    out: Path | None,
    work: Path,
    update: Path | None,
    quiet: bool,
) -> int:
    """Run SUITE. Rows that are in the results file are not run again, so an interrupted run can be continued."""
    from scheduler.bench.runner import WrongFolderError, run_jobs, suite_jobs
    from scheduler.instance.files.named import there_is_no
    from scheduler.messages import msg
    from scheduler.peers.engines import ENGINES

    _known_suite(suite)
    for name in engines:
        if name not in ENGINES:
            raise CommandFailed(there_is_no("engine", name, ENGINES), INPUT)
    executor = executor_or_fail(jobs, cluster, spool)
    wanted = suite_jobs(
        suite, engines, seeds, tightness, time_limit, memory, workers, engine_seed, deterministic=deterministic
    )
    out, ran = out or work / f"{suite}.jsonl", 0
    done = _rows(out) if out.exists() else []
    _note_best(update, done)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends the solve that is running, too
    try:
        with executor_failures(spool):
            for row in run_jobs(wanted, out, work, done, executor):
                ran += 1
                if not quiet:
                    click.echo(_line(row))
                _note_best(update, [row])
    except WrongFolderError as error:
        raise CommandFailed(error.text, INPUT) from None
    except KeyboardInterrupt:
        there = msg("the rows so far are in {file}", file=str(out)) if out.exists() else msg("there is no row yet")
        message = msg("interrupted; {rows}; the same command continues from there", rows=there)
        raise CommandFailed(message, INTERRUPTED) from None
    if not quiet:
        click.echo(renderer()(_ran(ran, len(wanted) - ran, suite, out)))
    return DONE


def _ran(ran: int, before: int, suite: str, out: Path) -> Message:
    """How many rows were run, how many were in the file before, and what comes next."""
    from scheduler.messages import msg, msg_n

    return msg(
        "{suite}: {rows} run, {before} in the file before: {file}; next: parity bench summary {file}",
        suite=suite,
        rows=msg_n("{count} row", "{count} rows", count=ran),
        before=before,
        file=str(out),
    )


def _note_best(path: Path | None, rows: list[BenchRow]) -> None:
    """Add better values and bounds of the rows to a file of best known values. Without a file nothing is done."""
    from scheduler.bench.best_known import updated, write_best_known

    if path is not None:
        write_best_known(path, updated(_best_known(path), rows))


def _best_known(path: Path | None) -> dict[str, BestKnown]:
    """The lines of a file of best known values. Empty without a file, or if the file does not exist yet."""
    from scheduler.bench.best_known import read_best_known
    from scheduler.messages import RefusedError

    try:
        return {} if path is None else read_best_known(path)
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None


@bench.command(
    epilog="""\b
Examples:
  parity bench summary build/bench/smoke.jsonl
  parity bench summary build/bench/smoke.jsonl --pictures build/bench"""
)
@click.argument("results", type=click.Path(path_type=Path), nargs=-1, required=True)
@BEST_KNOWN
@click.option("--pictures", type=click.Path(path_type=Path, file_okay=False), help="Draw two SVG pictures per suite.")
@LANG_OF_MESSAGES
@JSON
def summary(results: tuple[Path, ...], best_known: Path | None, pictures: Path | None, as_json: bool) -> int:
    """Summarise RESULTS for every engine.

    Exit code 1 if a value is above a bound: then one of the two is wrong.
    """
    import json
    from dataclasses import asdict

    from scheduler.bench.tables import contradictions, reference_values, summary_rows
    from scheduler.bench.words import summary_lines
    from scheduler.report.language import Language

    rows = [row for path in results for row in _rows(path)]
    best = reference_values(rows, _best_known(best_known))
    if as_json:
        click.echo(json.dumps([asdict(line) for line in summary_rows(rows, best)], indent=2))
    else:
        click.echo("\n".join(summary_lines(rows, best, Language(known_language()))))
    if pictures is not None:
        _draw(rows, best, pictures)
    return NO if contradictions(rows, best) else DONE


@bench.command(
    epilog="""\b
Examples:
  parity bench compare build/bench/smoke.jsonl build/bench/quick.jsonl
  parity bench compare build/bench/smoke.jsonl build/bench/smoke.jsonl"""
)
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path))
@LANG_OF_MESSAGES
def compare(before: Path, after: Path) -> int:
    """Compare two runs, row by row on the same instance, engine and seed: BEFORE, then AFTER."""
    from scheduler.bench.tables import changes
    from scheduler.bench.words import comparison_lines
    from scheduler.report.language import Language

    found = changes(_rows(before), _rows(after))
    click.echo("\n".join(comparison_lines(found, Language(known_language()))))
    return DONE


def _draw(rows: Sequence[BenchRow], best: ReferenceValues, folder: Path) -> None:
    from scheduler.messages import msg

    try:
        from scheduler.bench.picture import gap_over_time, gap_profile
    except ImportError:
        message = msg("--pictures needs matplotlib: pip install 'parity-scheduler[bench]'")
        raise CommandFailed(message, INPUT) from None
    from scheduler.whole_file import write_whole

    folder.mkdir(parents=True, exist_ok=True)
    for suite in dict.fromkeys(row.suite for row in rows):
        mine = [row for row in rows if row.suite == suite]
        write_whole(folder / f"{suite}-profile.svg", gap_profile(mine, best))
        write_whole(folder / f"{suite}-time.svg", gap_over_time(mine, best))


def _line(row: BenchRow) -> str:
    from scheduler.bench.words import number, percent
    from scheduler.messages import msg
    from scheduler.report.language import Language

    language = Language(known_language())
    value, gap = number(row.value, 0, language), language.render(msg("gap"))
    text = f"{row.instance:<16} {row.engine:<8} {row.outcome:<13} {value:>18} {gap} {percent(row.gap, language):>8}"
    seconds, memory = number(row.seconds.solve, 1, language), number(row.peak_memory, 2, language)
    units = [language.render(word) for word in (msg("s"), msg("GB"))]
    return f"{text}  {seconds:>8} {units[0]}  {memory:>6} {units[1]}  {row.verdict}"


def _known_suite(name: str) -> None:
    from scheduler.generate import suites
    from scheduler.instance.files.named import there_is_no

    if name not in suites():
        raise CommandFailed(there_is_no("suite", name, suites()), INPUT)


def _rows(path: Path) -> list[BenchRow]:
    from scheduler.bench.row import read_rows
    from scheduler.messages import RefusedError, msg

    if not path.is_file():
        missing = msg("{file}: there is no such file; `parity bench run` writes one", file=str(path))
        raise CommandFailed(missing, INPUT)
    try:
        return read_rows(path)
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
