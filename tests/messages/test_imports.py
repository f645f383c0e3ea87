"""What an import reports and shows has words in Kazakh and Russian: no English is left but names and codes."""

from __future__ import annotations

import re

import pytest

from tests.builders import anchor, content, kz, programme, window, write
from tests.planned import command

TRANSLATED = ("kk", "ru")
WORD = re.compile(r"(?<![\w`.'«-])[A-Za-z]{3,}(?![\w`.'»-])")

SCHEDULE = """\
Date,Start,End,Title,Genre,Country,Language,Age
2026-12-07,09:00,10:00,Alpha,drama,KZ,kaz,16+
2026-12-07,25h,10:30,Alpha,drama,KZ,kaz,
2026-12-07,11:00,11:00,Alpha,drama,KZ,kaz,
2026-12-07,12:00,13:00,,drama,KZ,kaz,
2026-12-07,13:00,14:00,Alpha,drama,Atlantis,klingonish,old
2026-12-07,13:30,15:00,Beta,drama,KZ,kaz,
7 foo,16:00,17:00,Alpha,drama,KZ,kaz,
2026-12-07,18:00,,Alpha,drama,KZ,kaz,
2026-12-07,21:00:30,22:00,Alpha,drama,KZ,kaz,,extra
2030-12-07,09:00,10:00,Alpha,drama,KZ,kaz,
"""
GUIDE = """\
<?xml version="1.0" encoding="UTF-8"?>
<tv><channel id="g"><display-name>Q.kz</display-name></channel>
<programme start="20261207090000 +0500" stop="20261207100000 +0500" channel="g"><title>A & B</title></programme>
<programme start="soon" channel="g"><title>Alpha</title></programme>
<programme start="20261207100000" channel="g"><title>Beta</title><rating><value>TV-MA</value></rating></programme>
<programme start="20261207110000 ALMT" channel="g"><title>Alpha</title></programme>
<programme start="20261207120000 +0500" stop="20261207130000 +0500" channel="h"><title>Alpha</title></programme>
</tv>
"""
CATALOGUE = """\
Title,Genre,Country,Minutes,Versions,Age,Appeal,Rights from
Alpha,drama,KZ,45,kaz:original,16+,1,2026-12-01
Beta,drama,Atlantis,45,kaz:original,16+,1,
Gamma,drama,KZ,five,kaz:original,16+,1,
Delta,drama,KZ,45,klingonish,16+,1,
Epsilon,drama,KZ,45,kaz:original,old,1,31/31/2026
Zeta,drama,KZ,45,kaz:original,16+,#N/A,
"""
LOG = """\
Date,Start,End,Title
2026-12-01,09:00,09:30,p
2026-12-02,09:00,09:30,Unknown
2026-12-20,09:00,09:30,p
"""
INPUTS = {
    "anchors": ("schedule.csv", SCHEDULE, ["csv", "--channel", "Q.kz"]),
    "grid": ("schedule.csv", SCHEDULE, ["csv", "--as", "grid", "--channel", "Q.kz"]),
    "guide": ("guide.xml", GUIDE, ["xmltv"]),
    "catalogue": ("catalogue.csv", CATALOGUE, ["csv", "--as", "programmes"]),
    "log": ("log.csv", LOG, ["csv", "--as", "history", "--channel", "Q.kz"]),
    "no header": ("schedule.csv", "1,2,3\n4,5,6\n", ["csv", "--channel", "Q.kz"]),
    "no schedule": ("schedule.xlsx", "no workbook", ["xlsx", "--channel", "Q.kz"]),
}
WRITTEN = set(WORD.findall(" ".join(text for _, text, _ in INPUTS.values()))) | {"untitled", "foo", "TV", "MA"}
CODES = {"map", "HEAD", "kaz", "xlsx", "csv", "XMLTV", "UTC", "CSV", "OURS", "zone", "channel", "lenient", "origin",
         "Asia", "Almaty", "force", "XML", "unknown", "date", "title", "start", "minutes", "versions", "appeal",
         "age", "original", "dubbed", "subtitled", "first", "rerun", "drama", "amp", "genre", "Excel", "programmes",
         "rights_from", "language", "news"}  # fmt: skip
"""Options, fields and codes, which a planner types."""

REASONS = {"Cannot", "detect", "file", "format"}
"""Words of the library that opens workbooks, as the reason why a file is none."""


@pytest.fixture
def plan(tmp_path):
    anchors = [anchor("news", "Q.kz", "08:00", "08:30")]
    spec = content([kz(window("18:00", "20:00"))], [programme("p", 30)], anchors=anchors, days=2)
    return write(tmp_path / "i", spec)


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize("name", INPUTS)
def test_an_import_has_no_english_left(plan, tmp_path, name, language, lenient):
    file, text, words = INPUTS[name]
    (tmp_path / file).write_text(text, encoding="utf-8")
    more = ["--lenient"] * lenient
    _, said = command("import", words[0], tmp_path / file, *words[1:], "--into", plan, "--dry-run", "--lang", language,
                      *more)  # fmt: skip
    assert said.strip()
    left = set(WORD.findall(said.replace(str(plan), "").replace(str(tmp_path), ""))) - WRITTEN - CODES - REASONS
    assert left == set(), said


@pytest.mark.parametrize("language", TRANSLATED)
@pytest.mark.parametrize(
    "options",
    [["--channel", "Q.kx"], ["--channel", "Q.kz", "--zone", "Asia/Almati"], ["--channel", "Q.kz", "--map", "date"],
     ["--channel", "Q.kz", "--origin", "Union=Utopia"]],
    ids=["channel", "zone", "map", "origin"],
)  # fmt: skip
def test_a_wrong_option_of_an_import_has_no_english_left(plan, tmp_path, options, language):
    (tmp_path / "schedule.csv").write_text(SCHEDULE, encoding="utf-8")
    code, said = command("import", "csv", tmp_path / "schedule.csv", "--into", plan, *options, "--lang", language)
    assert code == 2
    assert re.search("[а-яәө]", said)
    assert set(WORD.findall(said)) - CODES - {"Union", "Utopia", "FIELD"} == set(), said


def test_english_is_seen(plan, tmp_path):
    """The scan can fail: the English report of the same import has English words."""
    file, text, words = INPUTS["anchors"]
    (tmp_path / file).write_text(text, encoding="utf-8")
    _, said = command("import", words[0], tmp_path / file, *words[1:], "--into", plan, "--dry-run")
    assert {"there", "the", "row", "left", "out"} <= set(WORD.findall(said)) - WRITTEN - CODES
