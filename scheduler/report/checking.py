"""The sentences of `parity check`, on an instance alone and on a timetable."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from scheduler.explain.clauses import clause_rows
from scheduler.explain.precheck import findings
from scheduler.messages import Message, Term, msg, msg_n
from scheduler.without_effect import before_solving
from scheduler.without_slot import titles_without_slot

if TYPE_CHECKING:
    from scheduler.explain.clauses import ClauseRows
    from scheduler.explain.precheck import Finding
    from scheduler.instance import Instance
    from scheduler.report.language import Language
    from scheduler.rules import Measurement
    from scheduler.verify import Verification


@dataclass(frozen=True, eq=False)
class CheckedInstance:
    """An instance with its rows, and the rules that are found impossible before anything is solved."""

    instance: Instance
    stated: ClauseRows
    impossible: list[Finding]


def checked_instance(instance: Instance) -> CheckedInstance:
    """Check an instance without a solver."""
    stated = clause_rows(instance, readmit=False)
    return CheckedInstance(instance, stated, findings(stated))


def instance_lines(checked: CheckedInstance, language: Language) -> list[str]:
    """The size of an instance, programmes that can air nowhere, parts without effect, rules that cannot hold."""
    instance, stated = checked.instance, checked.stated
    airings = stated.airings
    horizon = instance.file.horizon
    name = instance.file.name
    messages: list[Message] = [
        msg("{instance}: the files are in order, but not all rules can hold", instance=name)
        if checked.impossible
        else msg("{instance}: no problems", instance=name),
        msg(
            "from {first}: days: {days}, channels: {channels}, windows: {windows}, programmes: {programmes},"
            " agreements and rules: {rules}",
            days=horizon.days,
            first=horizon.start.isoformat(),
            channels=len(instance.channels),
            windows=instance.windows.planned,
            programmes=len(instance.programmes),
            rules=len(instance.written_rules),
        ),
        msg("{number} admissible airings", number=len(airings)),
    ]
    lost = (*airings.unplaceable, *titles_without_slot(airings, stated.formulation))
    if lost:
        messages.append(
            msg_n("{count} programme can air nowhere:", "{count} programmes can air nowhere:", count=len(lost))
        )
    sentences = {rule.id: rule.sentence() for rule in stated.rules}
    lines = [language.render(one) for one in messages]
    lines += [f"  {item.programme}: {language.reason(item.reason, sentences)}" for item in lost]
    idle = before_solving(airings, stated.formulation, stated.rules)
    if idle:
        lines.append(language.render(msg("without effect:")))
    lines += [f"  {language.render(one.text)}" for one in idle]
    impossible = [msg("cannot hold: {text}", text=one.text) for one in checked.impossible]
    return lines + [f"✗ {language.render(one)}" for one in impossible]


def instance_json(checked: CheckedInstance) -> str:
    """The same for machines."""
    instance, stated = checked.instance, checked.stated
    airings = stated.airings
    fields = {
        "instance": instance.file.name,
        "instance_sha256": instance.digest,
        "warnings": [str(warning) for warning in instance.warnings],
        "airings": len(airings),
        "unplaceable": {
            item.programme: asdict(item.reason)
            for item in (*airings.unplaceable, *titles_without_slot(airings, stated.formulation))
        },
        "without_effect": [
            {"part": one.part, "text": str(one.text)}
            for one in before_solving(airings, stated.formulation, stated.rules)
        ],
        "cannot_hold": [str(finding.text) for finding in checked.impossible],
    }
    return json.dumps(fields, indent=2, ensure_ascii=False)


def check_lines(verification: Verification, language: Language) -> list[str]:
    """Every missed row, and the verdict."""
    missed, hard, render = verification.missed, verification.tally.hard, language.render
    lines = [miss_line(row, language, amount=True) for row in missed]
    lines += [f"· {render(_before(row))}" for row in verification.inherited]
    lines += [f"… {render(row.text)}" for row in verification.measurements if row.remains is not None and not row.miss]
    open_rows = sum(row.interim for row in verification.measurements)
    if open_rows:
        ends = msg_n(
            "{count} row is interim: its period ends after the horizon",
            "{count} rows are interim: their periods end after the horizon",
            count=open_rows,
        )
        lines.append(f"… {render(ends)}")
    return [*lines, f"{'✗' if hard else '✓'} {render(verdict(verification))}", render(worth(verification))]


def _before(row: Measurement) -> Message:
    """The part of a miss that the plan inherits from the past."""
    return msg(
        "before {text}; {inherited} {unit} of it were missed before this plan",
        text=row.text,
        inherited=row.inherited,
        unit=Term("unit", row.unit),
    )


def miss_line(row: Measurement, language: Language, *, amount: bool) -> str:
    """A missed row with its sign and the missed amount."""
    mark = kind_of(row, language)
    text = language.render(row.text)
    if amount and not row.rigid:
        unit = Term("unit", row.unit)
        text = language.render(msg("{text}; missed by {miss} {unit}", text=row.text, miss=row.miss, unit=unit))
    return f"{mark}  {text}"


def kind_of(row: Measurement, language: Language) -> str:
    """The sign and the word of a missed row: hard, soft, reported only, or not judged."""
    if not row.judged:
        return language.verdict("unjudged")
    if row.report_only:
        return f"! {language.say('breach')}"
    return f"✗ {language.say('hard')}" if row.hard else f"· {language.say('soft')}"


def verdict(verification: Verification) -> Message:
    """The numbers of missed rows, of breaches that are only reported, and of rows that are not judged."""
    tally = verification.tally
    message = msg(
        "{hard} hard and {soft} soft rows missed of {all} measured",
        hard=tally.hard,
        soft=tally.soft,
        all=len(verification.measurements),
    )
    if tally.breaches:
        message = msg("{sentence}; breaches reported: {breaches}", sentence=message, breaches=tally.breaches)
    if tally.unjudged:
        message = msg(
            "{sentence}; below the least amount but not judged: {unjudged}", sentence=message, unjudged=tally.unjudged
        )
    return message


def worth(verification: Verification) -> Message:
    """The value of a timetable as audience minus penalty."""
    return msg(
        "value {value} = audience {audience} − penalty {penalty} viewer-minutes",
        value=verification.value,
        audience=verification.audience,
        penalty=verification.penalty,
    )


def check_json(verification: Verification) -> str:
    """The same for machines."""
    tally = verification.tally
    fields = {
        "hard_missed": tally.hard,
        "soft_missed": tally.soft,
        "breaches_reported": tally.breaches,
        "short_not_judged": tally.unjudged,
        "audience": verification.audience,
        "penalty": verification.penalty,
        "value": verification.value,
        "misses": [
            {
                "rule": row.rule,
                "channel": row.subject.name,
                "period": row.period,
                "miss": row.miss,
                "unit": row.unit,
                "judged": row.judged,
                "report_only": row.report_only,
                "text": str(row.text),
            }
            for row in verification.missed
        ],
        "inherited": [
            {
                "rule": row.rule,
                "channel": row.subject.name,
                "period": row.period,
                "inherited": row.inherited,
                "unit": row.unit,
            }
            for row in verification.inherited
        ],
        "interim": sum(row.interim for row in verification.measurements),
    }
    return json.dumps(fields, indent=2, ensure_ascii=False)
