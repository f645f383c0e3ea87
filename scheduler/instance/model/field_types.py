"""The kinds of value a planner writes: clock times, hours, weekdays, shares, lists; each read strictly."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440
MAX_CLOCK = 30 * 60
FORMAT = 2
"""The format of instance folders that this version reads and writes; `parity upgrade` brings older ones to it."""

MOST_EPISODES = 10_000

_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])\Z")
_CODE = re.compile(r"[A-Z]{2}\Z")
_ID = re.compile(r"[\w.+'-]{1,80}\Z")


class Frozen(BaseModel):
    """Base of everything a planner writes: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def clock_minutes(value: Any) -> int:
    """Minutes since local midnight of "HH:MM", 00:00 to 30:00 (25:30 is half past one the next morning)."""
    match = _CLOCK.match(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f'expected a clock time such as "18:30", got {value!r}')
    minutes = int(match[1]) * 60 + int(match[2])
    if minutes > MAX_CLOCK:
        raise ValueError(f'{value!r} is too late; the clock runs from "00:00" to "30:00" (6:00 the next morning)')
    return minutes


def clock_text(minutes: int) -> str:
    """The clock time of a number of minutes since midnight: 1110 is 18:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def check_order(what: str, start: int, end: int) -> None:
    """Raise ValueError where something that airs, in a planner's words, does not end after it starts."""
    if end > start:
        return
    next_morning = f'; for the next morning write "{clock_text(end + DAY_MINUTES)}" as its end'
    hint = next_morning if end + DAY_MINUTES <= MAX_CLOCK else ""
    raise ValueError(f"the {what} ends at {clock_text(end)}, before it starts at {clock_text(start)}{hint}")


def _weekdays(value: Any) -> Any:
    if isinstance(value, frozenset | set | list | tuple):
        words = [str(item) for item in value]
    elif isinstance(value, str):
        words = re.split(r"[;,\s]+", value.strip().lower())
    else:
        raise ValueError(f'expected weekdays such as "mon-fri" or "sat, sun", got {value!r}')
    days: set[int] = set()
    for word in words:
        first, _, last = word.partition("-")
        last = last or first
        if word == "all":
            first, last = "mon", "sun"
        if first not in WEEKDAYS or last not in WEEKDAYS or WEEKDAYS.index(first) > WEEKDAYS.index(last):
            raise ValueError(f"'{word}' is not a weekday or a span of them; expected mon, tue, …, sun, mon-fri or all")
        days.update(range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1))
    return frozenset(WEEKDAYS[day] for day in days)


def _fraction(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise ValueError(f"expected a number such as 0.55, got {value!r}")
    text = str(value).strip()
    if len(text) > 40 or "e" in text.lower():  # an exponent of millions would take minutes to write out
        raise ValueError(f"expected a number such as 0.55 in plain digits, got {text[:40]!r}")
    percent = text.endswith("%")
    try:
        number = Fraction(text.removesuffix("%").strip())
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"expected a number such as 0.55, 55 % or 2/3, got {value!r}") from None
    number = number / 100 if percent else number
    if number.denominator > 10_000:
        raise ValueError(f"{value!r} has too many decimals; four are enough")
    return number


def _share(value: Any) -> Fraction:
    number = _fraction(value)
    if not 0 <= number <= 1:
        raise ValueError(f"{value!r} is not a share; expected 0 to 1 (0.55 for 55 %)")
    return number


def _tolerance(value: Any) -> Fraction:
    number = _fraction(value)
    if not 0 <= number < 1:
        raise ValueError(f"{value!r} is not a tolerance; expected 0 or more and under 1 (0.1 for ±10 %)")
    return number


def _ratio(value: Any) -> Fraction:
    number = _fraction(value)
    if not Fraction(1, 1000) <= number <= 1000:
        raise ValueError(f"{value!r} is not a ratio; expected 0.001 to 1000 (1 for one to one)")
    return number


def _milli(value: Any) -> Decimal:
    text = str(value).strip()
    try:
        number = Decimal(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        raise ValueError(f"expected a number such as 0.85 or 85 %, got {value!r}") from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise ValueError(f"{value!r} is out of range; expected 0 to 100 (1 is as usual)")
    if number != round(number, 3):
        raise ValueError(f"{value!r} has more than three decimals")
    return number


def _code(value: Any) -> str:
    if not isinstance(value, str) or not _CODE.match(value):
        raise ValueError(f"expected a country code of two capitals such as KZ, got {value!r}{_meant(value)}")
    return value


def _meant(value: Any) -> str:
    """The code of a country that was given by its name, or in small letters."""
    from scheduler.instance.files.places import country_code

    code = country_code(value) if isinstance(value, str) else None
    return f"; {value} is {code}" if code is not None and value.upper() != code else ""


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not _ID.match(value):
        raise ValueError(f"expected an id of letters, digits, dot, dash or underscore, got {value!r}")
    return value


def listed(value: Any) -> Any:
    """A list from a cell ("KZ;UZ"), from one value, or as it is."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return tuple(value) if isinstance(value, list) else value


def _origin(value: Any) -> Any:
    """Shares of origin: "KZ" is all of it, "KZ:0.5;UZ:0.5" two halves."""
    if isinstance(value, tuple):
        return value
    pairs = _pairs(value, "an origin such as KZ or KZ:0.5;UZ:0.5")
    shares = tuple((_code(code), _share(share)) for code, share in pairs)
    if len({code for code, _ in shares}) < len(shares):
        raise ValueError(f"a country appears twice in the origin {value!r}")
    if sum(share for _, share in shares) != 1:
        raise ValueError(f"the shares of the origin {value!r} must add up to 1")
    return shares


def _audio_shares(value: Any) -> Any:
    """Shares of the languages heard: "kaz:0.6;rus:0.4"; empty where there is one language only."""
    if isinstance(value, tuple) or value == "":
        return value or ()
    shares = tuple((code, _share(share)) for code, share in _pairs(value, "languages such as kaz:0.6;rus:0.4"))
    for code, _ in shares:
        if not re.match(LANGUAGE, code):
            raise ValueError(f"expected a language of three small letters such as kaz, got {code!r}")
    if len({code for code, _ in shares}) < len(shares):
        raise ValueError(f"a language appears twice in {value!r}")
    if any(share == 0 for _, share in shares) or sum(share for _, share in shares) != 1:
        raise ValueError(f"the shares of the languages in {value!r} must be above 0 and add up to 1")
    return shares


def _pairs(value: Any, expected: str) -> list[tuple[str, Any]]:
    """Words with their shares from a mapping, a list or a cell; without a share each has as much as the others."""
    if isinstance(value, dict):
        return [(str(code), share) for code, share in value.items()]
    parts = listed(value)
    if not isinstance(parts, tuple) or not parts:
        raise ValueError(f"expected {expected}, got {value!r}")
    split = [str(part).partition(":") for part in parts]
    equal = f"1/{len(parts)}"
    return [(code.strip(), share.strip() or equal) for code, _, share in split]


def _hours(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 2:
        start, end = value if isinstance(value, tuple) else (clock_minutes(item) for item in value)
        if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
            raise ValueError(
                'hours run from one clock time to another, "00:00" to "24:00"; over midnight as ["23:00", "07:00"]'
            )
        return (start, end)
    raise ValueError(f'expected two clock times such as ["19:00", "22:00"], got {value!r}')


def _isodate(value: Any) -> Any:
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value.strip()):
        raise ValueError(f"expected a date such as 2026-12-07, got {value!r}")
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError(f"{value!r} is not a day of the calendar") from None


_CLOCK_SCHEMA = {"type": "string", "pattern": r"^\d{1,2}:[0-5]\d$", "examples": ["18:30", "25:30"]}
_NUMBER_SCHEMA = {"anyOf": [{"type": "number"}, {"type": "string"}], "examples": [0.55]}
_as_text = PlainSerializer(str)
_as_clock = PlainSerializer(clock_text)

ClockTime = Annotated[int, BeforeValidator(clock_minutes), _as_clock, WithJsonSchema(_CLOCK_SCHEMA)]
Hours = Annotated[
    tuple[int, int],
    BeforeValidator(_hours),
    PlainSerializer(lambda hours: [clock_text(hours[0]), clock_text(hours[1])]),
    WithJsonSchema({"type": "array", "items": _CLOCK_SCHEMA, "minItems": 2, "maxItems": 2}),
]
Weekdays = Annotated[
    frozenset[str],
    BeforeValidator(_weekdays),
    PlainSerializer(lambda days: ",".join(sorted(days, key=WEEKDAYS.index))),
    WithJsonSchema({"type": "string", "examples": ["mon-fri", "sat, sun", "all"]}),
]
Share = Annotated[Fraction, BeforeValidator(_share), _as_text, WithJsonSchema(_NUMBER_SCHEMA)]
Tolerance = Annotated[Fraction, BeforeValidator(_tolerance), _as_text, WithJsonSchema(_NUMBER_SCHEMA)]
Ratio = Annotated[Fraction, BeforeValidator(_ratio), _as_text, WithJsonSchema(_NUMBER_SCHEMA)]
Appeal = Annotated[Decimal, BeforeValidator(_milli), _as_text, WithJsonSchema(_NUMBER_SCHEMA)]
Code = Annotated[str, BeforeValidator(_code), WithJsonSchema({"type": "string", "pattern": "^[A-Z]{2}$"})]
Identifier = Annotated[str, BeforeValidator(_identifier), WithJsonSchema({"type": "string"})]
Day = Annotated[date, BeforeValidator(_isodate), WithJsonSchema({"type": "string", "format": "date"})]
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Codes = Annotated[
    tuple[Code, ...],
    BeforeValidator(listed),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Origin = Annotated[
    tuple[tuple[str, Fraction], ...],
    BeforeValidator(_origin),
    PlainSerializer(lambda origin: ";".join(f"{code}:{share}" for code, share in origin)),
    WithJsonSchema({"type": "string", "examples": ["KZ", "KZ:0.5;UZ:0.5"]}),
]
LANGUAGE = r"^[a-z]{3}$"
AudioShares = Annotated[
    tuple[tuple[str, Fraction], ...],
    BeforeValidator(_audio_shares),
    PlainSerializer(lambda heard: ";".join(f"{code}:{share}" for code, share in heard)),
    WithJsonSchema({"type": "string", "examples": ["kaz:0.6;rus:0.4"]}),
]
"""The languages heard in a programme, as shares of its minutes; empty where it is one language."""
Minutes = Annotated[int, Field(ge=0, le=100_000_000)]
"""Whole minutes."""
Language = Annotated[str, Field(pattern=LANGUAGE, description="ISO 639-3, three small letters, e.g. kaz")]
VersionKind = Annotated[str, Field(pattern=r"^(original|dubbed|subtitled)$")]
