"""The start and stop of a row of a schedule, from its cells and the rows before it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from scheduler.imports.cells import cell_text
from scheduler.imports.clocks import NO_START, Clock, NotAClock, read_clock
from scheduler.imports.dates import NO_DATE, NotADate
from scheduler.imports.findings import ROW_LEFT_OUT, read_as
from scheduler.imports.lengths import length_of
from scheduler.imports.local_time import after_skipped, comes_twice, fits_after, moments_of, skipped
from scheduler.instance import zone_clock
from scheduler.instance.model.field_types import clock_text
from scheduler.messages import RefusedError, msg

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from scheduler.imports.cells import Cell, Table
    from scheduler.imports.dates import DateReader
    from scheduler.imports.findings import Findings
    from scheduler.instance import Instance
    from scheduler.messages import Message

NIGHT = 6 * 60
"""If a clock time before 6:00 follows a later clock time of the same date, it belongs to the night after."""

LONGEST_OVER_MIDNIGHT = 12 * 60
"""An end before its start is on the next day if the row is then at most 12 hours long."""


class TimesOfDay:
    """Reads times row by row. A time may depend on the date and the time of the row before on the same channel."""

    def __init__(
        self,
        instance: Instance,
        table: Table,
        columns: Mapping[str, int],
        zone: str | None,
        by_broadcast_day: bool,
        dates: DateReader,
        ways: Mapping[str, str],
        findings: Findings,
    ) -> None:
        self._instance, self._table, self._columns = instance, table, columns
        self._zone, self._by_broadcast_day, self._dates, self._ways = zone, by_broadcast_day, dates, ways
        self._findings = findings
        self._before: dict[int, tuple[date, int]] = {}
        self._latest: dict[int, datetime] = {}
        self._last_date: date | None = None
        self._nights: list[tuple[tuple[int, int], date]] = []

    def of(self, channel: int, number: int, cells: Mapping[str, Cell]) -> tuple[datetime, datetime | None] | None:
        """(start, stop) in UTC; the stop may be missing. None if the row has no start that can be read."""
        exact = self._exact(number, cells)
        if exact is not None:
            return exact
        clock, written = self._clock(number, "start", cells), self._day(number, cells)
        if clock is None or self._contradicts(number, clock, written):
            return None
        start = clock.moment()
        minute, day = clock.minute, clock.day or written
        if day is None:
            return None
        if clock.day is None:
            minute = self._after_midnight(channel, day, minute, number)
        self._before[channel] = day, minute
        if start is None:
            start = self._utc(channel, day, minute, number, "start", self._latest.get(channel))
        if start is None:
            return None
        self._latest[channel] = start
        try:
            return start, self._stop(channel, number, cells, clock, day, minute, start)
        except _Unusable:
            return None

    def warn_of_nights(self) -> None:
        """One warning about all rows that were moved to the night after their date."""
        if self._nights:
            place, day = self._nights[0]
            what = msg(
                "the clock goes back under {day}: {number} rows after midnight are taken for the night after the date"
                " under which they are; with --broadcast-day this is certain",
                day=str(day),
                number=len(self._nights),
            )
            self._findings.warn(self._table.file, place, what)

    def _exact(self, number: int, cells: Mapping[str, Cell]) -> tuple[datetime, datetime | None] | None:
        """The moments in the UTC columns of our own timetable, if the table has them."""
        if not cell_text(cells.get("start_utc", "")):
            return None
        start, end = (self._clock(number, name, cells) for name in ("start_utc", "end_utc"))
        begin = None if start is None else start.moment()
        return None if begin is None else (begin, None if end is None else end.moment())

    def _clock(self, number: int, name: str, cells: Mapping[str, Cell]) -> Clock | None:
        cell = cells.get(name, "")
        if not cell_text(cell):
            if name == "start":
                self._wrong(number, name, NO_START)
            return None
        try:
            return read_clock(cell, self._ways.get(name, ""))
        except NotAClock as error:
            self._wrong(number, name, error.reason)
            return None

    def _day(self, number: int, cells: Mapping[str, Cell]) -> date | None:
        cell = cells.get("date", "")
        if not cell_text(cell):
            if self._last_date is not None:
                what = msg("there is no date; the row above is under {day}", day=str(self._last_date))
                repair = msg("taken as its date")
                if self._findings.repair(self._table.file, self._place(number, "date"), what, repair):
                    return self._last_date
                return None
            self._wrong(number, "date", NO_DATE)
            return None
        try:
            if isinstance(cell, str) and "start" in cells and cells["start"] == cell:
                self._last_date = read_clock(cell).day
            else:
                self._last_date = self._dates.read(cell)
        except NotAClock:
            return None  # the start, which is the same cell, is reported
        except NotADate as error:
            self._wrong(number, "date", error.reason)
            return None
        return self._last_date

    def _contradicts(self, number: int, clock: Clock, day: date | None) -> bool:
        """Whether the start's own date is neither the date of the row nor the night after it."""
        if day is None or clock.day is None or clock.day == day:
            return False
        later = (clock.day - day).days
        if (later == 1 and clock.minute < NIGHT) or (clock.offset is not None and abs(later) == 1):
            return False  # in the night after its broadcast date, or a date on the clocks of another zone
        what = msg("the start is on {day}, but the date of the row is {date}", day=str(clock.day), date=str(day))
        self._wrong(number, "start", what)
        return True

    def _after_midnight(self, channel: int, day: date, minute: int, number: int) -> int:
        """The minutes since midnight of the row's date, 1440 or more if the row is in the night after it."""
        if minute >= 1440:
            return minute
        if self._by_broadcast_day:
            return minute + 1440 if minute < self._instance.file.broadcast_day else minute
        before = self._before.get(channel)
        if before is None or before[0] != day or not minute < before[1] % 1440 + (before[1] >= 1440) * 1440:
            return minute
        if minute < NIGHT and (before[1] >= 12 * 60):
            self._nights.append((self._place(number, "start"), day))
            return minute + 1440
        return minute

    def _stop(
        self,
        channel: int,
        number: int,
        cells: Mapping[str, Cell],
        clock: Clock,
        day: date,
        minute: int,
        start: datetime,
    ) -> datetime | None:
        """The stop, from an end or a length. If both are given, they must agree. Raises _Unusable."""
        written = cell_text(cells.get("end", ""))
        end = self._clock(number, "end", cells) if written else None
        if written and end is None:
            raise _Unusable
        if end is None and clock.end is not None:
            end = Clock(clock.end)
        length = self._length(number, cells)
        if end is None:
            return None if length is None else start + timedelta(minutes=length)
        stop = end.moment() or self._end(channel, number, end, day, minute, start)
        if length is not None and stop is not None and stop - start != timedelta(minutes=length):
            minutes = int((stop - start).total_seconds() // 60)
            what = msg(
                "the row is {minutes} minutes long by its end, but {length} by its length",
                minutes=str(minutes),
                length=str(length),
            )
            self._wrong(number, "minutes" if "minutes" in self._columns else "end", what)
            raise _Unusable
        return stop

    def _end(self, channel: int, number: int, end: Clock, day: date, minute: int, start: datetime) -> datetime | None:
        last = end.minute
        if end.day is not None:
            last += (end.day - day).days * 1440
        elif last % 1440 == minute % 1440 and last <= minute:
            what = msg("the row ends at {end}, when it starts; it has no length", end=clock_text(end.minute))
            self._wrong(number, "end" if "end" in self._columns else "start", what)
            raise _Unusable
        elif last <= minute:
            last += 1440
            if last - minute > LONGEST_OVER_MIDNIGHT:
                what = msg(
                    "it ends at {end}, before it starts at {start}{hint}",
                    end=clock_text(end.minute),
                    start=clock_text(minute),
                    hint="",
                )
                self._wrong(number, "end" if "end" in self._columns else "start", what)
                raise _Unusable
        if last <= minute:
            self._wrong(number, "end", msg("the row ends before it starts"))
            raise _Unusable
        return self._utc(channel, day, last, number, "end", start + timedelta(minutes=1))

    def _length(self, number: int, cells: Mapping[str, Cell]) -> int | None:
        if not cell_text(cells.get("minutes", "")):
            return None
        try:
            return length_of(cells["minutes"])
        except RefusedError as error:
            self._wrong(number, "minutes", error.reason)
            raise _Unusable from None

    def _utc(
        self, channel: int, day: date, minute: int, number: int, name: str, after: datetime | None
    ) -> datetime | None:
        """The moment of a clock time. If the time occurs twice, it is the first occurrence after the previous rows."""
        zone = zone_clock(self._zone or self._instance.channels[channel].zone)
        try:
            local = datetime.combine(day, time()) + timedelta(minutes=minute)
            found = moments_of(local, zone)
            if found:
                moment = fits_after(found, after)
                if len(found) > 1:
                    what = comes_twice(f"{local:%H:%M}", zone.key, first=moment == found[0])
                    self._findings.warn(self._table.file, self._place(number, name), what)
                return moment
            moment = after_skipped(local, zone)
        except OverflowError:
            self._wrong(number, "date", msg("{day} is no day near the horizon", day=str(day)))
            return None
        what = skipped(f"{local:%H:%M}", zone.key, day)
        repair = read_as(f"{moment.astimezone(zone):%H:%M}")
        self._findings.repair(self._table.file, self._place(number, name), what, repair)
        return moment

    def _wrong(self, number: int, name: str, what: Message) -> None:
        self._findings.repair(self._table.file, self._place(number, name), what, ROW_LEFT_OUT)

    def _place(self, number: int, name: str) -> tuple[int, int]:
        return self._table.place(number, self._columns.get(name, 0))


class _Unusable(Exception):
    """A row whose stop cannot be used. Its problem has been noted."""
