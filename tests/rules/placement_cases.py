"""Tiny instances with series in regular slots."""

from __future__ import annotations

from typing import Any

from tests.builders import aired, anchor, channel, kz, programme, uz, window

SERIES = {"placement": [{"as": "strand"}]}
EVENING = window("19:00", "19:30")


def two_starts(days: str = "all") -> dict[str, Any]:
    return kz(window("19:00", "20:00", days))


def sister() -> dict[str, Any]:
    return channel("R.kz", "KZ", "Asia/Almaty", window("21:00", "21:30"))


def baku(*windows: dict[str, Any]) -> dict[str, Any]:
    """A channel one hour behind Almaty."""
    return channel("B.az", "AZ", "Asia/Baku", *windows)


TWO_ZONES = {"territories": {"KZ": {"name": "Kazakhstan"}, "AZ": {"name": "Azerbaijan"}}, "days": 2}
TOGETHER = {"type": "link_up", "id": "L", "programmes": ["s"], "channels": ["Q.kz", "B.az"], "times": 2}
PREMIERE = {"type": "premiere", "id": "P", "select": {"programme": "s"}, "parties": ["KZ", "AZ"], "within_days": 0}

ONCE = {"type": "runs_per_day", "id": "once", "most": 1}

NAMED = {"name": "evening serial", "days": "mon-tue", "start": "19:30", "minutes": 60}


def lost(start_utc: str, episode: int) -> dict[str, Any]:
    """A row of history.csv of a place that was announced and did not air."""
    return aired("Q.kz", start_utc, "s", 30, episode=episode, status="not_aired")


def lock_at(start_utc: str, channel: str = "Q.kz", **more: str) -> dict[str, Any]:
    """A lock of the series that leaves its version open, and its run."""
    return {"channel": channel, "start_utc": start_utc, "programme": "s", **more}


def making_up(how: str, days: str) -> dict[str, Any]:
    return {"placement": [{"as": "strand", "day_sets": [days], "missed_episode": how}]}


DRAMA = {"genre": "drama"}
EVENT_E = {"placement": [{"select": {"programme": "e"}, "as": "event"}, {"as": "weekly"}]}


CONCERT, EITHER = {"genre": "concert"}, {"genre": ["drama", "concert"]}


def around_wednesday(*day_sets: str, **more: Any) -> dict[str, Any]:
    """A drama on Monday and Tuesday, a concert cycle on Wednesdays and from Thursday on. Wednesday is closed."""
    return {
        "channels": [
            kz(
                window("19:00", "19:30", "mon, tue", accept=DRAMA),
                window("19:00", "19:30", "wed", accept=EITHER),
                window("19:00", "19:30", "thu", accept=CONCERT),
                {"dates": ["2026-12-09"], "start": "12:00", "end": "12:20"},
            )
        ],
        "programmes": [
            programme("s", 30, **{"episodes": 5, **more}),
            programme("t", 30, episodes=9, genre="concert", rights_from="2026-12-10"),
        ],
        "days": 7,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": list(day_sets), "finishes": False},
            {"as": "strand", "day_sets": ["wed, thu"]},
        ],
    }


SHORT_SATURDAY: dict[str, Any] = {
    "channels": [
        kz(
            window("19:00", "20:00", "fri", accept=DRAMA),
            window("19:00", "20:00", "sat"),
            {"dates": ["2026-12-12"], "start": "19:00", "end": "19:30"},
            {"dates": ["2026-12-12"], "start": "19:30", "end": "20:00"},
        )
    ],
    "programmes": [programme("s", 30, episodes=19), programme("t", 30, episodes=9, genre="concert")],
    "history": [
        aired("Q.kz", "2026-12-04T14:00Z", "s", 30, episode=1),
        aired("Q.kz", "2026-12-04T14:30Z", "s", 30, episode=2),
        aired("Q.kz", "2026-12-05T14:00Z", "s", 30, episode=3, status="not_aired"),
    ],
    "days": 7,
    "placement": [
        {
            "select": {"programme": "s"},
            "as": "strand",
            "day_sets": ["fri, sat"],
            "finishes": False,
            "episodes_per_place": 2,
            "missed_episode": "catch_up",
        },
        {"as": "weekly"},
    ],
}
"""A series in places of two makes up for a lost place on a Saturday on which two do not fit."""

MOURNING = {"type": "calendar", "id": "mourning", "dates": ["2026-12-13"], "bar": CONCERT}


def resting(price: int | None = None, *past: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A show on Sundays that has begun, and a strand of the weekend. The horizon is from Monday to Saturday."""
    return {
        "channels": [kz(window("19:00", "19:30", "sat, sun"))],
        "programmes": [
            programme("s", 30, episodes=9, genre="concert"),
            programme("t", 30, episodes=4),
            programme("film", 30),
        ],
        "history": [*past, aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "days": 6,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["sun"], "slot_change_price": price},
            {"select": {"programme": "t"}, "as": "strand", "day_sets": ["sat, sun"]},
            {"as": "free"},
        ],
        **more,
    }


CASES: dict[str, dict[str, Any]] = {
    "a lost place is made up by a double one": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            lost("2026-12-06T14:00Z", 2),
        ],
        "days": 3,
        **making_up("double", "all"),
    },
    "a lost place is made up on one day, once a day": {
        "channels": [kz(window("19:00", "20:00", start_every=60))],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [aired("Q.kz", "2026-12-05T14:00Z", "s", 30), lost("2026-12-06T14:00Z", 2)],
        "rules": [ONCE],
        "days": 2,
        **making_up("double", "all"),
    },
    "two lost places, one before its own day": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=7)],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            lost("2026-12-06T14:00Z", 2),
            lost("2026-12-08T14:00Z", 3),
        ],
        "days": 4,
        **making_up("double", "all"),
    },
    "a series that has not begun loses a place": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [lost("2026-12-08T14:00Z", 2)],
        "days": 4,
        **making_up("double", "all"),
    },
    "a place that may be double begins at a start mark": {
        "channels": [kz(window("19:00", "20:00", start_every=60))],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [aired("Q.kz", "2026-12-05T12:00Z", "s", 30), lost("2026-12-06T12:00Z", 2)],
        "days": 2,
        **making_up("double", "all"),
    },
    "a lost place shifts": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [aired("Q.kz", "2026-12-05T14:00Z", "s", 30), lost("2026-12-06T14:00Z", 2)],
        "days": 3,
        **making_up("shift", "all"),
    },
    "a lost place is made up at the weekend": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [
            aired("Q.kz", "2026-12-08T14:00Z", "s", 30),
            lost("2026-12-09T14:00Z", 2),
            aired("Q.kz", "2026-12-10T14:00Z", "s", 30, episode=3),
        ],
        "start": "2026-12-11",
        "days": 4,
        **making_up("catch_up", "mon-fri"),
    },
    "two lost places of a daily series at the weekend": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [
            aired("Q.kz", "2026-12-08T14:00Z", "s", 30),
            lost("2026-12-09T14:00Z", 2),
            lost("2026-12-10T14:00Z", 3),
        ],
        "start": "2026-12-11",
        "days": 3,
        **making_up("catch_up", "all"),
    },
    "a premiere in two zones": {
        "channels": [two_starts(), baku(EVENING)],
        "programmes": [programme("s", 30, episodes=2)],
        "rules": [PREMIERE],
        **TWO_ZONES,
    },
    "a strand that is a link-up": {
        "channels": [two_starts(), baku(window("18:00", "19:00"))],
        "programmes": [programme("s", 30, episodes=2)],
        "rules": [TOGETHER],
        **TWO_ZONES,
    },
    "a link-up beside a strand": {
        "channels": [two_starts(), baku(window("18:00", "18:30"))],
        "programmes": [programme("event", 30, delivery="live"), programme("s", 30, episodes=2)],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand"}],
        "rules": [{**TOGETHER, "programmes": ["event"], "times": 1}],
        **TWO_ZONES,
    },
    "daily": {"channels": [two_starts()], "programmes": [programme("s", 30, episodes=3)], "days": 4, **SERIES},
    "over a weekend": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=9)],
        "start": "2026-12-11",
        "days": 4,
        "placement": [{"as": "strand", "day_sets": ["mon-fri", "sat-sun"]}],
    },
    "sister channels": {"channels": [kz(EVENING), sister()], "programmes": [programme("s", 30, episodes=3)], "days": 3},
    "two versions": {
        "channels": [kz(EVENING)],
        "programmes": [programme("s", 30, episodes=3, versions="kaz:original;rus:dubbed")],
        "days": 3,
    },
    "two countries": {
        "channels": [kz(EVENING), uz(EVENING)],
        "programmes": [programme("s", 30, episodes=2), programme("film", 30)],
        "days": 2,
        "placement": [{"select": {"episodes_over": 1}, "as": "strand"}],
    },
    "a holiday": {
        "channels": [kz(EVENING, {"dates": ["2026-12-08"], "start": "12:00", "end": "12:30"})],
        "programmes": [programme("s", 30, episodes=3)],
        "days": 4,
    },
    "an anchor": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3)],
        "anchors": [anchor("speech", "Q.kz", "19:00", "19:30", date="2026-12-08")],
        "days": 3,
    },
    "rights end": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=2, rights_to="2026-12-08")],
        "days": 3,
    },
    "rights end, and it may stop": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=4, rights_to="2026-12-08")],
        "days": 3,
        "placement": [{"as": "strand", "finishes": False}],
    },
    "rights end after the horizon": {
        "channels": [kz(window("19:00", "19:30")), sister()],
        "programmes": [programme("s", 30, episodes=4, rights_to="2026-12-14")],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["mon", "mon-thu", "all"]}],
    },
    "rights end on the night after": {
        "channels": [kz(window("23:30", "24:30"))],
        "programmes": [programme("s", 30, episodes=3, rights_to="2026-12-09")],
        "days": 2,
    },
    "event": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=2)],
        "days": 4,
        "placement": [{"as": "event"}],
    },
    "an event that may go on after the horizon, beside a weekly show": {
        "channels": [two_starts("mon, sun")],
        "programmes": [programme("e", 30, episodes=2), programme("w", 30, episodes=5)],
        "days": 7,
        **EVENT_E,
    },
    "an event that begins where the day after the horizon is closed": {
        "channels": [two_starts("fri-sun")],
        "programmes": [programme("e", 30, episodes=3)],
        "days": 7,
        **EVENT_E,
    },
    "two events that would meet after the horizon": {
        "channels": [kz(window("19:00", "19:30", "mon, sat"), window("19:00", "19:30", "sun", accept=DRAMA))],
        "programmes": [programme("e", 30, episodes=2), programme("f", 30, episodes=2, genre="concert")],
        "days": 7,
        "placement": [{"as": "event"}],
    },
    "an event with places of two that may go on after the horizon": {
        "channels": [kz(window("19:00", "20:00", "mon"), window("19:00", "20:00", "sun", accept=DRAMA))],
        "programmes": [programme("e", 30, episodes=3), programme("w", 30, episodes=5, genre="concert")],
        "days": 7,
        "placement": [{"select": {"programme": "e"}, "as": "event", "episodes_per_place": 2}, {"as": "weekly"}],
    },
    "an event with two days after the horizon": {
        "channels": [kz(window("19:00", "19:30", "mon, tue"), window("19:00", "19:30", "sun", accept=DRAMA))],
        "programmes": [programme("e", 30, episodes=3), programme("w", 30, episodes=5, genre="concert")],
        "days": 7,
        **EVENT_E,
    },
    "an event that has begun, and a weekly show where it is closed": {
        "channels": [kz(window("19:00", "19:30", "mon", accept={"genre": "concert"}), window("19:00", "19:30", "sun"))],
        "programmes": [programme("e", 30, episodes=3), programme("w", 30, episodes=5, genre="concert")],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "e", 30)],
        "days": 7,
        **EVENT_E,
    },
    "an event after a Monday that has aired": {
        "channels": [two_starts("mon, sun")],
        "programmes": [programme("e", 30, episodes=2), programme("w", 30, episodes=5)],
        "history": [aired("Q.kz", "2026-12-07T14:00Z", "w", 30)],
        "days": 7,
        **EVENT_E,
    },
    "an event of which one part has aired": {
        "channels": [two_starts("sat, sun")],
        "programmes": [programme("e", 30, episodes=3)],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "e", 30)],
        "days": 7,
        **EVENT_E,
    },
    "a series that begins after a Monday in whose slot another goes on": {
        "channels": [kz(window("19:00", "19:30"))],
        "programmes": [
            programme("s", 30, episodes=9, rights_from="2026-12-08"),
            programme("t", 30, episodes=9, genre="concert"),
        ],
        "days": 3,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon-wed"]},
            {"as": "strand", "day_sets": ["mon", "mon, thu"]},
        ],
    },
    "two series that meet on a Wednesday that was closed": around_wednesday("mon-wed"),
    "two series that need not meet on it, by one of two day sets": around_wednesday("mon-tue", "mon-wed"),
    "two series of which one ends before it": around_wednesday("mon-wed", episodes=3),
    "two series of which one loses its rights before it": around_wednesday("mon-wed", rights_to="2026-12-15"),
    "an event, and a series that continues on a day before it began": {
        "channels": [
            kz(
                window("19:00", "19:30", "mon", accept=EITHER),
                window("19:00", "19:30", "thu", accept=CONCERT),
                window("19:00", "19:30", "sun", accept=DRAMA),
            )
        ],
        "programmes": [
            programme("e", 30, episodes=2),
            programme("s", 30, episodes=5, genre="concert", rights_from="2026-12-10"),
        ],
        "days": 7,
        "placement": [
            {"select": {"programme": "e"}, "as": "event"},
            {"as": "strand", "day_sets": ["mon, thu"]},
        ],
    },
    "two channels in a horizon shorter than a week": {
        "channels": [
            kz(
                window("19:00", "20:00", "sun", accept=DRAMA),
                window("19:00", "19:30", "mon", accept=DRAMA),
                {"dates": ["2026-12-14"], "start": "12:00", "end": "12:20"},
            ),
            uz(window("19:00", "19:30", "mon, tue", accept=CONCERT)),
        ],
        "programmes": [programme("s", 30, episodes=9), programme("t", 30, episodes=9, genre="concert")],
        "start": "2026-12-11",
        "days": 4,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon, sun"]},
            {"as": "strand", "day_sets": ["mon, tue"]},
        ],
    },
    "a series that begins where another one moves to": {
        "channels": [
            kz(window("19:00", "20:00", "mon", accept=EITHER), window("19:30", "20:00", "tue", accept=CONCERT))
        ],
        "programmes": [
            programme("s", 30, episodes=9),
            programme("t", 30, episodes=9, genre="concert", rights_from="2026-12-15"),
        ],
        "days": 9,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon"], "slot_change_price": 1000},
            {"as": "strand", "day_sets": ["mon, tue"]},
        ],
    },
    "a series that moves to where another one was beside it": {
        "channels": [
            kz(
                window("19:30", "20:00", "mon", accept=DRAMA),
                window("19:00", "19:30", "tue", accept=DRAMA),
                window("19:30", "20:00", "tue", accept=EITHER),
            )
        ],
        "programmes": [
            # On the Monday alone it cannot begin: its third episode would have no day.
            programme("s", 30, episodes=3, rights_from="2026-12-08", rights_to="2026-12-15"),
            programme("t", 30, episodes=9, genre="concert"),
        ],
        "days": 8,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon, tue"], "slot_change_price": 1000},
            {"as": "strand", "day_sets": ["tue"]},
        ],
    },
    "a strand of all days beside a weekly show on a day that is never open to it": {
        "channels": [
            kz(window("19:00", "20:00", "mon", accept=DRAMA), window("19:00", "19:30", "sat", accept=CONCERT))
        ],
        "programmes": [programme("s", 30, episodes=9), programme("t", 30, episodes=9, genre="concert")],
        "days": 7,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["all"]},
            {"as": "weekly", "day_sets": ["sat"]},
        ],
    },
    "two series of which one is never on air on the day of the other, because of an anchor": {
        "channels": [kz(window("19:00", "19:30", "mon-wed"))],
        "programmes": [programme("s", 30, episodes=9), programme("t", 30, episodes=9, rights_from="2026-12-08")],
        "anchors": [{**anchor("news", "Q.kz", "19:00", "19:30", date=""), "days": "wed"}],
        "days": 3,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon, wed"]},
            {"as": "strand", "day_sets": ["tue, wed"]},
        ],
    },
    "a series that goes on and rests in the horizon": resting(),
    "a series that goes on, rests in the horizon and may change its slot": resting(1000),
    "an event that meets a series that rests in the horizon": {
        "channels": [kz(window("19:00", "19:30", "mon, sun"))],
        "programmes": [
            programme("s", 30, episodes=9, genre="concert"),
            programme("t", 30, episodes=2),
            programme("film", 30),
        ],
        "history": [aired("Q.kz", "2026-11-30T14:00Z", "s", 30)],
        "days": 7,
        "rules": [{**MOURNING, "dates": ["2026-12-07"]}],
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon"]},
            {"select": {"programme": "t"}, "as": "event"},
            {"as": "free"},
        ],
    },
    "two series that go on, of which one rests in the horizon": resting(
        None, aired("Q.kz", "2026-12-05T14:00Z", "t", 30)
    ),
    "a series that goes on and is barred on the day on which another one airs": resting(days=7, rules=[MOURNING]),
    "two weekly shows in the night in which clocks are set back": {
        "channels": [channel("Q.kz", "KZ", "Europe/Berlin", window("26:00", "28:00", "sat"))],
        "programmes": [programme("s", 60, episodes=9), programme("t", 60, episodes=9)],
        "start": "2026-10-19",
        "days": 7,
        "grid": 30,
        "placement": [{"as": "weekly"}],
    },
    "a night that meets the next broadcast day": {
        "channels": [kz(window("28:30", "30:00", "mon, wed"))],
        "programmes": [
            programme("s", 60, episodes=9, rights_from="2026-12-09"),
            programme("t", 30, episodes=9, genre="concert"),
        ],
        "grid": 30,
        "days": 7,
        "placement": [
            {"select": {"programme": "s"}, "as": "strand", "day_sets": ["mon, wed"], "finishes": False},
            {"as": "strand", "day_sets": ["tue"], "finishes": False},
        ],
    },
    "an event that begins, and one that has begun": {
        "channels": [
            kz(
                window("19:00", "19:30", "mon, sat"),
                window("19:00", "19:30", "sun", accept={"genre": "concert"}),
            )
        ],
        "programmes": [programme("e", 30, episodes=4), programme("f", 30, episodes=2, genre="concert")],
        "history": [aired("Q.kz", "2026-12-05T14:00Z", "e", 30)],
        "days": 7,
        "placement": [{"as": "event"}],
    },
    "weekly": {
        "channels": [kz(window("19:00", "19:30", "mon, tue"))],
        "programmes": [programme("s", 30, episodes=5)],
        "days": 9,
        "placement": [{"as": "weekly"}],
    },
    "goes on": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=4)],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "s", 30)],
        "days": 3,
    },
    "goes on, on its weekdays": {
        "channels": [kz(EVENING)],
        "programmes": [programme("s", 30, episodes=9)],
        "history": [
            aired("Q.kz", f"2026-11-{day}T14:00Z", "s", 30, episode=number)
            for number, day in enumerate((23, 24, 30), start=1)
        ]
        + [aired("Q.kz", "2026-12-01T14:00Z", "s", 30, episode=4)],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all", "mon, tue", "mon-wed"]}],
    },
    "goes on, its slot is gone": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=4)],
        "history": [aired("Q.kz", "2026-12-06T12:30Z", "s", 30)],
        "days": 3,
    },
    "its last episode aired at a lock off the slot": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=5)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:30Z", "s", 30, episode=2),
        ],
        "locks": [lock_at("2026-12-06T14:30Z")],
        "days": 2,
    },
    "its only episode aired at a lock": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=4)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:30Z", "s", 30)],
        "locks": [lock_at("2026-12-06T14:30Z")],
        "days": 2,
    },
    "all its episodes aired at locks in one slot": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=5)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [
            aired("Q.kz", "2026-12-05T14:30Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:30Z", "s", 30, episode=2),
        ],
        "locks": [lock_at("2026-12-05T14:30Z"), lock_at("2026-12-06T14:30Z")],
        "days": 2,
    },
    "its channel is seen where no episode is left": {
        "channels": [kz(EVENING), uz(EVENING, coverage=["UZ", "KZ"]), channel("R.uz", "UZ", "Asia/Tashkent", EVENING)],
        "programmes": [programme("s", 30, episodes=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [
            aired("O.uz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2),
        ],
        "days": 2,
    },
    "it aired on a channel where it has no slot": {
        "channels": [two_starts(), sister()],
        "programmes": [programme("s", 30, episodes=4)],
        "history": [aired("R.kz", "2026-12-06T16:00Z", "s", 30)],
        "placement": [{"channels": ["Q.kz"], "as": "strand", "day_sets": ["all"]}, {"as": "free"}],
        "days": 2,
    },
    "a lock of another title in the slot": {
        "channels": [kz(EVENING)],
        "programmes": [programme("s", 30, episodes=4), programme("film", 30, genre="film")],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [aired("Q.kz", "2026-12-08T14:00Z", "film", 30)],
        "days": 3,
    },
    "a lock without a run, in a place of two": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [programme("s", 30, episodes=5), programme("film", 30, genre="film")],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [{"channel": "Q.kz", "start_utc": "2026-12-08T14:30Z", "programme": "film"}],
        "days": 2,
    },
    "a live event in the slot": {
        "channels": [kz(EVENING), baku(window("18:00", "18:30"))],
        "programmes": [programme("event", 30, delivery="live"), programme("s", 30, episodes=4, territories="KZ")],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "rules": [{**TOGETHER, "programmes": ["event"], "times": 1, "at": "2026-12-07T14:00Z"}],
        **TWO_ZONES,
    },
    "a live event that may go without the channel": {
        "channels": [kz(EVENING), baku(window("18:00", "18:30"))],
        "programmes": [programme("event", 30, delivery="live"), programme("s", 30, episodes=4, territories="KZ")],
        "placement": [{"select": {"episodes_over": 1}, "as": "strand", "day_sets": ["all"]}],
        "rules": [{**TOGETHER, "programmes": ["event"], "times": 1, "at": "2026-12-07T14:00Z", "least_channels": 1}],
        **TWO_ZONES,
    },
    "a lock off the slot": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3)],
        "locks": [aired("Q.kz", "2026-12-08T14:30Z", "s", 30)],
        "days": 3,
    },
    "a lock without a run or a version off the slot": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3)],
        "locks": [lock_at("2026-12-08T14:30Z")],
        "days": 3,
    },
    "a lock without a run off the slot, it goes on": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=4)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [lock_at("2026-12-08T14:30Z")],
        "days": 3,
    },
    "a lock without a version, of two": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3, versions="kaz:original;rus:dubbed")],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "locks": [lock_at("2026-12-08T14:30Z", run="first")],
        "days": 3,
    },
    "a lock that is a first run or a rerun": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3, runs=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "locks": [lock_at("2026-12-08T14:30Z")],
        "days": 3,
    },
    "a lock that is a first run or a rerun, it goes on": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3, runs=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [lock_at("2026-12-08T14:30Z")],
        "days": 3,
    },
    "two locks on the days of a series, each a first run or a rerun": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3, runs=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [lock_at("2026-12-07T14:30Z"), lock_at("2026-12-08T14:30Z")],
        "days": 2,
    },
    "four locks that are all first runs or none": {
        "channels": [kz(window("19:00", "19:30")), sister()],
        "programmes": [programme("s", 30, episodes=5, runs=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "locks": [lock_at(f"2026-12-{day:02}T16:00Z", channel="R.kz") for day in (7, 8, 9, 10)],
        "days": 5,
    },
    "a lock that is a first run or a rerun, in a place of two": {
        "channels": [kz(window("19:00", "20:30"))],
        "programmes": [programme("s", 30, episodes=4, runs=2)],
        "locks": [lock_at("2026-12-07T15:00Z")],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
    },
    "a locked rerun in the slot of its own series": {
        "channels": [kz(EVENING)],
        "programmes": [programme("s", 30, episodes=4, runs=2)],
        "placement": [{"as": "strand", "day_sets": ["all"]}],
        "history": [
            aired("Q.kz", "2026-12-05T14:00Z", "s", 30),
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=2),
        ],
        "locks": [aired("Q.kz", "2026-12-08T14:00Z", "s", 30, run="rerun")],
        "days": 3,
    },
    "a lock of a series without episodes left": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=1, runs=3), programme("t", 30, episodes=2)],
        "history": [aired("Q.kz", "2026-12-06T14:00Z", "s", 30)],
        "locks": [lock_at("2026-12-08T14:30Z")],
        "days": 2,
    },
    "reruns": {"channels": [kz(EVENING)], "programmes": [programme("s", 30, episodes=2, runs=2)], "days": 3},
    "clocks go back": {
        "channels": [channel("D.de", "DE", "Europe/Berlin", window("02:00", "03:00"))],
        "programmes": [programme("s", 30, episodes=3, territories="DE")],
        "territories": {"DE": {"name": "Germany"}},
        "start": "2026-10-24",
        "days": 3,
    },
    "two episodes in a place": {
        "channels": [kz(window("19:00", "20:30"))],
        "programmes": [programme("s", 30, episodes=3)],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
        "rules": [ONCE],
    },
    "two episodes off the window's marks": {
        "channels": [kz(window("19:00", "20:30", start_every=60))],
        "programmes": [programme("s", 30, episodes=5)],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
        "rules": [ONCE],
    },
    "three episodes in a place": {
        "channels": [kz(window("19:00", "20:30"))],
        "programmes": [programme("s", 30, episodes=4)],
        "days": 2,
        "placement": [{"as": "event", "episodes_per_place": 3}],
    },
    "two in a place, cut by an anchor": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [programme("s", 30, episodes=4)],
        "anchors": [anchor("speech", "Q.kz", "19:30", "20:00", date="2026-12-08")],
        "days": 3,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
    },
    "two in a place, and a ban on the second": {
        "channels": [kz(window("19:00", "20:30"))],
        "programmes": [programme("s", 30, episodes=3, age=18)],
        "rules": [{"type": "age_watershed", "id": "late", "age": 18, "barred": ["06:00", "19:30"]}],
        "days": 2,
        "placement": [{"as": "strand", "episodes_per_place": 2}],
    },
    "two in a place, in the middle of the run": {
        "channels": [kz(window("19:00", "20:00"))],
        "programmes": [programme("s", 30, episodes=5)],
        "history": [
            aired("Q.kz", "2026-12-06T14:00Z", "s", 30, episode=1),
            aired("Q.kz", "2026-12-06T14:30Z", "s", 30, episode=2),
        ],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
        "rules": [ONCE],
    },
    "two in a place, a lock and reruns": {
        "channels": [kz(window("19:00", "20:30"))],
        "programmes": [programme("s", 30, episodes=4, runs=2)],
        "locks": [aired("Q.kz", "2026-12-08T15:00Z", "s", 30)],
        "days": 2,
        "placement": [{"as": "strand", "day_sets": ["all"], "episodes_per_place": 2}],
        "rules": [{**ONCE, "hard": False, "price": 7}],
    },
    "named slots": {
        "channels": [
            kz(window("19:00", "20:00"), slots=[NAMED, {**NAMED, "start": "19:00", "accept": {"genre": "film"}}]),
            {**sister(), "slots": [{**NAMED, "start": "21:00", "minutes": 20}]},
        ],
        "programmes": [programme("s", 30, episodes=3)],
        "days": 3,
        "placement": [
            {"channels": ["Q.kz"], "as": "strand", "free_start_price": 900, "day_sets": ["all", "tue-wed"]},
            {"as": "strand", "free_start_price": 400},
        ],
    },
    "two in a place, in named slots of a season": {
        "channels": [kz(window("19:00", "20:30"), slots=[{**NAMED, "days": "all", "first": "2026-12-08"}])],
        "programmes": [programme("s", 30, episodes=3)],
        "days": 2,
        "placement": [{"as": "strand", "episodes_per_place": 2, "free_start_price": 700}],
    },
    "a ban": {
        "channels": [two_starts()],
        "programmes": [programme("s", 30, episodes=3, age=18)],
        "rules": [{"type": "age_watershed", "id": "late", "age": 18, "barred": ["06:00", "19:30"]}],
        "days": 3,
    },
}
