"""An explanation as JSON: the typed model of `scheduler.results`, filled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.explain.text import plain
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


def explanation_json(instance: Instance, explanation: Explanation) -> str:
    """The explanation as JSON. Paths count from 0, lines and columns from 1."""
    return explanation_file(instance, explanation).model_dump_json(indent=2, by_alias=True)


def explanation_file(instance: Instance, explanation: Explanation) -> ExplanationFile:
    """The explanation as the typed model of its JSON."""
    return ExplanationFile(
        instance=instance.file.name,
        instance_sha256=instance.digest,
        parameters=explanation.params.changed(),
        verdict=explanation.verdict,
        findings=tuple(
            FindingRecord(
                reason=one.reason,
                clauses=tuple(_clause(explanation.clauses[at]) for at in one.clauses),
                text=str(one.text),
            )
            for one in explanation.findings
        ),
        least_misses_proved=explanation.least,
        misses=tuple(
            HardMiss(
                rule=row.rule,
                channel=row.subject.name,
                period=row.period,
                miss=row.miss,
                unit=row.unit,
                text=str(row.text),
            )
            for row in explanation.missed
        ),
        clashes=tuple(_clash(explanation, at, clash) for at, clash in enumerate(explanation.clashes)),
        given_up=tuple(GivenUpRecord(clause=_clause(one.clause), clashes=one.clashes) for one in explanation.given_up),
        given_up_instead=tuple(tuple(map(_clause, clauses)) for clauses in explanation.instead),
        complete=explanation.complete,
        solved_by_first_remedies=explanation.solved,
    )


def _clash(explanation: Explanation, at: int, clash: Clash) -> ClashRecord:
    return ClashRecord(
        clauses=tuple(map(_clause, clash.clauses)),
        minimal=clash.minimal,
        confirmed=clash.confirmed,
        where=tuple(map(str, clash.where)),
        because=tuple(map(str, clash.because)),
        exemptions=tuple(map(str, clash.exemptions)),
        remedies=tuple(map(_remedy, _remedies_of(explanation, at))),
    )


def _remedies_of(explanation: Explanation, clash: int) -> tuple[Remedy, ...]:
    """The remedies of a clash: those for the clause that is given up for it, or of a clash of locks."""
    for at, one in enumerate(explanation.given_up):
        if clash in one.clashes:
            return explanation.remedies[at] if at < len(explanation.remedies) else ()
    return (
        explanation.remedies[0]
        if explanation.remedies and not explanation.given_up and clash == len(explanation.clashes) - 1
        else ()
    )


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
