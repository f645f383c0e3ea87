"""`parity replan`: the published timetable with the least change that keeps the rules of the changed instance."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.colours import echo_lines
from scheduler.cli.failure import (
    DONE,
    ENGINE,
    INPUT,
    NO,
    CommandFailed,
    impossible_locks,
    load_or_fail,
    nothing_found,
    params_or_fail,
    party_or_fail,
    refuse_to_overwrite,
    refused,
    require_folder,
    wrong_answer,
)
from scheduler.cli.options import FORCE, INSTANCE, JSON, LANG, MOMENT, PARAMS, QUIET, Duration, OutFolder, Whole
from scheduler.cli.steps import Steps

if TYPE_CHECKING:
    from datetime import date, datetime

    from scheduler.instance import Instance
    from scheduler.replan import Published, Replan
    from scheduler.replan.params import ReplanParams
    from scheduler.report.language import Language
    from scheduler.results import ReplanFile

PROPOSED = "proposed.csv"
EXTRA = ("history.csv", "commitments.csv", PROPOSED)
"""Files that not every answer has."""


@click.command(
    epilog="""\b
Examples:
  parity replan instances/toy --published out/toy/timetable.csv --out out/toy-again
  parity replan instances/toy --published out/toy/timetable.csv --frozen-until 2026-12-08 --for UZ --out out/later"""
)
@INSTANCE
@click.option(
    "--published",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The published timetable.csv.",
)
@click.option(
    "--frozen-until",
    type=MOMENT,
    help="What starts before it does not change: 2026-12-09 (its broadcast day), or 2026-12-09T13:00Z to the minute.",
)
@click.option(
    "--not-aired", metavar="AIRING_ID", multiple=True, help="A published airing that did not air. May be repeated."
)
@click.option(
    "--for",
    "readers",
    metavar="PARTY",
    multiple=True,
    help="Write, too, what this party may see: its agreements, no figures of the other side. May be repeated.",
)
@click.option("--side", metavar="PARTY", help="Published airings on channels of all other parties do not change.")
@click.option(
    "--change-budget",
    type=Whole(0, 10**9),
    show_default="0",
    help="Weight beyond the least change that may be spent on value.",
)
@click.option("--time-limit", type=Duration(), show_default="20", help="90, 90s or 2m.")
@click.option(
    "--out",
    type=OutFolder(),
    required=True,
    help="Folder for timetable.csv and the report.",
)
@PARAMS
@LANG
@FORCE
@JSON
@QUIET
def replan(
    instance: Path,
    published: Path,
    frozen_until: date | datetime | None,
    not_aired: tuple[str, ...],
    readers: tuple[str, ...],
    side: str | None,
    change_budget: int | None,
    time_limit: float | None,
    params: Path | None,
    out: Path,
    lang: str,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Plan INSTANCE again with the least weighted change of a published timetable, then with the most value.

    Writes timetable.csv, replan.json, replan.txt and a page replan.html into a folder; commitments.csv if series have
    regular slots; history.csv where first runs that were announced are still to come; and with --side the changes on
    channels of others as proposed.csv, a timetable with its withdrawn airings that `parity offer` can send. Exit code 1
    if a hard rule cannot be kept.
    """
    from scheduler.messages import msg
    from scheduler.replan.params import ReplanTables

    texts = [out / name for name in ("timetable.csv", "replan.json", "replan.txt", "replan.html", *EXTRA)]
    require_folder(out)
    refuse_to_overwrite(texts, force=force)
    loaded = load_or_fail(instance, quiet=quiet)
    for party in readers:
        party_or_fail(loaded, party)
    refuse_to_overwrite([out / name for name in _names_for(readers)], force=force)
    gone_out = published_or_fail(loaded, published)
    parties = sorted({party for channel in loaded.channels for party in channel.belongs_to})
    if side is not None and side not in parties:
        unknown = msg(
            "--side {party}: no channel belongs to it; known: {parties}", party=side, parties=", ".join(parties)
        )
        raise CommandFailed(unknown, INPUT)
    given = {"time_limit": time_limit, "change_budget": change_budget}
    fields = {name: value for name, value in given.items() if value is not None}
    dividing = params_or_fail(params, ReplanTables).replan.but(**fields)
    missing = _airings(loaded, gone_out, not_aired)
    with Steps(quiet=quiet or as_json) as steps:
        steps.say(msg("looking for the least change"))
        answer = replanned_or_fail(loaded, gone_out, frozen_until, missing, side, dividing)
    return _save(answer, published, frozen_until, out, parties=readers, lang=lang, as_json=as_json)


def _names_for(parties: tuple[str, ...]) -> list[str]:
    """The files that are written for parties."""
    from scheduler.export.file_names import file_names

    names = file_names(parties).values()
    return [file for name in names for file in (f"replan-for-{name}.html", f"timetable-for-{name}.csv")]


def published_or_fail(instance: Instance, path: Path) -> Published:
    """A published timetable; its errors end the command."""
    from scheduler.instance import InputError
    from scheduler.replan import read_published

    try:
        return read_published(instance, path)
    except InputError as error:
        raise refused(error.problems, str(path)) from None


def _airings(instance: Instance, published: Published, names: tuple[str, ...]) -> list[int]:
    """The published airings of some ids."""
    from scheduler.instance import did_you_mean
    from scheduler.messages import msg

    plan = published.timetable
    ids = {
        f"{instance.channels[channel].id}/{instance.timeline.moment(start):%Y%m%dT%H%MZ}": at
        for at, (channel, start) in enumerate(zip(plan.channel.tolist(), plan.start.tolist(), strict=True))
    }
    for name in names:
        if name not in ids:
            unknown = msg(
                "--not-aired {airing}: no published airing has this id{hint}",
                airing=name,
                hint=did_you_mean(name, ids),
            )
            raise CommandFailed(unknown, INPUT)
    return [ids[name] for name in names]


def replanned_or_fail(
    instance: Instance,
    published: Published,
    until: date | datetime | None,
    missing: list[int],
    side: str | None,
    params: ReplanParams,
) -> Replan:
    """The replan of a published timetable; its errors end the command."""
    from scheduler.instance import InputError
    from scheduler.messages import Listed, msg
    from scheduler.publication import unsettled
    from scheduler.replan import NotFrozenError, NoTimetableError, ReplanError
    from scheduler.replan import replan as plan_again

    try:
        drafts = unsettled(instance, published.timetable)
        return plan_again(
            instance, published, frozen_until=until, not_aired=missing, side=side, drafts=drafts, params=params
        )
    except InputError as error:
        raise refused(error.problems, str(instance.folder)) from None
    except NotFrozenError:
        message = msg("an airing of --not-aired lies after the freeze; name a later day or moment with --frozen-until")
        raise CommandFailed(message, INPUT) from None
    except NoTimetableError as error:
        if error.impossible:
            raise impossible_locks(instance) from None
        raise nothing_found() from None
    except ReplanError as error:
        raise CommandFailed(Listed((wrong_answer(error), msg("nothing was saved")), "; "), ENGINE) from None


def _save(
    answer: Replan,
    published: Path,
    until: date | datetime | None,
    out: Path,
    *,
    parties: tuple[str, ...],
    lang: str,
    as_json: bool,
) -> int:
    """Write the files of a replan, and print what it changes."""
    from scheduler.messages import msg_n
    from scheduler.publication.unaired import HISTORY_FILE
    from scheduler.report.language import Language
    from scheduler.solve.answer_folder import answer_folder
    from scheduler.whole_file import write_together

    language = Language(lang)
    written, lines, texts = _files(answer, published, until, parties, language)
    if HISTORY_FILE in texts:
        count, folder = len(answer.frozen.unaired), str(answer.instance.folder)
        advice = msg_n(
            "{file} records {count} airing that did not or will not air; copy it into {folder}",
            "{file} records {count} airings that did not or will not air; copy it into {folder}",
            count=count,
            file=str(out / HISTORY_FILE),
            folder=folder,
        )
        lines.append(language.render(advice))
    with answer_folder(out):
        write_together(out, texts, remove=EXTRA)
    if as_json:
        click.echo(texts["replan.json"], nl=False)
    else:
        echo_lines(lines)
        click.echo(str(out / "timetable.csv"))
    return NO if written.hard_missed else DONE


def _files(
    answer: Replan, published: Path, until: date | datetime | None, parties: tuple[str, ...], language: Language
) -> tuple[ReplanFile, list[str], dict[str, str]]:
    """The model of replan.json, the lines of replan.txt, and the text of every file by its name."""
    import hashlib

    from scheduler.export.file_names import file_names
    from scheduler.export.party import for_party
    from scheduler.publication import statuses
    from scheduler.publication.unaired import HISTORY_FILE, history_csv
    from scheduler.publication.withdrawn import with_withdrawn, withdrawn_rows
    from scheduler.replan import proposed_airings, record, withdrawn_places
    from scheduler.report.replan_page import replan_for, replan_page
    from scheduler.report.replanning import given_up_lines, replan_lines
    from scheduler.results import COMMITMENTS_FILE
    from scheduler.rules.commitments import commitments_csv, commitments_of
    from scheduler.timetable import timetable_csv, timetable_frame
    from scheduler.timetable.csv_file import frame_csv

    digest = hashlib.sha256(published.read_bytes()).hexdigest()
    standing = statuses(answer.instance, answer.published.timetable, until)
    written, causes = record(answer, digest, None if until is None else until.isoformat(), standing)
    locks = given_up_lines(answer.given_up, language)
    lines = [*locks, *replan_lines(written, answer.instance, language, causes)]
    texts = {
        "timetable.csv": timetable_csv(answer.timetable),
        "replan.json": written.model_dump_json(indent=2) + "\n",
        "replan.txt": "\n".join(lines) + "\n",
        "replan.html": replan_page(written, answer.instance, language, causes, more=locks),
    }
    frame = timetable_frame(answer.timetable)
    for party, name in file_names(parties).items():
        shown, reasons = replan_for(written, answer.instance, causes, party)
        texts[f"replan-for-{name}.html"] = replan_page(shown, answer.instance, language, reasons, figures=False)
        texts[f"timetable-for-{name}.csv"] = frame_csv(for_party(answer.instance, frame, party))
    if answer.side is not None:
        withdrawn = withdrawn_rows(published, withdrawn_places(answer))
        texts[PROPOSED] = frame_csv(with_withdrawn(frame.iloc[proposed_airings(answer)], withdrawn))
    if answer.instance.placements:
        texts[COMMITMENTS_FILE] = commitments_csv(commitments_of(answer.timetable))
    if answer.frozen.unaired:
        texts[HISTORY_FILE] = history_csv(answer.instance, answer.frozen.unaired)
    return written, lines, texts
