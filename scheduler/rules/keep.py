"""The value of unused runs after the horizon: each run that a plan uses costs the `keep_value` of its title."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal

import numpy as np

from scheduler.instance.derived.repeats import REPEAT
from scheduler.messages import Message, msg, msg_n
from scheduler.rules.framework.aspect import about
from scheduler.rules.framework.base import Measurement, Rule
from scheduler.rules.framework.row_builder import Sheet
from scheduler.rules.framework.subject import Subject
from scheduler.timetable.repeats import repeats_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.airings import Airings
    from scheduler.instance import Instance
    from scheduler.rules.framework.rows import RuleRows
    from scheduler.timetable import OnAir

EVERYWHERE = Subject("channels", "everywhere")


class KeepRule(Rule):
    """Σ runs of a title ≤ 0 in the horizon, soft at its `keep_value` per run.

    The plan's value decreases by `keep_value` for each used run. Except for the constant keep_value · (runs left before
    the plan), this is the value of the unused runs. Repeats that use no run do not count.
    """

    type: Literal["keep"] = "keep"
    id: str = "keep"

    def sentence(self) -> Message:
        """The rule in words."""
        return msg("keep: a run is used only where it is worth more than after the horizon")

    def rows(self, airings: Airings) -> list[RuleRows]:
        """One row per title with a value."""
        instance, sheet = airings.instance, Sheet(self, "runs", len(airings))
        worth = np.array([item.keep_value for item in instance.programmes], dtype=np.int64)
        used = ~airings.past & (airings.run < REPEAT)
        at = np.flatnonzero(used & (worth[airings.programme] > 0)) if len(airings) else np.zeros(0, dtype=np.int64)
        titles, row = np.unique(airings.programme[at], return_inverse=True)
        rows = sheet.rows(
            ["horizon"] * len(titles),
            EVERYWHERE,
            [about(instance.programmes[number].programme) for number in titles.tolist()],
            upper=0,
            soft_at=worth[titles],
        )
        sheet.add(rows[row], at)
        return sheet.blocks()

    def check(self, on_air: OnAir) -> Iterator[Measurement]:
        """The runs that each title with a value uses."""
        table, instance = on_air.timetable, on_air.instance
        repeats = repeats_of(table)
        used = Counter(int(table.programme[at]) for at in table.planned.tolist() if at not in repeats)
        for number, count in sorted(used.items()):
            item = instance.programmes[number]
            if item.keep_value:
                yield self.measured(
                    subject=EVERYWHERE,
                    period="horizon",
                    aspect=about(item.programme),
                    have=count,
                    need=0,
                    sense="most",
                    unit="runs",
                    soft_at=item.keep_value,
                    text=msg_n(
                        "'{title}': {count} run is used that would be worth {worth} viewer-minutes after the horizon",
                        "'{title}': {count} runs are used that would each be worth {worth} viewer-minutes after the"
                        " horizon",
                        title=item.title,
                        count=count,
                        worth=item.keep_value,
                    ),
                )


def has_keep_values(instance: Instance) -> bool:
    """Whether any title has a value after the horizon."""
    return any(item.keep_value for item in instance.programmes)
