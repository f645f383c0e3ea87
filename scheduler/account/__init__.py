"""The account between two parties: bookings, the file of a ledger, balances, debts, obligations.

`booking` is one entry, `book` reads and writes the file of a ledger, `balance` adds up what is owed, and `carried` is
what a plan takes over.
"""

from scheduler.account.balance import Balance, Debt, balances, debts, movement, open_obligations
from scheduler.account.book import Book, append, ledger_path, read_book, writing
from scheduler.account.booking import ADDITIVE, AIRINGS, COLUMNS, MOVING, Booking, Kind, in_force
from scheduler.account.carried import carried_over, not_a_period, obligations

__all__ = [
    "ADDITIVE",
    "AIRINGS",
    "COLUMNS",
    "MOVING",
    "Balance",
    "Book",
    "Booking",
    "Debt",
    "Kind",
    "append",
    "balances",
    "carried_over",
    "debts",
    "in_force",
    "ledger_path",
    "movement",
    "not_a_period",
    "obligations",
    "open_obligations",
    "read_book",
    "writing",
]
