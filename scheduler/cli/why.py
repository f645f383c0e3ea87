"""`parity why`: why a programme is not on a channel or at a time, and what it would cost there."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    CommandFailed,
    channel_or_fail,
    load_or_fail,
    programme_or_fail,
    timetable_or_fail,
    wrong_answer,
)
from scheduler.cli.options import INSTANCE, JSON, LANG, QUIET, SEED, TIMETABLE, Duration
from scheduler.cli.steps import Steps
from scheduler.moments import utc_text

if TYPE_CHECKING:
    from scheduler.certify import Certificate
    from scheduler.instance import Instance
    from scheduler.solve import Settings
    from scheduler.timetable import Timetable
    from scheduler.why import Forced, Why


@click.command(
    epilog="""\b
Examples:
  parity why instances/toy out/toy/timetable.csv --programme uz-film
  parity why instances/toy out/toy/timetable.csv --programme uz-film --channel steppe --at 2026-12-07T18:30"""
)
@INSTANCE
@TIMETABLE
@click.option("--programme", required=True, help="Id or title of the programme.")
@click.option("--channel", help="Id or name of a channel: look only there.")
@click.option(
    "--at", help="A start on the channel's clock, for example 2026-12-09T19:30: look only there. Needs --channel."
)
@click.option(
    "--no-solve",
    is_flag=True,
    help="Only what is known without a search; do not solve with the programme at its best place.",
)
@click.option(
    "--time-limit", type=Duration(), default="20", show_default=True, help="Limit of the search: 90, 90s or 2m."
)
@SEED
@LANG
@JSON
@QUIET
def why(
    instance: Path,
    timetable: Path,
    programme: str,
    channel: str | None,
    at: str | None,
    no_solve: bool,
    time_limit: float,
    seed: int,
    lang: str,
    as_json: bool,
    quiet: bool,
) -> int:
    """Explain why a programme is not in TIMETABLE of INSTANCE, or not there, and what a plan with it there loses."""
    import json

    from scheduler.certify import CERTIFICATE_FILE, CertificateError
    from scheduler.messages import msg
    from scheduler.report.absence_words import absence_lines, forced_lines
    from scheduler.report.language import Language
    from scheduler.solve import Settings
    from scheduler.why import absence

    loaded = load_or_fail(instance, quiet=quiet)
    programme = programme_or_fail(loaded, programme)
    channel = None if channel is None else channel_or_fail(loaded, channel)
    moment = None if at is None else _moment(loaded, channel, at)
    planned = timetable_or_fail(loaded, timetable)
    settings = Settings(time_limit=time_limit, seed=seed)
    certificate = _certificate(loaded, timetable.parent)
    try:
        absent = absence(loaded, planned, programme, settings, channel, moment, certificate=certificate)
    except CertificateError as error:
        unfit = msg(
            "{file} does not fit: {reason}", file=str(timetable.parent / CERTIFICATE_FILE), reason=error.message
        )
        raise CommandFailed(unfit, INPUT) from None
    forced = (
        None if no_solve or absent.place is None else _forced(loaded, planned, absent, settings, quiet=quiet or as_json)
    )
    if as_json:
        click.echo(json.dumps(_record(absent, forced), indent=2, ensure_ascii=False))
        return DONE
    language = Language(lang)
    lines = absence_lines(loaded, absent, language)
    lines += [] if forced is None else forced_lines(absent, planned, forced, language)
    click.echo("\n".join(lines))
    return DONE


def _moment(loaded: Instance, channel: str | None, at: str) -> datetime:
    """A start on a channel's clock as an instant."""
    from scheduler.instance import zone_clock
    from scheduler.instance.model.field_types import iso_dates
    from scheduler.messages import msg

    if channel is None:
        raise CommandFailed(msg("--at is a time on a channel's clock: name the channel with --channel"), INPUT)
    try:
        local = datetime.fromisoformat(iso_dates(at))
    except ValueError:
        raise CommandFailed(msg("'{value}' is not a time; write 2026-12-09T19:30", value=at), INPUT) from None
    zone = zone_clock(loaded.channels[loaded.channel_index[channel]].zone)
    moment = (local if local.tzinfo is not None else local.replace(tzinfo=zone)).astimezone(UTC)
    first = loaded.timeline.origin
    if not 0 <= (moment - first).total_seconds() // 60 < loaded.timeline.minutes:
        raise CommandFailed(msg("{moment} lies outside the horizon", moment=at), INPUT)
    return moment


def _certificate(loaded: Instance, folder: Path) -> Certificate | None:
    """The certificate in the timetable's folder.

    None if it has none of this instance; then the relaxation is solved.
    """
    from scheduler.certify import CERTIFICATE_FILE, CertificateError, read_certificate

    try:
        found = read_certificate(folder / CERTIFICATE_FILE)
    except CertificateError:
        return None
    return found if found.instance_sha256 == loaded.digest else None


def _forced(loaded: Instance, planned: Timetable, why: Why, settings: Settings, *, quiet: bool) -> Forced:
    from scheduler.messages import msg
    from scheduler.solve import EngineError
    from scheduler.why import force

    try:
        with Steps(quiet=quiet) as steps:
            steps.say(
                msg(
                    "solving with {programme} there, within {seconds} s",
                    programme=why.programme,
                    seconds=f"{settings.time_limit:g}",
                )
            )
            return force(loaded, planned, why, settings)
    except EngineError as error:
        raise CommandFailed(wrong_answer(error), ENGINE) from None


def _record(why: Why, forced: Forced | None) -> dict[str, Any]:
    place = why.place
    return {
        "programme": why.programme,
        "title": why.title,
        "aired": [{"channel": channel, "start_utc": utc_text(start)} for channel, start in why.aired],
        "reason": None if why.reason is None else {"code": why.reason.code, "rule": why.reason.rule},
        "starts": why.starts,
        "value": why.value,
        "place": None if place is None else place.model_dump(mode="json"),
        "forced": None
        if forced is None
        else {
            "value": None if forced.verification is None else forced.verification.value,
            "hard_missed": None if forced.verification is None else len(forced.verification.hard_missed),
            "bound": forced.bound,
            "impossible": forced.impossible,
        },
    }
