"""The tables of the report on the ledgers: where a carry-over comes from, and which make-goods are open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.report.sections import Column, Row, Section

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from scheduler.report.language import Language
    from scheduler.report.sections import Kind
    from scheduler.report.tables import Tables


def carried_section(tables: Tables, language: Language) -> Section:
    """One line per period of each carry-over that is taken from a ledger: its confirmed bookings and their entries."""
    say = language.say
    names = ["agreement", "measure", "period", "given", "received", "other_bookings", "carry_over", "unit", "entries"]
    kinds: list[Kind] = ["text", "text", "text", "number", "number", "number", "number", "text", "text"]
    rows = [
        Row(
            (
                one.agreement,
                language.measure(one.measure),
                language.period(part.period),
                *map(_number, (part.given, part.received, part.other, part.carry_over)),
                language.unit(one.unit),
                f"{one.ledger}: {entries_text(part.entries)}",
            ),
            "",
            one.agreement,
        )
        for one in tables.instance.carried
        for part in one.periods
    ]
    columns = tuple(Column(say(name), kind) for name, kind in zip(names, kinds, strict=True))
    return Section("carried", say("carried"), say("carried_note"), columns, tuple(rows), say("nothing"))


def make_goods_section(tables: Tables, language: Language) -> Section:
    """One line per open make-good of the ledgers that is a row of the plan."""
    say = language.say
    names = ["agreement", "giver", "taker", "measure", "missing", "due", "daypart", "programme", "entries"]
    rows = [
        Row(
            (
                one.agreement,
                one.giver,
                one.taker,
                language.measure(one.measure),
                _number(one.missing),
                language.day(one.due),
                one.daypart,
                one.programme,
                str(one.entry),
            ),
            "",
            one.agreement,
        )
        for one in tables.instance.obligations
    ]
    columns = tuple(Column(say(name), "number" if name == "missing" else "text") for name in names)
    return Section("make_goods", say("make_goods"), "", columns, tuple(rows), say("nothing"))


def _number(amount: Fraction) -> float | int:
    return int(amount) if amount.denominator == 1 else float(amount)


def entries_text(entries: Iterable[int]) -> str:
    """Numbers of lines with ranges: 2–5, 9."""
    ranges: list[list[int]] = []
    for entry in sorted(entries):
        if ranges and entry == ranges[-1][1] + 1:
            ranges[-1][1] = entry
        else:
            ranges.append([entry, entry])
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in ranges)
