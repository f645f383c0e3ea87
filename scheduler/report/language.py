"""The language of a report: its words, dates, numbers, countries and languages."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Context, getcontext, localcontext
from functools import lru_cache
from typing import TYPE_CHECKING

from babel import Locale
from babel.core import get_global
from babel.dates import format_date, format_skeleton
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from scheduler.instance import Fallback
from scheduler.messages import BETWEEN, REPORT, TERM, Listed, Message, Percent, Term, Value, translations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scheduler.reasons import Reason
    from scheduler.rules.framework.aspect import Aspect

LOCALES = {"en": "en_GB", "kk": "kk", "ru": "ru"}
"""The locale of each language of reports; plain `en` would write months before days."""

OWN_PROGRAMME = str(Fallback.model_fields["title"].default)
"""The title of fallback to which the instance gives none."""

_WEEK = re.compile(r"(\d{4})-W(\d\d)$")
_DATES = re.compile(r"(\d{4}-\d{2}-\d{2})/(\d{4}-\d{2}-\d{2})$")
_DATE = re.compile(r"(\d{4}-\d\d-\d\d)(?: (\d\d)-(\d\d))?$")
_MONTH = re.compile(r"(\d{4})-(\d\d)$")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])$")
_HALF = re.compile(r"(\d{4})-H([12])$")


def bcp47(language: str) -> str:
    """The shortest tag of a language by its ISO 639-3 code: kaz is kk. A code without a shorter tag stays."""
    short = get_global("language_aliases").get(language, language)
    return str(short).split("_")[0]


@dataclass(frozen=True, slots=True)
class Language:
    """A language of reports: kk, ru or en."""

    code: str

    @property
    def locale(self) -> Locale:
        """The locale for dates and numbers."""
        return _locale(self.code)

    def say(self, key: str, **values: object) -> str:
        """The words of a key, with values inserted. Raises KeyError for an unknown key."""
        words = self._words(key)
        if words is None:
            raise KeyError(key)
        return words.format(**values) if values else words

    def _words(self, key: str) -> str | None:
        """The words of a key in the catalogues. None if there are none."""
        unknown = f"{REPORT}\x04{key}"  # gettext joins context and key so, and gives an unknown key back
        found = str(translations(self.code).gettext(unknown))
        return None if found == unknown else found

    def render(self, value: Value) -> str:
        """A message, or a value of one, in words."""
        words = translations(self.code)
        match value:
            case Message():
                values = dict(value.values)
                count = values.get("count")
                if value.plural and isinstance(count, int):
                    template = words.ngettext(value.key, value.plural, count)
                else:
                    template = words.gettext(value.key)
                return template.format(**{name: self.render(part) for name, part in values.items()})
            case Listed():
                return str(words.pgettext(BETWEEN, value.between)).join([self.render(part) for part in value.parts])
            case Term():
                return self.term(value)
            case Percent():
                share = format_decimal(float(value.share) * 100, format="#,##0.###", locale=self.locale)
                return f"{value.sign}{share} %"
            case str():
                return value
            case date():
                return self.day(value)
        return self.number(float(value))

    def term(self, term: Term) -> str:
        """A word of the vocabulary. A word without a translation stays unchanged."""
        known = {"unit": self.unit, "period": self.period, "measure": self.measure, "aspect": self.code_of_aspect}
        if term.kind in known:
            return known[term.kind](term.code)
        context = term.kind if term.kind in ("every", "kind") else TERM
        found = str(translations(self.code).pgettext(context, term.code))
        return str(term) if found == term.code else found

    def number(self, value: float | None, decimals: int = 1) -> str:
        """A number in the format of the locale. Whole numbers have no decimals, None is a dash."""
        if value is None or value != value:
            return "–"
        return _number(self.code, round(float(value), decimals) + 0.0, decimals)

    def short_number(self, value: float) -> str:
        """A number with at most three digits before its thousands, millions or billions: 186 million, 1.5 million."""
        digits = 1 if 1e6 <= value < 1e7 else 0
        with _digits_of(value):
            return str(format_compact_decimal(value, fraction_digits=digits, locale=self.locale))

    def percent(self, share: float) -> str:
        """A share in per cent with two decimals."""
        with _digits_of(share):
            return str(format_percent(share, "0.00 %", locale=self.locale))

    def day(self, day: date) -> str:
        """A day with its year: 7 Dec 2026."""
        return str(format_date(day, "medium", locale=self.locale))

    def weekday(self, day: date) -> str:
        """A day with its weekday, without the year: Mon 7 Dec."""
        return str(format_date(day, "EEE d MMM", locale=self.locale))

    def period(self, label: str) -> str:
        """The name of a period as tables write it (2026-W50, to 2026-12, 2026-12-07 06-12, horizon), in words."""
        if label.startswith("to "):
            return self.say("to_period", period=self.period(label[3:]))
        if label == "horizon":
            return self.say("period_horizon")
        week = _WEEK.match(label)
        if week:
            return self.say("period_week", week=int(week[2]), year=week[1])
        if half := _HALF.match(label):
            return self.say(f"period_half_{half[2]}", year=half[1])
        if longer := self._month_or_quarter(label):
            return longer
        if dates := _DATES.match(label):
            return "–".join(self.day(date.fromisoformat(day)) for day in dates.groups())
        dated = _DATE.match(label)
        if dated:
            hours = f", {dated[2]}–{dated[3]}" if dated[2] else ""
            return self.day(date.fromisoformat(dated[1])) + hours
        return label

    def _month_or_quarter(self, label: str) -> str:
        """The words of 2026-12 or 2026-Q4. Empty for another label."""
        if quarter := _QUARTER.match(label):
            return str(format_skeleton("yQQQQ", date(int(quarter[1]), 3 * int(quarter[2]), 1), locale=self.locale))
        month = _MONTH.match(label)
        if month is None or not 1 <= int(month[2]) <= 12:
            return ""
        return str(format_skeleton("yMMMM", date(int(month[1]), int(month[2]), 1), locale=self.locale))

    def unit(self, unit: str) -> str:
        """A unit of rules. A unit without a translation stays unchanged."""
        return self._words(f"unit_{unit}") or unit

    def measure(self, measure: str) -> str:
        """A measure of agreements."""
        return self._words(f"measure_{measure}") or measure

    def status(self, standing: str) -> str:
        """The legal status of a rule, from the codes of its standing.

        A rule of law that is not settled is law by our reading.
        """
        text, *rest = standing.split(" ")
        if not rest:
            return self.say(f"status_{text}")
        reading, day = rest[0], rest[1] if len(rest) > 1 else ""
        checked = self.say("law_checked", day=self.day(date.fromisoformat(day))) if day else self.say("law_unchecked")
        words = ", ".join([self.say(f"law_{text}"), self.say(f"law_{reading}"), checked])
        settled = text == "official" and reading == "plain" and day
        return words if settled else self.say("law_by_our_reading", words=words)

    def verdict(self, word: str) -> str:
        """A verdict with its sign."""
        marks = {"interim": "interim", "met": "met_mark", "unjudged": "unjudged_mark"}
        return self.say(marks.get(word, "missed_mark"))

    def bound(self, sense: str) -> str:
        """At least or at most."""
        return self.say("at_least" if sense == "least" else "at_most")

    def aspect(self, aspect: Aspect) -> str:
        """The aspect of a rule row in words. A row of an agreement names its measure and its period."""
        code = self.code_of_aspect(aspect.code)
        if not aspect.measure:
            return ": ".join(part for part in (code, aspect.name) if part)
        of = f" ({aspect.name})" if aspect.name else ""
        period = self._words(f"period_kind_{aspect.period}") or aspect.period  # a range of dates by its own name
        return f"{self.measure(aspect.measure)}{of}, {period}: {code}"

    def code_of_aspect(self, code: str) -> str:
        """The words of an aspect's code. A code without a translation stays unchanged."""
        if code in ("least", "most"):
            return self.bound(code)
        if code in ("over", "under"):
            return self.say(code)
        return str(translations(self.code).pgettext("aspect", code)) if code else ""

    def step(self, name: str) -> str:
        """A step of a search; one without words of its own stays as it is."""
        return str(translations(self.code).pgettext("step", name))

    def daypart(self, name: str) -> str:
        """A daypart. Names that the instance defines stay unchanged."""
        return self.say({"prime": "prime", "other": "other_hours"}[name]) if name in ("prime", "other") else name

    def country(self, code: str) -> str:
        """A country by its code."""
        return str(self.locale.territories.get(code, code))

    def tongue(self, language: str) -> str:
        """A spoken language by its ISO 639-3 code."""
        return str(self.locale.languages.get(bcp47(language), language))

    def title(self, title: str) -> str:
        """A title as the instance writes it. Fallback without a title has a default title in the language."""
        return self.say("fallback") if title == OWN_PROGRAMME else title

    def reason(self, reason: Reason, sentences: Mapping[str, Message]) -> str:
        """The reason why a programme is not on air. `sentences` are those of the rules, by id."""
        if reason.code == "rule":
            return self.render(sentences.get(reason.rule, reason.rule))
        return self.say(f"reason_{reason.code}")


@lru_cache(maxsize=8)
def _locale(code: str) -> Locale:
    return Locale.parse(LOCALES[code])


def _digits_of(value: float) -> AbstractContextManager[Context]:
    """Decimals of enough digits for a number. One that is read from a file can have any length."""
    return localcontext(prec=max(getcontext().prec, len(str(int(value))) + 20))


@lru_cache(maxsize=65_536)
def _number(code: str, value: float, decimals: int) -> str:
    pattern = "#,##0" if value == int(value) else "#,##0." + "0" * decimals
    with _digits_of(value):
        return str(format_decimal(value, format=pattern, locale=_locale(code)))
