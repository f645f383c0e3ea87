"""The account between parties: an append-only ledger per agreement, balances, the reconciliation act, journals."""

from scheduler.ledger.act import Act, match
from scheduler.ledger.balance import Balance, Debt, balances, debts, open_obligations
from scheduler.ledger.book import Book, append, read_book, writing
from scheduler.ledger.booking import ADDITIVE, COLUMNS, MOVING, Booking, in_force
from scheduler.ledger.journal import DIALECTS, journal
from scheduler.ledger.limits import LimitWarning, limits_of, warnings
from scheduler.ledger.post import Evidence, Posted, ledger_path, post, ratios_of

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
    "warnings",
    "writing",
]
