"""Parties: broadcasters with their channels, channels of two parties, agreements of three."""

from __future__ import annotations

import numpy as np
import pytest
from click.testing import CliRunner

from scheduler.airings import build_airings
from scheduler.cli.report import report
from scheduler.instance import InputError, served
from scheduler.rules import rules_of
from scheduler.timetable import timetable_csv, timetable_frame, timetable_of
from scheduler.verify import verify
from tests.builders import anchor, build, channel, kz, programme, uz, window
from tests.rules.agreement import disagreements

HOUR = window("23:00", "24:00")
SOFT = {"hard": False, "price": 7}
MINUTES = {"measure": "minutes", "period": "day", "tolerance": 0.2, "tolerance_of": "larger", "least": 20}
THREE = {"KZ": {"name": "K"}, "UZ": {"name": "U"}, "KG": {"name": "G"}}


def agreement(*parties, **more):
    return {"type": "parity", "id": "P", "parties": list(parties), "measures": [{**MINUTES, **more}], **SOFT}


def given(instance, picked):
    """What each direction of the agreement has with some airings: (programme, channel) on the first evening."""
    airings = build_airings(instance, rules_of(instance))
    chosen = np.zeros(len(airings), dtype=bool)
    for name, where in picked:
        hit = (airings.programme == instance.programme_index[name]) & (airings.channel == instance.channel_index[where])
        chosen[np.flatnonzero(hit)[0]] = True
    rows = verify(timetable_of(airings, chosen)).measurements
    return {row.subject.name: int(row.have) for row in rows if row.rule.startswith("P") and row.aspect.code == "least"}


def test_two_broadcasters_of_one_country_exchange_what_they_own(tmp_path):
    channels = [kz(HOUR, owner="RTRK"), channel("R.kz", "KZ", "Asia/Almaty", HOUR, owner="Khabar")]
    shown = [programme("ours", 60, owner="RTRK"), programme("theirs", 60, owner="Khabar"), programme("nobody", 60)]
    instance = build(tmp_path, channels, shown, agreements=[agreement("RTRK", "Khabar")])
    assert given(instance, [("ours", "R.kz")]) == {"RTRK>Khabar": 60, "Khabar>RTRK": 0}
    assert given(instance, [("theirs", "Q.kz")]) == {"RTRK>Khabar": 0, "Khabar>RTRK": 60}
    assert given(instance, [("nobody", "Q.kz"), ("ours", "R.kz")]) == {"RTRK>Khabar": 60, "Khabar>RTRK": 0}
    wrong, seen = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)
    assert seen["P"]


def test_a_broadcaster_and_a_country_agree(tmp_path):
    shown = [programme("ours", 60, owner="RTRK"), programme("theirs", 60, origin="UZ")]
    instance = build(tmp_path, [kz(HOUR, owner="RTRK"), uz(HOUR)], shown, agreements=[agreement("RTRK", "UZ")])
    assert given(instance, [("ours", "O.uz"), ("theirs", "Q.kz")]) == {"RTRK>UZ": 60, "UZ>RTRK": 60}


def test_a_channel_of_two_parties_takes_for_both(tmp_path):
    """On a common channel each party's programmes are given to the other."""
    channels = [channel("S.kz", "KZ", "Asia/Almaty", window("22:00", "24:00"), party=["KZ", "UZ"]), uz(HOUR)]
    shown = [programme("ours", 60), programme("theirs", 60, origin="UZ")]
    instance = build(tmp_path, channels, shown, agreements=[agreement("KZ", "UZ")])
    assert given(instance, [("ours", "S.kz")]) == {"KZ>UZ": 60, "UZ>KZ": 0}
    assert given(instance, [("theirs", "S.kz")]) == {"KZ>UZ": 0, "UZ>KZ": 60}
    wrong, _ = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)


TRIO = [kz(HOUR), uz(HOUR), channel("T.kg", "KG", "Asia/Bishkek", HOUR)]
ALL = [programme("ours", 60, runs=2), programme("theirs", 60, origin="UZ"), programme("third", 60, origin="KG")]


def test_each_two_of_three_parties_hold_it(tmp_path):
    instance = build(tmp_path, TRIO, ALL, agreements=[agreement("KZ", "UZ", "KG")], territories=THREE)
    found = given(instance, [("ours", "O.uz"), ("theirs", "T.kg")])
    assert found == {"KZ>UZ": 60, "UZ>KZ": 0, "KZ>KG": 0, "KG>KZ": 0, "UZ>KG": 60, "KG>UZ": 0}
    wrong, seen = disagreements(instance, 3)
    assert not wrong, "\n".join(wrong)
    assert seen["P/KZ-UZ"]
    assert seen["P/UZ-KG"]
    assert [rule.id for rule in rules_of(instance) if rule.type == "parity"] == ["P/KZ-UZ", "P/KZ-KG", "P/UZ-KG"]


def test_a_programme_of_the_third_party_is_no_gift_between_the_other_two(tmp_path):
    """It names the agreement of three with `serves`; only from its own party it counts, with all of its minutes."""
    named = [*ALL[:2], {**ALL[2], "serves": "P"}]
    instance = build(tmp_path, TRIO, named, agreements=[agreement("KZ", "UZ", "KG")], territories=THREE)
    found = given(instance, [("third", "O.uz")])
    assert found == {"KZ>UZ": 0, "UZ>KZ": 0, "KZ>KG": 0, "KG>KZ": 0, "UZ>KG": 0, "KG>UZ": 60}
    wrong, _ = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("table", ["programmes", "anchors"])
def test_what_nobody_of_three_supplies_serves_no_agreement_of_theirs(table, tmp_path):
    """Between two it is the gift of the one that does not air it; among three, two of them could be the giver."""
    outside = {"origin": "CN", "serves": "P"}
    shown = [*ALL, programme("outside", 60, **outside)] if table == "programmes" else ALL
    fixed = [anchor("outside", "O.uz", "20:00", "20:30", **outside)] if table == "anchors" else []
    more = {"anchors": fixed, "territories": {**THREE, "CN": {"name": "C"}}}
    with pytest.raises(InputError, match=rf"{table}.csv:\d+:\d+: `serves` names P of KZ, UZ(,| and) KG, but none"):
        build(tmp_path / "three", TRIO, shown, agreements=[agreement("KZ", "UZ", "KG")], **more)
    two = build(tmp_path / "two", TRIO, shown, agreements=[agreement("KZ", "UZ")], **more)
    picked = [("outside", "O.uz")] if table == "programmes" else []
    minutes = 60 if table == "programmes" else 30
    assert given(two, picked) == {"KZ>UZ": minutes, "UZ>KZ": 0}


def test_an_owner_among_three_gives_a_programme_from_elsewhere(tmp_path):
    channels = [kz(HOUR, owner="RTRK"), *TRIO[1:]]
    shown = [programme("outside", 60, origin="CN", owner="RTRK", serves="P"), *ALL[1:]]
    more = {"agreements": [agreement("RTRK", "UZ", "KG")], "territories": {**THREE, "CN": {"name": "C"}}}
    instance = build(tmp_path, channels, shown, **more)
    found = given(instance, [("outside", "O.uz")])
    assert {pair: have for pair, have in found.items() if have} == {"RTRK>UZ": 60}
    wrong, _ = disagreements(instance, 2)
    assert not wrong, "\n".join(wrong)


def test_an_agreement_of_three_keeps_its_name_in_a_timetable(tmp_path):
    named = [{**ALL[0], "serves": "P"}, *ALL[1:]]
    instance = build(tmp_path, TRIO, named, agreements=[agreement("KZ", "UZ", "KG")], territories=THREE)
    airings = build_airings(instance, rules_of(instance))
    chosen = np.arange(len(airings)) == np.flatnonzero((airings.programme == 0) & (airings.channel == 1))[0]
    frame = timetable_frame(timetable_of(airings, chosen))
    assert frame["agreement"].tolist() == ["P"]
    assert frame["direction"].tolist() == ["KZ>UZ"]
    assert served(instance, airings.channel[chosen], airings.content[chosen]) == [[("P", "KZ>UZ")]]


@pytest.mark.parametrize("field", [{"ratio": 2}, {"carry_over": 30}])
def test_what_is_between_two_is_refused_among_three(field, tmp_path):
    with pytest.raises(InputError, match="between two parties"):
        build(tmp_path, TRIO, ALL, agreements=[agreement("KZ", "UZ", "KG", **field)], territories=THREE)


def test_an_unknown_party_is_named(tmp_path):
    with pytest.raises(InputError, match="there is no party 'Habar'"):
        build(tmp_path, [kz(HOUR, owner="Khabar"), uz(HOUR)], ALL[:1], agreements=[agreement("Habar", "UZ")])


def test_a_channel_of_two_broadcasters_takes_for_both(tmp_path):
    """What either of them owns is given to the other on their common channel."""
    channels = [
        channel("S.kz", "KZ", "Asia/Almaty", window("22:00", "24:00"), owner=["RTRK", "Khabar"]),
        kz(HOUR, owner="RTRK"),
        channel("R.kz", "KZ", "Asia/Almaty", HOUR, owner="Khabar"),
    ]
    shown = [programme("ours", 60, owner="RTRK"), programme("theirs", 60, owner="Khabar")]
    instance = build(tmp_path, channels, shown, agreements=[agreement("RTRK", "Khabar")])
    assert instance.channels[0].belongs_to == ("KZ", "RTRK", "Khabar")
    assert given(instance, [("ours", "S.kz"), ("theirs", "Q.kz")]) == {"RTRK>Khabar": 60, "Khabar>RTRK": 60}


@pytest.mark.parametrize("form", ["text", "md", "html"])
def test_an_agreement_of_three_is_reported_pair_by_pair(form, tmp_path):
    channels = [kz(HOUR), uz(HOUR), channel("G.kg", "KG", "Asia/Bishkek", HOUR)]
    shown = [programme("ours", 60), programme("theirs", 60, origin="UZ"), programme("third", 60, origin="KG")]
    three = agreement("KZ", "UZ", "KG", least=0)
    instance = build(tmp_path, channels, shown, agreements=[three], territories=THREE)
    airings = build_airings(instance, rules_of(instance))
    path = tmp_path / "timetable.csv"
    path.write_text(timetable_csv(timetable_of(airings, np.zeros(len(airings), dtype=bool))), encoding="utf-8")
    said = CliRunner().invoke(report, [str(tmp_path), str(path), "--format", form], standalone_mode=False)
    assert said.exception is None
    for pair in ("P/KZ-UZ", "P/KZ-KG", "P/UZ-KG"):
        assert pair in said.output
