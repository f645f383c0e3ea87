"""`parity check` of an instance names what cannot hold before anything is solved."""

from __future__ import annotations

import json

from scheduler.report.checking import checked_instance, instance_json, instance_lines
from scheduler.report.language import Language
from tests.builders import build, kz, programme, uz, window
from tests.planned import command


def cut_week(folder, least):
    """A Sunday and the Monday after it: one evening hour a day on each side, and a week asked for whole."""
    hour = window("18:00", "19:00")
    measure = {"measure": "minutes", "period": "week", "least": least, "rest": "all"}
    agreement = {"type": "parity", "id": "KZ-UZ", "parties": ["KZ", "UZ"], "measures": [measure]}
    shown = [programme("ours", 30, episodes=9), programme("theirs", 30, origin="UZ", episodes=9)]
    return build(folder, [kz(hour), uz(hour)], shown, agreements=[agreement], start="2027-01-03", days=2)


def test_a_week_that_the_horizon_cuts_is_named_where_its_least_cannot_fit(tmp_path):
    checked = checked_instance(cut_week(tmp_path, 90))
    first, *lines = instance_lines(checked, Language("en"))
    assert first.endswith("the files are in order, but not all rules can hold")
    said = [line for line in lines if "cannot hold" in line]
    assert said
    assert all("KZ–UZ" in line for line in said)
    assert any("week 1, 2027" in line for line in said)
    assert json.loads(instance_json(checked))["cannot_hold"]
    assert command("check", tmp_path)[0] == 1


def test_a_least_that_fits_is_not_named(tmp_path):
    checked = checked_instance(cut_week(tmp_path, 60))
    assert not [line for line in instance_lines(checked, Language("en")) if "hold" in line]
    assert command("check", tmp_path)[0] == 0
