"""The ledger: exact balances, corrections, an unbroken chain, one writer, and the story of a year."""

from __future__ import annotations

import csv
import fcntl
import random
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.account.booking import COLUMNS
from scheduler.cli.main import parity
from scheduler.instance import InputError
from scheduler.ledger import append, balances, debts, ledger_path, open_obligations, post, read_book, writing
from scheduler.ledger.act import act_html, exact, match
from scheduler.ledger.act_words import ACT, KEYS, act_words
from scheduler.ledger.post import reversal, wanted
from scheduler.messages import LANGUAGES
from scheduler.messages.catalogue import folder_of
from scheduler.rules import bilateral, exchanges, load
from scheduler.solve import Settings, solve
from scheduler.timetable import OnAir, timetable_csv, timetable_frame

TOY = Path(__file__).resolve().parents[2] / "instances" / "toy"
PARTIES = ("KZ", "UZ")


@pytest.fixture(scope="module")
def solved():
    instance = load(TOY)
    answer = solve(instance, Settings("greedy", time_limit=10))
    assert answer.timetable is not None
    return instance, answer.timetable


def line(kind="confirmed", giver="KZ", quantity=60, period="2026-W50", **more):
    taker = "UZ" if giver == "KZ" else "KZ"
    common = {"agreement": "KZ-UZ", "measure": "minutes", "unit": "minutes", "period": period}
    return {"kind": kind, "giver": giver, "taker": taker, "quantity": Fraction(quantity), **common, **more}


def booked(path, *lines):
    with writing(path) as book:
        return append(book, lines)


def test_kz_has_taken_120_and_given_90_so_it_owes_30(tmp_path):
    """C' = c − (G − r·R) = 0 − (120 − 90) = −30: below 0 the first party owes."""
    book = booked(tmp_path / "a.csv", line(quantity=120), line(giver="UZ", quantity=90))
    (only,) = balances(book.bookings, PARTIES, {})
    assert (only.given, only.received, only.carry) == (120, 90, -30)
    (debt,) = debts(book.bookings, PARTIES, {})
    assert (debt.debtor, debt.creditor, debt.quantity) == ("KZ", "UZ", 30)


def test_only_confirmed_lines_move_the_balance(tmp_path):
    lines = [line(kind, quantity=50, airing_id=kind) for kind in ("planned", "claimed", "disputed")]
    book = booked(tmp_path / "a.csv", *lines, line("make_good", quantity=10, due="2026-12-31"))
    (only,) = balances(book.bookings, PARTIES, {})
    assert (only.carry, only.planned_given, only.claimed, only.disputed) == (0, 50, 50, 50)


def test_what_is_confirmed_is_no_longer_claimed(tmp_path):
    lines = [line("claimed", airing_id="x"), line("disputed", airing_id="y"), line("claimed", airing_id="z")]
    confirmed = [line(airing_id="x", quantity=55), line(airing_id="y")]
    (only,) = balances(booked(tmp_path / "a.csv", *lines, *confirmed).bookings, PARTIES, {})
    assert (only.claimed, only.disputed, only.given) == (60, 0, 115)


def test_openings_settlements_and_ratios_are_exact(tmp_path):
    """R = 3/2: a minute of the second counts one and a half; 20 − 10 + 3/2·(7 + 1/3) = 21."""
    book = booked(
        tmp_path / "a.csv", line("opening", quantity=20), line(quantity=10), line("settlement", "UZ", Fraction(22, 3))
    )
    assert balances(book.bookings, PARTIES, {"minutes": Fraction(3, 2)})[-1].carry == 21


def test_the_oldest_debt_is_settled_first(tmp_path):
    book = booked(
        tmp_path / "a.csv",
        line(quantity=30, period="2026-W50"),
        line(quantity=40, period="2026-W51"),
        line(giver="UZ", quantity=50, period="2026-W52"),
    )
    (debt,) = debts(book.bookings, PARTIES, {})
    assert (debt.period, debt.quantity) == ("2026-W51", 20)


def test_a_correction_reverses_and_books_again(tmp_path):
    path = tmp_path / "a.csv"
    first = booked(path, line(quantity=60, airing_id="x"))
    book = booked(path, reversal(first.bookings[0], "wrong length"), line(quantity=52, airing_id="x"))
    assert [one.quantity for one in book.bookings] == [60, -60, 52]
    assert balances(book.bookings, PARTIES, {})[-1].carry == -52


def test_a_closed_period_takes_nothing_more(tmp_path):
    path = tmp_path / "a.csv"
    booked(path, line(), line("closing", quantity=0) | {"measure": "", "unit": ""})
    with pytest.raises(InputError, match="signed and closed"):
        booked(path, line(quantity=5))
    assert len(booked(path, line(period="2026-W51")).bookings) == 3


def test_an_obligation_is_open_until_it_is_met(tmp_path):
    path = tmp_path / "a.csv"
    book = booked(path, line("make_good", "UZ", 90, due="2026-12-31"))
    booked(path, line(giver="UZ", quantity=60, settles=1, airing_id="m"))
    ((found, missing),) = open_obligations(read_book(path).bookings)
    assert (found.entry, missing) == (book.bookings[0].entry, 30)
    booked(path, line(giver="UZ", quantity=30, settles=1, airing_id="n"))
    assert open_obligations(read_book(path).bookings) == []


def test_any_altered_byte_is_found(tmp_path):
    path = tmp_path / "a.csv"
    booked(path, *(line(quantity=number, airing_id=str(number), reason="Әуе, «x»") for number in range(1, 6)))
    raw = path.read_bytes()
    head = read_book(path).head
    rng = random.Random(3)
    for _ in range(300):
        at = rng.randrange(len(raw))
        altered = bytearray(raw)
        altered[at] = (altered[at] + rng.randrange(1, 255)) % 256
        path.write_bytes(altered)
        with pytest.raises(InputError):
            read_book(path, head)
    path.write_bytes(raw)
    assert read_book(path, head).head == head


def test_a_cut_tail_is_found_by_the_head(tmp_path):
    path = tmp_path / "a.csv"
    head = booked(path, line(), line(giver="UZ")).head
    text = path.read_text()
    path.write_text("\n".join(text.splitlines()[:2]) + "\n")
    assert len(read_book(path).bookings) == 1  # an unbroken chain, only shorter
    with pytest.raises(InputError, match="tail was cut"):
        read_book(path, head)


def test_two_writers_are_kept_apart(tmp_path):
    path = tmp_path / "a.csv"
    booked(path, line())
    with (tmp_path / ".a.csv.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(InputError, match="another command is writing"):
            booked(path, line())
    assert len(booked(path, line()).bookings) == 2


def test_posting_agrees_with_the_rule_and_posting_twice_books_once(tmp_path, solved):
    instance, timetable = solved
    for rule in bilateral(instance):
        done = post(timetable, rule, "confirmed", tmp_path)
        again = post(timetable, rule, "confirmed", tmp_path)
        assert (again.booked, again.reversed, again.unchanged) == (0, 0, done.booked)
        found = {(one.measure, one.period): one for one in balances(done.book.bookings, rule.parties, {})}
        for exchange in exchanges(rule, OnAir(timetable)):
            one = found.get((exchange.measure, exchange.period))
            if one is not None:
                assert (one.given, one.received) == (exchange.given, exchange.received)
    assert done.booked > 0


def test_an_airing_that_is_gone_is_reversed(tmp_path, solved):
    instance, timetable = solved
    (rule, *_) = bilateral(instance)
    post(timetable, rule, "planned", tmp_path)
    rows = wanted(timetable, rule)
    gone = rows["airing_id"].iloc[0]
    keep = (timetable_frame(timetable)["airing_id"] != gone).to_numpy()
    arrays = ("channel", "start", "minutes", "content", "episode", "first", "anchor")
    less = replace(timetable, **{name: getattr(timetable, name)[keep] for name in arrays})
    done = post(less, rule, "planned", tmp_path)
    assert done.reversed == (rows["airing_id"] == gone).sum()
    assert done.booked == 0


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.fractions(1, 500), st.integers(0, 51)), min_size=1, max_size=60))
def test_a_year_of_postings_equals_a_recount(tmp_path_factory, moves):
    """Balances after every week equal a sum made apart; what is owed adds up to the last balance."""
    path = tmp_path_factory.mktemp("year") / "a.csv"
    ordered = sorted(moves, key=lambda move: move[2])
    lines = [
        line(giver="KZ" if first else "UZ", quantity=size, period=f"2026-W{week + 1:02d}", airing_id=str(number))
        | {"air_date": (date(2026, 1, 1) + timedelta(weeks=week)).isoformat()}
        for number, (first, size, week) in enumerate(ordered)
    ]
    book = booked(path, *lines)
    last = balances(book.bookings, PARTIES, {})[-1].carry
    assert last == sum((size if not first else -size for first, size, _ in moves), Fraction(0))
    owed = debts(read_book(path).bookings, PARTIES, {})
    assert sum((one.quantity for one in owed), Fraction(0)) == abs(last)


def test_the_next_writer_removes_what_a_killed_one_has_left(tmp_path):
    path = tmp_path / "KZ-UZ.csv"
    booked(path, line())
    left = [tmp_path / ".KZ-UZ.csv.a1b2c3.unfinished", tmp_path / ".KZ-UZ.csv.d4.unfinished"]
    other = tmp_path / ".KZ-TJ.csv.a1.unfinished"
    for one in (*left, other):
        one.write_text("half of a ledger", encoding="utf-8")
    assert len(read_book(path).bookings) == 1
    assert all(one.exists() for one in left), "a reader removes nothing: a writer may be at work"
    booked(path, line(quantity=5))
    assert not any(one.exists() for one in left)
    assert other.exists()
    assert len(read_book(path).bookings) == 2


def test_a_killed_writer_leaves_the_old_ledger_and_one_unfinished_file(tmp_path):
    path = tmp_path / "KZ-UZ.csv"
    booked(path, line())
    before = path.read_bytes()
    code = (
        "import os, sys; from pathlib import Path; import scheduler.whole_file as w;"
        "w._write = lambda *_: os._exit(9); w.write_whole(Path(sys.argv[1]), 'new')"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert done.returncode == 9
    assert path.read_bytes() == before
    assert len(list(tmp_path.glob(".*.unfinished"))) == 1
    booked(path, line(quantity=5))
    assert not list(tmp_path.glob(".*.unfinished"))


def test_the_act_names_every_line_that_does_not_agree(tmp_path):
    start = {"channel": "Q.kz", "programme": "uz-1"}
    common = [line(quantity=60, start_utc=f"2026-12-07T1{hour}:00Z", airing_id=str(hour), **start) for hour in range(3)]
    ours = booked(tmp_path / "ours.csv", *common)
    theirs = booked(tmp_path / "theirs.csv", common[0], {**common[1], "quantity": Fraction(52)})
    act = match(ours, theirs, PARTIES, {})
    assert [one.state for one in act.lines] == ["agreed", "differs", "only_ours"]
    assert len(act.open_points) == 2


def test_the_act_shows_the_balance_before_claims_and_with_them(tmp_path):
    """30 minutes are carried in, 60 are confirmed. One of the open airings is claimed and disputed: it counts once."""
    lines = [
        line("opening", quantity=30, period="2026-W49"),
        line(quantity=60, airing_id="a"),
        line("claimed", quantity=60, airing_id="a"),
        line("claimed", quantity=20, airing_id="b"),
        line("disputed", quantity=20, airing_id="b"),
        line("disputed", giver="UZ", quantity=20, airing_id="c"),
    ]
    book = booked(tmp_path / "a.csv", *lines)
    last = balances(book.bookings, PARTIES, {})[-1]
    assert (last.before, last.carry, last.carry_if_confirmed) == (30, -30, -30 - 20 + 20)
    page = act_html(match(book, book, PARTIES, {}), ["en", "ru", "kk"])
    assert "Balance before 2026-W50, minutes: UZ owes KZ 30 minutes" in page
    assert "Balance after 2026-W50 by what is confirmed, minutes: KZ owes UZ 30 minutes" in page
    assert "If all claimed and disputed lines were confirmed, minutes: KZ owes UZ 30 minutes" in page
    settled = booked(tmp_path / "b.csv", line(quantity=60, airing_id="a"))
    assert "claimed and disputed" not in act_html(match(settled, settled, PARTIES, {}), ["en"])


def test_the_words_of_the_act_are_complete():
    for language in LANGUAGES:
        with (folder_of(language) / "parity.po").open("rb") as stream:
            written = {one.id: one.string for one in read_po(stream, locale=language) if one.context == ACT}
        assert sorted(written) == sorted(KEYS), language
        assert all(written.values()) and act_words(language) == written
    assert act_words("kk")["owes"] == "{debtor} тарапы {creditor} тарапына {quantity} {unit} қарыз"
    assert act_words("ru")["agreed"] != act_words("en")["agreed"] == "agreed"


def test_quantities_are_read_exactly():
    assert [exact(Fraction(text)) for text in ("52", "105/2", "52/3", "-1/3", "0")] == [
        "52",
        "52.5",
        "17 1/3",
        "−1/3",
        "0",
    ]


def run(*args):
    return CliRunner().invoke(parity, ["ledger", *map(str, args)], standalone_mode=False)


@pytest.fixture
def folder(tmp_path, solved):
    _, timetable = solved
    shutil.copytree(TOY, tmp_path / "plan")
    (tmp_path / "timetable.csv").write_text(timetable_csv(timetable))
    return tmp_path


def test_the_commands_agree_with_each_other(folder, solved):
    rule = bilateral(solved[0])[0].id
    plan, ledger = folder / "plan", folder / "ledger"
    done = run("post", plan, folder / "timetable.csv", "--as", "confirmed", "--ledger", ledger, "--by", "both")
    assert done.exception is None, done.output
    shown = run("show", plan, "--ledger", ledger).output
    assert "given" in shown
    checked = run("check", plan, "--ledger", ledger, "--agreement", rule)
    assert checked.return_value == 0
    head = read_book(ledger_path(ledger, rule)).head
    assert run("check", plan, "--ledger", ledger, "--agreement", rule, "--head", head[:16]).return_value == 0
    assert run("check", plan, "--ledger", ledger, "--agreement", rule, "--head", "0123").exception.exit_code == 1
    out = folder / "act.html"
    args = (ledger_path(ledger, rule), ledger_path(ledger, rule), "--agreement", rule, "--out", out)
    assert run("match", plan, *args).return_value == 0
    assert "Акт сверки" in out.read_text()
    assert "Салыстыру актісі" in out.read_text()
    assert "no words in uz" in str(run("match", plan, *args, "--force", "--lang", "uz").exception.message)


def test_a_settlement_is_booked_and_refused_with_words(folder, solved):
    rule = bilateral(solved[0])[0]
    args = ("settle", folder / "plan", "--ledger", folder / "l", "--agreement", rule.id, "--period", "2026-W50")
    measure = rule.measures[0].name
    assert run(*args, "--measure", measure, "--quantity", "30").return_value == 0
    assert "expected a quantity such as" in str(
        run(*args, "--measure", measure, "--quantity", "many").exception.message
    )
    assert "is no party" in str(run(*args, "--giver", "XX").exception.message)
    with ledger_path(folder / "l", rule.id).open(encoding="utf-8") as stream:
        assert [row["quantity"] for row in csv.DictReader(stream)] == ["30"]


def test_an_opened_quotation_mark_is_a_problem_of_its_line(tmp_path):
    path = tmp_path / "KZ-UZ.csv"
    path.write_text(",".join(COLUMNS) + '\n"' + "a" * 200_000 + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"KZ-UZ\.csv:2:1: is not a CSV table; close every quote"):
        read_book(path)
