"""An explanation in sentences, and the same for machines."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from scheduler.instance import INSTANCE_FILE
from scheduler.instance.files.validation import dotted
from scheduler.instance.model.field_types import clock_text

if TYPE_CHECKING:
    from scheduler.explain import Clash, Clause, Explanation, Remedy
    from scheduler.instance import Instance

MOST_LISTED = 8
UNSURE = " as far as this clash goes; whether everything else can then, the time was too short to tell"


def explanation_lines(instance: Instance, said: Explanation) -> list[str]:
    """The explanation as a planner reads it."""
    if said.verdict == "holds":
        return [f"✓ {instance.file.name}: all hard rules can hold together; a timetable that keeps them was found"]
    if said.verdict == "undecided":
        lines = [f"? {instance.file.name}: not decided within the limit whether all hard rules can hold"]
        return [*lines, *_miss_lines(said), "give it more time with --time-limit"]
    count = len(said.clashes)
    lines = [f"✗ {instance.file.name}: the hard rules cannot all hold; {count} clash{'es' * (count != 1)} found"]
    if said.findings:
        lines += ["", "By arithmetic alone:", *(f"  {finding.text}" for finding in said.findings[:MOST_LISTED])]
        lines += _more(len(said.findings))
    lines += _miss_lines(said)
    for number, clash in enumerate(said.clashes):
        lines += ["", *_clash_lines(clash, number + 1)]
        if clash.clauses or clash.locks:
            lines += _remedy_lines(said.remedies[number] if number < len(said.remedies) else ())
    lines += ["", *_ending(said)]
    return lines


def _miss_lines(said: Explanation) -> list[str]:
    if not said.missed:
        return []
    what = "The least misses, each weighed by what its row asks for" if said.least else "The least misses found so far"
    return ["", f"{what}:", *(f"  {row.text}" for row in said.missed[:MOST_LISTED]), *_more(len(said.missed))]


def _more(count: int) -> list[str]:
    return [f"  … and {count - MOST_LISTED} more"] if count > MOST_LISTED else []


def _clash_lines(clash: Clash, number: int) -> list[str]:
    count = len(clash.clauses)
    if not count and clash.where:
        lines = [f"Clash {number}: these locks cannot all stay, whatever the clauses are:"]
        return [*lines, *(f"  {lock}" for lock in clash.where)]
    if not count:
        return [f"Clash {number}: rights and what has aired already clash; no clause has a part in it"]
    if count == 1:
        lines = [f"Clash {number}: this clause cannot hold, whatever the other clauses are:"]
    else:
        lines = [f"Clash {number}: these {count} clauses cannot hold together{_proof(clash)}:"]
    lines += [f"  {_place(clause)}  {clause.words}" for clause in clash.clauses]
    if count == 1 and not clash.minimal:
        lines.append("  (the time ran out before anything smaller was ruled out)")
    if not clash.confirmed:
        lines.append("  (a second proof, by another solver, was not finished in time)")
    if clash.where:
        shown = "; ".join(clash.where[:MOST_LISTED])
        lines.append(f"  where: {shown}" + ("; …" if len(clash.where) > MOST_LISTED else ""))
    lines.append(f"  given: {', '.join(['the windows and anchors as they are', *clash.because])}")
    return lines


def _proof(clash: Clash) -> str:
    if clash.minimal:
        return "; without any one of them the others can"
    return "; the set was not shown to be minimal"


def _place(clause: Clause) -> str:
    return f"{clause.file}:{clause.line}:{clause.column}:"


def _remedy_lines(found: tuple[Remedy, ...]) -> list[str]:
    if not found:
        return ["  no change of one number that mends it was found"]
    lines = ["  the least that would do:"]
    for at, one in enumerate(found):
        sure = " (perhaps less would do)" if not one.proved else "" if one.enough else UNSURE
        lines.append(f"  {'→' if at == 0 else 'or'} {one.words}{sure}")
        if one.file != INSTANCE_FILE:
            lines.append(f"       {one.file}:{one.line}: leave this line out")
        elif one.new is not None:
            lines.append(f"       {one.file}:{one.line}:{one.column}: {edit_words(one)}")
    return lines


def edit_words(one: Remedy) -> str:
    """The edit of instance.yaml that a remedy is: "end: 20:00 → 20:45"."""
    return f"{dotted(one.path)}: {plain(one, one.old)} → {plain(one, one.new)}"


def _ending(said: Explanation) -> list[str]:
    if said.solved and said.complete:
        what = "The change marked → was" if len(said.clashes) == 1 else "The changes marked →, made together, were"
        return [f"{what} tried: every hard rule can hold then."]
    if said.complete:
        return ["Without one clause of each clash every other hard rule can hold."]
    return ["There may be further clashes behind these: mend these and explain again, or give it more time."]


def plain(one: Remedy, value: Any) -> Any:
    """A value as it is written in instance.yaml."""
    field = next((step for step in reversed(one.path) if isinstance(step, str)), "")
    if isinstance(value, Fraction):
        return float(value)
    if field in ("start", "end"):
        return clock_text(value)
    if isinstance(value, tuple):
        return [clock_text(item) if isinstance(item, int) else item for item in value]
    return value


def explanation_json(instance: Instance, said: Explanation) -> str:
    """The explanation for machines; paths count from 0, lines and columns from 1."""
    plain_said = {
        "schema_version": 1,
        "instance": instance.file.name,
        "instance_sha256": instance.digest,
        "verdict": said.verdict,
        "findings": [
            {"reason": one.reason, "clauses": [_named(said.clauses[at]) for at in one.clauses], "text": one.text}
            for one in said.findings
        ],
        "least_misses_proved": said.least,
        "misses": [
            {"rule": row.rule, "channel": row.channel, "period": row.period, "miss": row.miss, "unit": row.unit}
            | {"text": str(row.text)}
            for row in said.missed
        ],
        "clashes": [
            {
                "clauses": [_named(clause) for clause in clash.clauses],
                "minimal": clash.minimal,
                "confirmed": clash.confirmed,
                "where": list(clash.where),
                "because": list(clash.because),
                "remedies": [_remedy(one) for one in (said.remedies[at] if at < len(said.remedies) else ())],
            }
            for at, clash in enumerate(said.clashes)
        ],
        "complete": said.complete,
        "solved_by_first_remedies": said.solved,
    }
    return json.dumps(plain_said, indent=2, ensure_ascii=False)


def _named(clause: Clause) -> dict[str, Any]:
    place = {"file": clause.file, "line": clause.line, "column": clause.column}
    return {"rule": clause.rule, "part": dotted(clause.part), "words": clause.words, **place}


def _remedy(one: Remedy) -> dict[str, Any]:
    place = {"file": one.file, "line": one.line, "column": one.column}
    edit = {"path": list(one.path), "from": plain(one, one.old), "to": plain(one, one.new)}
    return {"words": one.words, **edit, "nearest": one.proved, "enough": one.enough, **place}
