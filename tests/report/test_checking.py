"""`parity check` of an instance names what cannot hold before anything is solved."""

from __future__ import annotations

import json

from scheduler.report.checking import instance_json, instance_lines
from scheduler.report.language import Language
from tests.builders import build, kz, programme, uz, window


def cut_week(folder, least):
    """A Sunday and the Monday after it: one evening hour a day on each side, and a week asked for whole."""
    hour = window("18:00", "19:00")
    measure = {"measure": "minutes", "period": "week", "least": least, "rest": "all"}
    agreement = {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [measure]}
    shown = [programme("ours", 30, episodes=9), programme("theirs", 30, origin="UZ", episodes=9)]
    return build(folder, [kz(hour), uz(hour)], shown, agreements=[agreement], start="2027-01-03", days=2)


def test_a_week_that_the_horizon_cuts_is_named_where_its_least_cannot_fit(tmp_path):
    said = [line for line in instance_lines(cut_week(tmp_path, 90), Language("en")) if "cannot hold" in line]
    assert said
    assert all("KZ–UZ" in line for line in said)
    assert any("week 1, 2027" in line for line in said)
    assert json.loads(instance_json(cut_week(tmp_path / "again", 90)))["cannot_hold"]


def test_a_least_that_fits_is_not_named(tmp_path):
    assert not [line for line in instance_lines(cut_week(tmp_path, 60), Language("en")) if "cannot hold" in line]
