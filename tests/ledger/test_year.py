"""A year of weekly postings against an independent recount, every altered byte, and a process killed at any moment."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.account import append, balances, debts, ledger_path, open_obligations, read_book, writing
from scheduler.instance import InputError
from scheduler.ledger import post
from scheduler.rules import bilateral, load
from scheduler.timetable import build_timetable
from tests.builders import content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

    from scheduler.instance import Instance
    from scheduler.timetable import Timetable

PARTIES = ("KZ", "UZ")
WEEKS = 52
FIRST = date(2026, 12, 28)
"""A Monday; the year has the week 2026-W53 and goes on into 2027."""
RATIO = Fraction(3, 2)
LENGTH = 45

Airing = tuple[int, int, int]
"""Channel, day of the week, and start in minutes after midnight."""


def instance_of(folder: Path, week: int) -> Instance:
    measures = [
        {"measure": "minutes", "period": "week", "ratio": "3/2", "tolerance": 0.9, "tolerance_of": "sum"},
        {"measure": "prime_minutes", "period": "week", "tolerance": 0.9, "tolerance_of": "sum"},
        {"measure": "runs", "period": "week", "tolerance": 0.9, "tolerance_of": "sum"},
    ]
    spec = content(
        [kz(window("16:00", "24:00")), uz(window("16:00", "24:00"))],
        [
            programme("k", LENGTH, episodes=400, versions="kaz:original;uzb:dubbed"),
            programme("u", LENGTH, episodes=400, origin="UZ", versions="uzb:original;kaz:dubbed"),
        ],
        agreements=[{"type": "parity", "id": "KZ-UZ", "parties": list(PARTIES), "measures": measures}],
        start=(FIRST + timedelta(weeks=week)).isoformat(),
        days=7,
        grid=15,
    )
    return load(write(folder / str(week), spec))


def timetable_of(instance: Instance, airings: list[Airing]) -> Timetable:
    items = instance.contents.items
    shown = {}
    for channel, name in ((0, "u"), (1, "k")):
        at, spoken = instance.programme_index[name], instance.channels[channel].languages[0]
        shown[channel] = next(of for of, one in enumerate(items) if one.programme == at and one.audio == spoken)
    rows = np.array(
        [
            (channel, instance.timeline.local_minute(instance.channels[channel].zone, day, start), shown[channel])
            for channel, day, start in sorted(airings, key=lambda one: (one[1], one[2], one[0]))
        ],
        dtype=np.int64,
    ).reshape(-1, 3)
    ones = np.ones(len(rows), dtype=np.int64)
    first = ones.astype(bool)
    return build_timetable(instance, rows[:, 0], rows[:, 1], ones * LENGTH, rows[:, 2], np.cumsum(ones), first, ~first)


def drawn(rng: random.Random) -> list[Airing]:
    """Airings of a week: on each channel at most one a day, before, in and across the edge of prime time at 23:00."""
    starts = (16 * 60, 17 * 60 + 30, 18 * 60, 21 * 60, 22 * 60 + 30, 23 * 60)
    return [(channel, day, rng.choice(starts)) for channel in (0, 1) for day in range(7) if rng.random() < 0.6]


def counted(airings: list[Airing], channel: int) -> Counter[str]:
    """The amounts of a week on a channel, counted from the starts alone."""
    mine = [start for of, _, start in airings if of == channel]
    prime = sum(max(0, min(start + LENGTH, 23 * 60) - max(start, 18 * 60)) for start in mine)
    return Counter({"minutes": LENGTH * len(mine), "prime_minutes": prime, "runs": len(mine)})


def test_a_year_of_weekly_postings_equals_a_recount(tmp_path):
    """Each week is planned, claimed and confirmed; every third week is confirmed again with a correction."""
    rng = random.Random(11)
    carry = dict.fromkeys(("minutes", "prime_minutes", "runs"), Fraction(0))
    expected: list[dict[str, Fraction]] = []
    folder = tmp_path / "ledger"
    for week in range(WEEKS):
        instance = instance_of(tmp_path, week)
        (rule,) = bilateral(instance)
        airings = drawn(rng)
        table = timetable_of(instance, airings)
        post(table, rule, "planned", folder)
        if week % 3 == 0:
            post(timetable_of(instance, airings[1:]), rule, "claimed", folder)
            post(timetable_of(instance, airings[:-1]), rule, "confirmed", folder)
        done = post(table, rule, "confirmed", folder)
        again = post(table, rule, "confirmed", folder)
        assert (again.booked, again.reversed, again.book.head) == (0, 0, done.book.head)
        given, received = counted(airings, 1), counted(airings, 0)
        for measure in carry:
            ratio = RATIO if measure == "minutes" else Fraction(1)
            carry[measure] -= given[measure] - ratio * received[measure]
        expected.append(dict(carry))
    book = read_book(ledger_path(folder, "KZ-UZ"), done.book.head)
    ratios = {"minutes": RATIO}
    found: dict[str, dict[str, Fraction]] = {}
    for one in balances(book.bookings, PARTIES, ratios):
        found.setdefault(one.period, {})[one.measure] = one.carry
        assert one.claimed == one.disputed == 0, "all of it was confirmed"
    names = [f"{FIRST + timedelta(weeks=week):%G-W%V}" for week in range(WEEKS)]
    assert names[0] == "2026-W53"
    last = dict.fromkeys(carry, Fraction(0))
    for name, amounts in zip(names, expected, strict=True):
        last |= found.get(name, {})  # a week without an airing in prime time has no line of it
        assert last == amounts, name
    owed = debts(book.bookings, PARTIES, ratios)
    for measure, amount in carry.items():
        mine = [one for one in owed if one.measure == measure]
        assert sum((one.quantity for one in mine), Fraction(0)) == abs(amount)
        assert {one.debtor for one in mine} <= {PARTIES[0] if amount < 0 else PARTIES[1]}
    assert open_obligations(book.bookings) == []
    raw = book.path.read_bytes()
    for _ in range(40):
        at = rng.randrange(len(raw))
        book.path.write_bytes(raw[:at] + bytes([raw[at] ^ (1 << rng.randrange(8))]) + raw[at + 1 :])
        with pytest.raises(InputError):
            read_book(book.path, book.head)


def line(number: int, **more: Any) -> dict[str, Any]:
    common = {"agreement": "KZ-UZ", "measure": "minutes", "unit": "minutes", "giver": "KZ", "taker": "UZ"}
    return {"kind": "confirmed", "quantity": number, "period": "2026-W50", "airing_id": str(number), **common, **more}


NOW = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)


def test_every_byte_of_a_ledger_counts(tmp_path):
    """Each byte is altered in one bit, dropped, and doubled."""
    path = tmp_path / "a.csv"
    with writing(path) as book:
        head = append(book, [line(1, reason="Әуе, «x»"), line(2), line(3, kind="claimed")], NOW).head
    raw = path.read_bytes()
    rng = random.Random(5)
    kept = []
    for at in range(len(raw)):
        bit = bytes([raw[at] ^ (1 << rng.randrange(8))])
        for altered in (
            raw[:at] + bit + raw[at + 1 :],
            raw[:at] + raw[at + 1 :],
            raw[:at] + raw[at : at + 1] * 2 + raw[at + 1 :],
        ):
            path.write_bytes(altered)
            try:
                kept.append((at, read_book(path, head)))
            except InputError:
                continue
    assert kept == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a copy of the process")
def test_a_post_that_ends_at_any_moment_leaves_the_old_or_the_new_ledger(tmp_path):
    """A copy of the process ends without a word at its k-th operation on files, for every k until it gets through."""
    path = tmp_path / "a.csv"
    with writing(path) as book:
        old = append(book, [line(1), line(2)], NOW)
    before = path.read_bytes()
    seen = set()
    for number in range(1, 200):
        path.write_bytes(before)
        child = os.fork()
        if not child:
            _append_and_end(path, number)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        there = read_book(path, old.head)
        assert there.bookings[:2] == old.bookings
        assert len(there.bookings) in (2, 4)
        seen.add((code, len(there.bookings)))
        with writing(path) as held:  # nobody holds the lock any more
            assert held.head == there.head
        if code == 0:
            break
    assert seen >= {(9, 2), (0, 4)}
    assert number > 4


def _append_and_end(path: Path, number: int) -> None:
    """In the copy: append two lines, but end at the operation on files of this number."""
    left = [number]

    def count(event: str, _: object) -> None:
        if event in ("open", "os.rename", "os.remove", "os.chmod", "os.truncate", "fcntl.flock", "tempfile.mkstemp"):
            left[0] -= 1
            if not left[0]:
                os._exit(9)

    sys.addaudithook(count)
    try:
        with writing(path) as book:
            append(book, [line(3), line(4)], NOW)
    except BaseException:
        os._exit(8)
    os._exit(0)
