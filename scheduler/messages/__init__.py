"""Messages: what rules, checks and files say as keys and values, and their catalogues in Kazakh and Russian."""

from scheduler.messages.catalogue import BETWEEN, LANGUAGES, REPORT, TERM, translations
from scheduler.messages.message import Listed, Message, Percent, RefusedError, Term, Value, english, msg, msg_n

__all__ = [
    "BETWEEN",
    "LANGUAGES",
    "REPORT",
    "TERM",
    "Listed",
    "Message",
    "Percent",
    "RefusedError",
    "Term",
    "Value",
    "english",
    "msg",
    "msg_n",
    "translations",
]
