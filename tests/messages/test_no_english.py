"""Whole pages, text reports and explanations in Kazakh and Russian: no English word is left but names and codes."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from scheduler.explain import explain
from scheduler.explain.text import explanation_lines
from scheduler.messages import Message
from scheduler.report.checking import check_lines, checked_instance, instance_lines
from scheduler.report.html import html_report
from scheduler.report.language import Language
from scheduler.report.markdown import markdown_report
from scheduler.report.summary import summary_lines
from scheduler.report.tables import Tables, build_tables
from scheduler.report.text import text_report
from scheduler.rules import load
from scheduler.solve import Budget, Settings, conclude, prepare, run
from scheduler.verify import verify
from tests.planned import timetable_at

INSTANCES = Path(__file__).parents[2] / "instances"
WORD = re.compile(r"[A-Za-z]{2,}(?:_[A-Za-z]+)*")
TRANSLATED = ("kk", "ru")

FILES_AND_TOOLS = {
    "csv", "yaml", "json", "xlsx", "format", "parity", "scheduler", "explain", "report", "cost", "UTC", "SHA",
    "highspy", "ortools", "numpy", "scipy", "pandas", "numba", "HiGHS", "CP", "SAT", "lang", "limit", "time",
    "instance", "locks", "result", "timetable", "timings", "history", "programmes", "python",
    "Qazaqstan",  # the channel beside whose figures regularity stands
}  # fmt: skip
"""Names of files, commands and libraries, which are the same in every language."""

FIELDS = {
    "agreements", "measures", "tolerance", "least", "channels", "windows", "start", "end", "rules", "select",
    "placement", "carry_over",
}  # fmt: skip
"""Fields of instance.yaml where an edit is shown as it is to be typed, and the id of the built-in rule of slots."""


def text_of(page: str) -> str:
    """The words of a page that a reader sees: no tags, no styles, no scripts."""
    bare = re.sub(r"<(style|script)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]*>", " ", bare))


def own_words(folder: Path) -> set[str]:
    """The words of an instance's files, which planners have chosen: ids, titles, codes, notes, sources."""
    found: set[str] = set()
    for path in [*folder.glob("*.csv"), folder / "instance.yaml"]:
        text = path.read_text(encoding="utf-8-sig")
        values = re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE) if path.suffix == ".yaml" else text
        # of instance.yaml the values alone: its fields are English words, which no Kazakh page may show
        values = re.sub(r"[\w]+:(?=\s|$)", "", values) if path.suffix == ".yaml" else values.partition("\n")[2]
        found |= set(WORD.findall(values))
    return found - VOCABULARY


VOCABULARY = {
    "minutes", "prime_minutes", "audience", "runs", "titles", "day", "week", "month", "quarter", "year", "horizon",
    "cumulative", "domestic", "foreign", "original", "dubbed", "subtitled", "documentary", "drama", "film", "concert",
    "news", "entertainment", "hard", "soft", "first", "rerun", "sum", "larger", "smaller", "agreed", "other", "live",
}  # fmt: skip
"""Words of the format that files hold and that have words of their own in every language."""


def english_left(text: str, folder: Path) -> set[str]:
    text = re.sub(r"\b[0-9a-f]{64}\b", " ", text)  # hashes
    return set(WORD.findall(text)) - own_words(folder) - FILES_AND_TOOLS - FIELDS


@pytest.fixture(scope="module")
def tables(planned) -> Tables:
    return build_tables(timetable_at(planned), planned / "out")


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("report", [html_report, markdown_report, text_report])
def test_a_report_has_no_english_left(tables, planned, report, language):
    page = report(tables, language)
    text = text_of(page) if report is html_report else page
    said = tables.result
    parameters = set() if said is None else set(WORD.findall(f"{said.parameters} {said.versions}"))
    assert len(text) > 1000
    assert english_left(text, planned) - parameters == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_check_has_no_english_left(tables, planned, language):
    lines = [*check_lines(verify(tables.timetable), Language(language))]
    lines += instance_lines(checked_instance(tables.instance), Language(language))
    assert english_left("\n".join(lines), planned) == set()


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", ["clash-two-agreements", "clash-tolerance", "clash-rights-supply", "clash-watershed"])
def test_an_explanation_has_no_english_left(name, language):
    instance = load(INSTANCES / name)
    said = explain(instance, Settings(time_limit=600, workers=1), Budget.of_seconds(600))
    lines = explanation_lines(instance, said, Language(language).render)
    assert len(lines) > 5
    assert english_left("\n".join(lines), INSTANCES / name) - {name} - {"barred", "least_minutes"} == set()


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_end_of_a_solve_has_no_english_left(language, tmp_path):
    folder = INSTANCES / "clash-least-vs-most"
    airings, search = prepare(load(folder), Settings(time_limit=5, workers=1))
    run(search)
    lines = summary_lines(conclude(airings, search), tmp_path, Language(language))
    place = set(WORD.findall(f"{tmp_path} {folder}"))
    assert english_left("\n".join(lines), folder) - place == set()


@pytest.mark.parametrize("report", [html_report, markdown_report, text_report])
def test_an_english_word_on_a_page_is_seen(tables, planned, report, monkeypatch):
    """The scan can fail: a sentence without a translation is found on every kind of report."""
    plain = Language.reason

    def forgotten(self, reason, sentences):
        return f"{plain(self, reason, sentences)} {self.render(Message('a forgotten sentence'))}"

    monkeypatch.setattr(Language, "reason", forgotten)
    page = report(tables, "kk")
    assert {"forgotten", "sentence"} <= english_left(text_of(page) if report is html_report else page, planned)
