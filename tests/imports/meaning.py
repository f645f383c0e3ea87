"""A fuzz over meaning: schedules are generated, written in many human ways, read, and compared minute by minute.

`python -m tests.imports.meaning 5000 [first]` does so with 5,000 of them, by number.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

import openpyxl

from scheduler.imports import Findings, anchors_of, read_guide, read_schedule, settle
from scheduler.imports.schedule import Sheets
from scheduler.instance import InputError, Instance
from scheduler.rules import load
from tests.builders import channel, content, programme, window, write

if TYPE_CHECKING:
    from scheduler.imports import Slot

FIRST, DAYS = date(2026, 12, 7), 3
ZONE = ZoneInfo("Asia/Almaty")
TITLES = [
    "Жаңалықтар",
    "News & views",
    "Том и Джерри",
    "Oʻzbek kinosi",
    '"Алтын адам"',
    "Film; part 2",
    "<Live>",
    "=1+1",
    "10:00",
]


@dataclass(frozen=True)
class Airing:
    """A programme on the channel's clock."""

    start: datetime
    end: datetime
    title: str


Maker = Callable[[list[Airing], random.Random], bytes]


@dataclass(frozen=True)
class Way:
    """One way of writing a schedule: a file's name, its bytes, how it is read; `uncertain` ones may be refused."""

    name: str
    make: Maker
    uncertain: bool = False
    zone: str | None = None
    how: dict[str, Any] = field(default_factory=dict)


def generated(chance: random.Random) -> list[Airing]:
    """One to three days of airings one after another, on a grid of five minutes, some of them past midnight."""
    found = []
    for offset in range(chance.randint(1, DAYS)):
        at = datetime.combine(FIRST + timedelta(days=offset), time(6)) + timedelta(minutes=5 * chance.randint(0, 60))
        stop = datetime.combine(FIRST + timedelta(days=offset + 1), time(chance.choice([0, 0, 1, 3])))
        while at < stop:
            end = at + timedelta(minutes=5 * chance.randint(1, 40))
            found.append(Airing(at, end, chance.choice(TITLES)))
            at = end + timedelta(minutes=chance.choice([0, 0, 0, 15]))
    last = datetime.combine(FIRST + timedelta(days=DAYS), time())
    return [airing for airing in found if airing.end <= last]


def _table(
    day: Callable[[datetime], Any],
    clock: Callable[[datetime], Any],
    *,
    sign: str = ",",
    head: tuple[str, ...] = ("date", "start", "end", "title"),
    night: bool = False,
    end: Callable[[Airing], Any] | None = None,
    before: str = "",
) -> Callable[[list[Airing], random.Random], list[list[Any]]]:
    """Rows of a table; with `night` what begins before 5:00 is under the date before."""

    def rows(airings: list[Airing], chance: random.Random) -> list[list[Any]]:
        found: list[list[Any]] = [[before]] if before else []
        found.append(list(head))
        for airing in airings:
            under = airing.start - timedelta(hours=5) if night else airing.start
            stop = end(airing) if end is not None else clock(airing.end)
            cells = [day(under), clock(airing.start), stop, airing.title]
            found.append([cell for cell in cells if cell is not None])
        return found

    return rows


def _ranges(airings: list[Airing], chance: random.Random) -> list[list[Any]]:
    """Rows whose start and end are in one cell."""
    rows = [[f"{one.start:%d.%m.%Y}", f"{one.start:%H:%M} – {one.end:%H:%M}", one.title] for one in airings]
    return [["date", "start", "title"], *rows]


def _in_1251(airings: list[Airing], chance: random.Random) -> list[list[Any]]:
    """Rows of which only what an old Cyrillic encoding has is left."""
    return [[_as_1251(str(cell)) for cell in row] for row in _table(DOTS, CLOCK)(airings, chance)]


def _as_1251(text: str) -> str:
    return text.encode("cp1251", "replace").decode("cp1251")


def _csv(rows: Callable[..., list[list[Any]]], sign: str = ",", encoding: str = "utf-8", newline: str = "\n") -> Maker:
    def make(airings: list[Airing], chance: random.Random) -> bytes:
        stream = io.StringIO(newline="")
        csv.writer(stream, delimiter=sign, lineterminator=newline).writerows(rows(airings, chance))
        return stream.getvalue().encode(encoding)

    return make


def _xlsx(rows: Callable[..., list[list[Any]]], formats: tuple[str, str] = ("", ""), sheets: bool = False) -> Maker:
    def make(airings: list[Airing], chance: random.Random) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        parts = [
            [one for one in airings if one.start.date() == day] for day in sorted({one.start.date() for one in airings})
        ]
        for number, part in enumerate(parts if sheets else [airings]):
            sheet = book.create_sheet(f"day {number}")
            for line in rows(part, chance):
                sheet.append(line)
            for row in sheet.iter_rows(min_row=2):
                for cell in row[:3]:
                    form = formats[0] if cell.column == 1 else formats[1]
                    if form:
                        cell.number_format = form
                for cell in row[3:]:
                    cell.data_type = "s"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return make


def _guide(moment: Callable[[datetime], str], before: str = "", text: Callable[[str], str] = escape) -> Maker:
    def make(airings: list[Airing], chance: random.Random) -> bytes:
        lines = []
        for one in airings:
            times = f'start="{moment(one.start)}" stop="{moment(one.end)}"'
            lines.append(f'<programme {times} channel="Q.kz"><title>{text(one.title)}</title></programme>')
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{before}<tv>\n{"".join(lines)}</tv>'.encode()

    return make


def _at(form: str) -> Callable[[datetime], str]:
    return lambda moment: moment.strftime(form)


def _zoned(zone: str, form: str) -> Callable[[datetime], str]:
    return lambda moment: moment.replace(tzinfo=ZONE).astimezone(ZoneInfo(zone)).strftime(form)


def _fraction(moment: datetime) -> float:
    return (moment.hour * 60 + moment.minute) / 1440


def _serial(moment: datetime) -> int:
    return (moment.date() - date(1899, 12, 30)).days


def _long(moment: datetime) -> timedelta:
    return timedelta(hours=moment.hour, minutes=moment.minute)


def _length(form: str) -> Callable[[Airing], str]:
    def said(airing: Airing) -> str:
        minutes = int((airing.end - airing.start).total_seconds() // 60)
        return form.format(m=minutes, h=minutes // 60, r=minutes % 60)

    return said


def _ampm(moment: datetime) -> str:
    return moment.strftime("%I:%M %p")


ISO, DOTS, CLOCK = _at("%Y-%m-%d"), _at("%d.%m.%Y"), _at("%H:%M")
MONTHS = {"ru": "декабря", "kk": "желтоқсан", "uz": "dekabr"}
RUSSIAN = ("Дата", "Начало", "Конец", "Название")
BY_LENGTH = ("date", "start", "minutes", "title")
DMY, MDY = {"order": "dmy"}, {"order": "mdy"}

WAYS: dict[str, Way] = {
    "iso, comma": Way("s.csv", _csv(_table(ISO, CLOCK))),
    "dots, semicolon": Way("s.csv", _csv(_table(DOTS, CLOCK), ";")),
    "dots, tab": Way("s.tsv", _csv(_table(DOTS, CLOCK), "\t")),
    "byte order mark, CRLF": Way("s.csv", _csv(_table(DOTS, CLOCK), ";", "utf-8-sig", "\r\n")),
    "utf-16": Way("s.csv", _csv(_table(DOTS, CLOCK), "\t", "utf-16")),
    "windows-1251": Way("s.csv", _csv(_in_1251, ";", "cp1251"), uncertain=True),
    "a title row above": Way("s.csv", _csv(_table(DOTS, CLOCK, before="Week 50, 7–13, Qala TV"), ";")),
    "russian heads": Way("s.csv", _csv(_table(DOTS, CLOCK, head=RUSSIAN), ";")),
    "kazakh heads": Way("s.csv", _csv(_table(DOTS, CLOCK, head=("Күні", "Басталуы", "Аяқталуы", "Атауы")), ";")),
    "uzbek heads": Way("s.csv", _csv(_table(DOTS, CLOCK, head=("Sana", "Boshlanishi", "Tugashi", "Nomi")), ";")),
    "two digits of the year": Way("s.csv", _csv(_table(_at("%d.%m.%y"), CLOCK))),
    "slashes": Way("s.csv", _csv(_table(_at("%d/%m/%Y"), CLOCK)), uncertain=True),
    "slashes, day first": Way("s.csv", _csv(_table(_at("%d/%m/%Y"), CLOCK)), how=DMY),
    "slashes, month first": Way("s.csv", _csv(_table(_at("%m/%d/%Y"), CLOCK)), how=MDY),
    "russian months": Way("s.csv", _csv(_table(lambda m: f"{m.day} {MONTHS['ru']} {m.year} г.", CLOCK))),
    "kazakh months": Way("s.csv", _csv(_table(lambda m: f"{m.year} ж. {m.day} {MONTHS['kk']}", CLOCK))),
    "uzbek months": Way("s.csv", _csv(_table(lambda m: f"{m.day}-{MONTHS['uz']} {m.year}", CLOCK))),
    "english months": Way("s.csv", _csv(_table(_at("%b %d, %Y"), CLOCK))),
    "chinese dates": Way("s.csv", _csv(_table(_at("%Y年%m月%d日"), CLOCK))),
    "a weekday before": Way("s.csv", _csv(_table(_at("%a %d.%m.%Y"), CLOCK))),
    "no year": Way("s.csv", _csv(_table(_at("%d.%m"), CLOCK))),
    "digits only": Way("s.csv", _csv(_table(_at("%Y%m%d"), _at("%H%M")))),
    "points in clocks": Way("s.csv", _csv(_table(DOTS, _at("%H.%M"), sign=";"), ";")),
    "AM and PM": Way("s.csv", _csv(_table(ISO, _ampm))),
    "seconds": Way("s.csv", _csv(_table(ISO, _at("%H:%M:%S")))),
    "unseen signs": Way("s.csv", _csv(_table(_at("\u200e%d.%m.%Y"), _at("\u00a0%H:%M\u200b")))),
    "ranges": Way("s.csv", _csv(_ranges)),
    "lengths in minutes": Way("s.csv", _csv(_table(ISO, CLOCK, head=BY_LENGTH, end=_length("{m}")))),
    "lengths as h:mm": Way("s.csv", _csv(_table(ISO, CLOCK, head=BY_LENGTH, end=_length("{h}:{r:02d}")))),
    "lengths in words": Way("s.csv", _csv(_table(ISO, CLOCK, head=BY_LENGTH, end=_length("{h} ч {r} мин")))),
    "broadcast dates": Way("s.csv", _csv(_table(DOTS, CLOCK, night=True))),
    "broadcast dates, said": Way("s.csv", _csv(_table(DOTS, CLOCK, night=True)), how={"by_broadcast_day": True}),
    "moments with offsets": Way(
        "s.csv",
        _csv(_table(_zoned("Asia/Almaty", "%Y-%m-%dT%H:%M:%S%z"), _zoned("Asia/Almaty", "%Y-%m-%dT%H:%M:%S%z"))),
    ),
    "moments of Moscow": Way(
        "s.csv",
        _csv(_table(_zoned("Europe/Moscow", "%Y-%m-%dT%H:%M:%S%z"), _zoned("Europe/Moscow", "%Y-%m-%dT%H:%M:%S%z"))),
    ),
    "clocks of Moscow": Way(
        "s.csv",
        _csv(_table(_zoned("Europe/Moscow", "%d.%m.%Y"), _zoned("Europe/Moscow", "%H:%M"))),
        how={"zone": "Europe/Moscow"},
    ),
    "a workbook": Way("s.xlsx", _xlsx(_table(lambda m: m.date(), lambda m: m.time()), ("dd.mm.yyyy", "hh:mm"))),
    "a workbook of texts": Way("s.xlsx", _xlsx(_table(DOTS, CLOCK))),
    "a sheet for every day": Way(
        "s.xlsx", _xlsx(_table(lambda m: m.date(), lambda m: m.time()), ("dd.mm.yyyy", "hh:mm"), sheets=True)
    ),
    "durations as clocks": Way("s.xlsx", _xlsx(_table(lambda m: m.date(), _long), ("dd.mm.yyyy", "[h]:mm"))),
    "values without formats": Way("s.xlsx", _xlsx(_table(_serial, _fraction)), uncertain=True),
    "typed as 18.3": Way(
        "s.xlsx", _xlsx(_table(lambda m: m.date(), lambda m: m.hour + m.minute / 100), ("dd.mm.yyyy", ""))
    ),
    "a guide": Way("g.xml", _guide(_zoned("Asia/Almaty", "%Y%m%d%H%M%S %z"))),
    "a guide of Moscow": Way("g.xml", _guide(_zoned("Europe/Moscow", "%Y%m%d%H%M%S %z"))),
    "a guide in UTC": Way("g.xml", _guide(_zoned("UTC", "%Y%m%d%H%M%S UTC"))),
    "a guide without offsets": Way("g.xml", _guide(_at("%Y%m%d%H%M%S")), zone="Asia/Almaty"),
    "a guide of ISO times": Way("g.xml", _guide(_zoned("Asia/Tashkent", "%Y-%m-%dT%H:%M:%S%z"))),
    "a guide with CDATA": Way(
        "g.xml", _guide(_zoned("UTC", "%Y%m%d%H%M %z"), "<!-- a & b -->", lambda t: f"<![CDATA[{t}]]>")
    ),
}


def instance_in(folder: Path) -> Instance:
    """The channel that all schedules are of."""
    spec = content([channel("Q.kz", "KZ", "Asia/Almaty", window("18:00", "20:00"))], [programme("p", 30)], days=DAYS)
    return load(write(folder / "i", spec))


def minutes_of(slots: list[Slot]) -> list[tuple[datetime, datetime | None, str]]:
    """What comes on when, in UTC."""
    return sorted((slot.start, slot.stop, slot.title) for slot in slots)


def outcome(instance: Instance, folder: Path, name: str, seed: int) -> str:
    """Whether it came back: same, refused (with a reason), or else what is different."""
    way = WAYS[name]
    chance = random.Random(f"{name} {seed}")
    airings = generated(chance)
    path = folder / way.name
    path.write_bytes(way.make(airings, chance))
    findings = Findings(lenient=name == "windows-1251")
    try:
        if way.name.endswith(".xml"):
            slots = read_guide(instance, path, {}, findings, way.zone)
        else:
            slots = read_schedule(instance, path, Sheets({}, {}, "Q.kz", **way.how), findings)
        settled = settle(instance, slots, findings)
        anchors_of(instance, settled, findings)
        findings.stop_on_errors()
    except InputError as error:
        return "refused" if error.problems and all(problem.message for problem in error.problems) else "no reason"
    meant = sorted(
        (one.start.replace(tzinfo=ZONE).astimezone(UTC), one.end.replace(tzinfo=ZONE).astimezone(UTC), one.title)
        for one in airings
    )
    if name == "windows-1251":
        meant = [(start, end, _as_1251(title)) for start, end, title in meant]
    if minutes_of(settled) == meant:
        return "same"
    wrong = [pair for pair in zip(minutes_of(settled), meant, strict=False) if pair[0] != pair[1]]
    return f"{len(settled)} read of {len(meant)}; first difference {wrong[:1]}"


def main(count: int, first: int = 0) -> int:
    """Run the long form; 0 where every schedule came back or was refused."""
    found: Counter[tuple[str, str]] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        instance = instance_in(Path(scratch))
        names = list(WAYS)
        for number in range(first, first + count):
            name = names[number % len(names)]
            said = outcome(instance, Path(scratch), name, number)
            found[(name, said if said in ("same", "refused") else "DIFFERENT")] += 1
            if said not in ("same", "refused"):
                print(f"{name}, seed {number}: {said}")
    for (name, said), times in sorted(found.items()):
        print(f"{said:10}{times:6}  {name}")
    return int(any(said == "DIFFERENT" for _, said in found))


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
