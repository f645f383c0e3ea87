"""Cases of `campaign`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import content, kz, programme, uz, window
from tests.recount.folder import number, short, words
from tests.rules.kinds.shared import PARTIES, SOFT, written

_DOCUMENTARY = programme("tour", 40, genre="documentary", tags="tourism", origin="KZ:0.5;UZ:0.5", episodes=3)

_PRIME = {"dayparts": {"prime": ["22:30", "23:30"]}}

CASES = {
    "runs and prime": content(
        [kz(window("22:00", "24:00")), uz(window("22:00", "23:00"))],
        [_DOCUMENTARY, programme("local", 30)],
        rules=[
            written(
                "campaign", select={"tag": "tourism"}, parties=["KZ", "UZ"], least_runs=2, least_prime_share=0.6, **SOFT
            )
        ],
        **_PRIME,
    ),
    "over the edge of a horizon": content(
        [kz(window("23:30", "24:30"))],
        [_DOCUMENTARY],
        rules=[
            written(
                "campaign",
                select={"tag": "tourism"},
                parties="KZ",
                least_runs=3,
                least_prime_share=0.5,
                rest="all",
                valid_from="2026-12-05",
                valid_to="2026-12-08",
                **SOFT,
            )
        ],
        dayparts={"prime": ["23:45", "00:15"]},
    ),
    "on some days, prime over midnight": content(
        [kz(window("23:30", "24:30"))],
        [_DOCUMENTARY],
        rules=[
            written(
                "campaign",
                select={"tag": "tourism", "run": "first"},
                parties="KZ",
                least_runs=1,
                least_prime_share="1/3",
                valid_from="2026-12-08",
                valid_to="2026-12-08",
            )
        ],
        days=3,
        dayparts={"prime": ["23:45", "00:15"]},
    ),
}

INHERITED = "asks for least amounts"


def draw(one, start, days):
    return {
        "select": {"tag": "own"},
        "parties": PARTIES,
        "least_runs": one(1, 5),
        "least_prime_share": one(None, 0.5),
        "rest": one("all", "proportional", "none"),
        "valid_from": str(start),
        "valid_to": str(start + timedelta(days=one(1, 3, days + 2))),
    }


def _in_prime(counting, one):
    minutes = counting.world.screens[one.channel].minute[one.start : one.end].tolist()
    return sum(counting.prime_clock(one.channel, minute) for minute in minutes)


def count(counting, rule):
    found = {}
    dated = rule.get("valid_from") and rule.get("valid_to")
    label = f"{rule['valid_from']}/{rule['valid_to']}" if dated else "horizon"
    if dated and not counting.judged(label, int(counting.night)):
        return {}
    for party in words(rule["parties"]):
        runs = counting.runs(rule, counting.of_party(party), rule["select"])
        runs = runs if dated else counting.of_horizon(runs)
        if rule.get("least_runs"):
            least = counting.due(label, rule["least_runs"], rule, rule.get("rest", "proportional"))
            found[party, label, "runs"] = short(least - len(runs))
        if rule.get("least_prime_share") is not None:
            prime = sum(_in_prime(counting, one) for one in runs)
            found[party, label, "prime"] = short(
                number(rule["least_prime_share"]) * sum(one.minutes for one in runs) - prime
            )
    return found


def days_to_settle(counting, rule):
    return counting.night
