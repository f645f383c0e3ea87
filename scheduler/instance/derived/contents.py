"""Contents as arrays. A content is anything that can be on screen: a programme version, an anchor or a fallback."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import TYPE_CHECKING

import numpy as np

from scheduler.arrays import Flags, Ints, Texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.instance.model.channel import Channel, Fallback
    from scheduler.instance.model.programme import Anchor, Programme
    from scheduler.instance.model.selector import Selector


@dataclass(frozen=True, slots=True)
class Attributes:
    """The properties of one content that rules can use."""

    identity: str  # the programme's or the anchor's id, empty for fallbacks
    title: str
    programme: int  # index, −1 for anchors and fallbacks
    version: int  # index among the programme's versions
    origin: tuple[tuple[str, Fraction], ...]
    genre: str
    audio: str
    version_kind: str
    original_language: str
    age: int
    delivery: str
    tags: frozenset[str]
    minutes: int
    appeal_milli: int
    run: str  # anchors and fallbacks only: first, rerun, or blank if it counts as neither
    serves: tuple[str, ...] | None
    provenance: str = ""
    waivers: frozenset[str] = frozenset()
    episodes: int = 1
    domestic_in: tuple[str, ...] | None = None
    owner: str | None = None  # the broadcaster that owns it
    audio_shares: tuple[tuple[str, Fraction], ...] = ()  # only if several languages are heard
    soundtracks: tuple[str, ...] = ()  # only if viewers can choose a language

    @property
    def heard(self) -> tuple[tuple[str, Fraction], ...]:
        """The languages heard, each with its share of the minutes."""
        return self.audio_shares or ((self.audio, Fraction(1)),)


@dataclass(frozen=True)
class Contents:
    """Arrays over all contents: programme versions first, then anchors, then fallbacks.

    `share[i, k] / share_scale` is the share of content i that has its origin in `codes[k]`.
    """

    items: tuple[Attributes, ...]
    version_count: int  # contents before this index are programme versions
    anchor_offset: int
    fallback_of: dict[tuple[int, int], int]  # content of (channel, its window), −1 outside of all windows
    codes: dict[str, int]
    share: Ints
    share_scale: int
    programme: Ints
    genre: Texts
    audio: Texts
    version_kind: Texts
    original_language: Texts
    age: Ints
    delivery: Texts
    minutes: Ints
    appeal_milli: Ints
    first: Flags  # anchors and fallbacks only: counts as a first run
    rerun: Flags  # anchors and fallbacks only: counts as a rerun
    _fitting: dict[tuple[Selector, str], Flags] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __len__(self) -> int:
        return len(self.items)

    def from_party(self, code: str) -> Ints:
        """How much of every content a party supplies, in parts of `share_scale`.

        For a country this is its share of the origin; for a broadcaster it is all or nothing, by ownership.
        """
        if code not in self.codes:
            return np.array([item.owner == code for item in self.items], dtype=np.int64) * self.share_scale
        return self.share[:, self.codes[code]]

    @cached_property
    def heard_in(self) -> dict[str, Contents]:
        """Copies of the contents, one for each language heard.

        In the copy of a language, contents with several languages have only that language. Others are the same in all
        copies.
        """
        found = {}
        for language in sorted({code for item in self.items for code, _ in item.audio_shares}):
            speaks = [language in dict(item.audio_shares) for item in self.items]
            found[language] = replace(self, audio=np.where(np.array(speaks, dtype=bool), language, self.audio))
        return found

    def parts(self, territory: str, *selectors: Selector | None) -> tuple[Ints, int]:
        """Return (parts, whole): the share of every content's minutes that fits all selectors is parts / whole.

        If a content has several languages, a selector with `audio` fits the share of minutes in the selected languages.
        """
        fits = _fit(self, territory, selectors)
        mixed = np.array([bool(item.audio_shares) for item in self.items], dtype=bool)
        if not mixed.any() or not any(_asks_audio(one) for one in selectors):
            return fits, 1
        whole = lcm(*(share.denominator for item in self.items for _, share in item.audio_shares))
        parts = np.where(mixed, 0, fits * whole)
        for language, alone in self.heard_in.items():
            share = [int(dict(item.audio_shares).get(language, Fraction(0)) * whole) for item in self.items]
            parts += np.array(share, dtype=np.int64) * _fit(alone, territory, selectors)
        return parts, whole

    def matches(self, selector: Selector | None, territory: str) -> Flags:
        """Which contents fit a selector on a channel of a territory. The selector's `run` is ignored.

        A content with several languages counts as one in its first language. The result may not be written to.
        """
        if selector is None:
            return np.ones(len(self), dtype=bool)
        key = selector, territory
        if key not in self._fitting:
            self._fitting[key] = self._that_fit(selector, territory)
            self._fitting[key].setflags(write=False)
        return self._fitting[key]

    def _that_fit(self, selector: Selector, territory: str) -> Flags:
        """Compute `matches`."""
        fits = np.ones(len(self), dtype=bool)
        if selector.origin:
            fits &= self._of_origin(selector.origin, territory)
        columns = (
            (self.genre, selector.genre),
            (self.audio, selector.audio),
            (self.version_kind, selector.version_kind),
            (self.original_language, selector.original_language),
            (self.delivery, selector.delivery),
        )
        for column, words in columns:
            if words:
                fits &= np.isin(column, words)
        if selector.age is not None:
            fits &= self.age >= selector.age
        if selector.programme:
            fits &= np.array([item.identity in selector.programme for item in self.items], dtype=bool)
        if selector.tag:
            fits &= np.array([bool(item.tags.intersection(selector.tag)) for item in self.items], dtype=bool)
        if selector.provenance:
            fits &= np.array([item.provenance in selector.provenance for item in self.items], dtype=bool)
        if selector.waiver:
            fits &= np.array([bool(item.waivers.intersection(selector.waiver)) for item in self.items], dtype=bool)
        if selector.episodes_over is not None:
            fits &= np.array([item.episodes > selector.episodes_over for item in self.items], dtype=bool)
        if selector.soundtracks is not None:
            wanted = selector.soundtracks == "several"
            fits &= np.array([bool(item.soundtracks) == wanted for item in self.items], dtype=bool)
        if selector.exclude is not None:
            fits &= ~self.matches(selector.exclude, territory)
        return fits

    def _of_origin(self, words: tuple[str, ...], territory: str) -> Flags:
        by_origin = self.from_party(territory) > 0
        domestic = np.array(
            [
                origin if item.domestic_in is None else territory in item.domestic_in
                for item, origin in zip(self.items, by_origin.tolist(), strict=True)
            ],
            dtype=bool,
        )
        fits = np.zeros(len(self), dtype=bool)
        for word in words:
            if word == "domestic":
                fits |= domestic
            elif word == "foreign":
                fits |= ~domestic
            else:
                fits |= self.from_party(word) > 0
        return fits


def _fit(contents: Contents, territory: str, selectors: Sequence[Selector | None]) -> Ints:
    """1 for every content that fits all selectors, else 0."""
    fits = np.ones(len(contents), dtype=np.int64)
    for selector in selectors:
        fits *= contents.matches(selector, territory)
    return fits


def _asks_audio(selector: Selector | None) -> bool:
    """Whether a selector, or its part for excluded content, has spoken languages."""
    return selector is not None and (bool(selector.audio) or _asks_audio(selector.exclude))


def build_contents(channels: Sequence[Channel], programmes: Sequence[Programme], anchors: Sequence[Anchor]) -> Contents:
    """Build the arrays of programme versions, anchors and the fallbacks of windows, in this order."""
    versions = [
        _of_version(programme, index, number)
        for index, programme in enumerate(programmes)
        for number in range(len(programme.versions))
    ]
    fixed = [_of_anchor(anchor) for anchor in anchors]
    fallbacks = _of_fallbacks(channels)
    items = (*versions, *fixed, *fallbacks.values())
    codes, shares, scale = _origin_shares(items)

    def texts(name: str) -> Texts:
        column = np.empty(len(items), dtype=object)
        column[:] = [getattr(item, name) for item in items]
        return column

    def whole(name: str) -> Ints:
        return np.array([getattr(item, name) for item in items], dtype=np.int64)

    return Contents(
        items=items,
        version_count=len(versions),
        anchor_offset=len(versions),
        fallback_of={key: len(versions) + len(fixed) + number for number, key in enumerate(fallbacks)},
        codes=codes,
        share=shares,
        share_scale=scale,
        programme=whole("programme"),
        genre=texts("genre"),
        audio=texts("audio"),
        version_kind=texts("version_kind"),
        original_language=texts("original_language"),
        age=whole("age"),
        delivery=texts("delivery"),
        minutes=whole("minutes"),
        appeal_milli=whole("appeal_milli"),
        first=texts("run") == "first",
        rerun=texts("run") == "rerun",
    )


def _of_fallbacks(channels: Sequence[Channel]) -> dict[tuple[int, int], Attributes]:
    """The fallback of each (channel, window), and of (channel, −1), which is for times outside windows."""
    of_windows = {
        (number, definition): _of_fallback(window.fallback or channel.fallback, channel)
        for number, channel in enumerate(channels)
        for definition, window in enumerate(channel.windows)
    }
    return of_windows | {
        (number, -1): _of_fallback(channel.fallback, channel) for number, channel in enumerate(channels)
    }


def _origin_shares(items: Sequence[Attributes]) -> tuple[dict[str, int], Ints, int]:
    """The column of each origin, the shares (contents, origins) as whole numbers, and the number that means all."""
    codes = {code: at for at, code in enumerate(sorted({code for item in items for code, _ in item.origin}))}
    scale = lcm(*(share.denominator for item in items for _, share in item.origin))
    shares = np.zeros((len(items), len(codes)), dtype=np.int64)
    for row, item in enumerate(items):
        for code, share in item.origin:
            shares[row, codes[code]] = int(share * scale)
    return codes, shares, scale


def _of_version(programme: Programme, index: int, number: int) -> Attributes:
    version = programme.versions[number]
    original, exchanged = programme.spoken_originally, programme.delivery == "exchange"
    return Attributes(
        identity=programme.programme,
        title=programme.title,
        programme=index,
        version=number,
        origin=programme.origin,
        genre=programme.genre,
        audio=original if version.kind == "subtitled" else version.language,
        version_kind=version.kind,
        original_language=original,
        age=programme.age,
        delivery="adapted" if exchanged and version.kind == "dubbed" else programme.delivery,
        tags=frozenset(programme.tags),
        minutes=programme.minutes,
        appeal_milli=int(programme.appeal * 1000),
        run="",
        serves=programme.serves,
        provenance=programme.provenance,
        waivers=frozenset(programme.waivers),
        episodes=programme.episodes,
        domestic_in=programme.domestic_in,
        owner=programme.owner,
        audio_shares=() if version.kind == "dubbed" else programme.audio_shares,
        soundtracks=programme.soundtracks,
    )


def _of_anchor(anchor: Anchor) -> Attributes:
    return Attributes(
        identity=anchor.anchor,
        title=anchor.title,
        programme=-1,
        version=0,
        origin=anchor.origin,
        genre=anchor.genre,
        audio=anchor.audio,
        version_kind=anchor.version_kind,
        original_language=anchor.original_language or anchor.audio,
        age=anchor.age,
        delivery=anchor.delivery,
        tags=frozenset(anchor.tags),
        minutes=anchor.end - anchor.start,
        appeal_milli=int(anchor.appeal * 1000),
        run=anchor.run,
        serves=anchor.serves,
        provenance=anchor.provenance,
        waivers=frozenset(anchor.waivers),
        owner=anchor.owner,
        audio_shares=anchor.audio_shares,
        soundtracks=anchor.soundtracks,
    )


def _of_fallback(fallback: Fallback, channel: Channel) -> Attributes:
    audio = fallback.audio or channel.languages[0]
    return Attributes(
        identity="",
        title=fallback.title,
        programme=-1,
        version=0,
        origin=fallback.origin or ((channel.territory, Fraction(1)),),
        genre=fallback.genre,
        audio=audio,
        version_kind=fallback.version_kind,
        original_language=audio,
        age=fallback.age,
        delivery=fallback.delivery,
        tags=frozenset(fallback.tags),
        minutes=0,
        appeal_milli=int(fallback.appeal * 1000),
        run=fallback.run or "",
        serves=(),
        soundtracks=fallback.soundtracks,
    )
