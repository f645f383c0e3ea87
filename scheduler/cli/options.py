"""Options that several commands take, and the kinds of value they read."""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.core import ParameterSource

from scheduler.cli.language import LANGUAGE, VARIABLE, renderer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Decorated = TypeVar("Decorated", bound="Callable[..., Any]")

VARIANTS = "scheduler.variants"
"""Where the context of a command keeps the variants that were named."""


def INSTANCE(command: Decorated) -> Decorated:  # noqa: N802 (an option like the others)
    """The folder of an instance, and its variants."""

    def keep(context: click.Context, _: click.Parameter, paths: tuple[Path, ...]) -> None:
        context.meta[VARIANTS] = paths

    variant = click.option(
        "--variant",
        type=click.Path(path_type=Path, dir_okay=False),
        multiple=True,
        expose_value=False,
        callback=keep,
        help="YAML file of changes to INSTANCE. Maps are merged, lists by id; null removes an entry.",
    )
    return click.argument("instance", type=click.Path(path_type=Path))(variant(command))


def language_option(
    says: str, *more: str, default: str = "en", expose_value: bool = True
) -> Callable[[Decorated], Decorated]:
    """The option --lang. It is read before all others: errors in them are printed in this language.

    Where a command line does not give it, the option of the group before the command applies.
    """
    return click.option(
        "--lang",
        type=click.Choice(["kk", "ru", *more, "en"]),
        default=default,
        show_default=True,
        envvar=VARIABLE,
        show_envvar=True,
        is_eager=True,
        callback=keep_language,
        help=says,
        expose_value=expose_value,
    )


def keep_language(context: click.Context, option: click.Parameter, language: str) -> str:
    """The language of a command: its own option, else that of the group before it, else the default of the option."""
    given = context.get_parameter_source(option.name or "") is ParameterSource.COMMANDLINE
    context.meta[LANGUAGE] = language if given else context.meta.get(LANGUAGE) or language
    return str(context.meta[LANGUAGE])


LANG = language_option("Language of the output.")
LANG_OF_MESSAGES = language_option("Language of the messages; the files are the same in all.", expose_value=False)
LANG_OF_GROUP = click.option(
    "--lang",
    type=click.Choice(["kk", "ru", "en"]),
    expose_value=False,
    envvar=VARIABLE,
    show_envvar=True,
    help="Language of this help. Each command has the option, too.",
)
TIMETABLE = click.argument("timetable", type=click.Path(path_type=Path))
QUIET = click.option("--quiet", "-q", is_flag=True, help="No progress, no warnings.")
JSON = click.option("--json", "as_json", is_flag=True, help="The result as JSON, for machines.")
STANDARD_OUTPUT = "-"
PARTY = click.option(
    "--for",
    "party",
    metavar="PARTY",
    help="Only content that serves an agreement of this party, without internal data of the other side.",
)


def prints(out: Path | str | None) -> bool:
    """Whether an output goes to standard output."""
    return str(out) == STANDARD_OUTPUT


class OutFolder(click.Path):
    """A folder for several files, which cannot go to standard output."""

    def __init__(self) -> None:
        super().__init__(path_type=Path, file_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder; - is a usage error."""
        from scheduler.messages import msg

        if prints(value):
            self.fail(renderer()(msg("several files are written: name a folder, not standard output")), param, ctx)
        return super().convert(value, param, ctx)


FORCE = click.option("--force", is_flag=True, help="Overwrite files that exist.")

PARAMS = click.option(
    "--params",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML file of parameters, a table per method: for experiments.",
)

_SECONDS = {"": 1, "s": 1, "m": 60, "h": 3600}


class Duration(click.ParamType[float]):
    """Seconds as a number, or with a unit: 90, 90s, 2m, 1h."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Seconds of a duration; anything but a positive one is a usage error."""
        from scheduler.messages import msg

        if isinstance(value, int | float):
            return float(value)
        match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh]?)", str(value).strip())
        if match is None or float(match[1]) <= 0:
            message = msg("'{value}' is not a duration; write 90, 90s or 2m", value=str(value))
            self.fail(renderer()(message), param, ctx)
        return float(match[1]) * _SECONDS[match[2]]


class Whole(click.IntRange):
    """A whole number of a range."""

    name = "whole number"


class Number(click.FloatRange):
    """A finite number of a range."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. A text that is not a finite number is a usage error."""
        from scheduler.messages import msg

        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(renderer()(msg("'{value}' is not a number", value=str(value))), param, ctx)
        return number


class Day(click.ParamType[date]):
    """A date as in files (2026-12-09) or as offices write it (09.12.2026)."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date; anything else is a usage error."""
        from scheduler.instance.model.field_types import iso_dates
        from scheduler.messages import msg

        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(iso_dates(str(value)))
        except ValueError:
            message = msg("'{value}' is not a date; write 2026-12-09 or 09.12.2026", value=str(value))
            self.fail(renderer()(message), param, ctx)


DAY = Day()


class Moment(click.ParamType[Any]):
    """A date, or a moment with its offset."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """The date or the moment; anything else is a usage error."""
        from scheduler.instance.model.field_types import iso_dates
        from scheduler.messages import msg

        if isinstance(value, date):
            return value
        text = iso_dates(str(value))
        try:
            if len(text) == 10:
                return date.fromisoformat(text)
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            message = msg("'{value}' is not a moment; write 2026-12-09 or 2026-12-09T13:00Z", value=str(value))
            self.fail(renderer()(message), param, ctx)
        return moment


MOMENT = Moment()
SEED_NUMBER = Whole(0, 2**31 - 1)
SEED = click.option(
    "--seed",
    type=SEED_NUMBER,
    default=1,
    show_default=True,
    help="Another number leads to other random choices.",
)
WORKERS = click.option(
    "--workers", type=Whole(1, 64), default=2, show_default=True, help="Number of threads of the search."
)


class Listed(click.ParamType[list[Any]]):
    """Values of one kind with commas between, at least one."""

    name = "list"

    def __init__(self, each: click.ParamType[Any]) -> None:
        self.each = each

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> list[Any]:
        """The values; a wrong one is a usage error, and so is none at all."""
        from scheduler.messages import msg

        words = [word.strip() for word in str(value).split(",") if word.strip()]
        if not words:
            self.fail(renderer()(msg("names nothing; write values with commas between")), param, ctx)
        return [self.each.convert(word, param, ctx) for word in words]


class Gap(click.ParamType[float]):
    """A gap as a share (0.01) or in percent (1%)."""

    name = "gap"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The gap as a share from 0 to 1."""
        from scheduler.messages import msg

        if isinstance(value, int | float):
            return float(value)
        text = str(value).strip()
        try:
            share = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
        except ValueError:
            share = -1.0
        if not 0 <= share <= 1:
            self.fail(renderer()(msg("'{value}' is not a gap; write 0.01 or 1%", value=str(value))), param, ctx)
        return share


def SEARCH(command: Decorated) -> Decorated:  # noqa: N802 (an option like the others)
    """How a search runs: `seed`, `workers` and `deterministic`. `scheduler.cli.executor.search_settings` reads them."""
    options = (
        SEED,
        WORKERS,
        click.option("--deterministic", is_flag=True, help="Count work instead of seconds and use one worker."),
    )
    return with_options(command, options)


def EXECUTOR(command: Decorated) -> Decorated:  # noqa: N802 (an option like the others)
    """Where solves run: `jobs`, `cluster` and `spool`. `scheduler.cli.executor.executor_or_fail` reads them."""
    options = (
        click.option(
            "--jobs",
            type=Whole(1, 256),
            default=1,
            show_default=True,
            help="Solves at a time, each with its own workers and memory.",
        ),
        click.option(
            "--cluster",
            metavar="ADDRESS",
            help="Run the solves on a cluster of Dask: tcp://HOST:PORT, a scheduler file, or local:N.",
        ),
        click.option(
            "--spool",
            type=click.Path(path_type=Path, file_okay=False),
            help="Put the solves into this folder and solve some of them; `parity cells run` on other machines solves"
            " others.",
        ),
    )
    return with_options(command, options)


def with_options(command: Decorated, options: Sequence[Callable[[Decorated], Decorated]]) -> Decorated:
    """A command with several options, listed in their order."""
    for option in reversed(options):
        command = option(command)
    return command
