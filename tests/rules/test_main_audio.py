"""Art. 5(4): where viewers have a choice of soundtracks, the main one is in the language that a rule asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.timetable import timetable_of
from scheduler.verify import verify
from tests.builders import anchor, build, channel, kz, programme, window
from tests.rules.agreement import disagreements

if TYPE_CHECKING:
    from pathlib import Path

EVENING = window("20:00", "22:00")
RULE: dict[str, Any] = {
    "type": "quota",
    "id": "M",
    "multi_audio": True,
    "select": {"soundtracks": "several", "not": {"audio": "kaz"}},
    "period": "day",
    "most_minutes": 0,
}
VERSIONS = "rus:original;kaz:dubbed"
CHOICE = programme("choice", 30, versions=VERSIONS, soundtracks="kaz;rus")
PLAIN = programme("plain", 30, versions=VERSIONS)


def instance_of(tmp_path: Path, own: dict[str, Any], *shown: dict[str, Any], **more: Any) -> Any:
    rule = {**RULE, **more.pop("rule", {})}
    sister = channel("R.kz", "KZ", "Asia/Almaty", EVENING)
    return build(tmp_path, [own, sister], list(shown), rules=[rule], grid=30, **more)


def heard(instance: Any) -> set[tuple[str, str, str]]:
    """(channel, programme, language) of all candidates."""
    airings = build_airings(instance, rules_of(instance))
    items = [instance.contents.items[at] for at in airings.content.tolist()]
    names = [instance.channels[at].id for at in airings.channel.tolist()]
    return {(name, item.identity, item.audio) for name, item in zip(names, items, strict=True)}


def minutes(instance: Any) -> dict[str, tuple[int, int]]:
    """{channel: (minutes, missed)} where nothing is planned."""
    airings = build_airings(instance, rules_of(instance))
    rows = verify(timetable_of(airings, airings.past)).measurements
    return {row.subject.name: (int(row.have), row.miss) for row in rows if row.rule == "M"}


def test_a_hard_rule_bars_the_other_main_language_where_viewers_have_a_choice(tmp_path: Path) -> None:
    """Not a programme with one soundtrack, and not on the channel that transmits one."""
    both = {("Q.kz", "plain", "rus"), ("Q.kz", "plain", "kaz"), ("Q.kz", "choice", "kaz")}
    sister = {("R.kz", name, code) for name in ("plain", "choice") for code in ("rus", "kaz")}
    assert heard(instance_of(tmp_path, kz(EVENING, multi_audio=True), CHOICE, PLAIN)) == both | sister


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ({"audio": "rus", "soundtracks": "kaz;rus"}, 20),
        ({"audio": "kaz", "soundtracks": "kaz;rus"}, 0),
        ({"audio": "rus"}, 0),
    ],
)
def test_anchors_are_counted(said: dict[str, str], counted: int, tmp_path: Path) -> None:
    talk = [anchor("talk", "Q.kz", "19:00", "19:20", **said), anchor("other", "R.kz", "19:00", "19:20", **said)]
    instance = instance_of(tmp_path, kz(EVENING, multi_audio=True), CHOICE, anchors=talk)
    assert minutes(instance) == {"Q.kz": (counted, counted)}


def test_fallback_is_counted_and_what_airs_in_its_place_lessens_it(tmp_path: Path) -> None:
    own = kz(EVENING, multi_audio=True, fallback={"audio": "rus", "soundtracks": ["rus", "kaz"]})
    instance = instance_of(tmp_path, own, CHOICE, rule={"hard": False, "price": 7})
    assert minutes(instance) == {"Q.kz": (120, 120)}
    wrong, seen = disagreements(instance, 2)
    assert wrong == []
    assert seen["M"]
    airings = build_airings(instance, rules_of(instance))
    kazakh = np.array([instance.contents.audio[at] == "kaz" for at in airings.content.tolist()])
    chosen = np.zeros(len(airings), dtype=bool)
    chosen[np.flatnonzero((airings.channel == 0) & kazakh)[0]] = True
    (row,) = (one for one in verify(timetable_of(airings, chosen)).measurements if one.rule == "M")
    assert int(row.have) == 90


@pytest.mark.parametrize(
    ("soundtracks", "said"),
    [
        ("kaz;uzb", "`soundtracks` names uzb, but there is no such original or dubbed version"),
        ("kaz", "`soundtracks` names one language"),
    ],
)
def test_soundtracks_without_sense_are_refused(soundtracks: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said):
        instance_of(tmp_path, kz(EVENING), {**CHOICE, "soundtracks": soundtracks})


def test_the_soundtracks_of_an_anchor_name_its_main_one(tmp_path: Path) -> None:
    talk = [anchor("talk", "Q.kz", "19:00", "19:20", audio="uzb", soundtracks="kaz;rus")]
    with pytest.raises(InputError, match="`soundtracks` does not name uzb"):
        instance_of(tmp_path, kz(EVENING), CHOICE, anchors=talk)
