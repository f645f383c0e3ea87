"""Journals of a ledger in the programs that read such journals: beancount, hledger and ledger."""

from __future__ import annotations

import subprocess
from fractions import Fraction

import pytest

from scheduler.ledger import append, journal, writing

pytestmark = pytest.mark.readers
PARTIES = ("KZ", "UZ")


@pytest.fixture(params=[Fraction(52), Fraction(105, 2), Fraction(52, 3)], ids=str)
def bookings(request, tmp_path):
    common = {"agreement": "KZ-UZ", "unit": "minutes", "period": "2026-W50", "programme": 'Қорқыт "2"; x'}
    lines = [
        {"kind": "opening", "giver": "KZ", "taker": "UZ", "measure": "minutes", "quantity": 10, **common},
        {"kind": "confirmed", "giver": "KZ", "taker": "UZ", "measure": "minutes", "quantity": request.param, **common},
        {"kind": "confirmed", "giver": "UZ", "taker": "KZ", "measure": "minutes", "quantity": 45, **common},
        {"kind": "planned", "giver": "UZ", "taker": "KZ", "measure": "minutes", "quantity": 999, **common},
        {"kind": "confirmed", "giver": "UZ", "taker": "KZ", "measure": "runs", "quantity": 1, **common},
    ]
    with writing(tmp_path / "a.csv") as book:
        return append(book, lines).bookings


def ran(*command):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)


def test_beancount_finds_the_same_balance(bookings, tmp_path):
    path = tmp_path / "a.beancount"
    path.write_text(journal(bookings, PARTIES, {}, "beancount"))
    done = ran("bean-check", path)
    assert done.returncode == 0, done.stdout + done.stderr
    path.write_text(
        path.read_text().replace("balance Assets:Parity:KZ-UZ:Minutes  ", "balance Assets:Parity:KZ-UZ:Minutes  9")
    )
    assert ran("bean-check", path).returncode != 0


def test_hledger_and_ledger_find_the_same_balance(bookings, tmp_path):
    path = tmp_path / "a.journal"
    path.write_text(journal(bookings, PARTIES, {}, "hledger"))
    done = ran("hledger", "-f", path, "check")
    assert done.returncode == 0, done.stdout + done.stderr
    shown = ran("ledger", "-f", path, "bal", "Assets:Parity:KZ-UZ:Minutes")
    assert shown.returncode == 0, shown.stderr
    path.write_text(path.read_text().replace(" = ", " = 9"))
    assert ran("hledger", "-f", path, "check").returncode != 0
