"""The early warning: the total debt of a side is compared with the limit of its agreement."""

from __future__ import annotations

import json
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from scheduler.ledger import Debt, append, ledger_path, limits_of, warnings, writing
from scheduler.rules import bilateral, load
from tests.builders import content, kz, programme, uz, window, write
from tests.planned import command

if TYPE_CHECKING:
    from pathlib import Path

MEASURE = {"measure": "minutes", "period": "week", "tolerance": 0.5, "least": 30}


def debt(quantity: int, debtor: str = "KZ", measure: str = "minutes", period: str = "2026-W50") -> Debt:
    creditor = "UZ" if debtor == "KZ" else "KZ"
    return Debt(measure, debtor, creditor, period, date(2026, 12, 13), Fraction(quantity))


@pytest.mark.parametrize(("owed", "level"), [(50, None), (51, "half"), (100, "half"), (101, "over")])
def test_it_warns_above_half_and_above_the_limit(owed, level):
    found = warnings([debt(owed)], {"minutes": 100})
    assert [one.level for one in found] == ([] if level is None else [level])


def test_debts_of_several_periods_are_added_up_by_measure():
    owed = [debt(40), debt(40, period="2026-W51"), debt(90, measure="runs")]
    (found,) = warnings(owed, {"minutes": 100})
    assert (found.debtor, found.quantity, found.limit) == ("KZ", 80, 100)


def instance_in(folder: Path, **more: object) -> Path:
    agreement = {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [{**MEASURE, **more}]}
    channels = [kz(window("19:00", "21:00")), uz(window("19:00", "21:00"))]
    return write(folder, content(channels, [programme("p", 30)], agreements=[agreement]))


def owed_in(folder: Path, ledger: Path) -> None:
    """Book 60 and 30 minutes that KZ has taken in two weeks."""
    rule = bilateral(load(folder))[0]
    common = {"agreement": rule.id, "measure": "minutes", "unit": "minutes", "giver": "KZ", "taker": "UZ"}
    ledger.mkdir()
    with writing(ledger_path(ledger, rule.id)) as book:
        append(
            book,
            [
                {"kind": "confirmed", "quantity": Fraction(minutes), "period": period, **common}
                for minutes, period in ((60, "2026-W50"), (30, "2026-W51"))
            ],
        )


def test_the_account_shows_the_warning_of_the_agreement(tmp_path):
    folder, ledger = instance_in(tmp_path / "instance", debt_limit=100), tmp_path / "ledger"
    owed_in(folder, ledger)
    assert limits_of(bilateral(load(folder))[0]) == {"minutes": 100}
    code, said = command("ledger", "show", folder, "--ledger", ledger)
    assert code == 0
    assert "WARNING: KZ owes 90 minutes, more than half of the limit of 100" in said
    (document,) = json.loads(command("ledger", "show", folder, "--ledger", ledger, "--json")[1])
    assert [(one["level"], one["limit"]) for one in document["warnings"]] == [("half", 100)]
    assert "more than the limit of 80" in command("ledger", "show", folder, "--ledger", ledger, "--limit", "80")[1]


def test_without_a_limit_nothing_is_warned_of_and_no_row_changes(tmp_path):
    plain, limited = instance_in(tmp_path / "plain"), instance_in(tmp_path / "limited", debt_limit=1)
    ledger = tmp_path / "ledger"
    owed_in(plain, ledger)
    assert "WARNING" not in command("ledger", "show", plain, "--ledger", ledger)[1]
    from scheduler.airings import build_airings
    from scheduler.formulation import formulate
    from scheduler.rules import rules_of

    sizes = []
    for folder in (plain, limited):
        instance = load(folder)
        rules = rules_of(instance)
        program = formulate(build_airings(instance, rules), rules)
        sizes.append((program.matrix.shape, program.matrix.sum(), program.lower.tolist(), program.upper.tolist()))
    assert sizes[0] == sizes[1]
