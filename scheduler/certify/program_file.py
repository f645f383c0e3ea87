"""The program of an instance as JSON with whole numbers, for checkers of others. README.md describes the fields."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np

from scheduler.rules import NO_BOUND, RIGID, SOFT

if TYPE_CHECKING:
    from scheduler.arrays import Ints
    from scheduler.formulation import Formulation

KINDS = {RIGID: "rigid", SOFT: "soft"}
"""What the kinds of rows are called; all others are hard."""


def program_text(formulation: Formulation, digest: str, objective: str = "value") -> str:
    """The text of a JSON file with the program that a certificate speaks about, before any replacement.

    Parameters
    ----------
    digest
        The SHA-256 of the instance.
    objective
        The name of what the formulation maximises.
    """
    n, matrix = formulation.airing_count, formulation.matrix
    content = {
        "schema_version": 1,
        "instance_sha256": digest,
        "objective": objective,
        "constant": int(formulation.constant),
        "airings": {
            "window": formulation.window.tolist(),
            "start": formulation.start.tolist(),
            "steps": formulation.steps.tolist(),
            "locked": formulation.locked.tolist(),
        },
        "columns": {
            "value": [*formulation.value.tolist(), *formulation.column_value.tolist()],
            "low": [*formulation.locked.astype(int).tolist(), *_sides(formulation.column_lower)],
            "high": [*np.ones(n, dtype=int).tolist(), *_sides(formulation.column_upper)],
            "whole": [*np.ones(n, dtype=bool).tolist(), *formulation.column_integer.tolist()],
        },
        "rows": {
            "rule": formulation.labels["rule"].astype(str).tolist(),
            "kind": [KINDS.get(kind, "hard") for kind in formulation.kind.tolist()],
            "lower": _sides(formulation.lower),
            "upper": _sides(formulation.upper),
            "miss_step": formulation.miss_step.tolist(),
            "price": formulation.price.tolist(),
            "first": matrix.indptr.tolist(),
            "column": matrix.indices.tolist(),
            "amount": matrix.data.tolist(),
        },
    }
    return json.dumps(content, separators=(",", ":")) + "\n"


def _sides(numbers: Ints) -> list[int | None]:
    """Whole numbers; null where there is none."""
    return [None if abs(one) >= NO_BOUND else one for one in numbers.tolist()]
