"""The headings of both pages. A language in which one of them is missing is refused."""

from __future__ import annotations

from scheduler.messages import Message, msg

EXCHANGE = msg("Exchange with each country")
OWED = msg("Who owes whom after this plan")
LAW = msg("Requirements of law on our channels: the one with the least margin of each")
PRIME = msg("Prime time on our channels, hours")
STATE = msg("State of the plan")
DUE = msg("Decisions and deliveries that are due")
CHANGES = msg("Changes since the last publication")
THEIRS = msg("Your programmes on our channels")
OURS = msg("Our programmes on your channels")
SIGNATURES = msg("Signatures")

COUNTRY, CHANNEL, MEASURE, PERIOD = msg("country"), msg("channel"), msg("measure"), msg("period")
GIVEN, RECEIVED, PERMITTED, VERDICT = msg("given"), msg("received"), msg("permitted deviation"), msg("verdict")
RULE, HAVE, NEED, MARGIN = msg("rule"), msg("there is"), msg("required"), msg("margin")
KNOWN, READING = msg("known airtime"), msg("by whose reading")
PARTNERS, OWN_FIXED, OWN_FREE = (
    msg("programmes of the exchange"),
    msg("own fixed programmes"),
    msg("other own programmes"),
)
STATUS, AIRINGS = msg("status"), msg("airings")
TITLE, EPISODES, VERSION = msg("title"), msg("episodes"), msg("version")
DAYS, CLOCKS = msg("days"), msg("start: the channel's clock / ours")
DEBTOR, CREDITOR, MINUTES, AFTER = msg("who owes"), msg("to whom"), msg("minutes"), msg("after")
UNTIL, WHAT, WHO = msg("until"), msg("what is to be done"), msg("by whom")
CHANGE, BEFORE, NOW = msg("change"), msg("before"), msg("now")

LEDGERS = msg("Balances by the ledgers")
CONFIRMED, NOT_AGREED, WITH_PLAN = msg("confirmed balance"), msg("not yet agreed"), msg("owes after this plan")
NO_LEDGER = msg("Nothing has been booked in a ledger yet.")

NOTHING_OWED = msg("Nobody owes anything after this plan.")
NOTHING_DUE = msg("Nothing is due in these days.")
NO_CHANGES = msg("Nothing has changed since the last publication.")
NOT_PUBLISHED = msg("Nothing has been published yet.")
NO_AIRINGS = msg("There are no airings.")
NO_LAW = msg("No requirement of law is in the instance.")

ALL: tuple[Message, ...] = (
    EXCHANGE, OWED, LAW, PRIME, STATE, DUE, CHANGES, THEIRS, OURS, SIGNATURES, COUNTRY, CHANNEL, MEASURE, PERIOD, GIVEN,
    RECEIVED, PERMITTED, VERDICT, RULE, HAVE, NEED, MARGIN, KNOWN, READING, PARTNERS, OWN_FIXED, OWN_FREE, STATUS,
    AIRINGS, TITLE, EPISODES, VERSION, DAYS, CLOCKS, DEBTOR, CREDITOR,
    MINUTES, AFTER, UNTIL, WHAT, WHO, CHANGE, BEFORE, NOW, NOTHING_OWED,
    LEDGERS, CONFIRMED, NOT_AGREED, WITH_PLAN, NO_LEDGER, NOTHING_DUE, NO_CHANGES, NOT_PUBLISHED, NO_AIRINGS, NO_LAW,
)  # fmt: skip

KEYS: tuple[str, ...] = tuple(one.key for one in ALL)
