"""The base of all models of files that tools rely on."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from scheduler.messages import RefusedError, msg
from scheduler.moments import moment_of


class Record(BaseModel):
    """A part of a file that tools rely on: no unknown fields, no changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _is_moment(text: str) -> str:
    try:
        moment_of(text)
    except ValueError:
        raise RefusedError(msg("'{value}' is no moment such as 2026-12-07T13:00Z", value=text)) from None
    return text


MomentText = Annotated[str, AfterValidator(_is_moment)]
"""A moment in UTC to the minute, such as 2026-12-07T13:00Z."""
