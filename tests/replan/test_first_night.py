"""Windows after midnight: they belong to the broadcast day before, also on the first night of the horizon."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.replan import read_published, replan
from scheduler.replan.params import ReplanParams
from scheduler.rules import load
from scheduler.timetable import timetable_frame
from scheduler.verify import verify
from tests.builders import content, kz, programme, window, write
from tests.replan.cases import published_in

NIGHT = [kz(window("01:00", "01:30"))]
FILM = programme("film", 30, genre="film", appeal=2.5)
DOCUMENTARY = programme("doc", 30, genre="documentary", episodes=2, appeal=1.5)
NEWER = programme("newer", 30, genre="film", appeal=0.5)
QUICK = ReplanParams(time_limit=20.0)


def airings_of(timetable):
    frame = timetable_frame(timetable)
    return list(zip(frame["start_local"], frame["programme"], strict=True))


def replanned(folder, before, after, until):
    """(the published timetable, the replan after the news)."""
    path = published_in(folder / "before", {"channels": NIGHT, "days": 2, **before})
    instance = load(write(folder / "after", content(**{"channels": NIGHT, "days": 2, **before, **after})))
    published = read_published(instance, path)
    return published.timetable, replan(instance, published, frozen_until=until, params=QUICK)


def test_without_a_freeze_the_first_night_is_planned_again(tmp_path):
    fixed = {"rules": [{"type": "quota", "id": "FIRST", "select": {"genre": "film"}, "least_minutes": 30,
                        "period": "horizon"}]}  # fmt: skip
    before = {"programmes": [FILM, DOCUMENTARY], **fixed}
    after = {"programmes": [{**FILM, "rights_to": "2026-12-06"}, DOCUMENTARY, NEWER]}
    published, answer = replanned(tmp_path, before, after, None)
    assert len(published) == 2
    assert not answer.frozen.frozen.any()
    assert not answer.checked.hard_missed
    assert sorted(title for _, title in airings_of(answer.timetable)) == ["doc", "newer"]
    assert answer.number == 2
    assert verify(answer.timetable).value == answer.checked.value


@pytest.mark.parametrize("until", [date(2026, 12, 7), date(2026, 12, 8)])
def test_no_airing_is_added_in_a_night_before_the_freeze(until, tmp_path):
    rule = {"type": "quota", "id": "ALL", "select": {"origin": "KZ"}, "period": "horizon"}
    nothing = {"programmes": [FILM, DOCUMENTARY], "rules": [{**rule, "most_count": 0}]}
    published, answer = replanned(tmp_path, nothing, {"rules": [{**rule, "least_count": 2}]}, until)
    assert not len(published)
    added = airings_of(answer.timetable)
    assert len(added) == (date(2026, 12, 8) - until).days
    assert all(start > f"{until}T05:00" for start, _ in added)


def test_what_airs_in_a_night_before_the_freeze_stays_and_uses_its_run(tmp_path):
    films = {"type": "quota", "id": "FILMS", "select": {"genre": "film"}, "least_count": 2, "period": "horizon"}
    gone = {**DOCUMENTARY, "rights_to": "2026-12-06"}
    after = {"programmes": [FILM, gone, {**NEWER, "appeal": 3}], "rules": [films]}
    published, answer = replanned(tmp_path, {"programmes": [FILM, DOCUMENTARY]}, after, date(2026, 12, 7))
    assert airings_of(published) == [("2026-12-07T01:00", "film"), ("2026-12-08T01:00", "doc")]
    assert airings_of(answer.timetable) == [("2026-12-07T01:00", "film"), ("2026-12-08T01:00", "newer")]
    assert answer.frozen.frozen.tolist() == [True, False]
