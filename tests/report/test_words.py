"""The catalogues of words are complete, and reports use nothing else."""

import ast
import re
import string
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from babel.messages.pofile import read_po

import scheduler.report
import scheduler.rules
from scheduler.instance.model import rule_model
from scheduler.instance.model.periods import SPANS, Period
from scheduler.messages import LANGUAGES, Term
from scheduler.messages import REPORT as REPORT_WORDS
from scheduler.messages.catalogue import folder_of
from scheduler.reasons import REASON_CODES, Reason
from scheduler.report.absence_words import loss_words
from scheduler.report.facts import parameters
from scheduler.report.language import Language, bcp47
from scheduler.results import PlaceRecord
from scheduler.rules.framework.measures import UNITS
from scheduler.timetable.minutes import period_name

REPORT = Path(scheduler.report.__file__).parent
LATIN = re.compile("[A-Za-z]")


def words_of(language):
    with (folder_of(language) / "parity.po").open("rb") as stream:
        return {one.id: one.string for one in read_po(stream, locale=language) if one.context == REPORT_WORDS}


CATALOGUES = {language: words_of(language) for language in LANGUAGES}


def fields(text):
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_word_with_the_same_places(language):
    english, other = CATALOGUES["en"], CATALOGUES[language]
    assert set(english) == set(other)
    assert len(english) > 150
    for key, text in english.items():
        assert other[key].strip(), key
        assert fields(other[key]) == fields(text), key


def said_keys():
    """Every key that the code and the page ask for as it stands."""
    found = set()
    for path in REPORT.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                if name == "say":
                    found.add(node.args[0].value)
    return found | set(re.findall(r"say\('(\w+)'", (REPORT / "page" / "page.html").read_text(encoding="utf-8")))


def units_of_rules():
    """Every unit that a rule gives to its rows as a literal."""
    found = set()
    for path in Path(scheduler.rules.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.keyword) and node.arg == "unit" and isinstance(node.value, ast.Constant):
                found.add(node.value.value)
    assert len(found) > 5
    return found


def test_an_unknown_word_is_an_error():
    with pytest.raises(KeyError, match="nonsense"):
        Language("kk").say("nonsense")
    assert Language("kk").unit("parsecs") == "parsecs"


def test_every_word_that_is_asked_for_is_there():
    assert said_keys() - set(CATALOGUES["en"]) == set()


def test_standings_measures_and_units_have_words():
    words = CATALOGUES["en"]
    for code in (*rule_model.LegalText.__args__, *rule_model.Reading.__args__):
        assert f"law_{code}" in words
    assert Language("en").status("official plain 2026-11-27") == "official text, plain, checked 27 Nov 2026"
    assert Language("en").status("secondary contested ") == "by our reading: secondary text, contested, not checked"
    assert Language("ru").status("house") == "правило канала"
    for period in ("day", *SPANS, "horizon", "cumulative"):
        assert f"period_kind_{period}" in words
    for measure, unit in UNITS.items():
        assert f"measure_{measure}" in words
        assert f"unit_{unit}" in words
    for unit in units_of_rules():
        assert f"unit_{unit}" in words


@pytest.mark.parametrize(
    ("code", "number", "day", "week"),
    [
        ("en", "1,234,567.5", "7 Dec 2026", "week 50, 2026"),
        ("ru", "1\xa0234\xa0567,5", "7 дек. 2026\u202fг.", "неделя 50, 2026"),
        ("kk", "1\xa0234\xa0567,5", "2026 ж. 07 жел.", "2026 ж. 50-апта"),
    ],
)
def test_dates_and_numbers_are_those_of_the_locale(code, number, day, week):
    language = Language(code)
    assert language.number(1234567.5) == number
    assert re.sub(r"\s", " ", language.day(date(2026, 12, 7))) == re.sub(r"\s", " ", day)
    assert language.period("2026-W50") == week
    assert language.number(None) == language.number(float("nan")) == "–"


@pytest.mark.parametrize("code", ["kk", "ru"])
@pytest.mark.parametrize("period", Period.__args__)
def test_every_period_has_words(code, period):
    language = Language(code)
    word = language.render(Term("every", period))
    assert not LATIN.search(word), word
    name = language.render(Term("period", period_name(period, pd.Timestamp("2026-12-07 19:30"), {})))
    assert not LATIN.search(name.replace("IV", "")), name  # a number
    assert not re.search(r"\d-\d", name), name


def test_periods_in_words():
    english, russian, kazakh = map(Language, ("en", "ru", "kk"))
    assert [english.period(label) for label in ("2026-12", "2026-Q4", "2026-H2", "to 2026-W50")] == [
        "December 2026", "4th quarter 2026", "second half of 2026", "to week 50, 2026",
    ]  # fmt: skip
    assert russian.period("2026-H1") == "первое полугодие 2026 г."
    assert re.sub(r"\s", " ", kazakh.period("2026-Q4")) == "2026 ж. IV тоқсан"
    assert english.period("2026-13") == "2026-13"  # a name that an instance gives stays
    assert english.render(Term("every", "6h")) == str(Term("every", "6h")) == "6 hours"
    assert russian.render(Term("every", "Ramadan")) == "Ramadan"


def test_short_numbers():
    written = {code: [Language(code).short_number(at) for at in (186e6, 1.5e6, 12e3)] for code in LANGUAGES}
    assert written["en"] == ["186m", "1.5m", "12k"]
    assert written["ru"] == ["186\xa0млн", "1,5\xa0млн", "12\xa0тыс."]
    assert written["kk"] == ["186\xa0млн", "1,5\xa0млн", "12\xa0мың"]


def test_languages_have_their_shortest_tag():
    assert [bcp47(code) for code in ("kaz", "rus", "uzb", "kir", "tgk", "aze", "zho", "tuk", "sah")] == [
        "kk", "ru", "uz", "ky", "tg", "az", "zh", "tk", "sah",
    ]  # fmt: skip


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_reason_has_words_and_a_rule_its_sentence(code):
    language, sentences = Language(code), {"DOM": "at least 40 % domestic"}
    words = {reason: language.reason(Reason(reason, "DOM"), sentences) for reason in REASON_CODES}
    assert words.pop("rule") == "at least 40 % domestic"
    assert len(set(words.values())) == len(REASON_CODES) - 1
    assert words["runs_used"].endswith("history.csv" if code == "en" else "(history.csv)")


@pytest.mark.parametrize(
    ("least", "most", "words"),
    [
        (5, 5, ["the best timetable with it there loses exactly 5 viewer-minutes"]),
        (5, 9, ["the best timetable with it there loses at least 5 and at most 9 viewer-minutes"]),
        (0, 9, ["the best timetable with it there loses at most 9 viewer-minutes"]),
        (0, -3, ["to put it there and to change nothing else gains 3 viewer-minutes"]),
    ],
)
def test_what_a_place_loses_in_words(least, most, words):
    place = PlaceRecord.model_construct(loses_at_least=least, loses_at_most=most)
    assert [Language("en").render(one) for one in loss_words(place)] == words


@pytest.mark.parametrize(("code", "no"), [("en", "no"), ("kk", "жоқ"), ("ru", "нет")])
def test_settings_that_are_no_numbers_are_in_words(code, no):
    settings = {"deterministic": False, "memory": None, "workers": 2}
    result = SimpleNamespace(status="feasible", versions={"python": "3"}, seed=1, parameters=settings)
    instance = SimpleNamespace(file=SimpleNamespace(name="toy"), digest="0")
    tables = SimpleNamespace(instance=instance, digest="1", result=result, timings=None)
    assert [fact.value for fact in parameters(tables, Language(code))][-3:] == [no, "–", "2"]


def test_numbers_of_any_length_are_shown():
    assert Language("en").number(1e30).startswith("1,000,000,000,000,000,")
    assert Language("en").number(-1e40).startswith("-10,000,000,000,000,000,")
    assert Language("en").short_number(1e40).startswith("1")
    assert Language("en").percent(1e40).startswith("1,000,000") or Language("en").percent(1e40).startswith("1000000")
