"""`parity compare`: variants and timetables side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scheduler.cli.executor import executor_failures, executor_or_fail, search_settings
from scheduler.cli.failure import (
    DONE,
    INPUT,
    NOTHING,
    CommandFailed,
    load_or_fail,
    refuse_to_overwrite,
    refused,
    require_folder,
    timetable_or_fail,
    write_or_print,
)
from scheduler.cli.language import renderer
from scheduler.cli.options import EXECUTOR, FORCE, LANG, QUIET, SEARCH, Duration
from scheduler.cli.steps import Steps

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.cells import Executor
    from scheduler.report.comparison import Plan
    from scheduler.solve import Settings


class Pair(NamedTuple):
    """One plan to compare: a folder, its variants, and a timetable (None if it must still be solved)."""

    instance: Path
    variants: tuple[Path, ...]
    timetable: Path | None


class PairType(click.ParamType[Pair]):
    """INSTANCE=TIMETABLE or INSTANCE+VARIANT=TIMETABLE; with `--solve` the timetable may be left out."""

    name = "instance=timetable"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pair:
        """The paths of a pair; anything else is a usage error."""
        from scheduler.messages import msg

        named, equals, timetable = str(value).partition("=")
        instance, *variants = named.split("+")
        if not instance or bool(equals) != bool(timetable) or not all(variants):
            wrong = msg(
                "'{value}' is not a pair; write INSTANCE=TIMETABLE or INSTANCE+VARIANT.yaml=TIMETABLE", value=str(value)
            )
            self.fail(renderer()(wrong), param, ctx)
        if not equals:
            return Pair(Path(instance), tuple(map(Path, variants)), None)
        path = Path(timetable)
        return Pair(Path(instance), tuple(map(Path, variants)), path / "timetable.csv" if path.is_dir() else path)


@click.command(
    epilog="""\b
Examples:
  parity compare instances/toy=out/toy instances/toy=out/toy/timetable.csv
  parity compare instances/toy=out/toy instances/toy=out/toy --format html --out out/compare.html
  parity compare instances/toy=out/toy instances/toy --solve out/compared --time-limit 10"""
)
@click.argument("pairs", metavar="INSTANCE=TIMETABLE...", type=PairType(), nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "xlsx", "json"]), default="text", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write, or - for the terminal.")
@click.option(
    "--solve",
    "answers",
    type=click.Path(path_type=Path, file_okay=False),
    help="Solve the plans without a timetable, and keep their answers in this folder.",
)
@click.option(
    "--time-limit", type=Duration(), default="60", show_default=True, help="Limit of each search: 90, 90s or 2m."
)
@SEARCH
@EXECUTOR
@LANG
@FORCE
@QUIET
def compare(
    pairs: tuple[Pair, ...],
    form: str,
    out: Path | None,
    answers: Path | None,
    time_limit: float,
    seed: int,
    workers: int,
    deterministic: bool,
    jobs: int,
    cluster: str | None,
    spool: Path | None,
    lang: str,
    force: bool,
    quiet: bool,
) -> int:
    """Compare plans side by side: value, bound, parity, missed rules, audience, and the differences of their instances.

    A plan is a timetable of an instance, or the folder of an answer. +VARIANT applies a file of changes to it. With
    --solve a plan may have no timetable; it is found first.
    """
    from scheduler.messages import msg

    executor = executor_or_fail(jobs, cluster, spool)
    missing = [pair for pair in pairs if pair.timetable is None]
    if missing and answers is None:
        message = msg(
            "{instance} has no timetable; write INSTANCE=TIMETABLE, or add --solve FOLDER",
            instance=str(missing[0].instance),
        )
        raise CommandFailed(message, INPUT)
    settings = search_settings(time_limit, seed, workers, deterministic=deterministic)

    def content() -> str | bytes:
        found = {pair: pair.timetable for pair in pairs if pair.timetable is not None}
        if answers is not None:
            found |= _solved(pairs, answers, settings, executor, force=force, quiet=quiet)
        return _content(_plans([(pair, found[pair]) for pair in pairs], quiet=quiet), form, lang)

    write_or_print(out, content, binary=form == "xlsx", force=force)
    return DONE


def _solved(
    pairs: Sequence[Pair], answers: Path, settings: Settings, executor: Executor, *, force: bool, quiet: bool
) -> dict[Pair, Path]:
    """Timetables for the pairs without one. Their answers go to folders that are named as the plans are."""
    from scheduler.cells import label_of, solve_into
    from scheduler.messages import Listed, msg
    from scheduler.results import TIMETABLE_FILE

    require_folder(answers)
    named = zip(_names(pairs), pairs, strict=True)
    asked = {answers / label_of(name.split("/")): pair for name, pair in named if pair.timetable is None}
    refuse_to_overwrite([folder / TIMETABLE_FILE for folder in asked], force=force)
    instances = {
        folder: load_or_fail(pair.instance, quiet=quiet, variants=pair.variants) for folder, pair in asked.items()
    }
    with executor_failures(executor.spool), Steps(quiet=quiet) as steps:
        if asked:
            steps.say(
                msg(
                    "solving {plans}, each within {seconds} s",
                    plans=Listed(tuple(folder.name for folder in asked), ", "),
                    seconds=f"{settings.time_limit:g}",
                )
            )
        for folder, finished in solve_into(instances, settings, executor):
            if TIMETABLE_FILE not in finished.files:
                faults = "; ".join(finished.result.faults)
                unsolved = msg("{plan}: no timetable was found within the limit", plan=folder.name)
                raise CommandFailed(f"{folder.name}: {faults}" if faults else unsolved, NOTHING)
            steps.note(msg("{plan}: solved", plan=folder.name))
    return {pair: folder / TIMETABLE_FILE for folder, pair in asked.items()}


def _plans(pairs: Sequence[tuple[Pair, Path]], *, quiet: bool) -> list[Plan]:
    """The plans of the pairs, each with its tables and a name of its own."""
    from scheduler.instance import InputError
    from scheduler.report.comparison import Plan
    from scheduler.report.tables import build_tables

    plans = []
    names = _names([pair._replace(timetable=timetable) for pair, timetable in pairs])
    for (pair, timetable), name in zip(pairs, names, strict=True):
        loaded = load_or_fail(pair.instance, quiet=quiet, variants=pair.variants)
        read = timetable_or_fail(loaded, timetable)
        try:
            plans.append(Plan(name, build_tables(read, timetable.parent)))
        except InputError as error:
            raise refused(error.problems, str(timetable.parent)) from None
    return plans


def _names(pairs: Sequence[Pair]) -> list[str]:
    """The shortest names that differ: of the variant or the folder, of the answer's folder, or with a number."""
    short = [pair.variants[-1].stem if pair.variants else pair.instance.resolve().name for pair in pairs]
    answers = [
        name if pair.timetable is None else pair.timetable.resolve().parent.name
        for name, pair in zip(short, pairs, strict=True)
    ]
    for names in (short, answers, [f"{one}/{other}" for one, other in zip(short, answers, strict=True)]):
        if max(Counter(names).values()) == 1:
            return names
    return [f"{number} {name}" for number, name in enumerate(short, start=1)]


def _content(plans: Sequence[Plan], form: str, lang: str) -> str | bytes:
    import json

    from scheduler.report.comparison import comparison_records, comparison_sections
    from scheduler.report.language import Language
    from scheduler.report.section_text import section_lines

    language = Language(lang)
    if form == "html":
        from scheduler.report.html import comparison_page

        return comparison_page(plans, lang)
    if form == "xlsx":
        from scheduler.report.workbook import comparison_workbook

        return comparison_workbook(plans, lang)
    if form == "json":
        return json.dumps(comparison_records(plans, language), indent=2, ensure_ascii=False) + "\n"
    sections = comparison_sections(plans, language)
    return "\n\n".join("\n".join(section_lines(section, language)) for section in sections) + "\n"
