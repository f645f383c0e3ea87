"""Tiny instances on which the rules of the rulebook bind: link-ups, strands, dubs, campaigns and their like."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, anchor, channel, content, kz, programme, uz, window
from tests.rules.cases import KINDS as CORE
from tests.rules.rulebook_flow_cases import FLOW

SOFT = {"hard": False, "price": 7}
HOUR = window("23:00", "24:00")
ALMATY = kz(window("22:00", "23:30"))
TASHKENT = uz(window("22:00", "23:30"))
BISHKEK = channel("T.kg", "KG", "Asia/Bishkek", window("23:00", "24:30"))
THREE = {"KZ": {"name": "K", "population": 20_000}, "UZ": {"name": "U"}, "KG": {"name": "G"}}


def _rule(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "id": "R", **more}


_EVENT = programme("link", 60, delivery="live", origin="KZ:1/2;UZ:1/2", genre="quiz")
_LINK = _rule("link_up", programmes="link", channels=["Q.kz", "O.uz"])

LINK_UPS = {
    "two channels": content([ALMATY, TASHKENT], [_EVENT, programme("local", 30)], rules=[{**_LINK, **SOFT}]),
    "two of three": content(
        [ALMATY, TASHKENT, BISHKEK],
        [_EVENT],
        rules=[{**_LINK, "channels": ["Q.kz", "O.uz", "T.kg"], "least_channels": 2}],
        territories=THREE,
    ),
    "twice": content(
        [kz(HOUR), uz(window("22:30", "24:00"))], [{**_EVENT, "episodes": 2}], rules=[{**_LINK, "times": 2}], days=2
    ),
    "at an instant": content(
        [ALMATY, TASHKENT, BISHKEK],
        [_EVENT],
        rules=[{**_LINK, "at": "2026-12-07T17:30:00Z", **SOFT}],
        territories=THREE,
    ),
    "valid for a day": content(
        [kz(HOUR), uz(HOUR)], [_EVENT], rules=[{**_LINK, "valid_from": "2026-12-08", **SOFT}], days=2
    ),
}

_SERIES = programme("series", 60, episodes=9)
_STRAND = _rule("strand", select={"programme": "series"})

STRANDS = {
    "one channel": content([kz(window("22:00", "23:30"))], [_SERIES], rules=[{**_STRAND, **SOFT}], days=3),
    "two channels, give or take": content(
        [kz(window("23:00", "24:00")), uz(window("22:30", "24:00"))],
        [_SERIES],
        rules=[{**_STRAND, "within": 15}],
        days=2,
    ),
    "one day a week": content(
        [kz(window("23:30", "24:30"))],
        [{**_SERIES, "minutes": 30}],
        rules=[{**_STRAND, "days_a_week": 1, "days": "mon-sat", **SOFT}],
        start="2026-12-12",
        days=4,
    ),
    "over midnight, reruns free": content(
        [kz(window("23:30", "24:30"))],
        [{**_SERIES, "minutes": 30, "runs": 2, "episodes": 2}],
        rules=[{**_STRAND, "select": {"run": "first"}, "channels": ["Q.kz"]}],
        days=2,
    ),
}

_DUBBED = programme("guest", 30, origin="UZ", versions="uzb:original;kaz:dubbed;rus:dubbed", to_dub="kaz;rus", runs=2)
_OTHER = programme("other", 30, origin="UZ", versions="kaz:dubbed", original_language="uzb", to_dub="kaz", cost=40)

DUBBING = {
    "one language": content(
        [kz(HOUR)], [_DUBBED, _OTHER], rules=[_rule("dubbing", minutes_per_week={"kaz": 30}, **SOFT)]
    ),
    "two languages, two weeks": content(
        [kz(window("23:30", "24:00", days="mon"))],
        [_DUBBED, {**_OTHER, "episodes": 2}],
        rules=[_rule("dubbing", minutes_per_week={"kaz": 40, "rus": 20})],
        days=8,
    ),
    "from the second day on": content(
        [kz(HOUR)],
        [_DUBBED, {**_OTHER, "runs": 2}],
        rules=[_rule("dubbing", minutes_per_week={"kaz": 30, "rus": 30}, valid_from="2026-12-08", **SOFT)],
        days=3,
    ),
    "weeks that began before the horizon": content(
        [kz(HOUR)],
        [_DUBBED, _OTHER, {**_OTHER, "programme": "third"}],
        rules=[_rule("dubbing", minutes_per_week={"kaz": 20}, valid_from="2026-12-02", **SOFT)],
        history=[aired("Q.kz", "2026-12-04T18:00Z", "third", 30, version_kind="dubbed")],
        days=3,
    ),
    "ready on the second day": content(
        [kz(HOUR), uz(HOUR)],
        [{**_OTHER, "minutes": 60, "episodes": 2}],
        rules=[_rule("dubbing", minutes_per_week={"kaz": 60}, ready="2026-12-08", **SOFT)],
        days=2,
    ),
}

BUDGETS = {
    "runs": content(
        [kz(HOUR), uz(window("23:00", "23:30"))],
        [programme("local", 30, cost=50, episodes=3), {**_OTHER, "to_dub": ""}],
        rules=[_rule("budget", party="KZ", most=60, currency="USD", **SOFT)],
    ),
    "runs and dubs": content(
        [kz(HOUR)],
        [{**_DUBBED, "cost": 5, "episodes": 2}, _OTHER],
        rules=[_rule("budget", party="KZ", most=150, dub_minute=2)],
    ),
}

_DOCUMENTARY = programme("tour", 40, genre="documentary", tags="tourism", origin="KZ:0.5;UZ:0.5", episodes=3)
_PRIME = {"dayparts": {"prime": ["22:30", "23:30"]}}

CAMPAIGNS = {
    "runs and prime": content(
        [kz(window("22:00", "24:00")), uz(window("22:00", "23:00"))],
        [_DOCUMENTARY, programme("local", 30)],
        rules=[
            _rule(
                "campaign", select={"tag": "tourism"}, parties=["KZ", "UZ"], least_runs=2, least_prime_share=0.6, **SOFT
            )
        ],
        **_PRIME,
    ),
    "over the edge of a horizon": content(
        [kz(window("23:30", "24:30"))],
        [_DOCUMENTARY],
        rules=[
            _rule(
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
            _rule(
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

_SHARED = channel("S.kz", "KZ", "Asia/Almaty", HOUR)
_GIFTS = [
    programme("ours", 20, episodes=2),
    programme("theirs", 25, origin="UZ", versions="uzb:original"),
    programme("joint", 30, origin="KZ:1/3;UZ:2/3", genre="film"),
    programme("third", 20, origin="KG", versions="kir:original"),
]
_SUPPLY = _rule("supply", channels="S.kz", shares={"KZ": 0.4, "UZ": 0.4, "KG": 0.2})
_TWO = _rule("supply", channels="S.kz", shares={"KZ": "1/2", "UZ": "1/2"})

SUPPLIES = {
    "three members": content(
        [channel("S.kz", "KZ", "Asia/Almaty", window("23:00", "24:10"))],
        _GIFTS,
        rules=[{**_SUPPLY, "tolerance": 0.05, "least": 15, "most": 35, **SOFT}],
        territories=THREE,
        grid=10,
    ),
    "the worst off, with an anchor": content(
        [_SHARED],
        _GIFTS[:3],
        rules=[{**_TWO, "worst_off": 40, **SOFT}],
        anchors=[anchor("relay", "S.kz", "23:30", "23:40", origin="UZ")],
        grid=10,
    ),
    "weeks": content(
        [channel("S.kz", "KZ", "Asia/Almaty", window("23:30", "24:30"))],
        [programme("ours", 30), programme("theirs", 30, origin="UZ")],
        rules=[{**_TWO, "period": "week", "worst_off": 20, "tolerance": 0.2}],
        start="2026-12-13",
        days=2,
    ),
    "first runs for a day": content(
        [_SHARED],
        [programme("ours", 60, runs=2), programme("theirs", 60, origin="UZ")],
        rules=[{**_TWO, "select": {"run": "first"}, "least": 30, "valid_from": "2026-12-08", **SOFT}],
        anchors=[anchor("first", "S.kz", "21:00", "21:20"), anchor("again", "S.kz", "22:00", "22:20", run="rerun")],
        days=2,
    ),
}

_PREMIERE = _rule("premiere", select={"programme": "joint"}, parties=["KZ", "UZ"])
_JOINT = programme("joint", 60, origin="KZ:0.5;UZ:0.5", episodes=2)

PREMIERES = {
    "on the same date": content([kz(HOUR), uz(HOUR)], [_JOINT], rules=[{**_PREMIERE, **SOFT}], days=3),
    "within a day": content([kz(HOUR), uz(HOUR)], [_JOINT], rules=[{**_PREMIERE, "within_days": 1}], days=3),
    "settled after the rule has ended": content(
        [kz(HOUR), uz(HOUR)],
        [_JOINT],
        rules=[{**_PREMIERE, "within_days": 2, "valid_to": "2026-12-07", **SOFT}],
        days=3,
    ),
    "three parties, reruns do not count": content(
        [kz(HOUR), uz(HOUR), channel("T.kg", "KG", "Asia/Bishkek", HOUR)],
        [{**_JOINT, "runs": 2, "episodes": 1}],
        rules=[{**_PREMIERE, "parties": ["KZ", "UZ", "KG"], "within_days": 1, **SOFT}],
        territories=THREE,
        days=2,
    ),
}

_SHORT = programme("series", 30, episodes=5)
_PACE = _rule("pace", select={"programme": "series"})

PACES = {
    "days": content(
        [kz(HOUR)], [_SHORT, programme("local", 30)], rules=[{**_PACE, "period": "day", "most": 1}], days=2
    ),
    "weeks, at least, two channels": content(
        [kz(window("23:30", "24:30")), uz(window("23:30", "24:00"))],
        [{**_SHORT, "runs": 2}],
        rules=[{**_PACE, "least": 2, "most": 2, **SOFT}],
        start="2026-12-13",
        days=2,
    ),
    "valid for a day": content(
        [kz(window("04:30", "05:30"))],
        [_SHORT],
        rules=[
            {**_PACE, "least": 1, "period": "day", "valid_from": "2026-12-08", "valid_to": "2026-12-08", **SOFT},
        ],
        days=3,
    ),
}

_PARTS = [programme("one", 30, episodes=4), programme("two", 30, episodes=4), programme("three", 30, episodes=4)]
_ORDER = _rule("order", programmes=["one", "two", "three"])

ORDERS = {
    "three parts": content([kz(window("23:00", "24:30"))], _PARTS, rules=[{**_ORDER, **SOFT}]),
    "two channels, two territories": content(
        [kz(HOUR), channel("R.kz", "KZ", "Asia/Almaty", window("23:30", "24:00")), uz(window("23:30", "24:00"))],
        _PARTS[:2],
        rules=[{**_ORDER, "programmes": ["one", "two"]}],
    ),
    "reruns do not count": content(
        [kz(window("23:30", "24:00"))],
        [{**part, "runs": 2} for part in _PARTS[:2]],
        rules=[{**_ORDER, "programmes": ["one", "two"], "valid_to": "2026-12-08", **SOFT}],
        days=3,
    ),
}

_AGAIN = programme("series", 30, episodes=4, runs=2)

REPEATS = {
    "within a day": content(
        [kz(window("23:00", "23:30"))],
        [_AGAIN],
        rules=[_rule("repeat", select={"programme": "series"}, within_hours=24, **SOFT)],
        days=4,
    ),
    "within hours": content(
        [kz(window("04:00", "05:30"))],
        [_AGAIN],
        rules=[_rule("repeat", select={"programme": "series"}, within_hours=2)],
        days=2,
    ),
    "on each of two channels": content(
        [kz(window("23:00", "23:30")), uz(window("23:00", "23:30"))],
        [_AGAIN],
        rules=[_rule("repeat", select={"programme": "series"}, within_hours=47, territories=["UZ"])],
        days=3,
    ),
}

_SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("04:30", "05:30"))

COOL_DOWNS = {
    "two days": content(
        [kz(window("23:00", "23:30")), _SISTER],
        [{**_SHORT, "runs": 2}],
        rules=[_rule("cool_down", days=2, territories=["KZ"], **SOFT)],
        days=2,
    ),
    "three channels, the same day": content(
        [kz(window("23:00", "23:30")), _SISTER, uz(window("22:00", "22:30"))],
        [_SHORT, programme("local", 30)],
        rules=[_rule("cool_down", days=1, select={"programme": "series"})],
    ),
}

RULEBOOK: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
    kind: [(name, 3, spec) for name, spec in cases.items()]
    for kind, cases in {
        "link_up": LINK_UPS,
        "strand": STRANDS,
        "dubbing": DUBBING,
        "budget": BUDGETS,
        "campaign": CAMPAIGNS,
        "supply": SUPPLIES,
        "premiere": PREMIERES,
        "pace": PACES,
        "order": ORDERS,
        "repeat": REPEATS,
        "cool_down": COOL_DOWNS,
        **FLOW,
    }.items()
}

ALL_KINDS = {kind: CORE.get(kind, []) + RULEBOOK.get(kind, []) for kind in {**CORE, **RULEBOOK}}
"""The cases of every kind of rule."""
