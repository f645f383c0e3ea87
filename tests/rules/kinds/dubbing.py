"""Cases of `dubbing`, what history does to it, random fields, and how it is counted again."""

from __future__ import annotations

from datetime import timedelta

from tests.builders import aired, content, kz, uz, window
from tests.recount.folder import day_of, short
from tests.rules.kinds.shared import ALSO_DUBBED, DUBBED, HOUR, PAIR, SOFT, THURSDAY, on_record, written

CASES = {
    "one language": content(
        [kz(HOUR)], [DUBBED, ALSO_DUBBED], rules=[written("dubbing", minutes_per_week={"kaz": 30}, **SOFT)]
    ),
    "two languages, two weeks": content(
        [kz(window("23:30", "24:00", days="mon"))],
        [DUBBED, {**ALSO_DUBBED, "episodes": 2}],
        rules=[written("dubbing", minutes_per_week={"kaz": 40, "rus": 20})],
        days=8,
    ),
    "from the second day on": content(
        [kz(HOUR)],
        [DUBBED, {**ALSO_DUBBED, "runs": 2}],
        rules=[written("dubbing", minutes_per_week={"kaz": 30, "rus": 30}, valid_from="2026-12-08", **SOFT)],
        days=3,
    ),
    "weeks that began before the horizon": content(
        [kz(HOUR)],
        [DUBBED, ALSO_DUBBED, {**ALSO_DUBBED, "programme": "third"}],
        rules=[written("dubbing", minutes_per_week={"kaz": 20}, valid_from="2026-12-02", **SOFT)],
        history=[aired("Q.kz", "2026-12-04T18:00Z", "third", 30, version_kind="dubbed")],
        days=3,
    ),
    "ready on the second day": content(
        [kz(HOUR), uz(HOUR)],
        [{**ALSO_DUBBED, "minutes": 60, "episodes": 2}],
        rules=[written("dubbing", minutes_per_week={"kaz": 60}, ready="2026-12-08", **SOFT)],
        days=2,
    ),
}

INHERITED = {
    "a dub on record": (
        {"type": "dubbing", "id": "R", "minutes_per_week": {"kaz": 20}, "valid_from": "2026-12-07"},
        PAIR[:1], [{**ALSO_DUBBED, "minutes": 60, "runs": 2}],
        [on_record(7, 13, "other", version_kind="dubbed")], THURSDAY, 40,
    ),
}  # fmt: skip


def draw(one, start, days):
    return {"minutes_per_week": {"rus": one(0, 30)}, "valid_from": str(start + timedelta(days=one(0, 1)))}


def count(counting, rule):
    world, found = counting.world, {}
    first = day_of(rule.get("valid_from")) or world.start
    last = min(world.last, day_of(rule.get("valid_to")) or world.last)
    days = {}
    for one in counting.entries:
        if counting.needs_dub(one.item):
            dub = one.item.identity, one.item.language
            early = not one.past and rule.get("valid_from") is None
            day = max(one.day, first) if early else one.day
            days[dub] = min(days.get(dub, day), day)
    length = (last - first).days // 7 + 1
    for language, capacity in rule["minutes_per_week"].items():
        for week in range(length):
            begin = first + timedelta(days=7 * week)
            end = begin + timedelta(days=6)
            minutes = 0
            for (title, of), day in days.items():
                row = world.programmes[title]
                counts = of == language and first <= day <= (day_of(rule.get("valid_to")) or day)
                if counts and (day <= end or week == length - 1):
                    minutes += int(row.get("episodes") or 1) * int(row["minutes"])
            label = f"to {begin}"
            if rule.get("valid_from"):
                label = f"{begin}/{min(end, day_of(rule.get('valid_to')) or end)}"
            if not rule.get("valid_from") or counting.judged(label, int(counting.night)):
                found[language, label, "capacity"] = short(minutes - capacity * (week + 1))
    return found


def days_to_settle(counting, rule):
    return counting.night
