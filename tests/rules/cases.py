"""Tiny instances on which each kind of rule binds: airings touch one another and every boundary of the clock."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, anchor, channel, content, kz, programme, uz, window

SOFT = {"hard": False, "price": 7}
EVENING = kz(window("22:30", "25:00"))
NIGHT = window("23:00", "25:00")
LOCAL = programme("local", 30, episodes=2)
FOREIGN = programme("guest", 45, episodes=2, origin="UZ", versions="uzb:original;kaz:dubbed", genre="film", age=18)
JOINT = programme("joint", 60, origin="KZ:1/3;UZ:2/3", genre="film", tags="joint")


def quota(**more: Any) -> dict[str, Any]:
    return {"type": "quota", "id": "Q", "select": {}, **more}


def parity(*measures: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "parity", "id": "P", "parties": ["KZ", "UZ"], "measures": list(measures), **more}


def _quota_case(rule: dict[str, Any], *, programmes: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
    news = anchor("news", "Q.kz", "23:00", "23:15")
    shown = programmes or [LOCAL, FOREIGN]
    return content([more.pop("channel", EVENING)], shown, rules=[rule], anchors=[news], **more)


FAIR = {"fair": {"first": "2026-12-05", "last": "2026-12-08"}}

QUOTAS: dict[str, dict[str, Any]] = {
    "share, day": _quota_case(quota(select={"origin": "domestic"}, least_share=0.8, period="day")),
    "share, most, soft, 6h": _quota_case(quota(select={"origin": "foreign"}, most_share="1/7", period="6h", **SOFT)),
    "a rule that ends within its week": _quota_case(
        quota(select={"genre": "drama"}, least_minutes=100, period="week", valid_to="2026-12-08", **SOFT)
    ),
    "a named range of dates": _quota_case(
        quota(select={"origin": "foreign"}, least_minutes=90, period="fair", **SOFT), periods=FAIR
    ),
    "share with a basis": _quota_case(
        quota(select={"origin": "UZ"}, basis={"not": {"genre": "news"}}, most_share=0.25, period="hour", **SOFT)
    ),
    "share, exclusion in both": _quota_case(
        quota(
            select={"origin": "domestic", "not": {"tag": "own"}},
            basis={"genre": ["drama", "film"], "not": {"tag": "joint"}},
            least_share=0.5,
            period="broadcast_day",
        ),
        programmes=[LOCAL, FOREIGN, JOINT],
        grid=30,
        channel=kz(window("22:30", "25:00"), fallback={"genre": "drama", "tags": ["own"]}),
    ),
    "share of fallback that counts": _quota_case(
        quota(select={"audio": "rus"}, most_share=0.2, period="day", **SOFT),
        channel=kz(window("22:30", "24:30"), fallback={"audio": "rus"}),
    ),
    "share where the fallback is foreign": _quota_case(
        quota(select={"origin": "domestic"}, least_share="55 %", period="week"),
        channel=kz(window("22:30", "24:30", fallback={"origin": "UZ"})),
    ),
    "minutes, least, hour": _quota_case(quota(select={"genre": "drama"}, least_minutes=20, period="hour", **SOFT)),
    "minutes, most, hours over midnight": _quota_case(
        quota(select={"age": 18}, most_minutes=20, hours=["23:30", "00:30"], period="day")
    ),
    "minutes, most, hours, broadcast day": _quota_case(
        quota(select={"age": "18+"}, most_minutes=10, hours=["23:30", "00:30"], period="broadcast_day", **SOFT)
    ),
    "minutes, least, horizon": _quota_case(
        quota(select={"version_kind": "dubbed"}, least_minutes=50, period="horizon")
    ),
    "count, most, day": _quota_case(quota(select={"genre": ["drama", "news"]}, most_count=2, period="day", **SOFT)),
    "count, least, hour": _quota_case(quota(select={"origin": "KZ"}, least_count=1, period="hour", **SOFT)),
    "count of first runs": _quota_case(
        quota(select={"run": "first"}, least_count=2, period="day", **SOFT),
        programmes=[programme("local", 30, runs=2, episodes=2)],
        days=2,
        channel=kz(window("23:30", "24:30")),
    ),
    "minutes of reruns": _quota_case(
        quota(select={"run": "rerun", "genre": "drama"}, most_minutes=20, period="day", **SOFT),
        programmes=[programme("local", 30, runs=2)],
        days=3,
        channel=kz(window("23:30", "24:30"), fallback={"genre": "drama"}),
    ),
    "share of reruns": _quota_case(
        quota(select={"run": "rerun"}, most_share=0.4, period="6h", **SOFT),
        programmes=[programme("local", 30, runs=2)],
        days=2,
        channel=kz(window("23:30", "24:30"), fallback={"tags": ["own"]}),
    ),
    "minutes, valid inside the horizon": _quota_case(
        quota(
            select={"genre": "drama"},
            most_minutes=20,
            period="week",
            valid_from="2026-12-08",
            valid_to="2026-12-08",
            **SOFT,
        ),
        programmes=[LOCAL],
        days=3,
        channel=kz(NIGHT),
    ),
    "minutes, weeks": _quota_case(
        quota(select={"genre": "drama"}, most_minutes=20, period="week"),
        programmes=[LOCAL],
        start="2026-12-13",
        days=2,
        channel=kz(NIGHT),
    ),
    "a rule that has ended": _quota_case(
        quota(select={"genre": "film"}, least_minutes=30, period="horizon", valid_to="2026-12-06"),
        channel=kz(NIGHT),
    ),
    "a rule to come": _quota_case(
        quota(select={"genre": "film"}, least_minutes=30, period="horizon", valid_from="2026-12-08"),
        channel=kz(NIGHT),
    ),
    "days without airtime": _quota_case(
        quota(select={"genre": "film"}, least_minutes=30, period="day", **SOFT),
        days=3,
        channel=kz(window("23:00", "24:30", days="mon")),
    ),
    "counts in hours without a start": _quota_case(
        quota(select={"genre": "film"}, least_count=1, period="hour", **SOFT),
    ),
    "a programme by name": _quota_case(
        quota(select={"programme": "guest"}, most_minutes=20, period="day", **SOFT), programmes=[LOCAL, FOREIGN]
    ),
    "delivery and language of the original": _quota_case(
        quota(select={"delivery": "live", "original_language": "uzb"}, least_minutes=30, period="day", **SOFT),
        programmes=[LOCAL, programme("link", 45, versions="kaz:subtitled", original_language="uzb", delivery="live")],
    ),
    "a ban on starts": _quota_case(quota(select={"genre": "film"}, most_count=0, hours=["23:00", "24:00"])),
    "off the grid": _quota_case(
        quota(select={"genre": "drama"}, least_share=0.35, period="hour", **SOFT),
        programmes=[programme("local", 47), programme("short", 13, genre="film")],
        channel=kz(window("22:40", "24:50")),
    ),
}

WATERSHED = {"type": "age_watershed", "id": "AGE", "age": 18, "barred": ["23:45", "00:30"]}
LANGUAGES = {"type": "languages", "id": "L", "select": {"genre": "film"}, "audio": ["kaz"]}
ONCE = {"type": "runs_per_day", "id": "ONCE", "most": 1}

OTHERS: dict[str, dict[str, dict[str, Any]]] = {
    "age_watershed": {
        "hard": _quota_case(WATERSHED),
        "soft": _quota_case({**WATERSHED, **SOFT}),
        "in the day": _quota_case({**WATERSHED, **SOFT, "barred": ["06:00", "23:45"], "age": 16}),
        "valid for a night": _quota_case(
            {**WATERSHED, **SOFT, "valid_from": "2026-12-08", "valid_to": "2026-12-08"},
            programmes=[FOREIGN],
            days=3,
            channel=kz(NIGHT),
        ),
        "on one territory": content(
            [kz(NIGHT), uz(NIGHT)],
            [FOREIGN],
            rules=[{**WATERSHED, **SOFT, "territories": ["UZ"]}],
        ),
    },
    "languages": {
        "hard": _quota_case(LANGUAGES),
        "soft": _quota_case({**LANGUAGES, **SOFT}),
        "kinds": _quota_case({"type": "languages", "id": "L", "version_kinds": ["original"], **SOFT}),
        "subtitled": _quota_case(
            {"type": "languages", "id": "L", "audio": "kaz", **SOFT},
            programmes=[programme("sub", 45, versions="uzb:original;kaz:subtitled;kaz:dubbed")],
        ),
        "valid for a day": _quota_case(
            {**LANGUAGES, **SOFT, "valid_to": "2026-12-07"}, days=2, programmes=[FOREIGN], channel=kz(NIGHT)
        ),
        "hard for a day": _quota_case(
            {**LANGUAGES, "valid_from": "2026-12-08"}, days=2, programmes=[FOREIGN], channel=kz(NIGHT)
        ),
    },
    "runs_per_day": {
        "once": _quota_case(
            ONCE, programmes=[programme("local", 30, episodes=3)], channel=kz(window("04:00", "06:00"))
        ),
        "twice, soft": _quota_case(
            {**ONCE, "most": 2, **SOFT}, programmes=[programme("local", 30, episodes=4)], channel=kz(NIGHT)
        ),
        "some titles, two versions": _quota_case(
            {**ONCE, "select": {"genre": "drama"}, "channels": ["Q.kz"], **SOFT},
            programmes=[{**LOCAL, "versions": "kaz:original;rus:dubbed"}, FOREIGN],
        ),
        "valid for a day": _quota_case(
            {**ONCE, "most": 0, "valid_from": "2026-12-08", "valid_to": "2026-12-08", **SOFT},
            programmes=[LOCAL],
            days=2,
            channel=kz(window("03:30", "05:30")),
        ),
        "two channels of a territory": content(
            [kz(NIGHT), channel("R.kz", "KZ", "Asia/Aqtau", NIGHT)],
            [programme("local", 60, episodes=3)],
            rules=[{**ONCE, **SOFT}],
        ),
    },
}

_EXCHANGE = [
    programme("ours", 45, appeal=1.3),
    programme("theirs", 40, origin="UZ", versions="uzb:original", appeal=0.7),
    JOINT,
]
_PAIR = [kz(window("22:30", "24:00")), uz(window("22:30", "24:00"))]


def _parity_case(
    *measures: dict[str, Any],
    shown: list[dict[str, Any]] | None = None,
    pair: list[dict[str, Any]] | None = None,
    rule: dict[str, Any] | None = None,
    **more: Any,
) -> dict[str, Any]:
    return content(pair or _PAIR, shown or _EXCHANGE, agreements=[parity(*measures, **(rule or SOFT))], **more)


def measure(name: str, period: str, **more: Any) -> dict[str, Any]:
    return {"measure": name, "period": period, **more}


_DAYS = [kz(window("23:30", "24:30")), uz(window("23:30", "24:30"))]
_ONE = [programme("ours", 30), programme("theirs", 60, origin="UZ")]
_RERUN = [programme("ours", 60, runs=2), programme("theirs", 60, origin="UZ")]
_TWO = [programme("ours", 30, runs=2), programme("theirs", 30, origin="UZ", episodes=2)]

PARITIES: dict[str, dict[str, Any]] = {
    "minutes": _parity_case(measure("minutes", "week", tolerance=0.1, least=30)),
    "a named range of dates": _parity_case(measure("minutes", "fair", tolerance=0.1, least={"UZ": 40}), periods=FAIR),
    "minutes, hard": _parity_case(measure("minutes", "day", tolerance="1/3", least={"UZ": 30}), rule={}),
    "minutes, floor and ratio": _parity_case(
        measure("minutes", "horizon", tolerance=0.05, ratio="3/2", floor=10, carry_over=-20)
    ),
    "minutes, owed": _parity_case(measure("minutes", "horizon", tolerance=0, carry_over=35)),
    "of the larger side": _parity_case(
        measure("minutes", "day", tolerance=0.2, tolerance_of="larger", ratio="4/3", floor=3, carry_over=7)
    ),
    "of the smaller side": _parity_case(
        measure("minutes", "day", tolerance=0.2, tolerance_of="smaller", ratio="4/3", floor=3, carry_over=-7)
    ),
    "of the larger side, more owed than given": _parity_case(
        measure("minutes", "week", tolerance="1/7", tolerance_of="larger", carry_over=-100)
    ),
    "of the smaller side, more owed than given": _parity_case(
        measure("minutes", "week", tolerance="1/7", tolerance_of="smaller", carry_over=100)
    ),
    "of what is agreed": _parity_case(
        measure("minutes", "horizon", tolerance=0.15, tolerance_of="agreed", agreed=90, floor=2, carry_over=20)
    ),
    "carried over into the first day": _parity_case(
        measure("minutes", "day", tolerance=0.1, tolerance_of="smaller", carry_over=30),
        pair=_DAYS,
        shown=_TWO[:2],
        days=2,
    ),
    "prime": _parity_case(measure("prime_minutes", "day", tolerance=0.2, least=20)),
    "prime over midnight": _parity_case(
        measure("prime_minutes", "day", tolerance=0.2, least=20),
        dayparts={"prime": ["23:30", "00:30"]},
        pair=[kz(window("23:00", "25:00")), uz(window("23:00", "25:00"), dayparts={"prime": ["23:00", "24:00"]})],
        shown=_EXCHANGE[:2],
    ),
    "audience": _parity_case(measure("audience", "horizon", tolerance=0.15, least=5000, floor=100)),
    "audience by day": _parity_case(measure("audience", "day", tolerance=0.15), pair=_DAYS, shown=_TWO[:2]),
    "first runs": _parity_case(
        measure("first_run_minutes", "cumulative", tolerance=0.1, least=20),
        measure("minutes", "cumulative", tolerance=0.1, carry_over=10),
        pair=_DAYS,
        shown=_RERUN,
        start="2026-12-13",
        days=2,
    ),
    "runs": _parity_case(measure("runs", "day", tolerance=0, least=1), pair=_DAYS, shown=_ONE, days=2),
    "titles": _parity_case(
        measure("titles", "horizon", tolerance=0, least=1), measure("titles", "day", tolerance=0.4, floor=1), days=1
    ),
    "titles, cumulative": _parity_case(
        measure("titles", "cumulative", tolerance=0.2, least=1, carry_over=1),
        measure("titles", "week", tolerance=0.2, least=2),
        pair=_DAYS,
        shown=[_RERUN[0], JOINT],
        start="2026-12-13",
        days=2,
    ),
    "anchors that serve": _parity_case(
        measure("minutes", "day", tolerance=0.1),
        measure("titles", "day", tolerance=0.1, least=2),
        measure("first_run_minutes", "day", tolerance=0.1),
        measure("audience", "day", least=2000),
        measure("runs", "day", least=2),
        anchors=[
            anchor("relay", "Q.kz", "22:50", "23:10", origin="UZ", delivery="relay"),
            anchor("again", "O.uz", "22:30", "22:40", run="rerun"),
            anchor("third", "O.uz", "21:00", "21:25", origin="KG", serves="P"),
            anchor("gift", "O.uz", "20:00", "20:25", serves="none"),
        ],
        shown=_EXCHANGE[:2],
    ),
    "serves": _parity_case(
        measure("minutes", "day", tolerance=0.1),
        shown=[
            programme("ours", 45, serves="none"),
            programme("third", 45, origin="KG", serves="P"),
            programme("theirs", 40, origin="UZ", serves="P"),
        ],
    ),
    "valid for a day": _parity_case(
        measure("minutes", "week", tolerance=0.1, least=30),
        measure("runs", "horizon", least=1),
        rule={"valid_from": "2026-12-08", "valid_to": "2026-12-08", **SOFT},
        pair=_DAYS,
        shown=_RERUN,
        days=2,
    ),
    "an agreement that has ended": _parity_case(
        measure("minutes", "horizon", tolerance=0.1, least=30), rule={"valid_to": "2026-12-06", **SOFT}
    ),
    "zones and parties": _parity_case(
        measure("minutes", "day", tolerance=0.1, least=20),
        pair=[
            kz(window("23:30", "24:30")),
            channel("W.kz", "KZ", "America/New_York", window("00:00", "01:00")),
            channel("X.world", "AE", "Asia/Kathmandu", window("23:45", "24:45"), party="UZ"),
        ],
        shown=_RERUN,
        territories={"KZ": {"name": "K"}, "AE": {"name": "E"}, "UZ": {"name": "U"}},
        grid=15,
    ),
}

_ALONE = kz(window("23:00", "24:00"))


def _series(days: int, *, least: int = 1, **more: Any) -> dict[str, Any]:
    past = more.pop("history", ())
    owner = more.pop("channels", [_ALONE])
    length = more.pop("minutes", 60)
    return content(owner, [programme("series", length, days_between_runs=least, **more)], days=days, history=past)


RIGHTS: dict[str, tuple[int, dict[str, Any]]] = {
    "two runs, two days": (4, _series(5, least=2, runs=2, episodes=2)),
    "three runs, three days": (3, _series(5, least=2, runs=3)),
    "runs in all": (3, _series(4, episodes=4, runs=2, runs_total=2)),
    "runs on a channel": (
        3,
        _series(
            2,
            channels=[_ALONE, channel("R.kz", "KZ", "Asia/Almaty", window("22:30", "23:30"))],
            episodes=4,
            runs_channel=1,
        ),
    ),
    "two channels of a territory": (
        3,
        _series(
            3, channels=[_ALONE, channel("R.kz", "KZ", "Asia/Almaty", window("22:30", "23:30"))], runs=2, episodes=2
        ),
    ),
    "two zones of a territory": (
        3,
        _series(
            2,
            channels=[_ALONE, channel("E.kz", "KZ", "Pacific/Kiritimati", window("06:00", "07:30"))],
            runs=2,
            episodes=2,
        ),
    ),
    "two territories": (3, _series(2, channels=[_ALONE, uz(window("23:00", "24:00"))], runs=2, runs_total=3)),
    "dates": (2, _series(5, channels=[kz(NIGHT)], rights_from="2026-12-08", rights_to="2026-12-09", minutes=90)),
    "coverage": (
        2,
        _series(
            1,
            channels=[
                uz(window("23:00", "24:00"), coverage=["UZ", "KZ"]),
                channel("R.uz", "UZ", "Asia/Tashkent", NIGHT),
            ],
            episodes=2,
            territories="UZ",
        ),
    ),
    "history": (
        4,
        _series(
            4,
            least=3,
            runs=2,
            episodes=3,
            history=[
                aired("Q.kz", "2026-12-05T18:00Z", "series", 60),
                aired("Q.kz", "2026-12-06T18:00Z", "series", 60, episode=2),
            ],
        ),
    ),
    "history of the middle": (
        4,
        _series(3, runs=2, episodes=3, history=[aired("Q.kz", "2026-12-05T18:00Z", "series", 60, episode=2)]),
    ),
    "history of reruns": (
        4,
        _series(
            4,
            least=2,
            runs=3,
            episodes=2,
            history=[
                aired("Q.kz", "2026-12-03T18:00Z", "series", 60),
                aired("Q.kz", "2026-12-05T18:00Z", "series", 60, run="rerun"),
                aired("Q.kz", "2026-12-06T18:00Z", "series", 60, episode=2),
            ],
        ),
    ),
    "history beyond the rights": (
        3,
        _series(
            3,
            least=3,
            runs=2,
            episodes=2,
            runs_total=1,
            runs_channel=1,
            history=[
                aired("Q.kz", "2026-12-05T18:00Z", "series", 60),
                aired("Q.kz", "2026-12-06T18:00Z", "series", 60, run="rerun"),
                aired("Q.kz", "2026-12-06T16:00Z", "series", 60, run="rerun"),
            ],
        ),
    ),
    "history with a gap too small": (
        4,
        _series(
            4,
            least=3,
            runs=2,
            episodes=3,
            history=[
                aired("Q.kz", "2026-12-01T18:00Z", "series", 60),
                aired("Q.kz", "2026-12-05T18:00Z", "series", 60, episode=2),
                aired("Q.kz", "2026-12-06T18:00Z", "series", 60, episode=2, run="rerun"),
            ],
        ),
    ),
}

STRUCTURE: dict[str, dict[str, Any]] = {
    "locks": content(
        [EVENING],
        [LOCAL, {**FOREIGN, "versions": "kaz:dubbed;rus:dubbed", "original_language": "uzb"}],
        locks=[aired("Q.kz", "2026-12-07T18:00Z", "guest", 45, version_kind="dubbed", version_language="rus")],
    ),
    "partial locks": content(
        [EVENING],
        [programme("local", 30, episodes=3)],
        locks=[
            {"programme": "local", "episode": 2},
            {"channel": "Q.kz", "start_utc": "2026-12-07T18:00Z"},
        ],
    ),
    "missing anchors": content([EVENING], [LOCAL], anchors=[anchor("news", "Q.kz", "23:00", "23:15")]),
    "anchors off the grid": content(
        [kz(window("22:00", "25:00", start_every=15))],
        [LOCAL, programme("short", 10)],
        grid=15,
        anchors=[anchor("news", "Q.kz", "22:20", "23:05"), anchor("late", "Q.kz", "23:40", "23:59")],
    ),
}

KINDS: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
    "quota": [(name, 3, spec) for name, spec in QUOTAS.items()],
    **{kind: [(name, 3, spec) for name, spec in held.items()] for kind, held in OTHERS.items()},
    "parity": [(name, 3, spec) for name, spec in PARITIES.items()],
    "rights": [(name, most, spec) for name, (most, spec) in RIGHTS.items()],
    "locks": [("partial locks", 3, STRUCTURE["partial locks"]), ("locks", 3, STRUCTURE["locks"])],
    "anchors": [("missing anchors", 3, STRUCTURE["missing anchors"])],
    "airtime": [("anchors off the grid", 3, STRUCTURE["anchors off the grid"])],
}
