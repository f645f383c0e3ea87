"""The record of the law agrees with the shipped instances. The meaning of a later share and of a scope."""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import scheduler.rules
from scheduler.airings import build_airings
from scheduler.instance import InputError
from scheduler.report.checking import check_json, check_lines
from scheduler.report.language import Language
from scheduler.report.sections import missed_section
from scheduler.report.tables import build_tables
from scheduler.rules import RULES, Rule, load, rules_of
from scheduler.rules.law import law_record
from scheduler.solve import Settings, solve
from scheduler.timetable import timetable_of
from scheduler.verify import Tally, verify
from tests.builders import anchor, build, content, kz, programme, uz, window, write
from tests.planned import command
from tests.rules.agreement import disagreements

SHIPPED = Path(__file__).parents[2] / "instances"
LARGE = ("central-asia-week", "silk-road-month")
RECORD = yaml.safe_load(Path(scheduler.rules.__file__).with_name("law.yaml").read_text(encoding="utf-8"))
CLAUSES = {clause["id"]: clause for clause in RECORD["clauses"]}
KIND = {str(kind.model_fields["type"].default): kind for kind in RULES}
SOFT = {"hard": False, "price": 7}


def settled(clause: dict[str, Any]) -> bool:
    return clause["text"] == "official" and clause["checked"] is not None and clause["reading"] == "plain"


def recorded(clause: dict[str, Any], rule: Rule) -> Rule:
    """The clause as a rule of an instance; its price, source and note are the instance's."""
    own = {"id": clause["id"], "text": clause["text"], "in_force_checked": clause["checked"]}
    own |= {"reading": clause["reading"], "hard": rule.hard, "price": rule.price}
    return KIND[clause["rule"]["type"]].model_validate({**clause["rule"], **own})


def differences(rule: Rule, clause: dict[str, Any], *, approvals: bool) -> list[str]:
    """The fields in which a rule of an instance is not what the record says."""
    if not approvals and "waiver" in clause["rule"].get("select", {}).get("not", {}):
        select = {key: value for key, value in clause["rule"]["select"].items() if key != "not"}
        clause = {**clause, "rule": {**clause["rule"], "select": select}}
    said = recorded(clause, rule)
    fields = set(type(said).model_fields) - {"source", "note"}
    wrong = {name for name in fields if getattr(said, name) != getattr(rule, name, None)}
    return sorted(wrong | ({"hard"} if rule.hard != settled(clause) else set()))


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in SHIPPED.glob("*/instance.yaml")), ids=lambda p: p.name
)
def test_the_law_of_a_shipped_instance_is_the_recorded_law(folder: Path) -> None:
    instance = load(folder)
    approvals = any(item.waivers for item in instance.programmes)
    for rule in instance.file.rules:
        if rule.is_law:
            assert isinstance(rule, Rule)
            assert differences(rule, CLAUSES[rule.id], approvals=approvals) == [], rule.id
            assert CLAUSES[rule.id]["article"] in rule.source


def test_a_figure_that_was_changed_is_seen() -> None:
    rule = next(rule for rule in load(SHIPPED / "silk-road-month").file.rules if rule.id == "KZ-DOM-W")
    assert isinstance(rule, Rule)
    assert differences(rule.model_copy(update={"least_share": Fraction(1, 2)}), CLAUSES[rule.id], approvals=True) == [
        "least_share"
    ]
    assert differences(rule, {**CLAUSES[rule.id], "reading": "contested"}, approvals=True) == ["hard", "reading"]


def test_every_recorded_clause_is_asked_by_the_month_unless_it_says_so() -> None:
    used = {clause["id"] for clause in RECORD["clauses"] if clause.get("used", True)}
    assert {rule.id for rule in load(SHIPPED / "silk-road-month").file.rules if rule.is_law} == used


def test_clauses_that_are_not_used_are_still_rules() -> None:
    for clause in RECORD["clauses"]:
        KIND[clause["rule"]["type"]].model_validate({**clause["rule"], "id": clause["id"]})


def test_only_official_checked_and_plain_law_is_hard_and_it_has_no_price() -> None:
    for name in LARGE:
        for rule in load(SHIPPED / name).file.rules:
            if rule.is_law:
                assert rule.hard == rule.is_settled_law == (rule.price is None), rule.id


def test_prices_of_contested_readings_follow_the_gravity_of_the_code_of_offences() -> None:
    for name in LARGE:
        soft = [
            rule for rule in load(SHIPPED / name).file.rules if rule.is_law and rule.id.startswith("KZ-") and rule.price
        ]
        graded = sorted((CLAUSES[rule.id]["gravity"], rule.price or 0) for rule in soft)
        for (gravity, price), (more, higher) in pairwise(graded):
            assert gravity == more or price < higher


@pytest.mark.parametrize(("price", "warned"), [(30_000, False), (10_000, True), (9_000, True), (10_001, False)])
def test_a_price_out_of_order_with_the_code_of_offences_is_a_warning(price: int, warned: bool, tmp_path: Path) -> None:
    """Retransmission (a fine) beside the share of a week in Kazakh (no fine was found), and a count of newscasts."""
    clauses = ("KZ-LANG-W", 10_000), ("KZ-RETR-W", price), ("KZ-SIGN", 1)
    rules = [
        {
            **json.loads(json.dumps(CLAUSES[name]["rule"], default=str)),
            "id": name,
            "hard": False,
            "price": amount,
            "text": "official",
            "in_force_checked": "2026-11-27",
            "reading": "contested",
        }
        for name, amount in clauses
    ]
    anchors = [anchor("relay", "Q.kz", "08:00", "09:00", origin="UZ", delivery="relay", tags="sign")]
    spec = content([kz(window("18:00", "19:00"))], [programme("a", 30)], rules=rules, anchors=anchors)
    folder = write(tmp_path, spec)
    said = [str(one) for one in load(folder).warnings if "code of offences" in str(one)]
    assert len(said) == warned
    if warned:
        text = (
            f"KZ-RETR-W ({price:,}) is not above that of KZ-LANG-W (10,000), but the code of offences is harder on it"
        )
        assert f"the price of {text}: 451(10)" in said[0]
        assert said[0].startswith("instance.yaml:")
        assert text in command("check", folder)[1]


def test_the_record_is_complete() -> None:
    record = law_record()
    assert len(record.clauses) == len(CLAUSES)
    assert {one.offence for one in record.clauses if one.gravity} == set(record.offences)
    fines = [(one.gravity or 0, record.offences[one.offence].fine[1]) for one in record.clauses if one.offence]
    assert all(fine >= less for (gravity, fine) in fines for (milder, less) in fines if gravity > milder)


def test_every_clause_has_a_recorded_source() -> None:
    assert {clause["source"] for clause in RECORD["clauses"]} <= set(RECORD["sources"])
    assert all(clause["says"] and clause["article"] for clause in RECORD["clauses"])


# A plain duty is hard or reported; no price buys a breach of it.


def one_share(**more: Any) -> dict[str, Any]:
    return {**rising("day", later=[]), **LAW, **more}


def loaded(tmp_path: Path, rule: dict[str, Any], shown: list[dict[str, Any]] | None = None, **more: Any) -> Any:
    shown = [programme("guest", 60, origin="UZ", appeal="9")] if shown is None else shown
    airtime = more.pop("windows", window("00:00", "24:00"))
    return load(write(tmp_path, content([kz(airtime)], shown, rules=[rule], **more)))


def test_a_price_on_plain_law_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        loaded(tmp_path, one_share(**SOFT))
    said = str(caught.value)
    assert "no price buys a breach of it" in said
    assert "`hard: true`, or `hard: false` with `report_only: true`" in said


@pytest.mark.parametrize("way", [{"reading": "contested"}, {"text": "secondary"}, {"in_force_checked": None}])
def test_law_that_is_not_plain_may_have_a_price(way: dict[str, Any], tmp_path: Path) -> None:
    rule = {name: value for name, value in one_share(**SOFT, **way).items() if value is not None}
    assert loaded(tmp_path, rule).file.rules[0].price == 7


@pytest.mark.parametrize("way", [{"hard": True}, SOFT])
def test_a_rule_that_only_reports_is_soft_and_without_a_price(way: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="write `hard: false` beside it, and no price"):
        loaded(tmp_path, {**rising("day", later=[]), "report_only": True, **way})


def test_a_duty_that_is_only_reported_is_not_planned_by_and_its_breach_has_no_price(tmp_path: Path) -> None:
    """Fallback is domestic: nine tenths asked, and a guest of 180 minutes of the day has the larger audience."""
    shown = [programme("guest", 180, origin="UZ", appeal="9")]
    rule = one_share(least_share=0.9, hard=False, report_only=True)
    settings = Settings(strategy="exact", time_limit=20.0, workers=1)
    answer = solve(loaded(tmp_path / "reported", rule, shown, grid=60), settings)
    planned = solve(loaded(tmp_path / "hard", one_share(least_share=0.9), shown, grid=60), settings)
    assert answer.verification is not None and planned.verification is not None
    assert (answer.status, answer.search.proven) == ("optimal", True)
    assert answer.verification.tally == Tally(hard=0, soft=0, breaches=1, unjudged=0)
    assert answer.verification.penalty == 0
    assert answer.verification.value > planned.verification.value
    assert planned.verification.tally.breaches == 0
    lines = check_lines(answer.verification, Language("en"))
    assert any(line.startswith("! breach  Q: ") for line in lines)
    assert any("0 hard and 0 soft rows missed of" in line and "breaches reported: 1" in line for line in lines)


def test_what_is_not_judged_is_no_miss_in_any_total(tmp_path: Path) -> None:
    """Six of 24 hours are known, none of them domestic."""
    fallback = window("12:00", "18:00", fallback={"origin": "UZ"})
    for number, way in enumerate(({}, {"reading": "contested", **SOFT})):
        checked = verify(_unplanned(loaded(tmp_path / str(number), one_share(**way), windows=fallback)))
        assert checked.tally == Tally(hard=0, soft=0, breaches=0, unjudged=1)
        said = json.loads(check_json(checked))
        assert (said["hard_missed"], said["soft_missed"], said["short_not_judged"]) == (0, 0, 1)
        lines = check_lines(checked, Language("en"))
        assert any(line.startswith("? not judged") for line in lines)
        assert any("below the least amount but not judged: 1" in line for line in lines)
        tables = build_tables(_unplanned(loaded(tmp_path / str(number), one_share(**way), windows=fallback)))
        assert tables.tightest.set_index("rule").loc["Q", "missed"] == 0
        assert not missed_section(tables, Language("en")).rows


def test_solve_does_not_call_a_row_missed_that_is_not_judged(tmp_path: Path) -> None:
    """Nothing domestic can air in the six hours that are known; what airs in the other 18 is not known."""
    instance = loaded(tmp_path / "i", one_share(), windows=window("12:00", "18:00", fallback={"origin": "UZ"}))
    answer = solve(instance, Settings(strategy="exact", time_limit=20.0, workers=1))
    assert answer.verification is not None
    assert answer.verification.tally == Tally(hard=0, soft=0, breaches=0, unjudged=1)
    assert (answer.hard_rules, answer.status) == ("kept", "optimal")
    code, said = command("solve", tmp_path / "i", "--out", tmp_path / "out", "--time-limit", "20", "--deterministic")
    assert code == 0, said
    assert command("check", tmp_path / "i", tmp_path / "out" / "timetable.csv")[0] == 0


def _unplanned(instance: Any) -> Any:
    airings = build_airings(instance, rules_of(instance))
    return timetable_of(airings, airings.past)


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"type": "either_or", "id": "Q", "alternatives": [{"origin": "UZ"}, {"audio": "rus"}], "least_share": 0.1},
            "; not judged: 3.5 % known, 0 % to 96.4 % of the whole period",
        ),
        (
            {"type": "renewal", "id": "Q", "select": {"origin": "UZ"}, "least_share": 0.5},
            "; not judged: 25 % known, 0 % to 100 % of the whole period;"
            " 0 % of the airtime of the quarter before known",
        ),
    ],
)
def test_either_or_and_renewal_say_what_is_known_and_are_not_judged(
    rule: dict[str, Any], said: str, tmp_path: Path
) -> None:
    law = {**rule, **LAW, "reading": "contested", **SOFT}
    rows = verify(_unplanned(loaded(tmp_path, law, windows=window("12:00", "18:00")))).measurements
    row = next(row for row in rows if row.rule == "Q")
    assert str(row.text).endswith(said)
    assert not row.judged
    house = verify(_unplanned(loaded(tmp_path / "house", {**rule, **SOFT}, windows=window("12:00", "18:00"))))
    assert next(row for row in house.measurements if row.rule == "Q").judged


def test_what_a_foreign_channel_needs_is_reported_as_our_contribution(tmp_path: Path) -> None:
    """Of a whole week of 168 hours it needs 16 h 48; the channel is on air in one hour a day, which is known."""
    law = {
        "type": "either_or",
        "id": "Q",
        "registered_in": ["KZ"],
        "alternatives": [{"origin": "KZ"}, {"audio": "kaz"}],
    }
    law |= {"least_share": 0.1, **LAW, "reading": "contested", **SOFT}
    there = {**uz(window("19:00", "20:00")), "registered_in": ["KZ"]}
    instance = build(tmp_path, [kz(window("19:00", "20:00")), there], [programme("gift", 50)], rules=[law], days=7)
    airings = build_airings(instance, rules_of(instance))
    chosen = airings.past.copy()
    chosen[np.flatnonzero(airings.channel == 1)[:1]] = True
    (row,) = (row for row in verify(timetable_of(airings, chosen)).measurements if row.rule == "Q")
    assert "our exchange contributes 0 h 50 min of the 16 h 48 min of KZ that the channel needs" in str(row.text)
    assert not row.judged


def test_fines_give_the_gravity_of_a_clause() -> None:
    """The code of offences, for a large company: the graver clause has the higher fine, and a warning weighs least."""
    fines = {name: one["fine"] for name, one in RECORD["offences"].items()}
    graded = {(clause["gravity"], fines[clause["offence"]][-1]) for clause in RECORD["clauses"] if "offence" in clause}
    for (gravity, fine), (more, higher) in pairwise(sorted(graded)):
        assert gravity == more or fine <= higher
    assert all(clause.get("gravity", 0) == 0 or "offence" in clause for clause in RECORD["clauses"])


# A share that changes on a day.

NEW_YEAR = {"since": "2026-12-10", "share": 0.6}


def rising(period: str, **more: Any) -> dict[str, Any]:
    rule = {"type": "quota", "id": "Q", "select": {"origin": "domestic"}, "least_share": 0.5, "period": period}
    return {**rule, "later": [NEW_YEAR], **more}


def test_a_week_on_both_sides_of_a_change_is_judged_by_the_stricter_share(tmp_path: Path) -> None:
    spec = content(
        [kz(window("22:00", "23:00"))], [programme("a", 30)], rules=[rising("week")], start="2026-12-07", days=14
    )
    instance = load(write(tmp_path, spec))
    needs = {row.period: row.need / (row.basis or 1) for row in nothing_planned(instance) if row.rule == "Q"}
    assert needs == {"2026-W50": Fraction(3, 5), "2026-W51": Fraction(3, 5)}


def nothing_planned(instance: Any) -> Any:
    airings = build_airings(instance, rules_of(instance))
    return verify(timetable_of(airings, airings.past)).measurements


def test_days_before_and_after_a_change_have_their_own_share(tmp_path: Path) -> None:
    spec = content(
        [kz(window("22:00", "23:00"))], [programme("a", 30)], rules=[rising("day")], start="2026-12-08", days=4
    )
    needs = {row.period[-2:]: row.need / (row.basis or 1) for row in nothing_planned(load(write(tmp_path, spec)))}
    assert needs == {"08": Fraction(1, 2), "09": Fraction(1, 2), "10": Fraction(3, 5), "11": Fraction(3, 5)}


@pytest.mark.parametrize(
    "rule",
    [
        rising("day", later=[{"since": "2026-12-08", "share": "2/3"}], **SOFT),
        rising("week", later=[{"since": "2026-12-08", "share": "2/3"}], **SOFT),
        rising("horizon", later=[{"since": "2026-12-08", "share": 0.9}, {"since": "2027-01-01", "share": 0}], **SOFT),
        {
            **rising("day", later=[{"since": "2026-12-08", "share": "1/3"}, {"since": "2026-12-09", "share": "1/7"}]),
            "least_share": None,
            "most_share": 0.4,
            "select": {"origin": "foreign"},
            **SOFT,
        },
    ],
    ids=["day", "week", "horizon", "most"],
)
def test_rows_and_check_agree_on_shares_that_change(rule: dict[str, Any], tmp_path: Path) -> None:
    rule = {key: value for key, value in rule.items() if value is not None}
    shown = [programme("guest", 60, origin="UZ", episodes=3)]
    spec = content([kz(window("22:30", "24:30"))], shown, rules=[rule], start="2026-12-07", days=3)
    wrong, seen = disagreements(load(write(tmp_path, spec)), most=2)
    assert wrong == []
    assert seen["Q"]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"later": [NEW_YEAR, NEW_YEAR]}, "needs the days of `later` in order"),
        ({"later": [NEW_YEAR], "least_share": None, "least_minutes": 5}, "has `later`, which only a share has"),
    ],
)
def test_a_later_share_without_sense_is_refused(more: dict[str, Any], said: str, tmp_path: Path) -> None:
    rule = {key: value for key, value in rising("week", **more).items() if value is not None}
    spec = content([kz(window("22:00", "23:00"))], [programme("a", 30)], rules=[rule])
    with pytest.raises(InputError, match=said):
        load(write(tmp_path, spec))


# Whom a rule of law speaks of.


def spoken_of(tmp_path: Path, rule: dict[str, Any], *channels: dict[str, Any]) -> set[str]:
    spec = content(list(channels), [programme("a", 30)], rules=[{**rising("day", later=[]), **rule}])
    return {row.subject.name for row in nothing_planned(load(write(tmp_path, spec))) if row.rule == "Q"}


LAW = {"text": "official", "in_force_checked": "2026-11-27", "reading": "plain"}
TREATY = {"name": "Agreement on a common channel (invented)", "date": "2026-05-01", "article": "3"}


def test_law_goes_by_the_laws_of_a_channel_and_the_house_by_its_territory(tmp_path: Path) -> None:
    both = kz(window("22:00", "23:00"), laws=["KZ", "UZ"]), uz(window("22:00", "23:00"))
    assert spoken_of(tmp_path / "law", {"territories": ["UZ"], **LAW}, *both) == {"Q.kz", "O.uz"}
    assert spoken_of(tmp_path / "house", {"territories": ["UZ"]}, *both) == {"O.uz"}


def test_a_treaty_exempts_only_from_rules_that_say_so(tmp_path: Path) -> None:
    both = kz(window("22:00", "23:00"), treaty=TREATY), uz(window("22:00", "23:00"))
    assert spoken_of(tmp_path / "exempt", {"exempt": "treaty"}, *both) == {"O.uz"}
    assert spoken_of(tmp_path / "not", {}, *both) == {"Q.kz", "O.uz"}


def test_only_the_language_share_and_the_domestic_share_exempt_under_a_treaty() -> None:
    exempt = {clause["id"]: clause["article"] for clause in RECORD["clauses"] if "exempt" in clause["rule"]}
    assert set(exempt) == {"KZ-LANG-6H", "KZ-LANG-W", "KZ-LANG-W-LIT", "KZ-DOM-W"}
    assert {article.partition(",")[0] for article in exempt.values()} == {"5(3)", "50(1)"}


def test_a_treaty_needs_its_name_date_and_article(tmp_path: Path) -> None:
    spec = content([kz(window("22:00", "23:00"), treaty={"name": "a memorandum"})], [programme("a", 30)])
    with pytest.raises(InputError) as caught:
        load(write(tmp_path, spec))
    assert "date" in str(caught.value)
    assert "article" in str(caught.value)


def test_a_rule_can_speak_of_a_kind_of_licence_and_of_an_audience(tmp_path: Path) -> None:
    both = kz(window("22:00", "23:00"), licence="broadcast"), uz(window("22:00", "23:00"), audience="foreign")
    assert spoken_of(tmp_path / "licence", {"licences": ["broadcast"]}, *both) == {"Q.kz"}
    assert spoken_of(tmp_path / "abroad", {"audience": "foreign"}, *both) == {"O.uz"}
    assert spoken_of(tmp_path / "home", {"audience": "domestic", "territories": ["KZ"]}, *both) == {"Q.kz"}


def test_a_licence_that_no_channel_has_is_named(tmp_path: Path) -> None:
    spec = content([kz(window("22:00", "23:00"))], [programme("a", 30)], rules=[rising("day", licences=["brodcast"])])
    with pytest.raises(InputError, match="brodcast"):
        load(write(tmp_path, spec))


# How a programme comes to a channel.


def test_a_dubbed_version_of_an_exchanged_programme_is_adapted(tmp_path: Path) -> None:
    guest = programme("guest", 30, origin="UZ", versions="uzb:original;kaz:dubbed;rus:subtitled", delivery="exchange")
    bought = programme("bought", 30, origin="UZ", versions="uzb:original;kaz:dubbed")
    instance = build(tmp_path, [kz(window("22:00", "23:00"))], [guest, bought])
    assert instance.contents.delivery[:5].tolist() == ["exchange", "adapted", "exchange", "acquired", "acquired"]


def test_the_strict_reading_of_retransmission_counts_unaltered_exchange_beside_relays(tmp_path: Path) -> None:
    """A tenth of 600 minutes is 60: two half-hours are taken unaltered, the rest dubbed."""
    strict = {**CLAUSES["KZ-RETR-W-STRICT"]["rule"], "id": "R", "valid_from": "2024-08-20"}
    versions = "uzb:original;kaz:dubbed"
    guest = programme("guest", 30, origin="UZ", versions=versions, episodes=4, delivery="exchange", appeal="9")
    spec = content([kz(window("22:00", "24:00", days="mon"))], [guest], rules=[strict], days=7, grid=30)
    spec["anchors.csv"] = [anchor("rest", "Q.kz", "14:00", "22:00", days="mon")]
    spec["audience.csv"] += [
        {**row, "version_kind": "dubbed", "viewers": int(row["viewers"]) // 2} for row in spec["audience.csv"]
    ]
    answer = solve(load(write(tmp_path, spec)), Settings(strategy="exact", time_limit=20.0, workers=1))
    assert answer.timetable is not None
    assert answer.verification is not None and not answer.verification.hard_missed
    contents = answer.timetable.instance.contents
    aired = [
        contents.delivery[at]
        for at, fixed in zip(answer.timetable.content, answer.timetable.anchor, strict=True)
        if not fixed
    ]
    assert sorted(aired) == ["adapted", "adapted", "exchange", "exchange"]


# A verdict of law needs the whole period.


def share_of(tmp_path: Path, rule: dict[str, Any], **more: Any) -> Any:
    spec = content([kz(window("12:00", "18:00", days="mon"))], [programme("a", 30)], rules=[rule], **more)
    return next(row for row in nothing_planned(load(write(tmp_path, spec))) if row.rule == "Q")


def test_a_share_of_law_over_part_of_its_day_is_not_judged(tmp_path: Path) -> None:
    """Six hours of 24 are known, all domestic: from 25 to 100 % of the day."""
    row = share_of(tmp_path, {**rising("day", later=[]), **LAW})
    assert (row.known, row.judged) == (Fraction(1, 4), False)
    assert str(row.text).endswith("; not judged: 25 % known, 25 % to 100 % of the whole period")


def test_a_share_of_the_house_says_what_is_known_and_is_judged(tmp_path: Path) -> None:
    row = share_of(tmp_path, rising("day", later=[]))
    assert (row.known, row.judged) == (Fraction(1, 4), True)
    assert str(row.text).endswith("; 25 % of the airtime known")


@pytest.mark.parametrize(
    ("rule", "known"),
    [
        ({"period": "6h"}, Fraction(1)),
        ({"period": "day", "hours": ["12:00", "18:00"]}, Fraction(1)),
        ({"period": "day", "hours": ["15:00", "03:00"]}, Fraction(1, 4)),
        ({"period": "week"}, Fraction(1, 28)),
        ({"period": "week", "valid_from": "2026-12-13"}, None),
        ({"period": "broadcast_day"}, Fraction(1, 4)),
    ],
)
def test_what_is_known_is_measured_against_the_clock(
    rule: dict[str, Any], known: Fraction | None, tmp_path: Path
) -> None:
    spec = content([kz(window("12:00", "18:00", days="mon"))], [programme("a", 30)], days=7)
    spec["instance.yaml"]["rules"] = [{**rising("day", later=[]), **LAW, **rule}]
    rows = [row for row in nothing_planned(load(write(tmp_path, spec))) if row.rule == "Q"]
    assert {row.known for row in rows} == (set() if known is None else {known})
    assert all(row.judged == (row.known == 1) for row in rows)


def test_a_day_on_which_the_clock_changes_has_25_hours(tmp_path: Path) -> None:
    berlin = {**kz(window("00:00", "24:00")), "zone": "Europe/Berlin"}
    spec = content([berlin], [programme("a", 30)], rules=[{**rising("day", later=[]), **LAW}], start="2026-10-25")
    row = next(row for row in nothing_planned(load(write(tmp_path, spec))) if row.rule == "Q")
    assert (row.basis, row.judged) == (1500, True)


@pytest.mark.parametrize("name", LARGE)
def test_every_share_of_kazakh_law_is_judged_in_the_shipped_instances(name: str) -> None:
    rows = [
        row for row in nothing_planned(load(SHIPPED / name)) if row.rule.startswith("KZ-") and row.known is not None
    ]
    judged = {row.rule for row in rows if row.judged}
    assert {"KZ-LANG-6H", "KZ-LANG-W", "KZ-LANG-W-LIT", "KZ-DOM-W", "KZ-RETR-W", "KZ-RETR-W-STRICT"} <= judged
    assert {row.subject.name for row in rows if not row.judged} <= {"CCTV9.cn"}
