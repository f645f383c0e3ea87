"""Reports show the figures of their tables, which are those of verify, in every form and language."""

import html
import io
import re
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from scheduler.report import section_text
from scheduler.report.grid import channel_weeks
from scheduler.report.html import html_report
from scheduler.report.language import Language
from scheduler.report.markdown import markdown_report, sections_markdown
from scheduler.report.sections import parity_section
from scheduler.report.tables import build_tables
from scheduler.report.workbook import workbook_report
from scheduler.rules import Quota, rules_of
from scheduler.solve import Settings, solve
from scheduler.verify import verify
from tests.builders import anchor, build, kz, programme, window
from tests.planned import timetable_at

LANGUAGES = ("en", "kk", "ru")


@pytest.fixture(scope="module")
def tables(planned):
    return build_tables(timetable_at(planned), planned / "out")


def test_tables_and_report_show_rules_that_are_added_for_one_run(tables):
    table = tables.timetable
    added = Quota.model_validate({"type": "quota", "id": "ADDED", "select": {"origin": "KZ"}, "most_minutes": 0})
    assert "ADDED" not in tables.sentences
    more = build_tables(table, rules=(*rules_of(table.instance), added))
    rows = more.compliance[more.compliance["rule"] == "ADDED"]
    assert len(rows) and (rows["verdict"] == "missed").any()
    assert len(more.compliance) == len(tables.compliance) + len(rows)
    assert "ADDED" in more.sentences
    assert "ADDED" in html_report(more, "kk") and "ADDED" not in html_report(tables, "kk")


def test_the_tables_are_what_verify_counts(tables):
    checked = verify(tables.timetable)
    assert len(tables.compliance) == len(checked.measurements)
    assert (tables.compliance["miss"] > 0).sum() == len(checked.missed)
    shown = tables.audience[tables.audience["kind"] != "anchor"]
    assert shown["viewer_minutes"].sum() == checked.audience
    assert sum(tables.tightest["missed"]) == len(checked.missed)
    assert sum(tables.tightest["periods"]) == len(checked.measurements)


def test_weeks_add_up_to_the_rows_of_the_agreement(tables):
    weekly = tables.parity[tables.parity["period"].str.fullmatch(r"\d{4}-W\d\d")]
    for row in weekly.to_dict("records"):
        same = tables.weeks[
            (tables.weeks["agreement"] == row["agreement"])
            & (tables.weeks["measure"] == row["measure"])
            & (tables.weeks["week"] == row["period"])
        ]
        assert same[["given", "received", "balance", "allowed"]].to_numpy().tolist() == [
            [row["given"], row["received"], row["balance"], row["allowed"]]
        ]
    for _, group in tables.weeks[tables.weeks["measure"] == "minutes"].groupby("agreement"):
        assert group["cum_given"].tolist() == group["given"].cumsum().tolist()


def test_the_grid_shows_every_entry_once_and_every_window_minute(tables):
    table, instance = tables.timetable, tables.instance
    minutes, shown = dict.fromkeys(range(-1, len(table)), 0), set()
    for week in channel_weeks(table):
        for column in week.columns:
            assert sum(cell.span for cell in column) == len(week.edges) - 1
            for cell in column:
                if cell.block is not None:
                    assert week.edges[cell.row] == cell.block.start
                    minutes[cell.block.entry] += cell.block.end - cell.block.start
                    shown.add(cell.block.entry)
    assert shown >= set(range(len(table)))
    assert [minutes[entry] for entry in range(len(table))] == table.minutes.tolist()
    aired = int(table.minutes[~table.anchor].sum())
    assert minutes[-1] == int((instance.windows.end - instance.windows.start).sum()) - aired


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("value", [311_442.4, -20_000.75, 12.34, 7.0, 0, None, "a|b"])
def test_a_mail_has_as_many_decimals_as_the_page(tables, code, value):
    language = Language(code)
    section = parity_section(tables, language)
    column = next(one for one in section.columns if one.kind == "number")
    text = section_text.cell(value, column, language).replace("|", "\\|")
    one = replace(section, columns=(column,), rows=(replace(section.rows[0], values=(value,)),))
    assert f"| {text} |" in sections_markdown("", "", [one], language)


@pytest.mark.parametrize("code", LANGUAGES)
def test_page_mail_and_workbook_say_the_same_figures(tables, code):
    language = Language(code)
    page, mail = html.unescape(html_report(tables, code)), markdown_report(tables, code)
    book = openpyxl.load_workbook(io.BytesIO(workbook_report(tables, code)))
    cells = {one.value for sheet in book for row in sheet.iter_rows() for one in row if one.value is not None}
    section = parity_section(tables, language)
    for row in section.rows:
        for value, column in zip(row.values, section.columns, strict=True):
            if isinstance(value, float):
                assert f">{section_text.cell(value, column, language)}<" in page
                assert f"| {section_text.cell(value, column, language)} |" in mail
                assert value in cells
    for figure in (tables.verification.audience, tables.verification.value, len(tables.verification.measurements)):
        assert language.number(figure) in page
        assert f"**{language.number(figure)}**" in mail
        assert figure in cells


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_page_needs_nothing_else_and_keeps_titles_as_text(tables, code):
    page = html_report(tables, code)
    assert f'<html lang="{code}">' in page
    assert "default-src 'none'" in page
    assert not re.findall(r"""(?:src|href)=["']?(?!#)[^"'>]+""", page)
    assert "url(" not in page
    assert "<b>Ўзбек" not in page
    assert "&lt;b&gt;Ўзбек &amp; ко&lt;/b&gt;" in page
    assert page == html_report(tables, code)


def test_a_workbook_has_no_formula_and_the_same_bytes_every_time(tables):
    raw = workbook_report(tables, "en")
    assert raw == workbook_report(tables, "en")
    book = openpyxl.load_workbook(io.BytesIO(raw))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    titles = [cell.value for cell in book["Listing"]["H"]]
    assert "=1+1" in titles
    names = {"Summary", "Q.kz", "O.uz", "Listing", "Parity", "Rules", "Changes", "How this was made"}
    assert names <= set(book.sheetnames)
    assert book["Q.kz"].merged_cells.ranges
    assert list(book["Listing"].tables) == ["Listing"]
    assert book["Listing"]["C3"].is_date


def test_a_report_without_its_result_leaves_out_what_it_cannot_know(planned, tmp_path):
    tables = build_tables(timetable_at(planned), Path(tmp_path))
    assert tables.result is None
    page = html_report(tables, "en")
    assert Language("en").say("unknown_cost") in page
    assert Language("en").say("verdict_no_gap") in page


@pytest.mark.parametrize(
    ("hours", "weeks"), [(("18:00", "19:00"), ["2026-W50"]), (("01:00", "03:00"), ["2026-W49", "2026-W50"])]
)
def test_the_night_before_the_first_day_is_in_the_grid_only_where_something_is_planned_in_it(tmp_path, hours, weeks):
    """Anchors cover 24 hours: those before the first 05:00 belong to the broadcast day before, alone in its week."""
    anchors = [anchor("night", "Q.kz", "03:00", "05:00"), anchor("news", "Q.kz", "19:00", "19:30")]
    instance = build(tmp_path, [kz(window(*hours))], [programme("a", 30, appeal="2")], anchors=anchors)
    timetable = solve(instance, Settings("exact", time_limit=20.0)).timetable
    assert len(timetable) == 3
    assert [week.week for week in channel_weeks(timetable)] == weeks
