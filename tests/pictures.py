"""Draw the pictures of the README: `python tests/pictures.py INSTANCE TIMETABLE FOLDER`.

Needs what .ci/readers installs: Chromium for the page and the terminal, LibreOffice and pdftoppm for the workbook.
"""

from __future__ import annotations

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PARITY = [sys.executable, "-c", "from scheduler.cli import main; main()"]
TERMINAL = """<!DOCTYPE html><meta charset="utf-8"><title>terminal</title><style>
body {{ margin: 0; background: #10171e; color: #dfe7ee; font: 14px/1.42 "DejaVu Sans Mono", monospace; }}
pre {{ margin: 0; padding: 18px 22px; }} b {{ color: #7fd9a5; font-weight: 400; }}
</style><pre><b>$ {command}</b>
{output}</pre>"""
LINES = 42


def parity(*words: str | Path) -> str:
    """Run `parity` and return its output."""
    done = subprocess.run([*PARITY, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def main() -> None:
    """Draw the terminal, the page (light, dark, its grid) and the workbook."""
    instance, timetable, folder = (Path(word) for word in sys.argv[1:4])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        draw_pages(instance, timetable, folder, work)
        draw_workbook(instance, timetable, folder, work)


def draw_pages(instance: Path, timetable: Path, folder: Path, work: Path) -> None:
    """The terminal and the page, as Chromium shows them."""
    report = parity("report", instance, timetable)
    command = f"parity report instances/{instance.name} out/{instance.name}/timetable.csv"
    shown = html.escape("\n".join(report.splitlines()[:LINES]))
    (work / "terminal.html").write_text(TERMINAL.format(command=command, output=shown), encoding="utf-8")
    parity("report", instance, timetable, "--format", "html", "--lang", "en", "--out", work / "page.html")
    parity("report", instance, timetable, "--format", "html", "--lang", "kk", "--out", work / "page-kk.html")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, source, scheme, target in (
            ("terminal", "terminal.html", "dark", "pre"),
            ("page", "page.html", "light", None),
            ("page-dark", "page.html", "dark", None),
            ("page-kk", "page-kk.html", "light", None),
            ("grid", "page.html", "light", ".week >> nth=0"),
        ):
            page = browser.new_page(viewport={"width": 1280, "height": 860}, color_scheme=scheme, bypass_csp=True)
            page.goto((work / source).as_uri())
            page.add_style_tag(content="nav { position: static !important; }")
            place = folder / f"{name}.png"
            if target is None:
                page.screenshot(path=place)
            else:
                page.locator(target).screenshot(path=place)
            page.close()
        browser.close()


def draw_workbook(instance: Path, timetable: Path, folder: Path, work: Path) -> None:
    """The second sheet of the workbook, a channel's week, as LibreOffice prints it."""
    book = work / "report.xlsx"
    parity("report", instance, timetable, "--format", "xlsx", "--out", book)
    profile = f"-env:UserInstallation=file://{work}/profile"
    words = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", work, book]
    subprocess.run([*map(str, words)], check=True, capture_output=True)
    words = [
        "pdftoppm",
        "-r",
        "110",
        "-png",
        "-f",
        "2",
        "-l",
        "2",
        "-singlefile",
        work / "report.pdf",
        work / "workbook",
    ]
    subprocess.run([*map(str, words)], check=True)
    shutil.copyfile(work / "workbook.png", folder / "workbook.png")


if __name__ == "__main__":
    main()
