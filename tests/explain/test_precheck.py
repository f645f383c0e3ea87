"""What arithmetic finds, and that it never calls impossible what a timetable keeps."""

from __future__ import annotations

import pytest

from scheduler.explain.clauses import clause_rows
from scheduler.explain.precheck import findings
from tests.builders import aired, anchor, build, kz, programme, uz, window


def found(folder, *args, **kwargs):
    return findings(clause_rows(build(folder, *args, **kwargs), readmit=False))


def quota(**more):
    return {"type": "quota", "id": "Q", "select": {"genre": ["drama"]}, "period": "day", **more}


def test_rights_supply_less_than_is_owed(tmp_path):
    one = found(
        tmp_path,
        [kz(window("18:00", "22:00"))],
        [programme("a", 60, episodes=2)],
        rules=[quota(least_minutes=121)],
    )
    assert [item.reason for item in one] == ["rights"]
    assert "121 minutes are missing; the remaining rights supply at most 120" in str(one[0].text)


@pytest.mark.parametrize(("period", "said"), [("week", "day 1 of the 7 days of the period"), ("day", "")])
def test_a_period_that_goes_on_after_the_horizon_is_named(tmp_path, period, said):
    rules = [quota(least_minutes=7 * 121, period=period)]
    one = found(tmp_path, [kz(window("18:00", "22:00"))], [programme("a", 60, episodes=2)], rules=rules)
    assert len(one) == 1
    assert ("the horizon ends on" in str(one[0].text)) == bool(said)
    assert said in str(one[0].text)


@pytest.mark.parametrize(
    ("more", "history", "fits"),
    [
        ({"episodes": 2, "runs": 1}, [], 120),
        ({"episodes": 1, "runs": 2}, [], 120),
        ({"episodes": 2, "runs": 2, "runs_total": 3}, [], 180),
        ({"episodes": 2, "runs": 2, "runs_channel": 1}, [], 60),
        ({"episodes": 2, "runs": 2}, [aired("Q.kz", "2026-12-01T12:00Z", "a", 60)], 180),
        ({"episodes": 2, "runs": 2, "runs_total": 3}, [aired("Q.kz", "2026-12-01T12:00Z", "a", 60)], 120),
    ],
)
def test_every_limit_of_the_rights_counts(tmp_path, more, history, fits):
    def reasons(least):
        folder = tmp_path / str(least)
        rules = [quota(least_minutes=least)]
        one = found(folder, [kz(window("12:00", "22:00"))], [programme("a", 60, **more)], rules=rules, history=history)
        return [item.reason for item in one]

    assert reasons(fits) == []
    assert reasons(fits + 1) == ["rights"]


def test_windows_hold_less_than_is_asked(tmp_path):
    one = found(
        tmp_path,
        [kz(window("18:00", "19:00"))],
        [programme("a", 30, episodes=9, runs=9)],
        rules=[quota(least_minutes=61)],
    )
    assert [item.reason for item in one] == ["windows"]
    assert "the windows hold at most 60" in str(one[0].text)


def test_an_episode_that_does_not_fill_its_steps_fills_less(tmp_path):
    """Twenty minutes occupy a step of thirty: an hour holds forty."""
    rules = [quota(least_minutes=41)]
    one = found(tmp_path, [kz(window("18:00", "19:00"))], [programme("a", 20, episodes=9)], rules=rules)
    assert [item.reason for item in one] == ["windows"]


@pytest.mark.parametrize(("share", "reasons"), [("0.5", []), ("0.51", ["anchors"])])
def test_a_share_that_anchors_alone_break(tmp_path, share, reasons):
    rules = [{"type": "quota", "id": "S", "select": {"origin": "domestic"}, "least_share": share, "period": "day"}]
    anchors = [anchor("serial", "Q.kz", "10:00", "12:00", origin="TR")]
    one = found(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 60)], rules=rules, anchors=anchors)
    assert [item.reason for item in one] == reasons


def test_a_most_that_anchors_alone_exceed(tmp_path):
    rules = [quota(select={"genre": ["news"]}, most_minutes=59)]
    anchors = [anchor("news", "Q.kz", "10:00", "11:00")]
    one = found(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 60)], rules=rules, anchors=anchors)
    assert [item.reason for item in one] == ["anchors"]
    assert "1 minutes are missing" in str(one[0].text)


def test_two_quotas_fill_one_window_twice(tmp_path):
    rules = [
        quota(id="DRAMA", least_minutes=60),
        quota(id="FILM", select={"genre": ["film"]}, least_minutes=90),
    ]
    programmes = [programme("a", 60, episodes=3), programme("f", 90, genre="film")]
    one = found(tmp_path / "tight", [kz(window("18:00", "20:00"))], programmes, rules=rules)
    assert [item.reason for item in one] == ["together"]
    assert "together they need 150 minutes, their windows hold 120" in str(one[0].text)
    assert found(tmp_path / "wide", [kz(window("18:00", "20:30"))], programmes, rules=rules) == []


def test_quotas_that_a_common_programme_serves_are_not_added_up(tmp_path):
    rules = [quota(id="DRAMA", least_minutes=60), quota(id="OWN", select={"origin": "domestic"}, least_minutes=90)]
    programmes = [programme("a", 60, episodes=3, origin="KZ")]
    assert found(tmp_path, [kz(window("18:00", "20:00"))], programmes, rules=rules) == []


def test_soft_rules_are_no_clash(tmp_path):
    rules = [quota(least_minutes=500, hard=False, price=1)]
    assert found(tmp_path, [kz(window("18:00", "20:00"))], [programme("a", 60)], rules=rules) == []


def test_nothing_to_air_and_no_windows(tmp_path):
    rules = [quota(least_minutes=10)]
    assert [one.reason for one in found(tmp_path / "a", [kz()], [], rules=rules, anchors=[])] in ([], ["anchors"])
    parity = {
        "type": "parity",
        "id": "P",
        "parties": ["KZ", "UZ"],
        "measures": [{"measure": "minutes", "period": "day", "least": 30}],
    }
    one = found(tmp_path / "b", [kz(window("18:00", "20:00")), uz(window("18:00", "20:00"))], [], agreements=[parity])
    assert [item.clauses for item in one] == [(0,)]
