"""certificate.json: multipliers that prove a bound. It holds no result; whoever checks it computes the bound."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, ValidationError, model_validator

from scheduler.messages import Message, msg

CERTIFICATE_FILE: Final = "certificate.json"


class CertificateError(Exception):
    """A certificate that proves nothing, with the reason."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


class Part(BaseModel):
    """A part of the file: no unknown fields, no changes after it is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RowMultipliers(Part):
    """Multipliers of rule rows; all others are 0."""

    row: tuple[StrictInt, ...] = Field((), description="numbers of rows, from 0, in the order of the program")
    multiplier: tuple[StrictInt, ...] = Field((), description="p·D of each: positive towards its upper side")

    @model_validator(mode="after")
    def _same_length(self) -> RowMultipliers:
        if len(self.row) != len(self.multiplier):
            raise ValueError("row and multiplier have different lengths")
        return self


class StepMultipliers(Part):
    """Multipliers μ ≥ 0 of the rows "at most one airing at this step"; all others are 0."""

    window: tuple[StrictInt, ...] = Field((), description="numbers of windows, from 0")
    step: tuple[StrictInt, ...] = Field((), description="grid steps since the start of the horizon")
    multiplier: tuple[StrictInt, ...] = Field((), description="μ·D of each, at least 0")

    @model_validator(mode="after")
    def _same_length(self) -> StepMultipliers:
        if not len(self.window) == len(self.step) == len(self.multiplier):
            raise ValueError("window, step and multiplier have different lengths")
        return self


class Cut(Part):
    """A rounded combination of rows, given by how it is derived, and its multiplier.

    Σ weight·row, with weight > 0 on lower sides and < 0 on upper sides, minus Σ step_weight·(airings at the step), is
    Σ a·u ≥ b for whole u ≥ 0. Divided by d > 0 and rounded up it is Σ ⌈a/d⌉·u ≥ ⌈b/d⌉. If no a is negative, a is
    clipped to min(a, b) before.

    If `mixed`, it is rounded as in mixed-integer rounding instead: with f the rest of b divided by d it is
    Σ (⌊a/d⌋·f + min(f, rest of a))·u ≥ ⌈b/d⌉·f. Before that, u = high − v for the columns in `turned`. Soft rows add
    Σ |weight|·miss_step·miss to the left side, before and after.
    """

    row: tuple[StrictInt, ...] = Field((), description="rows that are added up; soft ones only if mixed")
    weight: tuple[StrictInt, ...] = Field((), description="whole weights of the rows")
    window: tuple[StrictInt, ...] = Field((), description="windows of the steps that are added up")
    step: tuple[StrictInt, ...] = Field((), description="grid steps since the start of the horizon")
    step_weight: tuple[StrictInt, ...] = Field((), description="whole weights of the steps, at least 0")
    divisor: StrictInt = Field(ge=1)
    mixed: StrictBool = Field(default=False, description="mixed-integer rounding instead of rounding up")
    turned: tuple[StrictInt, ...] = Field((), description="if mixed: columns counted from their upper limit")
    multiplier: StrictInt = Field(ge=0, description="p·D of the cut")

    @model_validator(mode="after")
    def _same_length(self) -> Cut:
        if len(self.row) != len(self.weight) or not len(self.window) == len(self.step) == len(self.step_weight):
            raise ValueError("the lists of rows or of steps have different lengths")
        if self.turned and not self.mixed:
            raise ValueError("only a mixed cut has turned columns")
        return self


class CutMultipliers(Part):
    """Multipliers of the certificate's cuts in a leaf; all others are 0."""

    cut: tuple[StrictInt, ...] = Field((), description="numbers of cuts, from 0, in the order of the certificate")
    multiplier: tuple[StrictInt, ...] = Field((), description="p·D of each, at least 0")

    @model_validator(mode="after")
    def _same_length(self) -> CutMultipliers:
        if len(self.cut) != len(self.multiplier):
            raise ValueError("cut and multiplier have different lengths")
        return self


class Split(Part):
    """A node that divides all timetables by a sum of whole columns: at most `most`, or at least `most` + 1."""

    column: tuple[StrictInt, ...] = Field(description="columns of the program that are added up, from 0")
    most: StrictInt = Field(description="k: the sum is at most k, or at least k + 1")
    below: StrictInt = Field(ge=1, description="number of the node where the sum is at most k")
    above: StrictInt = Field(ge=1, description="number of the node where the sum is at least k + 1")


class Leaf(Part):
    """A node that is not divided, with multipliers of its own."""

    rows: RowMultipliers = RowMultipliers()
    steps: StepMultipliers = StepMultipliers()
    cuts: CutMultipliers = CutMultipliers()
    splits: tuple[StrictInt, ...] = Field((), description="|q|·D of each split above it, from the root on, at least 0")


class Certificate(Part):
    """The whole of certificate.json."""

    schema_version: Literal[1] = 1
    instance_sha256: str = Field(description="of the instance that the rows belong to")
    objective: str = Field("value", description="what the bound is of: the value, or a figure that was maximised")
    rows_in_program: StrictInt = Field(ge=0, description="how many rows the program has")
    columns_in_program: StrictInt = Field(ge=0, description="airings and the rules' own columns")
    denominator: StrictInt = Field(ge=1, description="D: all multipliers are whole numbers over it")
    rows: RowMultipliers = RowMultipliers()
    steps: StepMultipliers = StepMultipliers()
    cuts: tuple[Cut, ...] = ()
    tree: tuple[Split | Leaf, ...] = Field((), description="nodes, the root first; none if there is no tree")


def read_certificate(path: Path) -> Certificate:
    """The certificate in a file.

    Raises
    ------
    CertificateError
        The file is missing, damaged or not a certificate.
    """
    try:
        return Certificate.model_validate_json(path.read_bytes())
    except OSError:
        raise CertificateError(msg("{file}: there is no certificate", file=str(path))) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        if not where:  # nothing of it can be read
            raise CertificateError(
                msg("{file}: damaged or not a certificate ({what}); solve again", file=str(path), what=first["msg"])
            ) from None
        raise CertificateError(
            msg("{file}: not a certificate: {where}: {what}", file=str(path), where=where, what=first["msg"])
        ) from None
