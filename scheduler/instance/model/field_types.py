"""The types of values in an instance: clock times, hours, weekdays, shares, lists. Each is read strictly."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from scheduler.messages import Message, RefusedError, Value, msg

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 1440
MAX_CLOCK = 30 * 60
FORMAT = 2
"""The format of instance folders that this version reads and writes. `parity upgrade` converts older ones to it."""

MOST_EPISODES = 10_000

_CLOCK = re.compile(r"([0-9]{1,2}):([0-5][0-9])\Z")
_CODE = re.compile(r"[A-Z]{2}\Z")
_ID = re.compile(r"[\w.+'-]{1,80}\Z")


class Frozen(BaseModel):
    """Base of all models of an instance's files: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


MOST_SHOWN = 60
"""The number of characters of a value that a message shows."""


def shown(value: Any) -> str:
    """A value as a message shows it: a text in quotes; null, true and false as in YAML; a long value is cut."""
    words = {None: "null", True: "true", False: "false"}
    text = words[value] if value is None or isinstance(value, bool) else repr(value)
    return text if len(text) <= MOST_SHOWN else text[: MOST_SHOWN - 3] + "…"


def expected_clock(value: Any) -> Message:
    """The problem that a value is not a clock time."""
    return msg('expected a clock time such as "18:30", got {value}', value=shown(value))


def clock_minutes(value: Any) -> int:
    """Minutes since local midnight of "HH:MM", 00:00 to 30:00. 25:30 is 01:30 of the next day."""
    match = _CLOCK.match(value) if isinstance(value, str) else None
    if match is None:
        raise RefusedError(expected_clock(value))
    minutes = int(match[1]) * 60 + int(match[2])
    if minutes > MAX_CLOCK:
        raise RefusedError(
            msg(
                '{value} is too late; the clock runs from "00:00" to "30:00" (6:00 the next morning)',
                value=shown(value),
            )
        )
    return minutes


def clock_text(minutes: int) -> str:
    """The clock time of a number of minutes since midnight: 1110 is 18:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def check_order(start: int, end: int) -> None:
    """Raise RefusedError if something that airs does not end after it starts; both in minutes since midnight."""
    if end > start:
        return
    hint: Value = ""
    if end + DAY_MINUTES <= MAX_CLOCK:
        hint = msg('; for the next morning write "{clock}" as its end', clock=clock_text(end + DAY_MINUTES))
    message = msg(
        "it ends at {end}, before it starts at {start}{hint}", end=clock_text(end), start=clock_text(start), hint=hint
    )
    raise RefusedError(message)


def ends_before(first: date, last: date) -> Message:
    """The problem that a range of dates ends before it begins."""
    return msg("it ends on {last}, before it begins on {first}", last=str(last), first=str(first))


def check_when(days: object, date_: object) -> None:
    """Raise RefusedError unless exactly one of weekdays and a date is given."""
    if (days is None) == (date_ is None):
        raise RefusedError(msg("it needs either `days` (weekdays) or a `date`"))


def check_length(start: int, end: int) -> None:
    """Raise RefusedError if something that airs is longer than a day; both in minutes since midnight."""
    if end - start > DAY_MINUTES:
        raise RefusedError(msg("it is longer than 24 hours"))


def _weekdays(value: Any) -> Any:
    if isinstance(value, frozenset | set | list | tuple):
        words = [str(item) for item in value]
    elif isinstance(value, str):
        words = re.split(r"[;,\s]+", value.strip())
    else:
        raise RefusedError(msg('expected weekdays such as "mon-fri" or "sat, sun", got {value}', value=shown(value)))
    days: set[int] = set()
    for word in words:
        first, _, last = word.lower().partition("-")
        last = last or first
        if first == last == "all":
            first, last = "mon", "sun"
        if first not in WEEKDAYS or last not in WEEKDAYS or WEEKDAYS.index(first) > WEEKDAYS.index(last):
            raise RefusedError(
                msg("'{word}' is not a weekday or a span of them; expected mon, tue, …, sun, mon-fri or all", word=word)
            )
        days.update(range(WEEKDAYS.index(first), WEEKDAYS.index(last) + 1))
    return frozenset(WEEKDAYS[day] for day in days)


def _no_number(value: Any) -> RefusedError:
    message = msg("expected a number such as 0.55, 55 % or 2/3 in plain digits, got {value}", value=shown(value))
    return RefusedError(message)


def _fraction(value: Any) -> Fraction:
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise _no_number(value)
    text = str(value).strip()
    if len(text) > 40 or "e" in text.lower():  # a number with an exponent of millions would take minutes to expand
        raise _no_number(value)
    percent = text.endswith("%")
    try:
        number = Fraction(text.removesuffix("%").strip())
    except (ValueError, ZeroDivisionError):
        raise _no_number(value) from None
    number = number / 100 if percent else number
    if number.denominator > 10_000:
        raise RefusedError(msg("{value} has too many decimals; four are enough", value=shown(value)))
    return number


def _share(value: Any) -> Fraction:
    number = _fraction(value)
    if not 0 <= number <= 1:
        raise RefusedError(msg("{value} is not a share; expected 0 to 1 (0.55 for 55 %)", value=shown(value)))
    return number


def _tolerance(value: Any) -> Fraction:
    number = _fraction(value)
    if not 0 <= number < 1:
        message = msg("{value} is not a tolerance; expected 0 or more and under 1 (0.1 for ±10 %)", value=shown(value))
        raise RefusedError(message)
    return number


def _ratio(value: Any) -> Fraction:
    number = _fraction(value)
    if not Fraction(1, 1000) <= number <= 1000:
        message = msg("{value} is not a ratio; expected 0.001 to 1000 (1 for one to one)", value=shown(value))
        raise RefusedError(message)
    return number


def _milli(value: Any) -> Decimal:
    text = str(value).strip()
    try:
        number = Decimal(text.removesuffix("%").strip()) / (100 if text.endswith("%") else 1)
    except InvalidOperation:
        raise _no_number(value) from None
    if not number.is_finite() or not 0 <= number <= 100:
        raise RefusedError(msg("{value} is out of range; expected 0 to 100 (1 is as usual)", value=shown(value)))
    if number != round(number, 3):
        raise RefusedError(msg("{value} has more than three decimals", value=shown(value)))
    return number


def _code(value: Any) -> str:
    if not isinstance(value, str) or not _CODE.match(value):
        message = msg(
            "expected a country code of two capitals such as KZ, got {value}{hint}",
            value=shown(value),
            hint=_meant(value),
        )
        raise RefusedError(message)
    return value


def _meant(value: Any) -> Message | str:
    """A suggestion: the code of the country whose name was written in place of a code."""
    from scheduler.instance.codes import country_code

    code = country_code(value) if isinstance(value, str) else None
    return msg("; {word} is {code}", word=value, code=code) if code is not None and value.upper() != code else ""


def _identifier(value: Any) -> str:
    if not isinstance(value, str) or not _ID.match(value):
        message = msg("expected an id of letters, digits, dot, dash or underscore, got {value}", value=shown(value))
        raise RefusedError(message)
    return value


def listed(value: Any) -> Any:
    """Convert a cell ("KZ;UZ") or a single value to a list. A list stays unchanged."""
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(";") if part.strip())
    return tuple(value) if isinstance(value, list) else value


def _origin(value: Any) -> Any:
    """Read shares of origin: "KZ" means the whole, "KZ:0.5;UZ:0.5" two halves."""
    if isinstance(value, tuple):
        return value
    pairs = _pairs(value, msg("expected an origin such as KZ or KZ:0.5;UZ:0.5, got {value}", value=shown(value)))
    shares = tuple((_code(code), _share(share)) for code, share in pairs)
    if len({code for code, _ in shares}) < len(shares):
        raise RefusedError(msg("a country appears twice in the origin {value}", value=shown(value)))
    if sum(share for _, share in shares) != 1:
        raise RefusedError(msg("the shares of the origin {value} must add up to 1", value=shown(value)))
    return shares


def _dates(value: Any) -> Any:
    """Read a day for each territory: "UZ:2026-12-10;KG:2026-12-12"."""
    if isinstance(value, tuple) or value == "":
        return value or ()
    otherwise = msg("expected territories with days such as UZ:2026-12-10, got {value}", value=shown(value))
    if not isinstance(value, dict) and not all(":" in str(part) for part in listed(value) or ()):
        raise RefusedError(otherwise)
    pairs = _pairs(value, otherwise)
    if len({code for code, _ in pairs}) < len(pairs):
        raise RefusedError(msg("a territory appears twice in {value}", value=shown(value)))
    return tuple(pairs)


def _audio_shares(value: Any) -> Any:
    """Read shares of the languages heard: "kaz:0.6;rus:0.4". Empty means that there is only one language."""
    if isinstance(value, tuple) or value == "":
        return value or ()
    otherwise = msg("expected languages such as kaz:0.6;rus:0.4, got {value}", value=shown(value))
    shares = tuple((code, _share(share)) for code, share in _pairs(value, otherwise))
    for code, _ in shares:
        if not re.match(LANGUAGE, code):
            raise RefusedError(no_language(code))
    if len({code for code, _ in shares}) < len(shares):
        raise RefusedError(msg("a language appears twice in {value}", value=shown(value)))
    if any(share == 0 for _, share in shares) or sum(share for _, share in shares) != 1:
        message = msg("the shares of the languages in {value} must be above 0 and add up to 1", value=shown(value))
        raise RefusedError(message)
    return shares


def no_language(value: Any, hint: Value = "") -> Message:
    """The problem that a value is not a language."""
    return msg(
        "expected a language of three small letters (ISO 639-3) such as kaz, got {value}{hint}",
        value=shown(value),
        hint=hint,
    )


def _pairs(value: Any, otherwise: Message) -> list[tuple[str, Any]]:
    """Words with their shares, read from a mapping, a list or a cell. Without shares, all words have equal shares.

    Raises RefusedError with `otherwise` if the value is none of these.
    """
    if isinstance(value, dict):
        return [(str(code), share) for code, share in value.items()]
    parts = listed(value)
    if not isinstance(parts, tuple) or not parts:
        raise RefusedError(otherwise)
    split = [str(part).partition(":") for part in parts]
    equal = f"1/{len(parts)}"
    return [(code.strip(), share.strip() or equal) for code, _, share in split]


def _hours(value: Any) -> Any:
    if isinstance(value, list | tuple) and len(value) == 2:
        start, end = value if isinstance(value, tuple) else (clock_minutes(item) for item in value)
        if start >= DAY_MINUTES or end > DAY_MINUTES or start == end:
            raise RefusedError(
                msg('hours run from one clock time to another, "00:00" to "24:00"; over midnight as ["23:00", "07:00"]')
            )
        return (start, end)
    raise RefusedError(msg('expected two clock times such as ["19:00", "22:00"], got {value}', value=shown(value)))


def iso_dates(text: str) -> str:
    """The text with a date as offices write it, 9.12.2026 at its beginning, as 2026-12-09."""
    return re.sub(
        r"^(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", lambda found: f"{found[3]}-{found[2]:0>2}-{found[1]:0>2}", text.strip()
    )


def _isodate(value: Any) -> Any:
    if isinstance(value, date):
        return value
    written = iso_dates(value) if isinstance(value, str) else ""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", written):
        raise RefusedError(msg("expected a date such as 2026-12-07 or 07.12.2026, got {value}", value=shown(value)))
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise RefusedError(msg("{value} is not a day of the calendar", value=shown(value))) from None


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
_DATE_SCHEMA = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "pattern": r"^\d{1,2}\.\d{1,2}\.\d{4}$"}]
}
Day = Annotated[date, BeforeValidator(_isodate), WithJsonSchema(_DATE_SCHEMA)]
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
Dates = Annotated[
    tuple[tuple[Code, Day], ...],
    BeforeValidator(_dates),
    PlainSerializer(lambda dates: ";".join(f"{code}:{day}" for code, day in dates)),
    WithJsonSchema({"type": "string", "examples": ["UZ:2026-12-10;KG:2026-12-12"]}),
]
"""A day for each of some territories."""
LANGUAGE = r"^[a-z]{3}$"
AudioShares = Annotated[
    tuple[tuple[str, Fraction], ...],
    BeforeValidator(_audio_shares),
    PlainSerializer(lambda heard: ";".join(f"{code}:{share}" for code, share in heard)),
    WithJsonSchema({"type": "string", "examples": ["kaz:0.6;rus:0.4"]}),
]
"""The languages heard in a programme, as shares of its minutes. Empty if there is only one language."""
Minutes = Annotated[int, Field(ge=0, le=100_000_000)]
"""Whole minutes."""
Language = Annotated[str, Field(pattern=LANGUAGE, description="ISO 639-3, three small letters, e.g. kaz")]
VersionKind = Annotated[str, Field(pattern=r"^(original|dubbed|subtitled)$")]
