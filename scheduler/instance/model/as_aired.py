"""How an agreement judges airings that are reconciled with evidence: tolerances, and which minutes count."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheduler.instance.model.field_types import Frozen


class AsAired(Frozen):
    """When an airing counts as late or short, and whether its minutes include the breaks."""

    late_minutes: int = Field(
        5, ge=0, le=240, description="an airing whose start differs by more minutes is late or early", examples=[10]
    )
    short_minutes: int = Field(
        2, ge=0, le=240, description="minutes that may be missing at least before an airing is short", examples=[1]
    )
    short_share: float = Field(
        0.05,
        ge=0,
        le=1,
        description="share of its length that may be missing before it is short",
        examples=[0.1],
    )
    minutes: Literal["net", "with_breaks"] = Field(
        "net", description="net programme time, or from the first start to the last end", examples=["with_breaks"]
    )
