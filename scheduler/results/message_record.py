"""Messages as files hold them: written by `MessageRecord.of`, read again by its method `message`."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pydantic import Field, JsonValue

from scheduler.messages import Listed, Message, Percent, Term, Value
from scheduler.results.record import Record


class MessageRecord(Record):
    """A message: the key of the catalogues, its plural, and the values that go into it."""

    key: str
    plural: str = ""
    values: dict[str, JsonValue] = Field(default={}, description="texts, numbers, or parts that are messages again")

    @classmethod
    def of(cls, text: Message | str) -> MessageRecord:
        """The record of a message. A plain text becomes a key without values."""
        if isinstance(text, str):
            return cls(key=text)
        return cls(key=text.key, plural=text.plural, values={name: _written(value) for name, value in text.values})

    def message(self) -> Message:
        """The message from which the record was made. Dates are texts."""
        return Message(self.key, self.plural, tuple((name, _read(one)) for name, one in self.values.items()))


def _written(value: Value) -> JsonValue:
    """A value of a message as a JSON value."""
    match value:
        case Message():
            return MessageRecord.of(value).model_dump(mode="json")
        case Listed():
            return {"parts": [_written(part) for part in value.parts], "between": value.between}
        case Term():
            return {"kind": value.kind, "code": value.code}
        case Percent():
            return {"share": float(value.share), "sign": value.sign}
        case Fraction():
            return int(value) if value.denominator == 1 else float(value)
        case date():
            return value.isoformat()
    return value


def _read(value: JsonValue) -> Value:
    """The value of a message from its JSON value: the inverse of `_written`."""
    match value:
        case {"key": str(), "values": dict()}:
            return MessageRecord.model_validate(value).message()
        case {"parts": list(parts), "between": str(between)}:
            return Listed(tuple(_read(part) for part in parts), between)
        case {"kind": str(kind), "code": str(code)}:
            return Term(kind, code)
        case {"share": float() | int() as share, "sign": str(sign)}:
            return Percent(Fraction(str(share)), sign)
        case float():
            return Fraction(str(value))
        case str() | int():
            return value
    return str(value)
