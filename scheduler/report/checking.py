"""What `parity check` says: of an instance alone, and of a timetable against every rule."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from scheduler.explain.clauses import clause_rows
from scheduler.explain.precheck import findings
from scheduler.report.language import Language
from scheduler.rules import rules_of

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.verify import Verification


def instance_lines(instance: Instance) -> list[str]:
    """How large an instance is, which programmes can air nowhere, and which rules cannot hold by arithmetic alone."""
    rules, stated = rules_of(instance), clause_rows(instance, readmit=False)
    airings = stated.airings
    horizon = instance.file.horizon
    lines = [
        f"{instance.file.name}: no problems",
        f"{horizon.days} days from {horizon.start}, {len(instance.channels)} channels,"
        f" {instance.windows.planned} windows, {len(instance.programmes)} programmes,"
        f" {len(instance.written_rules)} agreements and rules",
        f"{len(airings):,} admissible airings",
    ]
    if airings.unplaceable:
        lines.append(f"{len(airings.unplaceable)} programmes can air nowhere:")
        english, sentences = Language("en"), {rule.id: rule.sentence() for rule in rules}
        lines += [f"  {item.programme}: {english.reason(item.reason, sentences)}" for item in airings.unplaceable]
    lines += [f"✗ cannot hold: {finding.text}" for finding in findings(stated)]
    return lines


def instance_json(instance: Instance) -> str:
    """The same for machines."""
    stated = clause_rows(instance, readmit=False)
    airings = stated.airings
    said = {
        "instance": instance.file.name,
        "instance_sha256": instance.digest,
        "warnings": [str(warning) for warning in instance.warnings],
        "airings": len(airings),
        "unplaceable": {item.programme: asdict(item.reason) for item in airings.unplaceable},
        "cannot_hold": [finding.text for finding in findings(stated)],
    }
    return json.dumps(said, indent=2, ensure_ascii=False)


def check_lines(verification: Verification) -> list[str]:
    """Every missed row, and the verdict."""
    missed, hard = verification.missed, len(verification.hard_missed)
    lines = [
        f"{'✗ hard' if row.hard else '· soft'}  {row.text}"
        + ("" if row.rigid else f"; missed by {row.miss:,} {row.unit}")
        for row in missed
    ]
    lines += [
        f"· before {row.text}; {row.inherited:,} {row.unit} of it were missed before this plan"
        for row in verification.inherited
    ]
    open_rows = sum(row.interim for row in verification.measurements)
    if open_rows:
        lines.append(f"… {open_rows:,} rows are interim: their periods end after the horizon")
    lines.append(
        f"{'✗' if hard else '✓'} {hard} hard and {len(missed) - hard} soft rows missed of"
        f" {len(verification.measurements):,} measured"
    )
    lines.append(
        f"value {verification.value:,} = audience {verification.audience:,}"
        f" − penalty {verification.penalty:,} viewer-minutes"
    )
    return lines


def check_json(verification: Verification) -> str:
    """The same for machines."""
    said = {
        "hard_missed": len(verification.hard_missed),
        "soft_missed": len(verification.missed) - len(verification.hard_missed),
        "audience": verification.audience,
        "penalty": verification.penalty,
        "value": verification.value,
        "misses": [
            {
                "rule": row.rule,
                "channel": row.channel,
                "period": row.period,
                "miss": row.miss,
                "unit": row.unit,
                "text": row.text,
            }
            for row in verification.missed
        ],
        "inherited": [
            {
                "rule": row.rule,
                "channel": row.channel,
                "period": row.period,
                "inherited": row.inherited,
                "unit": row.unit,
            }
            for row in verification.inherited
        ],
        "interim": sum(row.interim for row in verification.measurements),
    }
    return json.dumps(said, indent=2, ensure_ascii=False)
