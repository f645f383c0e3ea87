"""`parity show`: what airs on a channel on a day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    channel_or_fail,
    load_or_fail,
    party_or_fail,
    refused,
    timetable_or_fail,
)
from scheduler.cli.language import renderer
from scheduler.cli.options import DAY, INSTANCE, JSON, LANG, PARTY, QUIET, TIMETABLE

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.publication import Status
    from scheduler.timetable import Timetable

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WeekdayOrDay(click.ParamType["int | date"]):
    """A weekday (wed, 0 is Monday) or a date."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int | date:
        """The number of the weekday, or the date; anything else is a usage error."""
        from scheduler.messages import msg

        word = str(value).strip().lower()
        if len(word) >= len("wed") and word.isalpha():
            for number, name in enumerate(
                ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
            ):
                if name.startswith(word):
                    return number
            days = {"words": ", ".join(WEEKDAYS[:-1]), "last": WEEKDAYS[-1]}
            message = msg("'{value}' is not a weekday; write {words} or {last}", value=str(value), **days)
            self.fail(renderer()(message), param, ctx)
        return DAY.convert(value, param, ctx)


@click.command(
    epilog="""\b
Examples:
  parity show instances/toy out/toy/timetable.csv --channel steppe --day mon
  parity show instances/toy out/toy/timetable.csv --day 07.12.2026 --daypart prime --lang kk
  parity show instances/toy out/toy/timetable.csv --for UZ --lang ru"""
)
@INSTANCE
@TIMETABLE
@click.option("--channel", "channels", multiple=True, help="Id or name of a channel. Default: all channels.")
@click.option(
    "--day", "days", type=WeekdayOrDay(), multiple=True, help="wed, 2026-12-09 or 09.12.2026. Default: all days."
)
@click.option("--daypart", help="Only this daypart of the instance, for example prime.")
@PARTY
@LANG
@JSON
@QUIET
def show(
    instance: Path,
    timetable: Path,
    channels: tuple[str, ...],
    days: tuple[int | date, ...],
    daypart: str | None,
    party: str | None,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Show what airs in TIMETABLE of INSTANCE: a channel's broadcast day, on its own clock.

    Once something was offered or published every airing has its status, from draft to aired.
    """
    import json

    from scheduler.export.party import for_party
    from scheduler.instance.files.named import there_is_no
    from scheduler.messages import msg
    from scheduler.report.day import day_lines, day_records, days_on_air
    from scheduler.report.language import Language
    from scheduler.timetable import timetable_frame

    loaded = load_or_fail(instance, quiet=quiet)
    named = _channels(loaded, channels)
    if daypart is not None and daypart not in loaded.file.dayparts:
        raise CommandFailed(there_is_no("daypart", daypart, loaded.file.dayparts), INPUT)
    planned = timetable_or_fail(loaded, timetable)
    language = Language(lang)
    seen = None
    if party_or_fail(loaded, party) is not None:
        seen = for_party(loaded, timetable_frame(planned), str(party))

    def wanted(day: date) -> bool:
        return not days or day in days or day.weekday() in days

    standing = _statuses(planned)
    found = days_on_air(planned, named, language, wanted=wanted, daypart=daypart, statuses=standing, seen=seen)
    if not found and seen is not None:
        raise CommandFailed(msg("nothing of {party} airs on these channels and days", party=str(party)), INPUT)
    if not found:
        horizon = loaded.file.horizon
        last = horizon.start + timedelta(days=horizon.days - 1)
        unplanned = msg(
            "no such day is planned; the timetable is of {first} to {last}", first=f"{horizon.start}", last=f"{last}"
        )
        raise CommandFailed(unplanned, INPUT)
    click.echo(
        json.dumps(day_records(found), indent=2, ensure_ascii=False)
        if as_json
        else "\n".join(day_lines(found, language))
    )
    return DONE


def _statuses(planned: Timetable) -> list[Status] | list[str]:
    """The status of every entry. Empty if nothing was offered, published or is on record."""
    from scheduler.instance import InputError
    from scheduler.publication import statuses

    try:
        found = statuses(planned.instance, planned)
    except InputError as error:
        raise refused(error.problems, str(planned.instance.folder)) from None
    return found if set(found) != {"draft"} else []


def _channels(loaded: Instance, named: tuple[str, ...]) -> list[int]:
    """Indices of the channels with the given ids or names, or of all channels if none is given."""
    if not named:
        return list(range(len(loaded.channels)))
    return [loaded.channel_index[channel_or_fail(loaded, word)] for word in named]
