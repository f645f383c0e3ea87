"""The whole instance: the content of instance.yaml and its tables, and the arrays that are derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from scheduler.instance.derived.contents import Contents, build_contents
from scheduler.instance.derived.from_ledger import CarriedOver, Obligation
from scheduler.instance.derived.history import History, broadcast_day, build_history
from scheduler.instance.derived.on_record import OnRecord, build_record, line_begins
from scheduler.instance.derived.placements import Placements, build_placements
from scheduler.instance.derived.repeats import Repeats, build_repeats
from scheduler.instance.derived.timeline import Timeline
from scheduler.instance.derived.viewing import Viewing, build_viewing
from scheduler.instance.derived.windows import DatedAnchors, DatedWindows, date_anchors, date_windows
from scheduler.instance.model.channel import Channel
from scheduler.instance.model.rule_model import RuleModel

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance.derived.aired import Aired, Lock
    from scheduler.instance.model.commitment import Commitment
    from scheduler.instance.model.instance_file import InstanceFile
    from scheduler.instance.model.programme import Anchor, AudienceRow, Programme
    from scheduler.instance.problem import Problem


@dataclass(frozen=True, eq=False)
class Instance:
    """A loaded instance. Properties that are derived from the folder's content are computed once, on first use."""

    folder: Path
    file: InstanceFile
    programmes: tuple[Programme, ...]
    audience: tuple[AudienceRow, ...]
    anchors: tuple[Anchor, ...]
    history: tuple[Aired, ...]
    locks: tuple[Lock, ...]
    digest: str  # SHA-256 of the files
    warnings: tuple[Problem, ...]
    places: dict[str, tuple[str, int, int]]  # where each rule and agreement is written: file, line, column
    commitments: tuple[Commitment, ...] = ()
    not_aired: tuple[Aired, ...] = ()  # rows of history.csv that were announced and did not air
    variants: tuple[Path, ...] = ()  # files of changes that are applied to the folder's files
    carried: tuple[CarriedOver, ...] = ()  # carry-overs taken from ledgers
    obligations: tuple[Obligation, ...] = ()  # open make-goods of the ledgers

    @property
    def channels(self) -> tuple[Channel, ...]:
        """The channels, in the order of the file. Arrays refer to a channel by its index."""
        return self.file.channels

    @cached_property
    def channel_index(self) -> dict[str, int]:
        """Index of a channel by its id."""
        return {channel.id: index for index, channel in enumerate(self.channels)}

    @cached_property
    def programme_index(self) -> dict[str, int]:
        """Index of a programme by its id."""
        return {programme.programme: index for index, programme in enumerate(self.programmes)}

    @cached_property
    def simulcasts(self) -> npt.NDArray[np.bool_]:
        """Which programmes use one run for simultaneous airings.

        Live events, programmes that a rule links up, and those whose rights allow a simulcast.
        """
        linked = {name for rule in self.written_rules for name in rule.at_once}
        at_once = [one.delivery == "live" or one.sharing == "simulcast" for one in self.programmes]
        at_once = [is_so or one.programme in linked for is_so, one in zip(at_once, self.programmes, strict=True)]
        return np.array(at_once, dtype=bool)

    @property
    def written_rules(self) -> tuple[RuleModel, ...]:
        """Agreements and rules in the order of the file, agreements first."""
        return (*self.file.agreements, *self.file.rules)

    @cached_property
    def timeline(self) -> Timeline:
        """The horizon as a line of minutes, including the days on record before it."""
        horizon = self.file.horizon
        anchors = {anchor.anchor: anchor for anchor in self.anchors}
        begins = line_begins(self.file, self.written_rules, self.history, anchors)
        before = (horizon.start - begins).days
        named = {name: (period.first, period.last) for name, period in self.file.periods.items()}
        return Timeline(begins, before + horizon.days, self.file.grid_minutes, self.file.broadcast_day, before, named)

    @cached_property
    def on_record(self) -> OnRecord:
        """The airings of history.csv on the line of minutes."""
        contents = self.contents
        languages = [
            self.programmes[item.programme].versions[item.version].language
            for item in contents.items[: contents.version_count]
        ]
        return build_record(
            self.history, self.channels, contents, self.programme_index, self.anchors, languages, self.timeline
        )

    @cached_property
    def contents(self) -> Contents:
        """Everything that can be on screen: programme versions, then anchors, then fallbacks."""
        return build_contents(self.channels, self.programmes, self.anchors)

    @cached_property
    def dated_anchors(self) -> DatedAnchors:
        """Every occurrence of every anchor on the line. On days on record, only those of history.csv."""
        return date_anchors(self.channels, self.anchors, self.contents, self.timeline, self.on_record)

    @cached_property
    def windows(self) -> DatedWindows:
        """Every window on the line, cut by anchors and by airings on record."""
        return date_windows(self.channels, self.contents, self.timeline, self.dated_anchors, self.on_record)

    @cached_property
    def viewing(self) -> Viewing:
        """Viewers per minute of every content on every channel."""
        return build_viewing(self.channels, self.audience, self.contents, self.timeline)

    @cached_property
    def placements(self) -> Placements:
        """How every content is placed on every channel."""
        return build_placements(self.file.placement, self.channels, self.programmes, self.contents)

    @cached_property
    def longest_places(self) -> npt.NDArray[np.int64]:
        """(versions, channels) the largest number of episodes in a place.

        It is one higher if a missed episode may be added.
        """
        longest = self.placements.episodes.copy()
        makes_up = np.array([*(line.missed_episode != "shift" for line in self.placements.lines), False])
        for programme, code in self.past.not_aired:
            mine = self.contents.programme[: self.contents.version_count] == programme
            here = np.array([channel.territory == code for channel in self.channels])
            longest += makes_up[self.placements.line] & mine[:, None] & here[None, :]
        return longest

    @cached_property
    def past(self) -> History:
        """The past runs and airings before the horizon."""
        return build_history(
            self.history,
            self.not_aired,
            self.commitments,
            self.channels,
            self.programme_index,
            self.timeline,
            self.repeats,
        )

    @cached_property
    def repeats(self) -> dict[int, Repeats]:
        """The programmes, by index, whose repeats use no run."""
        return build_repeats(self.programmes, self.placements, self.contents.programme)

    def has_aired(self, lock: Lock) -> bool:
        """Whether history.csv has the title of a lock at its place, on a broadcast day before the horizon."""
        if lock.channel is None or lock.start_utc is None:
            return False
        place = lock.channel, lock.start_utc, lock.programme
        aired = any((row.channel, row.start_utc, row.programme) == place for row in self.history)
        channel, minute = self.channels[self.channel_index[lock.channel]], self.timeline.minute_of(lock.start_utc)
        return aired and broadcast_day(self.timeline, channel, minute) < self.timeline.planned_from

    @cached_property
    def lock_places(self) -> tuple[tuple[int, int, int, int], ...]:
        """(programme, channel, first minute, minute after the last) of locks with a title, a channel and a start."""
        found = []
        for lock in self.locks:
            if lock.anchor or lock.programme is None or lock.channel is None or lock.start_utc is None:
                continue
            if not self.has_aired(lock):
                programme, minute = self.programme_index[lock.programme], self.timeline.minute_of(lock.start_utc)
                end = minute + (lock.duration_min or self.programmes[programme].minutes)
                found.append((programme, self.channel_index[lock.channel], minute, end))
        return tuple(found)

    @cached_property
    def held_places(self) -> tuple[tuple[int, int, int, int], ...]:
        """(programme, channel, first minute, minute after the last) of the places that locks and live events hold.

        These are locks with a title, a channel and a start, and link-ups that a hard rule requires at a fixed instant.
        A strand of another title pauses where it would overlap such a place.
        """
        found = [*self.lock_places]
        for rule in self.written_rules:
            for name, channel, instant in rule.fixed_events:
                number, minute = self.channel_index[channel], self.timeline.minute_of(instant)
                programme = self.programme_index[name]
                shift = timedelta(days=broadcast_day(self.timeline, self.channels[number], minute))
                day = self.timeline.first_day + shift
                if (rule.valid_from or day) <= day <= (rule.valid_to or day):
                    found.append((programme, number, minute, minute + self.programmes[programme].minutes))
        return tuple(found)

    def may_repeat(self, lock: Lock) -> bool:
        """Whether a lock may mean a repeat that uses no run. The episode of a repeat is that of its first run."""
        return lock.run == "rerun" and self.programme_index.get(lock.programme or "", -1) in self.repeats

    def holds_episode(self, lock: Lock) -> bool:
        """Whether a lock holds its episode: that of a title with several, or one that the title does not have.

        A lock that may mean a repeat holds it only if the title has one episode in a place.
        """
        if lock.episode is None or lock.programme is None:
            return False
        number = self.programme_index[lock.programme]
        if lock.episode == 1 and self.programmes[number].episodes == 1:
            return False
        mine = self.contents.programme[: self.contents.version_count] == number
        return not self.may_repeat(lock) or int(self.longest_places[mine].max(initial=1)) == 1

    def days_between_runs(self, programme: int) -> int:
        """The smallest number of broadcast days from a run of an episode to its next run. Repeats are earlier."""
        least = self.programmes[programme].days_between_runs
        return max(least, self.repeats[programme].days) if programme in self.repeats else least

    def daypart_hours(self, channel: Channel, daypart: str) -> tuple[int, int]:
        """The hours of a daypart on a channel's clock."""
        return channel.dayparts.get(daypart, self.file.dayparts[daypart])

    def channels_of(self, party: str) -> list[int]:
        """Indices of the channels that belong to a party."""
        return [index for index, channel in enumerate(self.channels) if party in channel.belongs_to]
