"""One solve as a file: the instance, the engine and the limits."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from scheduler.instance.files.load import digest_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.solve import Settings


class Cell(BaseModel):
    """One solve. Two cells with equal fields have the same answer if they count work instead of seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = Field(default=1, description="Version of this file.")
    label: str = Field(pattern=r"^[A-Za-z0-9._+-]{1,120}$", description="A name for people; file names begin with it.")
    instance: str = Field(description="Folder of the instance. In a spool it is relative to the spool.")
    instance_sha256: str = Field(description="SHA-256 of the instance's files, without the variants.")
    variants: tuple[str, ...] = Field(default=(), description="Variants of the instance as YAML, applied in order.")
    without: tuple[str, ...] = Field(default=(), description="Ids of agreements and rules that are left out.")
    start: str | None = Field(default=None, description="The timetable to start from, as the text of timetable.csv.")
    engine: str = Field(default="auto", description="A strategy of parity, or a general solver.")
    engine_seed: int = Field(default=1, ge=0, description="Seed of the engine.")
    time_limit: float = Field(gt=0, description="Seconds of the search; units of counted work if `deterministic`.")
    gap: float = Field(default=0.0, ge=0, description="The search stops at this proven gap, a share of the bound.")
    memory: float = Field(default=8.0, gt=0, description="Most GB of memory of the solve.")
    workers: int = Field(default=2, ge=1, description="Threads of the solve.")
    deterministic: bool = Field(default=False, description="Count work instead of seconds.")
    objective: str = Field(
        default="value", description="What is maximised: value, audience, AGREEMENT.MEASURE, AGREEMENT.PARTY.MEASURE."
    )
    bound: int | None = Field(
        default=None, description="A bound on the objective that is known before; with it and `gap` a search may stop."
    )
    params: str = Field(default="{}", description="Parameters that differ from the default, as JSON: method → name.")
    certificate: str | None = Field(
        default=None, description="A certificate as JSON: only `blocks` are bounded at its multipliers."
    )
    blocks: tuple[int, ...] = Field(default=(), description="Numbers of the blocks of windows that are bounded.")
    answer: bool = Field(default=False, description="Whether the files of the answer are kept, too.")

    @property
    def key(self) -> str:
        """The cell's name: its label, and a hash of all fields except the place of the instance."""
        content = self.model_dump(mode="json", exclude={"instance"} | self._not_asked)
        digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        return f"{self.label}-{digest[:16]}"

    @property
    def _not_asked(self) -> set[str]:
        """Fields that older versions did not have, at their defaults: names leave them out, so old results fit."""
        return {"certificate", "blocks"} if self.certificate is None else set()


def cell_of(folder: Path, label: str, **fields: Any) -> Cell:
    """A cell of an instance folder.

    Parameters
    ----------
    fields
        The other fields of `Cell`.
    """
    return Cell(label=label, instance=str(folder.resolve()), instance_sha256=digest_of(folder), **fields)


def cell_for(instance: Instance, label: str, settings: Settings, variants: Sequence[str] = (), **fields: Any) -> Cell:
    """A cell of a loaded instance with its variants, solved with some settings.

    Parameters
    ----------
    variants
        Further variants as YAML, applied after those of the instance.
    fields
        The other fields of `Cell`.
    """
    own = (path.read_text(encoding="utf-8") for path in instance.variants)
    return cell_of(
        instance.folder,
        label,
        variants=(*own, *variants),
        engine=settings.strategy,
        engine_seed=settings.seed,
        time_limit=settings.time_limit,
        gap=settings.gap,
        workers=settings.workers,
        deterministic=settings.deterministic,
        objective=settings.objective,
        params=json.dumps(settings.params.changed(), sort_keys=True),
        **fields,
    )


def label_of(words: Sequence[str]) -> str:
    """A label of several words. Characters that a label may not have become hyphens."""
    kept = "".join(one if one.isascii() and (one.isalnum() or one in "._+-") else "-" for one in "-".join(words))
    return kept[:120] or "cell"
