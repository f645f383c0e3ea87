"""Programmes heard in several languages: quotas of minutes count each language by its share, exactly."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError, Selector
from scheduler.rules import load, rules_of
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import anchor, content, kz, programme, window, write
from tests.rules.agreement import disagreements

if TYPE_CHECKING:
    from pathlib import Path

SOFT = {"hard": False, "price": 7}
MIXED = {"versions": "kaz:original;rus:subtitled;uzb:dubbed", "audio_shares": "kaz:0.6;rus:0.4"}


def quota(select: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "quota", "id": "Q", "select": select, "period": "day", **SOFT, **more}


def folder(tmp_path: Path, rules: list[dict[str, Any]], shown: list[dict[str, Any]], **more: Any) -> Any:
    spec = content([kz(window("20:00", "23:00"))], shown, rules=rules)
    spec["anchors.csv"] = more.get("anchors", [])
    return load(write(tmp_path, spec))


def measured(instance: Any, rule: str = "Q") -> Any:
    airings = build_airings(instance, rules_of(instance))
    return next(row for row in verify(timetable_of(airings, airings.past)).measurements if row.rule == rule)


@pytest.mark.parametrize(
    "rule",
    [
        quota({"audio": "kaz"}, least_share=0.55),
        quota({"audio": "rus"}, most_share=0.25),
        quota({"audio": ["kaz", "uzb"]}, least_minutes=100),
        quota({"not": {"audio": "kaz"}}, most_minutes=50),
        quota({"audio": "kaz", "run": "first"}, most_minutes=20),
        quota({"genre": "drama"}, basis={"audio": ["rus", "uzb"]}, least_share="2/3"),
        quota({"audio": "rus", "not": {"audio": "rus", "genre": "film"}}, most_share=0.1),
        quota({"audio": "rus"}, most_count=0),
        {
            "type": "allowance", "id": "Q", "select": {"audio": "rus"}, "most_minutes": 10, "of": {"audio": "kaz"},
            "per_minutes": 25, "adds_minutes": 7, "period": "day", **SOFT,
        },
        {
            "type": "either_or", "id": "Q", "alternatives": [{"audio": "rus"}, {"audio": "uzb"}], "least_share": 0.25,
            "period": "day", **SOFT,
        },
    ],
    ids=lambda rule: str(rule["select"] if "select" in rule else rule["type"]),
)  # fmt: skip
def test_rows_and_check_agree_on_shares_of_languages(rule: dict[str, Any], tmp_path: Path) -> None:
    shown = [programme("mixed", 65, episodes=2, **MIXED), programme("film", 60, genre="film", versions="rus:original")]
    anchors = [anchor("talk", "Q.kz", "19:00", "19:35", audio="rus", audio_shares="rus:0.7;kaz:0.3")]
    wrong, seen = disagreements(folder(tmp_path, [rule], shown, anchors=anchors), most=2)
    assert wrong == []
    assert seen["Q"]


def test_a_talk_in_two_languages_counts_as_two_talks_in_one_each(tmp_path: Path) -> None:
    """Forty minutes, three quarters in Kazakh: as thirty minutes and ten."""
    one = [anchor("talk", "Q.kz", "19:00", "19:40", audio="kaz", audio_shares="kaz:0.75;rus:0.25")]
    two = [anchor("a", "Q.kz", "19:00", "19:30", audio="kaz"), anchor("b", "Q.kz", "19:30", "19:40", audio="rus")]
    for number, select in enumerate(({"audio": "kaz"}, {"audio": "rus"}, {"not": {"audio": "rus"}})):
        rule = quota(select, least_share=0.5)
        rows = [
            measured(folder(tmp_path / f"{number}{len(anchors)}", [rule], [programme("a", 30)], anchors=anchors))
            for anchors in (one, two)
        ]
        assert (rows[0].have, rows[0].need, rows[0].basis) == (rows[1].have, rows[1].need, rows[1].basis)


def test_parts_of_a_minute_are_kept(tmp_path: Path) -> None:
    anchors = [anchor("talk", "Q.kz", "19:00", "19:35", audio="kaz", audio_shares="kaz:0.9;rus:0.1")]
    row = measured(folder(tmp_path, [quota({"audio": "rus"}, most_minutes=3)], [programme("a", 30)], anchors=anchors))
    assert (row.have, row.miss) == (Fraction(7, 2), 1)


def test_a_dubbed_version_is_in_one_language_and_a_subtitled_one_as_the_original(tmp_path: Path) -> None:
    contents = folder(tmp_path, [], [programme("mixed", 60, **MIXED)]).contents
    parts, whole = contents.parts("KZ", Selector(audio=("kaz",)))
    assert [Fraction(int(part), whole) for part in parts[:3]] == [Fraction(3, 5), Fraction(3, 5), 0]
    assert contents.audio[:3].tolist() == ["kaz", "kaz", "uzb"]


def test_what_names_no_language_is_counted_whole(tmp_path: Path) -> None:
    contents = folder(tmp_path, [], [programme("mixed", 60, **MIXED)]).contents
    parts, whole = contents.parts("KZ", Selector(genre=("drama",)))
    assert (parts[:3].tolist(), whole) == ([1, 1, 1], 1)


def test_a_share_in_two_languages_decides_what_may_air(tmp_path: Path) -> None:
    """Of 180 minutes 108 in Kazakh are asked: three talks of an hour at 0.6 are just enough, at 0.59 they are not."""
    rule = {**quota({"audio": "kaz"}, least_share=0.6), "hard": True, "price": None}
    rule = {name: value for name, value in rule.items() if value is not None}
    aired = []
    for share in ("0.6", "0.59"):
        talk = programme("talk", 60, episodes=3, appeal="9", audio_shares=f"kaz:{share};rus:{1 - Fraction(share)}")
        instance = folder(tmp_path / share, [rule], [talk])
        answer = solve(instance, Settings(strategy="exact", time_limit=20.0, workers=1))
        assert answer.verification is not None and not answer.verification.hard_missed
        assert answer.timetable is not None
        aired.append(int((~answer.timetable.anchor).sum()))
    assert aired == [3, 2]


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        ("kaz:0.6;rus:0.3", "must be above 0 and add up to 1"),
        ("kaz:1;rus:0", "must be above 0 and add up to 1"),
        ("kaz:0.5;kaz:0.5", "a language appears twice"),
        ("uzb:0.5;rus:0.5", "`audio_shares` has no share of kaz, the language that it is in"),
        ("Kazakh:0.5;rus:0.5", "expected a language of three small letters"),
        ("kaz:0.6;rus:x", "expected a number"),
    ],
)
def test_shares_that_cannot_be_are_refused(shares: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        folder(tmp_path, [], [programme("talk", 60, audio_shares=shares)])


def test_languages_without_shares_have_equal_ones(tmp_path: Path) -> None:
    found = folder(tmp_path, [], [programme("talk", 60, audio_shares="kaz;rus")]).programmes[0]
    assert dict(found.audio_shares) == {"kaz": Fraction(1, 2), "rus": Fraction(1, 2)}
