"""Real readers of what is exported: they are installed by .ci/readers, and their absence is a failure."""

import os
import re
import shutil
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect, sync_playwright

from scheduler.brief import brief_language, minister_page, page_html, partner_page
from scheduler.export import ics_text, select, xmltv_text
from scheduler.report.html import html_report
from scheduler.report.tables import build_tables
from scheduler.report.workbook import workbook_report
from scheduler.rules import load
from scheduler.solve import Settings, solve
from tests.export.series_cases import FIRST, series_planned
from tests.planned import timetable_at

pytestmark = pytest.mark.readers

ROOT = Path(__file__).resolve().parents[2]
DTD = Path("/usr/share/xmltv/xmltv.dtd")
AXE = ROOT / ".readers" / "node_modules" / "axe-core" / "axe.min.js"
LANGUAGES = ("kk", "ru", "en")
WIDTHS = (360, 768, 1280)


def run(*words, home=None):
    """Run a reader; it must be there."""
    assert shutil.which(words[0]), f"{words[0]} is not installed; run .ci/readers"
    environment = {**os.environ, **({"HOME": str(home), "TZ": "UTC"} if home else {})}
    return subprocess.run([*map(str, words)], capture_output=True, text=True, check=False, env=environment)


@pytest.fixture(scope="module")
def table(planned):
    return timetable_at(planned)


@pytest.fixture(scope="module")
def tables(table, planned):
    return build_tables(table, planned / "out")


@pytest.fixture(scope="module")
def browser():
    path = shutil.which("chromium")
    assert path, "chromium is not installed; run .ci/readers"
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=flags)
        yield chromium
        chromium.close()


def test_xmltv_is_valid_and_sorts_without_overlap(table, tmp_path):
    path = tmp_path / "guide.xml"
    path.write_text(xmltv_text(select(table)), encoding="utf-8")
    validated = run("tv_validate_file", f"--dtd-file={DTD}", path)
    assert validated.returncode == 0, validated.stdout + validated.stderr
    ordered = run("tv_sort", "--by-channel", "--output", tmp_path / "sorted.xml", path)
    assert (ordered.returncode, ordered.stderr) == (0, "")
    assert (tmp_path / "sorted.xml").read_text(encoding="utf-8").count("<programme ") == len(table)


def khal_lists(path, home, span):
    """(uid, start in UTC) of every event that khal shows in a span: its first day and a number of days."""
    (home / ".config" / "khal").mkdir(parents=True)
    (home / ".config" / "khal" / "config").write_text(
        f"[calendars]\n[[tv]]\npath = {home}/tv\n[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"
        "timeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n",
        encoding="utf-8",
    )
    (home / "tv").mkdir()
    imported = run("khal", "import", "--batch", path, home=home)
    assert imported.returncode == 0, imported.stderr
    form = ["--format", "{start-long-full}|{uid}", "--day-format", ""]
    listed = run("khal", "list", *form, *span, home=home)
    assert listed.returncode == 0, listed.stderr
    return sorted((line.split("|")[1], line.split("|")[0]) for line in listed.stdout.splitlines() if "|" in line)


def test_khal_shows_every_airing_at_its_time(table, tmp_path):
    for channel in select(table).channels:
        part = select(table, [channel])
        path = tmp_path / f"{channel}.ics"
        path.write_text(ics_text(part), encoding="utf-8", newline="")
        wanted = sorted(
            (f"{row['airing_id']}@parity-scheduler", in_utc(row["start_utc"])) for row in part.frame.to_dict("records")
        )
        assert khal_lists(path, tmp_path / channel, ("2026-12-01", "30d")) == wanted


def test_khal_shows_a_recurring_series_on_its_days(tmp_path):
    """Over the night on which clocks are put back, with a pause and an airing that begins later."""
    days = [FIRST + timedelta(days=after) for after in range(21) if after not in (3, 9, 16)]
    airings = [("s", f"{day}T19:30", "first") for day in days] + [("s", f"{FIRST + timedelta(days=9)}T21:00", "first")]
    part = select(series_planned(tmp_path, airings))
    path = tmp_path / "series.ics"
    path.write_text(ics_text(part), encoding="utf-8", newline="")
    found = khal_lists(path, tmp_path / "home", ("2026-10-01", "60d"))
    assert len({uid for uid, _ in found}) == 1
    assert [start for _, start in found] == sorted(in_utc(start) for start in part.frame["start_utc"])


def in_utc(text):
    return datetime.fromisoformat(text).strftime("%Y-%m-%d %H:%M")


def shown(value):
    """A cell's value; spreadsheets keep fifteen digits."""
    return round(value, 9) if isinstance(value, float) else value


@pytest.mark.parametrize("language", LANGUAGES)
def test_libreoffice_opens_the_workbook_and_keeps_text_as_text(tables, tmp_path, language):
    path = tmp_path / "book.xlsx"
    path.write_bytes(workbook_report(tables, language))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    again = tmp_path / "again"
    done = run("soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", again, path)
    assert (again / "book.xlsx").is_file(), done.stderr
    one, other = (openpyxl.load_workbook(place) for place in (path, again / "book.xlsx"))
    assert one.sheetnames == other.sheetnames
    for sheet in one:
        told, kept = (
            {cell.coordinate: shown(cell.value) for row in book[sheet.title].iter_rows() for cell in row if cell.value}
            for book in (one, other)
        )
        assert told == kept, sheet.title
    done = run("soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", again, path)
    assert (again / "book.pdf").read_bytes().startswith(b"%PDF"), done.stderr


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_is_whole_alone_and_accessible(browser, tables, tmp_path, language, scheme, width):
    assert AXE.is_file(), "axe-core is not installed; run .ci/readers"
    path = tmp_path / "report.html"
    path.write_text(html_report(tables, language), encoding="utf-8")
    context = browser.new_context(color_scheme=scheme, bypass_csp=True, viewport={"width": width, "height": 900})
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.goto(path.as_uri())
    assert asked == [path.as_uri()]
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    page.add_script_tag(path=AXE)
    violations = page.evaluate("axe.run().then(found => found.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
    assert violations == []
    assert wrong == []
    context.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", WIDTHS)
def test_no_heading_is_under_the_bar_and_nothing_is_wider_than_the_page(browser, tables, tmp_path, language, width):
    path = tmp_path / "report.html"
    path.write_text(html_report(tables, language), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 700})
    page.goto(path.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    bar = page.locator("nav").bounding_box()["height"]
    assert bar <= (64 if width < 900 else 100)
    for link in page.locator("nav .links a").all():
        target = link.get_attribute("href")
        page.goto(f"{path.as_uri()}{target}")
        assert page.locator(f"{target} h2").first.bounding_box()["y"] >= bar
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_channels_evening_is_found_by_its_day_and_a_programme_by_its_name(browser, tables, tmp_path, width):
    path = tmp_path / "report.html"
    path.write_text(html_report(tables, "en"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    if width < 900:
        page.click("#filters > summary")
    page.select_option("#by-channel", "Q.kz")
    day = page.locator("#by-day option").nth(1).get_attribute("value")
    page.select_option("#by-day", day)
    assert {one.get_attribute("data-d") for one in page.locator("td[data-d]:visible").all()} == {day}
    page.click("button[type=reset]")
    expect(page.locator("td[hidden], th[hidden]")).to_have_count(0)
    title = page.locator("td.airing span").first.text_content()
    assert title
    page.fill("#by-words", title.upper())
    named = page.locator("td.airing:not(.dim) span").all_text_contents()
    assert title in named
    assert all(title.lower() in one.lower() for one in named)
    absent = page.locator("#not-placed tbody tr:visible").count()
    assert page.locator("#found").text_content() == f"{len(named)}" + (f" · Not placed: {absent}" if absent else "")
    page.close()


@pytest.mark.parametrize("width", WIDTHS)
def test_two_clicks_show_what_a_channel_airs_on_a_day(browser, tables, tmp_path, width):
    path = tmp_path / "report.html"
    path.write_text(html_report(tables, "en"), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(path.as_uri())
    assert page.locator(".week[open]").count() == 1
    week = page.locator(".week:not([open])").first
    rows = "all => all.map(one => one.rowSpan)"
    before = week.locator("td").evaluate_all(rows)
    week.locator("summary").click()
    week = page.locator(".week[open]").nth(1)
    button = week.locator(".days button").nth(1)
    button.click()
    day = button.get_attribute("value")
    assert button.get_attribute("aria-pressed") == "true"
    shown = week.locator("td:visible")
    assert {one.get_attribute("data-d") for one in shown.all()} == {day}
    assert shown.evaluate_all("all => all.every(one => one.scrollHeight <= one.clientHeight + 1)")
    wanted = week.locator(f"td[class][data-d='{day}'] b").all_text_contents()
    assert wanted == week.locator("td[class]:visible b").all_text_contents()
    button.click()
    assert week.locator("[hidden]").count() == 0
    assert week.locator("td").evaluate_all(rows) == before
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_filter_works_under_the_pages_own_policy_and_it_prints(browser, tables, tmp_path, language):
    path = tmp_path / "report.html"
    path.write_text(html_report(tables, language), encoding="utf-8")
    page = browser.new_page()
    page.goto(path.as_uri())
    weeks = page.locator(".week")
    assert weeks.count() >= 2
    page.select_option("#by-channel", "Q.kz")
    shown = weeks.evaluate_all("all => all.filter(one => !one.hidden).map(one => one.dataset.c)")
    assert set(shown) == {"Q.kz"}
    page.select_option("#by-agreement", "KZ-UZ")
    assert page.locator("td.dim").count() > 0
    assert page.locator("td.airing:not(.dim)").count() > 0
    page.click("button[type=reset]")
    expect(page.locator(".week[hidden]")).to_have_count(0)
    page.pdf(path=tmp_path / "report.pdf", prefer_css_page_size=True, print_background=True)
    told = run("pdfinfo", tmp_path / "report.pdf").stdout
    assert "A4" in told
    width, height = (float(word) for word in told.split("Page size:")[1].split("pts")[0].split("x"))
    assert width > height
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("party", [None, "UZ"])
def test_a_brief_is_accessible_fits_a_phone_and_prints_on_one_sheet(browser, tables, tmp_path, language, party):
    assert AXE.is_file(), "axe-core is not installed; run .ci/readers"
    words, day = brief_language(language), datetime(2026, 11, 30).date()
    made = minister_page(tables, words, day, 14) if party is None else partner_page(tables, words, party, day, 14)
    path = tmp_path / "brief.html"
    path.write_text(page_html(made, words), encoding="utf-8")
    for width in WIDTHS:
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.goto(path.as_uri())
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run().then(found => found.violations.map(v => [v.id, v.nodes.map(n => n.html)]))")
        assert found == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.close()
    page = browser.new_page()
    page.goto(path.as_uri())
    page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
    told = run("pdfinfo", tmp_path / "brief.pdf").stdout
    assert "A4" in told
    assert re.search(r"Pages:\s+1\n", told)
    page.close()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_briefs_of_a_shipped_week_print_on_one_sheet(browser, tmp_path, language):
    """The greedy start of the week of six countries: each partner's page lists all airings of its agreements."""
    instance, words = load(ROOT / "instances" / "central-asia-week"), brief_language(language)
    answer = solve(instance, Settings("greedy", time_limit=60.0, workers=1, deterministic=True))
    tables, day = build_tables(answer.timetable), datetime(2026, 11, 30).date()
    pages = [minister_page(tables, words, day, 14)]
    pages += [partner_page(tables, words, code, day, 14) for code in instance.file.territories if code != "KZ"]
    assert max(sum(len(block.rows) for block in one.blocks) for one in pages) > 15
    for made in pages:
        path = tmp_path / "brief.html"
        path.write_text(page_html(made, words), encoding="utf-8")
        page = browser.new_page()
        page.goto(path.as_uri())
        page.pdf(path=tmp_path / "brief.pdf", prefer_css_page_size=True)
        page.close()
        assert re.search(r"Pages:\s+1\n", run("pdfinfo", tmp_path / "brief.pdf").stdout), made.title
