"""The programme and episode that a row of evidence names, by id or by title in any language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.instance.signs import as_read

if TYPE_CHECKING:
    from scheduler.instance import Instance

_EPISODE = re.compile(
    r"(.+?)[\s,.:–-]*(?:\(?(\d{1,4})\s*-?\s*(?:серия|с\.|бөлім|эпизод|qism|series?)\)?"
    r"|\(?(?:серия|эпизод|бөлім|episode|ep\.?|S\d+E|E)\s*(\d{1,4})\)?)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a title or id: the planned id of a programme or an anchor, "" for none, and the episode."""

    identity: str
    episode: int
    title: str
    """The title in the form used for comparison, without an episode number."""


class Names:
    """Looks up titles and ids on a channel. Results are cached.

    A title means a programme, or an anchor of the channel: other channels may use the same title, such as "News".
    Anchors of one channel with the same title have one identity, that of the first.
    """

    def __init__(self, instance: Instance) -> None:
        self._anchors: dict[tuple[int, str], str] = {}
        self._ids: dict[str, str] = {}
        for anchor in instance.anchors:
            key = instance.channel_index[anchor.channel], as_read(anchor.title)
            self._ids[as_read(anchor.anchor)] = self._anchors.setdefault(key, anchor.anchor)
        self._ids |= {as_read(one.programme): one.programme for one in instance.programmes}
        self._titles: dict[str, str] = {}
        for one in instance.programmes:
            self._titles |= {
                as_read(title): one.programme for title in (one.title, *(title for _, title in one.titles))
            }
        self._seen: dict[tuple[int, str, str], Meaning] = {}

    def of(self, channel: int, house: str, title: str) -> Meaning:
        """The meaning of a row's house number and title. The house number is used first."""
        key = channel, house, title
        if key not in self._seen:
            self._seen[key] = self._find(channel, house, title)
        return self._seen[key]

    def of_anchor(self, anchor: str) -> str:
        """The identity of an anchor."""
        return self._ids[as_read(anchor)]

    def _find(self, channel: int, house: str, title: str) -> Meaning:
        plain = as_read(title)
        match = None if self._meant(channel, plain) else _EPISODE.fullmatch(_BRACKETS.sub("", title).strip())
        bare = plain if match is None else as_read(match[1])
        if not self._meant(channel, bare) and match is None:
            bare = as_read(_BRACKETS.sub("", title)) or plain
        episode = 0 if match is None else int(match[2] or match[3])
        number, _, of_house = house.rpartition("/")
        if as_read(house) in self._ids:
            return Meaning(self._ids[as_read(house)], episode, bare)
        if number and of_house.isdigit() and as_read(number) in self._ids:
            return Meaning(self._ids[as_read(number)], int(of_house), bare)
        return Meaning(self._meant(channel, bare), episode, bare)

    def _meant(self, channel: int, title: str) -> str:
        """The programme or the channel's anchor with a title; "" for none."""
        return self._titles.get(title) or self._anchors.get((channel, title), "")
