"""The part of a reconciliation that one party may see: airings of its agreements, and no figures of the other side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.instance import agreements_of, served
from scheduler.reconcile.written import contents_of

if TYPE_CHECKING:
    from scheduler.reconcile.outcome import Outcome
    from scheduler.timetable import Timetable


def outcome_for(timetable: Timetable, outcome: Outcome, party: str) -> Outcome:
    """The lines that serve an agreement of a party, each with this agreement.

    Ambiguous matches and the counts of items that are not planned are left out. So is the title of what was shown
    instead, except on the party's own channels.
    """
    instance, lines = timetable.instance, outcome.lines
    own = {one.id for one in agreements_of(instance) if party in one.parties}
    uncovered = {agreement: count for agreement, count in outcome.uncovered.items() if agreement in own}
    seen = replace(outcome, ambiguous=(), uncovered=uncovered, others=0, outranked=0)
    if lines.empty:
        return seen
    channel = lines["channel"].to_numpy(np.int64)
    serving = served(instance, channel, np.array(contents_of(timetable, lines), dtype=np.int64))
    agreement = [next((one for one, _ in pairs if one in own), "") for pairs in serving]
    theirs = np.isin(channel, instance.channels_of(party))
    shown = lines.assign(agreement=agreement, instead=np.where(theirs, lines["instead"], ""))
    return replace(seen, lines=shown[shown["agreement"] != ""].reset_index(drop=True))
