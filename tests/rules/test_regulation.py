"""The facts of the law (regulation.yaml), the record of the law (law.yaml) and the shipped instances say the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

import scheduler.rules
from scheduler.rules import load

SHIPPED = Path(__file__).parents[2] / "instances"
FACTS = yaml.safe_load(Path(__file__).with_name("regulation.yaml").read_text(encoding="utf-8"))
RECORD = yaml.safe_load(Path(scheduler.rules.__file__).with_name("law.yaml").read_text(encoding="utf-8"))
CLAUSES = {clause["id"]: clause["rule"] for clause in RECORD["clauses"]}
IN_FORCE = "2024-08-20"
"""Law 93-VIII, art. 70. The facts leave it out where the clause has no day of its own."""
ELSEWHERE = {"RU-AD-H", "EU-WORKS"}
"""No shipped instance has a channel under these laws."""

KINDS_OF_PROGRAMME = ["education", "concert", "documentary", "entertainment", "sport"]
"""How KZ-FOREIGN-10 names the kinds of art. 24(2)2) (education, culture, sport, leisure) in our genres."""
WORDS = {("kind", "ad"): ("genre", "advertising"), ("origin", "european"): ("tag", "european")}
FIELDS = {
    "min_share": "least_share",
    "max_share": "most_share",
    "max_minutes": "most_minutes",
    "min_count": "least_count",
    "window": "hours",
}


def plain(value: Any) -> Any:
    """A value with numbers and days as text, so that 0.60 is 0.6 and a day is one."""
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return f"{float(value):g}" if isinstance(value, int | float) else str(value)


def select_of(said: dict[str, Any]) -> dict[str, Any]:
    return dict(WORDS.get((key, value if isinstance(value, str) else ""), (key, value)) for key, value in said.items())


def expected(fact: dict[str, Any]) -> dict[str, Any]:
    """The rule that a fact asks for, without what an instance adds (price, source, scope of the audience)."""
    rule = {"type": "quota", "territories": [fact["territory"]]} if "territory" in fact else {"type": "quota"}
    rule |= {FIELDS.get(key, key): fact[key] for key in fact if key in {*FIELDS, "period", "valid_from", "exempt"}}
    rule["select"] = select_of(fact["select"])
    if "basis" in fact:
        rule["basis"] = fact["basis"]
    return _special(fact, rule)


def _special(fact: dict[str, Any], rule: dict[str, Any]) -> dict[str, Any]:
    """What is written otherwise in an instance than in the facts."""
    where = {"territories": rule.get("territories")}
    match fact["id"]:
        case "KZ-FOREIGN-10":
            dubbed = {"genre": KINDS_OF_PROGRAMME, "audio": "kaz", "not": {"original_language": "kaz"}}
            return {
                "type": "either_or", "registered_in": ["KZ"], "alternatives": [fact["select"], dubbed],
                "least_share": fact["min_share"], "period": fact["period"], "valid_from": fact["valid_from"],
            }  # fmt: skip
        case "KZ-AGE18":
            return {"type": "age_watershed", **where, "age": 18, "barred": fact["window"]}
        case "CN-PRIME":
            rule["select"]["not"] = {"waiver": fact["waiver"]}
        case "CN-EP50":
            rule["select"]["episodes_over"] = fact["max_episodes_per_series"]
            rule |= {"period": "horizon", "most_minutes": 0}
        case "CN-CAT30":
            rule["basis"] = {**fact["basis"], "not": {"tag": "joint"}}
        case "AZ-SERIES":
            bonus = fact["bonus"]
            return {
                "type": "allowance", **where, "select": fact["select"], "most_minutes": fact["max_minutes"],
                "of": bonus["of"], "per_minutes": bonus["per_minutes"], "adds_minutes": bonus["adds_minutes"],
                "hours": fact["window"], "period": fact["period"], "licences": ["terrestrial"],
            }  # fmt: skip
        case "AZ-DUB":
            heard = {"audio": [fact["requires"]["audio"]], "version_kinds": ["original", "dubbed"]}
            return {"type": "languages", **where, "select": fact["select"], **heard, "licences": ["terrestrial"]}
        case "MN-DOM-B" | "MN-DOM-C":
            rule["licences"] = [fact["channels"].removesuffix(" licence")]
        case "KZ-RETR-W" | "KZ-RETR-W-STRICT" | "KZ-SIGN":
            rule["valid_from"] = IN_FORCE
    return rule


def asked() -> dict[str, dict[str, Any]]:
    """{id: rule} of all facts; the share from 2027 on is `later` in the rule until 2026."""
    found: dict[str, dict[str, Any]] = {}
    for fact in FACTS:
        rule, base = expected(fact), fact["id"].replace("27", "")
        if base == fact["id"]:
            found[base] = rule
        else:
            before = found[base]
            assert {**rule, "least_share": 0, "valid_from": 0} == {**before, "least_share": 0, "valid_from": 0}
            before["later"] = [{"since": rule["valid_from"], "share": rule["least_share"]}]
    return found


ASKED = asked()


@pytest.mark.parametrize("name", ASKED)
def test_the_record_asks_for_what_the_facts_say(name: str) -> None:
    said = {key: value for key, value in CLAUSES[name].items() if key != "audience"}
    assert plain(said) == plain(ASKED[name])


def test_only_the_languages_of_art_5_speak_of_a_domestic_audience() -> None:
    """Art. 5(6): what is made for viewers abroad is in Kazakh and in other languages."""
    told = {name for name, rule in CLAUSES.items() if rule.get("audience") == "domestic"}
    assert told == {"KZ-LANG-6H", "KZ-LANG-W", "KZ-LANG-W-LIT", "KZ-MAIN-AUDIO"}


def test_every_fact_is_asked_by_a_shipped_instance() -> None:
    """`test_law` compares every rule of law of an instance with the record."""
    used = {rule.id for path in SHIPPED.glob("*/instance.yaml") for rule in load(path.parent).file.rules if rule.is_law}
    assert ASKED.keys() - used == ELSEWHERE


def test_what_the_record_has_beyond_the_facts() -> None:
    """From the reading of the whole law and the tables of Mongolia's regulator."""
    more = {name for name in CLAUSES if name not in ASKED}
    assert more == {
        "KZ-MAIN-AUDIO", "KZ-FOREIGN-NEW", "CN-AD", "MN-AD", "MN-AGE18", "MN-BREAK",
        "MN-YEAR-HISTORY", "MN-YEAR-SCIENCE", "MN-YEAR-CHILDREN-3", "MN-YEAR-CHILDREN-6",
    }  # fmt: skip


def test_clauses_of_the_law_of_2024_have_a_first_day() -> None:
    """A plan for a day before has no row of them."""
    days = {c["id"]: str(c["rule"].get("valid_from")) for c in RECORD["clauses"] if c["source"] == "KZ-MEDIA"}
    assert set(days.values()) == {IN_FORCE, "2025-01-01"}
    shares = {"KZ-LANG-6H", "KZ-LANG-W", "KZ-LANG-W-LIT", "KZ-DOM-W"}
    assert {name for name, day in days.items() if day == "2025-01-01"} == shares
