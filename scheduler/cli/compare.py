"""`parity compare`: variants and timetables side by side."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from scheduler.cli.failure import DONE, load_or_fail, refused, timetable_or_fail, write_or_print
from scheduler.cli.options import FORCE, LANG, QUIET

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.report.comparison import Plan


class Pair(NamedTuple):
    """What one plan is: a folder, what is laid over it, and a timetable."""

    instance: Path
    variants: tuple[Path, ...]
    timetable: Path


class PairType(click.ParamType[Pair]):
    """INSTANCE=TIMETABLE, or INSTANCE+VARIANT=TIMETABLE."""

    name = "instance=timetable"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Pair:
        """The paths of a pair; anything else is a usage error."""
        said, equals, timetable = str(value).partition("=")
        instance, *variants = said.split("+")
        if not equals or not instance or not timetable or not all(variants):
            self.fail(f"{value!r} is no pair; write INSTANCE=TIMETABLE or INSTANCE+VARIANT.yaml=TIMETABLE", param, ctx)
        path = Path(timetable)
        return Pair(Path(instance), tuple(map(Path, variants)), path / "timetable.csv" if path.is_dir() else path)


@click.command(
    epilog="""\b
Examples:
  parity compare instances/toy=out/toy instances/toy=out/toy/timetable.csv
  parity compare instances/toy=out/toy instances/toy=out/toy --format html --out out/compare.html"""
)
@click.argument("pairs", metavar="INSTANCE=TIMETABLE...", type=PairType(), nargs=-1, required=True)
@click.option(
    "--format", "form", type=click.Choice(["text", "html", "xlsx", "json"]), default="text", show_default=True
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write, or - for the terminal.")
@LANG
@FORCE
@QUIET
def compare(pairs: tuple[Pair, ...], form: str, out: Path | None, lang: str, force: bool, quiet: bool) -> int:
    """Compare plans side by side: value, bound, parity, missed rules, audience, and the differences of their instances.

    A plan is a timetable of an instance, or the folder of an answer. +VARIANT applies a file of changes to it.
    """

    def content() -> str | bytes:
        return _content(_plans(pairs, quiet=quiet), form, lang)

    write_or_print(out, content, binary=form == "xlsx", force=force)
    return DONE


def _plans(pairs: Sequence[Pair], *, quiet: bool) -> list[Plan]:
    """The plans of the pairs, each with its tables and a name of its own."""
    from scheduler.instance import InputError
    from scheduler.report.comparison import Plan
    from scheduler.report.tables import build_tables

    plans = []
    for pair, name in zip(pairs, _names(pairs), strict=True):
        loaded = load_or_fail(pair.instance, quiet=quiet, variants=pair.variants)
        read = timetable_or_fail(loaded, pair.timetable)
        try:
            plans.append(Plan(name, build_tables(read, pair.timetable.parent)))
        except InputError as error:
            raise refused(error.problems, str(pair.timetable.parent)) from None
    return plans


def _names(pairs: Sequence[Pair]) -> list[str]:
    """The shortest names that differ: of the variant or the folder, of the answer's folder, or with a number."""
    short = [pair.variants[-1].stem if pair.variants else pair.instance.resolve().name for pair in pairs]
    answers = [pair.timetable.resolve().parent.name for pair in pairs]
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
