"""An instance of three parties in which everything that is not for UZ has a marker in it, and its timetable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import openpyxl

from scheduler.rules import load
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_csv
from tests.builders import anchor, channel, content, kz, programme, uz, window, write

if TYPE_CHECKING:
    from pathlib import Path

MARKER = "zq7foreign"
PARTIES = {"KZ": {"name": "Kazakhstan"}, "UZ": {"name": "Uzbekistan"}, "TJ": {"name": f"Tajikistan {MARKER}"}}


def agreement(one: str, other: str, id_: str) -> dict[str, Any]:
    measure = {"measure": "minutes", "period": "horizon", "tolerance": 0.5, "least": 30}
    return {"type": "parity", "id": id_, "parties": [one, other], "measures": [measure]}


def spec() -> dict[str, Any]:
    """Three parties; everything that is not for UZ has the marker in it."""
    return content(
        [
            kz(window("19:00", "21:00"), source=MARKER),
            uz(window("19:00", "20:30")),
            channel("T.tj", "TJ", "Asia/Dushanbe", window("19:00", "20:30"), name=f"T {MARKER}"),
        ],
        [
            programme("ours", 30, episodes=4, appeal="1.7", source=MARKER, tags=MARKER),
            programme("theirs", 30, episodes=4, origin="UZ", versions="uzb:original;kaz:dubbed", source=MARKER),
            programme("third", 30, title=f"Third {MARKER}", episodes=4, origin="TJ", versions="tgk:original"),
        ],
        agreements=[{**agreement("KZ", "UZ", "KZ-UZ"), "source": MARKER}, agreement("KZ", "TJ", f"KZ-TJ-{MARKER}")],
        rules=[
            {"type": "quota", "id": f"HOUSE-{MARKER}", "select": {"genre": "drama"}, "least_minutes": 600,
             "period": "day", "hard": False, "price": 10, "note": MARKER},
        ],
        anchors=[anchor("news", "Q.kz", "21:00", "21:30", title=f"News {MARKER}")],
        territories=PARTIES,
        days=2,
    )  # fmt: skip


def planned_in(tmp_path: Path) -> tuple[Path, Path]:
    """The folder of the instance, and its best timetable."""
    folder = write(tmp_path / "instance", spec())
    answer = solve(load(folder), Settings(strategy="exact", time_limit=10.0, deterministic=True, workers=1))
    assert answer.timetable is not None
    path = tmp_path / "timetable.csv"
    path.write_text(timetable_csv(answer.timetable), encoding="utf-8")
    return folder, path


def filled(offer: Path, answers: list[tuple[str, str]]) -> list[str]:
    """Fill in answers on the party's channels, in order; the ids of the airings that were answered."""
    book = openpyxl.load_workbook(offer)
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    mine = [row for row in range(3, sheet.max_row + 1) if sheet.cell(row, heads["channel"]).value == "O.uz"]
    for row, (answer, other) in zip(mine, answers, strict=False):
        sheet.cell(row, heads["answer"]).value = answer
        sheet.cell(row, heads["other_start"]).value = other
    book.save(offer)
    return [str(sheet.cell(row, heads["airing_id"]).value) for row in mine]
