"""HiGHS that never writes to the terminal: its banner would stand in the middle of results."""

from __future__ import annotations

from typing import Any

import highspy


class QuietHighs(highspy.Highs):  # type: ignore[misc]
    """A HiGHS model with its output off from the start; the base class prints when it sets up callbacks."""

    def enableCallbacks(self) -> Any:  # noqa: N802
        """Turn the output off before the base class talks."""
        self.setOptionValue("output_flag", False)
        return super().enableCallbacks()
