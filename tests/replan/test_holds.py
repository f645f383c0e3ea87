"""What may not change is named where it makes hard rows be missed: locks, the freeze, acceptances."""

from __future__ import annotations

import json
from datetime import date
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.report.language import Language
from scheduler.results import ReplanFile
from scheduler.rules import load
from tests.builders import anchor, content, kz, programme, uz, window, write
from tests.planned import command
from tests.replan.cases import published_in

if TYPE_CHECKING:
    from pathlib import Path

QUICK = ReplanParams(time_limit=10.0)
FILMS = [programme(f"film{number}", 30, genre="film", appeal=0.5) for number in range(3)]
TWO_FILMS = {"type": "quota", "id": "FILMS", "select": {"genre": "film"}, "least_count": 2, "period": "horizon"}
SERIES = programme("series", 30, episodes=9, appeal=2.0)

ONE: dict[str, Any] = {"channels": [kz(window("19:00", "20:00"))], "programmes": [SERIES, *FILMS], "days": 1}
LOCK = {"channel": "Q.kz", "start_utc": "2026-12-07T14:00Z", "programme": "series"}


def after(folder: Path, spec: dict[str, Any], rule: dict[str, Any] | None = None, **changed: Any) -> Path:
    """The instance with a rule that asks for two films."""
    return write(folder, content(**{**spec, "rules": [{**TWO_FILMS, **(rule or {})}], **changed}))


def test_locks_are_named(tmp_path):
    path = published_in(tmp_path / "before", ONE)
    folder = after(tmp_path / "after", ONE, locks=[LOCK])
    instance = load(folder)
    found = replan(instance, read_published(instance, path), params=QUICK)
    assert found.checked.hard_missed
    assert found.holds == (("locks", 0.0),)
    assert found.found.hard_miss == found.found.hard_miss_bound == pytest.approx(0.5)
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out")
    assert code == 1
    assert "the locks are a cause; otherwise 0 instead of 0.50 hard rows would be missed" in said, said
    for language in ("en", "kk"):  # the row that is missed is in the reader's language
        out = tmp_path / language
        _, said = command("replan", folder, "--published", path, "--out", out, "--lang", language)
        row = Language(language).render(found.checked.hard_missed[0].text)
        assert row in said
        assert row in unescape((out / "replan.html").read_text(encoding="utf-8"))


def test_the_freeze_is_named(tmp_path):
    spec = {**ONE, "days": 2, "channels": [kz(window("19:00", "19:30"))]}
    path = published_in(tmp_path / "before", spec)
    instance = load(after(tmp_path / "after", spec))
    found = replan(instance, read_published(instance, path), frozen_until=date(2026, 12, 8), params=QUICK)
    assert [name for name, _ in found.holds] == ["freeze"]


@pytest.mark.parametrize("side", ["KZ", None])
def test_what_the_other_side_has_accepted_is_named(tmp_path, side):
    spec = {**ONE, "channels": [uz(window("19:00", "20:00")), kz(window("05:00", "05:10"))]}
    path = published_in(tmp_path / "before", spec)
    instance = load(after(tmp_path / "after", spec, {"channels": ["O.uz"]}))
    found = replan(instance, read_published(instance, path), side=side, params=QUICK)
    assert found.holds == ((("accepted", 0.0),) if side else ())


def test_where_all_hard_rows_are_kept_nothing_is_named(tmp_path):
    path = published_in(tmp_path / "before", ONE)
    instance = load(after(tmp_path / "after", ONE))
    found = replan(instance, read_published(instance, path), frozen_until=date(2026, 12, 7), params=QUICK)
    assert not found.checked.hard_missed
    assert found.holds == ()


def test_a_lock_of_an_airing_that_news_has_removed_is_given_up_and_named(tmp_path):
    spec = {**ONE, "days": 2}
    path = published_in(tmp_path / "before", spec)
    plan = read_published(load(tmp_path / "before"), path).timetable
    first, last = (f"{plan.instance.timeline.moment(int(plan.start[at])):%Y-%m-%dT%H:%MZ}" for at in (0, -1))
    titles = [plan.instance.programmes[int(plan.programme[at])].programme for at in (0, -1)]
    locks = [{"channel": "Q.kz", "start_utc": first, "programme": titles[0]},
             {"channel": "Q.kz", "start_utc": last, "programme": titles[1]}]  # fmt: skip
    event = anchor("event", "Q.kz", "19:00", "20:00", date="2026-12-08")
    folder = write(tmp_path / "after", content(**{**spec, "locks": locks, "anchors": [event]}))
    code, said = command("replan", folder, "--published", path, "--out", tmp_path / "out")
    assert code == 0, said
    assert f"locks.csv:3: '{titles[1]}' on Q.kz at {last} can no longer air" in said
    assert "locks.csv:2" not in said
    for name in ("replan.txt", "replan.html"):
        assert "locks.csv:3" in (tmp_path / "out" / name).read_text(encoding="utf-8")
    written = ReplanFile.model_validate_json((tmp_path / "out" / "replan.json").read_text(encoding="utf-8"))
    assert [one.line for one in written.locks_given_up] == [3]
    assert {one.change for one in written.changes} == {"dropped"}
    assert any(one.start_before == last for one in written.changes)


def test_a_lock_of_a_frozen_airing_that_did_not_air_is_given_up(tmp_path):
    spec = {**ONE, "days": 2, "channels": [kz(window("19:00", "19:30"))]}
    path = published_in(tmp_path / "before", spec)
    instance = load(write(tmp_path / "after", content(**{**spec, "locks": [LOCK]})))
    found = replan(
        instance, read_published(instance, path), frozen_until=date(2026, 12, 8), not_aired=[0], params=QUICK
    )
    assert [line for line, _ in found.given_up] == [2]
    assert not found.checked.hard_missed


def test_locks_that_are_a_cause_alone_are_named(tmp_path):
    path = published_in(tmp_path / "before", ONE)
    other = {"channel": "Q.kz", "programme": "film0"}
    folder = after(tmp_path / "after", ONE, locks=[LOCK, other])
    code, said = command("explain", folder, "--published", path, "--time-limit", "10")
    assert code == 1
    assert "FILMS" in said
    assert "Each of these alone is a cause: locks.csv: 'series'" in said
    assert "film0" not in said.split("alone is a cause")[1]
    assert (tmp_path / "after" / "locks.csv").is_file()


def test_frozen_airings_that_must_change_are_named(tmp_path):
    """One of two frozen days has room for the second film; as few airings as possible are named."""
    spec = {**ONE, "days": 3, "channels": [kz(window("19:00", "19:30"))]}
    path = published_in(tmp_path / "before", spec)
    folder = after(tmp_path / "after", spec)
    words = ("explain", folder, "--published", path, "--frozen-until", "2026-12-09", "--time-limit", "10")
    code, said = command(*words)
    assert code == 1
    named = said.split("It is enough to change: ")[1].splitlines()[0].split(", ")
    assert len(named) == 1
    assert named[0] in {"Q.kz/20261207T1400Z", "Q.kz/20261208T1400Z"}
    code, said = command(*words, "--json")
    (one,) = json.loads(said)["holds"]
    assert (one["hold"], one["named"]) == ("freeze", named)


def test_accepted_airings_that_must_change_are_named(tmp_path):
    spec = {**ONE, "channels": [uz(window("19:00", "20:00")), kz(window("05:00", "05:10"))]}
    path = published_in(tmp_path / "before", spec)
    folder = after(tmp_path / "after", spec, {"channels": ["O.uz"]})
    instance = load(folder)
    found = replan(instance, read_published(instance, path), side="KZ", params=QUICK)
    named = found.held_by["accepted"]
    assert len(named) == 2, "two films need the places of two episodes"
    assert all(one.startswith("O.uz/20261207T") for one in named)
    code, said = command("explain", folder, "--published", path, "--side", "KZ", "--time-limit", "10")
    assert code == 1
    assert f"It is enough to change: {', '.join(named)}" in said


def test_a_replan_that_keeps_all_rules_has_nothing_to_explain(tmp_path):
    path = published_in(tmp_path / "before", ONE)
    folder = after(tmp_path / "after", ONE)
    code, said = command("explain", folder, "--published", path, "--time-limit", "10")
    assert (code, said.strip()) == (0, "✓ a replan keeps all hard rules")
    assert command("explain", folder, "--side", "KZ")[0] == 2
    assert command("explain", folder, path, "--published", path)[0] == 2
