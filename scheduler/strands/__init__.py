"""Strands as candidates. A bundle is a set of airings that puts a series into one regular slot.

`bundles` has the class, `build` makes all of an instance, and `followers` adds their repeats. `ongoing` are series that
continue, `missed` makes up for lost places, and `slot_changes` change the start. `run_lengths` say how long a series
continues, `week_after` where it does after the horizon, and `after_horizon` where an event does. `rerun_slots` and
`named_slots` are the slots of reruns and of channels. At `held_places` strands pause; `exceptions` are airings at
locks. `sampled` draws a sample of the airings whose bundles are bundles of the instance.
"""

from scheduler.strands.after_horizon import week_before
from scheduler.strands.build import build_bundles
from scheduler.strands.bundles import Bundles
from scheduler.strands.exceptions import Exceptions, days_of, exceptions_of, locked_places, only_in_bundles
from scheduler.strands.followers import at_locked_places, named_by_locks
from scheduler.strands.missed import owed
from scheduler.strands.named_slots import free_places, in_named_slots
from scheduler.strands.ongoing import (
    PastFirstRun,
    Slot,
    day_sets_kept,
    last_slot,
    past_first_runs,
    runs_of_last_slot,
    runs_to_repeat,
    slots_before,
)
from scheduler.strands.rerun_slots import RerunSlots, build_rerun_slots
from scheduler.strands.sampled import sampled, sampled_by_loss
from scheduler.strands.slot_changes import slot_changes
from scheduler.strands.week_after import places_after, resting_places

__all__ = [
    "Bundles",
    "Exceptions",
    "PastFirstRun",
    "RerunSlots",
    "Slot",
    "at_locked_places",
    "build_bundles",
    "build_rerun_slots",
    "day_sets_kept",
    "days_of",
    "exceptions_of",
    "free_places",
    "in_named_slots",
    "last_slot",
    "locked_places",
    "named_by_locks",
    "only_in_bundles",
    "owed",
    "past_first_runs",
    "places_after",
    "resting_places",
    "runs_of_last_slot",
    "runs_to_repeat",
    "sampled",
    "sampled_by_loss",
    "slot_changes",
    "slots_before",
    "week_before",
]
