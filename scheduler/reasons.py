"""The reason why a programme does not air, as a code and values. Reports put it in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

ReasonCode = Literal["outbid", "no_window", "too_long", "runs_used", "rule", "no_slot"]
REASON_CODES: tuple[ReasonCode, ...] = get_args(ReasonCode)
"""outbid: it could air, but the timetable is better without it. no_window: no window accepts it. too_long: no window
that accepts it is long enough. runs_used: history.csv holds all its runs. rule: a rule bars its last airings. no_slot:
`placement` leaves it no slot."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason; `rule` is the id of the rule where the code is "rule"."""

    code: ReasonCode
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Unplaceable:
    """A programme without any admissible airing, and what removed its last one."""

    programme: str
    reason: Reason
