"""What a plan takes from the ledger: the confirmed balance as carry-over, with its proof, and make-goods as rows."""

from __future__ import annotations

import csv
import json
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.account import balances, debts, ledger_path, open_obligations, read_book
from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import bilateral, load, rules_of
from scheduler.rules.framework.measures import exchanged, given
from scheduler.rules.from_ledger import make_goods
from scheduler.solve import Settings, solve
from scheduler.timetable import OnAir, timetable_csv, timetable_frame, timetable_of
from scheduler.verify import verify
from tests.builders import content, kz, programme, uz, window, write
from tests.planned import command

if TYPE_CHECKING:
    from pathlib import Path

PARTIES = ("KZ", "UZ")


def spec(**measure: object) -> dict[str, Any]:
    """Two channels with an hour and a half each evening; the partner's viewers like their own programme better."""
    one = {"measure": "minutes", "period": "week", "tolerance": 0, "tolerance_of": "sum", "carry_over": "ledger"}
    shared = programme("k", 30, episodes=40, appeal="0.5")
    return content(
        [kz(window("19:00", "20:30")), uz(window("19:00", "20:30"))],
        [shared, programme("u", 30, origin="UZ", versions="uzb:original;kaz:dubbed", episodes=40, appeal="0.5")],
        agreements=[{"type": "parity", "id": "KZ-UZ", "parties": list(PARTIES), "measures": [{**one, **measure}]}],
        days=7,
    )


def settled(folder: Path, *words: object) -> str:
    code, said = command("ledger", "settle", folder, "--agreement", "KZ-UZ", *words)
    assert code == 0, said
    return said


def solved(folder: Path):
    instance = load(folder)
    answer = solve(instance, Settings("exact", time_limit=20.0, deterministic=True, workers=1))
    assert answer.timetable is not None
    frame = timetable_frame(answer.timetable)
    return answer.timetable, frame.groupby("channel")["duration_min"].sum().to_dict()


def test_the_plan_settles_the_balance_of_the_ledger(tmp_path):
    folder = write(tmp_path, spec(least=60))
    settled(folder, "--kind", "opening", "--giver", "KZ", "--quantity", "60", "--period", "2026-W50")
    settled(folder, "--kind", "settlement", "--giver", "UZ", "--quantity", "30", "--period", "2026-W49")
    settled(folder, "--kind", "settlement", "--giver", "UZ", "--quantity", "600", "--period", "2026-W50")
    instance = load(folder)
    (carried,) = instance.carried
    assert (carried.carry_over, carried.ledger, carried.head) == (
        90,
        "ledger/KZ-UZ.csv",
        read_book(folder / "ledger" / "KZ-UZ.csv").head,
    )
    assert [(one.period, one.other, one.carry_over, one.entries) for one in carried.periods] == [
        ("2026-W49", 30, 30, (2,)),
        ("2026-W50", 60, 90, (1,)),
    ]
    timetable, minutes = solved(folder)
    assert minutes["O.uz"] - minutes["Q.kz"] == 90
    assert not verify(timetable).hard_missed


def test_claimed_and_planned_airings_carry_nothing_over(tmp_path):
    folder = write(tmp_path / "before", spec(least=60, tolerance=0.9))
    timetable, _ = solved(folder)
    (tmp_path / "t.csv").write_text(timetable_csv(timetable), encoding="utf-8")
    later = spec(least=60)
    later["instance.yaml"] |= {"horizon": {"start": "2026-12-14", "days": 7}, "ledger": "../before/ledger"}
    after = write(tmp_path / "after", later)
    assert "there is no ../before/ledger/KZ-UZ.csv yet" in str(load(after).warnings[0])
    for kind, moved in (("planned", False), ("claimed", False), ("confirmed", True)):
        assert command("ledger", "post", folder, tmp_path / "t.csv", "--as", kind)[0] == 0
        (carried,) = load(after).carried
        assert bool(carried.periods) is moved
    assert load(folder).carried[0].periods == (), "the horizon's own week is not before it"
    book = read_book(folder / "ledger" / "KZ-UZ.csv")
    assert carried.carry_over == balances(book.bookings, PARTIES, {})[-1].carry
    assert sum(one.given - one.received for one in carried.periods) == -carried.carry_over
    assert len(carried.periods[0].entries) == sum(line.kind == "confirmed" for line in book.bookings)


def test_a_fraction_is_carried_over_exactly(tmp_path):
    """105/2 minutes and a tolerance of 0 cannot be met by whole half hours; with a floor of 30 they can."""
    folder = write(tmp_path, spec(floor=30, least=60))
    settled(folder, "--kind", "opening", "--giver", "KZ", "--quantity", "105/2", "--period", "2026-W49")
    timetable, minutes = solved(folder)
    row = next(one for one in verify(timetable).measurements if one.rule == "KZ-UZ" and "over" in str(one.aspect))
    assert row.have == minutes["O.uz"] - minutes["Q.kz"] - Fraction(105, 2)
    assert abs(row.have) <= 30


def test_an_altered_ledger_is_no_balance(tmp_path):
    folder = write(tmp_path, spec())
    settled(folder, "--kind", "opening", "--giver", "KZ", "--quantity", "60", "--period", "2026-W49")
    path = folder / "ledger" / "KZ-UZ.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",60,", ",90,"), encoding="utf-8")
    with pytest.raises(InputError, match="was altered"):
        load(folder)
    code, said = command("solve", folder, "--out", tmp_path / "out")
    assert code == 2
    assert "KZ-UZ.csv:2:1: was altered" in said
    assert command("ledger", "check", folder)[0] == 1


def test_a_carry_over_is_a_number_or_the_ledger(tmp_path):
    for said in ("soon", 1.5, True):
        with pytest.raises(InputError, match="expected a whole number up to 10\\^12 or `ledger`"):
            load(write(tmp_path / str(said), spec(carry_over=said)))


def test_the_answer_and_the_report_name_the_lines_of_the_ledger(tmp_path):
    folder, out = write(tmp_path / "plan", spec(least=60)), tmp_path / "out"
    settled(folder, "--kind", "opening", "--giver", "KZ", "--quantity", "60", "--period", "2026-W49")
    words = ("--kind", "make_good", "--giver", "KZ", "--quantity", "30", "--period", "2026-W49", "--due", "2026-12-13")
    settled(folder, *words, "--by", "both")
    code, said = command("solve", folder, "--out", out, "--time-limit", "20", "--deterministic")
    assert code == 0, said
    head = read_book(folder / "ledger" / "KZ-UZ.csv").head
    assert f"carry-over of KZ-UZ, minutes: 60 minutes, from 1 line of ledger/KZ-UZ.csv, head {head[:16]}" in said
    assert "make-good 2 of KZ-UZ: KZ may still show 30 minutes on channels of UZ by" in said
    result = json.loads((out / "result.json").read_text(encoding="utf-8"))
    (carried,), (owed,) = result["carried"], result["obligations"]
    assert (carried["carry_over"], carried["head"], carried["periods"][0]["entries"]) == ("60", head, [1])
    assert (owed["entry"], owed["missing"], owed["due"]) == (2, "30", "2026-12-13")
    for form in ("text", "md", "html"):
        report = command("report", folder, out / "timetable.csv", "--format", form)[1]
        assert "Carry-over: confirmed bookings of the ledgers before the horizon" in report
        assert "ledger/KZ-UZ.csv: 1" in report
        assert "Open make-goods of the ledgers" in report
    before = load(folder).digest
    settled(folder, "--kind", "settlement", "--giver", "KZ", "--quantity", "30", "--period", "2026-W49")
    assert load(folder).digest != before, "the answer is one to another balance"


# Make-goods.


def test_an_accepted_make_good_is_a_row_beside_the_least_amount(tmp_path):
    folder = write(tmp_path, spec(tolerance=0.9, least=60))
    assert solved(folder)[1] == {"O.uz": 60, "Q.kz": 60}
    words = ("--kind", "make_good", "--giver", "KZ", "--quantity", "90", "--period", "2026-W49", "--due", "2026-12-13")
    settled(folder, *words)
    assert load(folder).obligations == (), "it is offered, not yet accepted"
    settled(folder, "--accepts", "1", "--by", "both sides")
    (owed,) = load(folder).obligations
    assert (owed.entry, owed.missing, owed.due) == (3, 90, date(2026, 12, 13))
    timetable, minutes = solved(folder)
    assert minutes == {"O.uz": 150, "Q.kz": 60}
    row = next(one for one in verify(timetable).measurements if one.rule == "KZ-UZ/make-good-3")
    assert (row.have, row.need) == (150, 150)
    assert "obligation 3: KZ is to get 90 minutes by 2026-12-13 (accepted by both sides)" in command(
        "ledger", "show", folder)[1]  # fmt: skip


@pytest.mark.parametrize(
    ("due", "asked", "to"),
    [("2026-12-13", 150, None), ("2026-12-20", 105, None), ("2026-12-01", 150, None),
     ("2026-12-09", 90 + 60 * 3 // 7, date(2026, 12, 9))],
)  # fmt: skip
def test_the_due_date_says_how_much_is_asked_until_when(tmp_path, due, asked, to):
    """A date after the horizon asks its share of the days; one that has passed asks all in this horizon."""
    folder = write(tmp_path, spec(least=60))
    words = ("--kind", "make_good", "--giver", "KZ", "--quantity", "90", "--period", "2026-W48", "--due", due)
    settled(folder, *words, "--by", "both")
    rule = rules_of(load(folder))[-1]
    assert (rule.id, rule.measures[0].least_from("KZ"), rule.valid_to) == ("KZ-UZ/make-good-1", asked, to)
    assert rule.measures[0].least_from("UZ") == 0


def test_a_make_good_of_a_programme_or_in_prime_counts_only_that(tmp_path):
    folder = write(tmp_path, spec(least=60))
    words = ("--kind", "make_good", "--giver", "UZ", "--quantity", "30", "--period", "2026-W48", "--due", "2026-12-13")
    settled(folder, *words, "--programme", "u", "--by", "both")
    settled(folder, *words, "--daypart", "prime", "--by", "both")
    first, second = (rule.measures[0] for rule in rules_of(load(folder))[-2:])
    assert (first.measure, first.select.programme, first.least_from("UZ")) == ("minutes", ("u",), 30)
    assert (second.measure, second.select, second.least_from("UZ")) == ("prime_minutes", None, 30)
    for wrong in (("--programme", "v"), ("--daypart", "noon"), ("--period", "autumn")):
        code, said = command("ledger", "settle", folder, "--agreement", "KZ-UZ", *words, *wrong)
        assert code == 2, said


EVENING, AFTERNOON = window("19:00", "20:30"), window("13:30", "14:30", "mon")


def without_make_good(tmp_path: Path, *windows: dict[str, Any]) -> Path:
    """Two parties that give each other an hour; the partner's channel has these windows."""
    one = {"measure": "minutes", "period": "week", "tolerance": 0.9, "tolerance_of": "sum", "least": 60}
    agreement = {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [one]}
    shared = programme("k", 30, episodes=40, appeal="0.5")
    given = content(
        [kz(window("19:00", "20:30")), uz(*windows)],
        [shared, programme("u", 30, origin="UZ", versions="uzb:original;kaz:dubbed", episodes=40, appeal="0.5")],
        agreements=[agreement],
        days=7,
        dayparts={"prime": ["19:00", "23:00"], "afternoon": ["13:00", "17:00"]},
    )
    return write(tmp_path, given)


def daytime(tmp_path: Path) -> Path:
    """A partner's channel with an hour on Monday afternoon, and an accepted make-good of 45 minutes then."""
    folder = without_make_good(tmp_path, EVENING, AFTERNOON)
    words = ("--kind", "make_good", "--giver", "KZ", "--quantity", "45", "--period", "2026-W49", "--due", "2026-12-13")
    settled(folder, *words, "--daypart", "afternoon")
    settled(folder, "--accepts", "1", "--by", "both sides")
    return folder


def afternoon(timetable: Any) -> int:
    frame = timetable_frame(timetable)
    mine = (frame["channel"] == "O.uz") & frame["start_local"].str[11:13].isin(["13", "14"])
    return int(frame.loc[mine & (frame["programme"] == "k"), "duration_min"].sum())


def test_a_make_good_in_any_daypart_is_offered_accepted_planned_and_settled(tmp_path: Path) -> None:
    folder = daytime(tmp_path)
    assert "obligation 3: KZ is to get 45 minutes in afternoon by 2026-12-13 (accepted by both sides)" in command(
        "ledger", "show", folder)[1]  # fmt: skip
    (rule,) = [one for one in rules_of(load(folder)) if one.id == "KZ-UZ/make-good-3"]
    assert [(one.within, one.least_from("KZ")) for one in rule.measures] == [("afternoon", 45), (None, 105)]
    timetable, minutes = solved(folder)
    assert (afternoon(timetable) >= 45, minutes["O.uz"] >= 105) == (True, True)
    rows = [(one.have, one.need) for one in verify(timetable).measurements if one.rule == "KZ-UZ/make-good-3"]
    assert [need for _, need in rows] == [45, 105]
    assert rows[0][0] == afternoon(timetable)
    path = tmp_path / "t.csv"
    path.write_text(timetable_csv(timetable), encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as stream:
        theirs = [row for row in csv.DictReader(stream) if row["channel"] == "O.uz"]
    day = [row["airing_id"] for row in theirs if row["start_local"][11:13] in ("13", "14")]
    evening = [row["airing_id"] for row in theirs if row["airing_id"] not in day]
    post = ("ledger", "post", folder, path, "--as", "confirmed", "--agreement", "KZ-UZ")
    assert command(*post, "--make-good", f"{evening[0]}=3")[0] == 2, "an evening settles no afternoon"
    code, said = command(*post, "--make-good", f"{day[0]}=3", "--make-good", f"{day[1]}=3")
    assert code == 0, said
    book = read_book(ledger_path(folder / "ledger", "KZ-UZ"))
    assert [line.quantity for line in book.bookings if line.settles == 3] == [30, 15]
    assert open_obligations(book.bookings) == []
    assert load(folder).obligations == ()


def test_replan_meets_a_make_good_in_a_daypart(tmp_path: Path) -> None:
    """The plan was published before the partner accepted. The replan adds two airings in the afternoon."""
    timetable, minutes = solved(without_make_good(tmp_path / "before", EVENING))
    assert (minutes["O.uz"], afternoon(timetable)) == (60, 0)
    path = tmp_path / "published.csv"
    path.write_text(timetable_csv(timetable), encoding="utf-8")
    instance = load(daytime(tmp_path / "after"))
    found = replan(instance, read_published(instance, path), params=ReplanParams(time_limit=10.0))
    assert not found.checked.hard_missed
    assert afternoon(found.timetable) == 60
    assert sorted(one.kind for one in found.changes.entries) == ["added"] * 2 + ["kept"] * 4
    assert found.number == found.number_bound == 3, "two airings, and the episodes after them"


def test_rows_and_check_of_a_daypart_agree(tmp_path: Path) -> None:
    instance = load(daytime(tmp_path))
    (rule,) = make_goods(instance)
    airings = build_airings(instance, rules_of(instance))
    for measure in rule.measures:
        sides = rule, "KZ", "UZ", measure.measure, "horizon"
        found = given(airings, *sides, daypart=measure.within)
        for at in np.unique(found.airing)[::7].tolist():
            chosen = np.zeros(len(airings), dtype=bool)
            chosen[at] = True
            counted = exchanged(OnAir(timetable_of(airings, chosen)), *sides, daypart=measure.within)
            assert counted["horizon"] == int(found.parts[found.airing == at].sum())


def test_a_daypart_that_the_instance_does_not_have_is_named_with_its_line(tmp_path: Path) -> None:
    folder = daytime(tmp_path)
    file = folder / "instance.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("afternoon", "daytime"), encoding="utf-8")
    with pytest.raises(InputError, match=r"KZ-UZ\.csv:4:1.*there is no daypart 'afternoon'"):
        load(folder)


def test_what_makes_good_settles_the_day_it_was_owed_for_and_is_not_counted_again(tmp_path):
    folder = write(tmp_path, spec(tolerance=0.9, least=60))
    settled(folder, "--kind", "opening", "--giver", "KZ", "--quantity", "45", "--period", "2026-W48")
    words = ("--kind", "make_good", "--giver", "KZ", "--quantity", "45", "--period", "2026-W48", "--due", "2026-12-13")
    settled(folder, *words, "--by", "both")
    timetable, minutes = solved(folder)
    path = tmp_path / "t.csv"
    path.write_text(timetable_csv(timetable), encoding="utf-8")
    with path.open(encoding="utf-8", newline="") as stream:
        mine = [row["airing_id"] for row in csv.DictReader(stream) if row["channel"] == "O.uz"]
    post = ("ledger", "post", folder, path, "--as", "confirmed", "--agreement", "KZ-UZ")
    code, said = command(*post, "--make-good", f"{mine[0]}=2", "--make-good", f"{mine[1]}=2")
    assert code == 0, said
    book = read_book(ledger_path(folder / "ledger", "KZ-UZ"))
    assert [(line.airing_id, line.quantity) for line in book.bookings if line.settles == 2] == [
        (mine[0], 30),
        (mine[1], 15),
    ]
    assert open_obligations(book.bookings) == []
    assert load(folder).obligations == ()
    last = balances(book.bookings, PARTIES, {})[-1]
    assert (last.given, last.made_good, last.received) == (minutes["O.uz"] - 45, 45, minutes["Q.kz"])
    assert last.carry == 45 - minutes["O.uz"] + minutes["Q.kz"]
    owed = debts(book.bookings, PARTIES, {})
    assert [one.period for one in owed if one.period == "2026-W48"] == [], "the old debt is settled"
    again = command(*post)
    assert "0 lines booked, 0 reversed" in again[1], "later postings remember it"
    for wrong in ("nothing=2", f"{mine[0]}=1", mine[0]):
        assert command(*post, "--make-good", wrong)[0] == 2
    assert read_book(ledger_path(folder / "ledger", "KZ-UZ")).head == book.head


def test_a_partner_without_a_ledger_has_no_rows_of_it(tmp_path):
    instance = load(write(tmp_path, spec(carry_over=30)))
    assert (instance.carried, instance.obligations) == ((), ())
    assert [rule.id for rule in rules_of(instance)][-1] == bilateral(instance)[0].id
