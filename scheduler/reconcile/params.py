"""What the matching of evidence can be asked to do; tolerances stand in the agreements (`as_aired`)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReconcileParams:
    """Costs are in minutes of difference. Raises ValueError where a number is out of its range."""

    unmatched: float = 1_000.0
    """What it costs to leave an airing or an item of evidence without its counterpart."""
    unknown_episode: float = 5.0
    """What it costs where the evidence does not say the episode."""
    other_episode: float = 1_000.0
    """What it costs where the evidence says another episode: more than the planned one on the day before or after."""
    alike_title: float = 60.0
    """What it costs where only a title that is nearly the same speaks for it."""
    least_alike: float = 85.0
    """How alike such titles are at least (RapidFuzz's ratio of sorted words, 0 to 100)."""
    ambiguous: float = 15.0
    """Another counterpart that would cost less than this more makes a match ambiguous."""
    join_gap_minutes: float = 20.0
    """Parts of one airing lie at most this far apart."""
    partial_share: float = 0.5
    """An airing of which less than this share aired is partial."""

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} must be at least 0")
        if not self.least_alike <= 100 or not self.partial_share <= 1:
            raise ValueError("least_alike is at most 100, partial_share at most 1")
