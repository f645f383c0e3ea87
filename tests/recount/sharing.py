"""What the rights say of sister channels, counted again from a `Folder`: windows, simulcasts, exclusive channels, days.

As in `rules`, {(rule, subject, period, what): how often}. Nothing of the scheduler is imported.
"""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.recount.folder import cells, day_of
from tests.recount.structure import planned, seen_in


def sharing(counting):
    """Airings that the rights of their title bar, and channels that share a title in another way than they may."""
    world, found = counting.world, Counter()
    for one in planned(world):
        for what in ("too early", "not theirs"):
            place = one.item.identity, one.channel, one.moment
            barred = is_early(world, *place) if what == "too early" else is_others(world, *place)
            found["sharing", one.channel, one.label, one.item.identity] += barred
    for title, row in world.programmes.items():
        for code in world.said["territories"] if row.get("sharing") else ():
            airs = [
                one
                for one in world.entries
                if not one.anchor and one.item.identity == title and code in seen_in(world, one.channel)
            ]
            counted = {"none": scattered, "second_window": too_soon, "simulcast": apart}[row["sharing"]]
            for period, count in counted(row, airs):
                found["sharing", code, period, f"shared: {title}"] += count
    return +found


def is_early(world, title, channel, moment):
    begins = world.wall(channel, moment).date()
    stated = [part.partition(":") for part in cells(world.programmes[title].get("not_before"))]
    return any(code.strip() in seen_in(world, channel) and begins < day_of(day.strip()) for code, _, day in stated)


def is_others(world, title, channel, moment):
    row = world.programmes[title]
    theirs, last = cells(row.get("exclusive")), day_of(row.get("exclusive_until") or None)
    if channel in theirs or (last and world.wall(channel, moment).date() > last):
        return False
    return any(seen_in(world, name) & seen_in(world, channel) for name in theirs)


def is_barred(world, title, channel, moment, day):
    """Whether the rights, or what sister channels have aired, keep a channel from airing a title on a broadcast day."""
    if is_early(world, title, channel, moment) or is_others(world, title, channel, moment):
        return True
    row = world.programmes[title]
    for code in seen_in(world, channel) if row.get("sharing") in ("none", "second_window") else ():
        aired = [
            (one.day, one.channel)
            for one in world.entries
            if one.past and not one.anchor and one.item.identity == title and code in seen_in(world, one.channel)
        ]
        if row["sharing"] == "none":
            last = [name for on, name in aired if on == max(aired)[0]]
            if last and channel not in last:
                return True
        elif any(name != channel and abs((day - on).days) < int(row["holdback_days"]) for on, name in aired):
            return True
    return False


def scattered(_row, airs):
    """One channel has a title: the only one of the plan, and among those of the last day on record."""
    now = {one.channel for one in airs if not one.past}
    last = max((one.day for one in airs if one.past), default=None)
    before = {one.channel for one in airs if one.past and one.day == last}
    if len(now) > 1 or (now and before and now - before):
        yield "horizon", 1


def too_soon(row, airs):
    """Channels and days less than a holdback apart, one of which is planned."""
    kinds = {(one.day, one.channel, one.past) for one in airs}
    for day, name, past in kinds:
        for later, other, aired in kinds:
            in_order = day < later or (day == later and name < other)
            if in_order and name != other and not (past and aired) and (later - day).days < int(row["holdback_days"]):
                yield str(day), 1


def apart(_row, airs):
    """Airings that another channel with the title does not begin at the same moment."""
    begins = defaultdict(set)
    for one in airs:
        if not one.past:
            begins[one.channel].add((one.moment, one.episode, one.first))
    every = set().union(*begins.values())
    for mine in begins.values():
        for moment, *_ in every - mine:
            yield f"{moment:%Y-%m-%dT%H:%MZ}", 1
