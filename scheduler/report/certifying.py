"""The output of `parity certify`: the value by the check, and the bound that the certificate proves."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.certify import CERTIFICATE_FILE, CertificateError, certified_bound, certified_program, read_certificate
from scheduler.messages import Message, msg
from scheduler.results import RESULT_FILE, read_result

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.formulation import Formulation
    from scheduler.report.language import Language
    from scheduler.verify import Verification


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The computed value and bound, and differences from the answer's result.json."""

    bound: int | None  # viewer-minutes; None if the certificate proves nothing
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
        """(bound − value) / max(1, |bound|)."""
        return None if self.bound is None or self.hard_missed else (self.bound - self.value) / max(1, abs(self.bound))


def confirm(digest: str, formulation: Formulation, verification: Verification, answer: Path) -> Confirmation:
    """Compute the bound that the certificate in a folder proves, and compare it with the value and with result.json.

    Raises
    ------
    InputError
        result.json cannot be read.
    """
    bound, reason = None, None
    try:
        certificate = read_certificate(answer / CERTIFICATE_FILE)
        if certificate.instance_sha256 != digest:
            raise CertificateError(msg("the certificate is of another instance, or the instance was changed since"))
        bound = certified_bound(certified_program(formulation), certificate)
    except CertificateError as error:
        reason = error.message
    said = read_result(answer / RESULT_FILE)
    wrong = []
    if bound is not None and not verification.tally.hard and verification.value > bound:
        wrong.append(msg("the value is above the bound: one of the two is wrong"))
    if said is not None and said.value is not None and said.value != verification.value:
        wrong.append(msg("result.json states another value: {value}", value=said.value))
    stated = None if said is None else said.certified_bound  # none if the search was cut short
    if bound is not None and stated is not None and stated != bound:
        wrong.append(msg("result.json states another certified bound: {bound}", bound=stated))
    return Confirmation(
        bound=bound,
        value=verification.value,
        hard_missed=verification.tally.hard,
        reason=reason,
        contradictions=tuple(wrong),
        reported_bound=None if said is None else said.bound,
    )


def confirmation_lines(found: Confirmation, language: Language) -> list[str]:
    """The lines of a confirmation."""
    said = [msg("value {value} viewer-minutes, {hard} hard rules missed", value=found.value, hard=found.hard_missed)]
    if found.bound is None:
        not_certified = msg("not certified: {reason}", reason=found.reason or "")
        return [f"✗ {language.render(not_certified)}", *(language.render(one) for one in said)]
    first = msg(
        "certified: no timetable that keeps the hard rules is worth more than {bound} viewer-minutes", bound=found.bound
    )
    if found.gap is not None:
        said.append(msg("certified gap {gap}", gap=language.percent(found.gap)))
    if found.reported_bound is not None:
        said.append(
            msg("best bound of the search, with solvers' proofs: {bound} viewer-minutes", bound=found.reported_bound)
        )
    lines = [f"✓ {language.render(first)}", *(language.render(one) for one in said)]
    return [*lines, *(f"✗ {language.render(one)}" for one in found.contradictions)]


def confirmation_json(found: Confirmation) -> str:
    """The confirmation as JSON."""
    return json.dumps(
        {
            "certified_bound": found.bound,
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
