"""The Python interface: load an instance, find its best timetable, recheck it, read its tables, report on it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from scheduler import rules, timetable
from scheduler.instance import InputError, Instance
from scheduler.moments import MOMENT_FORMAT
from scheduler.report.tables import Tables, build_tables
from scheduler.results import Moment, ResultFile
from scheduler.solve import Answer, EngineError, Settings, conclude, prepare, price, run
from scheduler.solve.answer_files import ANSWER_FILES, answer_texts, result
from scheduler.solve.answer_folder import answer_folder
from scheduler.timetable import Timetable, timetable_frame
from scheduler.verify import Verification, verify
from scheduler.whole_file import write_together, write_whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.solve import Search

Form = Literal["text", "md", "html"]
LanguageCode = Literal["kk", "ru", "en"]

_WEEK = re.compile(r"(\d{4})-W(\d\d)$")
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)(?: |$)")


@dataclass(frozen=True, eq=False)
class Plan:
    """What a search found: the best timetable, rechecked, and how good it is."""

    answer: Answer
    result: ResultFile
    """The contents of result.json: status, value, bound, gap, misses, costs."""

    @property
    def timetable(self) -> Timetable | None:
        """The best timetable. None if none was found."""
        return self.answer.timetable

    @property
    def status(self) -> str:
        """One of optimal, feasible, hard_missed and nothing."""
        return self.result.status

    @property
    def value(self) -> int | None:
        """Audience minus the priced misses, viewer-minutes."""
        return self.result.value

    @property
    def bound(self) -> int | None:
        """No timetable that keeps the hard rules is worth more than this, viewer-minutes."""
        return self.result.bound

    @property
    def gap(self) -> float | None:
        """(bound − value) / max(1, |bound|); None where a hard rule is missed or no bound is known."""
        return self.result.gap

    @property
    def airings(self) -> pd.DataFrame:
        """The timetable in the form of `to_frame`. No rows if there is no timetable."""
        return pd.DataFrame() if self.timetable is None else to_frame(self.timetable)

    @property
    def misses(self) -> pd.DataFrame:
        """One row per rule row that is missed, hard ones first: rule, channel, period, have, need, unit, text."""
        rows = [{**one.model_dump(), "aspect": str(one.aspect)} for one in self.result.misses]
        return pd.DataFrame(rows)

    def save(self, folder: str | Path) -> None:
        """Write timetable.csv, result.json and timings.json into a folder. Older ones are replaced.

        Raises OSError if it cannot be written, EngineError if there is no timetable.
        """
        texts = answer_texts(self.answer)
        with answer_folder(Path(folder)):
            write_together(Path(folder), texts, remove=ANSWER_FILES)


def load(folder: str | Path) -> Instance:
    """Load an instance folder. Raises InputError, which lists every problem with its place."""
    return rules.load(Path(folder))


def read_timetable(instance: Instance, path: str | Path) -> Timetable:
    """Read a timetable.csv of an instance. Raises InputError, which lists every problem with its place."""
    return timetable.read_timetable(instance, Path(path))


def optimise(
    instance: Instance,
    settings: Settings | None = None,
    on_improvement: Callable[[Moment], bool | None] | None = None,
) -> Plan:
    """Find the best timetable of an instance within a limit.

    Parameters
    ----------
    instance
        What `load` gives.
    settings
        Strategy, limits and seed; by default those of `Settings()`.
    on_improvement
        Is called with the state of the search at every improvement of the value or of the bound, from a thread of
        the search. If it returns True, the search stops and its best timetable is kept, as on Ctrl-C.

    Returns
    -------
    The best timetable and how good it is.

    Raises
    ------
    InputError
        A lock fits no airing, or whole numbers of a rule are larger than 64 bits.
    EngineError
        The recheck does not confirm what the search found.

    """

    def listen(search: Search) -> None:
        last = search.trajectory[-1]
        moment = Moment(
            seconds=last.seconds, value=last.value, bound=last.bound, hard_miss=last.hard_miss, step=last.step
        )
        if on_improvement is not None and on_improvement(moment):
            search.interrupt()

    candidates, search = prepare(instance, settings or Settings(), listen)
    try:
        run(search)
    except KeyboardInterrupt:
        search.interrupt()
        search.close()
    price(candidates, search)
    answer = conclude(candidates, search)
    return Plan(answer, result(answer))


def check(planned: Timetable) -> Verification:
    """Measure every rule of the instance on a timetable, minute by minute, without a solver."""
    return verify(planned)


def to_frame(planned: Timetable) -> pd.DataFrame:
    """One row per airing and anchor, in the order and with the columns of timetable.csv, as typed values.

    `start_utc` and `end_utc` are moments with their zone, `start_local` and `end_local` times on the channel's clock,
    `broadcast_date` a day; `episode` is a whole number or missing; `live` and `anchor` are true or false.
    """
    frame = timetable_frame(planned)
    for column in ("start_utc", "end_utc"):
        frame[column] = pd.to_datetime(frame[column], format=MOMENT_FORMAT, utc=True)
    for column in ("start_local", "end_local"):
        frame[column] = pd.to_datetime(frame[column], format="%Y-%m-%dT%H:%M")
    frame["broadcast_date"] = pd.to_datetime(frame["broadcast_date"], format="%Y-%m-%d")
    frame["episode"] = pd.to_numeric(frame["episode"].where(frame["episode"] != ""), errors="coerce").astype("Int64")
    for column in ("live", "anchor"):
        frame[column] = frame[column] == "yes"
    return frame


def tables(planned: Timetable, folder: str | Path | None = None) -> dict[str, pd.DataFrame]:
    """Every table of a report by its name: airings, parity, weeks, compliance, hours, audience, runs_left.

    With `folder`, which has the result.json of this timetable, also not_placed, clause_costs and row_costs. Tables
    of periods have a column `period_start`: the first day of the period, missing where the label names a moment.
    """
    found = build_tables(planned, None if folder is None else Path(folder))
    start = planned.instance.file.horizon.start
    frames = {"airings": to_frame(planned), "hours": found.hours, "audience": found.audience}
    for name in ("parity", "weeks", "compliance", "runs_left", "not_placed", "clause_costs", "row_costs"):
        frame: pd.DataFrame | None = getattr(found, name)
        if frame is not None:
            frames[name] = _plain(frame, start)
    return frames


LOSSES = ["loses_at_least", "loses_at_most"]
"""Columns of the table of what is not placed, viewer-minutes."""


def _plain(frame: pd.DataFrame, start: date) -> pd.DataFrame:
    """A table without types of this package, and with the first day of its periods."""
    label = next((name for name in ("period", "week") if name in frame), None)
    plain = frame.assign(**{name: frame[name].astype(str) for name in ("aspect",) if name in frame})
    if "reason" in plain:
        plain = plain.assign(reason=[one.code for one in frame["reason"]], rule=[one.rule for one in frame["reason"]])
    if "place" in plain:
        fields = [{} if one is None else one.model_dump() for one in frame["place"]]
        named = pd.DataFrame(fields, index=frame.index, columns=["channel", "start_utc", *LOSSES], dtype=object)
        named = named.astype(dict.fromkeys(LOSSES, "Int64"))
        plain = plain.drop(columns="place").join(named.rename(columns={"channel": "best_channel"}))
        plain = plain.rename(columns={"start_utc": "best_start_utc"})
    if label is None:
        return plain
    days = [_period_start(name, start) for name in frame[label].tolist()]
    return plain.assign(period_start=pd.to_datetime(pd.Series(days, index=frame.index, dtype=object)))


def _period_start(label: str, horizon_start: date) -> date | None:
    """The first day of a period by its label: 2026-W50, 2026-12-07, horizon, to 2026-W50."""
    if label == "horizon" or label.startswith("to "):
        return horizon_start
    week, day = _WEEK.match(label), _DAY.match(label)
    if week is not None:
        return date.fromisocalendar(int(week[1]), int(week[2]), 1)
    return None if day is None else date.fromisoformat(day[1])


def report_text(
    planned: Timetable, form: Form = "html", language: LanguageCode = "en", folder: str | Path | None = None
) -> str:
    """The report on a timetable as text, Markdown or a page of HTML; `folder` has its result.json."""
    found = build_tables(planned, None if folder is None else Path(folder))
    return _text(found, form, language)


def write_report(
    planned: Timetable, path: str | Path, language: LanguageCode = "en", folder: str | Path | None = None
) -> None:
    """Write the report on a timetable to a file. Its suffix states the form: .txt, .md, .html or .xlsx."""
    forms: dict[str, Form] = {".txt": "text", ".md": "md", ".html": "html"}
    path = Path(path)
    if path.suffix != ".xlsx" and path.suffix not in forms:
        raise ValueError(f"{path.name}: the suffix of a report is .txt, .md, .html or .xlsx")
    found = build_tables(planned, None if folder is None else Path(folder))
    if path.suffix == ".xlsx":
        from scheduler.report.workbook import workbook_report

        write_whole(path, workbook_report(found, language))
    else:
        write_whole(path, _text(found, forms[path.suffix], language))


def _text(found: Tables, form: Form, language: LanguageCode) -> str:
    if form == "html":
        from scheduler.report.html import html_report

        return html_report(found, language)
    if form == "md":
        from scheduler.report.markdown import markdown_report

        return markdown_report(found, language)
    from scheduler.report.text import text_report

    return text_report(found, language)


__all__ = [
    "EngineError",
    "InputError",
    "Instance",
    "Moment",
    "Plan",
    "ResultFile",
    "Settings",
    "Timetable",
    "Verification",
    "check",
    "load",
    "optimise",
    "read_timetable",
    "report_text",
    "tables",
    "to_frame",
    "write_report",
]
