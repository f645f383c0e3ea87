"""The account between parties: an append-only ledger per agreement, balances, the reconciliation act, journals.

`post` books airings, with `settled` obligations apart. `statement` and `limits` say who owes whom. `act` and
`act_words` make the act that both sides sign, `journal` the form of accounting programs.
"""

from scheduler.account import (
    ADDITIVE,
    COLUMNS,
    MOVING,
    Balance,
    Book,
    Booking,
    Debt,
    append,
    balances,
    debts,
    in_force,
    ledger_path,
    open_obligations,
    read_book,
    writing,
)
from scheduler.ledger.act import Act, match
from scheduler.ledger.journal import DIALECTS, journal
from scheduler.ledger.limits import LimitWarning, limits_of, warnings
from scheduler.ledger.post import Evidence, Posted, post, ratios_of
from scheduler.ledger.statement import Statement, statement

__all__ = [
    "ADDITIVE",
    "COLUMNS",
    "DIALECTS",
    "MOVING",
    "Act",
    "Balance",
    "Book",
    "Booking",
    "Debt",
    "Evidence",
    "LimitWarning",
    "Posted",
    "Statement",
    "append",
    "balances",
    "debts",
    "in_force",
    "journal",
    "ledger_path",
    "limits_of",
    "match",
    "open_obligations",
    "post",
    "ratios_of",
    "read_book",
    "statement",
    "warnings",
    "writing",
]
