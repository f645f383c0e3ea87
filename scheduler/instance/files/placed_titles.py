"""Check the tables against the placement of titles: simulcasts in slots, commitments of titles without a slot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance.problem import Problem
from scheduler.messages import msg

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from scheduler.instance.files.csv_table import CsvTable
    from scheduler.instance.instance import Instance


def against_placement(instance: Instance, tables: Mapping[str, CsvTable | None]) -> Iterator[Problem]:
    """Every problem between the tables and the placement of titles."""
    programmes, commitments = tables["programmes.csv"], tables["commitments.csv"]
    if programmes is not None:
        yield from _simulcasts_in_slots(instance, programmes)
    if commitments is not None:
        yield from _commitments_without_slot(instance, commitments)


def _simulcasts_in_slots(instance: Instance, table: CsvTable) -> Iterator[Problem]:
    """Titles that may be simulcast although `placement` puts them into the slot of one channel of a territory."""
    for number, row in enumerate(instance.programmes):
        if row.sharing == "simulcast":
            contents = instance.contents.programme[: instance.contents.version_count] == number
            if (instance.placements.line[contents] >= 0).any():
                message = msg(
                    "'{programme}' has a slot on one channel of a territory, as `placement` says, so it cannot be a"
                    " simulcast; write free in its `placement`, or leave `sharing` blank",
                    programme=row.programme,
                )
                yield Problem(*table.at(number, "sharing"), message)


def _commitments_without_slot(instance: Instance, table: CsvTable) -> Iterator[Problem]:
    """Commitments of titles that `placement` gives no slot on the channel."""
    for number, row in enumerate(instance.commitments):
        programme, channel = instance.programme_index[row.programme], instance.channel_index[row.channel]
        contents = instance.contents.programme[: instance.contents.version_count] == programme
        if not (instance.placements.line[np.flatnonzero(contents), channel] >= 0).any():
            message = msg(
                "'{programme}' airs freely or in rubrics on '{channel}', as `placement` says, so it keeps no slot;"
                " remove the line, or write another kind in its `placement`",
                programme=row.programme,
                channel=row.channel,
            )
            yield Problem(*table.at(number, "programme"), message, "warning")
