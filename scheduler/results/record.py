"""The base of all models of files that tools rely on."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A part of a file that tools rely on: no unknown fields, no changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")
