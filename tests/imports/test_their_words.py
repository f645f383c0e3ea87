"""Words of sources that no rule knows, as a planner maps them; the options of an import are stated once."""

import pytest
import yaml

from scheduler.rules import load
from tests.planned import command

SCHEDULE = """\
date,start,end,title,genre,origin
2026-12-07,07:00,08:00,Ертегі,cartoon,Советский Союз
2026-12-07,08:00,09:00,Екі ел,talk,Union/KZ
"""
CATALOGUE = "title,genre,origin,minutes,versions\nКөне фильм,film,Советский Союз,90,rus\n"
GUIDE = """<?xml version="1.0" encoding="UTF-8"?>
<tv><channel id="qala"><display-name>Қала</display-name></channel>
<programme start="20261207070000" stop="20261207080000" channel="qala">
<title>Ертегі</title><category>cartoon</category><country>Soviet Union (former)</country></programme></tv>
"""


@pytest.fixture
def plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"s.csv": SCHEDULE, "c.csv": CATALOGUE, "g.xml": GUIDE}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert command("new", "plan")[0] == 0
    return tmp_path / "plan"


def imported(*words):
    return command("import", *words, "--into", "plan", "--force")


def anchors(plan):
    return {anchor.title: anchor for anchor in load(plan).anchors}


def test_a_word_that_is_no_country_is_refused_with_the_option_that_maps_it(plan):
    code, said = imported("csv", "s.csv", "--channel", "home.kz")
    assert code == 2
    place = "s.csv:2:6: there is no country 'Советский Союз'; if it is one, map it with --origin 'Советский Союз=KZ'"
    assert place in said, said
    code, said = imported("csv", "c.csv", "--as", "programmes")
    assert "c.csv:2:3: origin: there is no country 'Советский Союз'; if it is one, map it with --origin" in said, said


def test_words_are_mapped_whole_and_in_parts_and_remembered_for_every_kind(plan):
    code, said = imported(
        *("csv", "s.csv", "--channel", "home.kz", "--genre", "cartoon=animation"),
        *("--origin", "советский союз=KZ:0.5;RU:0.5", "--origin", "Union=UZ"),
    )
    assert code == 0, said
    found = anchors(plan)
    assert [(code, float(share)) for code, share in found["Ертегі"].origin] == [("KZ", 0.5), ("RU", 0.5)]
    assert [code for code, _ in found["Екі ел"].origin] == ["UZ", "KZ"]
    assert found["Ертегі"].genre == "animation"
    code, said = imported("csv", "c.csv", "--as", "programmes")
    assert code == 0, said
    film = next(one for one in load(plan).programmes if one.title == "Көне фильм")
    assert [code for code, _ in film.origin] == ["KZ", "RU"]


def test_the_origin_it_is_mapped_to_must_be_one(plan):
    code, said = imported("csv", "s.csv", "--channel", "home.kz", "--origin", "Union=Utopia")
    assert code == 2
    assert "--origin Union=Utopia: there is no country 'Utopia'" in said


def test_the_options_of_a_guide_are_stated_once(plan):
    told = ("--channel", "qala=home.kz", "--zone", "Asia/Tashkent", "--origin", "Soviet Union (former)=RU")
    code, said = imported("xmltv", "g.xml", *told, "--genre", "cartoon=animation")
    assert code == 0, said
    kept = yaml.safe_load((plan / "imports.yaml").read_text(encoding="utf-8"))
    assert kept["readings"]["xmltv"] == {"channels": {"qala": "home.kz"}, "zone": "Asia/Tashkent"}
    assert kept["origins"] == {"Soviet Union (former)": "RU"}
    before = (plan / "anchors.csv").read_text()
    code, said = imported("xmltv", "g.xml")
    assert code == 0, said
    assert (plan / "anchors.csv").read_text() == before
    assert anchors(plan)["Ертегі"].genre == "animation"


def test_the_only_channel_of_a_guide_may_be_said_as_ours_alone(plan):
    code, said = imported("xmltv", "g.xml", "--channel", "home.kz", "--lenient")
    assert code == 0, said
    assert "Ертегі" in anchors(plan)
    two = GUIDE.replace("</channel>", '</channel><channel id="other"/>')
    (plan.parent / "g.xml").write_text(two, encoding="utf-8")
    code, said = imported("xmltv", "g.xml", "--channel", "home.kz", "--lenient")
    assert code == 2
    assert "the guide has 2 channels; name the one that is home.kz: --channel qala=home.kz" in said


def test_planned_airings_that_become_anchors_are_a_warning(plan):
    assert command("solve", "plan", "--out", "out", "--time-limit", "5", "--workers", "1", "-q")[0] == 0
    code, said = imported("csv", "out/timetable.csv", "--dry-run")
    assert code == 0, said
    rows = (plan.parent / "out" / "timetable.csv").read_text(encoding="utf-8").splitlines()
    heads = rows[0].split(",")
    planned = sum(row.split(",")[heads.index("anchor")] != "yes" for row in rows[1:])
    assert f"warning: {planned} airings of programmes of the catalogue are planned ones and become anchors" in said, (
        said
    )
