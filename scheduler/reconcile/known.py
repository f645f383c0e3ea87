"""The programme and episode that a row of evidence names, by id or by title in any language."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.instance.files.signs import as_read

if TYPE_CHECKING:
    from scheduler.instance import Instance

_EPISODE = re.compile(
    r"(.+?)[\s,.:–-]*(?:\(?(\d{1,4})\s*-?\s*(?:серия|с\.|бөлім|эпизод|qism|series?)\)?"
    r"|\(?(?:серия|эпизод|бөлім|episode|ep\.?|S\d+E|E)\s*(\d{1,4})\)?)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Spoken:
    """The meaning of a title or id: the planned id of a programme or an anchor, "" for none, and the episode."""

    identity: str
    episode: int
    title: str
    """The title as it is compared, without the number of an episode."""


class Names:
    """Looks up titles and ids. Results are cached."""

    def __init__(self, instance: Instance) -> None:
        self._ids = {as_read(anchor.anchor): anchor.anchor for anchor in instance.anchors}
        self._ids |= {as_read(one.programme): one.programme for one in instance.programmes}
        self.titles: dict[str, str] = {as_read(anchor.title): anchor.anchor for anchor in instance.anchors}
        for one in instance.programmes:
            self.titles |= {as_read(title): one.programme for title in (one.title, *(title for _, title in one.titles))}
        self._seen: dict[tuple[str, str], Spoken] = {}

    def of(self, house: str, title: str) -> Spoken:
        """The meaning of a row's house number and title. The house number is used first."""
        key = house, title
        if key not in self._seen:
            self._seen[key] = self._find(house, title)
        return self._seen[key]

    def _find(self, house: str, title: str) -> Spoken:
        plain = as_read(title)
        match = None if plain in self.titles else _EPISODE.fullmatch(_BRACKETS.sub("", title).strip())
        bare = plain if match is None else as_read(match[1])
        if bare not in self.titles and match is None:
            bare = as_read(_BRACKETS.sub("", title)) or plain
        episode = 0 if match is None else int(match[2] or match[3])
        number, _, of_house = house.rpartition("/")
        if as_read(house) in self._ids:
            return Spoken(self._ids[as_read(house)], episode, bare)
        if number and of_house.isdigit() and as_read(number) in self._ids:
            return Spoken(self._ids[as_read(number)], int(of_house), bare)
        return Spoken(self.titles.get(bare, ""), episode, bare)
