"""`parity reconcile`: compare evidence of past airings with the plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.failure import (
    DONE,
    INPUT,
    CommandFailed,
    load_or_fail,
    params_or_fail,
    party_or_fail,
    refuse_to_overwrite,
    require_folder,
    timetable_or_fail,
    write_into,
    wrote,
)
from scheduler.cli.import_options import CHANNEL, LENIENT, MAP, ZONE, channels_of, check_zone, collected, pairs_of
from scheduler.cli.options import FORCE, INSTANCE, PARAMS, QUIET, OutFolder, language_option

if TYPE_CHECKING:
    from scheduler.imports import Findings
    from scheduler.reconcile import Decisions, Outcome, Source
    from scheduler.report.language import Language
    from scheduler.timetable import Timetable


@click.command(
    epilog="""\b
Examples:
  parity reconcile instances/toy out/toy/timetable.csv --certificate out/certificate.xlsx --for UZ --lang ru --force
  parity reconcile instances/toy out/toy/timetable.csv log:out/toy/timetable.csv --out out/aired"""
)
@INSTANCE
@click.argument("timetable", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("evidence", nargs=-1, metavar="[KIND:]EVIDENCE...")
@click.option("--out", type=OutFolder(), help="Folder for the result.")
@CHANNEL
@MAP
@ZONE
@click.option(
    "--covers",
    "covers",
    metavar="FILE=HH:MM-HH:MM",
    multiple=True,
    help="Hours of a day that a file of evidence covers, on the channel's clock. Default: the whole day; for monitoring"
    " from its first row to its last. May be repeated.",
)
@click.option("--decisions", type=click.Path(path_type=Path, dir_okay=False), help="Matches decided by hand.")
@click.option(
    "--history", is_flag=True, help="Add to the instance's history.csv what aired, and which first runs did not."
)
@click.option(
    "--certificate",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write a certificate (.xlsx) for the partner to fill in.",
)
@click.option(
    "--for",
    "party",
    metavar="PARTY",
    help="The party whose certificate it is. With evidence: only content that serves an agreement of this"
    " party, without internal data of the other side.",
)
@language_option("Language of what is written.", "uz")
@PARAMS
@LENIENT
@FORCE
@QUIET
def reconcile(
    instance: Path,
    timetable: Path,
    evidence: tuple[str, ...],
    out: Path | None,
    named: tuple[str, ...],
    maps: tuple[str, ...],
    zone: str | None,
    covers: tuple[str, ...],
    decisions: Path | None,
    history: bool,
    certificate: Path | None,
    party: str | None,
    lang: str,
    params: Path | None,
    lenient: bool,
    force: bool,
    quiet: bool,
) -> int:
    """Match EVIDENCE of what has aired with TIMETABLE, and write what aired and how it differs.

    KIND is certificate (of a partner, signed), journal, monitoring or log (of the own automation, the default; also BXF
    as-run messages, .xml). If two contradict each other, the first in this order decides. Writes aired.csv (for
    `parity ledger post --as confirmed`), discrepancies.csv, reconciliation.md and history.csv. If a match is ambiguous,
    it also writes decisions.csv: fill it in and pass it with --decisions. With --certificate only a certificate for the
    partner to fill in is written.
    """
    from scheduler.imports import Findings
    from scheduler.messages import LANGUAGES, msg
    from scheduler.reconcile import Source, files_of, outcome_for, read_evidence
    from scheduler.reconcile import reconcile as match
    from scheduler.reconcile.params import ReconcileTables
    from scheduler.report.language import Language
    from scheduler.whole_file import locked, write_together

    loaded = load_or_fail(instance, quiet=True)
    plan = timetable_or_fail(loaded, timetable)
    if certificate is not None:
        return _certificate(plan, certificate, party, lang, force=force, quiet=quiet)
    if not evidence or out is None:
        raise CommandFailed(
            msg("name the evidence and --out DIR, or --certificate FILE to write a sheet for it"), INPUT
        )
    if history and party is not None:
        raise CommandFailed(msg("--history takes all that aired; run it without --for"), INPUT)
    party_or_fail(loaded, party)
    costs = params_or_fail(params, ReconcileTables).reconcile
    check_zone(zone)
    renamed, owner = channels_of(loaded, named)
    columns = pairs_of(maps, "--map FIELD=HEAD")
    sources = [Source(*_kind_of(message), columns, renamed, owner, zone) for message in evidence]
    findings = Findings(lenient)
    rows = collected(findings, lambda: read_evidence(loaded, sources, findings, costs))
    outcome = match(plan, rows, costs, _decided(plan, decisions), _hours(covers, sources))
    if party is not None:
        outcome = outcome_for(plan, outcome, party)
    language = Language(lang if lang in LANGUAGES else "en")
    files = files_of(plan, outcome, party, language)
    write_into(out, files, force=force)
    if history:
        with locked(loaded.folder):
            write_together(loaded.folder, {"history.csv": files["history.csv"]})
    if not quiet:
        _say(findings, [out / name for name in files], outcome, language)
    return DONE


def _hours(covers: tuple[str, ...], sources: list[Source]) -> dict[str, tuple[int, int]]:
    """(begin, end) by file of the hours of --covers, in minutes since midnight."""
    from scheduler.imports.clocks import NotAClock, read_clock
    from scheduler.instance import did_you_mean
    from scheduler.messages import msg

    form = "--covers FILE=HH:MM-HH:MM"
    names, found = {source.path.name for source in sources}, {}
    for file, hours in pairs_of(covers, form).items():
        if Path(file).name not in names:
            hint = did_you_mean(file, names)
            raise CommandFailed(
                msg("{option}: no evidence is in {file}{hint}", option=form, file=file, hint=hint), INPUT
            )
        begin, _, end = hours.partition("-")
        try:
            found[Path(file).name] = read_clock(begin).minute, read_clock(end).minute
        except NotAClock:
            wrong = msg("'{text}' is not of the form {form}", text=f"{file}={hours}", form=form)
            raise CommandFailed(wrong, INPUT) from None
    return found


def _say(findings: Findings, files: list[Path], outcome: Outcome, language: Language) -> None:
    """Print the problems of the evidence, what was written, and how many airings are in each class."""
    from scheduler.messages import msg
    from scheduler.reconcile import counted
    from scheduler.reconcile.written import class_words

    for problem in findings.problems:
        click.echo(problem.rendered(language.render), err=True)
    click.echo(wrote(files))
    counts = [f"{class_words(language, name)}: {count}" for name, count in counted(outcome).items()]
    click.echo(", ".join(counts) or language.render(msg("the evidence shows nothing planned")))


def _kind_of(text: str) -> tuple[Path, str]:
    """(file, kind) of KIND:FILE. The default kind is log."""
    from scheduler.messages import msg
    from scheduler.reconcile import RANKS

    kind, colon, path = text.partition(":")
    if not colon or kind not in RANKS:
        kind, path = "log", text
    if not Path(path).is_file():
        missing = msg("{path}: there is no such file; kinds of evidence are {kinds}", path=path, kinds=", ".join(RANKS))
        raise CommandFailed(missing, INPUT)
    return Path(path), kind


def _decided(plan: Timetable, path: Path | None) -> Decisions | None:
    from scheduler.imports import Findings
    from scheduler.reconcile import read_decisions
    from scheduler.timetable import timetable_frame

    if path is None:
        return None
    return collected(Findings(), lambda: read_decisions(path, timetable_frame(plan)["airing_id"].tolist()))


def _certificate(plan: Timetable, path: Path, party: str | None, lang: str, *, force: bool, quiet: bool) -> int:
    from scheduler.messages import RefusedError, msg
    from scheduler.reconcile import certificate_workbook
    from scheduler.whole_file import write_whole

    if party is None:
        raise CommandFailed(msg("name with --for the party whose certificate it is"), INPUT)
    refuse_to_overwrite([path], force=force)
    require_folder(path)
    try:
        write_whole(path, certificate_workbook(plan, party, lang))
    except RefusedError as error:
        raise CommandFailed(error.reason, INPUT) from None
    if not quiet:
        click.echo(wrote([path]))
    return DONE
