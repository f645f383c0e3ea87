"""Evidence of some hours only: what was planned at another time is unknown, not "not aired"."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.imports import Findings
from scheduler.instance import zone_clock
from scheduler.reconcile import Source, files_of, read_evidence, reconcile
from scheduler.timetable import timetable_csv
from tests.planned import command
from tests.reconcile.planted import week

HEADS = "Date;Channel;Actual start;Actual duration;Title;Episode"


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    return week(tmp_path_factory.mktemp("week") / "plan", days=2)


def local(timetable, at):
    instance = timetable.instance
    zone = zone_clock(instance.channels[int(timetable.channel[at])].zone)
    return (instance.timeline.origin + timedelta(minutes=int(timetable.start[at]))).astimezone(zone)


def recording(timetable, first, last, *, day=7, without=()):
    """The rows of Q.kz's airings that overlap some local hours of a day, cut at their edges; some did not air."""
    lines = [HEADS]
    for at in range(len(timetable)):
        begin = local(timetable, at)
        minute = begin.hour * 60 + begin.minute
        start, end = max(minute, int(first * 60)), min(minute + 45, int(last * 60))
        if timetable.channel[at] == 0 and begin.day == day and start < end and minute not in without:
            title = timetable.instance.contents.items[timetable.content[at]].title
            clock = f"{start // 60:02d}:{start % 60:02d}:00"
            length = f"0:{end - start:02d}:00"
            lines.append(f"{begin:%d.%m.%Y};Q.kz;{clock};{length};{title};{timetable.episode[at]}")
    return "\n".join(lines) + "\n"


def found(timetable, folder, *files, hours=None):
    sources = []
    for kind, name, text in files:
        (folder / name).write_text(text, encoding="utf-8")
        sources.append(Source(folder / name, kind))
    return reconcile(timetable, read_evidence(timetable.instance, sources, Findings()), hours=hours)


def classes(outcome, timetable, day=7):
    """Class by local minute of the planned airings of Q.kz on a day."""
    lines = outcome.lines[(outcome.lines["channel"] == 0) & (outcome.lines["airing"] != "")]
    named = {}
    for line in lines.to_dict("records"):
        zone = zone_clock(timetable.instance.channels[0].zone)
        begin = (timetable.instance.timeline.origin + timedelta(seconds=line["start"])).astimezone(zone)
        if begin.day == day:
            named[begin.hour * 60 + begin.minute] = line["status"]
    return named


# The places of a day: 09:00, 10:15, 11:30, 12:45, 14:00, 15:15, 16:30, 17:45, 22:00, each of 45 minutes.
DAY = [540, 615, 690, 765, 840, 915, 990, 1065, 1320]


def test_a_recording_of_some_hours_says_nothing_of_the_others(plan, tmp_path):
    outcome = found(plan, tmp_path, ("monitoring", "m.csv", recording(plan, 11, 16, without=(765,))))
    named = classes(outcome, plan)
    assert named == {690: "aired", 765: "not_aired", 840: "aired", 915: "aired"}
    assert sum(outcome.uncovered.values()) == len(plan) - 4
    assert outcome.partial == ("m.csv",)
    page = files_of(plan, outcome)["reconciliation.md"]
    assert "m.csv covers only some hours of its days" in page
    assert f"{len(plan) - 4} planned airings are at times without evidence" in page


@pytest.mark.parametrize("kind", ["log", "journal"])
@pytest.mark.parametrize(
    ("first", "last", "missing"),
    [
        (11, 17.25, [540, 615, 1065, 1320]),  # two airings before the first row and two after the last did not air
        (11, 16, [540, 615]),  # three after the last row: the file ends there
        (14, 24, []),  # four before the first row: it begins there
        (12.75, 13.5, []),
    ],
)
def test_a_log_covers_the_day_unless_many_airings_lie_beyond_its_rows(plan, tmp_path, kind, first, last, missing):
    outcome = found(plan, tmp_path, (kind, "l.csv", recording(plan, first, last)))
    named = classes(outcome, plan)
    assert [minute for minute, status in named.items() if status == "not_aired"] == missing
    shown = [minute for minute in DAY if first * 60 <= minute and minute + 45 <= last * 60]
    assert [minute for minute, status in named.items() if status == "aired"] == shown
    assert sum(outcome.uncovered.values()) == len(plan) - len(named)
    assert outcome.partial == (("l.csv",) if len(named) < len(DAY) else ())


def test_a_log_that_ends_at_noon_can_be_stated_to_cover_the_day(plan, tmp_path):
    whole = {"l.csv": (5 * 60, 5 * 60)}
    named = classes(found(plan, tmp_path, ("log", "l.csv", recording(plan, 8, 12.25)), hours=whole), plan)
    assert len(named) == len(DAY)
    assert [minute for minute, status in named.items() if status == "not_aired"] == DAY[3:]


def test_a_hole_between_rows_of_a_log_did_not_air(plan, tmp_path):
    text = recording(plan, 0, 24, without=(615, 690, 765, 840))
    named = classes(found(plan, tmp_path, ("log", "l.csv", text)), plan)
    assert [minute for minute, status in named.items() if status == "not_aired"] == [615, 690, 765, 840]


@pytest.mark.parametrize("kind", ["log", "journal", "monitoring"])
def test_stated_hours_decide_whatever_the_kind(plan, tmp_path, kind):
    text = recording(plan, 11, 16, without=(690, 765))
    named = classes(found(plan, tmp_path, (kind, "l.csv", text), hours={"l.csv": (11 * 60, 16 * 60)}), plan)
    assert named == {690: "not_aired", 765: "not_aired", 840: "aired", 915: "aired"}


def test_an_airing_cut_by_the_edge_of_a_recording_is_unknown(plan, tmp_path):
    # from 11:45 to 15:30: of 11:30 and of 15:15 only a part is on the recording
    outcome = found(plan, tmp_path, ("monitoring", "m.csv", recording(plan, 11.75, 15.5)))
    assert classes(outcome, plan) == {765: "aired", 840: "aired"}
    assert (outcome.lines["status"] != "unplanned").all()


def test_a_recording_outranks_the_log_only_in_its_hours(plan, tmp_path):
    log = recording(plan, 0, 24)  # the log says that all aired
    recorded = recording(plan, 11, 16, without=(765,))
    named = classes(found(plan, tmp_path, ("log", "l.csv", log), ("monitoring", "m.csv", recorded)), plan)
    assert named.pop(765) == "not_aired"
    assert set(named.values()) == {"aired"}
    assert len(named) == 8


def test_hours_of_a_file_can_be_stated_on_the_command_line(plan, tmp_path):
    folder, table = plan.instance.folder, tmp_path / "timetable.csv"
    table.write_text(timetable_csv(plan), encoding="utf-8")
    log = tmp_path / "l.csv"
    log.write_text(recording(plan, 11, 16), encoding="utf-8")
    args = ("reconcile", folder, table, log, "--out", tmp_path / "out", "--covers")
    code, said = command(*args, "l.csv=11:00-16:00")
    assert code == 0, said
    assert "not aired" not in said
    for wrong in ("l.csv=11:00", "l.csv=noon-16:00", "other.csv=11:00-16:00"):
        assert command(*args, wrong)[0] == 2
