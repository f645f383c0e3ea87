"""Messages: what rules, checks and files say as keys and values, and their catalogues in Kazakh and Russian.

`message` is the class, `catalogue` reads the .po files in `locale`, and `system_errors` has the reasons of the
operating system.
"""

from scheduler.messages.catalogue import BETWEEN, LANGUAGES, REPORT, TERM, translations
from scheduler.messages.message import (
    Listed,
    Message,
    MessageError,
    Percent,
    RefusedError,
    Term,
    Value,
    english,
    msg,
    msg_n,
)
from scheduler.messages.system_errors import system_reason

__all__ = [
    "BETWEEN",
    "LANGUAGES",
    "REPORT",
    "TERM",
    "Listed",
    "Message",
    "MessageError",
    "Percent",
    "RefusedError",
    "Term",
    "Value",
    "english",
    "msg",
    "msg_n",
    "system_reason",
    "translations",
]
