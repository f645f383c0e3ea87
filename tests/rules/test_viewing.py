"""Viewers of a date, and content in anchors: rows and the recount agree, and a date has precedence."""

from __future__ import annotations

import numpy as np
import pytest

from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.rules import rules_of
from scheduler.timetable import OnAir, timetable_of
from scheduler.verify import verify, window_audience
from tests.builders import anchor, build, curve, kz, programme, window
from tests.rules.agreement import disagreements

NIGHT = kz(window("22:00", "24:00"))
SHOWN = [programme("final", 60, genre="sport"), programme("series", 60, versions="kaz:original;rus:dubbed", episodes=4)]


def audience(*rows):
    return [*curve([NIGHT]), *({"channel": "Q.kz", **row} for row in rows)]


def viewers(instance, genre, kind, day, hour):
    """Viewers in the first minute of an hour of a day."""
    airings = build_airings(instance, rules_of(instance))
    contents = instance.contents
    fits = (contents.genre[airings.content] == genre) & (contents.version_kind[airings.content] == kind)
    begin = instance.timeline.local_minute("Asia/Almaty", day, hour * 60)
    at = np.flatnonzero(fits & (airings.start_minute == begin))[0]
    return int(instance.viewing.audience(0, airings.content[at : at + 1], np.array([begin]), np.array([begin + 1]))[0])


FINAL = {"date": "2026-12-08", "hour": 22}
TOLD = {
    "a date": ([{**FINAL, "viewers": 9000}], {"sport": 9000, "drama": 9000, "dubbed": 9000}),
    "a date and a genre": (
        [{**FINAL, "viewers": 9000, "genre": "sport"}],
        {"sport": 9000, "drama": 342, "dubbed": 342},
    ),
    "a date goes before a genre of weekdays": (
        [{**FINAL, "viewers": 9000}, {"days": "all", "hour": 22, "viewers": 50, "genre": "drama"}],
        {"sport": 9000, "drama": 9000, "dubbed": 9000},
    ),
    "a genre goes before a kind, on a date": (
        [
            {**FINAL, "viewers": 9000},
            {**FINAL, "viewers": 70, "genre": "drama"},
            {**FINAL, "viewers": 60, "version_kind": "dubbed"},
        ],
        {"sport": 9000, "drama": 70, "dubbed": 70},
    ),
    "a kind of version on a date": (
        [{**FINAL, "viewers": 60, "version_kind": "dubbed"}],
        {"sport": 342, "drama": 342, "dubbed": 60},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TOLD)
def test_a_date_has_viewers_of_its_own(name, tmp_path):
    rows, wanted = TOLD[name]
    instance = build(tmp_path, [NIGHT], SHOWN, audience=audience(*rows), days=3, grid=60)
    found = {
        "sport": viewers(instance, "sport", "original", 1, 22),
        "drama": viewers(instance, "drama", "original", 1, 22),
        "dubbed": viewers(instance, "drama", "dubbed", 1, 22),
    }
    assert found == wanted
    plain = build(
        tmp_path / "plain", [NIGHT], SHOWN, audience=audience(*[r for r in rows if "days" in r]), days=3, grid=60
    )
    for genre in ("sport", "drama"):
        assert viewers(instance, genre, "original", 0, 22) == viewers(plain, genre, "original", 0, 22)
        assert viewers(instance, genre, "original", 1, 23) == viewers(plain, genre, "original", 1, 23)
    wrong, _ = disagreements(instance, 1)
    assert not wrong, "\n".join(wrong)


def test_the_fallback_of_the_date_has_them_too(tmp_path):
    instance = build(tmp_path, [NIGHT], SHOWN, audience=audience({**FINAL, "viewers": 9000}), days=2, grid=60)
    airings = build_airings(instance, rules_of(instance))
    nothing = timetable_of(airings, np.zeros(len(airings), dtype=bool))
    usual = 2 * 60 * (100 + 11 * 22) + 2 * 60 * (100 + 11 * 23)
    assert window_audience(OnAir(nothing)) == usual + 60 * (9000 - 342)


@pytest.mark.parametrize(
    "row", [{"hour": 1, "viewers": 1}, {"hour": 1, "viewers": 1, "days": "all", "date": "2026-12-08"}]
)
def test_a_row_has_weekdays_or_a_date(row, tmp_path):
    with pytest.raises(InputError, match="either `days`"):
        build(tmp_path, [NIGHT], SHOWN, audience=audience(row))


def test_a_date_written_twice_is_an_error(tmp_path):
    with pytest.raises(InputError, match="2026-12-08 22:00 appears twice"):
        build(tmp_path, [NIGHT], SHOWN, audience=audience({**FINAL, "viewers": 1}, {**FINAL, "viewers": 2}))


CARRIED = {"provenance": "synthetic-labelled", "waivers": "nrta", "tags": "made"}
SELECTORS = {"provenance": "synthetic-labelled", "waiver": "nrta", "tag": "made"}


@pytest.mark.parametrize("field", SELECTORS)
def test_anchors_carry_what_programmes_do(field, tmp_path):
    news = [anchor("news", "Q.kz", "20:00", "20:30", **CARRIED), anchor("late", "Q.kz", "21:00", "21:10")]
    rules = [{"type": "quota", "id": "Q", "select": {field: SELECTORS[field]}, "least_minutes": 31, "period": "day"}]
    instance = build(tmp_path, [NIGHT], SHOWN, anchors=news, rules=rules, grid=60)
    airings = build_airings(instance, rules_of(instance))
    rows = verify(timetable_of(airings, np.zeros(len(airings), dtype=bool))).measurements
    assert [int(row.have) for row in rows if row.rule == "Q"] == [30]
    assert not instance.warnings
