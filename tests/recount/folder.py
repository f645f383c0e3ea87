"""An instance folder and a timetable, read as plain YAML and CSV, minute by minute.

Nothing of the scheduler is imported here or in `rules`: these modules count independently of it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from math import ceil
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import yaml

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MARGIN = 2
"""Additional days before the first and after the last day, for time zones and nights."""


def clock(text):
    """Minutes after midnight of 25:30."""
    hours, minutes = str(text).split(":")
    return int(hours) * 60 + int(minutes)


def number(value):
    """A share as a fraction: 0.55, "1/7", "55 %"."""
    text = str(value).strip()
    return Fraction(text.rstrip(" %")) / 100 if text.endswith("%") else Fraction(text)


def words(value):
    """A text or a list as a list; blank is empty."""
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def cells(text):
    return [part.strip() for part in (text or "").split(";") if part.strip()]


def day_of(value):
    return value if isinstance(value, date) or value is None else date.fromisoformat(str(value))


def weekdays(value):
    found = set()
    for part in [piece for one in words(value) for piece in str(one).replace(";", ",").split(",")]:
        name = part.strip()
        if name == "all":
            found |= set(WEEKDAYS)
        elif "-" in name:
            first, last = (WEEKDAYS.index(end) for end in name.split("-"))
            found |= {WEEKDAYS[(first + step) % 7] for step in range((last - first) % 7 + 1)}
        else:
            found.add(name)
    return found


def origins(text):
    parts = [part.partition(":") for part in cells(text)]
    return {code.strip(): number(share) if share else Fraction(1) for code, _, share in parts}


@dataclass(eq=False)
class Item:
    """What may be on screen: a programme version, an anchor or fallback."""

    identity: str
    programme: bool
    genre: str
    origin: dict
    audio: str
    kind: str
    spoken: str
    age: int
    delivery: str
    tags: set
    minutes: int
    run: str = ""
    provenance: str = ""
    waivers: set = field(default_factory=set)
    episodes: int = 1
    domestic_in: list | None = None
    owner: str = ""
    serves: list | None = None
    appeal: Fraction = Fraction(1)
    language: str = ""
    heard: dict = field(default_factory=dict)  # several languages with their shares
    soundtracks: list = field(default_factory=list)  # languages among which viewers choose


@dataclass
class Entry:
    """An airing or an anchor of the timetable or on record."""

    channel: str
    item: Item
    start: int  # minute of the line
    minutes: int
    first: bool
    episode: int
    anchor: bool
    past: bool
    day: date  # broadcast day
    moment: datetime

    @property
    def end(self):
        return self.start + self.minutes

    @property
    def label(self):
        return f"{self.moment:%Y-%m-%dT%H:%MZ}"


@dataclass
class Screen:
    """A channel minute by minute: number of the item shown (−1 is nothing), run, whether it has aired, local clock."""

    item: np.ndarray
    first: np.ndarray
    rerun: np.ndarray
    past: np.ndarray
    listed: np.ndarray
    day: np.ndarray  # legal day, as an ordinal
    minute: np.ndarray  # of the legal day
    airs: np.ndarray  # number of the entry shown, −1 for fallback and anchors that are not listed


class Folder:
    """Everything that a folder and the rows of a timetable say."""

    def __init__(self, folder: Path, rows: list[dict[str, str]]) -> None:
        self.said = yaml.safe_load((folder / "instance.yaml").read_text(encoding="utf-8"))
        self.tables = {}
        for name in ("programmes", "anchors", "audience", "history", "locks", "commitments"):
            path = folder / f"{name}.csv"
            text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
            self.tables[name] = list(csv.DictReader(text.splitlines())) if text else []
        self.not_aired = [row for row in self.tables["history"] if row.get("status") == "not_aired"]
        self.tables["history"] = [row for row in self.tables["history"] if row.get("status") != "not_aired"]
        self.channels = {one["id"]: one for one in self.said["channels"]}
        self.begins = clock(self.said.get("broadcast_day", "05:00"))
        self.start = day_of(self.said["horizon"]["start"])
        self.last = self.start + timedelta(days=int(self.said["horizon"]["days"]) - 1)
        self.zones = {name: ZoneInfo(one["zone"]) for name, one in self.channels.items()}
        self.programmes = {row["programme"]: row for row in self.tables["programmes"]}
        self.versions = {
            (row["programme"], *version): self._version(row, *version)
            for row in self.tables["programmes"]
            for version in self._versions(row)
        }
        self.anchors = {row["anchor"]: self._anchor(row) for row in self.tables["anchors"]}
        recorded = [self._broadcast_day(row["channel"], self._moment(row)) for row in self.tables["history"]]
        shown = [self._shown_on(row) for row in self.tables["history"]]
        self.known_from = min([self.start, *shown])
        self.origin = datetime(*self.known_from.timetuple()[:3], tzinfo=UTC) - timedelta(days=MARGIN)
        self.length = ((self.last - self.known_from).days + 1 + 2 * MARGIN) * 1440
        self.locks = [
            {name: text for name, text in row.items() if text}
            for row in self.tables["locks"]
            if row.get("anchor") != "yes"
        ]
        self.planned_from = dict.fromkeys(self.channels, self.start)
        for row, day in zip(self.tables["history"], recorded, strict=True):
            name = row["channel"]
            self.planned_from[name] = max(self.planned_from[name], day + timedelta(days=1))
        self.known_days = {(row["channel"], d) for row, d in zip(self.tables["history"], recorded, strict=True)}
        self.items: list[Item] = []
        self.numbers: dict[int, int] = {}
        order = {id(one): at for at, one in enumerate((*self.versions.values(), *self.anchors.values()))}
        self.entries = (
            sorted(  # of two that begin together, which no timetable may have, the later in the tables is shown
                [one for row in self.tables["history"] for one in self._entry(row, past=True)]
                + [one for row in rows for one in self._entry(row, past=False)]
                + [one for name in self.channels for one in self._aired_anchors(name)],
                key=lambda one: (one.start, one.channel, order[id(one.item)]),
            )
        )
        self.screens = {name: self._screen(name) for name in self.channels}

    # -- clocks ---------------------------------------------------------------------------------------------------

    def _moment(self, row):
        return datetime.fromisoformat(row["start_utc"]).astimezone(UTC)

    def wall(self, channel, moment):
        return moment.astimezone(self.zones[channel]).replace(tzinfo=None)

    def _broadcast_day(self, channel, moment):
        return (self.wall(channel, moment) - timedelta(minutes=self.begins)).date()

    def _shown_on(self, row):
        """The day on which the window, or the anchor, of a row on record begins."""
        name, moment = row["channel"], self._moment(row)
        wall = self.wall(name, moment)
        minute, today = wall.hour * 60 + wall.minute, wall.date()
        if minute >= self.begins:
            return today
        if row.get("anchor") == "yes" and row["programme"] in self.anchors:
            said = next(clock(one["start"]) for one in self.tables["anchors"] if one["anchor"] == row["programme"])
            return today if said < self.begins else today - timedelta(days=1)
        windows = self.channels[name].get("windows", [])
        dated = [one for one in windows if today in map(day_of, words(one.get("dates")))]
        weekly = [one for one in windows if one.get("days") and WEEKDAYS[today.weekday()] in weekdays(one["days"])]
        of_today = [one for one in dated or weekly if clock(one["start"]) <= minute < clock(one["end"])]
        return today if of_today else today - timedelta(days=1)

    def minute_of(self, moment):
        return int((moment - self.origin).total_seconds()) // 60

    def moment(self, minute):
        return self.origin + timedelta(minutes=int(minute))

    def at_clock(self, channel, day, minute, late=False):
        """The first moment at which a channel's clock reads a time of a day, or later where it is skipped."""
        wanted = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
        zone = self.zones[channel]
        passes = [wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)]
        found = max(passes) if late else min(passes)
        if self.wall(channel, found) != wanted:  # a skipped time: both passes are real times beside it
            found = min(passes)
            while self.wall(channel, found) < wanted:
                found += timedelta(minutes=1)
            while self.wall(channel, found - timedelta(minutes=1)) >= wanted:
                found -= timedelta(minutes=1)
        return self.minute_of(found)

    # -- contents -------------------------------------------------------------------------------------------------

    def _versions(self, row):
        for part in cells(row["versions"]):
            language, _, kind = part.partition(":")
            yield language.strip(), kind.strip() or "original"

    def _version(self, row, language, kind):
        original = row.get("original_language") or next(
            (code for code, of in self._versions(row) if of == "original"), ""
        )
        delivery = row.get("delivery") or "acquired"
        return Item(
            identity=row["programme"],
            programme=True,
            genre=row["genre"],
            origin=origins(row["origin"]),
            audio=original if kind == "subtitled" else language,
            kind=kind,
            spoken=original,
            age=int((row.get("age") or "0").rstrip("+")),
            delivery="adapted" if delivery == "exchange" and kind == "dubbed" else delivery,
            tags=set(cells(row.get("tags"))),
            minutes=int(row["minutes"]),
            provenance=row.get("provenance") or "",
            waivers=set(cells(row.get("waivers"))),
            episodes=int(row.get("episodes") or 1),
            domestic_in=cells(row.get("domestic_in")) or None,
            owner=row.get("owner") or "",
            serves=cells(row.get("serves")) or None,
            appeal=Fraction(row.get("appeal") or 1),
            language=language,
            heard={} if kind == "dubbed" else origins(row.get("audio_shares")),
            soundtracks=cells(row.get("soundtracks")),
        )

    def _anchor(self, row):
        return Item(
            identity=row["anchor"],
            programme=False,
            genre=row["genre"],
            origin=origins(row["origin"]),
            audio=row["audio"],
            kind=row.get("version_kind") or "original",
            spoken=row.get("original_language") or row["audio"],
            age=int((row.get("age") or "0").rstrip("+")),
            delivery=row.get("delivery") or "own",
            tags=set(cells(row.get("tags"))),
            minutes=clock(row["end"]) - clock(row["start"]),
            run=row.get("run") or "first",
            provenance=row.get("provenance") or "",
            waivers=set(cells(row.get("waivers"))),
            owner=row.get("owner") or "",
            serves=cells(row.get("serves")) or None,
            appeal=Fraction(row.get("appeal") or 1),
            heard=origins(row.get("audio_shares")),
            soundtracks=cells(row.get("soundtracks")),
        )

    def _fallback(self, channel, window):
        said = window.get("fallback") or channel.get("fallback") or {}
        audio = said.get("audio") or channel["languages"][0]
        origin = said.get("origin") or channel["territory"]
        return Item(
            identity="",
            programme=False,
            genre=said.get("genre", "general"),
            origin=origins(origin),
            audio=audio,
            kind=said.get("version_kind", "original"),
            spoken=audio,
            age=int(said.get("age", 0)),
            delivery=said.get("delivery", "own"),
            tags=set(words(said.get("tags"))),
            minutes=0,
            run=said.get("run") or "",
            serves=[],
            soundtracks=words(said.get("soundtracks")),
            appeal=Fraction(str(said.get("appeal", 1))),
        )

    def _entry(self, row, *, past):
        moment, title = self._moment(row), row["programme"]
        if row.get("anchor") == "yes":
            if title not in self.anchors:
                return
            item = self.anchors[title]
        elif title in self.programmes:
            own = [one for (name, *_), one in self.versions.items() if name == title]
            item = self.versions.get((title, row["version_language"], row["version_kind"]), own[0])
        else:
            return
        yield Entry(
            channel=row["channel"],
            item=item,
            start=self.minute_of(moment),
            minutes=int(row["duration_min"]),
            first=item.run == "first" if not item.programme else row["run"] == "first",
            episode=int(row.get("episode") or 1),
            anchor=not item.programme,
            past=past,
            day=self._broadcast_day(row["channel"], moment),
            moment=moment,
        )

    # -- the screen -----------------------------------------------------------------------------------------------

    def days(self):
        return [self.known_from + timedelta(days=at) for at in range((self.last - self.known_from).days + 1)]

    def windows(self, name):
        """(window, first minute, minute after, whether its day has aired) of every day of a channel."""
        channel = self.channels[name]
        own = {day_of(day) for window in channel.get("windows", []) for day in words(window.get("dates"))}
        for window in channel.get("windows", []):
            for day in self.days():
                if window.get("dates") is not None:
                    there = day in {day_of(one) for one in words(window["dates"])}
                else:
                    there = WEEKDAYS[day.weekday()] in weekdays(window["days"]) and day not in own
                if there:
                    edges = [self.at_clock(name, day, clock(window[edge])) for edge in ("start", "end")]
                    yield window, *edges, day < self.planned_from[name]

    def dated_anchors(self, name):
        """(item, start, end, past) of every anchor that is not on record."""
        for row in self.tables["anchors"]:
            if row["channel"] != name:
                continue
            late = cells(row.get("second_pass"))
            for day in self.days():
                if row.get("date"):
                    there = day == day_of(row["date"])
                else:
                    there = WEEKDAYS[day.weekday()] in weekdays(row["days"])
                begin, end = (self.at_clock(name, day, clock(row[edge]), edge in late) for edge in ("start", "end"))
                past = day < self.planned_from[name]
                aired = self._broadcast_day(name, self.moment(begin))
                if there and end > begin and not (past and (name, aired) in self.known_days):
                    yield self.anchors[row["anchor"]], begin, end, past

    def _aired_anchors(self, name):
        """The anchors of days before the plan for which there is no record of a channel."""
        for what, begin, end, past in self.dated_anchors(name):
            if past:
                moment = self.moment(begin)
                yield Entry(
                    channel=name,
                    item=what,
                    start=begin,
                    minutes=end - begin,
                    first=what.run == "first",
                    episode=1,
                    anchor=True,
                    past=True,
                    day=self._broadcast_day(name, moment),
                    moment=moment,
                )

    def _screen(self, name):
        blank = np.full(self.length, -1)
        item, airs = blank.copy(), blank.copy()
        first, rerun, past, listed = (np.zeros(self.length, dtype=bool) for _ in range(4))

        def show(begin, end, what, *, is_first, is_rerun, aired, entry=-1):
            begin, end = max(begin, 0), max(end, 0)
            if id(what) not in self.numbers:
                self.numbers[id(what)] = len(self.items)
                self.items.append(what)
            item[begin:end] = self.numbers[id(what)]
            first[begin:end], rerun[begin:end], past[begin:end] = is_first, is_rerun, aired
            listed[begin:end], airs[begin:end] = entry >= 0, entry

        fallbacks = {
            id(one): self._fallback(self.channels[name], one) for one in self.channels[name].get("windows", [])
        }
        for window, begin, end, aired in self.windows(name):
            what = fallbacks[id(window)]
            show(begin, end, what, is_first=what.run == "first", is_rerun=what.run == "rerun", aired=aired)
        for what, begin, end, aired in self.dated_anchors(name):
            show(begin, end, what, is_first=what.run == "first", is_rerun=what.run == "rerun", aired=aired)
        for at, one in enumerate(self.entries):
            if one.channel == name:
                show(one.start, one.end, one.item, is_first=one.first, is_rerun=not one.first, aired=one.past, entry=at)
        day, minute = blank.copy(), blank.copy()
        for quarter in range(0, self.length, 15):
            reading = self.wall(name, self.moment(quarter))
            minutes = reading.hour * 60 + reading.minute + np.arange(15)
            day[quarter : quarter + 15] = reading.toordinal() + minutes // 1440
            minute[quarter : quarter + 15] = minutes % 1440
        return Screen(item, first, rerun, past, listed, day, minute, airs)


def short(amount):
    """Whole units missed, rounded up."""
    return max(0, ceil(amount))
