"""Tiny instances for the rules of a day's flow: relays, calendar days, variety, clashes, lead-ins."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, anchor, channel, content, kz, programme, uz, window

SOFT = {"hard": False, "price": 7}
HOUR = window("23:00", "24:00")


def _rule(type_: str, **more: Any) -> dict[str, Any]:
    return {"type": type_, "id": "R", **more}


_FEED = programme("feed", 30, delivery="relay", origin="UZ", episodes=4)
_LOCAL = programme("local", 30)
_FILM = programme("film", 45, genre="film", episodes=3)

RELAYS = {
    "soft, the feed's clock": content(
        [kz(HOUR), channel("T.kg", "KG", "Asia/Bishkek", HOUR)],
        [_FEED, _LOCAL],
        rules=[_rule("relay", starts=["02:00"], zone="Asia/Shanghai", **SOFT)],
        territories={"KZ": {"name": "K"}, "UZ": {"name": "U"}, "KG": {"name": "G"}},
    ),
    "hard": content([kz(HOUR), uz(HOUR)], [_FEED], rules=[_rule("relay", starts=["23:30"], territories=["KZ"])]),
    "valid for a day": content(
        [kz(window("23:30", "24:30"))],
        [_FEED],
        rules=[_rule("relay", starts=["23:30", "24:30"], valid_from="2026-12-08", **SOFT)],
        days=2,
    ),
}

_DAYS = {"dates": ["2026-12-08", "2026-12-09"]}

CALENDARS = {
    "barred and asked for": content(
        [kz(window("23:30", "24:30"))],
        [_LOCAL, programme("film", 45, genre="film", episodes=3)],
        rules=[_rule("calendar", **_DAYS, bar={"genre": "drama"}, ask={"genre": "film"}, least_minutes=20, **SOFT)],
        days=2,
    ),
    "hard": content(
        [kz(window("23:30", "24:30"))],
        [_LOCAL, programme("film", 45, genre="film", episodes=3)],
        rules=[_rule("calendar", dates=["2026-12-08"], bar={"genre": "drama"}, hours=["23:00", "24:00"])],
        days=2,
    ),
    "a day with windows of its own": content(
        [
            kz(
                window("23:00", "24:00"),
                {"dates": ["2026-12-08"], "start": "23:15", "end": "24:15", "fallback": {"genre": "memory"}},
            )
        ],
        [_LOCAL, _FILM],
        rules=[_rule("calendar", dates=["2026-12-08"], ask={"genre": "memory"}, least_minutes=40)],
        days=2,
        grid=15,
    ),
}

VARIETIES = {
    "two hours": content(
        [kz(window("22:00", "24:00"))],
        [_FILM, _LOCAL],
        rules=[_rule("variety", select={"genre": "film"}, most_minutes=50, hours=2, **SOFT)],
    ),
    "fallback and anchors, over midnight": content(
        [kz(window("23:00", "24:30"), fallback={"genre": "film"})],
        [_LOCAL],
        rules=[_rule("variety", select={"genre": "film"}, most_minutes=70, hours=2, every=30)],
        anchors=[anchor("classic", "Q.kz", "22:40", "23:00", genre="film")],
        days=2,
    ),
    "reruns for a day": content(
        [kz(window("23:30", "24:30"))],
        [programme("series", 30, runs=2)],
        rules=[
            _rule(
                "variety",
                select={"genre": "drama", "run": "rerun"},
                most_minutes=20,
                hours=1,
                every=15,
                valid_from="2026-12-08",
                **SOFT,
            )
        ],
        days=2,
    ),
}

_BERLIN = channel("D.de", "DE", "Europe/Berlin", window("00:30", "05:00", fallback={"genre": "film"}))
_CHANGE = {"start": "2027-03-28", "territories": {"DE": {"name": "D"}, "KZ": {"name": "K"}}}
"""Clocks go forward in Berlin on this day."""

VARIETIES["marks that do not divide the day, with a clock change"] = content(
    [_BERLIN],
    [programme("film", 60, genre="film", runs=2), programme("local", 60, runs=3)],
    rules=[_rule("variety", select={"genre": "film"}, most_minutes=60, hours=3, every=100, **SOFT)],
    grid=60,
    **_CHANGE,
)

_SISTER = channel("R.kz", "KZ", "Asia/Almaty", window("22:00", "23:30"))
_CLASH = _rule("no_clash", select={"genre": "film"})

NO_CLASHES = {
    "two sisters": content([kz(window("22:30", "24:00")), _SISTER], [_FILM], rules=[{**_CLASH, **SOFT}]),
    "three channels, two at once": content(
        [kz(HOUR), _SISTER, channel("S.kz", "KZ", "Asia/Aqtau", window("22:30", "23:30"))],
        [{**_FILM, "minutes": 30}],
        rules=[{**_CLASH, "most": 2, "every": 30}],
    ),
    "with an anchor and fallback": content(
        [
            kz(HOUR),
            channel("R.kz", "KZ", "Asia/Almaty", window("23:00", "23:30"), fallback={"genre": "film"}),
            uz(HOUR),
        ],
        [_FILM, _LOCAL],
        rules=[{**_CLASH, "territories": ["KZ"], "valid_to": "2026-12-07", "every": 5, **SOFT}],
        anchors=[anchor("classic", "R.kz", "23:30", "23:50", genre="film")],
    ),
}

NO_CLASHES["marks that do not divide the day, with a clock change"] = content(
    [_BERLIN, {**_BERLIN, "id": "E.de"}],
    [programme("local", 60, runs=9)],
    rules=[{**_CLASH, "every": 50, **SOFT}],
    grid=60,
    **_CHANGE,
)

LEAD_INS = {
    "the same genre": content(
        [kz(window("22:30", "24:00"))],
        [_LOCAL, programme("more", 27), _FILM],
        rules=[_rule("lead_in", select={"genre": "drama"}, **SOFT)],
    ),
    "after news, anchors too": content(
        [kz(window("22:00", "24:00")), uz(HOUR)],
        [_LOCAL, programme("talk", 30, genre="news")],
        rules=[_rule("lead_in", select={"genre": "drama"}, after={"genre": "news"}, within=0)],
        anchors=[anchor("news", "Q.kz", "22:30", "23:00")],
    ),
    "first runs only": content(
        [kz(HOUR)],
        [programme("series", 30, runs=2, episodes=2)],
        rules=[
            _rule("lead_in", select={"run": "first"}, after={"run": "first"}, within=5, valid_from="2026-12-08", **SOFT)
        ],
        days=2,
    ),
}

_LAW = _rule(
    "allowance",
    select={"origin": "foreign"},
    most_minutes=20,
    of={"origin": "domestic", "genre": "drama"},
    per_minutes=30,
    adds_minutes=15,
    period="day",
)
_FOREIGN = programme("guest", 30, origin="UZ", episodes=2)

ALLOWANCES = {
    "local series earn foreign ones": content(
        [kz(window("22:30", "24:00"))], [programme("local", 30, episodes=3), _FOREIGN], rules=[{**_LAW, **SOFT}]
    ),
    "anchors, fallback and hours": content(
        [kz(window("22:30", "24:30"), fallback={"genre": "drama"})],
        [_FOREIGN],
        rules=[{**_LAW, "hours": ["22:00", "24:00"]}],
        anchors=[anchor("serial", "Q.kz", "22:00", "22:30", genre="drama")],
        days=2,
    ),
}

_PAIR = [
    kz(window("22:30", "24:00")),
    uz(window("22:30", "24:00")),
    channel("Y.uz", "UZ", "Asia/Tashkent", window("23:00", "24:00"), coverage=["UZ", "KZ"]),
]
_EXCHANGE = [
    programme("ours", 45, appeal=1.3, episodes=2),
    programme("theirs", 40, origin="UZ", versions="uzb:original", genre="film"),
    programme("joint", 60, origin="KZ:1/3;UZ:2/3", genre="film"),
]
_PEOPLE = {"KZ": {"name": "K", "population": 20_592_571}, "UZ": {"name": "U", "population": 361}}


def _parity(*measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    rule = {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": list(measures), **SOFT}
    return content(_PAIR, more.pop("shown", _EXCHANGE), agreements=[rule], territories=_PEOPLE, **more)


_HEADS = {"measure": "audience_per_million", "tolerance": 0.25}

MEASURES = {
    "audience per head": _parity(
        {**_HEADS, "period": "day", "least": {"UZ": 40_000}}, {**_HEADS, "period": "horizon", "floor": 1000}
    ),
    "channels reached": _parity(
        {"measure": "channels", "period": "horizon", "tolerance": 0.1, "least": {"KZ": 2, "UZ": 1}},
        {"measure": "channels", "period": "cumulative", "tolerance": 0.2},
        anchors=[anchor("relay", "O.uz", "20:00", "20:30"), anchor("gift", "Q.kz", "20:00", "20:30", origin="RU")],
    ),
    "minutes of a genre, several at once": _parity(
        {"measure": "minutes", "select": {"genre": "film"}, "period": "day", "tolerance": 0.3, "least": 30},
        {"measure": "minutes", "period": "day", "tolerance": 0.5, "ratio": 2},
        {"measure": "titles", "select": {"run": "first", "genre": "drama"}, "period": "week", "least": 1},
    ),
}

MEASURES["in short windows"] = content(
    [kz(HOUR), uz(HOUR)],
    [programme("ours", 60, episodes=2), programme("theirs", 30, origin="UZ", genre="film")],
    agreements=[
        {
            "type": "parity",
            "id": "P",
            "parties": ["KZ", "UZ"],
            "measures": [
                {**_HEADS, "period": "horizon"},
                {"measure": "channels", "period": "day", "least": 1},
                {"measure": "minutes", "select": {"genre": "film"}, "period": "week", "least": {"UZ": 60}},
            ],
        }
    ],
    territories=_PEOPLE,
    days=2,
)

_MIXED = [
    programme("film", 30, genre="film", origin="UZ", waivers="nrta", provenance="verified"),
    programme("long", 30, origin="UZ", episodes=60, provenance="synthetic-labelled", runs=2),
    programme("joint", 30, origin="KZ:0.5;UZ:0.5", domestic_in="UZ", provenance="synthetic-unlabelled"),
]
_CLAUSES = {
    "a waiver": {"select": {"origin": "foreign", "not": {"waiver": "nrta"}}, "most_minutes": 20},
    "long series": {"select": {"episodes_over": 50}, "most_count": 0},
    "provenance": {"select": {"provenance": ["synthetic-labelled", "synthetic-unlabelled"]}, "most_share": 0.2},
    "domestic by decree": {"select": {"origin": "domestic"}, "least_share": 0.6},
}

QUOTAS = {
    name: content([kz(HOUR)], _MIXED, rules=[_rule("quota", period="day", **clause, **SOFT)])
    for name, clause in _CLAUSES.items()
}

_EITHER = _rule("either_or", alternatives=[{"origin": "UZ"}, {"genre": "quiz"}], least_share=0.4, period="day")

EITHER_ORS = {
    "one of two, with fallback": content(
        [kz(window("22:30", "24:00"))],
        [_FOREIGN, programme("show", 60, genre="quiz", episodes=2), programme("local", 30)],
        rules=[{**_EITHER, **SOFT}],
    ),
    "anchors, hours and two days": content(
        [kz(window("22:30", "24:30"), fallback={"genre": "quiz"})],
        [_FOREIGN, programme("local", 60)],
        rules=[{**_EITHER, "hours": ["22:00", "24:00"]}],
        anchors=[anchor("news", "Q.kz", "22:00", "22:30", genre="news")],
        days=2,
    ),
}

RENEWALS = {
    "half of titles that did not air in summer": content(
        [kz(window("22:30", "24:00"))],
        [{**_FOREIGN, "runs": 2}, programme("fresh", 30, origin="UZ", episodes=2), programme("local", 30)],
        rules=[_rule("renewal", select={"origin": "UZ"}, least_share=0.5, **SOFT)],
        history=[aired("Q.kz", "2026-07-01T17:00:00Z", "guest", 30)],
    ),
    "reruns only, from the second day, hard": content(
        [kz(window("22:30", "23:30"))],
        [{**_FOREIGN, "runs": 3, "episodes": 1}, programme("fresh", 30, origin="UZ", runs=2)],
        rules=[_rule("renewal", select={"run": "rerun"}, least_share=0.25, valid_from="2026-12-08")],
        history=[
            aired("Q.kz", "2026-09-30T17:00:00Z", "guest", 30),
            aired("Q.kz", "2026-06-30T10:00:00Z", "fresh", 30),
        ],
        days=2,
    ),
}

FLOW: dict[str, dict[str, dict[str, Any]]] = {
    "relay": RELAYS,
    "calendar": CALENDARS,
    "variety": VARIETIES,
    "no_clash": NO_CLASHES,
    "lead_in": LEAD_INS,
    "parity": MEASURES,
    "quota": QUOTAS,
    "allowance": ALLOWANCES,
    "either_or": EITHER_ORS,
    "renewal": RENEWALS,
}
