"""Fixtures that several test files share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.planned import plan

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small instance, and its timetable in `out`. Tests must not write into it."""
    return plan(tmp_path_factory.mktemp("planned") / "small")
