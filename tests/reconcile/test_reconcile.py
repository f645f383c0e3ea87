"""Reconciliation with the plan: planted discrepancies of every class, certificates, ranks, decisions, the account."""

from __future__ import annotations

import re
import shutil
from itertools import permutations

import numpy as np
import openpyxl
import pandas as pd
import pytest
import yaml

from scheduler.imports import Findings
from scheduler.instance import InputError, zone_clock
from scheduler.ledger import read_book
from scheduler.reconcile import ReconcileParams, Source, certificate_workbook, files_of, read_evidence, reconcile
from scheduler.reconcile.assign import assign
from scheduler.reconcile.clock import clock_seconds, lengths
from scheduler.reconcile.decisions import Decisions
from scheduler.replan.published import with_anchors
from scheduler.rules import load
from scheduler.timetable import build_timetable, read_timetable, timetable_csv, timetable_frame
from tests.builders import anchor, content, kz, programme, uz, window, write
from tests.planned import command
from tests.reconcile.planted import (
    by_certificate,
    certificate_text,
    filled_certificate,
    log_text,
    outcome_of,
    plant,
    week,
    wrong,
)

MEASURE = {"measure": "minutes", "period": "week", "tolerance": 0.9, "tolerance_of": "sum"}
AGREEMENT = {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [MEASURE]}


@pytest.fixture(scope="module")
def planned_week(tmp_path_factory):
    return week(tmp_path_factory.mktemp("week") / "plan")


@pytest.mark.parametrize("seed", range(1000, 1012))
def test_every_planted_discrepancy_is_found_as_what_it_is(planned_week, tmp_path, seed):
    rng = np.random.default_rng(seed)
    planted = plant(planned_week, rng, share=0.25)
    outcome = outcome_of(planned_week, tmp_path, ("log", "log.csv", log_text(planned_week, planted, rng)))
    assert wrong(outcome, planted) == []
    assert (outcome.lines["status"] == "unplanned").sum() == planted.unplanned
    whole = outcome.lines[outcome.lines["status"].isin(["aired", "late", "early"])]
    assert ((whole["aired_seconds"] - whole["seconds"]).abs() <= 62).all()  # parts are summed, breaks are not
    assert whole["parts"].max() > 1


@pytest.mark.parametrize("lang", ["kk", "ru", "uz", "en"])
def test_a_certificate_is_read_in_every_language_and_goes_before_the_log(planned_week, tmp_path, lang):
    """The log says that everything aired as planned; for the partner's channel its certificate decides."""
    rng = np.random.default_rng(5)
    planted, smooth = plant(planned_week, rng), plant(planned_week, np.random.default_rng(6), share=0.0)
    outcome = outcome_of(
        planned_week,
        tmp_path,
        ("log", "log.csv", log_text(planned_week, smooth, rng)),
        ("certificate", "c.csv", certificate_text(planned_week, planted, lang)),
    )
    of_partner = [one for one in wrong(outcome, planted, (1,)) if one[1:] != ("replaced", "not_aired")]
    assert of_partner == []
    assert wrong(outcome, smooth, (0,)) == []
    assert outcome.outranked > 50
    partner = outcome.lines[(outcome.lines["channel"] == 1) & (outcome.lines["file"] != "")]
    assert set(partner.loc[partner["airing"] != "", "file"]) == {"c.csv"}


@pytest.mark.parametrize("lang", ["kk", "ru", "uz"])
@pytest.mark.parametrize("seed", range(2000, 2003))
def test_every_planted_discrepancy_of_a_filled_template_is_found(planned_week, tmp_path, lang, seed):
    planted = by_certificate(plant(planned_week, np.random.default_rng(seed), share=0.3))
    sheet = filled_certificate(planned_week, planted, lang)
    outcome = outcome_of(planned_week, tmp_path, ("certificate", "c.xlsx", sheet))
    assert wrong(outcome, planted, (1,)) == []


@pytest.mark.parametrize("lang", ["kk", "ru", "uz"])
def test_the_template_comes_back_filled_in(planned_week, tmp_path, lang):
    path = tmp_path / "certificate.xlsx"
    path.write_bytes(certificate_workbook(planned_week, "UZ", lang))
    book = openpyxl.load_workbook(path)
    sheet = book.active
    rows = [row for row in range(4, sheet.max_row + 1) if sheet.cell(row, 1).value]
    assert len(rows) == (planned_week.channel == 1).sum()
    assert ("Qissa k0" if lang == "uz" else "Хикая k0") in {sheet.cell(row, 4).value for row in rows}
    for row in rows[:-1]:  # the last one has not aired
        start = sheet.cell(row, 3).value
        sheet.cell(row, 7).value, sheet.cell(row, 8).value = start.date(), f"{start:%H:%M}:20"
        sheet.cell(row, 9).value = "0:44:30"
    book.save(path)
    rows_read = read_evidence(planned_week.instance, [Source(path, "certificate")], Findings())
    outcome = reconcile(planned_week, rows_read)
    mine = outcome.lines[outcome.lines["channel"] == 1]
    assert mine["status"].value_counts().to_dict() == {"aired": len(rows) - 1, "not_aired": 1}
    assert set(mine["aired_seconds"].dropna()) == {44 * 60 + 30}
    assert (
        sum(outcome.uncovered.values()) == (planned_week.channel == 0).sum()
    )  # the certificate says nothing of our channel


def test_the_agreement_says_what_is_late_and_which_minutes_count(tmp_path):
    """Seven minutes late, in two parts with ten minutes between: by its terms on time, and 55 minutes long."""
    plan = week(tmp_path / "plan", days=2)
    frame = timetable_frame(plan)
    first = next(at for at, name in enumerate(frame["airing_id"]) if name.startswith("O.uz"))
    begin = pd.Timestamp(frame["start_local"][first]) + pd.Timedelta(minutes=7)
    again = begin + pd.Timedelta(minutes=32)
    text = "channel;date;start;length;title;episode\n" + "".join(
        f"O.uz;{at:%d.%m.%Y};{at:%H:%M:%S};{length};{frame['title'][first]};{frame['episode'][first]}\n"
        for at, length in ((begin, "0:22:00"), (again, "0:22:40"))
    )

    def found(timetable):
        lines = outcome_of(timetable, tmp_path, ("log", "log.csv", text)).lines
        line = lines[lines["airing"] == frame["airing_id"][first]].iloc[0]
        return line["status"], line["aired_seconds"]

    assert found(plan) == ("late", 44 * 60 + 40)
    path = tmp_path / "plan" / "instance.yaml"
    said = yaml.safe_load(path.read_text(encoding="utf-8"))
    said["agreements"][0]["as_aired"] = {"late_minutes": 10, "minutes": "with_breaks"}
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    instance = load(tmp_path / "plan")
    arrays = [getattr(plan, name) for name in ("channel", "start", "minutes", "content", "episode", "first", "anchor")]
    assert found(build_timetable(instance, *arrays)) == ("aired", 54 * 60 + 40)


def test_the_assignment_is_the_cheapest_of_all():
    """Against all ways to pair four airings with four items, with leaving any of them alone."""
    rng = np.random.default_rng(3)
    for _ in range(60):
        rows, columns = rng.integers(1, 5, 2).tolist()
        cost = np.where(rng.random((rows, columns)) < 0.3, np.inf, rng.integers(0, 300, (rows, columns)).astype(float))

        def total(pairs, cost=cost, rows=rows, columns=columns):
            return sum(cost[pair] for pair in pairs) + 100 * (rows + columns - 2 * len(pairs))

        wide = max(rows, columns)
        cheap = np.where(cost < 200, cost, np.inf)  # a pair dearer than two left alone is none
        best = min(
            sum(min(cheap[at, of], 200.0) if at < rows and of < columns else 0.0 for at, of in enumerate(order))
            + sum(100 for at, of in enumerate(order) if at >= rows or of >= columns)
            for order in permutations(range(wide))
        )
        assert total(assign(cost, 100)) == pytest.approx(best)


def test_one_id_on_two_pages_is_not_matched_greedily(planned_week, tmp_path):
    """A log says only the series: its two airings of a day, one of them early, each go to the nearer plan."""
    frame = timetable_frame(planned_week)
    mine = frame[(frame["programme"] == "k0") & (frame["start_local"].str[:10] == frame["start_local"].min()[:10])]
    starts = [pd.Timestamp(text) for text in mine["start_local"]]
    rows = [(starts[0] - pd.Timedelta(minutes=12), 45), (starts[1] - pd.Timedelta(minutes=12), 45)]
    text = "channel;start;minutes;title\n" + "".join(
        f"O.uz;{at:%Y-%m-%d %H:%M:%S};0:{minutes}:00;{mine['title'].iloc[0]}\n" for at, minutes in rows
    )
    lines = outcome_of(planned_week, tmp_path, ("log", "log.csv", text)).lines
    found = lines[lines["airing"].isin(mine["airing_id"])]
    assert found["status"].tolist() == ["early", "early"]


def test_what_is_ambiguous_is_listed_and_settled(planned_week, tmp_path):
    """A title with a slip of the pen is matched, listed, and may be said to be something else."""
    frame = timetable_frame(planned_week)
    airing = frame[frame["programme"] == "k3"].iloc[0]
    row = f"O.uz;{airing['start_local'].replace('T', ' ')};0:45:00;Хикая k3!;{airing['episode']}\n"
    files = ("log", "log.csv", "channel;start;length;title;episode\n" + row)
    outcome = outcome_of(planned_week, tmp_path, files)
    assert [one["decision"] for one in outcome.ambiguous] == [airing["airing_id"]]
    settled = Decisions({("log.csv", "2"): "unplanned"})
    rows = read_evidence(planned_week.instance, [Source(tmp_path / "log.csv")], Findings())
    again = reconcile(planned_week, rows, None, settled)
    assert again.ambiguous == ()
    status = again.lines.set_index("airing")["status"]
    assert status[airing["airing_id"]] == "replaced"
    agreed = reconcile(planned_week, rows, None, Decisions({("log.csv", "2"): airing["airing_id"]}))
    assert (agreed.ambiguous, agreed.lines.set_index("airing")["status"][airing["airing_id"]]) == ((), "aired")


def test_decisions_are_read_by_the_next_run_and_kept_for_the_run_after_it(planned_week, tmp_path):
    folder, path, out = planned_week.instance.folder, tmp_path / "timetable.csv", tmp_path / "out"
    path.write_text(timetable_csv(planned_week), encoding="utf-8")
    frame = timetable_frame(planned_week)
    lines = ["channel;start;length;title;episode"]
    for name in ("k3", "k4"):
        one = frame[frame["programme"] == name].iloc[0]
        lines.append(f"O.uz;{one['start_local'].replace('T', ' ')};0:45:00;Хикая {name}!;{one['episode']}")
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    args = ("reconcile", folder, path, tmp_path / "log.csv", "--out", out, "--force")
    assert command(*args)[0] == 0
    listed = out / "decisions.csv"
    first = pd.read_csv(listed, dtype=str)
    assert len(first) == 2
    first.assign(decision=["unplanned", ""]).to_csv(listed, index=False)
    for _ in range(2):
        code, said = command(*args, "--decisions", listed)
        assert code == 0, said
        again = pd.read_csv(listed, dtype=str)
        assert again["row"].tolist() == first["row"].tolist()
        assert again["decision"].tolist() == ["unplanned", first["decision"][1]]
        again.assign(decision=["unplanned", ""]).to_csv(listed, index=False)


def test_cells_that_cannot_be_read_are_named(planned_week, tmp_path):
    (tmp_path / "log.csv").write_text("channel;date;start;length;title\nO.uz;31.02.2026;25:61;soon;A\nX;1;2;3;B\n")
    with pytest.raises(InputError) as error:
        read_evidence(planned_week.instance, [Source(tmp_path / "log.csv")], Findings())
    said = [str(problem) for problem in error.value.problems]
    assert any(line.startswith("log.csv:2:4: 'soon' is not a length such as 0:44:30") for line in said)
    assert any(line.startswith("log.csv:3:1: there is no channel 'X'") for line in said)
    assert any(line.startswith("log.csv:2:3: ") for line in said)


def test_clocks_and_lengths_are_read_to_the_second():
    assert clock_seconds("25:30:10") == 91_810
    assert clock_seconds("18:05:30:12") == 65_130  # frames are left out
    assert lengths(["0:44:30", "1:02"]) == [2670, 62]
    assert lengths(["0:44", "1:02"]) == [2640, 3720]
    assert lengths(["44:30", "1:02"]) == [2670, 62]
    assert lengths([44.5, "44.5"]) == [2670, 2670]


@pytest.fixture
def written(planned_week, tmp_path):
    """A folder with the plan, its timetable and a log with discrepancies; and what was planted."""
    shutil.copytree(planned_week.instance.folder, tmp_path / "plan")
    (tmp_path / "t.csv").write_text(timetable_csv(planned_week), encoding="utf-8")
    rng = np.random.default_rng(8)
    planted = plant(planned_week, rng)
    (tmp_path / "log.csv").write_text(log_text(planned_week, planted, rng), encoding="utf-8")
    return tmp_path, planted


def test_the_command_feeds_ledger_and_history(written):
    folder, planted = written
    words = ("reconcile", folder / "plan", folder / "t.csv", f"log:{folder / 'log.csv'}", "--out", folder / "out")
    code, said = command(*words, "--history")
    assert code == 0, said
    page = (folder / "out" / "reconciliation.md").read_text(encoding="utf-8")
    assert page.index("## Discrepancies") < page.index("## Measures recounted")
    assert "All parameters have their default." in page
    table = pd.read_csv(folder / "out" / "discrepancies.csv")
    assert len(table) == sum(what != "aired" for what in planted.classes.values()) + planted.unplanned
    assert table["status"].tolist() == sorted(table["status"], key=list(table["status"].unique()).index)
    aired = pd.read_csv(folder / "out" / "aired.csv")
    assert set(aired["evidence"]) == {"log.csv"}
    assert code == command(*words)[0] - 2, "it is there already: --force"
    code, said = command("ledger", "post", folder / "plan", folder / "out" / "aired.csv", "--as", "confirmed",
                         "--ledger", folder / "ledger")  # fmt: skip
    assert code == 0, said
    book = read_book(folder / "ledger" / "KZ-UZ.csv")
    minutes = sum(float(line.quantity) for line in book.bookings if line.giver == "KZ")
    assert minutes == aired.loc[aired["channel"] == "O.uz", "duration_min"].sum()
    assert {(line.evidence, bool(line.evidence_row)) for line in book.bookings} == {("log.csv", True)}
    instance = load(folder / "plan")
    assert len(instance.history) == len(aired)
    assert len(read_timetable(instance, folder / "out" / "aired.csv")) == len(aired)
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    assert command(*words, "--history", "--force")[0] == 0
    assert {path.name: path.read_bytes() for path in (folder / "out").iterdir()} == before, "again, the same"


def test_the_page_prints_changed_parameters(planned_week, tmp_path):
    rng = np.random.default_rng(9)
    (tmp_path / "log.csv").write_text(log_text(planned_week, plant(planned_week, rng), rng), encoding="utf-8")
    rows = read_evidence(planned_week.instance, [Source(tmp_path / "log.csv")], Findings())
    outcome = reconcile(planned_week, rows, ReconcileParams(ambiguous=2.0, same_airing=0.5))
    page = files_of(planned_week, outcome)["reconciliation.md"]
    assert "- Parameters that differ from the default: ambiguous = 2.0; same_airing = 0.5.\n" in page


def test_measures_are_recounted_by_what_aired(planned_week, tmp_path):
    rng = np.random.default_rng(9)
    planted = plant(planned_week, rng)
    outcome = outcome_of(planned_week, tmp_path, ("log", "log.csv", log_text(planned_week, planted, rng)))
    files = files_of(planned_week, outcome)
    aired = pd.read_csv(pd.io.common.StringIO(files["aired.csv"]))
    given = aired.loc[(aired["channel"] == "O.uz") & aired["programme"].str.startswith("k"), "duration_min"].sum()
    extra = aired.loc[(aired["channel"] == "O.uz") & (aired["programme"] == "extra"), "duration_min"].sum()
    assert f"KZ gives {given + extra:,}".replace(",", " ") in files["reconciliation.md"].replace(",", " ").replace(
        "\u202f", " "
    )


def test_first_runs_are_those_that_aired(tmp_path):
    """The first showing did not air: the repeat of the evening is the first run."""
    plan = week(tmp_path / "plan", days=1)
    frame = timetable_frame(plan)
    repeat = frame[(frame["programme"] == "k0") & (frame["run"] == "rerun")].iloc[0]
    text = f"channel;start;length;title;episode\nO.uz;{repeat['start_local']}:00;0:45:00;{repeat['title']};1\n"
    files = files_of(plan, outcome_of(plan, tmp_path, ("log", "log.csv", text)))
    aired = pd.read_csv(pd.io.common.StringIO(files["aired.csv"]))
    assert aired[["programme", "run", "status"]].to_numpy().tolist() == [["k0", "first", "aired"]]


def test_params_have_ranges():
    with pytest.raises(ValueError, match=r"unmatched\n.*greater than or equal to 0"):
        ReconcileParams(unmatched=-1)


BXF = """<?xml version="1.0" encoding="UTF-8"?>
<BxfMessage xmlns="http://example.org/any/version/BXF"><BxfData><Schedule><Channel shortName="O.uz"/>{events}</Schedule>
</BxfData></BxfMessage>
"""
EVENT = """<AsRun><BasicAsRun>
<Content><ContentId><HouseNumber>{house}</HouseNumber></ContentId><Name>{title}</Name></Content>
<AsRunDetail><Status>{status}</Status>
<StartDateTime><SmpteDateTime broadcastDate="{day}"><SmpteTimeCode>{start}</SmpteTimeCode></SmpteDateTime>
</StartDateTime>
<Duration><SmpteDuration><SmpteTimeCode>00:44:30:12</SmpteTimeCode></SmpteDuration></Duration>
</AsRunDetail></BasicAsRun></AsRun>"""


def test_as_run_messages_are_read_whatever_their_version(planned_week, tmp_path):
    frame = timetable_frame(planned_week)
    mine = frame[(frame["channel"] == "O.uz") & (frame["start_local"].str[:10] == "2026-12-07")]
    events = "".join(
        EVENT.format(
            house=f"{row['programme']}/{row['episode']}", title="", day=row["start_local"][:10],
            start=f"{row['start_local'][11:]}:20:00",
            status="Did Not Air" if at == 0 else "Aired Without Discrepancy",
        )
        for at, row in enumerate(mine.to_dict("records"))
    )  # fmt: skip
    late = EVENT.format(house="extra", title="", day="2026-12-07", start="01:30:00:00", status="Inserted by Operator")
    (tmp_path / "asrun.xml").write_text(BXF.format(events=events + late), encoding="utf-8")
    rows = read_evidence(planned_week.instance, [Source(tmp_path / "asrun.xml")], Findings())
    lines = reconcile(planned_week, rows).lines
    day = lines[lines["airing"].isin(mine["airing_id"])]
    assert day["status"].value_counts().to_dict() == {"aired": len(mine) - 1, "not_aired": 1}
    unplanned = lines[lines["status"] == "unplanned"].iloc[0]
    origin = planned_week.instance.timeline.origin
    at = origin + pd.Timedelta(seconds=unplanned["aired"])
    assert at.astimezone(zone_clock("Asia/Tashkent")).strftime("%d %H:%M") == "08 01:30"  # the night after


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("<a><b></a>", "asrun.xml:1:9: is not XML here"),
        ("<BxfMessage/>", "asrun.xml:1:1: holds no as-run event"),
    ],
)
def test_a_message_without_events_is_refused(planned_week, tmp_path, text, said):
    (tmp_path / "asrun.xml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(said)):
        read_evidence(planned_week.instance, [Source(tmp_path / "asrun.xml")], Findings())


def test_a_title_of_several_channels_means_the_own_anchor_of_each(tmp_path):
    """Both channels show "News", one of them twice a day: none of it is an airing of the other country."""
    anchors = [
        anchor("q-noon", "Q.kz", "12:00", "12:30", title="News"),
        anchor("q-night", "Q.kz", "22:00", "22:30", title="News"),
        anchor("o-night", "O.uz", "22:00", "22:30", title="News", origin="UZ", audio="uzb"),
    ]
    spec = content([kz(window("18:00", "20:00")), uz(window("18:00", "20:00"))], [programme("p", 30)], anchors=anchors,
                   agreements=[AGREEMENT], days=1)  # fmt: skip
    instance = load(write(tmp_path / "plan", spec))
    nothing = np.zeros(0, dtype=np.int64)
    plan = with_anchors(build_timetable(instance, *[nothing] * 5, nothing.astype(bool), nothing.astype(bool)))
    rows = "".join(f"{channel};2026-12-07 {at}:20;0:29:40;News\n" for channel, at in
                   (("Q.kz", "12:00"), ("Q.kz", "22:00"), ("O.uz", "22:00")))  # fmt: skip
    outcome = outcome_of(plan, tmp_path, ("log", "log.csv", "channel;start;length;title\n" + rows))
    assert outcome.lines["status"].tolist() == ["aired"] * 3
    assert "gives 0 and receives 0 minutes" in files_of(plan, outcome)["reconciliation.md"]


def test_an_agreement_says_how_many_of_its_airings_have_no_evidence(planned_week, tmp_path):
    text = certificate_text(planned_week, plant(planned_week, np.random.default_rng(4), share=0.0), "ru")
    outcome = outcome_of(planned_week, tmp_path, ("certificate", "c.csv", text))
    blank = int((planned_week.channel == 0).sum())
    assert outcome.uncovered == {"KZ-UZ": blank}
    rows = [line for line in files_of(planned_week, outcome)["reconciliation.md"].splitlines() if "| KZ-UZ |" in line]
    assert rows
    assert all(line.split(" | ")[5] == str(blank) for line in rows)
