"""An explanation as JSON: the typed model of `scheduler.results`, filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.explain.text import plain
from scheduler.explain.treaty import treaty_exemptions
from scheduler.instance.files.validation import dotted
from scheduler.results import (
    ClashRecord,
    ClauseRecord,
    ExplanationFile,
    FindingRecord,
    GivenUpRecord,
    HardMiss,
    RemedyRecord,
)

if TYPE_CHECKING:
    from scheduler.explain import Clash, Clause, Explanation, Remedy
    from scheduler.instance import Instance


def explanation_json(instance: Instance, said: Explanation) -> str:
    """The explanation as JSON. Paths count from 0, lines and columns from 1."""
    return explanation_file(instance, said).model_dump_json(indent=2, by_alias=True)


def explanation_file(instance: Instance, said: Explanation) -> ExplanationFile:
    """The explanation as the typed model of its JSON."""
    return ExplanationFile(
        instance=instance.file.name,
        instance_sha256=instance.digest,
        parameters=said.params.changed(),
        verdict=said.verdict,
        findings=tuple(
            FindingRecord(
                reason=one.reason,
                clauses=tuple(_clause(said.clauses[at]) for at in one.clauses),
                text=str(one.text),
            )
            for one in said.findings
        ),
        least_misses_proved=said.least,
        misses=tuple(
            HardMiss(
                rule=row.rule,
                channel=row.subject.name,
                period=row.period,
                miss=row.miss,
                unit=row.unit,
                text=str(row.text),
            )
            for row in said.missed
        ),
        clashes=tuple(_clash(instance, said, at, clash) for at, clash in enumerate(said.clashes)),
        given_up=tuple(GivenUpRecord(clause=_clause(one.clause), clashes=one.clashes) for one in said.given_up),
        given_up_instead=tuple(tuple(map(_clause, clauses)) for clauses in said.instead),
        complete=said.complete,
        solved_by_first_remedies=said.solved,
    )


def _clash(instance: Instance, said: Explanation, at: int, clash: Clash) -> ClashRecord:
    return ClashRecord(
        clauses=tuple(map(_clause, clash.clauses)),
        minimal=clash.minimal,
        confirmed=clash.confirmed,
        where=tuple(map(str, clash.where)),
        because=tuple(map(str, clash.because)),
        exemptions=tuple(map(str, treaty_exemptions(instance, clash))),
        remedies=tuple(map(_remedy, _remedies_of(said, at))),
    )


def _remedies_of(said: Explanation, clash: int) -> tuple[Remedy, ...]:
    """The remedies of a clash: those for the clause that is given up for it, or of a clash of locks."""
    for at, one in enumerate(said.given_up):
        if clash in one.clashes:
            return said.remedies[at] if at < len(said.remedies) else ()
    return said.remedies[0] if said.remedies and not said.given_up and clash == len(said.clashes) - 1 else ()


def _clause(clause: Clause) -> ClauseRecord:
    return ClauseRecord(
        rule=clause.rule,
        part=dotted(clause.part),
        words=str(clause.words),
        file=clause.file,
        line=clause.line,
        column=clause.column,
    )


def _remedy(one: Remedy) -> RemedyRecord:
    return RemedyRecord(
        words=str(one.words),
        path=one.path,
        old=plain(one, one.old),
        new=plain(one, one.new),
        nearest=one.proved,
        enough=one.enough,
        file=one.file,
        line=one.line,
        column=one.column,
    )
