"""The reconciliation act: the two ledgers of an agreement compared line by line, for both sides to sign."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from html import escape
from typing import TYPE_CHECKING

from scheduler.account.balance import Balance, balances
from scheduler.account.booking import Booking, in_force
from scheduler.ledger.act_words import act_words
from scheduler.messages import LANGUAGES, RefusedError, msg
from scheduler.text_tables import html_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from scheduler.account.book import Book

COUNTED = ("confirmed", "claimed", "disputed")
"""Kinds that an act compares. An airing that is both confirmed and claimed counts once, as confirmed."""
STYLE = (
    "body{font:15px/1.45 'Noto Sans',system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #777;padding:.25rem .5rem;text-align:left}"
    "td.n{text-align:right}@page{size:A4;margin:18mm}"
)


@dataclass(frozen=True, slots=True)
class Line:
    """One airing in one measure in the ledgers of both sides. None if a side has no line."""

    measure: str
    period: str
    giver: str
    taker: str
    channel: str
    start_utc: str
    programme: str
    ours: Fraction | None
    theirs: Fraction | None

    @property
    def state(self) -> str:
        """agreed, differs, only_ours or only_theirs."""
        if self.theirs is None:
            return "only_ours"
        if self.ours is None:
            return "only_theirs"
        return "agreed" if self.ours == self.theirs else "differs"


@dataclass(frozen=True, slots=True)
class Act:
    """Two ledgers of one agreement compared."""

    agreement: str
    parties: tuple[str, str]  # (first, second) as the agreement names them
    side: str  # the party of the ledger `ours`
    lines: tuple[Line, ...]
    balances: tuple[Balance, ...]  # by our ledger
    heads: tuple[str, str]  # ours, theirs

    @property
    def open_points(self) -> tuple[Line, ...]:
        """Lines that do not agree."""
        return tuple(line for line in self.lines if line.state != "agreed")


def match(
    ours: Book, theirs: Book, parties: tuple[str, str], ratios: Mapping[str, Fraction], side: str | None = None
) -> Act:
    """Compare two ledgers of an agreement, airing by airing (channel and start), measure by measure.

    Parameters
    ----------
    parties, ratios
        As for `scheduler.account.balances`.
    side
        The party of `ours`, by default the first.
    """
    left, right = _by_airing(ours.bookings), _by_airing(theirs.bookings)
    lines = []
    for key in sorted(left.keys() | right.keys()):
        mine, other = left.get(key), right.get(key)
        known = mine or right[key]
        measure, period, giver, taker, channel, start = key
        lines.append(
            Line(
                *(measure, period, giver, taker, channel, start),
                programme=known.programme,
                ours=None if mine is None else mine.quantity,
                theirs=None if other is None else other.quantity,
            )
        )
    agreement = next((line.agreement for line in (*ours.bookings, *theirs.bookings)), "")
    found = tuple(balances(ours.bookings, parties, ratios))
    return Act(agreement, parties, side or parties[0], tuple(lines), found, (ours.head, theirs.head))


def _by_airing(bookings: Iterable[Booking]) -> dict[tuple[str, str, str, str, str, str], Booking]:
    found: dict[tuple[str, str, str, str, str, str], Booking] = {}
    for kind in reversed(COUNTED):  # a confirmed line replaces a claimed one of the same airing
        for line in in_force(bookings):
            if line.kind == kind:
                found[line.measure, line.period, line.giver, line.taker, line.channel, line.start_utc] = line
    return found


def act_html(act: Act, languages: Sequence[str]) -> str:
    """The act as a page to print and sign, once in each language.

    Raises
    ------
    RefusedError
        A language has no catalogue. Nobody should sign a page with unchecked words.
    """
    unknown = [language for language in languages if language not in LANGUAGES]
    if unknown:
        known = ", ".join(LANGUAGES)
        missing = msg(
            "the act has no words in {languages}; there are {known}", languages=", ".join(unknown), known=known
        )
        raise RefusedError(missing)
    parts = "\n<hr>\n".join(_page(act, language) for language in languages)
    title = escape(f"{act_words(languages[0])['act']} {act.agreement}")
    return (
        f'<!doctype html>\n<html lang="{languages[0]}"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{STYLE}</style></head>\n<body><main>\n{parts}\n</main></body></html>\n"
    )


def _page(act: Act, language: str) -> str:
    words = act_words(language)
    other = act.parties[1] if act.side == act.parties[0] else act.parties[0]
    periods = ", ".join(sorted({line.period for line in act.lines})) or "–"

    def word(key: str, **values: object) -> str:
        return escape(plain(key, **values))

    def plain(key: str, **values: object) -> str:
        return words[key].format(**values)

    columns = [plain("ours", party=act.side), plain("theirs", party=other), plain("difference")]
    totals = html_table(
        [plain("measure"), plain("period"), plain("direction"), *columns],
        [
            [words.get(measure, measure), period, f"{giver}>{taker}", *_figures(ours, theirs)]
            for (measure, period, giver, taker), (ours, theirs) in _totals(act.lines).items()
        ],
    )
    each = html_table(
        [plain("measure"), plain("airing"), plain("start"), plain("programme"), *columns, plain("state")],
        [
            [
                words.get(line.measure, line.measure),
                line.channel,
                line.start_utc,
                line.programme,
                *_figures(line.ours, line.theirs),
                plain(line.state),
            ]
            for line in act.lines
        ],
    )
    count = len(act.open_points)
    sides = "".join(
        f"<p>{word('signed', party=party)}: ______________________ &nbsp; {word('name')}: ______________________"
        f" &nbsp; {word('date')}: ____________</p>"
        for party in act.parties
    )
    balance = "".join(_balance_part(one, act.parties, words) for one in _last(act.balances))
    return (
        f'<section lang="{language}"><h1>{word("act")}</h1><p>{word("of", agreement=act.agreement)}</p>'
        f"<p>{word('parties', first=act.parties[0], second=act.parties[1])}. {word('periods', periods=periods)}</p>"
        f"<h2>{word('summary')}</h2>{totals}{balance}<h2>{word('lines')}</h2>{each}"
        f"<h2>{word('open')}</h2><p>{word('open_count', count=count) if count else word('none')}</p>"
        f"<p>{word('heads', ours=act.heads[0][:16], theirs=act.heads[1][:16])}</p>{sides}</section>"
    )


def _totals(lines: Iterable[Line]) -> dict[tuple[str, str, str, str], tuple[Fraction, Fraction]]:
    found: dict[tuple[str, str, str, str], tuple[Fraction, Fraction]] = {}
    for line in lines:
        key = line.measure, line.period, line.giver, line.taker
        ours, theirs = found.get(key, (Fraction(0), Fraction(0)))
        found[key] = ours + (line.ours or 0), theirs + (line.theirs or 0)
    return found


def _last(found: Sequence[Balance]) -> list[Balance]:
    """The latest balance of every measure."""
    latest = {one.measure: one for one in found}
    return list(latest.values())


def _balance_part(one: Balance, parties: tuple[str, str], words: dict[str, str]) -> str:
    """The balance before the period, after it by what is confirmed, and as it would be if all claims were confirmed."""
    carries = {"before": one.before, "balance": one.carry}
    if one.claimed or one.disputed:
        carries["if_confirmed"] = one.carry_if_confirmed
    lines = [
        words[key].format(
            period=one.period, measure=words.get(one.measure, one.measure), words=_owed(carry, one.unit, parties, words)
        )
        for key, carry in carries.items()
    ]
    return "".join(f"<p>{escape(line)}</p>" for line in lines)


def _owed(carry: Fraction, measured: str, parties: tuple[str, str], words: dict[str, str]) -> str:
    """Who owes whom how much. `carry` is what the first party may still take."""
    if carry == 0:
        return words["even"]
    debtor, creditor = parties if carry < 0 else parties[::-1]
    unit = words["unit_runs" if measured == "runs" else "unit_minutes"]
    return words["owes"].format(debtor=debtor, creditor=creditor, quantity=exact(abs(carry)), unit=unit)


def exact(number: Fraction) -> str:
    """An exact quantity as text: 52, 52.5 or 17 1/3."""
    whole, rest = divmod(abs(number), 1)
    sign = "−" if number < 0 else ""
    if rest == 0:
        return f"{sign}{whole}"
    if 1000 % rest.denominator == 0:
        return f"{sign}{float(whole + rest):.3f}".rstrip("0")
    return f"{sign}{whole} {rest}" if whole else f"{sign}{rest}"


def _figures(ours: Fraction | None, theirs: Fraction | None) -> list[str]:
    shown = ["–" if value is None else exact(value) for value in (ours, theirs)]
    return [*shown, exact((ours or Fraction(0)) - (theirs or Fraction(0)))]
