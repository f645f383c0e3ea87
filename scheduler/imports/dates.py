"""Read dates in cells. All dates of a column have the same order of day, month and year."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from scheduler.imports.clocks import FIRST_SERIAL, clean, is_number
from scheduler.instance.signs import as_read
from scheduler.messages import Listed, Message, RefusedError, Term, msg

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from scheduler.imports.cells import Cell

FIRST_YEAR, LAST_YEAR = 1900, 2200
"""The accepted years."""

ORDERS = ("dmy", "mdy", "ymd")
LOCALES = ("en", "ru", "kk", "uz", "uz_Cyrl", "ky", "tg", "tk", "az", "tr")
NO_DATE = msg("there is no date")
EXPECTED = msg("a date such as 2026-12-07 or 07.12.2026")

_NUMBERS = re.compile(r"(\d{1,4})([./\-\s])(\d{1,2})\2(\d{1,4})\.?(?:\s*(?:г|ж|y)\.?)?")
_WHOLE = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d)\.(\d\d)\.(\d{4})")
_SHORT = re.compile(r"(\d{1,2})\.(\d{1,2})\.?")
_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)")
_CHINESE = re.compile(r"(?:(\d{4})\s?年)?\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_DAY_MONTH = re.compile(r"(\d{1,2})(?:st|nd|rd|th|-)?\s*([^\W\d]+)\.?,?\s*(\d{4})?\s*(?:г|ж|y)?\.?")
_MONTH_DAY = re.compile(r"([^\W\d]+)\.?\s*(\d{1,2})(?:st|nd|rd|th)?,?\s*(\d{4})?")
_YEAR_DAY_MONTH = re.compile(r"(\d{4})\s*(?:ж|j|y)?\.?-?\s*(?:yil|жыл[ғгы]*)?\s*,?\s*(\d{1,2})[\s-]*([^\W\d]+)")
_MIDNIGHT = re.compile(r"(.+?)[T\s]+0{1,2}:00(?::00(?:\.0+)?)?(?:\s*(?:Z|[+-]\d\d:?\d\d))?")
_SERIALS = (20_000, 80_000)


class NotADate(RefusedError):
    """A cell without an unambiguous date, with the reason."""


class DateReader:
    """Reads the dates of one column.

    Parameters
    ----------
    first, days
        First day and number of days of the horizon. They give the year of a date without one, and the date of a
        weekday.
    order
        "dmy", "mdy" or "ymd", given by the planner. By default the only order that fits every cell.
    """

    def __init__(self, cells: Iterable[Cell], first: date, days: int, order: str = "") -> None:
        self._first, self._days = first, days
        self._texts = list(dict.fromkeys(clean(cell) for cell in cells if isinstance(cell, str) and clean(cell)))
        fitting = [one for one in ORDERS if self._fits(one)]
        self._orders = [order] if order else fitting or list(ORDERS)

    def read(self, cell: Cell) -> date:
        """The date of a cell. Raises NotADate with the reason."""
        if isinstance(cell, datetime):
            if cell.hour or cell.minute:
                raise NotADate(
                    msg(
                        "'{cell}' is a date with a clock time; expected {expected}",
                        cell=f"{cell:%Y-%m-%d %H:%M}",
                        expected=EXPECTED,
                    )
                )
            return _checked(cell.date())
        if isinstance(cell, date):
            return _checked(cell)
        if is_number(cell):
            return self._serial(float(cell), f"{float(cell):g}")
        written = str(cell)
        found = self._by_order(clean(written))
        known = {order: found[order] for order in self._orders if order in found}
        days = sorted(set(known.values()))
        if len(days) == 1:
            return days[0]
        if not days:
            year = _year_of(clean(written))
            if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
                raise NotADate(_outside(written))
            why = self._why(clean(written))
            raise NotADate(msg("'{cell}' is not {expected}{why}", cell=written, expected=EXPECTED, why=why))
        raise NotADate(
            msg(
                "'{cell}' is {one} or {other}, and every cell of the column fits both;"
                " choose with --date-order {orders}",
                cell=written,
                one=str(days[0]),
                other=str(days[1]),
                orders=Listed(tuple(known), " or "),
            )
        )

    def _fits(self, order: str) -> bool:
        return bool(self._texts) and all(order in self._by_order(text) for text in self._texts)

    def _serial(self, number: float, shown: str) -> date:
        if number != int(number) or not _SERIALS[0] <= number <= _SERIALS[1]:
            raise NotADate(msg("'{cell}' is a number and not {expected}", cell=shown, expected=EXPECTED))
        return FIRST_SERIAL + timedelta(days=int(number))

    def _by_order(self, text: str) -> Mapping[str, date]:
        """The date of a text in each order in which it is a date. A weekday in the text must fit the date."""
        midnight = _MIDNIGHT.fullmatch(text)
        text = midnight[1] if midnight is not None else text
        bare, weekday = _without_weekday(text)
        if not bare:
            return self._of_weekday(weekday)
        found = self._candidates(bare)
        return {order: day for order, day in found.items() if weekday is None or day.weekday() == weekday}

    def _candidates(self, text: str) -> dict[str, date]:
        if text.isdigit() and _SERIALS[0] <= int(text) <= _SERIALS[1]:
            return dict.fromkeys(ORDERS, FIRST_SERIAL + timedelta(days=int(text)))
        match = _NUMBERS.fullmatch(text)
        if match is not None:
            return self._of_numbers(match)
        certain = self._named(text)
        return {} if certain is None else dict.fromkeys(ORDERS, certain)

    def _of_numbers(self, match: re.Match[str]) -> dict[str, date]:
        one, sign, two, three = match.groups()
        found: dict[str, date] = {}
        tries = {"ymd": (one, two, three), "dmy": (three, two, one), "mdy": (three, one, two)}
        if sign == ".":
            tries.pop("mdy")
        for order, (year, month, day) in tries.items():
            if len(year) not in (2, 4) or len(day) > 2 or len(month) > 2:
                continue
            whole = int(year) if len(year) == 4 else int(year) + self._first.year // 100 * 100
            if len(year) == 2 and abs(whole - self._first.year) > 1:
                continue
            made = _made(whole, int(month), int(day))
            if made is not None:
                found[order] = made
        if len(one) == 4 or len(three) == 4:  # a year of four digits determines the position of the year
            found = {order: day for order, day in found.items() if (order == "ymd") == (len(one) == 4)}
            if len(one) == 4:
                found = dict.fromkeys(ORDERS, found["ymd"]) if "ymd" in found else {}
        elif sign == "." and "dmy" in found:
            pass
        if len(three) == 4 and sign == "." and "dmy" in found:
            found = dict.fromkeys(ORDERS, found["dmy"])
        return found

    def _named(self, text: str) -> date | None:
        """A date whose parts are unambiguous by their form: a month by name, 20261207, 07.12 in the horizon."""
        match = _COMPACT.fullmatch(text)
        if match is not None:
            return _made(*map(int, match.groups()))
        match = _CHINESE.fullmatch(text)
        if match is not None:
            return self._with_year(match[1], int(match[2]), int(match[3]))
        match = _SHORT.fullmatch(text)
        if match is not None:
            return self._with_year(None, int(match[2]), int(match[1]))
        for pattern, at in ((_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2)), (_YEAR_DAY_MONTH, (1, 3, 2))):
            match = pattern.fullmatch(text)
            if match is not None and as_read(match[at[1]]) in _months():
                return self._with_year(match[at[0]], _months()[as_read(match[at[1]])], int(match[at[2]]))
        return None

    def _with_year(self, year: str | None, month: int, day: int) -> date | None:
        """The date. Without a year it is the one in the horizon or at most 31 days from it."""
        if year:
            return _made(int(year), month, day)
        last = self._first + timedelta(days=self._days)
        tries = [_made(one, month, day) for one in sorted({self._first.year, last.year})]
        near = [one for one in tries if one and self._first - timedelta(days=31) <= one <= last + timedelta(days=31)]
        return near[0] if len(near) == 1 else None

    def _of_weekday(self, weekday: int | None) -> dict[str, date]:
        """The only day of the horizon that is a weekday."""
        if weekday is None or self._days > 7:
            return {}
        days = [self._first + timedelta(days=at) for at in range(self._days)]
        same = [day for day in days if day.weekday() == weekday]
        return dict.fromkeys(ORDERS, same[0]) if same else {}

    def _why(self, text: str) -> Message | str:
        bare, weekday = _without_weekday(text)
        known = set(self._candidates(bare).values()) if bare else set()
        if known and weekday is not None:
            return msg("; {day} is {weekday}", day=str(min(known)), weekday=Term("kind", f"{min(known):%A}"))
        return ""


def _year_of(text: str) -> int | None:
    """The year of a text that is a date of the calendar, written as in EXPECTED."""
    match = _WHOLE.fullmatch(text)
    if match is None:
        return None
    year, month, day = match.groups()[:3] if match[1] else match.groups()[5:2:-1]
    try:
        return date(int(year), int(month), int(day)).year
    except ValueError:
        return None


def _without_weekday(text: str) -> tuple[str, int | None]:
    """(text without a weekday before it, after it or in brackets; number of this weekday or None)."""
    words = re.split(r"[\s,()]+", text)
    found = [(word, _weekdays()[as_read(word.strip("."))]) for word in words if as_read(word.strip(".")) in _weekdays()]
    if not found:
        return text, None
    word, weekday = found[0]
    bare = re.sub(rf"[(\s,]*{re.escape(word)}[)\s,]*", " ", text, count=1)
    return bare.strip(" ,()"), weekday


def _checked(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotADate(_outside(str(day)))
    return day


def _outside(written: str) -> Message:
    return msg("'{cell}' lies outside the years 1900 to 2200", cell=written)


def _made(year: int, month: int, day: int) -> date | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    return _names("months")


@lru_cache(maxsize=1)
def _weekdays() -> dict[str, int]:
    return _names("days")


def _names(what: str) -> dict[str, int]:
    """Number of a month or weekday by its name, long and short, in the languages of planners."""
    from babel import Locale

    found: dict[str, int] = {}
    clashes: set[str] = set()
    for code in LOCALES:
        for context in getattr(Locale.parse(code), what).values():
            for width in ("wide", "abbreviated", "short"):
                for number, name in context.get(width, {}).items():
                    key = as_read(name).strip(".")
                    if not key.isdigit() and found.setdefault(key, number) != number:
                        clashes.add(key)
    return {name: number for name, number in found.items() if name not in clashes}
