"""The output of `parity certify`: the value by the check, and the bound that the certificate proves.

A point of a frontier may have a certificate of another figure than the value. Then that figure is counted.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.certify import (
    CERTIFICATE_FILE,
    CertificateError,
    bound_in_chunks,
    program_in_chunks,
    read_certificate,
)
from scheduler.messages import Message, Term, msg
from scheduler.objective import VALUE, Objective, ObjectiveError, objective_of
from scheduler.results import RESULT_FILE, read_result
from scheduler.verify import verify

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scheduler.airings import Airings
    from scheduler.report.language import Language
    from scheduler.rules import Rule
    from scheduler.timetable import Timetable


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The computed value and bound, and differences from the answer's result.json."""

    objective: Objective  # what the certificate bounds
    bound: int | None  # parts of the objective; None if the certificate proves nothing
    amount: int  # of the objective, parts
    value: int  # viewer-minutes
    hard_missed: int
    reason: Message | None  # why the certificate proves nothing
    contradictions: tuple[Message, ...]
    reported_bound: int | None  # the best bound that result.json states, of any source

    @property
    def holds(self) -> bool:
        """Whether the bound is certified, no hard rule is missed, and nothing is contradicted."""
        return self.bound is not None and not self.hard_missed and not self.contradictions

    @property
    def gap(self) -> float | None:
        """(bound − amount) / max(1, |bound|)."""
        return None if self.bound is None or self.hard_missed else (self.bound - self.amount) / max(1, abs(self.bound))


def confirm(airings: Airings, rules: Sequence[Rule], timetable: Timetable, answer: Path) -> Confirmation:
    """Compute the bound that the certificate in a folder proves, and compare it with the value and with result.json.

    Raises
    ------
    InputError
        result.json cannot be read.
    """
    verification, instance = verify(timetable), timetable.instance
    bound, reason, objective = None, None, Objective(VALUE)
    try:
        certificate = read_certificate(answer / CERTIFICATE_FILE)
        if certificate.instance_sha256 != instance.digest:
            raise CertificateError(msg("the certificate is of another instance, or the instance was changed since"))
        objective = objective_of(instance, certificate.objective)
        bound = bound_in_chunks(program_in_chunks(airings, rules, objective, certificate))
    except (CertificateError, ObjectiveError) as error:
        reason = error.message
    recorded = read_result(answer / RESULT_FILE)
    wrong = []
    amount = objective.counted(timetable, verification)
    if bound is not None and not verification.tally.hard and amount > bound:
        wrong.append(msg("the value is above the bound: one of the two is wrong"))
    if recorded is not None and recorded.value is not None and recorded.value != verification.value:
        wrong.append(msg("result.json states another value: {value}", value=recorded.value))
    stated = None if recorded is None else recorded.certified_bound  # none if the search was cut short
    if bound is not None and stated is not None and stated != bound:
        wrong.append(msg("result.json states another certified bound: {bound}", bound=stated))
    return Confirmation(
        objective=objective,
        bound=bound,
        amount=amount,
        value=verification.value,
        hard_missed=verification.tally.hard,
        reason=reason,
        contradictions=tuple(wrong),
        reported_bound=None if recorded is None else recorded.bound,
    )


def confirmation_lines(found: Confirmation, language: Language) -> list[str]:
    """The lines of a confirmation."""
    messages = [
        msg("value {value} viewer-minutes, {hard} hard rules missed", value=found.value, hard=found.hard_missed)
    ]
    if found.bound is None:
        not_certified = msg("not certified: {reason}", reason=found.reason or "")
        return [f"✗ {language.render(not_certified)}", *(language.render(one) for one in messages)]
    if found.objective.is_value:
        first = msg(
            "certified: no timetable that keeps the hard rules is worth more than {bound} viewer-minutes",
            bound=found.bound,
        )
    else:
        unit = Term("unit", found.objective.unit)
        first = msg(
            "certified: no timetable that keeps the hard rules has more than {bound} {unit} ({objective})",
            bound=found.objective.amount(found.bound),
            unit=unit,
            objective=found.objective.message(),
        )
        messages.append(msg("this one has {amount} {unit}", amount=found.objective.amount(found.amount), unit=unit))
    if found.gap is not None:
        messages.append(msg("certified gap {gap}", gap=language.percent(found.gap)))
    if found.reported_bound is not None:
        messages.append(
            msg("best bound of the search, with solvers' proofs: {bound} viewer-minutes", bound=found.reported_bound)
        )
    lines = [f"✓ {language.render(first)}", *(language.render(one) for one in messages)]
    return [*lines, *(f"✗ {language.render(one)}" for one in found.contradictions)]


def confirmation_json(found: Confirmation) -> str:
    """The confirmation as JSON."""
    return json.dumps(
        {
            "objective": found.objective.name,
            "parts": found.objective.scale,
            "certified_bound": found.bound,
            "amount": found.amount,
            "value": found.value,
            "hard_missed": found.hard_missed,
            "certified_gap": found.gap,
            "reason": None if found.reason is None else str(found.reason),
            "contradictions": [str(one) for one in found.contradictions],
            "reported_bound": found.reported_bound,
            "holds": found.holds,
        },
        indent=2,
    )
