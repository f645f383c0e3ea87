"""The cases of every kind of rule: tiny instances on which it binds, as (name, most airings of a timetable, values)."""

from __future__ import annotations

from typing import Any

from tests.rules.cases import KINDS as CORE
from tests.rules.kinds import KINDS

RULEBOOK: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
    name: [(case, 3, spec) for case, spec in kind.CASES.items()] for name, kind in KINDS.items() if kind.CASES
}
"""The cases in the files of the kinds; tests plant mistakes of their own in the kinds of `tests/rules/cases.py`."""

ALL_KINDS = {kind: CORE.get(kind, []) + RULEBOOK.get(kind, []) for kind in {**CORE, **RULEBOOK}}
