"""Logs and certificates of a made-up week with planted discrepancies of every class, and the class that each must get.

Run as a module for the long runs (python -m tests.reconcile.planted 500, or a portion: 50 from seed 100 with 50 100)
and for the time of a month (… month).
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import openpyxl

from scheduler.imports import Findings
from scheduler.instance import zone_clock
from scheduler.reconcile import Source, certificate_workbook, files_of, read_evidence, reconcile
from scheduler.reconcile.heads import TEMPLATE
from scheduler.rules import load
from scheduler.timetable import build_timetable, timetable_frame
from tests.builders import content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from scheduler.instance import Instance
    from scheduler.reconcile import Outcome
    from scheduler.timetable import Timetable

SERIES, LENGTH = 8, 45
PLANTED = (
    "not_aired", "replaced", "wrong_episode", "wrong_day", "partial", "joined_in_progress", "short", "late", "early",
)  # fmt: skip
HEADS = (
    ("Date", "Channel", "Actual start", "Actual duration", "Title", "Episode"),
    ("Дата", "Канал", "Факт", "Хронометраж", "Название", "Серия"),
    ("Күні", "Арна", "Нақты басталуы", "Ұзақтығы", "Атауы", "Бөлім"),
)


def week(folder: Path, days: int = 7) -> Timetable:
    """Two channels of eight series each with an episode a day; the first one is repeated in the evening."""
    names = [(f"{land}{number}", land) for land in "ku" for number in range(SERIES)]
    spec = content(
        [kz(window("08:00", "24:00")), uz(window("08:00", "24:00"))],
        [
            programme(
                name, LENGTH, episodes=40, origin="KZ" if land == "k" else "UZ", title=f"Хикая {name}",
                titles=f"uzb:Qissa {name}", versions="kaz:original;uzb:dubbed", runs=3,
            )
            for name, land in names
        ] + [programme("extra", 30, title="Қосымша фильм", versions="kaz:original;uzb:dubbed", runs=9)],
        agreements=[{"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"],
                     "measures": [{"measure": "minutes", "period": "week", "tolerance": 0.9}]}],
        days=days,
    )  # fmt: skip
    instance = load(write(folder, spec))
    return build_timetable(instance, *_columns(instance, days))


def _columns(instance: Instance, days: int) -> list[np.ndarray]:
    items = instance.contents.items
    rows = []
    for channel, land in ((0, "u"), (1, "k")):
        spoken = instance.channels[channel].languages[0]
        for number in range(SERIES):
            at = instance.programme_index[f"{land}{number}"]
            version = next(of for of, item in enumerate(items) if item.programme == at and item.audio == spoken)
            for day in range(days):
                zone = instance.channels[channel].zone
                start = instance.timeline.local_minute(zone, day, 9 * 60 + number * 75)
                rows.append((channel, start, LENGTH, version, day + 1, True, False))
                if number == 0:
                    late = instance.timeline.local_minute(zone, day, 22 * 60)
                    rows.append((channel, late, LENGTH, version, day + 1, False, False))
    table = np.array(rows, dtype=np.int64)
    return [*table.T[:5], table[:, 5].astype(bool), table[:, 6].astype(bool)]


@dataclass
class Planted:
    """Rows of a log (channel, second, seconds, title, episode), and the class of every planned airing."""

    rows: list[tuple[int, float, float, str, int]]
    classes: dict[str, str]
    unplanned: int
    of: dict[
        str, list[tuple[int, float, float, str, int]]
    ]  # the rows of each airing that is seen, advertising left out


def plant(timetable: Timetable, rng: np.random.Generator, share: float = 0.15) -> Planted:
    """A log of what aired: some airings have a discrepancy, some are in parts with advertising between."""
    instance, frame = timetable.instance, timetable_frame(timetable)
    found = Planted([], {}, 0, {})
    taken: dict[int, int] = {}
    for number, airing in enumerate(frame["airing_id"]):
        channel, episode = int(timetable.channel[number]), int(timetable.episode[number])
        start, length = timetable.start[number] * 60.0, timetable.minutes[number] * 60.0
        title = instance.contents.items[timetable.content[number]].title
        what = str(rng.choice(PLANTED)) if rng.random() < share else "aired"
        if what == "wrong_day":
            day = episode  # the day after: episode n is planned on day n - 1
            if taken.get(channel) == day or day == 7 or title.endswith("0"):
                what = "late"  # there is one already, or none, or a repeat of the same day is as near
            taken[channel] = day
        found.classes[airing] = what
        start += float(rng.integers(-60, 60))
        length -= float(rng.integers(0, 60))
        if what == "not_aired":
            continue
        if what == "replaced":
            title, episode = "Тікелей эфир: футбол", 0
        elif what == "wrong_episode":
            episode += 20
        elif what == "wrong_day":
            zone, day = instance.channels[channel].zone, taken[channel]
            start = instance.timeline.local_minute(zone, day, 20 * 60 + 15) * 60.0
        elif what == "partial":
            length *= rng.uniform(0.2, 0.45)
        elif what == "joined_in_progress":
            cut = rng.uniform(0.2, 0.4) * length
            start, length = start + cut, length - cut
        elif what == "short":
            length *= rng.uniform(0.6, 0.9)
        elif what in ("late", "early"):
            start += (1 if what == "late" else -1) * rng.uniform(7, 14) * 60
        parts = _parts(channel, start, length, title, episode, rng, whole=what == "joined_in_progress")
        found.of[airing] = [part for part in parts if part[3] == title]
        found.rows += parts
    for channel in (0, 1):
        for day in rng.choice(5, 2, replace=False).tolist():
            at = instance.timeline.local_minute(instance.channels[channel].zone, day, 19 * 60 + 30)
            found.rows.append((channel, at * 60.0, 1_800.0, "Қосымша фильм", 0))
            found.unplanned += 1
        for _ in range(20):
            at = float(rng.integers(3 * 1440, (instance.timeline.minutes - 3 * 1440)) * 60)
            found.rows.append((channel, at, 30.0, "Анонс", 0))
    found.rows.sort()
    return found


def _parts(
    channel: int, start: float, length: float, title: str, episode: int, rng: np.random.Generator, *, whole: bool
) -> list[tuple[int, float, float, str, int]]:
    """The airing as one row, or as two or three with advertising between: the net seconds are the same."""
    count = 1 if whole else int(rng.choice([1, 1, 2, 3]))
    rows: list[tuple[int, float, float, str, int]] = []
    for part in range(count):
        seconds = round(length / count)
        rows.append((channel, round(start), seconds, title, episode))
        start += seconds
        if part < count - 1:
            rows.append((channel, round(start), 120.0, "Реклама", 0))
            start += 120
    return rows


def log_text(timetable: Timetable, planted: Planted, rng: np.random.Generator) -> str:
    """The rows as people write them: local times to the second, one of three languages and two ways of titles."""
    instance = timetable.instance
    heads, in_title = HEADS[int(rng.integers(len(HEADS)))], rng.random() < 0.5
    lines = [";".join(heads)]
    for channel, start, seconds, title, episode in planted.rows:
        zone = zone_clock(instance.channels[channel].zone)
        local = (instance.timeline.origin + timedelta(seconds=start)).astimezone(zone)
        length = f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"
        shown = f"{title}, {episode} серия" if episode and in_title else title
        number = "" if in_title or not episode else str(episode)
        lines.append(f"{local:%d.%m.%Y};{instance.channels[channel].id};{local:%H:%M:%S};{length};{shown};{number}")
    return "\n".join(lines) + "\n"


def certificate_text(timetable: Timetable, planted: Planted, lang: str) -> str:
    """The rows of the second channel as a filled certificate, with titles in its language."""
    words, instance = TEMPLATE[lang], timetable.instance
    names = ("channel", "title", "episode", "date", "start", "length")
    lines = [";".join(words[name] for name in names)]
    for channel, start, seconds, title, episode in planted.rows:
        if channel != 1 or not episode:
            continue
        local = (instance.timeline.origin + timedelta(seconds=start)).astimezone(zone_clock(instance.channels[1].zone))
        length = f"{int(seconds) // 3600}:{int(seconds) // 60 % 60:02d}:{int(seconds) % 60:02d}"
        shown = title.replace("Хикая", "Qissa") if lang == "uz" else title
        lines.append(f"{instance.channels[1].id};{shown};{episode};{local:%d.%m.%Y};{local:%H:%M:%S};{length}")
    return "\n".join(lines) + "\n"


def filled_certificate(timetable: Timetable, planted: Planted, lang: str) -> bytes:
    """The template of the second channel's party, in a language, as it fills it in: a row per planned airing.

    Where another title was shown, the row stays blank. Parts are one row: the first start and the sum of the lengths.
    """
    book = openpyxl.load_workbook(io.BytesIO(certificate_workbook(timetable, "UZ", lang)))
    sheet = book.worksheets[0]
    zone, origin = zone_clock(timetable.instance.channels[1].zone), timetable.instance.timeline.origin
    for row in range(4, sheet.max_row + 1):
        parts = planted.of.get(str(sheet.cell(row, 1).value), [])
        if not parts or not parts[0][4]:
            continue
        local = (origin + timedelta(seconds=parts[0][1])).astimezone(zone)
        length = int(sum(part[2] for part in parts))
        sheet.cell(row, 5).value = str(parts[0][4])
        sheet.cell(row, 7).value = local.date()
        sheet.cell(row, 8).value = f"{local:%H:%M:%S}"
        sheet.cell(row, 9).value = f"{length // 3600}:{length // 60 % 60:02d}:{length % 60:02d}"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def by_certificate(planted: Planted) -> Planted:
    """The same, with the classes that a certificate can show: it does not say what was shown instead."""
    classes = {airing: "not_aired" if what == "replaced" else what for airing, what in planted.classes.items()}
    return replace(planted, classes=classes)


def outcome_of(timetable: Timetable, folder: Path, *files: tuple[str, str, str | bytes]) -> Outcome:
    """The reconciliation with files of (kind, name, text or bytes)."""
    sources = []
    for kind, name, raw in files:
        (folder / name).write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        sources.append(Source(folder / name, kind))
    return reconcile(timetable, read_evidence(timetable.instance, sources, Findings()))


def wrong(outcome: Outcome, planted: Planted, channels: tuple[int, ...] = (0, 1)) -> list[tuple[str, str, str]]:
    """(airing, planted class, found class) of every airing that was found as another class than it is."""
    lines = outcome.lines[outcome.lines["airing"] != ""]
    found = dict(zip(lines["airing"], lines["status"], strict=True))
    names = {"Q.kz": 0, "O.uz": 1}
    asked = {at: what for at, what in planted.classes.items() if names[at.partition("/")[0]] in channels}
    return [(at, what, found.get(at, "")) for at, what in asked.items() if found.get(at) != what]


def month(rows: int = 20_000) -> None:
    """Say how long four weeks of a log with many rows of advertising take, from the file to the files written."""
    rng = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        timetable = week(folder / "plan", days=28)
        planted = plant(timetable, rng)
        line = timetable.instance.timeline
        at = rng.integers(3 * 86_400, (line.minutes - 3 * 1440) * 60, rows - len(planted.rows))
        spots = [(int(number % 2), float(second), 30.0, f"Ролик {number % 300}", 0) for number, second in enumerate(at)]
        planted.rows = sorted([*planted.rows, *spots])
        text = log_text(timetable, planted, rng)
        begin = perf_counter()
        outcome = outcome_of(timetable, folder, ("log", "log.csv", text))
        matched = perf_counter()
        files_of(timetable, outcome)
        end = perf_counter()
    print(
        f"{len(planted.rows):,} rows, {len(timetable)} planned airings: read and matched in {matched - begin:.1f} s,",
        end=" ",
    )
    print(f"files and recount in {end - matched:.1f} s; {len(wrong(outcome, planted))} classed wrongly")


LANGUAGES = ("kk", "ru", "uz")


def main(count: int, first: int = 0) -> int:
    """Plant `count` weeks; say what was found wrongly. Exit code 1 where it is more than 1 in 1,000.

    Of each week there is a log of both channels, and a log of the first channel with a certificate of the second.
    """
    missed: Counter[tuple[str, str]] = Counter()
    certified: Counter[tuple[str, str]] = Counter()
    seen: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        timetable = week(folder / "plan")
        for seed in range(first, first + count):
            rng = np.random.default_rng(seed)
            planted = plant(timetable, rng)
            seen.update(planted.classes.values())
            outcome = outcome_of(timetable, folder, ("log", "log.csv", log_text(timetable, planted, rng)))
            missed.update((what, found) for _, what, found in wrong(outcome, planted))
            lang = LANGUAGES[seed % len(LANGUAGES)]
            sheet = filled_certificate(timetable, planted, lang)
            ours = replace(planted, rows=[row for row in planted.rows if row[0] == 0])
            log = log_text(timetable, ours, rng)
            outcome = outcome_of(timetable, folder, ("certificate", "c.xlsx", sheet), ("log", "log.csv", log))
            stated = by_certificate(planted)
            certified.update((what, found) for _, what, found in wrong(outcome, stated, (1,)))
            missed.update((what, found) for _, what, found in wrong(outcome, planted, (0,)))
    total = sum(seen.values())
    print(f"{count} logs, {total} airings, {sum(missed.values())} classed wrongly: {dict(missed)}")
    print(f"{count} certificates, {total // 2} airings, {sum(certified.values())} classed wrongly: {dict(certified)}")
    print(f"planted: {dict(seen)}")
    return int(max(sum(missed.values()), 2 * sum(certified.values())) * 1_000 > total)


if __name__ == "__main__":
    sys.exit(month() if sys.argv[1] == "month" else main(*map(int, sys.argv[1:])))
